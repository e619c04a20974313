package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// openStore returns a store in memory, or over a file when one is named. For a
// dry run it is a copy in memory of what the file holds, so that the file
// stays as it is; one that is not there is not made.
func openStore(ctx context.Context, path string, dry bool) (storage.Store, error) {
	if dry && path != "" {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = ""
		}
	}
	if path == "" {
		return memdb.New(), nil
	}
	journal, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	kept, err := memdb.Open(ctx, journal)
	if err != nil || !dry {
		return kept, err
	}
	copied := memdb.New()
	var text bytes.Buffer
	err = storage.Dump(ctx, kept, &text)
	if err == nil {
		err = storage.Restore(ctx, copied, &text)
	}
	return copied, errors.Join(err, kept.Close())
}
