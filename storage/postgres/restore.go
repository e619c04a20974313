package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// restoreStep is how many lines of commits, or notes, go to the server at once.
const restoreStep = 5000

// Restore implements storage.Journal. It is one transaction: what is not
// restored to its end leaves the journal empty. The records at the checkpoint
// are held in memory meanwhile. Nobody else may have opened the journal: they
// would go on with the ID that it had.
func (j *Journal) Restore(ctx context.Context, whole storage.Whole) error {
	ran := false
	err := j.transact(ctx, nil, func(t *turn) (proof, error) {
		if ran {
			// The sequences are run over once.
			return nil, fmt.Errorf("postgres: restore: the connection was lost")
		}
		if err := t.beginRestore(ctx); err != nil {
			return nil, err
		}
		ran = true
		return t.restored(whole), t.restore(ctx, whole)
	})
	if err == nil {
		j.mu.Lock()
		j.id = whole.ID
		j.mu.Unlock()
	}
	return err
}

func (t *turn) beginRestore(ctx context.Context) error {
	var notes bool
	err := t.send(ctx, func(s *script) {
		s.queue("SET LOCAL idle_in_transaction_session_timeout = 0") // the text may come slowly
		s.queue("SELECT EXISTS (SELECT 1 FROM clientaccess.notes)").
			QueryRow(func(row pgx.Row) error { return row.Scan(&notes) })
	})
	if err == nil && (notes || t.head.revision != 0 || t.head.checkpoint != 0) {
		err = storage.ErrNotEmpty
	}
	return err
}

// restored looks whether the restored store is there.
func (t *turn) restored(whole storage.Whole) proof {
	return func(t *turn) (written bool, err error) {
		err = t.send(context.Background(), func(s *script) {
			s.queue("SELECT store = $1::text FROM clientaccess.head", whole.ID).
				QueryRow(func(row pgx.Row) error { return row.Scan(&written) })
		})
		return written, err
	}
}

func (t *turn) restore(ctx context.Context, whole storage.Whole) error {
	t.wrote = true
	if err := t.restoreRecords(ctx, whole); err != nil {
		return err
	}
	if err := t.restoreCommits(ctx, whole); err != nil {
		return err
	}
	if err := t.restoreNotes(ctx, whole); err != nil {
		return err
	}
	return t.send(ctx, func(s *script) { s.queue("UPDATE clientaccess.head SET store = $1::text", whole.ID) })
}

// restoreRecords collects the records first: a text that a program wrote may
// have them in any order.
func (t *turn) restoreRecords(ctx context.Context, whole storage.Whole) error {
	all := records{}
	keys := map[relationship.Key]bool{}
	for record, err := range whole.Records {
		if err != nil {
			return err
		}
		key := record.Key()
		if keys[key] {
			return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, key)
		}
		keys[key] = true
		all[key.Kind] = append(all[key.Kind], record)
	}
	for _, each := range tables {
		for left := all[each.kind]; len(left) > 0; {
			n := min(len(left), most)
			some := records{each.kind: left[:n]}
			if err := t.send(ctx, func(s *script) { s.putAll(some, nil) }); err != nil {
				return err
			}
			left = left[n:]
		}
	}
	s := t.script()
	s.setHead(whole.Checkpoint.Head)
	if err := s.setCheckpoint(whole.Checkpoint); err != nil {
		return err
	}
	t.head.revision, t.head.checkpoint = whole.Checkpoint.Revision, whole.Checkpoint.Revision
	return t.run(ctx, s)
}

func (t *turn) restoreCommits(ctx context.Context, whole storage.Whole) error {
	var batch []storage.Commit
	lines := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		some := batch
		batch, lines = nil, 0
		return t.write(ctx, some)
	}
	for commit, err := range whole.Commits {
		if err != nil {
			return err
		}
		batch = append(batch, commit)
		for _, event := range commit.Events {
			lines += 1 + len(event.Lines)
		}
		if lines >= restoreStep {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (t *turn) restoreNotes(ctx context.Context, whole storage.Whole) error {
	n := &notes{ctx: ctx, turn: t, put: map[string]*note{}}
	flush := func() error {
		_, err := n.write()
		n.put = map[string]*note{}
		return err
	}
	for note, err := range whole.Notes {
		if err != nil {
			return err
		}
		if err := n.Put(note.Key, note.Note); err != nil {
			return err
		}
		if len(n.put) >= restoreStep {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
