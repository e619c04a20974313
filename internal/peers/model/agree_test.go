package model_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/peers/model"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// phase is an instant in the life of a world, and what it is asked then.
type phase struct {
	name  string
	turn  func(t *testing.T, w *worlds.World, p model.Peer)
	asked []worlds.Question
}

// answer is what the Manager says to a question.
type answer struct {
	can    bool
	reason access.Reason
}

// TestPeersAgree puts the same questions to the Manager and to every peer, over
// a small world: as it was laid out, then with relationships that are over, with
// members added, and after every end.
func TestPeersAgree(t *testing.T) {
	t.Parallel()
	phases := phases(worlds.New(size))
	expected := managersAnswers(t, phases)
	for _, kind := range model.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			w := worlds.New(size)
			started := time.Now()
			p, err := kind.Load(context.Background(), w)
			require.NoError(t, err)
			asked, yes := 0, 0
			for i, phase := range phases {
				phase.turn(t, w, p)
				forget(t, p)
				for j := range phase.asked {
					can, err := p.Ask(&phase.asked[j])
					require.NoError(t, err)
					require.Equal(t, expected[i][j].can, can, "%s: %v: we say %s", phase.name, phase.asked[j], expected[i][j].reason)
					asked++
					if can {
						yes++
					}
				}
			}
			t.Logf("%s: %d questions, %d of them yes: the same answers (%v)", kind.Title, asked, yes, time.Since(started).Round(time.Millisecond))
		})
	}
}

var size = worlds.Size{Name: "small", Clients: 100, PerClient: 10}

// phases are the same for every world of the size.
func phases(w *worlds.World) []phase {
	var everything, newcomers []worlds.Question
	i := 0
	for m := range w.Members() {
		for _, p := range []int{i % 40, (i + 17) % 40} {
			everything = append(everything, w.Ask(m.User, m.Client, p))
		}
		i++
	}
	for _, m := range w.Newcomers(0) {
		newcomers = append(newcomers, w.Ask(m.User, m.Client, i%40))
		i++
	}
	member := everything[0]
	strangers := []worlds.Question{
		w.Ask("nobody", member.Client, 0), w.Ask(member.User, "nowhere", 0), w.Ask("nobody", "nowhere", 0),
		w.Ask(member.User, worlds.New(size).Client(50), 0), w.Ask(newcomers[0].User, newcomers[0].Client, 0),
	}
	everything = append(everything, strangers...)
	return []phase{
		{"laid out", func(*testing.T, *worlds.World, model.Peer) {}, everything},
		{"settled", func(_ *testing.T, w *worlds.World, _ model.Peer) { w.Settle() }, everything},
		{"added", func(t *testing.T, w *worlds.World, p model.Peer) { require.NoError(t, p.Add(w.Newcomers(0))) }, newcomers},
		{"for ever", func(_ *testing.T, w *worlds.World, _ model.Peer) { w.Clock.Turn(worlds.Forever) }, everything},
	}
}

// managersAnswers requires besides that each reason is among them.
func managersAnswers(t *testing.T, phases []phase) [][]answer {
	w := worlds.New(size)
	m, err := w.Open(context.Background())
	require.NoError(t, err)
	answers := make([][]answer, len(phases))
	reasons := map[access.Reason]int{}
	for i, phase := range phases {
		phase.turn(t, w, adder{m})
		for _, q := range phase.asked {
			d := m.Check(q.User, q.Client, q.Permission)
			answers[i] = append(answers[i], answer{d.Allowed(), d.Reason()})
			reasons[d.Reason()]++
		}
	}
	for _, reason := range []access.Reason{
		access.ReasonAllowed, access.ReasonNotInSet, access.ReasonDeactivated, access.ReasonRunOut,
		access.ReasonRelationshipOver, access.ReasonNotMember, access.ReasonUnknownUser, access.ReasonUnknownClient,
	} {
		require.NotZero(t, reasons[reason], reason.String())
	}
	t.Logf("the Manager's answers: %v", reasons)
	return answers
}

// adder is a Manager whose members are added as a phase says.
type adder struct{ *access.Manager }

func (a adder) Ask(*worlds.Question) (bool, error) { panic("only for adding") }

func (a adder) Add(members []worlds.Member) error {
	_, err := a.Do(context.Background(), access.By(worlds.Boss), worlds.Adding(members))
	return err
}

// forget tells a peer with a cache of answers that they are old.
func forget(t *testing.T, p model.Peer) {
	if cached, has := p.(interface{ Forget() error }); has {
		require.NoError(t, cached.Forget())
	}
}

// TestCachedAnswersAreOld shows what is said of casbin's cache: without being
// told to forget, it goes on giving the answers from before an end.
func TestCachedAnswersAreOld(t *testing.T) {
	t.Parallel()
	w := worlds.New(size)
	var cached model.Peer
	for _, kind := range model.Kinds() {
		if kind.Name == "casbin-cached" {
			p, err := kind.Load(context.Background(), w)
			require.NoError(t, err)
			cached = p
		}
	}
	list := w.Questions(2000)
	ask := func() (yes int) {
		for i := range list {
			can, err := cached.Ask(&list[i])
			require.NoError(t, err)
			if can {
				yes++
			}
		}
		return yes
	}
	w.Settle()
	before := ask()
	w.Clock.Turn(worlds.Forever)
	require.Equal(t, before, ask(), "the answers are those from before the ends")
	forget(t, cached)
	require.Less(t, ask(), before)
}
