package access

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// Whoever comes before a member, the entry of the member is what it would be had
// nobody come before: in pairs of all who differ in one thing, and of two who
// differ in nothing.
func TestCrowd_AnEntryIsTheMembersOwn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	type person struct {
		member   relationship.Member
		standing relationship.Standing
		employee relationship.Employee
		unknown  bool
	}
	later := now.Add(5 * 24 * time.Hour)
	paused := relationship.Pause{On: true, Until: now.Add(time.Hour)}
	differences := map[string]func(p *person){
		"nothing":              func(*person) {},
		"since when":           func(p *person) { p.member.Since, p.employee.Since = now.Add(-time.Hour), now.Add(-time.Hour) },
		"from when the term":   func(p *person) { p.member.TermFrom = now.Add(-time.Hour) },
		"an end":               func(p *person) { p.member.End = later },
		"an end that is past":  func(p *person) { p.member.End = now.Add(-time.Hour) },
		"deactivated":          func(p *person) { p.member.Deactivated = relationship.ClientSide },
		"the set":              func(p *person) { p.member.Set = permset.MustNames("reports.view", "tickets.view.own") },
		"partner admin":        func(p *person) { p.member.Role = relationship.PartnerAdmin },
		"own":                  func(p *person) { p.member.Manager = "" },
		"own with a paid seat": func(p *person) { p.member.Manager, p.member.PaidSeat = "", true },
		"a super admin":        func(p *person) { p.member = superAdminOf(p.member) },
		"a super admin whose employment is paused": func(p *person) {
			p.member, p.employee.Pause = superAdminOf(p.member), paused
		},
		"paused by the client":       func(p *person) { p.standing.Pause = paused },
		"paused for good":            func(p *person) { p.standing.Pause.On = true },
		"suspended":                  func(p *person) { p.employee.Status = relationship.Suspended },
		"paused by the partner":      func(p *person) { p.employee.Pause = paused },
		"not employed":               func(p *person) { p.employee = relationship.Employee{} },
		"not known":                  func(p *person) { p.unknown = true },
		"in a client that is closed": func(p *person) { p.member.Client, p.standing.Client = "umbra", "umbra" },
		"of a partner that is not at work there": func(p *person) {
			p.member.Manager, p.employee.Partner = "southwind", "southwind"
		},
	}
	store := memdb.New()
	var members []relationship.Member
	var names []string
	_, err := store.Update(t.Context(), func(tx storage.Tx) error {
		put := func(record relationship.Record) { require.NoError(t, tx.Put(record)) }
		put(relationship.Client{ID: "lumen", Name: "Lumen", SuperAdmins: 1})
		put(relationship.Client{ID: "umbra", Name: "Umbra", Closed: true})
		for _, partner := range []relationship.PartnerID{"northwind", "southwind"} {
			put(relationship.Partner{ID: partner, Name: "Partner", Kind: relationship.SolutionsPartner})
		}
		for _, client := range []relationship.ClientID{"lumen", "umbra"} {
			put(relationship.Relationship{
				Partner: "northwind", Client: client, Phase: relationship.Active, Started: now, Activity: now, Members: 1,
			})
		}
		put(relationship.Terms{Client: "lumen", Partner: "northwind", Longest: 10 * 24 * time.Hour})
		for name, differ := range differences {
			for i := range 2 {
				id := relationship.UserID(fmt.Sprintf("%s %d", name, i))
				p := person{
					relationship.Member{
						Client: "lumen", User: id, Role: relationship.Standard, Manager: "northwind",
						Set: permset.MustNames("reports.view"), Since: now, TermFrom: now,
					},
					relationship.Standing{Client: "lumen", User: id},
					relationship.Employee{Partner: "northwind", User: id, Kind: relationship.Staff, Status: relationship.Employed, Since: now},
					false,
				}
				differ(&p)
				put(p.member)
				if p.standing.Pause.On {
					put(p.standing)
				}
				if p.employee.User != "" {
					put(p.employee)
				}
				if !p.unknown {
					user, err := relationship.NewUser(id, "name", fmt.Sprintf("u%d@northwind.example", len(members)), relationship.Digest{1})
					require.NoError(t, err)
					put(user)
				}
				members, names = append(members, p.member), append(names, name)
			}
		}
		return tx.Log(relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: now})
	})
	require.NoError(t, err)

	snapshot := store.Snapshot()
	x := newIndexer(newVocabulary(crm.Catalog()))
	alone := func(m *relationship.Member) entry {
		return x.entry(snapshot, newGathering(snapshot, now).whole(m))
	}
	pairs, different := 0, 0
	look := func() {
		for i := range members {
			for j := range members {
				c := crowd{x: x, gathered: newGathering(snapshot, now)}
				require.Equal(t, alone(&members[i]), c.entry(&members[i]), names[i])
				require.Equal(t, alone(&members[j]), c.entry(&members[j]), "%s behind %s", names[j], names[i])
				if pairs++; alone(&members[i]) != alone(&members[j]) {
					different++
				}
			}
		}
	}
	look()
	held := members[0]
	x.v.kept.Store(&kept{places: map[Place][]facts{{held.Client, held.User}: {{}}}})
	require.Equal(t, entry(askedOfEvaluator), alone(&held))
	look()
	t.Logf("%d pairs, %d of which have different entries", pairs, different)
	require.Greater(t, different, pairs/2)
}

func superAdminOf(m relationship.Member) relationship.Member {
	return relationship.Member{Client: m.Client, User: m.User, Role: relationship.SuperAdmin, Since: m.Since, TermFrom: m.TermFrom}
}
