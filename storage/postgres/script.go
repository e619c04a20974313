package postgres

import (
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// script is statements that go to the server in one round trip, and one more for
// each COPY. Each of them sees what the ones before it have done, or have waited
// for.
type script struct {
	Options
	few   int // that of the Journal
	parts []part
	batch pgx.Batch // behind them
}

// part is statements that end with COPY.
type part struct {
	batch     pgx.Batch
	statement string
	rows      io.Reader
}

func (s *script) empty() bool { return len(s.parts) == 0 && s.batch.Len() == 0 }

func (s *script) queue(statement string, args ...any) *pgx.QueuedQuery {
	return s.batch.Queue(s.sql(statement), args...)
}

// copy queues COPY.
func (s *script) copy(statement string, rows io.Reader) {
	s.parts = append(s.parts, part{s.batch, s.sql(statement), rows})
	s.batch = pgx.Batch{}
}

// head is the row that writers lock.
type head struct {
	revision   storage.Revision
	chain      relationship.Digest
	checkpoint storage.Revision
	aside      string
	version    int
}

// lock queues what waits for the writers' turn. It is never one statement with
// what is read then: that would be read as it was before waiting.
func (s *script) lock(h *head) {
	s.queue("SELECT rev, chain, checkpoint_rev, aside, (SELECT max(version) FROM clientaccess.migrations)" +
		" FROM clientaccess.head FOR UPDATE").
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&h.revision, intoDigest{&h.chain}, &h.checkpoint, &h.aside, &h.version)
		})
}

// page is some of the log, as one statement saw it.
type page struct {
	// revision is that of the newest commit, and checkpoint that of the newest
	// forgotten.
	revision, checkpoint storage.Revision
	// stands is the hash of the commit that was asked behind; zero where the log
	// has none.
	stands relationship.Digest
	// commits are those behind it, as many as fit.
	commits []storage.Commit
}

const (
	// pageCommits and pageBytes bound a page. One commit is always in it.
	pageCommits = 256
	pageBytes   = 4 << 20
)

// page queues what reads the log behind a revision, and returns where it will be.
func (s *script) page(after storage.Revision) *page {
	p := &page{}
	s.queue(`
SELECT head.rev, head.checkpoint_rev,
	CASE WHEN head.checkpoint_rev = $1::bigint THEN head.checkpoint_chain ELSE stands.chain END,
	behind.rev, behind.body
FROM clientaccess.head
LEFT JOIN clientaccess.log AS stands ON stands.rev = $1::bigint
LEFT JOIN (
	SELECT rev, body FROM (
		SELECT rev, body, sum(octet_length(body)) OVER (ORDER BY rev) - octet_length(body) AS before FROM (
			SELECT rev, body FROM clientaccess.log WHERE rev > $1::bigint ORDER BY rev LIMIT $2::bigint
		) AS next
	) AS sized WHERE before < $3::bigint
) AS behind ON true
ORDER BY behind.rev`, int64(after), int64(pageCommits), int64(pageBytes)).
		Query(func(rows pgx.Rows) error { return p.read(after, rows) })
	return p
}
