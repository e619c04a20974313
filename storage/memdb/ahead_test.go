package memdb_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// held is a shared journal that gives nobody the turn while its gate is shut.
type held struct {
	storage.Shared
	gate chan struct{} // nobody passes who cannot send
}

func (j *held) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	j.gate <- struct{}{}
	defer func() { <-j.gate }()
	return j.Shared.Commit(ctx, after, run)
}

// race is a store whose changes wait for a turn that the test gives.
type race struct {
	*testing.T
	shared *storagetest.Shared
	store  *memdb.Store
	held   *held
	done   sync.WaitGroup
	// ran counts how often each change has run.
	mu  sync.Mutex
	ran map[string]int
}

// racing runs a test behind one change, so that the next run ahead.
func racing(t *testing.T, test func(r *race)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &race{T: t, shared: storagetest.NewShared(), ran: map[string]int{}}
		r.held = &held{r.shared.Open(), make(chan struct{}, 1)}
		store, err := memdb.Open(context.Background(), r.held)
		require.NoError(t, err)
		r.store = store
		r.count(context.Background(), "first", 0, 1, nil)
		r.done.Wait()
		r.shut()
		test(r)
		require.NoError(t, store.Close())
	})
}

func (r *race) shut() { r.held.gate <- struct{}{} }

func (r *race) open() {
	<-r.held.gate
	r.done.Wait()
}

var errNumber = errors.New("another number")

// count adds one to the number of lumen, where it is at least one and below
// another. It returns when the change has run ahead, or waits, or is over.
func (r *race) count(ctx context.Context, name string, from, below int, want error) {
	r.done.Go(func() { assert.ErrorIs(r, r.add(ctx, name, from, below), want, name) })
	synctest.Wait()
}

func (r *race) add(ctx context.Context, name string, from, below int) error {
	_, err := r.store.Update(ctx, func(tx storage.Tx) error {
		r.mu.Lock()
		r.ran[name]++
		r.mu.Unlock()
		lumen, _ := storage.Get[relationship.Client](tx, relationship.ClientKey("lumen"))
		switch {
		case below == 0:
			panic(name)
		case lumen.SuperAdmins < from || lumen.SuperAdmins >= below:
			return errNumber
		}
		return number(tx, lumen.SuperAdmins+1)
	})
	return err
}

func number(tx storage.Tx, number int) error {
	return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: "Lumen", SuperAdmins: number}),
		tx.Log(relationship.Event{Change: "Count", Actor: relationship.Actor{Kind: relationship.ByHost}}))
}

// others writes another number in another process.
func (r *race) others(to int) {
	other, err := memdb.Open(r.Context(), r.shared.Open())
	require.NoError(r, err)
	_, err = other.Update(r.Context(), func(tx storage.Tx) error { return number(tx, to) })
	require.NoError(r, err)
	require.NoError(r, other.Close())
	synctest.Wait()
}

func (r *race) number() int {
	lumen, _ := storage.Get[relationship.Client](r.store.Snapshot(), relationship.ClientKey("lumen"))
	return lumen.SuperAdmins
}

// times is how often some have run.
func (r *race) times(names ...string) (times []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range names {
		times = append(times, r.ran[name])
	}
	return times
}

// Changes run while their turn is waited for, and once: nobody else has written.
// Until then nothing of them is there, and nobody is told anything, whoever is
// refused neither.
func TestAhead_RunsWhileTheTurnIsWaitedFor(t *testing.T) {
	racing(t, func(r *race) {
		told := 0
		r.count(r.Context(), "ann", 1, 2, nil)
		r.count(r.Context(), "bob", 2, 3, nil)
		r.done.Go(func() {
			assert.ErrorIs(r, r.add(r.Context(), "carla", 1, 3), errNumber)
			told++
		})
		synctest.Wait()
		require.Equal(r, []int{1, 1, 1}, r.times("ann", "bob", "carla"))
		require.Zero(r, told)
		require.Equal(r, 1, r.number())
		require.Equal(r, storage.Revision(1), r.shared.Head().Revision)
		r.open()
		require.Equal(r, []int{1, 1, 1}, r.times("ann", "bob", "carla"))
		require.Equal(r, 1, told)
		require.Equal(r, 3, r.number())
		require.Equal(r, storage.Revision(3), r.shared.Head().Revision)
	})
}

