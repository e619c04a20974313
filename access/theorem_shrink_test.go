package access_test

import (
	"fmt"
	"slices"
	"strings"
)

// shortest drops acts from a sequence that breaks a law, one by one, for as
// long as the rest still breaks one, and tells what is left.
func shortest(acts []theoremAct) string {
	acts, law := untilBroken(acts)
	if law == nil {
		return "played again, the sequence breaks nothing: it is a matter of chance or of concurrency"
	}
	for dropped := true; dropped; {
		dropped = false
		for i := len(acts) - 1; i >= 0; i-- {
			if i >= len(acts) {
				continue // the rest was cut off
			}
			if rest, still := untilBroken(slices.Delete(slices.Clone(acts), i, i+1)); still != nil {
				acts, law, dropped = rest, still, true
			}
		}
	}
	lines := make([]string, len(acts))
	for i, a := range acts {
		lines[i] = "\t" + a.String()
	}
	return fmt.Sprintf("the shortest sequence, of %d acts:\n%s\n\t%v", len(acts), strings.Join(lines, "\n"), law)
}

// untilBroken plays acts on a new stage. It returns them up to the one that
// breaks a law, and the law; nil when none does.
func untilBroken(acts []theoremAct) ([]theoremAct, error) {
	stage, ledger, tally := newTheoremStage(), newTheoremLedger(), newTheoremTally()
	for i, a := range acts {
		if err := playAndCheck(stage, ledger, a, tally); err != nil {
			return acts[:i+1], err
		}
	}
	return acts, nil
}
