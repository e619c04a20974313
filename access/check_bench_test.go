package access_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// size is how big a world of a benchmark is.
type size struct {
	name               string
	clients, perClient int
}

// sizes are the worlds to measure. The last takes minutes to load.
func sizes() []size {
	return []size{{"S", 1_000, 20}, {"M", 10_000, 50}, {"L", 100_000, 50}}
}

// benchWorld is a world for measuring: 40 permissions in use through 6 sets, 3
// in 100 members deactivated, one in ten with an end, and one client in a
// hundred whose relationship is over, of which nobody has been told.
type benchWorld struct {
	*accesstest.World
	size
	sets [][]string // of names, closed under implication
}

func (w *benchWorld) client(c int) relationship.ClientID {
	return relationship.ClientID(fmt.Sprintf("client-%07d", c))
}

func (w *benchWorld) user(c, i int) relationship.UserID {
	return relationship.UserID(fmt.Sprintf("user-%06d", (c*7+i*13)%w.users()))
}

func (w *benchWorld) users() int { return max(w.clients/2, 2*w.perClient*13) }

// permissionsInUse are 40 permissions.
var permissionsInUse = sync.OnceValue(func() []string { return crm.Support().Union(crm.Marketing()).Slice()[:40] })

func newBenchWorld(t accesstest.T, s size) *benchWorld {
	w := &benchWorld{World: accesstest.New(failsWithoutVerify{t}, accesstest.Empty()), size: s}
	names := permissionsInUse()
	for i := range 6 {
		set, err := w.Catalog.Set(names[:6+5*i]...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		w.sets = append(w.sets, set.Names().Slice())
	}
	counts, err := w.Manager.Import(context.Background(), access.Host(), w.rows(), nil)
	if err != nil || counts.Refused > 0 {
		t.Fatalf("import: %v, %v", counts, err)
	}
	w.Clock.Turn(2 * time.Hour)
	return w
}

func (w *benchWorld) rows() iter.Seq[access.ImportRow] {
	soon, late := w.Clock.Now().Add(time.Hour), w.Clock.Now().Add(1000*time.Hour)
	return func(yield func(access.ImportRow) bool) {
		ok := yield(access.ImportUser{ID: "boss", Name: "Boss", Email: "boss@northwind.example"}) &&
			yield(access.ImportUser{ID: "owner", Name: "Owner", Email: "owner@clients.example"}) &&
			yield(access.ImportPartner{ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner, SuperAdmin: "boss"})
		for i := range w.users() {
			id := relationship.UserID(fmt.Sprintf("user-%06d", i))
			ok = ok && yield(access.ImportUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"}) &&
				yield(access.ImportEmployee{Partner: "northwind", User: id, Kind: relationship.Staff})
		}
		for c := range w.clients {
			ok = ok && yield(access.ImportClient{ID: w.client(c), Name: string(w.client(c)), SuperAdmin: "owner"})
			for i := range w.perClient {
				row := access.ImportMember{
					Client: w.client(c), User: w.user(c, i), Role: relationship.Standard, Partner: "northwind",
					Permissions: w.sets[(c+i)%len(w.sets)],
				}
				if (c+3*i)%33 == 0 {
					row.Deactivated = relationship.PartnerSide
				}
				if (c+i)%10 == 0 {
					row.End = late
				}
				ok = ok && yield(row)
			}
			if c%100 == 99 {
				ok = ok && yield(access.ImportRelationship{Partner: "northwind", Client: w.client(c), Limit: soon})
			}
		}
	}
}

// question is a question whose strings share nothing with what is stored.
type question struct {
	user       relationship.UserID
	client     relationship.ClientID
	permission permset.Permission
	bit        uint
}

// questions are different ones in random order over all members, half of them
// with a permission that the set has.
func (w *benchWorld) questions(n int) []question {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]question, 0, n)
	for len(list) < n {
		c, m := random.IntN(w.clients), random.IntN(w.perClient)
		permission := w.Permission(permissionsInUse()[random.IntN(40)])
		if has := slices.Contains(w.sets[(c+m)%len(w.sets)], permission.Name()); has != (len(list)%2 == 0) {
			continue
		}
		list = append(list, question{w.user(c, m), w.client(c), permission, bitOf(permission)})
	}
	random.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i := range list { // texts that have just been read, as those of a request
		list[i].user = relationship.UserID(strings.Clone(string(list[i].user)))
		list[i].client = relationship.ClientID(strings.Clone(string(list[i].client)))
	}
	return list
}

