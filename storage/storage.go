package storage

import (
	"context"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clientaccess/clientaccess/relationship"
)

// Revision numbers the commits of a store: 1 is the first. The zero Revision
// is the empty store.
type Revision uint64

// Unique names a way to find one record by something that is not its key, and
// that no two records may share.
type Unique string

// What is unique.
const (
	// ByEmail finds a user by the canonical form of the address.
	ByEmail Unique = "e-mail address"
	// ByDomain finds a partner by one of its domains, in canonical form.
	ByDomain Unique = "domain"
)

// Reader is the state at one revision. All its methods answer from memory, in
// time that depends on what is asked for and not on what else is stored.
//
// The sequences are ordered bytewise. They may be run over more than once,
// each time from their start. A run over the Reader of a Tx shows the state at
// the moment when that run began; writing in the middle of it is allowed.
type Reader interface {
	// Revision is the revision that the Reader shows.
	Revision() Revision
	// At is the instant of that revision's commit; zero for the empty store.
	At() time.Time
	// Get returns the record of a key.
	Get(key relationship.Key) (relationship.Record, bool)
	// Scan runs over the records of a kind whose key has this First, in the
	// order of Second, beginning behind after ("" begins at the start).
	Scan(kind relationship.Kind, first, after string) iter.Seq[relationship.Record]
	// Reverse runs over the records of a kind whose key has this Second, in
	// the order of First, beginning behind after. The empty Second is
	// nobody's: it finds nothing. Access links are found by their partner
	// (ReverseOf).
	Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record]
	// All runs over all records of a kind in the order of First, then
	// Second, beginning behind after (the zero Key begins at the start).
	All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record]
	// Find returns the record that has a unique value.
	Find(what Unique, value string) (relationship.Record, bool)
	// Due runs over the relationships whose Due instant is set and not after
	// the given one, in the order of that instant.
	Due(at time.Time) iter.Seq[relationship.Relationship]
}

// Snapshot is a Reader that never changes. It is safe for concurrent use, and
// may be held as long as one likes.
type Snapshot interface {
	Reader
	// Head is the newest commit of the state; zero for the empty store.
	Head() Head
	// Draft opens a transaction upon this state that is never committed. It
	// takes no lock and disturbs nobody: previews run in it.
	Draft() Tx
}

// Tx is a change in the making. It reads its own writes. It belongs to one
// goroutine and is of no use after the function that got it has returned.
type Tx interface {
	Reader
	// Put stores a record in place of the one with its key. It refuses a
	// record that is not valid (relationship.CheckRecord), and one that has
	// a unique value of another (*ConflictError); both change nothing.
	Put(record relationship.Record) error
	// Delete takes the record of a key away; ErrNotFound if there is none.
	Delete(key relationship.Key) error
	// Changed returns what was written since the last Log: one line per
	// record, in the order of the first write, from what it was to what it
	// is, leaving out what is as it was.
	Changed() []relationship.Line
	// Log covers what was written since the last Log with an event. Its
	// Lines are set to Changed, and what the caller put there is dropped;
	// its At is brought into the form of relationship.Instant. An event that
	// is not valid (*relationship.FieldError) is refused and covers nothing.
	Log(event relationship.Event) error
}

// Commit is one revision: what happened, in order.
type Commit struct {
	Revision Revision
	// ID is random. It tells a commit from another that was given the same
	// number in a history that was lost.
	ID string
	// At is the latest instant of its events, and never before the commit
	// before it.
	At time.Time
	// Events are what happened, at least one. They are not to be changed.
	Events []relationship.Event
	// Chain is the hash of this commit and of the Chain before it.
	Chain relationship.Digest
}

