package access_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// BenchmarkQuestion asks the Manager and a plain map the same questions, in
// turns in one process. Name a size, because the largest takes minutes to load:
//
//	go test -run '^$' -bench 'Question/[SM]' -timeout 1h ./access
//
// At the end stands the median of five turns for each, with the least and the
// most. The series are: all 131,072 questions in random order, a hot part of them, and
// all with ids of 36 characters (Long). Besides Can they measure Check, CheckName,
// 50 questions about one client in one call (CheckMany, per question, beside
// single ones), two goroutines, of the map's too, and a writer who commits 1,000
// changes a second.
func BenchmarkQuestion(b *testing.B) {
	for _, size := range worlds.Sizes() {
		b.Run(size.Name, func(b *testing.B) { benchSize(b, size) })
		size.Name, size.LongIDs = size.Name+"Long", true
		b.Run(size.Name, func(b *testing.B) { benchSize(b, size) })
	}
}

func benchSize(b *testing.B, size worlds.Size) {
	w := worlds.New(size)
	manager, err := w.Open(context.Background())
	require.NoError(b, err)
	plain := worlds.NewMap(w)
	for m := range w.Members() {
		plain.Add(m)
	}
	w.Settle()
	all := w.Questions(1 << 17)
	yes := 0
	for i := range all {
		q := &all[i]
		can := manager.Can(q.User, q.Client, q.Permission)
		require.Equal(b, plain.Can(q), can, "%v", q)
		if can {
			yes++
		}
	}
	b.Logf("%s: %d of %d yes", size.Name, yes, len(all))
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Permission.Name()
	}
	together := aboutOneClient(w)
	var t turns
	for range 5 {
		t.benchQuestions(b, "all", manager, plain, all, names)
		t.benchQuestions(b, "hot", manager, plain, all[:4096], names)
		t.benchTogether(b, manager, together)
		t.benchTwo(b, "Can", all, func(q *worlds.Question) bool { return manager.Can(q.User, q.Client, q.Permission) })
		t.benchTwo(b, "map", all, plain.Can)
		t.benchBesideWriter(b, w, manager, all)
	}
	b.Run("medians", t.log)
}

// turns are ratios that were measured in several turns, by what they are of.
type turns struct {
	names  []string
	ratios map[string][]float64
}

func (t *turns) add(name string, ratio float64) {
	if t.ratios == nil {
		t.ratios = map[string][]float64{}
	}
	if t.ratios[name] == nil {
		t.names = append(t.names, name)
	}
	t.ratios[name] = append(t.ratios[name], ratio)
}

// log tells the median of each, the least and the most.
func (t *turns) log(b *testing.B) {
	for b.Loop() { // once; there is nothing to measure
	}
	for _, name := range t.names { // testing prints ten lines at most
		ratios := slices.Sorted(slices.Values(t.ratios[name]))
		b.Logf("%-44s %.2f (%.2f to %.2f)", name, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
	}
}

// benchAsk asks the questions of a list one after the other, and tells how much
// that costs beside something else.
func (t *turns) benchAsk(b *testing.B, name string, n int, beside float64, unit string, ask func(i int) bool) (cost float64) {
	ran := b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		yes, i := 0, 0
		for b.Loop() {
			if ask(i & (n - 1)) {
				yes++
			}
			i++
		}
		cost = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
		if beside > 0 {
			b.ReportMetric(cost/beside, unit)
		}
	})
	if ran && beside > 0 {
		t.add(name+", "+unit, cost/beside)
	}
	return cost
}

