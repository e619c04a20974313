package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// revoked is what one process must keep of one lost tail: what the state that
// was lost forbids, and the one that it was lost to allows.
type revoked struct {
	lost, left *randomWorld
}

// replicasWorld is a random world over one journal, with several processes.
type replicasWorld struct {
	*randomWorld
	shared *storagetest.Shared
	crew   []replica
	kept   [][]revoked // of each process
	cut    []bool
	counts struct{ changes, losses, questions, yes, stale, kept, tokens, lostTokens int }
}

func newReplicasWorld(t *testing.T, seed uint64) *replicasWorld {
	shared := storagetest.NewShared()
	shared.SetHints(false, plenty)
	store, line := openLine(t, shared)
	store.age(-plenty)
	w := &replicasWorld{randomWorld: newRandomWorldOn(t, seed, store), shared: shared}
	w.crew = append(w.crew, replica{w.manager, store, line})
	for range 2 {
		w.crew = append(w.crew, openReplica(t, shared, access.Options{Catalog: smallCatalog(), Clock: w.clock.Now}))
	}
	for _, one := range w.crew {
		one.refresh(t)
	}
	w.kept, w.cut = make([][]revoked, len(w.crew)), make([]bool, len(w.crew))
	return w
}

// as has the random world act through a Manager.
func (w *randomWorld) as(m *access.Manager, store storage.Store) *randomWorld {
	other := *w
	other.manager, other.store = m, store
	return &other
}

// copied is a world over a copy of what a store holds now, with the same clock.
func (w *replicasWorld) copied(t *testing.T, store storage.Store) *randomWorld {
	m := restored(t, store, access.Options{Catalog: smallCatalog(), Clock: w.clock.Now})
	return w.as(m, nil)
}

// change makes some changes through one process. What it finds lost meanwhile is
// noted.
func (w *replicasWorld) change(i int) {
	if w.cut[i] {
		return
	}
	one := w.crew[i]
	before := one.store.Snapshot().Revision()
	actor := w.as(one.Manager, one.store)
	for range 10 {
		if lowering := oneOf(actor, actor.lowerings()); w.chance(3) {
			actor.try(lowering.call, lowering.change)
		} else {
			actor.lossChanges()
		}
		if one.store.Snapshot().Revision() != before {
			w.counts.changes++
			return
		}
	}
}

// lose has the journal lose its newest commits. What a process had of all of them
// it must keep from now on. Now and then others write before it looks: then it is
// not worked out here what it keeps.
func (w *replicasWorld) lose(t *testing.T, n int) {
	for i, one := range w.crew {
		if !w.cut[i] {
			one.refresh(t)
		}
	}
	witness, _ := openLine(t, w.shared)
	lost := w.copied(t, witness)
	var tokens []access.Token
	for i, one := range w.crew {
		if !w.cut[i] {
			tokens = append(tokens, one.Token())
		}
	}
	if len(w.shared.Lose(n)) == 0 {
		return
	}
	w.counts.losses++
	witness, _ = openLine(t, w.shared)
	left := w.copied(t, witness)
	later := w.chance(3)
	if later {
		w.change(w.random.IntN(len(w.crew)))
	}
	for i, one := range w.crew {
		if w.cut[i] {
			continue
		}
		one.refresh(t)
		for _, token := range tokens {
			require.ErrorIs(t, one.WaitFor(t.Context(), token), access.ErrLostTail)
			w.counts.lostTokens++
		}
		if !later {
			w.kept[i] = append(w.kept[i], revoked{lost, left})
		}
	}
}

func newest(store storage.Store) (number uint64) {
	for _, tail := range store.LostTails() {
		number = tail.Number
	}
	return number
}

// check asks one process everything. As long as it is not stale, it allows what
// the journal's own state allows but for what it keeps; stale, it allows nothing.
func (w *replicasWorld) check(t *testing.T, i int) {
	one := w.crew[i]
	if !w.cut[i] {
		one.refresh(t)
	}
	mine := w.as(one.Manager, one.store).answers()
	var journal map[answerKey]permset.Set
	if !w.cut[i] {
		witness, _ := openLine(t, w.shared)
		journal = w.copied(t, witness).answers()
	}
	taken := map[answerKey]permset.Set{}
	for _, revoked := range w.kept[i] {
		lost := revoked.lost.answers()
		for key, allowed := range revoked.left.answers() {
			taken[key] = taken[key].Union(allowed.Minus(lost[key]))
		}
	}
	for key, allowed := range mine {
		w.counts.questions++
		if !allowed.IsEmpty() {
			w.counts.yes++
		}
		if !taken[key].IsEmpty() {
			w.counts.kept++
		}
		if !w.cut[i] {
			require.True(t, allowed.Intersect(taken[key]).IsEmpty(), "%v: a lost revocation was not kept: %v", key, allowed.Intersect(taken[key]).Names())
			require.True(t, allowed.Minus(journal[key]).IsEmpty(), "%v: beyond the journal", key)
			if len(one.store.LostTails()) == 0 {
				require.Equal(t, journal[key].Names(), allowed.Names(), "%v", key)
			}
		}
		w.agree(t, one, key, allowed)
	}
	one.store.age(2 * plenty)
	for key := range mine {
		require.True(t, one.Permissions(key.User, key.Client).IsEmpty(), "a stale yes")
		w.counts.stale++
	}
	one.store.age(-plenty)
}

