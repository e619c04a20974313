package access_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/clientaccess/clientaccess/access"
)

// How many rounds are played, and by how many at once.
const (
	concurrentShort  = 25
	concurrentFull   = 1_000
	concurrentActors = 4
)

// The same theorem with everybody acting at once. What they did is known only
// from the log, so the ledger is built by reading it in order: every event has
// to have been within what the client's own side had conferred by then.
func TestDEL4_NothingIsWidenedByActingAtOnce(t *testing.T) {
	rounds, seed := theoremSize(concurrentShort, concurrentFull), theoremSeed(t)
	tally := newTheoremTally()
	defer func() { plant(t, tally.secrets...) }()
	for round := range rounds {
		stage := newTheoremStage()
		var actors sync.WaitGroup
		for actor := range concurrentActors {
			generator := newTheoremGenerator(stage, seed, uint64(round*concurrentActors+actor))
			generator.number = actor * 1000
			actors.Go(func() {
				for _, a := range generator.opening() {
					tally.count(a, stage.play(a))
				}
				for range theoremChanges {
					a := generator.next()
					tally.count(a, stage.play(a))
				}
			})
		}
		actors.Wait()
		ledger := newTheoremLedger()
		err := ledger.follow(stage.Manager)
		if err == nil {
			err = ledger.check(stage.Manager, stage.Clock.Now())
		}
		tally.saw(stage, ledger)
		if err == nil {
			_, err = stage.Manager.Verify(context.Background())
		}
		if err != nil {
			t.Fatalf("round %d, seed %d: %v\n%s", round, seed, err, told(stage.Manager))
		}
	}
	t.Logf("%d rounds of %d at once: %s", rounds, concurrentActors, tally)
}

// told is the log in short.
func told(manager *access.Manager) string {
	var b strings.Builder
	for event, err := range manager.Events(context.Background(), access.Host(), 0) {
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "\t%d %s: %s by %s\n", event.Revision, event.At.Format("01-02 15:04:05"), event.Change, event.Actor)
		for _, line := range event.Lines {
			if line.After == nil {
				fmt.Fprintf(&b, "\t\t%s is gone\n", line.Key())
			} else {
				fmt.Fprintf(&b, "\t\t%s: %s\n", line.Key(), line.After.Summary())
			}
		}
	}
	return b.String()
}
