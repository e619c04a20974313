package postgres

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/storage"
)

// hints listens for what writers say when they commit. A hint may come late,
// twice or never: it only makes a look at the log come sooner.
type hints struct {
	j      *Journal
	config *pgxpool.Config

	mu sync.Mutex
	// revision is the newest that was heard of, and heard when.
	revision storage.Revision
	heard    time.Time
	// own is what this journal is about to say itself, or has said last.
	own hint
	// changed is closed at the next hint. missed counts how often there was
	// nobody who could hear hints.
	changed chan struct{}
	missed  int
	// cancel ends the listener, which has ended when stopped is closed; both
	// are nil until somebody waits.
	cancel  context.CancelFunc
	stopped chan struct{}
}

// hint says that a commit is there; by is the server's process that made it.
type hint struct {
	revision storage.Revision
	by       uint32
}

func newHints(j *Journal, config *pgxpool.Config) *hints {
	return &hints{j: j, config: config, changed: make(chan struct{})}
}

// Await implements storage.Shared. What this Journal itself has committed is no
// hint to it.
func (j *Journal) Await(ctx context.Context, behind storage.Revision) error {
	timer := time.NewTimer(j.options.Poll)
	defer timer.Stop()
	for before := j.hints.misses(); ; {
		revision, changed := j.hints.now()
		if revision > behind || j.hints.misses() != before {
			return nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-j.done:
			return storage.ErrClosed
		}
	}
}

// now returns the newest revision that was heard of lately, and what tells of
// the next. An old one may be from a history that the database has lost.
func (h *hints) now() (storage.Revision, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel == nil && !h.j.options.NoNotify && !h.j.closed() {
		var ctx context.Context
		ctx, h.cancel = context.WithCancel(context.Background())
		h.stopped = make(chan struct{})
		go h.listen(ctx)
	}
	if time.Since(h.heard) > h.j.options.Poll {
		return 0, h.changed
	}
	return h.revision, h.changed
}

func (h *hints) misses() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.missed
}

// expect has a hint of this journal's own left out, and those before it that
// come late: whoever commits knows.
func (h *hints) expect(own hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = own
}

// hear notes a hint.
func (h *hints) hear(heard hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if heard.by == h.own.by && heard.revision <= h.own.revision {
		return
	}
	h.revision, h.heard = heard.revision, time.Now()
	h.wake()
}

// miss notes that hints may have been missed: whoever waits looks.
func (h *hints) miss() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.missed++
	h.wake()
}

func (h *hints) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// stop ends the listener and waits for it.
func (h *hints) stop() {
	h.mu.Lock()
	cancel, stopped := h.cancel, h.stopped
	h.mu.Unlock()
	if cancel != nil {
		cancel()
		<-stopped
	}
}

// listen listens until it is stopped, on a connection of its own, anew when that
// is lost. Until it is there again, polling goes on.
func (h *hints) listen(ctx context.Context) {
	defer close(h.stopped)
	for ctx.Err() == nil {
		again := time.Second
		if h.listenOnce(ctx) {
			again = 50 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// listenOnce listens on one connection, and reports whether there was one. Its
// errors are of no interest: whoever waits polls.
func (h *hints) listenOnce(ctx context.Context) bool {
	conn, err := connect(ctx, h.config)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // nothing was written on it
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{h.j.options.Schema}.Sanitize()); err != nil {
		return false
	}
	h.miss()
	for {
		notification, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		if revision, err := strconv.ParseUint(notification.Payload, 10, 64); err == nil {
			h.hear(hint{storage.Revision(revision), notification.PID})
		}
	}
}