// Somebody else writes before the turn comes: all run again, upon that. One that
// would have been made is refused, and one that would have been refused is made.
// After that it waits for its turn, until one has found nothing of others.
func TestAhead_RunsAgainUponWhatOthersWrote(t *testing.T) {
	racing(t, func(r *race) {
		r.count(r.Context(), "ann", 0, 2, errNumber)
		r.count(r.Context(), "bob", 5, 6, nil)
		require.Equal(r, []int{1, 1}, r.times("ann", "bob"))
		r.others(5)
		r.open()
		require.Equal(r, []int{2, 2}, r.times("ann", "bob"))
		require.Equal(r, 6, r.number())

		for _, again := range []struct {
			name  string
			ahead int
		}{{"carla", 0}, {"dora", 1}} {
			r.shut()
			r.count(r.Context(), again.name, 6, 8, nil)
			require.Equal(r, []int{again.ahead}, r.times(again.name))
			r.open()
			require.Equal(r, []int{1}, r.times(again.name))
		}
		require.Equal(r, 8, r.number())
	})
}

// Whoever has run ahead may still leave. Those behind run again, but where
// nothing was written.
func TestAhead_EndsWithTheContext(t *testing.T) {
	racing(t, func(r *race) {
		ctx, leave := context.WithCancel(r.Context())
		r.count(r.Context(), "ann", 1, 2, nil)
		r.count(ctx, "bob", 2, 3, context.Canceled)
		r.count(r.Context(), "carla", 2, 3, nil) // there is bob's
		r.count(r.Context(), "dora", 0, 9, nil)
		require.Equal(r, []int{1, 1, 1, 1}, r.times("ann", "bob", "carla", "dora"))
		leave()
		synctest.Wait()
		r.open()
		require.Equal(r, []int{1, 1, 2, 2}, r.times("ann", "bob", "carla", "dora"))
		require.Equal(r, 4, r.number())

		r.shut()
		ctx, leave = context.WithCancel(r.Context())
		r.count(ctx, "erin", 9, 9, storage.ErrContended)
		r.count(r.Context(), "fay", 4, 5, nil)
		leave()
		synctest.Wait()
		r.open()
		require.Equal(r, []int{1, 1}, r.times("erin", "fay"))
		require.Equal(r, 5, r.number())
	})
}

// A panic is the caller's own, and the others are made, also when they run again.
func TestAhead_Panic(t *testing.T) {
	racing(t, func(r *race) {
		for again := range 2 {
			n := r.number()
			r.ran = map[string]int{}
			r.count(r.Context(), "ann", n, n+5, nil)
			r.done.Go(func() {
				assert.PanicsWithValue(r, "bob", func() { assert.NoError(r, r.add(r.Context(), "bob", 0, 0)) })
			})
			synctest.Wait()
			r.count(r.Context(), "carla", n+1, n+5, nil)
			if again == 1 {
				r.others(n + 1)
			}
			r.open()
			require.Equal(r, []int{1 + again, 1, 1 + again}, r.times("ann", "bob", "carla"))
			require.Equal(r, n+2+again, r.number())
			r.shut()
		}
		<-r.held.gate
	})
}

// The turn never comes: that is what everybody is told, whoever would have been
// refused, too, and nothing of it is left.
func TestAhead_TheTurnFails(t *testing.T) {
	racing(t, func(r *race) {
		process := r.held.Shared.(*storagetest.Process)
		r.count(r.Context(), "ann", 1, 2, storagetest.ErrCut)
		r.count(r.Context(), "bob", 9, 9, storagetest.ErrCut)
		process.Cut()
		r.open()
		require.Equal(r, 1, r.number())
		process.Heal()
		r.count(r.Context(), "carla", 1, 2, nil)
		r.done.Wait()
		require.Equal(r, 2, r.number())
	})
}

// The turn comes late: what was true when the changes ran may be no more.
func TestAhead_RunsAgainWhenItWasLongAgo(t *testing.T) {
	racing(t, func(r *race) {
		for i, wait := range []time.Duration{100 * time.Millisecond, 101 * time.Millisecond} {
			r.ran = map[string]int{}
			r.count(r.Context(), "ann", i+1, i+2, nil)
			time.Sleep(wait) // of the bubble's clock
			r.open()
			require.Equal(r, []int{1 + i}, r.times("ann"))
			r.shut()
		}
		<-r.held.gate
	})
}

// A lost tail is acknowledged meanwhile: what has run before that does not count.
func TestAhead_RunsAgainUponAnotherSnapshot(t *testing.T) {
	racing(t, func(r *race) {
		r.open()
		r.count(r.Context(), "ann", 1, 2, nil)
		r.done.Wait()
		r.shared.Lose(1)
		synctest.Wait()
		require.NoError(r, r.store.Refresh(r.Context()))
		require.Len(r, r.store.LostTails(), 1)
		r.count(r.Context(), "bob", 1, 2, nil)
		r.done.Wait()
		r.shut()
		r.count(r.Context(), "carla", 2, 3, nil)
		require.Equal(r, []int{1}, r.times("carla"))
		r.store.AcknowledgeLost(1)
		r.open()
		require.Equal(r, []int{2}, r.times("carla"))
		require.Equal(r, 3, r.number())
	})
}
