package postgres

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// read reads a page.
func (p *page) read(after storage.Revision, rows pgx.Rows) error {
	*p = page{}
	found := false
	for rows.Next() {
		var revision *uint64
		var body []byte
		if err := rows.Scan(&p.revision, &p.checkpoint, intoDigest{&p.stands}, &revision, &body); err != nil {
			return err
		}
		found = true
		if revision == nil {
			continue
		}
		after++
		if uint64(after) != *revision {
			if after > p.checkpoint {
				return fmt.Errorf("%w: commit %d is missing", storage.ErrCorrupt, after)
			}
			break // forgotten: compare says so
		}
		commit, err := readBody(after, body)
		if err != nil {
			return err
		}
		p.commits = append(p.commits, commit)
	}
	if rows.Err() == nil && !found {
		return fmt.Errorf("%w: there is no head", storage.ErrCorrupt)
	}
	return rows.Err()
}

// compare finds out whether the log has the commit that somebody stands on, and
// those behind it.
func (p *page) compare(after storage.Head) error {
	compared := after.Chain != relationship.Digest{}
	switch {
	case after.Revision > p.revision && compared:
		return storage.ErrDiverged
	case after.Revision > p.revision:
		return storage.ErrAhead
	case after.Revision < p.checkpoint:
		return storage.ErrCompacted
	case compared && after.Chain != p.stands:
		return storage.ErrDiverged
	case len(p.commits) == 0 && after.Revision < p.revision:
		return fmt.Errorf("%w: commit %d is missing", storage.ErrCorrupt, after.Revision+1)
	}
	return nil
}

// headOf is the head that a commit makes.
func headOf(commit storage.Commit) storage.Head {
	return storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
}

// Changes implements storage.Journal. It has a connection only while it reads a
// page, and not while the caller works on one. Each page begins behind the
// commit that the last one ended with, compared with its hash.
func (j *Journal) Changes(ctx context.Context, after storage.Head) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		at, last := after, storage.Revision(0)
		for first := true; first || at.Revision < last; first = false {
			var p *page
			err := j.read(ctx, func(s *script) { p = s.page(at.Revision) })
			if err == nil {
				err = p.compare(at)
			}
			if err != nil {
				yield(storage.Commit{}, err)
				return
			}
			if first {
				last = p.revision
			}
			for _, commit := range p.commits {
				if commit.Revision > last {
					return
				}
				if err := ctx.Err(); err != nil {
					yield(storage.Commit{}, err)
					return
				}
				if !yield(commit, nil) {
					return
				}
				at = headOf(commit)
			}
		}
	}
}

// read runs a script that only reads, each statement for itself.
func (j *Journal) read(ctx context.Context, fill func(*script)) error {
	conn, err := j.connection(ctx, func(conn *pgxpool.Conn) error {
		s := &script{Options: j.options}
		fill(s)
		return conn.SendBatch(ctx, &s.batch).Close()
	})
	if err != nil {
		return wrap("read", err)
	}
	conn.Release()
	return nil
}

// connection takes a connection out of the pool to read on, and begins. One that
// was lost while it lay there is found out only then; another is taken.
func (j *Journal) connection(ctx context.Context, begin func(*pgxpool.Conn) error) (*pgxpool.Conn, error) {
	for fresh := false; ; fresh = true {
		if j.closed() {
			return nil, storage.ErrClosed
		}
		conn, err := j.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		if err = begin(conn); err == nil {
			return conn, nil
		}
		lost := conn.Conn().IsClosed()
		conn.Release()
		if !lost || fresh || ctx.Err() != nil {
			return nil, err
		}
		j.pool.Reset()
	}
}

// Checkpoint implements storage.Journal.
func (j *Journal) Checkpoint(ctx context.Context) (storage.Checkpoint, error) {
	var checkpoint storage.Checkpoint
	err := j.read(ctx, func(s *script) { s.checkpoint(&checkpoint) })
	return checkpoint, err
}

func (s *script) checkpoint(checkpoint *storage.Checkpoint) {
	s.queue("SELECT checkpoint_rev, checkpoint_at, checkpoint_chain, checkpoint_sum FROM clientaccess.head").
		QueryRow(func(row pgx.Row) error {
			var sum string
			err := row.Scan(&checkpoint.Revision, intoInstant{&checkpoint.At}, intoDigest{&checkpoint.Chain}, &sum)
			if err == nil {
				err = checkpoint.Sum.UnmarshalText([]byte(sum))
			}
			return err
		})
}

func (s *script) setCheckpoint(checkpoint storage.Checkpoint) error {
	sum, err := checkpoint.Sum.MarshalText()
	s.queue("UPDATE clientaccess.head SET checkpoint_rev = $1::bigint, checkpoint_at = $2::text::timestamptz,"+
		" checkpoint_chain = $3::text::bytea, checkpoint_sum = $4::text",
		int64(checkpoint.Revision), instantOrNull(checkpoint.At), hexText(checkpoint.Chain[:]), string(sum))
	return err
}

// Trim implements storage.Journal. It forgets a page in each transaction.
func (j *Journal) Trim(ctx context.Context, upto storage.Revision) error {
	for done := false; !done; {
		err := j.transact(ctx, nil, func(t *turn) (proof, error) {
			if upto > t.head.revision {
				return nil, storage.ErrAhead
			}
			var err error
			done, err = t.forget(ctx, upto)
			// Forgetting again what is forgotten is no error.
			return func(*turn) (bool, error) { return false, nil }, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forget moves the checkpoint up to a revision, or some of the way.
func (t *turn) forget(ctx context.Context, upto storage.Revision) (done bool, err error) {
	if upto <= t.head.checkpoint {
		return true, nil
	}
	var p *page
	var checkpoint storage.Checkpoint
	if err := t.send(ctx, func(s *script) {
		s.checkpoint(&checkpoint)
		p = s.page(t.head.checkpoint)
	}); err != nil {
		return false, err
	}
	if err := p.compare(checkpoint.Head); err != nil {
		return false, err
	}
	for _, commit := range p.commits {
		if commit.Revision > upto {
			break
		}
		if checkpoint, err = checkpoint.Advance(commit); err != nil {
			return false, err
		}
	}
	s := t.script()
	s.queue("DELETE FROM clientaccess.log_users WHERE rev <= $1::bigint", int64(checkpoint.Revision))
	s.queue("DELETE FROM clientaccess.log WHERE rev <= $1::bigint", int64(checkpoint.Revision))
	if err := s.setCheckpoint(checkpoint); err != nil {
		return false, err
	}
	t.wrote = true
	return checkpoint.Revision == upto, t.run(ctx, s)
}
