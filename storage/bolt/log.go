package bolt

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func putLog(tx *bbolt.Tx, commit storage.Commit) error {
	key := logKey(commit.Revision)
	value, err := storage.AppendCommit(make([]byte, sealSize), commit)
	if err != nil {
		return err
	}
	sealIn(logBucket, key, value)
	return tx.Bucket(logBucket).Put(key, value)
}

// missed reads the commits behind one.
func (j *Journal) missed(after storage.Head) ([]storage.Commit, error) {
	var missed []storage.Commit
	for commit, err := range j.Changes(context.Background(), after) {
		if err != nil {
			return nil, err
		}
		missed = append(missed, commit)
	}
	return missed, nil
}

// page is how many commits are read in one transaction of bbolt, so that a slow
// reader of the feed holds up nothing.
const page = 100

// Changes implements storage.Journal.
func (j *Journal) Changes(ctx context.Context, head storage.Head) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		after, last := head.Revision, storage.Revision(0)
		for first := true; first || after < last; first = false {
			var commits []storage.Commit
			err := j.view(func(tx *bbolt.Tx) (err error) {
				h, err := getHead(tx)
				if err != nil {
					return err
				}
				if first {
					if err := compare(tx, h, head); err != nil {
						return err
					}
					last = h.Revision
				}
				if after < h.Checkpoint.Revision {
					return storage.ErrCompacted
				}
				commits, err = readLog(tx, after, min(last, after+page))
				return err
			})
			for _, commit := range commits {
				if err := ctx.Err(); err != nil {
					yield(storage.Commit{}, err)
					return
				}
				if !yield(commit, nil) {
					return
				}
				after = commit.Revision
			}
			if err != nil {
				yield(storage.Commit{}, err)
				return
			}
		}
	}
}

// compare finds out whether the journal has the commit that somebody stands on.
func compare(tx *bbolt.Tx, h head, after storage.Head) error {
	compared := after.Chain != relationship.Digest{}
	switch {
	case after.Revision > h.Revision && compared:
		return storage.ErrDiverged
	case after.Revision > h.Revision:
		return storage.ErrAhead
	case !compared || after.Revision < h.Checkpoint.Revision:
		return nil
	}
	chain := h.Checkpoint.Chain
	if after.Revision > h.Checkpoint.Revision {
		commits, err := readLog(tx, after.Revision-1, after.Revision)
		if err != nil {
			return err
		}
		chain = commits[0].Chain
	}
	if chain != after.Chain {
		return storage.ErrDiverged
	}
	return nil
}

// readLog reads the commits behind after up to last.
func readLog(tx *bbolt.Tx, after, last storage.Revision) ([]storage.Commit, error) {
	var commits []storage.Commit
	log := tx.Bucket(logBucket)
	for revision := after + 1; revision <= last; revision++ {
		key := logKey(revision)
		value := log.Get(key)
		body, err := unseal(logBucket, key, value)
		if err != nil {
			return commits, fmt.Errorf("commit %d: %w", revision, err)
		}
		commit, err := storage.ReadCommit(body)
		if err != nil {
			return commits, fmt.Errorf("%w: commit %d: %w", storage.ErrCorrupt, revision, err)
		}
		commits = append(commits, commit)
	}
	return commits, nil
}

// Checkpoint implements storage.Journal.
func (j *Journal) Checkpoint(ctx context.Context) (storage.Checkpoint, error) {
	var h head
	err := j.view(func(tx *bbolt.Tx) (err error) {
		h, err = getHead(tx)
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	return h.Checkpoint, err
}

// trimStep is how many commits one transaction of bbolt forgets at most.
const trimStep = 1000

// Trim implements storage.Journal.
func (j *Journal) Trim(ctx context.Context, upto storage.Revision) error {
	for done := false; !done; {
		if err := j.enter(ctx); err != nil {
			return err
		}
		err := j.write(func(tx *bbolt.Tx, h *head) error {
			if upto > h.Revision {
				return storage.ErrAhead
			}
			last := min(upto, h.Checkpoint.Revision+trimStep)
			done = last >= upto
			return forget(tx, h, last)
		})
		<-j.turn
		if err != nil {
			return err
		}
	}
	return nil
}

// forget moves the checkpoint to a revision.
func forget(tx *bbolt.Tx, h *head, last storage.Revision) error {
	if last <= h.Checkpoint.Revision {
		return nil
	}
	commits, err := readLog(tx, h.Checkpoint.Revision, last)
	if err != nil {
		return err
	}
	for _, commit := range commits {
		if h.Checkpoint, err = h.Checkpoint.Advance(commit); err != nil {
			return err
		}
		if err := tx.Bucket(logBucket).Delete(logKey(commit.Revision)); err != nil {
			return err
		}
	}
	return nil
}

// eraseFromLog takes the data of users out of every commit (ORG-5). It looks
// through the whole log; only commits in which the id of such a user stands, as
// the record of a user has it, are read.
func eraseFromLog(tx *bbolt.Tx, h head, users []relationship.UserID) error {
	if len(users) == 0 {
		return nil
	}
	var ids [][]byte
	for _, user := range users {
		var id relationship.Encoder
		id.Reset(nil)
		id.Text(string(user))
		written, err := id.Bytes()
		if err != nil {
			return err
		}
		ids = append(ids, written[1:]) // without the version
	}
	for revision := h.Checkpoint.Revision + 1; revision <= h.Revision; revision++ {
		value := tx.Bucket(logBucket).Get(logKey(revision))
		for _, id := range ids {
			if !bytes.Contains(value, id) {
				continue
			}
			commits, err := readLog(tx, revision-1, revision)
			if err != nil {
				return err
			}
			if without, had := commits[0].Without(users...); had {
				if err := putLog(tx, without); err != nil {
					return err
				}
			}
			break
		}
	}
	return nil
}
