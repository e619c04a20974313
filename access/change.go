package access

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
)

// Change is something that can be done. Each change is a struct of its own,
// with its rule and who may make it in its documentation; the set is closed.
// A Change is a value: make it, look at it with Manager.Plan, and do it with
// Manager.Apply or Manager.Do.
type Change interface {
	// apply checks who acts and carries the change out on w. It may run more
	// than once for one call.
	apply(w *work) error
}

// ticking are the changes that are about many, each for itself. A plan of them
// can be applied in part (PLAN-2): their apply leaves out what is not ticked by
// asking work.ticked. And they can be made each for itself (PLAN-3).
type ticking interface {
	// split takes the change apart. planned tells whom it is about when it
	// names nobody.
	split(planned func() ([]Place, error)) ([]Change, error)
}

// splitBy makes a change of each id that is named.
func splitBy[ID any](ids []ID, one func(ID) Change) []Change {
	parts := make([]Change, len(ids))
	for i, id := range ids {
		parts[i] = one(id)
	}
	return parts
}

// splitOff takes a change apart that is about those named, or about all.
func splitOff[ID any](ids []ID, all bool, planned func() ([]Place, error), of func(Place) ID, one func(ID) Change) ([]Change, error) {
	if all {
		places, err := planned()
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			ids = append(ids, of(place))
		}
	}
	return splitBy(ids, one), nil
}

func clientOf(place Place) relationship.ClientID { return place.Client }

func userOf(place Place) relationship.UserID { return place.User }

// All composes several changes in one transaction: all are made, in order, or
// none (PLAN-3). Each leaves an event of its own.
type All []Change

func (all All) apply(*work) error { panic("access: All is taken apart before it is applied") }

// deepest is how deep All may be nested. One that holds itself has no end.
const deepest = 64

// flatten takes All apart.
func flatten(change Change) ([]Change, error) { return flattenTo(deepest, change) }

func flattenTo(depth int, change Change) ([]Change, error) {
	if depth == 0 {
		return nil, invalid("call", "change", "is nested too deep")
	}
	if pointer := reflect.ValueOf(change); pointer.Kind() == reflect.Pointer && !pointer.IsNil() {
		// To the compiler a pointer to a change is one, too.
		return flattenTo(depth-1, pointer.Elem().Interface().(Change))
	} else if change == nil || pointer.Kind() == reflect.Pointer {
		return nil, invalid("call", "change", "is missing")
	}
	all, several := change.(All)
	if !several {
		return []Change{change}, nil
	}
	if len(all) == 0 {
		return nil, invalid("call", "change", "is a list of none")
	}
	var flat []Change
	for _, one := range all {
		changes, err := flattenTo(depth-1, one)
		if err != nil {
			return nil, err
		}
		flat = append(flat, changes...)
	}
	return flat, nil
}

// changes is every change there is, by name. A change that is not here cannot
// travel in a plan, and a test says so.
var changes = byName(
	AddUser{}, ChangeUser{}, EraseUser{},
	CreatePartner{}, RenamePartner{}, SetPartnerKind{}, SetPartnerDomains{}, ClosePartner{},
	CreateClient{}, RenameClient{}, CloseClient{}, ReplaceSuperAdmin{}, ReportActivity{},
	AddEmployee{}, ChangeEmployee{}, SuspendEmployee{}, ResumeEmployee{}, EndEmployment{},
	PauseEmployee{}, UnpauseEmployee{}, ConfirmEmployment{},
	RevokeLink{}, ApproveLink{}, DeclineLink{}, MakePartnerAdmin{},
	MakeTemplate{}, EditTemplate{}, RenameTemplate{}, DeleteTemplate{}, RollOutTemplate{}, NameClient{},
	AddEmployees{}, LinkClients{}, LinkEmployee{},
	ChangeTemplate{}, ChangeEmployeePermissions{},
	DeactivateEmployee{}, DeactivateEmployees{}, ReactivateEmployees{},
	RemoveEmployee{}, RemoveEmployees{}, RenewEmployees{},
	BecomePartnerAdmin{}, ChangeSuperAdmins{}, ChangeToPartnerAdmin{},
	AddMember{}, ChangeMemberPermissions{}, SetSeat{},
	DeactivateMember{}, ReactivateMember{}, RemoveMember{},
	MakeSuperAdmin{}, LowerSuperAdmin{},
	SetCeiling{}, LiftCeiling{}, PausePartner{}, UnpausePartner{}, PauseMember{}, UnpauseMember{},
	SetMemberEnd{}, SetRelationshipEnd{}, SetLongestMembership{},
)

func byName(list ...Change) map[string]reflect.Type {
	named := make(map[string]reflect.Type, len(list))
	for _, change := range list {
		named[nameOf(change)] = reflect.TypeOf(change)
	}
	return named
}

// nameOf is the name of a change, as it stands in the log.
func nameOf(change Change) string {
	if named, is := change.(interface{ name() string }); is {
		return named.name()
	}
	return reflect.TypeOf(change).Name()
}

// writtenChange is the form in which a change travels in a plan. A secret in
// it is hidden; its selector is not.
type writtenChange struct {
	Name string          `json:"name"`
	Body json.RawMessage `json:"body"`
}

func writeChanges(list []Change) ([]writtenChange, error) {
	written := make([]writtenChange, len(list))
	for i, change := range list {
		body, err := json.Marshal(change)
		if err != nil {
			return nil, err
		}
		written[i] = writtenChange{nameOf(change), body}
	}
	return written, nil
}

func readChanges(written []writtenChange) ([]Change, error) {
	list := make([]Change, len(written))
	for i, w := range written {
		kind, known := changes[w.Name]
		if !known {
			return nil, invalid("plan", "change", "is unknown")
		}
		into := reflect.New(kind)
		decoder := json.NewDecoder(strings.NewReader(string(w.Body)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into.Interface()); err != nil {
			return nil, invalidCause(fmt.Errorf("plan: change %s: %w", w.Name, err))
		}
		list[i] = into.Elem().Interface().(Change)
	}
	return list, nil
}
