package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// listCrowd is a world with many employees, members and clients.
func listCrowd(t accesstest.T, many int) *accesstest.World {
	w := accesstest.New(t)
	w.Template("light", "reports.view")
	for i := range many {
		listJoin(w, i)
	}
	return w
}

// listJoin has the n-th person be employed and added, and the n-th client let
// the partner in.
func listJoin(w *accesstest.World, n int) {
	user, client := relationship.UserID(fmt.Sprintf("user-%d", n)), relationship.ClientID(fmt.Sprintf("client-%d", n))
	name := listNames[n%len(listNames)] // many have the same name
	w.Do(access.Host(), access.AddUser{ID: user, Name: name, Email: string(user) + "@mail.example"})
	w.Do(access.By("ann"), access.All{
		access.AddEmployee{Employee: user, Kind: relationship.Staff},
		access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{user}, Template: "light"},
	})
	w.Do(access.Host(), access.CreateClient{ID: client, Name: name, SuperAdmin: "carla"})
	w.Do(access.By("carla"), access.MakePartnerAdmin{Client: client, Partner: "northwind", Employee: "ann"})
}

// listKeys pages through a list, and lets something happen between the pages.
func listKeys[Row any](t require.TestingT, list access.List[Row], size func() int, key func(Row) string, between func()) (keys []string) {
	for next := access.Cursor(""); ; between() {
		n := size()
		page, err := list.Page(n, next)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rows), n)
		for _, row := range page.Rows {
			keys = append(keys, key(row))
		}
		if next = page.Next; next == "" {
			return keys
		}
		require.Len(t, page.Rows, n, "a page with another behind it is full")
	}
}

// listKinds are lists of the crowd, with what tells their rows.
func listKinds(w *accesstest.World) map[string]func(t require.TestingT, size func() int, between func()) []string {
	m, ann, carla := w.Manager, access.By("ann"), access.By("carla")
	member := func(r access.MemberRow) string { return string(r.User) + " " + string(r.Client) }
	return map[string]func(require.TestingT, func() int, func()) []string{
		"clients": func(t require.TestingT, size func() int, between func()) []string {
			return listKeys(t, m.Clients(ann, access.ClientQuery{}), size, func(r access.ClientRow) string { return string(r.Client) }, between)
		},
		"employees": func(t require.TestingT, size func() int, between func()) []string {
			return listKeys(t, m.Employees(ann, access.EmployeeQuery{}), size, func(r access.EmployeeRow) string { return string(r.User) }, between)
		},
		"client details": func(t require.TestingT, size func() int, between func()) []string {
			return listKeys(t, m.ClientDetails(ann, "lumen", access.MemberQuery{}), size, member, between)
		},
		"employee details": func(t require.TestingT, size func() int, between func()) []string {
			return listKeys(t, m.EmployeeDetails(ann, "ann", access.MemberQuery{}), size, member, between)
		},
		"members": func(t require.TestingT, size func() int, between func()) []string {
			return listKeys(t, m.Members(carla, "lumen", access.MemberQuery{}), size, member, between)
		},
	}
}

// Every row that is there all the while under an unchanged name is seen exactly
// once, and no other row that keeps its name more than once.
func TestSEE5_PagingSurvivesWhatComesAndGoes(t *testing.T) {
	random := rand.New(rand.NewPCG(theoremSeed(t), 5))
	rounds := theoremSize(4, 60)
	w := listCrowd(t, 30)
	joined := 30
	quiet := func() {}
	whole := func() int { return 1 << 30 }
	for name, page := range listKinds(w) {
		t.Run(name, func(t *testing.T) {
			for range max(1, rounds) {
				before := page(t, whole, quiet)
				require.Equal(t, before, page(t, func() int { return 1 }, quiet), "one by one")
				require.Equal(t, before, page(t, func() int { return 7 }, quiet))
				gone, renamed := map[string]bool{}, map[string]bool{}
				keys := page(t, func() int { return 1 + random.IntN(6) }, func() {
					for range random.IntN(4) {
						n := random.IntN(joined)
						user, client := relationship.UserID(fmt.Sprintf("user-%d", n)), relationship.ClientID(fmt.Sprintf("client-%d", n))
						touched := gone
						switch random.IntN(4) {
						case 0:
							listJoin(w, joined)
							joined++
							continue
						case 1:
							listTry(w, access.By("ann"), access.EndEmployment{Employee: user})
							listTry(w, access.By("ann"), access.RemoveEmployees{Client: client, All: true})
						case 2: // and perhaps back again, at the same place
							listTry(w, access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff})
							listTry(w, access.By("ann"), access.AddEmployees{
								Client: "lumen", Employees: []relationship.UserID{user}, Template: "light",
							})
							listTry(w, access.By("carla"), access.MakePartnerAdmin{Client: client, Partner: "northwind", Employee: "ann"})
						case 3:
							touched = renamed
							other := listNames[random.IntN(len(listNames))]
							w.Do(access.Host(), access.ChangeUser{ID: user, Name: other, Email: string(user) + "@mail.example"})
							w.Do(access.Host(), access.RenameClient{Client: client, Name: other})
						}
						for _, key := range []string{string(user), string(client), string(user) + " lumen", "ann " + string(client)} {
							touched[key] = true
						}
					}
				})
				seen := map[string]int{}
				for _, key := range keys {
					seen[key]++
				}
				for key, times := range seen {
					require.True(t, times == 1 || renamed[key], "%s was seen %d times", key, times)
				}
				for _, key := range before {
					require.True(t, seen[key] == 1 || gone[key] || renamed[key], "%s was there and not seen", key)
				}
			}
		})
	}
}

