package memdb

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// Users is what storage.Users asks for.
func (s *state) Users(client relationship.ClientID, after relationship.UserID, managers bool) iter.Seq2[relationship.UserID, relationship.PartnerID] {
	return func(yield func(relationship.UserID, relationship.PartnerID) bool) {
		for row := range s.roster(client).members.from(userOf, string(after)) {
			manager := relationship.PartnerID("")
			if managers {
				manager = row.shape.Value().manager
			}
			if !yield(row.user, manager) {
				return
			}
		}
	}
}

// Clients is what storage.Clients asks for.
func (s *state) Clients(user relationship.UserID) [][]relationship.ClientID {
	return s.placesOf(user).clients
}
