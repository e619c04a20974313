package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// enter waits for the writers' turn.
func (j *Journal) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	select {
	case j.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", storage.ErrContended, ctx.Err())
	}
	if err := j.usable(); err != nil {
		<-j.turn
		return err
	}
	return nil
}

// Commit implements storage.Journal.
func (j *Journal) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer func() { <-j.turn }()
	missed, err := j.missed(after)
	if err != nil {
		return err
	}
	batch, err := run(missed)
	if err != nil || len(batch) == 0 {
		return err
	}
	return j.write(func(tx *bbolt.Tx, h *head) error {
		var erased []relationship.UserID
		for _, commit := range batch {
			erased = append(erased, commit.Erased()...)
		}
		if err := putCommits(tx, h, batch); err != nil {
			return err
		}
		return eraseFromLog(tx, *h, erased)
	})
}

// errNothing ends a transaction that has nothing to write.
var errNothing = errors.New("nothing to write")

// write runs one transaction of bbolt. The turn is the caller's. When the disk
// fails in the middle of committing, what a crash would leave is not known;
// then nothing more is written until the file is opened again.
func (j *Journal) write(change func(*bbolt.Tx, *head) error) error {
	return j.guard(func() error {
		tx, err := j.db.Begin(true)
		if err != nil {
			return err
		}
		h, err := getHead(tx)
		if err == nil {
			err = change(tx, &h)
		}
		if err == errNothing {
			return tx.Rollback()
		}
		if err == nil {
			err = putHead(tx, h)
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			// Later calls write nothing, and that is known: their error is
			// another one.
			_ = j.breakWith(fmt.Errorf("a commit failed on the disk: %w", err))
			return fmt.Errorf("%w: %w", storage.ErrUnknownOutcome, err)
		}
		return nil
	})
}

// putCommits writes commits behind the newest one. The memberships are written
// behind all of them: many changes of one client then go together.
func putCommits(tx *bbolt.Tx, h *head, commits []storage.Commit) error {
	edits, records := edits{}, tx.Bucket(recordBucket)
	for _, commit := range commits {
		if commit.Revision != h.Revision+1 {
			return fmt.Errorf("commit %d cannot follow commit %d", commit.Revision, h.Revision)
		}
		if err := putLog(tx, commit); err != nil {
			return err
		}
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				if edits.note(line) {
					continue
				}
				if err := putLine(records, &h.Records, line); err != nil {
					return err
				}
			}
		}
		h.Revision, h.ID, h.At, h.Chain = commit.Revision, commit.ID, commit.At, commit.Chain
	}
	return edits.write(tx, &h.Records, false)
}

func putLine(records *bbolt.Bucket, total *sum, line relationship.Line) error {
	key := recordKey(line.Key())
	if before := records.Get(key); before != nil {
		if _, err := unseal(recordBucket, key, before); err != nil {
			return err
		}
		total.remove(before)
	}
	if line.After == nil {
		return records.Delete(key)
	}
	after, err := relationship.AppendRecord(make([]byte, sealSize), line.After)
	if err != nil {
		return err
	}
	sealIn(recordBucket, key, after)
	total.add(after)
	return records.Put(key, after)
}

// Aside implements storage.Journal.
func (j *Journal) Aside(ctx context.Context, run func(storage.Aside) error) error {
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer func() { <-j.turn }()
	return j.runAside(run)
}

// notes implements storage.Aside.
type notes struct {
	bucket *bbolt.Bucket
	total  *sum
	wrote  bool
	failed error
}

func (n *notes) Get(key string) ([]byte, bool) {
	value := n.bucket.Get([]byte(key))
	if value == nil {
		return nil, false
	}
	body, err := unseal(asideBucket, []byte(key), value)
	if err != nil {
		n.failed = err
		return nil, false
	}
	return bytes.Clone(body), true // bbolt's own memory ends with the transaction
}

func (n *notes) Put(key string, content []byte) error {
	if err := storage.CheckNoteKey(key); err != nil {
		return err
	}
	if err := n.Delete(key); err != nil {
		return err
	}
	value := seal(asideBucket, []byte(key), content)
	n.wrote = true
	n.total.add(value)
	return n.bucket.Put([]byte(key), value)
}

func (n *notes) Delete(key string) error {
	value := n.bucket.Get([]byte(key))
	if value == nil {
		return nil
	}
	if _, err := unseal(asideBucket, []byte(key), value); err != nil {
		return err
	}
	n.wrote = true
	n.total.remove(value)
	return n.bucket.Delete([]byte(key))
}

func (n *notes) Scan(prefix string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		cursor := n.bucket.Cursor()
		for key, value := cursor.Seek([]byte(prefix)); key != nil && strings.HasPrefix(string(key), prefix); key, value = cursor.Next() {
			body, err := unseal(asideBucket, key, value)
			if err != nil {
				n.failed = err
				return
			}
			if !yield(string(key), bytes.Clone(body)) {
				return
			}
		}
	}
}

// runAside runs a change of the notes in one transaction. A panic of run is the
// caller's own: it goes on, and the transaction is rolled back.
func (j *Journal) runAside(run func(storage.Aside) error) error {
	var panicked any
	err := j.write(func(tx *bbolt.Tx, h *head) (err error) {
		defer func() {
			if panicked = recover(); panicked != nil {
				err = errors.New("panic")
			}
		}()
		n := &notes{bucket: tx.Bucket(asideBucket), total: &h.Notes}
		err = errors.Join(run(n), n.failed)
		if err == nil && !n.wrote {
			return errNothing // who only reads does not wait for the disk
		}
		return err
	})
	if panicked != nil {
		panic(panicked)
	}
	return err
}
