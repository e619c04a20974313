package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Seal returns the hash of a commit upon the hash of the one before it: what
// Commit.Chain has to be (LOG-1). Whoever changes, drops, adds or reorders
// anything in the log breaks it from there on.
func Seal(before relationship.Digest, commit Commit) (relationship.Digest, error) {
	h := sha256.New()
	h.Write(before[:])
	write := func(part []byte) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	write(fmt.Appendf(nil, "%d %s %s", commit.Revision, commit.ID, commit.At.Format(time.RFC3339Nano)))
	for _, event := range commit.Events {
		written, err := event.EncodeForChain()
		if err != nil {
			return relationship.Digest{}, err
		}
		write(written)
	}
	return relationship.Digest(h.Sum(nil)), nil
}
