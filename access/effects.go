package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Seat is what lets a member use paid permissions (ADM-4).
type Seat string

// The seats. The zero Seat is none.
const (
	NoSeat      Seat = ""
	PartnerSeat Seat = "partner seat"
	PaidSeat    Seat = "paid seat"
)

// MemberState is a membership as a screen shows it. It is comparable; the
// zero value is no membership.
type MemberState struct {
	Role        relationship.Role      `json:"role,omitzero"`
	Set         permset.Names          `json:"set,omitzero"`
	Deactivated relationship.Side      `json:"deactivated,omitzero"`
	Seat        Seat                   `json:"seat,omitzero"`
	Manager     relationship.PartnerID `json:"manager,omitzero"`
	Linked      bool                   `json:"linked,omitzero"`
	Template    string                 `json:"template,omitzero"`
	End         time.Time              `json:"end,omitzero"`
	EndByClient bool                   `json:"endByClient,omitzero"`
}

// String describes the membership in one line, without its permissions.
func (s MemberState) String() string {
	if s.Role == "" {
		return "no member"
	}
	parts := []string{string(s.Role)}
	if s.Manager == "" {
		parts = append(parts, "own")
	} else {
		parts = append(parts, "managed by "+string(s.Manager))
	}
	if s.Linked {
		parts = append(parts, "linked")
	}
	if s.Template != "" {
		parts = append(parts, fmt.Sprintf("template %q", s.Template))
	}
	if s.Seat != NoSeat {
		parts = append(parts, string(s.Seat))
	}
	if s.Deactivated != relationship.NoSide {
		parts = append(parts, "deactivated by the "+string(s.Deactivated)+"'s side")
	}
	if !s.End.IsZero() {
		until := "until " + s.End.Format(time.RFC3339)
		if s.EndByClient {
			until += " by the client's side"
		}
		parts = append(parts, until)
	}
	return strings.Join(parts, ", ")
}

// MemberChange is what a change does to one member (DEL-2). The sets are
// permission names.
type MemberChange struct {
	Place
	// Before and After are the membership; the zero value is none. A super
	// admin's Set is the whole catalogue.
	Before MemberState `json:"before,omitzero"`
	After  MemberState `json:"after,omitzero"`
	// Granted and Revoked are what After has and Before had not, and the
	// other way round.
	Granted permset.Names `json:"granted,omitzero"`
	Revoked permset.Names `json:"revoked,omitzero"`
	// Withheld was asked for, and the actor may not give it.
	Withheld permset.Names `json:"withheld,omitzero"`
	// Retained would have been removed, and the actor may not take it.
	Retained permset.Names `json:"retained,omitzero"`
	// Clipped is held after the change and cannot be used: under a ceiling,
	// for want of a seat, or by ADM-3.
	Clipped permset.Names `json:"clipped,omitzero"`
	// Lost is held after the change and unknown to the catalogue (PSET-3).
	Lost permset.Names `json:"lost,omitzero"`
	// Assets are owned there by a member who is deactivated or removed
	// (OFF-6).
	Assets []Asset `json:"assets,omitzero"`
}

// String describes the change in one line. Of a large set it gives the number
// of permissions.
func (m MemberChange) String() string { return m.line(false) }

// namedSet is a set with what it is to a change.
type namedSet struct {
	word  string
	names permset.Names
}

// line describes the change in one line; when everything is wanted, with all
// that it holds, so that two changes with the same line are the same.
func (m MemberChange) line(everything bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s → %s", m.Place, m.Before, m.After)
	sets := []namedSet{
		{"granted", m.Granted}, {"revoked", m.Revoked}, {"withheld", m.Withheld},
		{"retained", m.Retained}, {"clipped", m.Clipped}, {"lost", m.Lost},
	}
	if everything {
		sets = append(sets, namedSet{"had", m.Before.Set}, namedSet{"has", m.After.Set})
	}
	for _, set := range sets {
		if set.names.Len() > someNames && !everything {
			fmt.Fprintf(&b, "; %s: %d permissions", set.word, set.names.Len())
		} else if !set.names.IsEmpty() {
			fmt.Fprintf(&b, "; %s: %s", set.word, set.names)
		}
	}
	for _, asset := range m.Assets {
		b.WriteString("; owns " + asset.String())
	}
	return b.String()
}

