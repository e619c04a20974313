package access

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/storage"
)

// Loss says that a user can no longer use in a client what they could use
// before.
type Loss struct {
	Place
	// Permissions are what was lost. They are names, so that they mean the same
	// whatever catalogue was in force.
	Permissions permset.Names
	// All says that nothing is left to the user in this client.
	All bool
}

// String describes the loss in one line. Of a large set it gives the number of
// permissions.
func (l Loss) String() string {
	what := l.Permissions.String()
	if n := l.Permissions.Len(); n > someNames {
		what = fmt.Sprintf("%d permissions", n)
	}
	if l.All {
		return fmt.Sprintf("%s lost everything: %s", l.Place, what)
	}
	return fmt.Sprintf("%s lost %s", l.Place, what)
}

// Losses are what was lost at one instant: by one commit, or by the clock.
type Losses struct {
	// Revision is the state after which this was lost: the commit that took it,
	// or the newest one when the clock did. To go on later, keep the Revision of
	// the last Losses that were dealt with.
	Revision storage.Revision
	// At is the instant: the commit's, or the one at which something ran out.
	At time.Time
	// Lost has one Loss for each place, in the order of client and user. It is
	// empty for a commit that took nothing from anybody.
	Lost []Loss
}

// lookEvery is how often the clock is looked at while nothing is committed.
const lookEvery = time.Second

// errEnough says that whoever runs over the losses has left the loop.
var errEnough = errors.New("the reader has enough")

// Losses runs over who lost what behind a revision, in order, and then waits
// for what comes, until ctx ends, so that a host can end sessions. What
// somebody has lost is what Check allowed before and refuses after (ASK-1). A
// commit that gives and takes counts as a whole. The host alone reads this.
//
// Every commit gives one Losses, an empty one if nobody lost anything; what the
// clock takes gives one for each instant at which it does. That is told no later
// than a second after the instant, also when nobody commits anything. A clock
// that goes back takes away too, where a pause begins again; one that goes back
// and on again within that second is not seen.
//
// Nothing is left out, and something may be told twice: whoever begins again
// behind the Revision that they have kept is told once more what the clock has
// taken since that commit. Somebody may have got back by now what they are said
// to have lost.
//
// Enter a session in your books before you ask Check about it, and strike it
// out when the answer is no. Else one whose access goes in between stays open.
//
// The sequence ends with an error, which is one of these:
//
//   - storage.ErrCompacted: the log no longer reaches back to the revision.
//     Take the newest revision from the store's Snapshot, ask Check about every
//     session that is open, and follow behind that revision.
//   - storage.ErrAhead: the store has no such revision. Do the same.
//   - storage.ErrDiverged: the journal has lost commits that were told. Do the
//     same, and see LostTails.
//   - ErrCatalog: another catalogue is in force, and this Manager answers no
//     question any more. Follow with a new one, behind the Revision kept: it
//     tells what the change of catalogue took.
//   - the error of ctx; those of the store, such as storage.ErrClosed.
//
// To begin, the whole state is walked once; from then on the work depends on
// what changes. Each run holds a state of its own, and belongs to one goroutine.
// The body of the loop may ask and change whatever it likes; while it is busy,
// what comes next waits, and nobody else does.
func (m *Manager) Losses(ctx context.Context, viewer Call, after storage.Revision) iter.Seq2[Losses, error] {
	return func(yield func(Losses, error) bool) {
		if !viewer.host {
			yield(Losses{}, refuse("ASK-1", ErrNotAllowed, viewer.user, "only the host follows what is lost"))
			return
		}
		f, err := m.follow(ctx, after, func(losses Losses) bool { return yield(losses, nil) })
		for err == nil {
			err = f.next(ctx)
		}
		if !errors.Is(err, errEnough) {
			yield(Losses{}, err)
		}
	}
}
