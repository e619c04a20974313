package storage_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dumped is what a store writes.
func dumped(t testing.TB, store storage.Store) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, storage.Dump(context.Background(), store, &text))
	return text.String()
}

// restored is a store in memory with what a text says.
func restored(text string) (*memdb.Store, error) {
	store := memdb.New()
	return store, storage.Restore(context.Background(), store, strings.NewReader(text))
}

// small is a store with a log that begins in its middle, and with notes.
func small(t testing.TB) *memdb.Store {
	t.Helper()
	store := memdb.New()
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	write := func(reason string, records ...relationship.Record) {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			for _, record := range records {
				if err := tx.Put(record); err != nil {
					return err
				}
			}
			at = at.Add(time.Hour)
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: at, Reason: reason, Call: reason})
		})
		require.NoError(t, err)
	}
	ann, err := relationship.NewUser("ann", "Ann Abel", "ann@northwind.example", relationship.Digest{1})
	require.NoError(t, err)
	bob, err := relationship.NewUser("bob", "Bob <Baker> \u2028", "bob@northwind.example", relationship.Digest{2})
	require.NoError(t, err)
	write("one", ann, relationship.Client{ID: "lumen", Name: "Lumen"})
	write("two", bob)
	require.NoError(t, store.Trim(context.Background(), 1))
	write("three", bob.Erase(), relationship.Client{ID: "lumen", Name: "Lumen AG"})
	require.NoError(t, store.Aside(context.Background(), func(notes storage.Aside) error {
		return errors.Join(notes.Put("tries/one", []byte("3")), notes.Put("raw", []byte{0xff, 0}), notes.Put("empty", nil))
	}))
	return store
}

func TestORG4_DumpRestoreDumpIsEqualToTheByte(t *testing.T) {
	first := small(t)
	text := dumped(t, first)
	second, err := restored(text)
	require.NoError(t, err)
	require.Equal(t, text, dumped(t, second))
	require.Equal(t, first.ID(), second.ID())

	// Into a file, and back into memory.
	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	require.NoError(t, storage.Restore(context.Background(), journal, strings.NewReader(text)))
	durable, err := memdb.Open(context.Background(), journal)
	require.NoError(t, err)
	require.Equal(t, text, dumped(t, durable))
	require.NoError(t, durable.Close())

	// The empty store.
	text = dumped(t, memdb.New())
	empty, err := restored(text)
	require.NoError(t, err)
	require.Equal(t, text, dumped(t, empty))
	require.Zero(t, empty.Snapshot().Revision())
}

// The text of today is read by every later version.
func TestORG4_AWrittenDumpIsStillRead(t *testing.T) {
	const path = "testdata/dump-1.txt"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(dumped(t, small(t))), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	store, err := restored(string(text))
	require.NoError(t, err)
	require.Equal(t, string(text), dumped(t, store))
	lumen, _ := storage.Get[relationship.Client](store.Snapshot(), relationship.ClientKey("lumen"))
	require.Equal(t, "Lumen AG", lumen.Name)
}

// A program may write one by itself, and leave out what it cannot know.
func TestORG4_AProgramCanWriteADump(t *testing.T) {
	const written = `{"clientaccess":{"dump":1}}
{"checkpoint":{"revision":1,"at":"2026-03-02T09:00:00Z"}}
{"record":{"kind":"user","body":{"id":"ann","name":"Ann","email":"ann@northwind.example"}}}
{"record":{"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":1}}}
{"record":{"kind":"member","body":{"client":"lumen","user":"ann","role":"super admin","since":"2026-03-01T09:00:00Z","termFrom":"2026-03-01T09:00:00Z"}}}
{"end":{"records":3,"commits":0,"notes":0}}
`
	store, err := restored(written)
	require.NoError(t, err)
	ann, _ := storage.Get[relationship.User](store.Snapshot(), relationship.UserKey("ann"))
	require.NoError(t, ann.Check())
	require.NotZero(t, ann.Salt)
	require.Equal(t, storage.Revision(1), store.Snapshot().Revision())
	text := dumped(t, store)
	again, err := restored(text)
	require.NoError(t, err)
	require.Equal(t, text, dumped(t, again))

	twice := strings.Replace(written, `{"record":{"kind":"client"`, `{"record":{"kind":"user","body":{"id":"anna","name":"Anna","email":"ann@northwind.example"}}}
{"record":{"kind":"client"`, 1)
	_, err = restored(twice)
	require.ErrorIs(t, err, storage.ErrConflict)
	require.ErrorContains(t, err, "line 4")
}

