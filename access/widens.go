package access

import (
	"fmt"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Gain is what one stored set would gain by a catalogue.
type Gain struct {
	// Key names the record whose set it is: a member, a template, or the
	// terms that hold a ceiling.
	Key relationship.Key `json:"key"`
	// Names are the permissions that would become usable, or that lose a mark
	// that guards them.
	Names permset.Names `json:"names"`
}

// String describes the gain in one line.
func (g Gain) String() string { return fmt.Sprintf("%s would gain %s", g.Key, g.Names) }

// WidensError lists every stored set that a catalogue would widen (PSET-5).
// PlanCatalog and AdoptCatalog are how such a catalogue is adopted.
type WidensError struct {
	Gains []Gain
}

// Error lists the gains.
func (e *WidensError) Error() string {
	return ErrWidens.Error() + ": " + strings.Join(gainLines(e.Gains), "; ") + " (PSET-5)"
}

// Unwrap returns ErrWidens.
func (e *WidensError) Unwrap() error { return ErrWidens }

func gainLines(gains []Gain) []string {
	lines := make([]string, len(gains))
	for i, gain := range gains {
		lines[i] = gain.String()
	}
	return lines
}

// widening is what a new catalogue does to what is stored under an old one.
type widening struct {
	// gains are the sets that would gain: by a name that the new catalogue
	// knows again, an implication that is new or is gone, a mark that is
	// dropped, or another permission that lets people add and edit users.
	gains []Gain
	// completed are the records whose sets lack what the new catalogue
	// implies, with it. Until they are stored, Bind leaves out what implies
	// it, so the new catalogue alone would take away (PSET-3).
	completed []relationship.Record
}

// widens compares what stored sets are worth under two catalogues. The sets
// that access links ask for are not looked at: approving compares them with
// today's (LINK-3). A super admin's set is not stored: they have the whole
// catalogue, whatever it is (ADM-1). Nor is the built-in template's: what it
// gives was stored with the members, so one that grows reaches nobody by itself
// (PSET-5). A ceiling is closed by taking away, so it is never completed.
func widens(r storage.Reader, before, after *permset.Catalog) widening {
	var w widening
	seen := map[permset.Names]widened{} // a product has a handful of sets
	look := func(key relationship.Key, names permset.Names) permset.Names {
		set, is := seen[names]
		if !is {
			set = widen(before, after, names)
			seen[names] = set
		}
		if !set.gained.IsEmpty() {
			w.gains = append(w.gains, Gain{key, set.gained})
		}
		return set.completed
	}
	for member := range storage.As[relationship.Member](r.All(relationship.KindMember, relationship.Key{})) {
		if set := look(member.Key(), member.Set); set != member.Set {
			member.Set = set
			w.completed = append(w.completed, member)
		}
	}
	for template := range storage.As[relationship.Template](r.All(relationship.KindTemplate, relationship.Key{})) {
		if set := look(template.Key(), template.Set); set != template.Set {
			template.Set = set
			w.completed = append(w.completed, template)
		}
	}
	for terms := range storage.As[relationship.Terms](r.All(relationship.KindTerms, relationship.Key{})) {
		gained := usable(after, terms.Ceiling).Minus(usable(before, terms.Ceiling))
		if !gained.IsEmpty() {
			w.gains = append(w.gains, Gain{terms.Key(), gained})
		}
	}
	return w
}

// widened is what becomes of one set.
type widened struct{ gained, completed permset.Names }

func widen(before, after *permset.Catalog, names permset.Names) widened {
	completed := completed(after, names)
	gained := usable(after, completed).Minus(usable(before, names))
	return widened{gained.Union(guardedLess(before, after, names)), completed}
}

// usable are the names of a stored set that a catalogue binds.
func usable(catalog *permset.Catalog, names permset.Names) permset.Names {
	set, _ := catalog.Bind(names)
	return set.Names()
}

// completed is a stored set with all that a catalogue implies by it.
func completed(catalog *permset.Catalog, names permset.Names) permset.Names {
	var known []string
	for name := range names.All() {
		if _, is := catalog.Lookup(name); is {
			known = append(known, name)
		}
	}
	closed, err := catalog.Set(known...)
	if err != nil {
		panic(err) // every name was looked up
	}
	return names.Union(closed.Names())
}

// guardedLess are the names that lose a mark, or that come to mean adding and
// editing users.
func guardedLess(before, after *permset.Catalog, names permset.Names) permset.Names {
	var less []string
	editor := after.AddAndEditUsers().Name()
	for name := range names.All() {
		was, wasKnown := before.Lookup(name)
		is, isKnown := after.Lookup(name)
		if !wasKnown || !isKnown {
			continue
		}
		if was.Marks()&^is.Marks() != 0 || name == editor && before.AddAndEditUsers().Name() != editor {
			less = append(less, name)
		}
	}
	return permset.MustNames(less...)
}
