package memdb

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// tables are the records of a state, or of a draft, by their keys. The records
// that are no memberships stand in go-memdb besides, in their orders.
type tables struct {
	records keyed[relationship.Key, *row]
	rosters keyed[relationship.ClientID, *roster]
	places  keyed[relationship.UserID, *places]
	// holders are the records that have a unique value.
	holders keyed[storage.UniqueValue, holder]
}

// holder is a record by one of its unique values.
type holder struct {
	value storage.UniqueValue
	relationship.Record
}

func (h holder) is(value storage.UniqueValue) bool { return h.value == value }

func hashUnique(value storage.UniqueValue) uint64 {
	return hashText(value.Value) ^ uint64(len(value.What))<<1
}

func (t *tables) find(value storage.UniqueValue) (relationship.Record, bool) {
	h, found := t.holders.get(hashUnique(value), value)
	return h.Record, found
}

// put puts a record that is no membership where its key says, and returns the
// one that was there; nil is nothing.
func (t *tables) put(draft uint64, key relationship.Key, record relationship.Record) (before relationship.Record) {
	hash := hashKey(key)
	if r, found := t.records.get(hash, key); found {
		before = r.record
	}
	if record == nil {
		t.records.remove(draft, hash, key)
	} else {
		t.records.put(draft, hash, key, &row{key, record})
	}
	return before
}

// hold has a record hold its unique values in place of another; nil holds none.
func (t *tables) hold(draft uint64, before, after relationship.Record) {
	for _, value := range uniqueValues(before) {
		t.holders.remove(draft, hashUnique(value), value)
	}
	for _, value := range uniqueValues(after) {
		t.holders.put(draft, hashUnique(value), value, holder{value, after})
	}
}

func uniqueValues(record relationship.Record) []storage.UniqueValue {
	if record == nil {
		return nil
	}
	return storage.UniqueValues(record)
}

// row is a record that is no membership, with its key beside it: asking the
// record for its key would copy it.
type row struct {
	key    relationship.Key
	record relationship.Record
}

func (r *row) is(key relationship.Key) bool { return r.key == key }

func (r *roster) is(client relationship.ClientID) bool { return r.client == client }

func (p *places) is(user relationship.UserID) bool { return p.user == user }

// roster returns the roster of a client; an empty one when it has none.
func (t *tables) roster(client relationship.ClientID) roster {
	if r, found := t.rosters.get(hashText(string(client)), client); found {
		return *r
	}
	return roster{client: client}
}

// placesOf returns the list of a user's places; an empty one when there is none.
func (t *tables) placesOf(user relationship.UserID) places {
	if p, found := t.places.get(hashText(string(user)), user); found {
		return *p
	}
	return places{user: user}
}

// get returns the record of a key, whose hash is that of hashKey.
func (t *tables) get(hash uint64, key relationship.Key) (relationship.Record, bool) {
	if key.Kind != relationship.KindMember {
		r, found := t.records.get(hash, key)
		if !found {
			return nil, false
		}
		return r.record, true
	}
	member, found := t.member(relationship.ClientID(key.First), relationship.UserID(key.Second))
	if !found {
		return nil, false
	}
	return member, true
}

func (t *tables) member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool) {
	r, found := t.rosters.get(hashText(string(client)), client)
	if !found {
		return relationship.Member{}, false
	}
	m, found := r.members.get(userOf, string(user))
	if !found {
		return relationship.Member{}, false
	}
	return m.of(r.client), true
}
