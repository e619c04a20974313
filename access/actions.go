package access

import (
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Actions says what the viewer of a row may do with the member (SEE-3, SEE-4):
// which buttons work. Each is tried on the state that the row shows, by the
// very rules that will decide, so it holds as long as that state does; what is
// the last active super admin's place is not offered (OFF-8). That is some ten
// trials for each row of a page, or of All as far as it is run. The zero value
// is nothing.
//
// An action is offered when its call would be accepted and change something.
// Change and Renew stand for calls that can say many things: they are offered
// when the member is within the viewer's reach for them. What is then asked
// for may still be bounded (DEL-1) or refused (DEL-6).
//
// The calls of the partner's side are the first, those of the client's side
// the second.
type Actions struct {
	// Change: ChangeEmployeePermissions and ChangeTemplate, or
	// ChangeMemberPermissions.
	Change bool
	// Renew: RenewEmployees or SetMemberEnd, with some end at least.
	Renew bool
	// Deactivate: DeactivateEmployees or DeactivateMember.
	Deactivate bool
	// Reactivate: ReactivateEmployees or ReactivateMember.
	Reactivate bool
	// Remove: RemoveEmployees or RemoveMember.
	Remove bool
	// ChangeOver: ChangeSuperAdmins, and BecomePartnerAdmin for the viewer's
	// own place. It is the partner's side's alone.
	ChangeOver bool
	// The rest is the client's side's alone. MakeSuperAdmin and
	// LowerSuperAdmin are the changes of that name, Pause and Unpause are
	// PauseMember without an instant and UnpauseMember, and GiveSeat and
	// TakeSeat are SetSeat.
	MakeSuperAdmin, LowerSuperAdmin, Pause, Unpause, GiveSeat, TakeSeat bool
}

// actions tries what the viewer may do with a member.
func (s sight) actions(client relationship.ClientID, user relationship.UserID) Actions {
	// The earliest end that there is: where it is refused, every end is.
	soon := s.now.Add(time.Second)
	if s.partner.ID != "" {
		one := []relationship.UserID{user}
		over := Change(ChangeSuperAdmins{Client: client, Employees: []SuperAdminChoice{{Employee: user}}})
		if user == s.call.user {
			over = BecomePartnerAdmin{Client: client}
		}
		return Actions{
			Change:     s.accepts(ChangeEmployeePermissions{Client: client, Employee: user}),
			Renew:      s.accepts(RenewEmployees{Client: client, Employees: one, End: soon}),
			Deactivate: s.changes(DeactivateEmployees{Client: client, Employees: one}),
			Reactivate: s.changes(ReactivateEmployees{Client: client, Employees: one}),
			Remove:     s.changes(RemoveEmployees{Client: client, Employees: one}),
			ChangeOver: s.changes(over),
		}
	}
	return Actions{
		Change:          s.accepts(ChangeMemberPermissions{Client: client, User: user}),
		Renew:           s.accepts(SetMemberEnd{Client: client, User: user, End: soon}),
		Deactivate:      s.changes(DeactivateMember{Client: client, User: user}),
		Reactivate:      s.changes(ReactivateMember{Client: client, User: user}),
		Remove:          s.changes(RemoveMember{Client: client, User: user}),
		MakeSuperAdmin:  s.changes(MakeSuperAdmin{Client: client, User: user}),
		LowerSuperAdmin: s.changes(LowerSuperAdmin{Client: client, User: user}),
		Pause:           s.changes(PauseMember{Client: client, User: user}),
		Unpause:         s.changes(UnpauseMember{Client: client, User: user}),
		GiveSeat:        s.changes(SetSeat{Client: client, User: user, Paid: true}),
		TakeSeat:        s.changes(SetSeat{Client: client, User: user}),
	}
}

// accepts reports whether the viewer's change would be made; changes whether
// it would also change anything.
func (s sight) accepts(change Change) bool {
	_, err := s.m.inDraft(s.r, attempt{call: s.call, changes: []Change{change}})
	return err == nil
}

func (s sight) changes(change Change) bool {
	done, err := s.m.inDraft(s.r, attempt{call: s.call, changes: []Change{change}})
	return err == nil && done.changed
}

// tried is a change that is only ever tried, and never made: it answers what
// no single call does.
type tried func(w *work) error

func (t tried) apply(w *work) error { return t(w) }

// anyOf makes the first of several changes that is accepted.
func (w *work) anyOf(several iter.Seq[Change]) error {
	refused := refuse("SEE-3", ErrNotAllowed, "there is nothing to try")
	for change := range several {
		err := change.apply(w)
		if _, due := isDue(err); err == nil || due {
			return err
		}
		refused = err
	}
	return refused
}
