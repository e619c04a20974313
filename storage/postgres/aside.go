package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Aside implements storage.Journal. It takes the writers' turn, and writes all
// notes in one round trip.
func (j *Journal) Aside(ctx context.Context, run func(storage.Aside) error) error {
	return j.transact(ctx, nil, func(t *turn) (proof, error) {
		n := &notes{ctx: context.WithoutCancel(ctx), turn: t, put: map[string]*note{}}
		if err := errors.Join(run(n), n.failed); err != nil {
			return nil, err
		}
		return n.write()
	})
}

// note is what becomes of one: gone or its content.
type note struct {
	gone    bool
	content []byte
}

// notes implements storage.Aside. What is put is written in the end; until then
// it covers what the database has.
type notes struct {
	ctx    context.Context
	turn   *turn
	put    map[string]*note
	failed error
}

// read reads notes from the database. A failure spoils the whole.
func (n *notes) read(where string, args ...any) map[string][]byte {
	found := map[string][]byte{}
	if n.failed != nil {
		return found
	}
	n.failed = n.turn.send(n.ctx, func(s *script) {
		s.queue("SELECT key, note FROM clientaccess.notes WHERE "+where, args...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var key string
				var content []byte
				if err := rows.Scan(&key, &content); err != nil {
					return err
				}
				found[key] = content
			}
			return rows.Err()
		})
	})
	return found
}

func (n *notes) Get(key string) ([]byte, bool) {
	if put, is := n.put[key]; is {
		return put.content, !put.gone
	}
	if storage.CheckNoteKey(key) != nil {
		return nil, false
	}
	content, found := n.read("key = $1::text", key)[key]
	return content, found
}

// mostKey is how long a key may be: the server's index takes no longer one.
const mostKey = 2000

func (n *notes) Put(key string, content []byte) error {
	if err := storage.CheckNoteKey(key); err != nil {
		return err
	}
	if len(key) > mostKey {
		return &relationship.FieldError{Noun: "note", Field: "key", Problem: fmt.Sprintf("is longer than %d bytes", mostKey)}
	}
	n.put[key] = &note{content: bytes.Clone(content)}
	return nil
}

func (n *notes) Delete(key string) error {
	if storage.CheckNoteKey(key) == nil {
		n.put[key] = &note{gone: true}
	}
	return nil
}

func (n *notes) Scan(prefix string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if strings.ContainsRune(prefix, 0) {
			return // no key has it, and the server takes no such text
		}
		// Keys are in the order of their bytes, so those with the prefix follow
		// one another.
		found := n.read("key >= $1::text AND left(key, length($1::text)) = $1::text", prefix)
		for key, put := range n.put {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			if found[key] = put.content; put.gone {
				delete(found, key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(found)) {
			if !yield(key, found[key]) {
				return
			}
		}
	}
}

// write writes what was put and deleted, and leaves a trace of the change.
func (n *notes) write() (proof, error) {
	if len(n.put) == 0 {
		return nil, nil
	}
	var keys, puts []string
	for _, key := range slices.Sorted(maps.Keys(n.put)) {
		if keys = append(keys, key); !n.put[key].gone {
			puts = append(puts, key)
		}
	}
	keyOf := func(b []byte, key *string) []byte { return appendText(b, *key) }
	before, trace := n.turn.head.aside, newID()
	n.turn.wrote = true
	err := n.turn.send(n.ctx, func(s *script) {
		s.queue("DELETE FROM clientaccess.notes AS kept USING unnest($1::text::text[]) AS gone (key) WHERE kept.key = gone.key",
			array(keys, keyOf))
		s.queue("INSERT INTO clientaccess.notes (key, note)"+
			" SELECT key, note FROM unnest($1::text::text[], $2::text::bytea[]) AS sent (key, note)", array(puts, keyOf),
			array(puts, func(b []byte, key *string) []byte { return appendBytes(b, n.put[*key].content) }))
		s.queue("UPDATE clientaccess.head SET aside = $1::text", trace)
	})
	return func(t *turn) (bool, error) {
		switch t.head.aside {
		case trace:
			return true, nil
		case before:
			return false, nil
		}
		return false, errCannotTell // somebody else has changed notes since
	}, err
}
