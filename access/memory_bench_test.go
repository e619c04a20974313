package access_test

import (
	"context"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// BenchmarkFootprint measures what a world takes in memory, its log forgotten:
// of everything, and of the Manager's index alone. The plain map is beside it,
// with the time that a collection takes while each is held. Name a size:
//
//	go test -run '^$' -bench 'Footprint/M' -benchtime 1x -timeout 1h ./access
func BenchmarkFootprint(b *testing.B) {
	for _, s := range worlds.Sizes() {
		b.Run(s.Name, func(b *testing.B) {
			for b.Loop() {
				empty := heapInUse()
				w, store := worlds.New(s), memdb.New()
				manager, err := w.OpenOn(context.Background(), store)
				require.NoError(b, err)
				whole := heapInUse() - empty
				wholeCollection := collection()
				runtime.KeepAlive(manager)
				manager = nil
				alone := heapInUse()
				aloneCollection := collection()
				manager, err = access.Open(context.Background(), store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
				require.NoError(b, err)
				index := heapInUse() - alone
				runtime.KeepAlive(manager)
				runtime.KeepAlive(store)
				manager, store = nil, nil
				before := heapInUse()
				nothing := collection()
				plain := worlds.NewMap(w)
				for m := range w.Members() {
					plain.Add(m)
				}
				mapped := heapInUse() - before
				mapCollection := collection()
				runtime.KeepAlive(plain)
				memberships := float64(s.Memberships())
				b.ReportMetric(float64(whole)/memberships, "B/membership")
				b.ReportMetric(float64(index)/memberships, "index-B/membership")
				b.ReportMetric(float64(mapped)/memberships, "map-B/membership")
				b.ReportMetric(float64(wholeCollection-nothing)/1e6, "gc-ms")
				b.ReportMetric(float64(wholeCollection-aloneCollection)/1e6, "index-gc-ms")
				b.ReportMetric(float64(mapCollection-nothing)/1e6, "map-gc-ms")
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