// bitOf is the bit of a permission in a plain map.
func bitOf(permission permset.Permission) uint {
	return uint(slices.Index(permissionsInUse(), permission.Name()))
}

// plainMap is what a host would have written itself: the members in a map, and
// the clients' states in another, without a lock.
type plainMap struct {
	members map[plainKey]plainMember
	clients map[string]bool
	now     func() time.Time
}

type plainKey struct{ user, client string }

type plainMember struct {
	set    [8]uint64
	active bool
	until  int64
}

func newPlainMap(w *benchWorld) *plainMap {
	bits := make([]uint64, len(w.sets))
	for i, set := range w.sets {
		for bit, name := range permissionsInUse() {
			if slices.Contains(set, name) {
				bits[i] |= 1 << bit
			}
		}
	}
	m := &plainMap{members: map[plainKey]plainMember{}, clients: map[string]bool{}, now: w.Clock.Now}
	for c := range w.clients {
		m.clients[strings.Clone(string(w.client(c)))] = c%100 != 99
		for i := range w.perClient {
			member := plainMember{active: (c+3*i)%33 != 0}
			member.set[0] = bits[(c+i)%len(w.sets)]
			if (c+i)%10 == 0 {
				member.until = w.Clock.Now().Add(900 * time.Hour).UnixNano()
			}
			m.members[plainKey{strings.Clone(string(w.user(c, i))), strings.Clone(string(w.client(c)))}] = member
		}
	}
	return m
}

func (m *plainMap) can(q *question) bool {
	member, is := m.members[plainKey{string(q.user), string(q.client)}]
	if !is || !member.active || !m.clients[string(q.client)] {
		return false
	}
	if member.until != 0 && m.now().UnixNano() >= member.until {
		return false
	}
	return member.set[q.bit/64]>>(q.bit%64)&1 != 0
}

// BenchmarkQuestion asks the Manager and a plain map the same questions, in
// turns in one process. Name a size, because the largest takes minutes to load:
//
//	go test -run '^$' -bench 'Question/[SM]' -count 5 -timeout 1h ./access
func BenchmarkQuestion(b *testing.B) {
	for _, s := range sizes() {
		b.Run(s.name, func(b *testing.B) {
			w := newBenchWorld(b, s)
			plain := newPlainMap(w)
			all := w.questions(1 << 17)
			yes := 0
			for i := range all {
				q := &all[i]
				can := w.Manager.Can(q.user, q.client, q.permission)
				require.Equal(b, plain.can(q), can, "%v", q)
				if can {
					yes++
				}
			}
			b.Logf("%s: %d of %d yes", s.name, yes, len(all))
			for range 5 {
				benchQuestions(b, "all", w, plain, all)
				benchQuestions(b, "hot", w, plain, all[:4096])
			}
		})
	}
}

func benchQuestions(b *testing.B, name string, w *benchWorld, plain *plainMap, list []question) {
	mask := len(list) - 1
	var perMap float64
	b.Run(name+"/map", func(b *testing.B) {
		n, i := 0, 0
		for b.Loop() {
			if plain.can(&list[i&mask]) {
				n++
			}
			i++
		}
		perMap = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	})
	b.Run(name+"/Can", func(b *testing.B) {
		b.ReportAllocs()
		n, i := 0, 0
		for b.Loop() {
			q := &list[i&mask]
			if w.Manager.Can(q.user, q.client, q.permission) {
				n++
			}
			i++
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/perMap, "of-the-map")
	})
}
