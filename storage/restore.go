package storage

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// ErrNewerDump: the text was written by a newer version of this package.
var ErrNewerDump = errors.New("the dump has a newer version")

// Restore reads a text that Dump wrote into an empty store, with its ID, its
// log and its notes (ORG-4). The hashes and sums in the text are checked as it
// is read. Two stores with one ID should not both go on: revisions of one would
// be taken for those of the other.
//
// An error names the line. What the text says wrongly matches ErrCorrupt; a
// store that holds something already is ErrNotEmpty.
func Restore(ctx context.Context, into Restorer, r io.Reader) error {
	u := &undumper{r: bufio.NewReader(r)}
	whole, err := u.whole()
	if err == nil {
		err = into.Restore(ctx, whole)
	}
	if err == nil && !u.ended {
		err = errors.New("it was not read to its end")
	}
	if err != nil {
		return fmt.Errorf("restore: line %d: %w", u.number, err)
	}
	return nil
}

// undumper reads a dump line by line. It holds the line to be read next.
type undumper struct {
	r      *bufio.Reader
	number int
	line   dumpLine
	read   dumpEnd
	ended  bool
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, fmt.Errorf(format, args...))
}

// next reads a line. After the last there are only empty ones.
func (u *undumper) next() error {
	u.line = dumpLine{}
	text, err := u.r.ReadBytes('\n')
	if err == io.EOF && len(text) == 0 {
		return nil
	}
	u.number++
	if err == io.EOF {
		return corrupt("it is cut short")
	}
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&u.line); err != nil {
		return corrupt("%w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return corrupt("there is more than one value")
	}
	fields := 0
	for _, set := range []bool{
		u.line.Head != nil, u.line.Checkpoint != nil, u.line.Record != nil, u.line.Commit != nil, u.line.Note != nil, u.line.End != nil,
	} {
		if set {
			fields++
		}
	}
	if fields != 1 {
		return corrupt("it says %d things instead of one", fields)
	}
	return nil
}

// whole reads the beginning, and returns the rest as sequences.
func (u *undumper) whole() (Whole, error) {
	var whole Whole
	if err := u.next(); err != nil {
		return whole, err
	}
	switch head := u.line.Head; {
	case head == nil:
		return whole, corrupt("it is no dump")
	case head.Version > dumpVersion:
		return whole, fmt.Errorf("%w: %d, and this package knows %d", ErrNewerDump, head.Version, dumpVersion)
	case head.Version != dumpVersion:
		return whole, corrupt("there is no version %d", head.Version)
	case head.Store == "":
		whole.ID = rand.Text()
	default:
		whole.ID = head.Store
		if err := relationship.CheckText("dump", "store", head.Store); err != nil {
			return whole, corrupt("%w", err)
		}
	}
	if err := u.next(); err != nil {
		return whole, err
	}
	whole.Records, whole.Commits, whole.Notes = u.records(&whole.Checkpoint), u.commits(&whole.Checkpoint), u.notes()
	written := u.line.Checkpoint
	if written == nil {
		return whole, nil
	}
	whole.Checkpoint.Head = written.Head
	if written.Revision == 0 || relationship.Instant(written.At) != written.At {
		return whole, corrupt("the checkpoint has no revision, or no instant in UTC and whole microseconds")
	}
	if err := u.next(); err != nil {
		return whole, err
	}
	if written.Sum != nil {
		whole.Checkpoint.Sum = *written.Sum
		return whole, nil
	}
	records, err := u.complete(&whole.Checkpoint)
	whole.Records = func(yield func(relationship.Record, error) bool) {
		for _, record := range records {
			if !yield(record, nil) {
				return
			}
		}
	}
	return whole, err
}

