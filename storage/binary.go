package storage

import (
	"fmt"
	"sync"

	"github.com/clientaccess/clientaccess/relationship"
)

// AppendCommit writes a commit in binary form behind dst, for a journal. The
// same commit gives the same bytes. An instant that cannot be stored is an
// error.
func AppendCommit(dst []byte, commit Commit) ([]byte, error) {
	e := encoders.Get().(*relationship.Encoder)
	defer encoders.Put(e)
	e.Reset(dst)
	encodeHead(e, &commit)
	for i := range commit.Events {
		e.Event(&commit.Events[i])
	}
	e.Digest(commit.Chain)
	return e.Bytes()
}

// encodeHead writes what stands before the events, and how many they are.
func encodeHead(e *relationship.Encoder, commit *Commit) {
	e.Uint(uint64(commit.Revision))
	e.Text(commit.ID)
	e.Instant(commit.At)
	e.Uint(uint64(len(commit.Events)))
}

// ReadCommit reads what AppendCommit wrote. It refuses everything else, and
// records that may not be stored; it does not check the chain.
func ReadCommit(data []byte) (Commit, error) {
	d := decoders.Get().(*relationship.Decoder)
	defer decoders.Put(d)
	d.Reset(data)
	commit := Commit{Revision: Revision(d.Uint()), ID: d.Text(), At: d.Instant()}
	commit.Events = make([]relationship.Event, d.Count())
	for i := range commit.Events {
		if commit.Events[i] = d.Event(); d.Err() != nil {
			break
		}
	}
	commit.Chain = d.Digest()
	if err := d.Finish(); err != nil {
		return Commit{}, fmt.Errorf("commit: %w", err)
	}
	return commit, nil
}

var (
	encoders = sync.Pool{New: func() any { return new(relationship.Encoder) }}
	decoders = sync.Pool{New: func() any { return new(relationship.Decoder) }} // with the permission sets that they know
)