// someNames is how many names of a set are written out for people.
const someNames = 12

// RecordChange is what a change does to anything that is not a member. Before
// and After describe it in words; "" is nothing.
type RecordChange struct {
	Key    relationship.Key `json:"key"`
	Before string           `json:"before,omitzero"`
	After  string           `json:"after,omitzero"`
}

// Transition is a relationship that passes from one phase to another. An
// empty From is a relationship that never was before.
type Transition struct {
	Partner relationship.PartnerID `json:"partner"`
	Client  relationship.ClientID  `json:"client"`
	From    relationship.Phase     `json:"from,omitzero"`
	To      relationship.Phase     `json:"to"`
	// EndsAfter and Limit say when a relationship that begins to end is over if
	// nothing else happens: so long after the change (REL-3), and no later than
	// the end that the client has set (TIME-1); zero for none. See Ends.
	EndsAfter time.Duration `json:"endsAfter,omitzero"`
	Limit     time.Time     `json:"limit,omitzero"`
}

// Ends is when a relationship that begins to end is over if the change is made
// at the given instant and nothing else happens; zero for every other
// transition.
func (t Transition) Ends(changed time.Time) time.Time {
	if t.To != relationship.Ending {
		return time.Time{}
	}
	return relationship.Earlier(relationship.EndInstant(changed.Add(t.EndsAfter)), t.Limit)
}

// Skipped is a member whom a change about many left as they are, and why.
type Skipped struct {
	Place
	Why string `json:"why"`
}

// String describes in one line who was left as they are.
func (s Skipped) String() string { return fmt.Sprintf("%s is left as is: %s", s.Place, s.Why) }

// Effects is what a change does, or would do.
type Effects struct {
	// Members are the members changed, those for whom something was asked and
	// held back, and those of whose set a ceiling cuts another part.
	Members []MemberChange `json:"members,omitzero"`
	// Records are the other records changed.
	Records []RecordChange `json:"records,omitzero"`
	// Relationships are those that start, revive, begin to end, or end.
	Relationships []Transition `json:"relationships,omitzero"`
	// Notifications go out with the change.
	Notifications []relationship.Notification `json:"notifications,omitzero"`
	// Skipped are members left as they are.
	Skipped []Skipped `json:"skipped,omitzero"`
}

// String describes the effects for people, one line for each thing.
func (e Effects) String() string {
	lines := e.lines(false)
	if len(lines) == 0 {
		return "nothing changes\n"
	}
	return strings.Join(lines, "\n") + "\n"
}

// Member returns what is done to one member; found tells whether anything is.
func (e Effects) Member(client relationship.ClientID, user relationship.UserID) (change MemberChange, found bool) {
	for _, m := range e.Members {
		if m.Place == (Place{client, user}) {
			change, found = m, true
		}
	}
	return change, found
}

// guessedRoom bounds the memory that is taken for members who may never come.
const guessedRoom = 1 << 14

// grow makes room for the members of the next change, and of those behind it: many
// changes in one call are mostly alike. Members are large to copy.
func (e *Effects) grow(members, changesBehind int) {
	if members > cap(e.Members)-len(e.Members) {
		guess := min(members*changesBehind, max(guessedRoom, len(e.Members)))
		e.Members = slices.Grow(e.Members, members+guess)
	}
}

// reviewed are the places whose assets a review shows: those at which
// somebody is removed or deactivated (OFF-6).
func (e Effects) reviewed() []Place {
	var places []Place
	for _, m := range e.Members {
		if m.stops() {
			places = append(places, m.Place)
		}
	}
	return places
}

