package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Options are what a Manager is told at the start. Only Catalog is needed;
// every other zero value stands for the default.
type Options struct {
	// Catalog is the permission catalogue (PSET-1).
	Catalog *permset.Catalog
	// Clock tells the time; time.Now when nil. Now is never before the last
	// commit, so a clock that goes back gives nothing back (TIME-3).
	Clock func() time.Time
	// Assets says who owns what in which client; nobody owns anything when
	// nil (OFF-6).
	Assets Assets
	// Logger hears why an access link opened nothing; nobody does when nil.
	// No secret is ever written to it (LINK-6).
	Logger *slog.Logger
	// EndingTime is how long a relationship goes on after the last qualifying
	// activity when no managed member is left: 60 days when zero (REL-6).
	EndingTime time.Duration
	// LinkLife is how long an access link is good for: 30 days when zero
	// (LINK-6).
	LinkLife time.Duration
	// OnceLife is how long the key of a call is remembered: 24 hours when zero
	// (PLAN-4).
	OnceLife time.Duration
	// KeepCommits and KeepTime say how much of the log is kept: the newest
	// KeepCommits commits, and besides all that are younger than KeepTime. They
	// are 100,000 and 90 days when zero; a negative one keeps nothing by itself.
	// What is older than both is forgotten now and then, and by Sweep.
	KeepCommits int
	KeepTime    time.Duration
	// NotificationLease is how long a notification is leased to who is to
	// deliver it: 1 minute when zero (LINK-5).
	NotificationLease time.Duration
	// NotificationTries is after how many leases without an answer a
	// notification is given up: 10 when zero (LINK-5).
	NotificationTries int
	// MaxStaleness is how old what a Manager knows may be: 5 seconds when zero.
	// Past it every question is refused (ReasonStale, ErrStale). It matters only
	// on a store with other writers.
	MaxStaleness time.Duration
	// Random is where the secrets of access links come from; crypto/rand
	// when nil. Set it in tests only.
	Random io.Reader
}

// Manager answers who may do what, and makes every change. Make one with
// Open. All its methods are safe for concurrent use; several Managers may
// work on one store, in one process or in many.
type Manager struct {
	store      storage.Store
	vocabulary *vocabulary
	options    Options
	declared   relationship.Catalog
	refused    refusals
	// follows says that the store has other writers.
	follows bool
	// view is what questions are answered from. moving is held by whoever
	// moves it on, with the indexer; changing counts the changes of this
	// Manager that are being committed.
	view     atomic.Pointer[view]
	moving   sync.Mutex
	indexer  *indexer
	held     map[uint64]held // by the number of the lost tail
	changing atomic.Int32
	names    nameOrders
	pickings pickings
	// tidied is the revision at which the log was last tidied. taken is a commit
	// from which on memory may have what notifications are taken from.
	tidied atomic.Uint64
	taken  atomic.Pointer[storage.Head]
}

// Open returns a Manager over a store. The first Manager over an empty store
// lays down the catalogue. A later one may bring another catalogue: one that
// would widen what is stored is refused with a *WidensError, until it is
// adopted (PSET-5, AdoptCatalog).
func Open(ctx context.Context, store storage.Store, options Options) (*Manager, error) {
	m, err := newManager(store, options)
	if err != nil {
		return nil, err
	}
	err = m.layDown(ctx, "SetCatalog", func(gains []Gain) error {
		if len(gains) > 0 {
			return &WidensError{gains}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return m, nil
}

// newManager makes a Manager of options whose zero values stand for the
// defaults. Its catalogue is still to be laid down.
func newManager(store storage.Store, options Options) (*Manager, error) {
	switch {
	case store == nil:
		return nil, invalid("manager", "store", "is missing")
	case options.Catalog == nil:
		return nil, invalid("manager", "catalog", "is missing")
	case options.EndingTime < 0:
		return nil, invalid("manager", "ending time", "is negative")
	case options.LinkLife < 0:
		return nil, invalid("manager", "link life", "is negative")
	case options.OnceLife < 0:
		return nil, invalid("manager", "once life", "is negative")
	case options.NotificationLease < 0:
		return nil, invalid("manager", "notification lease", "is negative")
	case options.NotificationTries < 0:
		return nil, invalid("manager", "notification tries", "are negative")
	case options.MaxStaleness < 0:
		return nil, invalid("manager", "max staleness", "is negative")
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Random == nil {
		options.Random = rand.Reader
	}
	options.EndingTime = cmp.Or(options.EndingTime, relationship.EndingTime)
	options.LinkLife = cmp.Or(options.LinkLife, relationship.LinkLife)
	options.OnceLife = cmp.Or(options.OnceLife, relationship.OnceLife)
	options.KeepCommits = cmp.Or(options.KeepCommits, keepCommits)
	options.KeepTime = cmp.Or(options.KeepTime, keepTime)
	options.NotificationLease = cmp.Or(options.NotificationLease, notificationLease)
	options.NotificationTries = cmp.Or(options.NotificationTries, notificationTries)
	options.MaxStaleness = cmp.Or(options.MaxStaleness, maxStaleness)
	declared, err := declare(options.Catalog)
	if err != nil {
		return nil, err
	}
	m := &Manager{store: store, vocabulary: newVocabulary(options.Catalog), options: options, declared: declared}
	m.follows = !store.FreshAt().IsZero()
	begin := store.Snapshot().Head()
	m.tidied.Store(uint64(begin.Revision))
	m.taken.Store(&begin)
	m.indexer = newIndexer(m.vocabulary)
	return m, nil
}

// Catalog returns the catalogue that the Manager was opened with.
func (m *Manager) Catalog() *permset.Catalog { return m.vocabulary.catalog }

// Revision returns the revision of the newest state in the store. It reads no
// record and takes no lock, so it can be asked as often as one likes: whether a
// page still shows the newest state, for instance (Page.Revision). Anybody may
// be told it, as it says of nothing what has changed. What the clock changes
// has no revision until it is written down (REL-6).
func (m *Manager) Revision() storage.Revision { return m.store.Snapshot().Revision() }

// nowAt is the instant at which a question about a state is asked: the
// clock's, and never before the state's own commit (TIME-3).
func (m *Manager) nowAt(r storage.Reader) time.Time {
	now := relationship.Instant(m.options.Clock())
	if now.Before(r.At()) {
		return r.At()
	}
	return now
}
