package bolt

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/clientaccess/clientaccess/storage"
)

// The reasons for which a file is not opened. A damaged one is
// storage.ErrCorrupt.
var (
	// ErrInUse: another process, or another Journal in this one, has it open.
	ErrInUse = errors.New("the file is in use")
	// ErrForeign: the file is something else than a journal.
	ErrForeign = errors.New("the file is not a journal")
	// ErrNewer: a newer version of this package has written the file.
	ErrNewer = errors.New("the file has a newer format")
	// ErrOlder: an older version of this package has written the file, in a
	// format that is read no more. That version can dump it (storage.Dump), and
	// this one restore the dump.
	ErrOlder = errors.New("the file has an older format")
)

// Journal is a storage.Journal in one file. Make one with Open. All methods
// are safe for concurrent use.
type Journal struct {
	path string
	db   *bbolt.DB
	file *os.File

	// turn is the writers' queue; a mutex would not hear a context.
	turn chan struct{}

	// mu guards what follows. After a panic inside bbolt, closing it may
	// wait for ever.
	mu       sync.Mutex
	id       string
	broken   error
	panicked bool
	closed   bool
}

var (
	_ storage.Journal       = (*Journal)(nil)
	_ storage.MembersLoader = (*Journal)(nil)
)

// Open opens the journal in a file, and makes the file when there is none.
// Only the owner can read it.
func Open(path string) (*Journal, error) {
	j := &Journal{path: path, turn: make(chan struct{}, 1)}
	err := j.guard(j.open)
	if err != nil {
		return nil, fmt.Errorf("bolt: open %s: %w", path, errors.Join(err, j.shut()))
	}
	return j, nil
}

func (j *Journal) open() error {
	if err := checkFile(j.path); err != nil {
		if inUse(j.path) {
			return ErrInUse // it was read in the middle of a change
		}
		return err
	}
	db, err := bbolt.Open(j.path, 0o600, &bbolt.Options{
		Timeout: time.Millisecond, // zero would wait for ever
		// A damaged list of free pages would let bbolt write over others. It
		// is worked out anew at each opening instead.
		NoFreelistSync: true,
		FreelistType:   bbolt.FreelistMapType,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			file, err := os.OpenFile(name, flag, mode)
			j.file = file
			return file, err
		},
	})
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrVersionMismatch), errors.Is(err, bbolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrForeign, err)
	case err != nil:
		return err
	}
	j.db = db
	return j.begin()
}

// inUse reports whether somebody else has a file open, who may write it.
func inUse(path string) bool {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Millisecond, ReadOnly: true})
	if err == nil {
		_ = db.Close() // only read
	}
	return errors.Is(err, bbolterrors.ErrTimeout)
}

// begin lays down a new file, and reads the identity of an old one.
func (j *Journal) begin() error {
	empty := false
	err := j.db.View(func(tx *bbolt.Tx) error {
		name, _ := tx.Cursor().First()
		if empty = name == nil; empty {
			return nil
		}
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			return ErrForeign
		}
		format, err := unseal(metaBucket, formatKey, meta.Get(formatKey))
		if err != nil {
			return err
		}
		if err := checkFormat(string(format)); err != nil {
			return err
		}
		if meta.Get(restoringKey) != nil {
			return fmt.Errorf("%w: a dump was not restored to its end: begin with a new file", storage.ErrCorrupt)
		}
		for _, bucket := range buckets {
			if tx.Bucket(bucket) == nil {
				return fmt.Errorf("%w: %s is missing", storage.ErrCorrupt, bucket)
			}
		}
		id, err := unseal(metaBucket, idKey, meta.Get(idKey))
		j.id = string(id)
		return err
	})
	if err != nil || !empty {
		return err
	}
	return j.db.Update(func(tx *bbolt.Tx) error {
		for _, bucket := range buckets {
			if _, err := tx.CreateBucket(bucket); err != nil {
				return err
			}
		}
		j.id = rand.Text()
		meta := tx.Bucket(metaBucket)
		return errors.Join(
			meta.Put(formatKey, seal(metaBucket, formatKey, []byte(format))),
			meta.Put(idKey, seal(metaBucket, idKey, []byte(j.id))),
			putHead(tx, head{}),
		)
	})
}

// ID implements storage.Journal.
func (j *Journal) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.id
}

// Backup writes a copy of the journal as it is now, while it is in use. The
// copy is a file that Open opens; it has the same ID.
func (j *Journal) Backup(w io.Writer) (int64, error) {
	var n int64
	err := j.view(func(tx *bbolt.Tx) (err error) {
		n, err = tx.WriteTo(w)
		return err
	})
	return n, err
}

// Close implements storage.Journal.
func (j *Journal) Close() error {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	return j.shut()
}

// shut gives the file free. Nobody waits for a bbolt that has panicked, which
// may have been left in the middle of something: then the file can stay in use
// until the process ends.
func (j *Journal) shut() error {
	if j.db == nil {
		if j.panicked && j.file != nil {
			return j.file.Close()
		}
		return nil // bbolt has closed what it could not open
	}
	if j.panicked {
		go func() { _ = j.guard(j.db.Close) }()
		return nil
	}
	return j.db.Close()
}
