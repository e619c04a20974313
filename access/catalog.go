package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ErrCatalog: another Manager has laid down another catalogue since this one
// was opened. Open a new one.
var ErrCatalog = errors.New("another catalogue is in force")

// Gain is what one stored set would gain by a catalogue.
type Gain struct {
	// Key names the record whose set it is: a member, a template, or the
	// terms that hold a ceiling.
	Key relationship.Key
	// Names are the permissions that would become usable, or that lose a mark
	// that guards them.
	Names permset.Names
}

// WidensError lists every stored set that a catalogue would widen (PSET-5).
type WidensError struct {
	Gains []Gain
}

// Error lists the gains.
func (e *WidensError) Error() string {
	lines := make([]string, len(e.Gains))
	for i, gain := range e.Gains {
		lines[i] = fmt.Sprintf("%s would gain %s", gain.Key, gain.Names)
	}
	return ErrWidens.Error() + ": " + strings.Join(lines, "; ") + " (PSET-5)"
}

// Unwrap returns ErrWidens.
func (e *WidensError) Unwrap() error { return ErrWidens }

// adoptCatalog lays down the catalogue that the Manager was opened with. It
// refuses one that would widen a stored set (PSET-5).
func (m *Manager) adoptCatalog(ctx context.Context) error {
	declaration, err := json.Marshal(m.vocabulary.catalog.Declaration())
	if err != nil {
		return err
	}
	m.declared = relationship.Catalog{Declaration: string(declaration)}
	_, err = m.store.Update(ctx, func(tx storage.Tx) error {
		stored, found := storage.Get[relationship.Catalog](tx, relationship.CatalogKey())
		if stored == m.declared {
			m.declared = stored // the very same text compares at once
			return nil
		}
		if found {
			var old permset.Declaration
			if err := json.Unmarshal([]byte(stored.Declaration), &old); err != nil {
				return err
			}
			before, err := permset.NewCatalog(old)
			if err != nil {
				return err
			}
			if gains := widens(tx, before, m.vocabulary.catalog); len(gains) > 0 {
				return &WidensError{gains}
			}
		}
		if err := tx.Put(m.declared); err != nil {
			return err
		}
		return tx.Log(relationship.Event{
			Change: "SetCatalog", Actor: relationship.Actor{Kind: relationship.ByHost}, At: m.nowAt(tx), Call: rand.Text(),
		})
	})
	if err != nil {
		return err
	}
	snapshot := m.store.Snapshot()
	for _, kind := range []relationship.Kind{relationship.KindMember, relationship.KindTerms} {
		for record := range snapshot.All(kind, relationship.Key{}) {
			m.vocabulary.rememberAll(record)
		}
	}
	return nil
}

// widens lists the stored sets that would gain by a new catalogue: by a name
// that it knows again, an implication that is new or is gone, a mark that is
// dropped, or another permission that lets people add and edit users. The
// sets that access links ask for are not looked at: approving compares them
// with today's (LINK-3). A super admin's set is not stored: they have the whole
// catalogue, whatever it is (ADM-1).
func widens(r storage.Reader, before, after *permset.Catalog) []Gain {
	var gains []Gain
	look := func(key relationship.Key, names permset.Names, gain func(permset.Names) permset.Names) {
		if gained := gain(names); !gained.IsEmpty() {
			gains = append(gains, Gain{key, gained})
		}
	}
	set := func(names permset.Names) permset.Names {
		return usableAnew(before, after, names).Union(impliedAnew(after, names)).Union(guardedLess(before, after, names))
	}
	for record := range r.All(relationship.KindMember, relationship.Key{}) {
		look(record.Key(), record.(relationship.Member).Set, set)
	}
	for record := range r.All(relationship.KindTemplate, relationship.Key{}) {
		look(record.Key(), record.(relationship.Template).Set, set)
	}
	for record := range r.All(relationship.KindTerms, relationship.Key{}) {
		look(record.Key(), record.(relationship.Terms).Ceiling, func(names permset.Names) permset.Names {
			return usableAnew(before, after, names)
		})
	}
	return gains
}

// usableAnew are the names that the new catalogue binds and the old one does
// not.
func usableAnew(before, after *permset.Catalog, names permset.Names) permset.Names {
	was, _ := before.Bind(names)
	is, _ := after.Bind(names)
	return is.Names().Minus(was.Names())
}

// impliedAnew are the names that the new catalogue adds by implication.
func impliedAnew(after *permset.Catalog, names permset.Names) permset.Names {
	var known []string
	for name := range names.All() {
		if _, is := after.Lookup(name); is {
			known = append(known, name)
		}
	}
	closed, err := after.Set(known...)
	if err != nil {
		panic(err) // every name was looked up
	}
	return closed.Names().Minus(names)
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

// sameCatalog refuses to work with a catalogue that is no longer in force.
func (m *Manager) sameCatalog(r storage.Reader) error {
	if stored, _ := storage.Get[relationship.Catalog](r, relationship.CatalogKey()); stored != m.declared {
		return ErrCatalog
	}
	return nil
}
