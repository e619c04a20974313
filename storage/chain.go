package storage

import (
	"crypto/sha256"
	"sync"

	"github.com/clientaccess/clientaccess/relationship"
)

// Seal returns the hash of a commit upon the hash of the one before it: what
// Commit.Chain has to be (LOG-1). Whoever changes, drops, adds or reorders
// anything in the log breaks it from there on. The hash is over the binary
// form of the commit (relationship.Encoder). An instant that cannot be stored
// is an error.
func Seal(before relationship.Digest, commit Commit) (relationship.Digest, error) {
	e := sealers.Get().(*sealer)
	defer sealers.Put(e)
	e.Reset(e.memory[:0])
	e.Digest(before)
	encodeHead(&e.Encoder, &commit)
	for i := range commit.Events {
		e.EventForChain(&commit.Events[i])
	}
	written, err := e.Bytes()
	if len(written) <= mostMemory {
		e.memory = written
	}
	return sha256.Sum256(written), err
}

// sealer is an Encoder with the memory that it writes into. The chain has no
// names and no addresses, so it may lie about.
type sealer struct {
	relationship.Encoder
	memory []byte
}

const mostMemory = 1 << 20

var sealers = sync.Pool{New: func() any { return new(sealer) }}
