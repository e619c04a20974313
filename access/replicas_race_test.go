package access_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// Processes change, ask, wait for each other, lose commits and acknowledge, all
// at once. In the end all say what the journal says.
func TestReplicasAtOnce(t *testing.T) {
	t.Parallel()
	rounds := theoremSize(200, 2000)
	shared := storagetest.NewShared()
	shared.SetHints(true, time.Millisecond)
	store, _ := openLine(t, shared)
	store.age(-plenty)
	w := accesstest.New(t, accesstest.WithStore(store))
	w.AddEmployee("bob", "support", crm.TicketsViewAll)
	options := access.Options{Catalog: w.Catalog, Clock: w.Clock.Now}
	crew := []replica{openReplica(t, shared, options), openReplica(t, shared, options), openReplica(t, shared, options)}
	bob := []relationship.UserID{"bob"}

	var busy, watching sync.WaitGroup
	over := make(chan struct{})
	for i, one := range crew {
		busy.Go(func() {
			for n := range rounds {
				change := access.Change(access.DeactivateEmployees{Client: "lumen", Employees: bob})
				if n%2 == 1 {
					change = access.ReactivateEmployees{Client: "lumen", Employees: bob}
				}
				_, err := one.Do(t.Context(), access.By("ann"), change)
				assert.True(t, err == nil || errors.Is(err, access.ErrRevocationLost), "%v", err)
				err = crew[(i+1)%len(crew)].WaitFor(t.Context(), one.Token())
				assert.True(t, err == nil || errors.Is(err, access.ErrLostTail), "%v", err)
			}
		})
		watching.Go(func() {
			for last := storage.Revision(0); ; {
				select {
				case <-over:
					return
				default:
				}
				d := one.CheckName("bob", "lumen", crm.TicketsViewAll)
				assert.NotEqual(t, access.ReasonStale, d.Reason())
				if d.Revision() < last { // only a lost tail takes a process back
					tails := one.store.LostTails()
					assert.NotEmpty(t, tails)
				}
				last = d.Revision()
				_, err := one.Members(access.Host(), "lumen", access.MemberQuery{}).Page(10, "")
				assert.NoError(t, err)
			}
		})
	}
	lost := 0
	for range rounds / 10 {
		head := shared.Head().Revision
		for shared.Head().Revision < head+3 {
			if _, err := crew[0].Do(t.Context(), access.Host(), access.RenameClient{Client: "lumen", Name: time.Now().String()}); err != nil {
				t.Error(err)
			}
		}
		lost += len(shared.Lose(2))
	}
	busy.Wait()
	close(over)
	watching.Wait()
	found := 0
	for _, one := range crew {
		one.refresh(t)
		tails, err := one.LostTails(access.Host())
		require.NoError(t, err)
		found += len(tails)
		if len(tails) > 0 {
			require.NoError(t, one.AcknowledgeLost(access.Host(), tails[len(tails)-1].Number))
		}
	}
	fresh := openReplica(t, shared, options)
	for _, one := range crew {
		for _, user := range []relationship.UserID{"ann", "bob", "carla", "sven"} {
			require.Equal(t, fresh.Permissions(user, "lumen").Names(), one.Permissions(user, "lumen").Names(), "%s", user)
		}
	}
	require.NoError(t, w.Store.Refresh(t.Context()))
	t.Logf("%d commits lost, %d lost tails found in %d processes", lost, found, len(crew))
	require.Positive(t, found)
}