func TestORG4_RestoringRefusesWhatWasAltered(t *testing.T) {
	text := dumped(t, small(t))
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1]
	for i, line := range lines {
		without := strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "")
		_, err := restored(without)
		require.ErrorIs(t, err, storage.ErrCorrupt, "without %s", line)
		twice := strings.Join(lines[:i+1], "") + strings.Join(lines[i:], "")
		_, err = restored(twice)
		require.Error(t, err, "twice %s", line)
		cut := strings.Join(lines[:i], "") + line[:len(line)/2]
		_, err = restored(cut)
		require.ErrorIs(t, err, storage.ErrCorrupt, "cut in %s", line)
	}
	for name, altered := range map[string]string{
		"nothing":          "",
		"no dump":          "hello\n",
		"another object":   "{}\n",
		"version 0":        strings.Replace(text, `"dump":1`, `"dump":0`, 1),
		"a bad store":      strings.Replace(text, `"store":"`, `"store":"\u0000`, 1),
		"unknown field":    strings.Replace(text, `"dump":1`, `"dump":1,"x":1`, 1),
		"a name":           strings.Replace(text, "Ann Abel", "Ann Babel", 1),
		"the checkpoint":   strings.Replace(text, `"sum":"`, `"sum":"00`, 1),
		"a commit":         strings.Replace(text, `"reason":"three"`, `"reason":"four"`, 1),
		"a count":          strings.Replace(text, `"notes":3`, `"notes":4`, 1),
		"something behind": text + "{\"note\":{\"key\":\"x\",\"text\":\"\"}}\n",
		"two on a line":    strings.Replace(text, "}\n{", "}{", 1),
		"more on a line":   strings.TrimSuffix(text, "\n") + "{}\n",
		"no line feed":     strings.TrimSuffix(text, "\n"),
		"a record":         strings.Replace(text, `"name":"Lumen",`, `"name":"Lumex",`, 1),
		"no revision":      strings.Replace(text, `{"checkpoint":{"revision":1,`, `{"checkpoint":{"revision":0,`, 1),
		"two in one": strings.Replace(text, `{"note":{"key":"empty"`,
			`{"end":{"records":0,"commits":0,"notes":0},"note":{"key":"empty"`, 1),
		"an instant elsewhere": strings.Replace(text, `"at":"2026-03-02T10:00:00Z","chain"`, `"at":"2026-03-02T10:00:00.1234567Z","chain"`, 1),
	} {
		require.NotEqual(t, text, altered, name)
		store, err := restored(altered)
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
		require.Zero(t, store.Snapshot().Revision(), name)
	}
	_, err := restored(strings.Replace(text, `"dump":1`, `"dump":2`, 1))
	require.ErrorIs(t, err, storage.ErrNewerDump)
}

// Notes are text by key, in order, each once.
func TestORG4_RestoringRefusesWrongNotes(t *testing.T) {
	text := dumped(t, small(t)) // with the notes "empty", "raw" and "tries/one"
	for name, altered := range map[string]string{
		"no key":         strings.Replace(text, `{"key":"empty"`, `{"key":""`, 1),
		"a key missing":  strings.Replace(text, `{"key":"empty",`, `{`, 1),
		"U+0000":         strings.Replace(text, `{"key":"empty"`, `{"key":"a\u0000"`, 1),
		"twice":          strings.Replace(text, `{"key":"raw"`, `{"key":"empty"`, 1),
		"not in order":   strings.Replace(text, `{"key":"raw"`, `{"key":"a"`, 1),
		"no note at all": strings.Replace(text, `{"note":{"key":"empty","text":""}}`, `{"note":null}`, 1),
	} {
		require.NotEqual(t, text, altered, name)
		store, err := restored(altered)
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
		require.Zero(t, store.Snapshot().Revision(), name)
		journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
		require.NoError(t, err)
		require.ErrorIs(t, storage.Restore(t.Context(), journal, strings.NewReader(altered)), storage.ErrCorrupt, name)
		require.NoError(t, journal.Close())
	}
}

// Nothing of a text is taken in twice, also of one that a program wrote.
func TestORG4_RestoringRefusesARecordThatIsThereTwice(t *testing.T) {
	const client = `{"record":{"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":1}}}` + "\n"
	text := `{"clientaccess":{"dump":1}}` + "\n" + `{"checkpoint":{"revision":1,"at":"2026-03-02T09:00:00Z"}}` + "\n" +
		client + client + `{"end":{"records":2,"commits":0,"notes":0}}` + "\n"
	_, err := restored(text)
	require.ErrorIs(t, err, storage.ErrCorrupt)
	require.ErrorContains(t, err, "line 4")
	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	require.ErrorIs(t, storage.Restore(t.Context(), journal, strings.NewReader(text)), storage.ErrCorrupt)
	require.NoError(t, journal.Close())

	// Nor when the sum has it twice.
	var sum storage.Sum
	for range 2 {
		require.NoError(t, sum.Apply(relationship.Line{After: relationship.Client{ID: "lumen", Name: "Lumen AG", SuperAdmins: 1}}))
	}
	written, err := sum.MarshalText()
	require.NoError(t, err)
	text = strings.Replace(text, `"revision":1,`, `"revision":1,"sum":"`+string(written)+`",`, 1)
	_, err = restored(text)
	require.ErrorIs(t, err, storage.ErrCorrupt)
	journal, err = bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	require.ErrorIs(t, storage.Restore(t.Context(), journal, strings.NewReader(text)), storage.ErrCorrupt)
	require.NoError(t, journal.Close())
}