// Store holds the state of one product. All methods are safe for concurrent
// use.
type Store interface {
	// ID names this store for good. It is random and made with the store.
	ID() string
	// Snapshot returns the newest state. Whatever becomes of the store makes
	// another Snapshot, so whoever holds one sees by comparing the two (==)
	// that there is something new: a commit, a lost tail, or that the store was
	// closed. A closed store returns its last state.
	Snapshot() Snapshot
	// Update runs a change and commits what it logged. It returns the
	// revision of the commit, or the current one when nothing was logged.
	//
	// When run returns an error, nothing is changed and Update returns that
	// error. When it panics, nothing is changed, the panic goes on, and the
	// store stays usable. Waiting for other writers ends with ctx
	// (ErrContended, and the error of ctx); it may run meanwhile, and again when
	// somebody else has written. Once it has run in its turn, ctx is no longer
	// heard. Other errors: ErrUnlogged, ErrClosed, ErrUnknownOutcome; and
	// ErrUnconfirmed, which comes with the revision, as the change is committed.
	//
	// Where ctx carries a transaction of the host's (Joiner), the change becomes
	// part of it. It is run alone and tried once; the revision is provisional,
	// and Snapshot shows it when the host has committed.
	Update(ctx context.Context, run func(Tx) error) (Revision, error)
	// Changes runs over every commit behind a revision, in order and without
	// a gap, ending at the newest one at the time of the call. An error ends
	// the sequence: ErrCompacted when the log no longer reaches back so far,
	// ErrAhead when the store has no such revision, or the error of ctx.
	Changes(ctx context.Context, after Revision) iter.Seq2[Commit, error]
	// Checkpoint returns what stands for the commits that the log no longer
	// has; the zero Checkpoint while it has all.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	// Trim forgets the commits up to a revision, that one included, and moves
	// the checkpoint there. The state stays as it is. Commits that are
	// forgotten already are no error; ErrAhead when there is no such revision
	// yet.
	Trim(ctx context.Context, upto Revision) error
	// Since returns the commits behind one up to the newest, from memory: it
	// reads no journal. It is false when memory does not reach back so far, and
	// when the commit is none of this history. The commits are not to be changed.
	Since(after Head) ([]Commit, bool)
	// Wait returns when Snapshot shows the revision or a later one.
	Wait(ctx context.Context, revision Revision) error
	// Refresh returns when Snapshot shows everything that anybody had committed
	// when it was called. On a store without other writers that is at once.
	// Errors: that of ctx, and ErrClosed.
	Refresh(ctx context.Context) error
	// FreshAt is the instant up to which a Snapshot taken afterwards is known to
	// be complete, with the reading of the monotonic clock, so that time.Since
	// tells its age whatever becomes of the wall clock. It is zero on a store
	// without other writers, which is always complete.
	FreshAt() time.Time
	// LostTails are the ends of its history that the journal has lost under this
	// store, the oldest first, until they are acknowledged. They are told before
	// Snapshot shows the state without them.
	LostTails() []LostTail
	// AcknowledgeLost forgets the lost tails up to a number, that one included.
	AcknowledgeLost(number uint64)
	// Closed reports whether the store has been closed.
	Closed() bool
	// Aside runs a change of the notes that are kept beside the log: durable
	// like it, without a revision, and outside the hash chain. It is for what
	// happens often and proves nothing. Errors are as with Update.
	Aside(ctx context.Context, run func(Aside) error) error
	// Close ends the store. Readers in use stay good. Closing twice is no
	// error.
	Close() error
}

// Aside is a set of notes by key. It belongs to one goroutine and is of no use
// after the function that got it has returned.
type Aside interface {
	// Get returns the note of a key. The slice is not to be changed.
	Get(key string) ([]byte, bool)
	// Put stores a note. It refuses what CheckNoteKey refuses.
	Put(key string, note []byte) error
	// Delete takes a note away, if there is one.
	Delete(key string) error
	// Scan runs over the notes whose key has the prefix, in order.
	Scan(prefix string) iter.Seq2[string, []byte]
}

// CheckNoteKey is what every store asks before it keeps a note: its key is text
// in UTF-8, is not empty, and has no U+0000. The error is a
// *relationship.FieldError.
func CheckNoteKey(key string) error {
	problem := ""
	switch {
	case key == "":
		problem = "is missing"
	case strings.ContainsRune(key, 0):
		problem = "contains U+0000"
	case !utf8.ValidString(key):
		problem = "is not UTF-8"
	default:
		return nil
	}
	return &relationship.FieldError{Noun: "note", Field: "key", Problem: problem}
}

// Get returns the record of a key as the noun that it is.
func Get[R relationship.Record](r Reader, key relationship.Key) (R, bool) {
	record, found := r.Get(key)
	if !found {
		var none R
		return none, false
	}
	noun, fits := record.(R)
	return noun, fits
}

// memberReader is a Reader that makes the member at once, and not a Record of it
// first.
type memberReader interface {
	Member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool)
}

// GetMember is Get for a membership. It allocates nothing where the Reader has a
// method Member of the same form, as those of storage/memdb have.
func GetMember(r Reader, client relationship.ClientID, user relationship.UserID) (relationship.Member, bool) {
	if direct, can := r.(memberReader); can {
		return direct.Member(client, user)
	}
	return Get[relationship.Member](r, relationship.MemberKey(client, user))
}

// As turns a sequence of records into a sequence of the noun that they are.
func As[R relationship.Record](records iter.Seq[relationship.Record]) iter.Seq[R] {
	return func(yield func(R) bool) {
		for record := range records {
			if noun, fits := record.(R); fits && !yield(noun) {
				return
			}
		}
	}
}
