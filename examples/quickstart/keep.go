package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// bookmark says how far a story in a file was played. It is kept among the
// notes beside the log, where it is no event.
type bookmark struct {
	// Story is the digest of the data file.
	Story string `json:"story"`
	// Acts are the acts that were begun; Broken says that the last of them was
	// not played to its end.
	Acts   int  `json:"acts"`
	Broken bool `json:"broken,omitzero"`
	// Now is the story's clock.
	Now time.Time `json:"now"`
}

const bookmarkKey = "quickstart/bookmark"

// openStore returns a store in memory, or over a file when one is named: what
// is in the file is there again, and what happens is in it when it is done.
func openStore(ctx context.Context, path string) (storage.Store, error) {
	if path == "" {
		return memdb.New(), nil
	}
	journal, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	return memdb.Open(ctx, journal)
}

// openBookmark reads how far the story was played; at the start when it never
// was.
func openBookmark(ctx context.Context, store storage.Store, text []byte, start time.Time) (bookmark, error) {
	mark := bookmark{Story: fmt.Sprintf("%x", sha256.Sum256(text)), Now: start}
	found := bookmark{}
	err := store.Aside(ctx, func(notes storage.Aside) error {
		note, is := notes.Get(bookmarkKey)
		if !is {
			found = mark
			return nil
		}
		return json.Unmarshal(note, &found)
	})
	if err == nil && found.Story != mark.Story {
		err = fmt.Errorf("it holds another story")
	}
	return found, err
}

func (b bookmark) keep(ctx context.Context, store storage.Store) error {
	note, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return store.Aside(ctx, func(notes storage.Aside) error { return notes.Put(bookmarkKey, note) })
}