// A store whose whole log is forgotten goes on behind its checkpoint, also when
// it was restored.
func TestORG4_AStoreWithoutALogGoesOn(t *testing.T) {
	store := small(t)
	require.NoError(t, store.Trim(t.Context(), store.Snapshot().Revision()))
	text := dumped(t, store)
	require.NotContains(t, text, `{"commit"`)
	inMemory, err := restored(text)
	require.NoError(t, err)
	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	require.NoError(t, storage.Restore(t.Context(), journal, strings.NewReader(text)))
	durable, err := memdb.Open(t.Context(), journal)
	require.NoError(t, err)
	for _, store := range []storage.Store{store, inMemory, durable} {
		require.Equal(t, text, dumped(t, store))
		require.Equal(t, storage.Revision(3), store.Snapshot().Revision())
		at := store.Snapshot().At()
		require.False(t, at.IsZero())
		_, err := store.Update(t.Context(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: "tern", Name: "Tern"}),
				tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		require.NoError(t, err)
		require.Equal(t, at, store.Snapshot().At(), "no commit is before the checkpoint")
		again, err := restored(dumped(t, store)) // which checks the chain
		require.NoError(t, err)
		require.Equal(t, storage.Revision(4), again.Snapshot().Revision())
	}
	require.NoError(t, durable.Close())
}

// Lines may be as long as memory allows: a note of some megabytes, and a commit
// with thousands of records.
func TestORG4_LongLines(t *testing.T) {
	store := memdb.New()
	_, err := store.Update(t.Context(), func(tx storage.Tx) error {
		for i := range 5000 {
			id := relationship.ClientID(fmt.Sprintf("client %05d", i))
			if err := tx.Put(relationship.Client{ID: id, Name: strings.Repeat("x", relationship.MaxText)}); err != nil {
				return err
			}
		}
		return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
	})
	require.NoError(t, err)
	long := bytes.Repeat([]byte("\u2028\n\"<"), 500_000)
	require.NoError(t, store.Aside(t.Context(), func(notes storage.Aside) error {
		return errors.Join(notes.Put("text", long), notes.Put("raw", append(long, 0xff)))
	}))
	text := dumped(t, store)
	require.Greater(t, len(text), 10_000_000)
	again, err := restored(text)
	require.NoError(t, err)
	require.Equal(t, text, dumped(t, again))
}

// cancelling is a reader that cancels after so many bytes, and reads on.
type cancelling struct {
	failing
	cancel func()
}

func (c *cancelling) Read(b []byte) (int, error) {
	n, err := c.failing.Read(b[:1])
	if c.left == 0 {
		c.cancel()
		c.left = 1 << 30
	}
	return n, err
}

// Whoever cancels is told that nothing was restored, or it was.
func TestORG4_CancellingRestoresAllOrNothing(t *testing.T) {
	text := dumped(t, small(t))
	for left := 1; left <= len(text); left += 53 {
		ctx, cancel := context.WithCancel(t.Context())
		store := memdb.New()
		err := storage.Restore(ctx, store, &cancelling{failing{left: left, from: strings.NewReader(text)}, cancel})
		if err == nil {
			require.Equal(t, text, dumped(t, store))
			require.Greater(t, left, len(text)/2, "it goes on for nobody")
		} else {
			require.ErrorIs(t, err, context.Canceled)
			require.Zero(t, store.Snapshot().Revision())
			require.NoError(t, storage.Restore(t.Context(), store, strings.NewReader(text)), "it is still empty")
		}
		cancel()
	}
}

