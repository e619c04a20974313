package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ErrCatalog: another Manager has laid down another catalogue since this one
// was opened. Open a new one.
var ErrCatalog = errors.New("another catalogue is in force")

// CatalogPlan shows who would gain what if a catalogue were adopted (PSET-5).
// Make one with PlanCatalog. It travels as JSON, from the program that shows it
// to the one that adopts it. The zero value is about no catalogue, and is
// refused.
type CatalogPlan struct {
	// Catalog is the fingerprint of the catalogue to be adopted.
	Catalog string `json:"catalog"`
	// Gains are the stored sets that would gain: of members, then templates,
	// then ceilings, each in the order of their keys. None when the catalogue
	// widens nothing, or is in force already.
	Gains []Gain `json:"gains,omitzero"`
}

// String describes the plan for people, one line for each set that gains.
func (p CatalogPlan) String() string {
	if len(p.Gains) == 0 {
		return "nobody gains anything\n"
	}
	return strings.Join(gainLines(p.Gains), "\n") + "\n"
}

// PlanCatalog works out who would gain what by another catalogue than the one
// that the store was last opened with, and changes nothing (PSET-5). It looks
// at every stored set of the newest revision, and takes no lock. An ErrInvalid
// when the store or the catalogue is missing.
func PlanCatalog(store storage.Store, catalog *permset.Catalog) (CatalogPlan, error) {
	switch {
	case store == nil:
		return CatalogPlan{}, invalid("catalogue plan", "store", "is missing")
	case catalog == nil:
		return CatalogPlan{}, invalid("catalogue plan", "catalog", "is missing")
	}
	widening, err := widensStored(store.Snapshot(), catalog)
	if err != nil {
		return CatalogPlan{}, fmt.Errorf("plan catalogue: %w", err)
	}
	return CatalogPlan{Catalog: catalog.Fingerprint(), Gains: widening.gains}, nil
}

// AdoptCatalog is Open for a catalogue that widens what is stored: the host
// has seen who gains what, and adopts it (PSET-5). The catalogue of the
// options is laid down if what would be gained is still exactly what the plan
// shows; otherwise nothing changes, and a *ChangedError tells the difference.
// Sets that lack what the catalogue newly implies are completed in the same
// commit, which has one event by the host. Managers that were opened before
// with another catalogue refuse from then on (ErrCatalog).
//
// Where the catalogue is in force already, there is nothing left to adopt, and
// AdoptCatalog is Open: so every process of a host may call it with the same
// plan. A plan of another catalogue is an ErrInvalid.
func AdoptCatalog(ctx context.Context, store storage.Store, options Options, plan CatalogPlan) (*Manager, error) {
	m, err := newManager(store, options)
	if err != nil {
		return nil, err
	}
	if plan.Catalog != m.vocabulary.catalog.Fingerprint() {
		return nil, invalid("catalogue plan", "catalog", "is not the one to be adopted")
	}
	err = m.layDown(ctx, "AdoptCatalog", func(gains []Gain) error {
		then, now := gainLines(plan.Gains), gainLines(gains)
		if slices.Equal(then, now) {
			return nil
		}
		return &ChangedError{lineDifferences(then, now)}
	})
	if err != nil {
		return nil, fmt.Errorf("adopt catalogue: %w", err)
	}
	return m, nil
}

// lineDifferences tells which lines are in one of two lists only.
func lineDifferences(then, now []string) []string {
	in := func(list []string) map[string]bool {
		set := make(map[string]bool, len(list))
		for _, line := range list {
			set[line] = true
		}
		return set
	}
	was, is := in(then), in(now)
	var differences []string
	for _, line := range then {
		if !is[line] {
			differences = append(differences, "no longer: "+line)
		}
	}
	for _, line := range now {
		if !was[line] {
			differences = append(differences, "now: "+line)
		}
	}
	return differences
}

// layDown makes the Manager's catalogue the one in force, if accept agrees to
// what stored sets gain by it. It does nothing where it is in force already.
func (m *Manager) layDown(ctx context.Context, change string, accept func([]Gain) error) error {
	_, err := m.store.Update(ctx, func(tx storage.Tx) error {
		stored, _ := storage.Get[relationship.Catalog](tx, relationship.CatalogKey())
		if stored == m.declared {
			m.declared = stored // the very same text compares at once
			return nil
		}
		widening, err := widensStored(tx, m.vocabulary.catalog)
		if err != nil {
			return err
		}
		if err := accept(widening.gains); err != nil {
			return err
		}
		for _, record := range append(widening.completed, m.declared) {
			if err := tx.Put(record); err != nil {
				return err
			}
		}
		return tx.Log(relationship.Event{
			Change: change, Actor: relationship.Actor{Kind: relationship.ByHost}, At: m.nowAt(tx), Call: rand.Text(),
		})
	})
	if err == nil {
		m.moveTo()
	}
	return err
}

// widensStored compares a catalogue with the one that is in force. In an empty
// store there is none, and nothing to widen.
func widensStored(r storage.Reader, after *permset.Catalog) (widening, error) {
	stored, found := storage.Get[relationship.Catalog](r, relationship.CatalogKey())
	if !found {
		return widening{}, nil
	}
	before, err := declared(stored)
	if err != nil {
		return widening{}, err
	}
	return widens(r, before, after), nil
}

// vocabularyOf is that of the catalogue which is in force in a state. The sets
// of another catalogue than the Manager's do not go together with its own.
func (m *Manager) vocabularyOf(r storage.Reader) (*vocabulary, error) {
	stored, found := storage.Get[relationship.Catalog](r, relationship.CatalogKey())
	if !found || stored == m.declared {
		return m.vocabulary, nil
	}
	catalog, err := declared(stored)
	if err != nil {
		return nil, err
	}
	return newVocabulary(catalog), nil
}

// declared is the catalogue that is stored.
func declared(stored relationship.Catalog) (*permset.Catalog, error) {
	var declaration permset.Declaration
	if err := json.Unmarshal([]byte(stored.Declaration), &declaration); err != nil {
		return nil, err
	}
	return permset.NewCatalog(declaration)
}

// declare is a catalogue as it is stored.
func declare(catalog *permset.Catalog) (relationship.Catalog, error) {
	declaration, err := json.Marshal(catalog.Declaration())
	return relationship.Catalog{Declaration: string(declaration)}, err
}

// sameCatalog refuses to work with a catalogue that is no longer in force.
func (m *Manager) sameCatalog(r storage.Reader) error {
	if stored, _ := storage.Get[relationship.Catalog](r, relationship.CatalogKey()); stored != m.declared {
		return ErrCatalog
	}
	return nil
}
