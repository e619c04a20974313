package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// What is kept of the log when the Options say nothing else.
const (
	keepCommits = 100_000
	keepTime    = 90 * 24 * time.Hour
)

// Swept says what a Sweep did.
type Swept struct {
	// Ended counts the relationships whose end was written down (REL-6).
	Ended int
	// Keys counts the keys of calls that were forgotten (PLAN-4).
	Keys int
	// Trimmed is the commit up to which the log is forgotten; zero while it is
	// whole.
	Trimmed storage.Revision
}

// Sweep does what may be done later: it writes down what the clock has ended,
// relationships whose 60 days or whose limit are over (REL-6), forgets the keys
// of calls whose time is over (PLAN-4), and trims the log to what the Options
// keep. Answers do not depend on it; lists and the log become tidy. Run it now
// and then, for instance once an hour. Keys and the log are also tidied every
// 1,024 commits.
func (m *Manager) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	err := m.inSteps(ctx, sweepStep, &swept.Ended, func(tx storage.Tx) (int, error) { return sweep(tx, m.nowAt(tx)) })
	if err == nil {
		err = m.tidy(ctx, &swept)
	}
	if err != nil {
		return swept, fmt.Errorf("sweep: %w", err)
	}
	return swept, nil
}

// inSteps runs a step in one transaction after the other, until one does less
// than it could.
func (m *Manager) inSteps(ctx context.Context, most int, total *int, step func(storage.Tx) (int, error)) error {
	for did := most; did == most; {
		_, err := m.update(ctx, func(tx storage.Tx) (err error) {
			did, err = step(tx)
			return err
		})
		if err != nil {
			return err
		}
		*total += did
	}
	return nil
}

func (m *Manager) tidy(ctx context.Context, swept *Swept) error {
	if err := m.inSteps(ctx, forgetStep, &swept.Keys, m.forgetKeys); err != nil {
		return err
	}
	return m.trim(ctx, swept)
}

// trim forgets the commits that are older than what is to be kept; Verify goes
// on from the checkpoint (LOG-1).
func (m *Manager) trim(ctx context.Context, swept *Swept) error {
	// What is still to be delivered must not live in the log alone (LINK-5).
	taken, err := m.takeNotifications(ctx)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := m.trimTo(ctx, taken, swept)
		// Somebody else may have trimmed it while it was read.
		if !errors.Is(err, storage.ErrCompacted) || try == maxTries {
			return err
		}
	}
}

func (m *Manager) trimTo(ctx context.Context, taken storage.Revision, swept *Swept) error {
	checkpoint, err := m.store.Checkpoint(ctx)
	if err != nil {
		return err
	}
	snapshot := m.store.Snapshot()
	last, young := checkpoint.Revision, m.nowAt(snapshot).Add(-m.options.KeepTime)
	if first := last + 1; first > snapshot.Revision() || m.isKept(snapshot.Revision()-first, time.Time{}, young) {
		swept.Trimmed = last
		return nil // so many are kept, whenever they were: there is no need to read them
	}
	for commit, err := range m.store.Changes(ctx, checkpoint.Revision) {
		if err != nil {
			return err
		}
		if commit.Revision > min(taken, snapshot.Revision()) || m.isKept(snapshot.Revision()-commit.Revision, commit.At, young) {
			break
		}
		last = commit.Revision
	}
	if last > checkpoint.Revision {
		if err := m.store.Trim(ctx, last); err != nil {
			return err
		}
	}
	swept.Trimmed = last
	return nil
}

// isKept reports whether the log keeps a commit: newer commits come behind it,
// and what is not before young is young.
func (m *Manager) isKept(newer storage.Revision, at, young time.Time) bool {
	return m.options.KeepCommits > 0 && newer < storage.Revision(m.options.KeepCommits) ||
		m.options.KeepTime > 0 && at.After(young)
}

// tidyEvery is after how many commits a call tidies up.
const tidyEvery = 1024

// tidyNow tidies up when enough has been committed since the last time. What
// fails is for the logger: the call itself has been done.
func (m *Manager) tidyNow(ctx context.Context, revision storage.Revision) {
	if revision > m.store.Snapshot().Revision() {
		return // part of a transaction of the host's, for which tidying would wait
	}
	last := m.tidied.Load()
	if uint64(revision) < last+tidyEvery || !m.tidied.CompareAndSwap(last, uint64(revision)) {
		return
	}
	if err := m.tidy(context.WithoutCancel(ctx), &Swept{}); err != nil {
		m.options.Logger.LogAttrs(ctx, slog.LevelWarn, "the log could not be tidied", slog.Any("error", err))
	}
}
