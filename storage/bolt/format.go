package bolt

import (
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
//	        head              JSON: the newest commit, the checkpoint, and sums over the next three
//	        restoring         while a restore goes on: the file is not usable before it has ended
//	record  kind 0 first 0 second   relationship.AppendRecord; all but memberships
//	member  client 0 user           members of the client in the order of users, from this user
//	                                on and up to the next key, in one stream of a relationship.Encoder
//	aside   the note's key          the note
//	log     revision, 8 bytes       storage.AppendCommit
var (
	metaBucket   = []byte("meta")
	recordBucket = []byte("record")
	memberBucket = []byte("member")
	asideBucket  = []byte("aside")
	logBucket    = []byte("log")

	buckets = [][]byte{metaBucket, recordBucket, memberBucket, asideBucket, logBucket}

	formatKey = []byte("format")
	idKey     = []byte("id")
	headKey   = []byte("head")
	// restoringKey marks a file into which a dump is being restored.
	restoringKey = []byte("restoring")
)

const (
	formatName    = "clientaccess journal "
	formatVersion = 2
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
	case version < formatVersion:
		return fmt.Errorf("%w: %d, and this package knows %d", ErrOlder, version, formatVersion)
	}
	return nil
}

// head is the newest commit, with the sums over all that is stored, and the
// beginning of the log.
type head struct {
	Revision storage.Revision    `json:"revision"`
	ID       string              `json:"id"`
	At       time.Time           `json:"at"`
	Chain    relationship.Digest `json:"chain"`
	Records  sum                 `json:"records"` // memberships among them
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