// records are the records of the text, which have to be those of the
// checkpoint.
func (u *undumper) records(checkpoint *Checkpoint) iter.Seq2[relationship.Record, error] {
	return func(yield func(relationship.Record, error) bool) {
		var sum Sum
		for u.line.Record != nil {
			record, err := relationship.DecodeRecord(u.line.Record)
			if err != nil {
				err = corrupt("%w", err)
			} else if err = sum.Apply(relationship.Line{After: record}); err == nil {
				u.read.Records++
				if !yield(record, nil) {
					return
				}
				err = u.next()
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		if sum != checkpoint.Sum {
			yield(nil, corrupt("the records before it are not those of the checkpoint"))
		}
	}
}

// complete reads the records of a text that a program wrote by itself, and
// works out what it may leave out.
func (u *undumper) complete(checkpoint *Checkpoint) ([]relationship.Record, error) {
	var records []relationship.Record
	holders := map[string]relationship.Key{}
	for ; u.line.Record != nil; u.read.Records++ {
		record, err := relationship.DecodeRecord(u.line.Record)
		if user, is := record.(relationship.User); is && user.Person == (relationship.Digest{}) {
			_, _ = rand.Read(user.Salt[:]) // never fails: it stops the program instead
			record, err = relationship.NewUser(user.ID, user.Name, string(user.Email), user.Salt)
		}
		if err != nil {
			return nil, corrupt("%w", err)
		}
		if _, twice := holders[record.Key().String()]; twice {
			return nil, corrupt("%s is there twice", record.Key())
		}
		holders[record.Key().String()] = record.Key()
		for _, unique := range UniqueValues(record) {
			name := string(unique.What) + "\x00" + unique.Value
			if holder, taken := holders[name]; taken {
				return nil, corrupt("%w", &ConflictError{What: unique.What, Key: record.Key(), Holder: holder})
			}
			holders[name] = record.Key()
		}
		records = append(records, record)
		if err := errors.Join(checkpoint.Sum.Apply(relationship.Line{After: record}), u.next()); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// commits are the commits of the text, checked against the chain.
func (u *undumper) commits(checkpoint *Checkpoint) iter.Seq2[Commit, error] {
	return func(yield func(Commit, error) bool) {
		last := checkpoint.Head
		for u.line.Commit != nil {
			commit, err := DecodeCommit(u.line.Commit)
			if err != nil {
				err = corrupt("%w", err)
			} else if err = follows(last, commit); err == nil {
				u.read.Commits++
				last = Head{commit.Revision, commit.At, commit.Chain}
				if !yield(commit, nil) {
					return
				}
				err = u.next()
			}
			if err != nil {
				yield(Commit{}, err)
				return
			}
		}
	}
}

// follows checks that a commit is the next one.
func follows(last Head, commit Commit) error {
	if commit.Revision != last.Revision+1 || commit.At.Before(last.At) || len(commit.Events) == 0 {
		return corrupt("commit %d does not follow commit %d", commit.Revision, last.Revision)
	}
	for _, event := range commit.Events {
		if err := event.Check(); err != nil {
			return corrupt("commit %d: %w", commit.Revision, err)
		}
	}
	chain, err := Seal(last.Chain, commit)
	if err != nil || chain != commit.Chain {
		return corrupt("commit %d breaks the hash chain", commit.Revision)
	}
	return nil
}

func (u *undumper) notes() iter.Seq2[Note, error] {
	return func(yield func(Note, error) bool) {
		last := ""
		for u.line.Note != nil {
			note := u.line.Note.note()
			err := CheckNoteKey(note.Key)
			switch {
			case err != nil:
				err = corrupt("%w", err)
			case note.Key <= last:
				err = corrupt("the note %q does not come behind the note %q", note.Key, last)
			default:
				u.read.Notes++
				if last = note.Key; !yield(note, nil) {
					return
				}
				err = u.next()
			}
			if err != nil {
				yield(Note{}, err)
				return
			}
		}
		if err := u.ends(); err != nil {
			yield(Note{}, err)
		}
	}
}

// ends checks that what comes now is the end, and nothing behind it.
func (u *undumper) ends() error {
	switch end := u.line.End; {
	case end == nil:
		return corrupt("the end is missing")
	case *end != u.read:
		return corrupt("there should be %+v, and there are %+v", *end, u.read)
	}
	last := u.number
	if err := u.next(); err != nil {
		return err
	}
	if u.number != last {
		return corrupt("there is something behind the end")
	}
	u.ended = true
	return nil
}