// agree compares the ways of asking: from the index and by the evaluator.
func (w *replicasWorld) agree(t *testing.T, one replica, key answerKey, allowed permset.Set) {
	if key.later != 0 {
		return
	}
	permission := oneOf(w.randomWorld, smallCatalog().All().Names().Slice())
	d := one.CheckName(key.User, key.Client, permission)
	asked, _ := one.Catalog().Lookup(permission)
	require.Equal(t, allowed.Has(asked), d.Allowed())
	explained, err := one.Explain(access.Host(), key.User, key.Client, asked)
	require.NoError(t, err)
	require.Equal(t, d.Reason(), explained.Decision.Reason())
}

// acknowledge has one process let go what it keeps.
func (w *replicasWorld) acknowledge(t *testing.T, i int) {
	one := w.crew[i]
	if w.cut[i] {
		return
	}
	one.refresh(t)
	if tails, err := one.LostTails(access.Host()); err != nil || len(tails) == 0 {
		require.NoError(t, err)
		return
	}
	require.NoError(t, one.AcknowledgeLost(access.Host(), newest(one.store)))
	w.kept[i] = nil
}

// token takes a token from one process to another. It may be lost in between.
func (w *replicasWorld) token(t *testing.T, i, j int) {
	if w.cut[i] || w.cut[j] {
		return
	}
	token := w.crew[i].Token()
	head := storage.Head{Revision: token.Revision()}
	lost := true
	for commit, err := range w.crew[j].store.Changes(t.Context(), head.Revision-1) {
		if err == nil {
			lost = commit.Chain != w.crew[i].store.Snapshot().Head().Chain
		}
		break
	}
	w.crew[j].refresh(t) // a loss is known at the next look
	err := w.crew[j].WaitFor(t.Context(), token)
	if lost {
		require.ErrorIs(t, err, access.ErrLostTail)
		return
	}
	require.NoError(t, err)
	w.counts.tokens++
	require.GreaterOrEqual(t, w.crew[j].CheckName("nora", "alpha", "notes.view").Revision(), token.Revision())
}

// Random worlds in several processes over one journal that loses its newest
// commits again and again, processes that are cut off and frozen: nobody allows
// what is stale, what was lost and not acknowledged, or what the journal does not
// allow.
func TestReplicasKeepWhatWasLostAndAllowNothingElse(t *testing.T) {
	worlds, steps := theoremSize(100, 1000), 60
	if access.UnderRace {
		worlds = 12
	}
	first := theoremSeed(t)
	var total struct{ changes, losses, questions, yes, stale, kept, tokens, lostTokens int }
	for seed := first; seed < first+uint64(worlds); seed++ {
		w := newReplicasWorld(t, seed)
		for range steps {
			i := w.random.IntN(len(w.crew))
			switch w.random.IntN(12) {
			case 0:
				w.lose(t, 1+w.random.IntN(3))
			case 1:
				w.check(t, i)
			case 2:
				w.acknowledge(t, i)
			case 3:
				w.clock.Turn(time.Duration(w.random.IntN(3)) * accesstest.Day)
			case 4:
				w.cut[i] = true
				w.crew[i].line.Cut()
			case 5:
				w.cut[i] = false
				w.crew[i].line.Heal()
			case 6:
				w.token(t, i, w.random.IntN(len(w.crew)))
			default:
				w.change(i)
			}
		}
		for i := range w.crew {
			w.cut[i] = false
			w.crew[i].line.Heal()
			w.check(t, i)
			w.acknowledge(t, i)
			w.check(t, i)
		}
		c := w.counts
		total.changes, total.losses, total.questions = total.changes+c.changes, total.losses+c.losses, total.questions+c.questions
		total.yes, total.stale, total.kept = total.yes+c.yes, total.stale+c.stale, total.kept+c.kept
		total.tokens, total.lostTokens = total.tokens+c.tokens, total.lostTokens+c.lostTokens
	}
	t.Logf("%d worlds, %d changes, %d lost tails, %d questions: %d with a yes, %d where something was kept, %d stale; %d tokens honoured, %d lost",
		worlds, total.changes, total.losses, total.questions, total.yes, total.kept, total.stale, total.tokens, total.lostTokens)
	require.NotZero(t, total.losses)
	require.NotZero(t, total.yes)
	require.NotZero(t, total.kept)
	require.NotZero(t, total.stale)
}
