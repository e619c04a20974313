package access

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// The table against a map: any members of any clients come and go, with ids of
// all lengths, in clients of all sizes, and with hashes that collide.
func TestIndexTable_IsAMap(t *testing.T) {
	seeds := uint64(12)
	if UnderRace {
		seeds = 4
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 7))
		h := newHasher()
		if seed%4 == 3 {
			h.first, h.second = 0, 0 // all short ids have the same hash
		}
		width := []int{3, 9, 16, 17, 36, 200}[seed%6]
		id := func(n int) string {
			text := fmt.Sprint(random.IntN(n))
			return strings.Repeat("x", random.IntN(width)) + text[:min(len(text), width)]
		}
		var clients [40]string
		for i := range clients {
			clients[i] = fmt.Sprint("client", strings.Repeat("y", i%3*7), i)
		}
		now, model := &table{}, map[Place]entry{}
		older, was := now, map[Place]entry{}
		for step := range 30 {
			updates := map[string]*clientUpdate{}
			for range 1 + random.IntN(300) {
				client := clients[random.IntN(6)*random.IntN(6)]
				if updates[client] == nil {
					updates[client] = &clientUpdate{client: client}
				}
				u := updates[client]
				user := id(400)
				at, seen := slices.BinarySearchFunc(u.members, user, func(m memberUpdate, user string) int {
					return strings.Compare(m.user, user)
				})
				if seen {
					continue
				}
				member := h.update(user, entry(random.Uint64()), random.IntN(4) == 0)
				u.members = slices.Insert(u.members, at, member)
				place := Place{Client: relationship.ClientID(client), User: relationship.UserID(user)}
				if member.gone {
					delete(model, place)
				} else {
					model[place] = member.entry
				}
			}
			var list []clientUpdate
			for _, u := range updates {
				list = append(list, *u)
			}
			now = now.with(&h, list)
			for place, want := range model {
				got, found := now.find(&h, string(place.Client), string(place.User))
				require.True(t, found, "seed %d, step %d: %s", seed, step, place)
				require.Equal(t, want, got)
			}
			for range 200 {
				place := Place{Client: relationship.ClientID(clients[random.IntN(40)]), User: relationship.UserID(id(400))}
				want, is := model[place]
				got, found := now.find(&h, string(place.Client), string(place.User))
				require.Equal(t, is, found, "seed %d, step %d: %s", seed, step, place)
				require.Equal(t, want, got)
			}
			requireInOrder(t, &h, now, clients[:], model)
			for place, want := range was { // what is published never changes
				got, found := older.find(&h, string(place.Client), string(place.User))
				require.True(t, found)
				require.Equal(t, want, got)
			}
			if step%10 == 0 {
				older, was = now, map[Place]entry{}
				maps.Copy(was, model)
			}
		}
	}
}

func (h *hasher) update(user string, e entry, gone bool) memberUpdate {
	key := h.key(user)
	return memberUpdate{key: key, hash: h.hash(key), user: user, entry: e, gone: gone}
}

// requireInOrder requires that a client with one block has its members in the
// order of their ids, behind any of them, too; and that one with few has one.
func requireInOrder(t *testing.T, h *hasher, now *table, clients []string, model map[Place]entry) {
	t.Helper()
	byClient := map[string][]string{}
	for place := range model {
		byClient[string(place.Client)] = append(byClient[string(place.Client)], string(place.User))
	}
	for _, client := range clients {
		want := byClient[client]
		slices.Sort(want)
		slot := now.client(h, client)
		if slot == nil {
			require.Empty(t, want)
			continue
		}
		require.Equal(t, len(want) == 0, slot.first() == askedOfEvaluator)
		if slot.many != nil {
			require.Greater(t, len(want), blockFilled)
			continue
		}
		require.LessOrEqual(t, len(want), blockFull)
		for _, after := range append([]string{"", "x", "~"}, want...) {
			var got []string
			for _, i := range []byte(slot.one.behind(after)) {
				got = append(got, slot.one.record(int(i)).id())
			}
			first := sort.Search(len(want), func(i int) bool { return want[i] > after })
			require.Equal(t, append([]string{}, want[first:]...), append([]string{}, got...), "behind %q", after)
		}
	}
}

// Equal hashes are told apart by the ids.
func TestIndexTable_HashesThatCollide(t *testing.T) {
	h := hasher{} // without a key, all short ids have the same hash
	require.Equal(t, h.of("user1"), h.of("user2"))
	now := &table{}
	move := func(updates ...memberUpdate) {
		now = now.with(&h, []clientUpdate{{client: "lumen", members: updates}})
	}
	var updates []memberUpdate
	for i := range 20 {
		updates = append(updates, h.update(fmt.Sprintf("user%02d", i), entry(i+1), false))
	}
	move(updates...)
	for i := range 20 {
		got, found := now.find(&h, "lumen", fmt.Sprintf("user%02d", i))
		require.True(t, found)
		require.Equal(t, entry(i+1), got)
	}
	_, found := now.find(&h, "lumen", "user20")
	require.False(t, found)
	move(h.update("user03", 0, true), h.update("user05", 99, false))
	_, found = now.find(&h, "lumen", "user03")
	require.False(t, found)
	got, _ := now.find(&h, "lumen", "user05")
	require.Equal(t, entry(99), got)
	got, _ = now.find(&h, "lumen", "user06")
	require.Equal(t, entry(7), got)
}