// stops reports whether the member is removed or deactivated.
func (m MemberChange) stops() bool {
	removed := m.Before.Role != "" && m.After.Role == ""
	return removed || m.Before.Deactivated == relationship.NoSide && m.After.Deactivated != relationship.NoSide
}

func (e Effects) addAssets(owned map[Place][]Asset) {
	for i, m := range e.Members {
		if m.stops() {
			e.Members[i].Assets = owned[m.Place]
		}
	}
}

// tell appends to the effects of a call what the work has written. So many changes
// come behind it.
func (w *work) tell(e *Effects, lines []relationship.Line, changesBehind int) {
	e.Skipped, e.Notifications = append(e.Skipped, w.skipped...), append(e.Notifications, w.notifications...)
	e.grow(linesAboutMembers(lines), changesBehind)
	t, first, noted, inOrder := telling{w: w, cutting: newCutting(w.tx, w.now)}, len(e.Members), 0, true
	tell := func(place Place, line relationship.Line) {
		n := len(e.Members)
		e.Members = e.Members[:n+1]
		t.tell(&e.Members[n], place, line)
		inOrder = inOrder && (n == first || comparePlaces(e.Members[n-1].Place, place) <= 0)
	}
	for _, line := range lines {
		key := line.Key()
		switch key.Kind {
		case relationship.KindMember:
			place := placeOf(key)
			tell(place, line)
			if w.notes[place] != nil {
				noted++
			}
		case relationship.KindRelationship:
			was, _ := line.Before.(relationship.Relationship)
			is := line.After.(relationship.Relationship)
			if was.Phase != is.Phase {
				transition := Transition{Partner: is.Partner, Client: is.Client, From: was.Phase, To: is.Phase}
				if is.Phase == relationship.Ending {
					transition.EndsAfter, transition.Limit = w.m.options.EndingTime, is.Limit
				}
				e.Relationships = append(e.Relationships, transition)
				continue
			}
			if w.actor.Kind == relationship.ByClientSide {
				was.ClientName, is.ClientName = "", "" // the partner's own (ADD-2)
				line = relationship.Line{Before: was, After: is}
			}
			if change, shows := recordChange(line); shows {
				e.Records = append(e.Records, change)
			}
		default:
			if change, shows := recordChange(line); shows {
				e.Records = append(e.Records, change)
			}
		}
	}
	if len(w.notes) > noted {
		for place := range w.notes {
			w.cut[place] = true
		}
	}
	if len(w.cut) > 0 {
		for _, told := range e.Members[first:] {
			delete(w.cut, told.Place)
		}
	}
	e.grow(len(w.cut), 0)
	for place := range w.cut {
		record, _ := w.tx.Get(relationship.MemberKey(place.Client, place.User))
		tell(place, relationship.Line{Before: record, After: record})
	}
	if !inOrder { // they are large
		slices.SortStableFunc(e.Members[first:], func(a, b MemberChange) int { return comparePlaces(a.Place, b.Place) })
	}
}

// linesAboutMembers counts the lines about members.
func linesAboutMembers(lines []relationship.Line) (n int) {
	for _, line := range lines {
		if isAboutMember(line) {
			n++
		}
	}
	return n
}

func isAboutMember(line relationship.Line) bool {
	_, was := line.Before.(relationship.Member)
	_, is := line.After.(relationship.Member)
	return was || is
}

func placeOf(key relationship.Key) Place {
	return Place{relationship.ClientID(key.First), relationship.UserID(key.Second)}
}

func recordChange(line relationship.Line) (RecordChange, bool) {
	change := RecordChange{Key: line.Key()}
	if line.Before != nil {
		change.Before = line.Before.Summary()
	}
	if line.After != nil {
		change.After = line.After.Summary()
	}
	return change, change.Before != change.After
}