// A log that somebody has made by hand, with hashes that are right, has to be one
// that a store can have.
func TestORG4_RestoringRefusesALogThatNoStoreHas(t *testing.T) {
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	event := relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: at}
	for name, spoil := range map[string]func(*storage.Commit){
		"as it should be": func(*storage.Commit) {},
		"one is left out": func(c *storage.Commit) { c.Revision++ },
		"one comes twice": func(c *storage.Commit) { c.Revision-- },
		"back in time":    func(c *storage.Commit) { c.At = at.Add(-time.Second) },
		"without events":  func(c *storage.Commit) { c.Events = nil },
		"by nobody":       func(c *storage.Commit) { c.Events = []relationship.Event{{Change: "Write", At: at}} },
		"a wrong hash":    func(c *storage.Commit) { c.Chain[3]++ },
	} {
		text, last := `{"clientaccess":{"dump":1,"store":"forged"}}`+"\n", storage.Commit{}
		for revision := range storage.Revision(3) {
			commit := storage.Commit{Revision: revision + 1, ID: "id", At: at, Events: []relationship.Event{event}}
			if revision == 1 && name != "a wrong hash" {
				spoil(&commit)
			}
			chain, err := storage.Seal(last.Chain, commit)
			require.NoError(t, err)
			if commit.Chain = chain; revision == 1 && name == "a wrong hash" {
				spoil(&commit)
			}
			written, err := storage.EncodeCommit(commit)
			require.NoError(t, err)
			text, last = text+`{"commit":`+string(written)+"}\n", commit
		}
		text += `{"end":{"records":0,"commits":3,"notes":0}}` + "\n"
		store, err := restored(text)
		if name == "as it should be" {
			require.NoError(t, err)
			require.Equal(t, text, dumped(t, store))
			continue
		}
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
	}
}

// Whoever restores has to read to the end, where the counts are.
func TestORG4_AHalfReadDumpIsNotRestored(t *testing.T) {
	text := dumped(t, small(t))
	require.ErrorContains(t, storage.Restore(t.Context(), lazy{}, strings.NewReader(text)), "not read to its end")
}

// lazy restores without reading.
type lazy struct{}

func (lazy) Restore(context.Context, storage.Whole) error { return nil }

func TestORG4_OnlyAnEmptyStoreIsRestoredInto(t *testing.T) {
	text := dumped(t, small(t))
	store := small(t)
	before := dumped(t, store)
	require.ErrorIs(t, storage.Restore(t.Context(), store, strings.NewReader(text)), storage.ErrNotEmpty)
	require.Equal(t, before, dumped(t, store))

	noted := memdb.New()
	require.NoError(t, noted.Aside(t.Context(), func(notes storage.Aside) error { return notes.Put("x", nil) }))
	require.ErrorIs(t, storage.Restore(t.Context(), noted, strings.NewReader(text)), storage.ErrNotEmpty)

	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	durable, err := memdb.Open(t.Context(), journal)
	require.NoError(t, err)
	require.ErrorIs(t, storage.Restore(t.Context(), durable, strings.NewReader(text)), storage.ErrNotEmpty, "restore into the journal")
	require.NoError(t, durable.Close())
}

// failing is a writer, or a reader, that fails after so many bytes.
type failing struct {
	left int
	from io.Reader
}

var errFailing = errors.New("a fault of the test's own")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFailing
	}
	return len(b), nil
}

func (f *failing) Read(b []byte) (int, error) {
	if f.left <= 0 {
		return 0, errFailing
	}
	n, err := f.from.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

func TestORG4_AFailingDiskIsAnError(t *testing.T) {
	store := small(t)
	text := dumped(t, store)
	for left := 0; left < len(text); left += 97 {
		require.ErrorIs(t, storage.Dump(t.Context(), store, &failing{left: left}), errFailing)
		empty := memdb.New()
		require.ErrorIs(t, storage.Restore(t.Context(), empty, &failing{left: left, from: strings.NewReader(text)}), errFailing)
		require.Zero(t, empty.Snapshot().Revision())
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, storage.Dump(cancelled, store, io.Discard), context.Canceled)
	require.ErrorIs(t, storage.Restore(cancelled, memdb.New(), strings.NewReader(text)), context.Canceled)
}

// Whatever a dump says: it is refused, or it is a store that says the same.
func FuzzRestore(f *testing.F) {
	text := dumped(f, small(f))
	f.Add(text)
	f.Add(dumped(f, memdb.New()))
	f.Add("{\"clientaccess\":{\"dump\":1}}\n{\"checkpoint\":{\"revision\":1,\"at\":\"2026-03-02T09:00:00Z\"}}\n" +
		"{\"record\":{\"kind\":\"user\",\"body\":{\"id\":\"ann\",\"name\":\"Ann\",\"email\":\"ann@northwind.example\"}}}\n" +
		"{\"end\":{\"records\":1,\"commits\":0,\"notes\":0}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		store, err := restored(text)
		if err != nil {
			require.Zero(t, store.Snapshot().Revision())
			return
		}
		written := dumped(t, store)
		again, err := restored(written)
		require.NoError(t, err, written)
		require.Equal(t, written, dumped(t, again))
	})
}
