package postgres

import (
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// notices hears the warnings that the server sends beside its answers. One of
// them is the only sign that COMMIT has not waited for a synchronous standby:
// the answer itself is the same.
type notices struct {
	mu     sync.Mutex
	warned map[*pgconn.PgConn]bool // those that are listened to
}

func newNotices() *notices { return &notices{warned: map[*pgconn.PgConn]bool{}} }

// install has to come before the first connection is made.
func (n *notices) install(config *pgx.ConnConfig) {
	before := config.OnNotice
	config.OnNotice = func(conn *pgconn.PgConn, notice *pgconn.Notice) {
		n.hear(conn, notice)
		if before != nil {
			before(conn, notice)
		}
	}
}

func (n *notices) hear(conn *pgconn.PgConn, notice *pgconn.Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, heeded := n.warned[conn]; heeded && notice.SeverityUnlocalized == "WARNING" {
		n.warned[conn] = true
	}
}

// during runs a statement and reports whether the server has warned meanwhile.
func (n *notices) during(conn *pgconn.PgConn, statement func() error) (warned bool, err error) {
	n.mu.Lock()
	n.warned[conn] = false
	n.mu.Unlock()
	err = statement()
	n.mu.Lock()
	defer n.mu.Unlock()
	warned = n.warned[conn]
	delete(n.warned, conn)
	return warned, err
}
