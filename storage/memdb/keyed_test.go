package memdb

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

type numbered struct {
	key   string
	value int
}

func (n numbered) is(key string) bool { return n.key == key }

// The table against a map: values come and go in drafts, some of them dropped,
// with hashes that collide and that wrap around the end of a shard; and what a
// state shows stays as it was.
func TestKeyed_IsAMap(t *testing.T) {
	for seed := range uint64(9) {
		random := rand.New(rand.NewPCG(seed, 5))
		hash := func(key string) uint64 {
			switch seed % 3 {
			case 0:
				return hashText(key)
			case 1:
				return hashText(key)%64<<1&0xff & ^uint64(1) | 1 // few shards, and all near the beginning
			}
			return ^uint64(len(key)%3) | 1 // the end of the last shard
		}
		type published struct {
			table keyed[string, numbered]
			model map[string]int
		}
		now := published{model: map[string]int{}}
		var earlier []published
		look := func(p published) {
			for n := range 200 {
				key := fmt.Sprint("key", n)
				want, is := p.model[key]
				got, found := p.table.get(hash(key), key)
				require.Equal(t, is, found, "seed %d: %s", seed, key)
				require.Equal(t, want, got.value)
			}
			count := 0
			for v := range p.table.all {
				require.Equal(t, p.model[v.key], v.value)
				count++
			}
			require.Len(t, p.model, count)
		}
		for step := range 60 {
			draft := published{now.table, maps.Clone(now.model)}
			number := drafts.Add(1)
			for range 1 + random.IntN(40) {
				key := fmt.Sprint("key", random.IntN(200))
				if random.IntN(3) == 0 {
					draft.table.remove(number, hash(key), key)
					delete(draft.model, key)
				} else {
					value := random.Int()
					draft.table.put(number, hash(key), key, numbered{key, value})
					draft.model[key] = value
				}
			}
			look(draft)
			look(now) // not changed by the draft
			if random.IntN(4) > 0 {
				now = draft
			}
			if step%10 == 0 {
				earlier = append(earlier, now)
			}
		}
		for _, p := range earlier {
			look(p)
		}
	}
}
