package access_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// check holds every answer against the ledger: what a managed member may use
// was conferred (DEL-4), and everybody may use what ASK-1 says, so that the
// ledger judges actors by what is true.
func (l *theoremLedger) check(manager *access.Manager, now time.Time) error {
	if now.Before(l.at) {
		now = l.at
	}
	l.pass(now)
	for place, m := range l.members {
		uses := l.words.usable(manager.Permissions(place.User, place.Client))
		if beyond := uses &^ l.conferred(*m); m.Managed() && beyond != 0 {
			return fmt.Errorf("%s may use %s, which the client's side never conferred (DEL-4)", place, l.words.names(beyond))
		}
		if says := l.mayUse(m, now, false); says != uses {
			return fmt.Errorf("%s may use %s, and should %s (ASK-1)", place, l.words.names(uses), l.words.names(says))
		}
	}
	return nil
}

// theoremTally counts what was tried, so that a run in which nothing happened
// is noticed.
type theoremTally struct {
	mu                sync.Mutex
	accepted, refused map[string]int
	facts             map[string]int
	secrets           []relationship.Secret // to be planted, see plant
}

func newTheoremTally() *theoremTally {
	return &theoremTally{accepted: map[string]int{}, refused: map[string]int{}, facts: map[string]int{}}
}

func (t *theoremTally) count(a theoremAct, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.accepted[a.kind()]++
	} else {
		t.refused[a.kind()]++
	}
}

// saw adds up what came of one sequence.
func (t *theoremTally) saw(stage *theoremStage, ledger *theoremLedger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if os.Getenv("CLIENTACCESS_PLANTED_SECRETS") != "" {
		t.secrets = slices.AppendSeq(t.secrets, maps.Values(stage.links))
	}
	t.facts["sequences"]++
	for what, n := range ledger.facts {
		t.facts[what] += n
	}
}

// neverAccepted lists the kinds of change of which not one was done.
func (t *theoremTally) neverAccepted() []string {
	var never []string
	for _, kind := range theoremChangeKinds() {
		if t.accepted[kind] == 0 {
			never = append(never, kind)
		}
	}
	return never
}

// String is a table with a line for each kind of act.
func (t *theoremTally) String() string {
	kinds := map[string]bool{}
	var accepted, refused int
	for kind, n := range t.accepted {
		kinds[kind] = true
		accepted += n
	}
	for kind, n := range t.refused {
		kinds[kind] = true
		refused += n
	}
	var lines []string
	for kind := range kinds {
		lines = append(lines, fmt.Sprintf("%-28s %9d %9d", kind, t.accepted[kind], t.refused[kind]))
	}
	slices.Sort(lines)
	return fmt.Sprintf("%d acts; %v\n%-28s %9s %9s\n%s\n%-28s %9d %9d", accepted+refused, t.facts,
		"kind", "accepted", "refused", strings.Join(lines, "\n"), "all", accepted, refused)
}
