package access_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Eight goroutines ask while changes are made by two Managers over one store:
// no answer is one that was never true at the revision that it names, and no
// goroutine is ever taken back to an earlier revision.
func TestASK1_NoAnswerThatWasNeverTrue(t *testing.T) {
	w := accesstest.New(t)
	var users []relationship.UserID
	for i := range 12 {
		id := relationship.UserID(fmt.Sprint("user", i))
		users = append(users, id)
		w.AddEmployee(id, fmt.Sprint("template", i), crm.ReportsView)
	}
	other, err := access.Open(t.Context(), w.Store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	require.NoError(t, err)
	reports := w.Permission(crm.ReportsView)
	truth := map[storage.Revision]map[relationship.UserID]bool{}
	note := func() {
		r, members := w.Store.Snapshot(), map[relationship.UserID]bool{}
		for _, user := range users {
			e, err := w.Manager.Explain(access.Host(), user, accesstest.Client, reports)
			require.NoError(t, err)
			members[user] = e.Decision.Allowed()
		}
		truth[r.Revision()] = members
	}
	note()
	type answer struct {
		user     relationship.UserID
		revision storage.Revision
		allowed  bool
	}
	var answers [8][]answer
	stop := make(chan struct{})
	var crew sync.WaitGroup
	for i := range answers {
		crew.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			manager := []*access.Manager{w.Manager, other}[i%2]
			last := storage.Revision(0)
			for len(answers[i]) < 50_000 {
				select {
				case <-stop:
					return
				default:
				}
				user := users[random.IntN(len(users))]
				d := manager.Check(user, accesstest.Client, reports)
				if d.Revision() < last {
					t.Errorf("revision %d after %d", d.Revision(), last)
					return
				}
				last = d.Revision()
				answers[i] = append(answers[i], answer{user, last, d.Allowed()})
			}
		})
	}
	random := rand.New(rand.NewPCG(9, 9))
	for step := range 400 {
		user := users[random.IntN(len(users))]
		var change access.Change = access.DeactivateEmployees{Client: accesstest.Client, Employees: []relationship.UserID{user}}
		call := access.By(accesstest.Admin)
		switch {
		case step%37 == 0:
			call, change = access.By(accesstest.SuperAdmin), access.PausePartner{Client: accesstest.Client, Partner: accesstest.Partner}
		case step%37 == 3:
			call, change = access.By(accesstest.SuperAdmin), access.UnpausePartner{Client: accesstest.Client, Partner: accesstest.Partner}
		case random.IntN(2) == 0:
			change = access.ReactivateEmployees{Client: accesstest.Client, All: true}
		}
		manager := []*access.Manager{w.Manager, other}[step%2]
		_, _ = manager.Do(t.Context(), call, change) // some are refused while the partner is paused
		note()
		for _, m := range []*access.Manager{w.Manager, other} {
			d := m.Check(user, accesstest.Client, reports)
			require.Equal(t, w.Store.Snapshot().Revision(), d.Revision(), "a call that has returned is seen")
		}
	}
	close(stop)
	crew.Wait()
	count := 0
	for _, list := range answers {
		for _, a := range list {
			members, known := truth[a.revision]
			require.True(t, known, "revision %d", a.revision)
			require.Equal(t, members[a.user], a.allowed, "%s at revision %d", a.user, a.revision)
			count++
		}
	}
	t.Logf("%d answers, %d revisions", count, len(truth))
	require.Positive(t, count)
}
