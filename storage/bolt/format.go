package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The file: five buckets. Every value is sealed: a checksum of bucket, key and
// content stands before the content.
//
//	meta    format, id        text
//	        head              JSON: the newest commit, the checkpoint, and sums over the next two
//	        restoring         while a restore goes on: the file is not usable before it has ended
//	record  kind 0 first 0 second   JSON: relationship.EncodeRecord
//	aside   the note's key          the note
//	log     revision, 8 bytes       JSON: storage.EncodeCommit
var (
	metaBucket   = []byte("meta")
	recordBucket = []byte("record")
	asideBucket  = []byte("aside")
	logBucket    = []byte("log")

	buckets = [][]byte{metaBucket, recordBucket, asideBucket, logBucket}

	formatKey = []byte("format")
	idKey     = []byte("id")
	headKey   = []byte("head")
	// restoringKey marks a file into which a dump is being restored.
	restoringKey = []byte("restoring")
)

const (
	formatName    = "clientaccess journal "
	formatVersion = 1
)

var format = formatName + strconv.Itoa(formatVersion)

func checkFormat(text string) error {
	number, ours := strings.CutPrefix(text, formatName)
	version, err := strconv.Atoi(number)
	switch {
	case !ours || err != nil || version < 1:
		return ErrForeign
	case version > formatVersion:
		return fmt.Errorf("%w: %d, and this package knows %d", ErrNewer, version, formatVersion)
	}
	return nil
}

const sealSize = 16

// seal puts a checksum before the content, bound to the place where it stands.
func seal(bucket, key, content []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{bucket, key} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	h.Write(content)
	return append(h.Sum(nil)[:sealSize:sealSize], content...)
}

// unseal checks the checksum and returns the content.
func unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < sealSize || !bytes.Equal(seal(bucket, key, value[sealSize:]), value) {
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

// head is the newest commit, with the sums over all records and notes, and the
// beginning of the log.
type head struct {
	Revision storage.Revision    `json:"revision"`
	ID       string              `json:"id"`
	At       time.Time           `json:"at"`
	Chain    relationship.Digest `json:"chain"`
	Records  sum                 `json:"records"`
	Notes    sum                 `json:"notes"`
	// Checkpoint is where the log begins.
	Checkpoint storage.Checkpoint `json:"checkpoint"`
}

func getHead(tx *bbolt.Tx) (h head, err error) {
	body, err := unseal(metaBucket, headKey, tx.Bucket(metaBucket).Get(headKey))
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	return h, err
}

func putHead(tx *bbolt.Tx, h head) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return tx.Bucket(metaBucket).Put(headKey, seal(metaBucket, headKey, body))
}

func recordKey(key relationship.Key) []byte {
	return []byte(strings.Join([]string{string(key.Kind), key.First, key.Second}, "\x00"))
}

func logKey(revision storage.Revision) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(revision))
}