func (t *turns) benchQuestions(b *testing.B, name string, manager *access.Manager, plain *worlds.Map, list []worlds.Question, names []string) {
	perMap := t.benchAsk(b, name+"/map", len(list), 0, "", func(i int) bool { return plain.Can(&list[i]) })
	t.benchAsk(b, name+"/Can", len(list), perMap, "of-the-map", func(i int) bool {
		q := &list[i]
		return manager.Can(q.User, q.Client, q.Permission)
	})
	t.benchAsk(b, name+"/Check", len(list), perMap, "of-the-map", func(i int) bool {
		q := &list[i]
		return manager.Check(q.User, q.Client, q.Permission).Allowed()
	})
	t.benchAsk(b, name+"/CheckName", len(list), perMap, "of-the-map", func(i int) bool {
		q := &list[i]
		return manager.CheckName(q.User, q.Client, names[i]).Allowed()
	})
}

// batch is how many questions about one client are asked together.
const batch = 50

// aboutOneClient are questions, each 50 of them about one client.
func aboutOneClient(w *worlds.World) []access.Question {
	var list []access.Question
	for c := 0; len(list) < 1<<15; c++ {
		client := c * 7919 % w.Clients
		id := w.Client(client)
		for i := range batch {
			q := w.Ask(w.User(client, i%w.PerClient), id, i%len(w.Permissions))
			list = append(list, access.Question{User: q.User, Client: id, Permission: q.Permission})
		}
	}
	return list
}

func (t *turns) benchTogether(b *testing.B, manager *access.Manager, list []access.Question) {
	batches := len(list) / batch &^ 1
	var single, many float64
	b.Run("together/single", func(b *testing.B) {
		i := 0
		for b.Loop() {
			for j := range batch {
				q := &list[i%batches*batch+j]
				manager.Check(q.User, q.Client, q.Permission)
			}
			i++
		}
		single = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	})
	b.Run("together/CheckMany", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			manager.CheckMany(list[i%batches*batch:][:batch])
			i++
		}
		many = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
		b.ReportMetric(many/single, "of-single")
	})
	if single > 0 && many > 0 {
		t.add("together/CheckMany, of-single", many/single)
	}
}

// benchTwo tells how much more two goroutines answer than one; and the same of the
// map, which tells what the machine gives at most.
func (t *turns) benchTwo(b *testing.B, name string, list []worlds.Question, ask func(q *worlds.Question) bool) {
	run := func(b *testing.B, goroutines int) float64 {
		var group sync.WaitGroup
		began := time.Now()
		for g := range goroutines {
			group.Go(func() {
				for i := range b.N {
					ask(&list[(i+g*len(list)/2)&(len(list)-1)])
				}
			})
		}
		group.Wait()
		return float64(goroutines*b.N) / time.Since(began).Seconds()
	}
	var one, two float64
	b.Run("goroutines/"+name+"/1", func(b *testing.B) { one = run(b, 1) })
	b.Run("goroutines/"+name+"/2", func(b *testing.B) {
		two = run(b, 2)
		b.ReportMetric(two/one, "of-one")
	})
	if one > 0 && two > 0 {
		t.add("goroutines/"+name+"/2, of-one", two/one)
	}
}

// benchBesideWriter asks while changes are committed on the other core.
func (t *turns) benchBesideWriter(b *testing.B, w *worlds.World, manager *access.Manager, list []worlds.Question) {
	ask := func(i int) bool {
		q := &list[i]
		return manager.Can(q.User, q.Client, q.Permission)
	}
	quiet := t.benchAsk(b, "writer/none", len(list), 0, "", ask)
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		made, tick := 0, time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				stopped <- made
				return
			case <-tick.C:
			}
			change := access.Change(access.SuspendEmployee{Employee: w.User(0, 1)})
			if made%2 == 1 {
				change = access.ResumeEmployee{Employee: w.User(0, 1)}
			}
			if _, err := manager.Do(context.Background(), access.By(worlds.Boss), change); err != nil {
				panic(err)
			}
			made++
		}
	}()
	t.benchAsk(b, "writer/1000-a-second", len(list), quiet, "of-quiet", ask)
	close(stop)
	b.Logf("%d changes were made meanwhile", <-stopped)
}
