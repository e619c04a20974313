package storage

import (
	"context"
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Head is the newest commit of a journal, or one that a reader of it stands on.
type Head struct {
	// Revision, At and Chain are the commit's. The zero Head is the empty
	// journal. Chain tells one history from another that has the same numbers.
	Revision Revision            `json:"revision"`
	At       time.Time           `json:"at"`
	Chain    relationship.Digest `json:"chain"`
}

// Journal is what makes an engine durable: it keeps the records and the log,
// and puts the writers of all processes in a row. It knows no rule and builds
// no index; the engine over it answers every question from memory. Package
// storage/memdb has the engine; its Open takes any Journal.
//
// All methods are safe for concurrent use.
type Journal interface {
	// ID names the store for good. It is random and made with the journal.
	ID() string
	// Load calls record with every record at the newest revision, in any
	// order, and returns that revision. An error of record ends it. What it
	// cannot vouch for is an error that matches ErrCorrupt.
	Load(ctx context.Context, record func(relationship.Record) error) (Head, error)
	// Commit writes a batch of commits behind the newest one, all or none.
	//
	// It waits for its turn among all writers; waiting ends with ctx
	// (ErrContended). Then, in its turn, it compares after as Changes does, and
	// calls run with the commits behind after, which this caller has not seen,
	// in order. Run returns the batch, which begins behind the last of these, or
	// an error, which Commit returns. Run may be called more than once; the last
	// call counts. An empty batch writes nothing. Once run has returned, ctx is
	// no longer heard.
	//
	// When Commit returns nil, the batch is durable. ErrUnknownOutcome says
	// that it could not be found out whether it was written: the next Commit
	// or Changes tells. ErrUnconfirmed says that it is written, and that a copy
	// that was to confirm it has not. After any other error nothing was written.
	// A journal that no longer has the commits behind after answers
	// ErrCompacted, and one that stands in another history ErrDiverged.
	//
	// When a commit erases a user (Commit.Erased), the person's data are taken
	// out of every commit that the log still has, in the same step.
	Commit(ctx context.Context, after Head, run func(missed []Commit) ([]Commit, error)) error
	// Changes is that of Store, behind a commit that the caller stands on. Where
	// after.Chain is not zero, it is compared with the journal's own commit of
	// that revision, or with the checkpoint where it is exactly that: when it is
	// another, or when the journal ends before it, the answer is ErrDiverged.
	// Nothing else of after is looked at but the revision.
	Changes(ctx context.Context, after Head) iter.Seq2[Commit, error]
	// Checkpoint and Trim are those of Store.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	Trim(ctx context.Context, upto Revision) error
	// Aside is Store.Aside.
	Aside(ctx context.Context, run func(Aside) error) error
	// Restore lays down everything that another store held, with its ID. The
	// journal has to be empty, else ErrNotEmpty. The sequences are run over
	// once, in the order of the fields; an error of theirs is returned, and
	// what is not restored to its end is not opened again.
	Restore(ctx context.Context, whole Whole) error
	// Close ends the journal. Closing twice is no error.
	Close() error
}

// MembersLoader is what a Journal may be besides: one that hands over
// memberships many at a time, and in order. An engine over it calls LoadMembers
// in place of Load.
type MembersLoader interface {
	// LoadMembers is Load, where members is called with the memberships, and
	// record with everything else. The journal has checked that each may be
	// stored (relationship.Record.Check). The memberships come in the order of
	// their keys, one or more of one client in each call. The slice is used
	// again, and the texts in it share memory: who keeps one copies it
	// (strings.Clone).
	LoadMembers(ctx context.Context, record func(relationship.Record) error, members func([]relationship.Member) error) (Head, error)
}

// Shared is a Journal to which other processes write, too. An engine over one
// follows it. Whoever wraps one has to pass Await on: an engine takes a journal
// without it for its own.
type Shared interface {
	Journal
	// Await returns when there may be commits behind a revision: when a hint
	// says so, or when it is time to look in any case. Its errors are that of ctx
	// and ErrClosed; whatever else fails makes it return early.
	Await(ctx context.Context, behind Revision) error
}

// Joiner is a Journal whose Commit can become part of a transaction that the
// host has begun in the same database, and that the host ends.
type Joiner interface {
	// Joined reports whether a context carries such a transaction. Commit with
	// this context writes into it: what it writes is there when the host
	// commits, and the revision is provisional until then.
	Joined(ctx context.Context) bool
}
