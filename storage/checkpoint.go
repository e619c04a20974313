package storage

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/clientaccess/clientaccess/relationship"
)

// Checkpoint stands for the commits that the log has forgotten: what comes
// behind it can be verified without them (LOG-1). The zero Checkpoint is the
// beginning.
type Checkpoint struct {
	// Head is the last commit that was forgotten.
	Head
	// Sum is the sum over all records at that revision.
	Sum Sum `json:"sum"`
}

// Advance returns the checkpoint that stands for a commit too.
func (c Checkpoint) Advance(commit Commit) (Checkpoint, error) {
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			if err := c.Sum.Apply(line); err != nil {
				return c, err
			}
		}
	}
	c.Head = Head{commit.Revision, commit.At, commit.Chain}
	return c, nil
}

// Sum is a checksum over a set of records that does not depend on their order,
// and that is carried on when one comes or goes. It is made of their hashes
// (relationship.HashRecord), so that erasing a person leaves it as it is. The
// zero Sum is that of no records. It finds damage; whoever can choose records
// freely may find others with the same sum.
type Sum [4]uint64

// Apply takes the line's record before out of the sum, and the one after into
// it.
func (s *Sum) Apply(line relationship.Line) error {
	if line.Before != nil {
		hash, err := relationship.HashRecord(line.Before)
		if err != nil {
			return err
		}
		for i := range s {
			s[i] -= binary.BigEndian.Uint64(hash[8*i:])
		}
	}
	if line.After == nil {
		return nil
	}
	hash, err := relationship.HashRecord(line.After)
	if err != nil {
		return err
	}
	for i := range s {
		s[i] += binary.BigEndian.Uint64(hash[8*i:])
	}
	return nil
}

// MarshalText returns the sum as hexadecimal.
func (s Sum) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%016x%016x%016x%016x", s[0], s[1], s[2], s[3]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Sum) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != 32 {
		return &relationship.FieldError{Noun: "sum", Field: "text", Problem: "is not 64 hexadecimal digits"}
	}
	for i := range s {
		s[i] = binary.BigEndian.Uint64(raw[8*i:])
	}
	return nil
}