// A client that grows past one block and shrinks again has one block in the end,
// with the order of the ids.
func TestIndexTable_GrowsAndShrinks(t *testing.T) {
	h := newHasher()
	now, model := &table{}, map[Place]entry{}
	clients := []string{"lumen"}
	id := func(i int) string { return fmt.Sprintf("user%05d", i) }
	move := func(from, to int, gone bool) {
		var updates []memberUpdate
		for i := from; i < to; i++ {
			updates = append(updates, h.update(id(i), entry(i), gone))
			place := Place{Client: "lumen", User: relationship.UserID(id(i))}
			if model[place] = entry(i); gone {
				delete(model, place)
			}
		}
		now = now.with(&h, []clientUpdate{{client: "lumen", members: updates}})
		require.Equal(t, len(model), now.client(&h, "lumen").size())
		requireInOrder(t, &h, now, clients, model)
		if many := now.client(&h, "lumen").many; many != nil {
			for _, part := range many.blocks {
				require.LessOrEqual(t, part.n, uint32(blockFull))
			}
		}
	}
	for i := range 40 {
		move(100*i, 100*(i+1), false)
	}
	require.Greater(t, len(now.client(&h, "lumen").many.blocks), 4000/blockFull)
	for i := range 40 {
		move(100*i, 100*i+99, true)
	}
	require.Nil(t, now.client(&h, "lumen").many)
	for i := range 40 {
		got, found := now.find(&h, "lumen", id(100*i+99))
		require.True(t, found)
		require.Equal(t, entry(100*i+99), got)
	}
}

// Long ids whose keys are equal are told apart by their texts, as members and as
// clients.
func TestIndexTable_LongIDsWithOneKey(t *testing.T) {
	h := newHasher()
	key := longKey(7, 20)
	id := func(i int) string { return fmt.Sprintf("a user's long id, %02d", i) }
	var updates []memberUpdate
	for i := range 20 {
		updates = append(updates, memberUpdate{key: key, hash: h.hash(key), user: id(i), entry: entry(i + 1)})
	}
	var s slot
	s.change(&draftBlocks{h: &h}, &clientUpdate{client: id(50), members: updates})
	for i := range 21 {
		number, found := s.one.find(key, h.hash(key), id(i))
		require.Equal(t, i < 20, found, id(i))
		require.Equal(t, found, s.one.record(number).entry() == entry(i+1))
	}
	s.key = key
	require.True(t, s.isOf(key, id(50)))
	require.False(t, s.isOf(key, id(51)))
}

// Each byte of a long id counts in its hash, and in each part of the hash that
// says where something is.
func TestIndexKey_EveryByteCounts(t *testing.T) {
	h := newHasher()
	for n := 17; n < 70; n++ {
		id := []byte(strings.Repeat("01234567-89ab-cdef", 4)[:n])
		var moved [4]int // how often another byte changes so many bits, from the first on and from the last
		for at := range id {
			before := h.of(string(id))
			id[at] ^= 1
			hash := h.of(string(id))
			id[at] ^= 1
			for i, part := range []uint64{before ^ hash, before<<10 ^ hash<<10, before<<20 ^ hash<<20, (before ^ hash) << 40} {
				if part>>44 != 0 {
					moved[i]++
				}
			}
		}
		for i, times := range moved {
			require.GreaterOrEqual(t, times, n-1, "%d bytes, part %d", n, i) // one may be left by chance
		}
	}
}

// Keys of different ids are different, or long, where the text decides; and a
// key knows the length of its id.
func TestIndexKey_IsTheID(t *testing.T) {
	h := newHasher()
	keys := map[idKey]string{}
	for n := range 40 {
		for _, id := range []string{strings.Repeat("abcdefg", 6)[:n], strings.Repeat("é\xff\x80", 10)[:n], strings.Repeat("\x00a", 20)[:n]} {
			key := h.key(id)
			if before, is := keys[key]; is && before != id {
				t.Fatalf("%q and %q have one key", before, id)
			}
			keys[key] = id
			require.Equal(t, n, key.length(), "%q", id)
			require.Equal(t, n > 16 || strings.HasSuffix(id, "\x00"), key.isLong(), "%q", id)
			for zeros := 1; zeros < 4; zeros++ {
				require.NotEqual(t, key, h.key(id+strings.Repeat("\x00", zeros)), "%q", id)
			}
		}
	}
}
