package memdb

import (
	"hash/maphash"
	"slices"
	"sync/atomic"

	"github.com/clientaccess/clientaccess/relationship"
)

// keyed finds a value by its key. It belongs to a state, which never changes,
// or to a draft, which changes only what it has copied. Values lie in shards by
// the hash of their key, and shards in groups, so that a change copies few of
// them.
type keyed[K any, V ofKey[K]] struct {
	groups *[groups]*group[K, V]
	// owner is who may change the array above: a draft's number, or 0.
	owner uint64
}

// group is some shards, each a hash table of its own. Its owner may change it, and
// those of its shards of which it has a bit in owned.
type group[K any, V ofKey[K]] struct {
	shards [shards]hashed[K, V]
	owned  uint64
	owner  uint64
}

// ofKey is a value that knows the key that it has.
type ofKey[K any] interface{ is(key K) bool }

// groups are so many, and each has so many shards.
const (
	groupBits, shardBits = 6, 5
	groups, shards       = 1 << groupBits, 1 << shardBits
)

// hashed is a hash table with open addressing. The zero value is empty.
type hashed[K any, V ofKey[K]] struct {
	slots []keyedSlot[V] // a power of two of them, or none
	used  int
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

// home is where a hash belongs. Its last bit is set in every hash.
func (h *hashed[K, V]) home(hash uint64) int { return int(hash>>1) & (len(h.slots) - 1) }

func (h *hashed[K, V]) behind(i int) int { return (i + 1) & (len(h.slots) - 1) }

// find returns the slot of a key, or the free one where it would be.
func (h *hashed[K, V]) find(hash uint64, key K) int {
	i := h.home(hash)
	for ; h.slots[i].hash != 0; i = h.behind(i) {
		if at := &h.slots[i]; at.hash == hash && at.value.is(key) {
			break
		}
	}
	return i
}

func (h *hashed[K, V]) get(hash uint64, key K) (value V, found bool) {
	if h.used == 0 {
		return value, false
	}
	at := &h.slots[h.find(hash, key)]
	return at.value, at.hash != 0
}

// likely returns a value whose key has the hash; it need not be that of the key.
func (h *hashed[K, V]) likely(hash uint64) (value V, found bool) {
	if h.used == 0 {
		return value, false
	}
	for i := h.home(hash); h.slots[i].hash != 0; i = h.behind(i) {
		if h.slots[i].hash == hash {
			return h.slots[i].value, true
		}
	}
	return value, false
}

// put stores a value in place of the one with its key.
func (h *hashed[K, V]) put(hash uint64, key K, value V) {
	if (h.used+1)*4 > len(h.slots)*3 {
		h.grow()
	}
	at := &h.slots[h.find(hash, key)]
	if at.hash == 0 {
		h.used++
	}
	*at = keyedSlot[V]{hash, value}
}

func (h *hashed[K, V]) grow() {
	before := h.slots
	h.slots = make([]keyedSlot[V], max(4, 2*len(before)))
	for _, at := range before {
		if at.hash == 0 {
			continue
		}
		i := h.home(at.hash)
		for h.slots[i].hash != 0 {
			i = h.behind(i)
		}
		h.slots[i] = at
	}
}

// remove takes a value away that is there, and closes the gap: what was pushed
// behind it moves up.
func (h *hashed[K, V]) remove(hash uint64, key K) {
	gap, last := h.find(hash, key), len(h.slots)-1
	for i := h.behind(gap); h.slots[i].hash != 0; i = h.behind(i) {
		if home := h.home(h.slots[i].hash); (i-home)&last >= (i-gap)&last {
			h.slots[gap] = h.slots[i]
			gap = i
		}
	}
	h.slots[gap] = keyedSlot[V]{}
	h.used--
}

// groupOf is the number of the group of a hash, and shardOf that of the shard in it.
func groupOf(hash uint64) uint64 { return hash >> (64 - groupBits) }
func shardOf(hash uint64) uint64 { return hash << groupBits >> (64 - shardBits) }

func (k *keyed[K, V]) get(hash uint64, key K) (value V, found bool) {
	if in := k.shard(hash); in != nil {
		return in.get(hash, key)
	}
	return value, false
}

func (k *keyed[K, V]) likely(hash uint64) (value V, found bool) {
	if in := k.shard(hash); in != nil {
		return in.likely(hash)
	}
	return value, false
}

// touch reads where a hash belongs, and nothing else.
func (k *keyed[K, V]) touch(hash uint64) uint64 {
	if in := k.shard(hash); in != nil && len(in.slots) > 0 {
		return in.slots[in.home(hash)].hash
	}
	return 0
}

// shard is where a hash belongs; nil while nothing is near.
func (k *keyed[K, V]) shard(hash uint64) *hashed[K, V] {
	if k.groups == nil || k.groups[groupOf(hash)] == nil {
		return nil
	}
	return &k.groups[groupOf(hash)].shards[shardOf(hash)]
}

// share prepares for a draft that changes values in two goroutines, each those
// whose hashes begin with another bit: they lie in different groups.
func (k *keyed[K, V]) share(draft uint64) {
	switch {
	case k.groups == nil:
		k.groups, k.owner = &[groups]*group[K, V]{}, draft
	case k.owner != draft:
		copied := *k.groups
		k.groups, k.owner = &copied, draft
	}
}

// own returns the shard of a hash, for a draft to change.
func (k *keyed[K, V]) own(draft, hash uint64) *hashed[K, V] {
	k.share(draft)
	of := &k.groups[groupOf(hash)]
	switch {
	case *of == nil:
		*of = &group[K, V]{owner: draft}
	case (*of).owner != draft:
		*of = &group[K, V]{shards: (*of).shards, owner: draft}
	}
	number := shardOf(hash)
	in := &(*of).shards[number]
	if (*of).owned>>number&1 == 0 {
		in.slots = slices.Clone(in.slots)
		(*of).owned |= 1 << number
	}
	return in
}

// put stores a value in place of the one with its key.
func (k *keyed[K, V]) put(draft, hash uint64, key K, value V) {
	k.own(draft, hash).put(hash, key, value)
}

// remove takes a value away, if it is there.
func (k *keyed[K, V]) remove(draft, hash uint64, key K) {
	if _, found := k.get(hash, key); found {
		k.own(draft, hash).remove(hash, key)
	}
}

// all runs over the values, in no order.
func (k *keyed[K, V]) all(yield func(V) bool) {
	if k.groups == nil {
		return
	}
	for _, of := range k.groups {
		if of == nil {
			continue
		}
		for i := range of.shards {
			if !of.shards[i].all(yield) {
				return
			}
		}
	}
}

// all runs over the values, in no order, and reports whether to go on.
func (h *hashed[K, V]) all(yield func(V) bool) bool {
	for i := range h.slots {
		if h.slots[i].hash != 0 && !yield(h.slots[i].value) {
			return false
		}
	}
	return true
}
