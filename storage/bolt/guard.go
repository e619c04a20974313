package bolt

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/clientaccess/clientaccess/storage"
)

// guard runs something that calls bbolt. Damaged files can make bbolt panic, or
// read behind the end of the file, which is a fault: both come out as
// ErrCorrupt. After one the journal is broken, and bbolt may hold locks.
func (j *Journal) guard(run func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if caught := recover(); caught != nil {
			err = j.breakWith(fmt.Errorf("%w: %v", storage.ErrCorrupt, caught))
			j.mu.Lock()
			j.panicked = true
			j.mu.Unlock()
		}
	}()
	return run()
}

// breakWith makes the journal refuse everything from now on.
func (j *Journal) breakWith(err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken == nil {
		j.broken = err
	}
	return err
}

// usable returns why the journal cannot be used.
func (j *Journal) usable() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return storage.ErrClosed
	}
	if j.broken != nil {
		return fmt.Errorf("open it again: %w", j.broken)
	}
	return nil
}

// view reads.
func (j *Journal) view(read func(*bbolt.Tx) error) error {
	if err := j.usable(); err != nil {
		return err
	}
	return j.guard(func() error {
		err := j.db.View(read)
		if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
			return storage.ErrClosed
		}
		return err
	})
}
