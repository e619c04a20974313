package access_test

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
)

// DEL-4, the library's safety theorem: every permission that a managed member
// may use was conferred in that client by its own side. No sequence of calls by
// partner-side actors, in any order and at any concurrency, breaks it.
//
// The test plays sequences of 50 changes by people of two partners and two
// clients, who are deactivated, changed and removed as they act, and who try
// what is none of their business. After each change it holds the log and every
// answer against a ledger that was written from the specification:
//
//	theorem_world_test.go        the catalogue and the people
//	theorem_act_test.go          what one of them does
//	theorem_generate_test.go     what they do next; theorem_partnerside_test.go
//	                             and theorem_clientside_test.go: all they try
//	theorem_ledger_test.go       what the client's own side conferred
//	theorem_judge_test.go        whose word counts as its own side's
//	theorem_shrink_test.go       the shortest sequence that breaks it
//	theorem_concurrent_test.go   the same with everybody at once
//	breaks_test.go               does it find what is broken on purpose?
//
// A plain go test plays a few hundred sequences, always the same. The full run
// takes some minutes:
//
//	CLIENTACCESS_FULL=1 go test -count=1 -run 'TestDEL4|TestOFF8_Race|TestLINK6_Race' -v -timeout 60m ./access
//
// CLIENTACCESS_SEED=n plays other sequences, in the full run too.
const (
	theoremShort    = 300
	theoremFull     = 20_000
	theoremChanges  = 50
	theoremVerified = 20 // every so many sequences the whole store is verified
)

var (
	theoremKinds   = slices.Concat(theoremPartnerSide, theoremClientSide)
	theoremWeights = func() (sum int) {
		for _, kind := range theoremKinds {
			sum += kind.weight
		}
		return sum
	}()
)

func TestDEL4_NoSequenceOfChangesWidensWhatTheClientConferred(t *testing.T) {
	sequences, seed := theoremSize(theoremShort, theoremFull), theoremSeed(t)
	tally := newTheoremTally()
	var next atomic.Int64
	var once sync.Once
	var failed atomic.Pointer[theoremFailure]
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for failed.Load() == nil {
				sequence := next.Add(1) - 1
				if sequence >= int64(sequences) {
					return
				}
				if acts, err := playSequence(seed, uint64(sequence), tally); err != nil {
					once.Do(func() { failed.Store(&theoremFailure{sequence, acts, err}) })
				}
			}
		})
	}
	workers.Wait()
	plant(t, tally.secrets...)
	if found := failed.Load(); found != nil {
		t.Fatalf("after %d sequences, seed %d: %v\n%s", found.sequence+1, seed, found.err, shortest(found.acts))
	}
	t.Log(tally)
	if testing.Short() {
		return
	}
	require.Empty(t, tally.neverAccepted(), "the run is blind to these: they were never accepted")
	for _, fact := range []string{"relationships started", "relationships revived", "relationships ended by the clock", "members linked"} {
		require.Positive(t, tally.facts[fact], fact)
	}
}

// theoremFailure is a sequence that broke a law.
type theoremFailure struct {
	sequence int64
	acts     []theoremAct
	err      error
}

// playSequence makes up one sequence and plays it. It returns what was done up
// to the act that broke a law, and the law.
func playSequence(seed, sequence uint64, tally *theoremTally) ([]theoremAct, error) {
	stage, ledger := newTheoremStage(), newTheoremLedger()
	generator := newTheoremGenerator(stage, seed, sequence)
	defer tally.saw(stage, ledger)
	var acts []theoremAct
	for _, a := range generator.opening() {
		acts = append(acts, a)
		if err := playAndCheck(stage, ledger, a, tally); err != nil {
			return acts, err
		}
	}
	for changes := 0; changes < theoremChanges; {
		a := generator.next()
		acts = append(acts, a)
		if err := playAndCheck(stage, ledger, a, tally); err != nil {
			return acts, err
		}
		if a.turn == 0 {
			changes++
		}
	}
	if sequence%theoremVerified == 0 {
		if _, err := stage.Manager.Verify(context.Background()); err != nil {
			return acts, err
		}
	}
	return acts, nil
}

// playAndCheck does one act, and holds the log and every answer after it
// against the ledger.
func playAndCheck(stage *theoremStage, ledger *theoremLedger, a theoremAct, tally *theoremTally) error {
	tally.count(a, stage.play(a))
	if err := ledger.follow(stage.Manager); err != nil {
		return err
	}
	return ledger.check(stage.Manager, stage.Clock.Now())
}

// theoremSize is how much is played: full, short, or a tenth of that with
// -short.
func theoremSize(short, full int) int {
	switch {
	case os.Getenv("CLIENTACCESS_FULL") != "":
		return full
	case testing.Short():
		return short / 10
	}
	return short
}

func theoremSeed(t *testing.T) uint64 {
	t.Helper()
	if given := os.Getenv("CLIENTACCESS_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		require.NoError(t, err, "CLIENTACCESS_SEED")
		return seed
	}
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		return rand.Uint64()
	}
	return 1
}

// follow enters what was logged since the ledger was last looked at.
func (l *theoremLedger) follow(manager *access.Manager) error {
	for event, err := range manager.Events(context.Background(), access.Host(), l.revision) {
		if err != nil {
			return err
		}
		if err := l.record(event.Event, event.Recorded); err != nil {
			return err
		}
		l.seen = event.Revision
	}
	l.revision = l.seen
	return nil
}
