package bolt

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"sync"

	"github.com/clientaccess/clientaccess/storage"
)

// A sealed value begins with a checksum, and its content stands behind it.
const sealSize = 16

// checksum is bound to the place where the content stands.
func checksum(bucket, key, content []byte) [sealSize]byte {
	h := hashes.Get().(*hasher)
	defer hashes.Put(h)
	h.Reset()
	for _, part := range [][]byte{bucket, key} {
		binary.BigEndian.PutUint64(h.length[:], uint64(len(part)))
		h.Write(h.length[:])
		h.Write(part)
	}
	h.Write(content)
	h.Sum(h.sum[:0])
	return [sealSize]byte(h.sum[:])
}

// hasher is a hash with the memory that it works in.
type hasher struct {
	hash.Hash
	length [8]byte
	sum    [sha256.Size]byte
}

var hashes = sync.Pool{New: func() any { return &hasher{Hash: sha256.New()} }}

// seal puts a checksum before the content.
func seal(bucket, key, content []byte) []byte {
	value := make([]byte, sealSize, sealSize+len(content))
	value = append(value, content...)
	sealIn(bucket, key, value)
	return value
}

// sealIn seals a value in which the room for the checksum is left.
func sealIn(bucket, key, value []byte) {
	sum := checksum(bucket, key, value[sealSize:])
	copy(value, sum[:])
}

// unseal checks the checksum and returns the content.
func unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < sealSize || checksum(bucket, key, value[sealSize:]) != [sealSize]byte(value) {
		return nil, fmt.Errorf("%w: a checksum in %s", storage.ErrCorrupt, bucket)
	}
	return value[sealSize:], nil
}

// sum is a checksum over a set of sealed values that does not depend on their
// order, and that can be carried on when one comes or goes.
type sum [2]uint64

func (s *sum) add(value []byte) {
	s[0] += binary.BigEndian.Uint64(value)
	s[1] += binary.BigEndian.Uint64(value[8:])
}

func (s *sum) remove(value []byte) {
	s[0] -= binary.BigEndian.Uint64(value)
	s[1] -= binary.BigEndian.Uint64(value[8:])
}
