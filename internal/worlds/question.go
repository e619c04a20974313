package worlds

import (
	"math/rand/v2"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Question asks whether a user may use a permission in a client. Its strings
// share nothing with what is stored.
type Question struct {
	User       relationship.UserID
	Client     relationship.ClientID
	Permission permset.Permission
	// Number is the permission's in World.Permissions.
	Number int
}

// Questions are different ones in random order over all members but those of
// the spare clients, half of them about a permission that the member's set has.
// The same number gives the same questions.
func (w *World) Questions(n int) []Question {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]Question, 0, n)
	for len(list) < n {
		c, m, p := random.IntN(w.Clients), random.IntN(w.PerClient), random.IntN(len(w.Permissions))
		if w.Has(w.Set(c, m), p) == (len(list)%2 == 0) {
			list = append(list, w.Ask(w.User(c, m), w.Client(c), p))
		}
	}
	random.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i, q := range list { // texts that have just been read, as those of a request
		list[i] = w.Ask(q.User, q.Client, q.Number)
	}
	return list
}

// Ask is the question about a permission by number.
func (w *World) Ask(user relationship.UserID, client relationship.ClientID, permission int) Question {
	return Question{
		relationship.UserID(strings.Clone(string(user))), relationship.ClientID(strings.Clone(string(client))),
		w.Permissions[permission], permission,
	}
}
