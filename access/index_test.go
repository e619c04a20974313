package access

import (
	"fmt"
	"maps"
	"math/rand/v2"
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
		now, model := &table{}, map[Place]entry{}
		older, was := now, map[Place]entry{}
		for step := range 30 {
			updates := map[string]*clientUpdate{}
			for range 1 + random.IntN(300) {
				client := fmt.Sprint("client", random.IntN(6)*random.IntN(6))
				if updates[client] == nil {
					updates[client] = &clientUpdate{client: client, all: random.IntN(40) == 0}
					if updates[client].all {
						for place := range model {
							if string(place.Client) == client {
								delete(model, place)
							}
						}
					}
				}
				u := updates[client]
				user := id(400)
				hash := h.of(user)
				seen := false
				for _, member := range u.members {
					seen = seen || member.user == user
				}
				if seen {
					continue
				}
				member := memberUpdate{hash: hash, user: user, entry: entry(random.Uint64()), gone: random.IntN(4) == 0}
				u.members = append(u.members, member)
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
				place := Place{Client: relationship.ClientID(fmt.Sprint("client", random.IntN(40))), User: relationship.UserID(id(400))}
				want, is := model[place]
				got, found := now.find(&h, string(place.Client), string(place.User))
				require.Equal(t, is, found, "seed %d, step %d: %s", seed, step, place)
				require.Equal(t, want, got)
			}
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

// Equal hashes are told apart by the ids.
func TestIndexTable_HashesThatCollide(t *testing.T) {
	h := hasher{} // without a key, all short ids have the same hash
	require.Equal(t, h.of("user1"), h.of("user2"))
	var p part
	move := func(updates ...memberUpdate) {
		d := newDraftPart(&p, updates)
		d.merge(&h, &p, updates)
		p = d.cut("lumen", 0, len(d.hashes), 0)
	}
	var updates []memberUpdate
	for i := range 20 {
		updates = append(updates, memberUpdate{hash: 0, user: fmt.Sprint("user", i), entry: entry(i + 1)})
	}
	move(updates...)
	for i := range 20 {
		got, found := p.find(0, 0, fmt.Sprint("user", i))
		require.True(t, found)
		require.Equal(t, entry(i+1), got)
	}
	_, found := p.find(0, 0, "user20")
	require.False(t, found)
	move(memberUpdate{user: "user3", gone: true}, memberUpdate{user: "user5", entry: 99})
	_, found = p.find(0, 0, "user3")
	require.False(t, found)
	got, _ := p.find(0, 0, "user5")
	require.Equal(t, entry(99), got)
	got, _ = p.find(0, 0, "user6")
	require.Equal(t, entry(7), got)
}

func TestIndexHash_WordsAreTheID(t *testing.T) {
	for n := range 40 {
		id := strings.Repeat("abcdefg", 6)[:n]
		for width := max(2, wordsOf(id)); width < 8; width++ {
			words := appendWords(nil, id, width)
			require.Len(t, words, width)
			require.True(t, isID(words, id))
			require.False(t, isID(words, id+"x"))
			if n > 0 {
				require.False(t, isID(words, id[1:]))
				require.False(t, isID(words, id[:n-1]))
			}
		}
	}
}
