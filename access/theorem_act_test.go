package access_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// theoremAct is one thing that somebody does in a sequence. It is a value that
// can be played again on another stage, also when acts before it were left
// out: an access link is named by the number of the act that issued it.
type theoremAct struct {
	number int
	by     access.Call
	change access.Change
	// issue is for whom a link is issued; with link, an older link is
	// rotated instead.
	issue relationship.UserID
	// link is the number of the link that is approved, declined, revoked or
	// rotated.
	link int
	// planned has the change planned first and the plan applied.
	planned bool
	// turn turns the clock; nothing else happens.
	turn time.Duration
}

func (a theoremAct) kind() string {
	switch {
	case a.turn != 0:
		return "(the clock turns)"
	case a.change != nil:
		return reflect.TypeOf(a.change).Name()
	case a.link != 0:
		return "RotateLink"
	}
	return "IssueLink"
}

// String is the act as it is told when a sequence fails.
func (a theoremAct) String() string {
	switch {
	case a.turn != 0:
		return fmt.Sprintf("#%d the clock turns by %s", a.number, a.turn)
	case a.change == nil:
		return fmt.Sprintf("#%d %s: %s %s (of act #%d)", a.number, a.by, a.kind(), a.issue, a.link)
	}
	told := fmt.Sprintf("#%d %s: %s", a.number, a.by, strings.ReplaceAll(fmt.Sprintf("%T%+v", a.change, a.change), "access.", ""))
	if a.link != 0 {
		told += fmt.Sprintf(" (link of act #%d)", a.link)
	}
	if a.planned {
		told += " (planned first)"
	}
	return told
}

// play does the act. A refusal is an answer like any other.
func (s *theoremStage) play(a theoremAct) error {
	ctx := context.Background()
	s.mu.Lock()
	secret := s.links[a.link]
	s.mu.Unlock()
	switch change := a.change.(type) {
	case nil:
		if a.turn != 0 {
			s.Clock.Turn(a.turn)
			return nil
		}
		return s.playLink(ctx, a, secret)
	case access.ApproveLink:
		change.Secret = secret
		a.change = change
	case access.DeclineLink:
		change.Secret = secret
		a.change = change
	case access.RevokeLink:
		change.Selector = secret.Selector()
		a.change = change
	}
	if !a.planned {
		_, err := s.Manager.Do(ctx, a.by, a.change)
		return err
	}
	plan, err := s.Manager.Plan(ctx, a.by, a.change)
	if err != nil {
		return err
	}
	if len(plan.Members) > 1 && a.number%2 == 0 {
		plan = plan.Only(plan.Members[0].Place) // tick one of several
	}
	_, err = s.Manager.Apply(ctx, a.by, plan)
	return err
}

// playLink issues or rotates a link, and keeps its secret under the act's
// number.
func (s *theoremStage) playLink(ctx context.Context, a theoremAct, old relationship.Secret) error {
	var link access.IssuedLink
	var err error
	if a.link == 0 {
		link, err = s.Manager.IssueLink(ctx, a.by, access.IssueLink{Employee: a.issue})
	} else {
		link, err = s.Manager.RotateLink(ctx, a.by, old.Selector())
	}
	if err == nil {
		s.mu.Lock()
		s.links[a.number] = link.Secret
		s.issued = append(s.issued, a.number)
		s.mu.Unlock()
	}
	return err
}

// issuedLinks are the numbers of the acts that issued a link.
func (s *theoremStage) issuedLinks() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.issued)
}
