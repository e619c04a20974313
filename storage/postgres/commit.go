package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Commit implements storage.Journal.
func (j *Journal) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	if tx := joined(ctx); tx != nil {
		return j.commitJoined(ctx, tx, after, run)
	}
	var behind *page
	read := func(s *script) {
		if behind = nil; !j.alone.Load() {
			behind = s.page(after.Revision)
		}
	}
	return j.transact(ctx, read, func(t *turn) (proof, error) {
		batch, err := t.commitBatch(ctx, after, behind, run)
		if err != nil || len(batch) == 0 {
			return nil, err
		}
		return standsInLog(batch[0]), nil
	})
}

// commitBatch hands over what was missed, of which a page may have been read
// with the turn, and writes what comes of it.
func (t *turn) commitBatch(
	ctx context.Context, after storage.Head, behind *page, run func([]storage.Commit) ([]storage.Commit, error),
) ([]storage.Commit, error) {
	missed, err := t.missed(ctx, after, behind)
	if err != nil {
		return nil, err
	}
	t.j.alone.Store(len(missed) == 0)
	batch, err := run(missed)
	if err != nil || len(batch) == 0 {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	return batch, t.write(ctx, batch)
}

// missed reads the commits behind one, as far as they are not in a page already.
// Where the head is the commit itself, there are none, and no page is needed.
func (t *turn) missed(ctx context.Context, after storage.Head, p *page) ([]storage.Commit, error) {
	if p == nil && after.Revision == t.head.revision && after.Chain == t.head.chain {
		return nil, nil
	}
	var missed []storage.Commit
	for {
		if p == nil {
			if err := t.send(ctx, func(s *script) { p = s.page(after.Revision) }); err != nil {
				return nil, err
			}
		}
		if err := p.compare(after); err != nil {
			return nil, err
		}
		missed = append(missed, p.commits...)
		if n := len(p.commits); n > 0 {
			after = headOf(p.commits[n-1])
		}
		if after.Revision == t.head.revision {
			return missed, nil
		}
		p = nil
	}
}

// standsInLog looks for a commit where it would be. No other has its hash: that
// goes over the commit's own ID, too.
func standsInLog(commit storage.Commit) proof {
	return func(t *turn) (written bool, err error) {
		err = t.send(context.Background(), func(s *script) {
			s.queue("SELECT EXISTS (SELECT 1 FROM clientaccess.log WHERE rev = $1::bigint AND chain = $2::text::bytea)",
				int64(commit.Revision), hexText(commit.Chain[:])).
				QueryRow(func(row pgx.Row) error { return row.Scan(&written) })
		})
		if err == nil && !written && t.head.checkpoint >= commit.Revision {
			err = errCannotTell
		}
		return written, err
	}
}

// write writes a batch, in a number of round trips that does not depend on it
// unless somebody is erased. One with few lines is sent together with COMMIT. A
// larger one is sent before: it may take long, and then COMMIT alone does not.
func (t *turn) write(ctx context.Context, batch []storage.Commit) error {
	var erased []relationship.UserID
	lines := 0
	for i, commit := range batch {
		if want := t.head.revision + storage.Revision(i) + 1; commit.Revision != want {
			return fmt.Errorf("postgres: commit %d cannot follow commit %d", commit.Revision, want-1)
		}
		erased = append(erased, commit.Erased()...)
		for _, event := range commit.Events {
			lines += len(event.Lines)
		}
	}
	t.wrote = true
	if err := t.eraseFromLog(ctx, erased); err != nil {
		return err
	}
	s := t.script()
	s.putLines(batch)
	if err := s.putCommits(batch, erased); err != nil {
		return err
	}
	last := headOf(batch[len(batch)-1])
	s.setHead(last)
	if !t.j.options.NoNotify {
		if t.conn != nil {
			t.j.hints.expect(hint{last.Revision, t.conn.Conn().PgConn().PID()})
		}
		s.queue("SELECT pg_notify($1::text, $2::text)", t.j.options.Schema, fmt.Sprint(last.Revision))
	}
	if lines <= s.few && t.conn != nil {
		t.leave(s)
	} else if err := t.run(ctx, s); err != nil {
		return err
	}
	t.head.revision, t.head.chain = last.Revision, last.Chain
	return nil
}

// putCommits queues what writes commits into the log, without the data of those
// who are erased. The bodies are sent as one value, of which each row is a part.
func (s *script) putCommits(batch []storage.Commit, erased []relationship.UserID) error {
	var bodies []byte
	ends := make([]int, len(batch))
	for i, commit := range batch {
		commit, _ = commit.Without(erased...)
		var err error
		if bodies, err = storage.AppendCommit(bodies, commit); err != nil {
			return err
		}
		ends[i] = len(bodies)
		s.noteUsers(commit)
	}
	number := func(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }
	at := 0
	s.queue("INSERT INTO clientaccess.log (rev, at, chain, body)"+
		" SELECT rev, at, chain, substring($5::bytea FROM starts + 1 FOR ends - starts) FROM (SELECT "+
		strings.Join([]string{
			unnested(1, "bigint", "rev"), unnested(2, "timestamptz", "at"), unnested(3, "bytea", "chain"),
			unnested(4, "int", "starts"), unnested(6, "int", "ends"),
		}, ", ")+") AS sent",
		array(batch, func(b []byte, c *storage.Commit) []byte { return number(b, int(c.Revision)) }),
		array(batch, func(b []byte, c *storage.Commit) []byte { return appendInstant(b, c.At) }),
		array(batch, func(b []byte, c *storage.Commit) []byte { return appendBytes(b, c.Chain[:]) }),
		array(ends, func(b []byte, end *int) []byte { b, at = number(b, at), *end; return b }),
		bodies,
		array(ends, func(b []byte, end *int) []byte { return number(b, *end) }))
	return nil
}

func (s *script) setHead(head storage.Head) {
	s.queue("UPDATE clientaccess.head SET rev = $1::bigint, at = $2::text::timestamptz, chain = $3::text::bytea",
		int64(head.Revision), instantOrNull(head.At), hexText(head.Chain[:]))
}
