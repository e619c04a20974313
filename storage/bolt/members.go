package bolt

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Memberships are many, and much of what they say is the same for all members
// of a client. So those of a client stand together, some in each value: a
// piece. A piece begins at its key, and ends where the next one begins; the
// first piece of a client begins before every user.

const (
	pieceFull   = 96 // a piece with more members is cut
	pieceFilled = 64 // into pieces of so many
)

// edits are changes of memberships that are not yet written: what each is
// after them, nil for nothing.
type edits map[relationship.ClientID]map[relationship.UserID]relationship.Record

// note takes what a line says, if it is about a membership.
func (e edits) note(line relationship.Line) bool {
	member, is := cmp.Or(line.After, line.Before).(relationship.Member)
	if !is {
		return false
	}
	users := e[member.Client]
	if users == nil {
		users = map[relationship.UserID]relationship.Record{}
		e[member.Client] = users
	}
	users[member.User] = line.After
	return true
}

// has reports whether there is an edit of a membership.
func (e edits) has(key relationship.Key) bool {
	_, there := e[relationship.ClientID(key.First)][relationship.UserID(key.Second)]
	return there && key.Kind == relationship.KindMember
}

// edit is what a user is in a client from now on; nil for no member.
type edit struct {
	user  relationship.UserID
	after relationship.Record
}

// write puts all edits into the pieces. Where only new members are expected,
// one who is there already is damage.
func (e edits) write(tx *bbolt.Tx, total *sum, onlyNew bool) error {
	clients := make([]relationship.ClientID, 0, len(e))
	for client := range e {
		clients = append(clients, client)
	}
	slices.Sort(clients)
	w := &pieces{bucket: tx.Bucket(memberBucket), total: total, onlyNew: onlyNew}
	for _, client := range clients {
		list := make([]edit, 0, len(e[client]))
		for user, after := range e[client] {
			list = append(list, edit{user, after})
		}
		slices.SortFunc(list, func(a, b edit) int { return cmp.Compare(a.user, b.user) })
		if err := w.change(client, list); err != nil {
			return err
		}
	}
	return nil
}

// pieces writes pieces.
type pieces struct {
	bucket  *bbolt.Bucket
	total   *sum
	onlyNew bool
	before  []relationship.Member
	after   []relationship.Member
	decoder relationship.Decoder
	encoder relationship.Encoder
}

func pieceKey(client relationship.ClientID, from relationship.UserID) []byte {
	key := make([]byte, 0, len(client)+1+len(from))
	key = append(append(key, client...), 0)
	return append(key, from...)
}

// change makes edits, which are sorted, in the pieces of a client.
func (w *pieces) change(client relationship.ClientID, list []edit) error {
	prefix := pieceKey(client, "")
	for len(list) > 0 {
		key, value, behind := w.find(prefix, list[0].user)
		n := len(list)
		if behind != nil {
			n, _ = slices.BinarySearchFunc(list, string(behind), func(e edit, user string) int { return cmp.Compare(string(e.user), user) })
		}
		if err := w.read(key, value); err != nil {
			return err
		}
		if err := w.merge(list[:n]); err != nil {
			return err
		}
		if err := w.put(client, key); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// find returns the piece in which a user belongs, and the user with whom the
// next begins; nil when there is no next. It returns the key of a piece to be
// when there is none.
func (w *pieces) find(prefix []byte, user relationship.UserID) (key, value, behind []byte) {
	wanted := append(slices.Clip(prefix), user...)
	cursor := w.bucket.Cursor()
	next, there := cursor.Seek(wanted)
	if bytes.Equal(next, wanted) {
		key, value = next, there
		next, _ = cursor.Next()
	} else {
		if next == nil {
			key, value = cursor.Last()
		} else {
			key, value = cursor.Prev()
		}
		if !bytes.HasPrefix(key, prefix) {
			key, value = prefix, nil
		}
	}
	if from, is := bytes.CutPrefix(next, prefix); is {
		behind = bytes.Clone(from)
	}
	return bytes.Clone(key), value, behind // what is bbolt's does not outlive a Put
}

// read reads the members of a piece, and takes it out of the sum.
func (w *pieces) read(key, value []byte) error {
	w.before = w.before[:0]
	if value == nil {
		return nil
	}
	w.total.remove(value)
	var err error
	w.before, err = readPiece(&w.decoder, key, value, w.before)
	return err
}

// readPiece appends the members of a piece. Their texts share memory.
func readPiece(d *relationship.Decoder, key, value []byte, members []relationship.Member) ([]relationship.Member, error) {
	content, err := unseal(memberBucket, key, value)
	if err != nil {
		return nil, err
	}
	client, from, _ := strings.Cut(string(key), "\x00")
	d.ResetShared(string(content))
	last := relationship.UserID(from)
	for first := true; d.More(); first = false {
		members = append(members, relationship.Member{})
		m := &members[len(members)-1]
		d.Member(m)
		if d.Err() == nil && (string(m.Client) != client || m.User < last || !first && m.User == last) {
			return nil, fmt.Errorf("%w: a membership is out of order", storage.ErrCorrupt)
		}
		last = m.User
	}
	if err := d.Finish(); err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("%w: nobody is in a piece", storage.ErrCorrupt)
	}
	return members, nil
}

// merge makes what is after the edits of what was before.
func (w *pieces) merge(list []edit) error {
	w.after = w.after[:0]
	before := w.before
	for _, e := range list {
		n, found := slices.BinarySearchFunc(before, e.user, func(m relationship.Member, user relationship.UserID) int { return cmp.Compare(m.User, user) })
		w.after = append(w.after, before[:n]...)
		if found {
			if w.onlyNew {
				return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, before[n].Key())
			}
			n++
		}
		before = before[n:]
		if member, is := e.after.(relationship.Member); is {
			w.after = append(w.after, member)
		}
	}
	w.after = append(w.after, before...)
	return nil
}

// put writes what is after in place of a piece, cut when it is too long.
func (w *pieces) put(client relationship.ClientID, key []byte) error {
	if len(w.after) == 0 {
		return w.bucket.Delete(key)
	}
	size := len(w.after)
	if size > pieceFull {
		size = pieceFilled
	}
	for piece := range slices.Chunk(w.after, size) {
		if key == nil {
			key = pieceKey(client, piece[0].User)
		}
		w.encoder.Reset(make([]byte, sealSize, sealSize+40*len(piece)))
		for i := range piece {
			w.encoder.Member(&piece[i])
		}
		value, err := w.encoder.Bytes()
		if err != nil {
			return err
		}
		sealIn(memberBucket, key, value)
		w.total.add(value)
		if err := w.bucket.Put(key, value); err != nil {
			return err
		}
		key = nil
	}
	return nil
}
