package access

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/both"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// Commits about many members, who have little in common, leave an index that
// knows of each what the state says of them alone: in the table, and in the order
// of their places.
func TestIndexer_FollowsLargeCommits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	const users, clients = 400, 5
	user := func(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("user %d", i)) }
	client := func(i int) relationship.ClientID { return relationship.ClientID(fmt.Sprintf("client %d", i)) }
	event := relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: now}
	partners := []relationship.PartnerID{"northwind", "southwind", ""}
	large, checked := 0, 0
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 3))
		rarely := func() bool { return random.IntN(8) == 0 }
		pause := func() relationship.Pause {
			return relationship.Pause{On: rarely(), Until: now.Add(time.Duration(random.IntN(3)) * time.Hour)}
		}
		employee := func(partner relationship.PartnerID, i int) relationship.Record {
			e := relationship.Employee{Partner: partner, User: user(i), Kind: relationship.Staff, Status: relationship.Employed, Since: now}
			if rarely() {
				e.Status = relationship.Suspended
			} else {
				e.Pause = pause()
			}
			return e
		}
		member := func(c, i int) relationship.Record {
			m := relationship.Member{
				Client: client(c), User: user(i), Role: relationship.Standard, Manager: partners[random.IntN(3)],
				Set: permset.MustNames("reports.view"), Since: now, TermFrom: now,
			}
			if rarely() {
				m.Deactivated = relationship.ClientSide
			}
			if rarely() {
				m.End = now.Add(time.Duration(1+random.IntN(3)) * time.Hour)
			}
			return m
		}
		served := func(partner relationship.PartnerID, c int, limit time.Time) relationship.Record {
			return relationship.Relationship{
				Partner: partner, Client: client(c), Phase: relationship.Active, Started: now, Activity: now, Members: 1, Limit: limit,
			}
		}
		store := memdb.New()
		x := newIndexer(newVocabulary(crm.Catalog()))
		before := store.Snapshot()
		index := x.build(before)
		for step, change := range []func(put func(relationship.Record), tx storage.Tx){
			func(put func(relationship.Record), _ storage.Tx) {
				for c := range clients {
					for i := range users {
						put(member(c, i)) // and what is known of them is written behind
					}
				}
				for _, partner := range partners[:2] {
					put(relationship.Partner{ID: partner, Name: "Partner", Kind: relationship.SolutionsPartner})
				}
				for i := range users {
					put(employee("northwind", i))
					if put(employee("southwind", i)); !rarely() {
						u, err := relationship.NewUser(user(i), "name", fmt.Sprintf("u%d@northwind.example", i), relationship.Digest{1})
						require.NoError(t, err)
						put(u)
					}
				}
				for c := range clients {
					put(relationship.Client{ID: client(c), Name: "Client", SuperAdmins: 1})
					put(served("northwind", c, time.Time{}))
					for i := range users {
						if rarely() {
							put(relationship.Standing{Client: client(c), User: user(i), Barred: true, Pause: pause()})
						}
					}
				}
			},
			func(put func(relationship.Record), _ storage.Tx) {
				put(relationship.Terms{Client: client(1), Partner: "northwind", Longest: 2 * 24 * time.Hour})
				put(relationship.Client{ID: client(2), Name: "Client", Closed: true})
				for c := range clients {
					put(served("southwind", c, now.Add(time.Duration(c)*time.Hour)))
				}
			},
			func(put func(relationship.Record), tx storage.Tx) {
				for range 2 { // lines of two events, many of them about the same places
					for c := range clients {
						for i := range users {
							switch random.IntN(3) {
							case 0:
								_ = tx.Delete(relationship.MemberKey(client(c), user(i))) // twice is not found
							case 1:
								put(member(c, i))
							}
						}
					}
					put(employee("northwind", random.IntN(users)))
					require.NoError(t, tx.Log(event))
				}
			},
			func(put func(relationship.Record), _ storage.Tx) {
				put(relationship.Partner{ID: "northwind", Name: "Partner", Kind: relationship.SolutionsPartner, Closed: true})
			},
		} {
			_, err := store.Update(t.Context(), func(tx storage.Tx) error {
				change(func(record relationship.Record) { require.NoError(t, tx.Put(record)) }, tx)
				if len(tx.Changed()) == 0 {
					return nil
				}
				return tx.Log(event)
			})
			require.NoError(t, err)
			commits, known := store.Since(before.Head())
			require.True(t, known)
			var lines []relationship.Line
			for _, event := range commits[0].Events {
				lines = append(lines, event.Lines...)
			}
			before = store.Snapshot()
			f := following{x: x, snapshot: before, lines: lines}
			require.True(t, f.touch())
			if len(f.places) >= both.Large {
				large++
			}
			index = x.follow(index, before, lines)
			for c := range clients {
				for i := range users {
					m, is := storage.GetMember(before, client(c), user(i))
					got, found := index.table.find(&x.hash, string(client(c)), string(user(i)))
					require.Equal(t, is, found, "seed %d, step %d: %s in %s", seed, step, user(i), client(c))
					if !is {
						continue
					}
					want := x.entry(before, newGathering(before, now).whole(&m))
					require.Equal(t, want, got, "seed %d, step %d: %s in %s", seed, step, user(i), client(c))
					number, of := placeIDs(storage.Clients(before, user(i))).count(string(client(c)))
					walk := index.places.of(&x.hash, string(user(i))).from(number-1, of)
					require.Equal(t, want, walk.next(), "seed %d, step %d: %s in %s", seed, step, user(i), client(c))
					checked++
				}
			}
		}
		require.Greater(t, len(x.profiles), 5)
	}
	t.Logf("%d commits that are large, %d entries looked at", large, checked)
	require.Equal(t, 6*4, large)
}
