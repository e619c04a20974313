package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// BenchmarkQuestion asks the Manager and a plain map the same questions, in
// turns in one process. Name a size, because the largest takes minutes to load:
//
//	go test -run '^$' -bench 'Question/[SM]' -count 5 -timeout 1h ./access
func BenchmarkQuestion(b *testing.B) {
	for _, size := range worlds.Sizes() {
		b.Run(size.Name, func(b *testing.B) {
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
			for range 5 {
				benchQuestions(b, "all", manager, plain, all)
				benchQuestions(b, "hot", manager, plain, all[:4096])
			}
		})
	}
}

func benchQuestions(b *testing.B, name string, manager *access.Manager, plain *worlds.Map, list []worlds.Question) {
	mask := len(list) - 1
	var perMap float64
	b.Run(name+"/map", func(b *testing.B) {
		n, i := 0, 0
		for b.Loop() {
			if plain.Can(&list[i&mask]) {
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
			if manager.Can(q.User, q.Client, q.Permission) {
				n++
			}
			i++
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/perMap, "of-the-map")
	})
}
