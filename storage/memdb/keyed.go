package memdb

import (
	"hash/maphash"
	"sync/atomic"

	"github.com/clientaccess/clientaccess/relationship"
)

// keyed finds a value by its key. It belongs to a state, which never changes,
// or to a draft, which changes only what it has copied. Values lie in shards by
// the hash of their key, so that a change copies few of them.
type keyed[K any, V ofKey[K]] struct {
	shards *[shards]*shard[V]
	// owner is who may change the array above: a draft's number, or 0.
	owner uint64
}

// ofKey is a value that knows the key that it has.
type ofKey[K any] interface{ is(key K) bool }

const (
	shardBits = 10
	shards    = 1 << shardBits
)

// shard is a hash table with open addressing.
type shard[V any] struct {
	slots []keyedSlot[V] // a power of two of them
	used  int
	owner uint64
}

// keyedSlot holds a value; the hash 0 is that of a free one.
type keyedSlot[V any] struct {
	hash  uint64
	value V
}

// drafts numbers the drafts, so that each knows what it has copied.
var drafts atomic.Uint64

var hashSeed = maphash.MakeSeed()

func hashText(text string) uint64 { return maphash.String(hashSeed, text) | 1 }

func hashKey(key relationship.Key) uint64 {
	hash := maphash.String(hashSeed, key.First)
	if key.Second != "" {
		hash = hash*0x9e3779b97f4a7c15 ^ maphash.String(hashSeed, key.Second)
	}
	if key.Kind != "" {
		hash ^= (uint64(key.Kind[0])<<8 | uint64(len(key.Kind))) * 0xff51afd7ed558ccd
	}
	return hash | 1
}

func (k *keyed[K, V]) get(hash uint64, key K) (value V, found bool) {
	if k.shards == nil {
		return value, false
	}
	in := k.shards[hash>>(64-shardBits)]
	if in == nil {
		return value, false
	}
	mask := uint64(len(in.slots) - 1)
	for i := hash & mask; in.slots[i].hash != 0; i = (i + 1) & mask {
		if at := &in.slots[i]; at.hash == hash && at.value.is(key) {
			return at.value, true
		}
	}
	return value, false
}

// own returns the shard of a hash, for a draft to change.
func (k *keyed[K, V]) own(draft, hash uint64) *shard[V] {
	if k.shards == nil || k.owner != draft {
		var copied [shards]*shard[V]
		if k.shards != nil {
			copied = *k.shards
		}
		k.shards, k.owner = &copied, draft
	}
	at := &k.shards[hash>>(64-shardBits)]
	switch {
	case *at == nil:
		*at = &shard[V]{slots: make([]keyedSlot[V], 4), owner: draft}
	case (*at).owner != draft:
		*at = &shard[V]{slots: append([]keyedSlot[V](nil), (*at).slots...), used: (*at).used, owner: draft}
	}
	return *at
}

// put stores a value in place of the one with its key.
func (k *keyed[K, V]) put(draft, hash uint64, key K, value V) {
	in := k.own(draft, hash)
	if (in.used+1)*4 > len(in.slots)*3 {
		in.grow()
	}
	mask := uint64(len(in.slots) - 1)
	i := hash & mask
	for ; in.slots[i].hash != 0; i = (i + 1) & mask {
		if at := &in.slots[i]; at.hash == hash && at.value.is(key) {
			at.value = value
			return
		}
	}
	in.slots[i] = keyedSlot[V]{hash, value}
	in.used++
}

func (s *shard[V]) grow() {
	before := s.slots
	s.slots = make([]keyedSlot[V], 2*len(before))
	mask := uint64(len(s.slots) - 1)
	for _, at := range before {
		if at.hash == 0 {
			continue
		}
		i := at.hash & mask
		for s.slots[i].hash != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = at
	}
}

// remove takes a value away, if it is there, and closes the gap: what was
// pushed behind it moves up.
func (k *keyed[K, V]) remove(draft, hash uint64, key K) {
	if _, found := k.get(hash, key); !found {
		return
	}
	in := k.own(draft, hash)
	mask := uint64(len(in.slots) - 1)
	gap := hash & mask
	for in.slots[gap].hash != hash || !in.slots[gap].value.is(key) {
		gap = (gap + 1) & mask
	}
	for i := (gap + 1) & mask; in.slots[i].hash != 0; i = (i + 1) & mask {
		if home := in.slots[i].hash & mask; (i-home)&mask >= (i-gap)&mask {
			in.slots[gap] = in.slots[i]
			gap = i
		}
	}
	in.slots[gap] = keyedSlot[V]{}
	in.used--
}

// all runs over the values, in no order.
func (k *keyed[K, V]) all(yield func(V) bool) {
	if k.shards == nil {
		return
	}
	for _, in := range k.shards {
		if in == nil {
			continue
		}
		for i := range in.slots {
			if in.slots[i].hash != 0 && !yield(in.slots[i].value) {
				return
			}
		}
	}
}
