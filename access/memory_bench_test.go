package access_test

import (
	"context"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
)

// BenchmarkFootprint measures what a world takes in memory, its log forgotten:
// of everything, and of the Manager's index alone. The plain map is beside it,
// with the time that a collection takes while each is held. Name a size:
//
//	go test -run '^$' -bench 'Footprint/M' -benchtime 1x -timeout 1h ./access
func BenchmarkFootprint(b *testing.B) {
	for _, s := range sizes() {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				empty := heapInUse()
				w := newBenchWorld(b, s)
				require.NoError(b, w.Store.Trim(context.Background(), w.Manager.Revision()))
				whole := heapInUse()
				wholeCollection := collection()
				w.Manager = nil
				store := heapInUse()
				reopened, err := access.Open(context.Background(), w.Store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
				require.NoError(b, err)
				w.Manager = reopened
				index := heapInUse() - store
				storeCollection := collection()
				runtime.KeepAlive(w)
				w.Manager, w.Store = nil, nil
				before := heapInUse()
				plain := newPlainMap(w)
				mapped := heapInUse() - before
				mapCollection := collection()
				runtime.KeepAlive(plain)
				memberships := float64(s.clients * s.perClient)
				b.ReportMetric(float64(whole-empty)/memberships, "B/membership")
				b.ReportMetric(float64(index)/memberships, "index-B/membership")
				b.ReportMetric(float64(mapped)/memberships, "map-B/membership")
				b.ReportMetric(float64(wholeCollection)/1e6, "gc-ms")
				b.ReportMetric(float64(storeCollection)/1e6, "gc2-ms")
				b.ReportMetric(float64(mapCollection)/1e6, "map-gc-ms")
			}
		})
	}
}

// heapInUse is how much the live objects take, after collections.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// collection is how long the processor works for a collection, the shortest of
// five.
func collection() (shortest int64) {
	read := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	for range 5 {
		metrics.Read(read)
		before := read[0].Value.Float64()
		runtime.GC()
		metrics.Read(read)
		took := int64((read[0].Value.Float64() - before) * 1e9)
		if shortest == 0 || took < shortest {
			shortest = took
		}
	}
	return shortest
}
