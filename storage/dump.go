package storage

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"github.com/clientaccess/clientaccess/relationship"
)

// Whole is everything that a store holds, in the order in which a dump has it.
// Each sequence is run over once, and may end with an error.
type Whole struct {
	// ID is the ID of the store.
	ID string
	// Checkpoint is where the log begins.
	Checkpoint Checkpoint
	// Records are the records at the checkpoint.
	Records iter.Seq2[relationship.Record, error]
	// Commits are the log behind the checkpoint. What they leave is the state.
	Commits iter.Seq2[Commit, error]
	// Notes are what is kept beside the log.
	Notes iter.Seq2[Note, error]
}

// Note is one note of those that are kept beside the log.
type Note struct {
	Key  string
	Note []byte
}

// Restorer is what a dump can be restored into: every Journal, and the engine
// of storage/memdb alone.
type Restorer interface {
	// Restore is as described at Journal.
	Restore(ctx context.Context, whole Whole) error
}

// Dump writes everything that a store holds as text, while it is in use: the
// state at one revision, the log, and the notes (ORG-4). Restore reads it, into
// another kind of store too; dumping that one gives the same bytes. A log that
// is trimmed in the middle of it, or from which somebody is erased, is an
// ErrCompacted; dump again.
//
// # The text
//
// Every line is one JSON object that ends with a line feed. Its only field
// tells what it is, and the lines come in this order:
//
//	{"clientaccess":{"dump":1,"store":"…"}}       the version of the text, and the ID of the store
//	{"checkpoint":{"revision":…,"at":…,…}}         where the log begins; left out at the beginning
//	{"record":{"kind":"user","body":{…}}}          every record at the checkpoint, as relationship.EncodeRecord writes it
//	{"commit":{"revision":…,"events":[…],…}}       every commit behind it, as EncodeCommit writes it
//	{"note":{"key":"…","text":"…"}}                every note; "base64" in place of "text" where it is not UTF-8
//	{"end":{"records":…,"commits":…,"notes":…}}    how many there were, so that what is cut short is noticed
//
// A program that writes such a text by itself writes no commits and no notes.
// It may leave out the store, whose ID is then made anew; of the checkpoint the
// sum and the chain; and of a user the salt and the person, which are made
// then. Verify of an access.Manager tells afterwards whether the records fit
// together.
// To bring in what another program knows, with an answer for each row, import
// it instead (package access).
//
// A text of this version is read by every later version of this package. It
// holds names and addresses: keep it like the store itself.
func Dump(ctx context.Context, store Store, w io.Writer) error {
	// The notes come between the beginning of the log and its end: what they
	// say of the log is then true of it.
	checkpoint, err := store.Checkpoint(ctx)
	if err != nil {
		return err
	}
	notes, err := allNotes(ctx, store)
	if err != nil {
		return err
	}
	snapshot := store.Snapshot()
	beginning, err := Past(ctx, store, snapshot, checkpoint.Revision)
	if err != nil {
		return err
	}
	d := dumper{w: bufio.NewWriter(w)}
	d.write(dumpLine{Head: &dumpHead{Version: dumpVersion, Store: store.ID()}})
	if checkpoint != (Checkpoint{}) {
		d.write(dumpLine{Checkpoint: &dumpCheckpoint{checkpoint.Head, &checkpoint.Sum}})
	}
	for _, kind := range relationship.Kinds() {
		for record := range beginning.All(kind, relationship.Key{}) {
			written, err := relationship.EncodeRecord(record)
			d.fail(err)
			d.write(dumpLine{Record: written})
			d.end.Records++
		}
	}
	for commit, err := range store.Changes(ctx, checkpoint.Revision) {
		d.fail(err)
		if d.failed != nil || commit.Revision > snapshot.Revision() {
			break
		}
		written, err := EncodeCommit(commit)
		d.fail(err)
		d.write(dumpLine{Commit: written})
		d.end.Commits++
	}
	d.fail(noneErased(ctx, store, snapshot.Revision()))
	for _, note := range notes {
		d.write(dumpLine{Note: newDumpNote(note)})
		d.end.Notes++
	}
	d.write(dumpLine{End: &d.end})
	d.fail(d.w.Flush())
	return d.failed
}

// noneErased returns an error when somebody was erased behind a revision: what
// was read of the log up to there then has them here and not there.
func noneErased(ctx context.Context, store Store, since Revision) error {
	for commit, err := range store.Changes(ctx, since) {
		if err != nil {
			return err
		}
		if len(commit.Erased()) > 0 {
			return fmt.Errorf("%w: somebody was erased from the log", ErrCompacted)
		}
	}
	return nil
}

func allNotes(ctx context.Context, store Store) ([]Note, error) {
	var notes []Note
	err := store.Aside(ctx, func(aside Aside) error {
		notes = nil
		for key, note := range aside.Scan("") {
			notes = append(notes, Note{key, append([]byte(nil), note...)})
		}
		return nil
	})
	return notes, err
}

// dumper writes lines until something fails.
type dumper struct {
	w      *bufio.Writer
	end    dumpEnd
	failed error
}

func (d *dumper) fail(err error) {
	if d.failed == nil {
		d.failed = err
	}
}

func (d *dumper) write(line dumpLine) {
	if d.failed != nil {
		return
	}
	text, err := json.Marshal(line)
	d.fail(err)
	if d.failed == nil {
		_, err = d.w.Write(append(text, '\n'))
		d.fail(err)
	}
}

const dumpVersion = 1

// dumpLine is one line; one of its fields is set.
type dumpLine struct {
	Head       *dumpHead       `json:"clientaccess,omitzero"`
	Checkpoint *dumpCheckpoint `json:"checkpoint,omitzero"`
	Record     json.RawMessage `json:"record,omitzero"`
	Commit     json.RawMessage `json:"commit,omitzero"`
	Note       *dumpNote       `json:"note,omitzero"`
	End        *dumpEnd        `json:"end,omitzero"`
}

type dumpHead struct {
	Version int    `json:"dump"`
	Store   string `json:"store,omitzero"`
}

type dumpCheckpoint struct {
	Head
	Sum *Sum `json:"sum,omitzero"`
}

type dumpNote struct {
	Key    string  `json:"key"`
	Text   *string `json:"text,omitzero"`
	Base64 []byte  `json:"base64,omitzero"`
}

func newDumpNote(note Note) *dumpNote {
	if !utf8.Valid(note.Note) {
		return &dumpNote{Key: note.Key, Base64: note.Note}
	}
	text := string(note.Note)
	return &dumpNote{Key: note.Key, Text: &text}
}

func (n dumpNote) note() Note {
	if n.Text != nil {
		return Note{n.Key, []byte(*n.Text)}
	}
	return Note{n.Key, n.Base64}
}

type dumpEnd struct {
	Records int `json:"records"`
	Commits int `json:"commits"`
	Notes   int `json:"notes"`
}
