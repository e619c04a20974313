package access_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// situation is every record that bears on one question: one user, one client and
// two partners. The first partner is north, the second south.
type situation struct {
	user     relationship.User
	client   relationship.Client
	member   relationship.Member
	standing relationship.Standing
	side     [2]partnerFacts
	// absent are records that are not there.
	absent map[relationship.Key]bool
}

// partnerFacts is what there is of one partner.
type partnerFacts struct {
	partner      relationship.Partner
	employee     relationship.Employee
	relationship relationship.Relationship
	terms        relationship.Terms
}

const (
	situationUser   relationship.UserID   = "bob"
	situationClient relationship.ClientID = "lumen"
)

var (
	situationPartners = [2]relationship.PartnerID{"north", "south"}
	situationNow      = accesstest.Start
)

// newSituation is a situation in which everything holds: bob works for both partners,
// and may be a member of lumen by any way.
func newSituation() situation {
	s := situation{
		client:   relationship.Client{ID: situationClient, Name: "Lumen", SuperAdmins: 1},
		member:   relationship.Member{Client: situationClient, User: situationUser, Role: relationship.Standard, Set: situationSet},
		standing: relationship.Standing{Client: situationClient, User: situationUser},
		absent:   map[relationship.Key]bool{},
	}
	s.address("north.example")
	for i, id := range situationPartners {
		s.side[i] = partnerFacts{
			partner: relationship.Partner{
				ID: id, Name: string(id), Kind: relationship.SolutionsPartner,
				Domains: relationship.Domains(id + ".example"),
			},
			employee: relationship.Employee{
				Partner: id, User: situationUser, Kind: relationship.Staff, Status: relationship.Employed,
			},
			relationship: relationship.Relationship{
				Partner: id, Client: situationClient, Phase: relationship.Active, Members: 1,
			},
			terms: relationship.Terms{Client: situationClient, Partner: id},
		}
	}
	return s
}

func (s *situation) address(domain string) {
	var err error
	if s.user, err = relationship.NewUser(situationUser, "Bob", "bob@"+domain, relationship.Digest{}); err != nil {
		panic(err)
	}
}

func (s *situation) without(record relationship.Record) { s.absent[record.Key()] = true }

// records are all records of the situation.
func (s *situation) records() []relationship.Record {
	records := []relationship.Record{s.user, s.client, s.member, s.standing}
	for _, side := range s.side {
		records = append(records, side.partner, side.employee, side.relationship, side.terms)
	}
	return records
}

// Each permission of the catalogue stands for one way in which a permission can
// matter: which marks it bears, and whether the member's set, and a ceiling,
// has it whole, not at all, or without something that it implies.
var situationStates = []string{"in", "not", "half"}

func situationName(marks permset.Mark, set, ceiling string) string {
	return fmt.Sprintf("m%d.set-%s.ceiling-%s", marks, set, ceiling)
}

// situationMarks are all combinations of marks: none is both billing and super
// admin only (PSET-1).
var situationMarks = func() (all []permset.Mark) {
	for m := range permset.NeverManaged * 2 {
		if !m.Has(permset.Billing | permset.SuperAdminOnly) {
			all = append(all, m)
		}
	}
	return all
}()

// situationCatalog, situationSet and situationCeiling go together: the set lacks
// "set.missing", the ceiling lacks "ceiling.missing".
var situationCatalog, situationSet, situationCeiling = func() (*permset.Catalog, permset.Names, permset.Names) {
	d := permset.Declaration{
		Permissions: []permset.Declared{
			{Name: "set.missing", Title: "T", Group: "G"}, {Name: "ceiling.missing", Title: "T", Group: "G"},
		},
		AddAndEditUsers: "set.missing", PartnerAdmin: []string{"set.missing"},
	}
	set, ceiling := []string{"ceiling.missing"}, []string{"set.missing"}
	for _, marks := range situationMarks {
		for _, inSet := range situationStates {
			for _, inCeiling := range situationStates {
				p := permset.Declared{Name: situationName(marks, inSet, inCeiling), Title: "T", Group: "G", Marks: marks}
				if inSet != "not" {
					set = append(set, p.Name)
				}
				if inCeiling != "not" {
					ceiling = append(ceiling, p.Name)
				}
				if inSet == "half" {
					p.Implies = append(p.Implies, "set.missing")
				}
				if inCeiling == "half" {
					p.Implies = append(p.Implies, "ceiling.missing")
				}
				d.Permissions = append(d.Permissions, p)
			}
		}
	}
	catalog, err := permset.NewCatalog(d)
	if err != nil {
		panic(err)
	}
	return catalog, permset.MustNames(set...), permset.MustNames(ceiling...)
}()

// questionStage shows one situation after the other in a store.
type questionStage struct {
	t       testing.TB
	store   storage.Store
	manager *access.Manager
	shown   map[relationship.Key]relationship.Record
	shows   int
}

func newQuestionStage(t testing.TB) *questionStage {
	s := &questionStage{t: t}
	s.renew()
	return s
}

// renew takes an empty store: the log of the old one has grown long.
func (s *questionStage) renew() {
	s.t.Helper()
	s.store, s.shown = memdb.New(), map[relationship.Key]relationship.Record{}
	// A manager that finds sets in the store keeps what they mean, which saves
	// time: so somebody else has those that bob will have.
	_, err := s.store.Update(s.t.Context(), func(tx storage.Tx) error {
		for user, set := range map[relationship.UserID]permset.Names{"extra": situationSet, "walk-on": situationCeiling} {
			err := tx.Put(relationship.Member{Client: "elsewhere", User: user, Role: relationship.Standard, Set: set})
			if err != nil {
				return err
			}
		}
		return tx.Log(situationEvent)
	})
	require.NoError(s.t, err)
	s.manager, err = access.Open(s.t.Context(), s.store, access.Options{
		Catalog: situationCatalog, Clock: func() time.Time { return situationNow },
	})
	require.NoError(s.t, err)
}

var situationEvent = relationship.Event{
	Change: "Situation", Actor: relationship.Actor{Kind: relationship.ByHost}, At: situationNow, Call: "situation",
}

// show writes the situation into the store, past every rule.
func (s *questionStage) show(shown *situation) {
	if s.shows++; s.shows%20_000 == 0 {
		s.renew()
	}
	_, err := s.store.Update(context.Background(), func(tx storage.Tx) error {
		for _, record := range shown.records() {
			key := record.Key()
			was := s.shown[key]
			switch {
			case shown.absent[key] && was != nil:
				delete(s.shown, key)
				if err := tx.Delete(key); err != nil {
					return err
				}
			case !shown.absent[key] && was != record:
				s.shown[key] = record
				if err := tx.Put(record); err != nil {
					return err
				}
			}
		}
		return tx.Log(situationEvent)
	})
	require.NoError(s.t, err)
}
