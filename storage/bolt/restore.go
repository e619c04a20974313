package bolt

import (
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// restoreStep is how many records, commits or notes one transaction of bbolt
// restores at most.
const restoreStep = 5000

// Restore implements storage.Journal. It is many transactions: until the last
// of them the file bears a mark, with which it is not opened.
func (j *Journal) Restore(ctx context.Context, whole storage.Whole) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer func() { <-j.turn }()
	err := j.write(func(tx *bbolt.Tx, h *head) error {
		first, _ := tx.Bucket(asideBucket).Cursor().First()
		if *h != (head{}) || first != nil {
			return storage.ErrNotEmpty
		}
		return tx.Bucket(metaBucket).Put(restoringKey, seal(metaBucket, restoringKey, nil))
	})
	if err != nil {
		return err
	}
	if err := j.restore(ctx, whole); err != nil {
		return j.breakWith(fmt.Errorf("the dump was not restored: %w", err))
	}
	return nil
}

func (j *Journal) restore(ctx context.Context, whole storage.Whole) error {
	err := inSteps(ctx, j, whole.Records, func(tx *bbolt.Tx, h *head, records []relationship.Record) error {
		edits := edits{}
		for _, record := range records {
			line := relationship.Line{After: record}
			switch {
			case edits.has(record.Key()) || tx.Bucket(recordBucket).Get(recordKey(record.Key())) != nil:
				return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, record.Key())
			case edits.note(line):
			default:
				if err := putLine(tx.Bucket(recordBucket), &h.Records, line); err != nil {
					return err
				}
			}
		}
		return edits.write(tx, &h.Records, true)
	})
	if err != nil {
		return err
	}
	err = j.write(func(_ *bbolt.Tx, h *head) error {
		h.Checkpoint = whole.Checkpoint
		h.Revision, h.At, h.Chain = whole.Checkpoint.Revision, whole.Checkpoint.At, whole.Checkpoint.Chain
		return nil
	})
	if err != nil {
		return err
	}
	if err := inSteps(ctx, j, whole.Commits, putCommits); err != nil {
		return err
	}
	err = inSteps(ctx, j, whole.Notes, func(tx *bbolt.Tx, h *head, list []storage.Note) error {
		kept := &notes{bucket: tx.Bucket(asideBucket), total: &h.Notes}
		for _, note := range list {
			if err := kept.Put(note.Key, note.Note); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = j.write(func(tx *bbolt.Tx, _ *head) error {
		meta := tx.Bucket(metaBucket)
		if err := meta.Put(idKey, seal(metaBucket, idKey, []byte(whole.ID))); err != nil {
			return err
		}
		return meta.Delete(restoringKey)
	})
	if err == nil {
		j.mu.Lock()
		j.id = whole.ID
		j.mu.Unlock()
	}
	return err
}

// inSteps puts the items of a sequence, some in each transaction.
func inSteps[Item any](ctx context.Context, j *Journal, items iter.Seq2[Item, error], put func(*bbolt.Tx, *head, []Item) error) error {
	next, stop := iter.Pull2(items)
	defer stop()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		step := make([]Item, 0, restoreStep)
		for len(step) < restoreStep {
			var item Item
			var err error
			if item, err, more = next(); !more {
				break
			}
			if err != nil {
				return err
			}
			step = append(step, item)
		}
		if err := j.write(func(tx *bbolt.Tx, h *head) error { return put(tx, h, step) }); err != nil {
			return err
		}
	}
	return nil
}