func listTry(w *accesstest.World, call access.Call, change access.Change) {
	_, _ = w.Manager.Do(context.Background(), call, change)
}

// The same while others really change things at the same time.
func TestSEE5_PagingInARace(t *testing.T) {
	w := listCrowd(t, 24)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for k := range 2 {
		wait.Go(func() {
			for n := 24 + k; ; n += 2 {
				select {
				case <-stop:
					return
				default:
				}
				user := relationship.UserID(fmt.Sprintf("user-%d", n))
				listTry(w, access.Host(), access.AddUser{ID: user, Name: listNames[n%len(listNames)], Email: string(user) + "@mail.example"})
				listTry(w, access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff})
				listTry(w, access.By("ann"), access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{user}, Template: "light"})
				listTry(w, access.By("ann"), access.EndEmployment{Employee: user})
			}
		})
	}
	pages := listKinds(w)
	for range 5 {
		for _, name := range []string{"employees", "client details", "members"} {
			seen := map[string]int{}
			for _, key := range pages[name](t, func() int { return 5 }, func() {}) {
				seen[key]++
			}
			for n := range 24 {
				key := fmt.Sprintf("user-%d", n)
				require.Equal(t, 1, seen[key]+seen[key+" lumen"], "%s: %s", name, key)
			}
		}
	}
	close(stop)
	wait.Wait()
}

// All runs over what Page shows, upon one state.
func TestSEE5_AllIsOneState(t *testing.T) {
	w := listCrowd(t, 20)
	list := w.Manager.Employees(access.By("ann"), access.EmployeeQuery{})
	page, err := list.Page(1000, "")
	require.NoError(t, err)
	require.Equal(t, w.Store.Snapshot().Revision(), page.Revision)
	var names []relationship.UserID
	for row, err := range list.All() {
		require.NoError(t, err)
		names = append(names, row.User)
		listTry(w, access.By("ann"), access.EndEmployment{Employee: page.Rows[len(page.Rows)-1].User})
	}
	require.Len(t, names, len(page.Rows), "who leaves in between is still there")
	for range list.All() {
		break // stopping early is allowed
	}
	next, err := list.Page(1, "")
	require.NoError(t, err)
	require.Greater(t, next.Revision, page.Revision)
}

// A list that is longer than All orders at once.
func TestSEE5_AllOfALongList(t *testing.T) {
	w := accesstest.New(t)
	var all access.All
	for i := range 1000 {
		user := relationship.UserID(fmt.Sprintf("user-%04d", (i*389)%1000))
		all = append(all, access.AddUser{ID: user, Name: "Same", Email: string(user) + "@mail.example"})
	}
	w.Do(access.Host(), all)
	for i := range 1000 {
		all[i] = access.AddEmployee{Employee: relationship.UserID(fmt.Sprintf("user-%04d", i)), Kind: relationship.Staff}
	}
	w.Do(access.By("ann"), all)
	rows, err := listAll(w.Manager.Employees(access.By("ann"), access.EmployeeQuery{}), func(r access.EmployeeRow) relationship.UserID { return r.User })
	require.NoError(t, err)
	require.Len(t, rows, 1001)
	require.True(t, slices.IsSorted(rows[:1000]))
	require.EqualValues(t, "ann", rows[1000])
}
