package memdb_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// plain hides what a snapshot can do besides being a Reader.
type plain struct{ storage.Reader }

// TestIdsAreThoseOfTheMembers: Users and Clients are Scan and Reverse, for every
// beginning, with few members and with many; so are the numbers that they tell.
func TestIdsAreThoseOfTheMembers(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	store := memdb.New()
	rows := 0
	for _, clients := range []int{1, 3, 200} {
		_, err := store.Update(t.Context(), func(tx storage.Tx) error {
			for range 300 {
				member := relationship.Member{
					Client: relationship.ClientID(fmt.Sprint("client", random.IntN(clients))),
					User:   relationship.UserID(fmt.Sprint("user", random.IntN(400/clients+2))),
					Role:   relationship.Standard, Since: time.Unix(0, 0).UTC(),
				}
				if random.IntN(2) == 0 {
					member.Manager = relationship.PartnerID(fmt.Sprint("partner", random.IntN(3)))
				}
				key := relationship.MemberKey(member.Client, member.User)
				if _, is := tx.Get(key); is && random.IntN(3) == 0 {
					if err := tx.Delete(key); err != nil {
						return err
					}
					continue
				}
				if err := tx.Put(member); err != nil {
					return err
				}
			}
			return tx.Log(relationship.Event{
				Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: time.Unix(1, 0).UTC(),
			})
		})
		require.NoError(t, err)
		direct, slow := store.Snapshot(), plain{store.Snapshot()}
		for i := range 210 {
			client := relationship.ClientID(fmt.Sprint("client", i))
			user := relationship.UserID(fmt.Sprint("user", 2*i))
			for _, after := range []string{"", "client1", "user17", "user2", "zzz"} {
				for _, managers := range []bool{false, true} {
					got := storage.Users(direct, client, relationship.UserID(after), managers)
					want := storage.Users(slow, client, relationship.UserID(after), managers)
					var gotRows, wantRows []string
					got(func(user relationship.UserID, manager relationship.PartnerID) bool {
						gotRows = append(gotRows, string(user)+" "+string(manager))
						return true
					})
					want(func(user relationship.UserID, manager relationship.PartnerID) bool {
						wantRows = append(wantRows, string(user)+" "+string(manager))
						return true
					})
					require.Equal(t, wantRows, gotRows)
					rows += len(gotRows)
				}
			}
			pieces := storage.Clients(direct, user)
			for _, piece := range pieces {
				require.NotEmpty(t, piece)
			}
			require.Equal(t, slices.Concat(storage.Clients(slow, user)...), slices.Concat(pieces...))
		}
	}
	t.Logf("%d rows", rows)
	require.Positive(t, rows)
}
