package access

import (
	"iter"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Drift is a member whose set differs from the template that they use
// (PSET-4): because the template was edited since, because DEL-1 withheld or
// retained something when it was applied, or because single permissions were
// changed. RollOutTemplate takes it away as far as it may.
type Drift struct {
	Place
	// Missing are permissions of the template that the member's set lacks.
	Missing permset.Names
	// Extra are permissions of the member's set that the template lacks.
	Extra permset.Names
}

// String describes the drift in one line.
func (d Drift) String() string {
	var differs []string
	if !d.Missing.IsEmpty() {
		differs = append(differs, "missing: "+d.Missing.String())
	}
	if !d.Extra.IsEmpty() {
		differs = append(differs, "extra: "+d.Extra.String())
	}
	return d.Place.String() + ": " + strings.Join(differs, "; ")
}

// Drift runs over the members who use a template of the viewer's partner, or
// the built-in "partner admin", and whose set differs from it (PSET-4),
// ordered by client and then user. Deactivated members are among them. It
// shows one revision: the newest when the run begins.
//
// A template belongs to a partner, so the question belongs to a partner's
// side: an employee with Client Access Manager access asks it about their own
// partner's members. To everybody else, the host too, the answer is
// ErrNotAllowed. ErrUnknownTemplate when the partner has none of that name;
// ErrCatalog. An error ends the sequence.
func (m *Manager) Drift(viewer Call, template string) iter.Seq2[Drift, error] {
	return func(yield func(Drift, error) bool) {
		if err := m.drift(viewer, template, func(d Drift) bool { return yield(d, nil) }); err != nil {
			yield(Drift{}, err)
		}
	}
}

func (m *Manager) drift(viewer Call, template string, yield func(Drift) bool) error {
	if err := viewer.check(); err != nil {
		return err
	}
	r, err := m.state()
	if err == nil {
		err = m.sameCatalog(r)
	}
	if err != nil {
		return err
	}
	now := m.nowAt(r)
	actor, err := findEmployee(r, viewer, now)
	if err != nil {
		return err
	}
	set, _, err := m.vocabulary.template(r, actor.Partner, template)
	if err != nil {
		return err
	}
	for _, place := range templateUsers(r, actor.Partner, template) {
		f := gather(r, place.Client, place.User, now)
		if f.member.Set == set || f.relationship.PhaseAt(now) != relationship.Active {
			continue
		}
		if !yield(Drift{place, set.Minus(f.member.Set), f.member.Set.Minus(set)}) {
			return nil
		}
	}
	return nil
}
