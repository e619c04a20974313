package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var dumpTests = []test{
	{"a dump that is taken while others write is of one moment", dumpWhileWriting},
}

// dumpWhileWriting: while some write, one erases people, and one takes the log
// over into a note and trims what it has taken, every dump is one to be made
// again, or has state, log and notes of one moment.
func dumpWhileWriting(t *testing.T, store storage.Store) {
	const writers, each, position = 2, 150, "taken up to"
	ctx := context.Background()
	commit(t, store, numbered("lumen", 0))
	var crew, trimmer sync.WaitGroup
	for writer := range writers {
		crew.Go(func() {
			for i := range each {
				_, err := store.Update(ctx, func(tx storage.Tx) error {
					// Two records that always say the same, and a person who changes.
					n := number(tx, "lumen") + 1
					who := fmt.Sprintf("%d-%d", writer, i/50)
					person := relationship.Record(user(who, fmt.Sprintf("%d@%s.example", i, who)))
					if i%50 == 49 {
						person, _ = tx.Get(userKey(who))
						person = person.(relationship.User).Erase()
					}
					return errors.Join(putAll(tx, numbered("lumen", n), numbered("harbor", n), person), tx.Log(event("Write")))
				})
				assert.NoError(t, err)
			}
		})
	}
	done := make(chan struct{})
	trimmer.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			head := store.Snapshot().Revision()
			assert.NoError(t, store.Aside(ctx, func(aside storage.Aside) error { return aside.Put(position, fmt.Append(nil, head)) }))
			if point, err := store.Checkpoint(ctx); assert.NoError(t, err) && head-point.Revision > 60 {
				assert.NoError(t, store.Trim(ctx, head-10))
			}
		}
	})
	go func() {
		crew.Wait()
		close(done)
	}()

	whole, again := 0, 0
	for last := false; !last; {
		select {
		case <-done:
			trimmer.Wait()
			last = true
		default:
		}
		var text strings.Builder
		if err := storage.Dump(ctx, store, &text); err != nil {
			require.False(t, last)
			require.ErrorIs(t, err, storage.ErrCompacted)
			again++
			continue
		}
		whole++
		var read restoredByHand
		require.NoError(t, storage.Restore(context.Background(), &read, strings.NewReader(text.String())))
		lumen, _ := read.records[clientKey("lumen")].(relationship.Client)
		harbor, _ := read.records[clientKey("harbor")].(relationship.Client)
		require.Equal(t, lumen.SuperAdmins, harbor.SuperAdmins)
		require.Equal(t, storage.Revision(lumen.SuperAdmins), read.revision-1, "each commit counts on")
		if note, found := read.notes[position]; found {
			var taken storage.Revision
			_, err := fmt.Sscan(note, &taken)
			require.NoError(t, err)
			require.LessOrEqual(t, taken, read.revision, "the note is of a commit that is not there")
			require.GreaterOrEqual(t, taken, read.began, "what the note has not taken is forgotten")
		}
	}
	t.Logf("%d dumps, and %d to be made again", whole, again)
}

// restoredByHand is what a dump says, replayed by hand. It refuses a log whose lines do
// not follow one another.
type restoredByHand struct {
	began, revision storage.Revision
	records         map[relationship.Key]relationship.Record
	notes           map[string]string
}

// Restore implements storage.Restorer.
func (r *restoredByHand) Restore(_ context.Context, whole storage.Whole) error {
	r.began, r.revision = whole.Checkpoint.Revision, whole.Checkpoint.Revision
	r.records, r.notes = map[relationship.Key]relationship.Record{}, map[string]string{}
	for record, err := range whole.Records {
		if err != nil {
			return err
		}
		r.records[record.Key()] = record
	}
	for commit, err := range whole.Commits {
		if err != nil {
			return err
		}
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				if before := r.records[line.Key()]; before != line.Before {
					return fmt.Errorf("commit %d: %s was not what the log says", commit.Revision, line.Key())
				}
				if r.records[line.Key()] = line.After; line.After == nil {
					delete(r.records, line.Key())
				}
			}
		}
		r.revision = commit.Revision
	}
	for note, err := range whole.Notes {
		if err != nil {
			return err
		}
		r.notes[note.Key] = string(note.Note)
	}
	return nil
}
