package memdb

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// Users is what storage.Users asks for.
func (s *state) Users(client relationship.ClientID, after relationship.UserID, managers bool) (
	users iter.Seq2[relationship.UserID, relationship.PartnerID], number, of int) {
	members := s.roster(client).members
	number, of = members.count(userOf, string(after))
	return func(yield func(relationship.UserID, relationship.PartnerID) bool) {
		for rows := range members.behind(number) {
			for i := range rows {
				manager := relationship.PartnerID("")
				if managers {
					manager = rows[i].shape.Value().manager
				}
				if !yield(rows[i].user, manager) {
					return
				}
			}
		}
	}, number, of
}

// Clients is what storage.Clients asks for.
func (s *state) Clients(user relationship.UserID, after relationship.ClientID) (
	clients iter.Seq[relationship.ClientID], number, of int) {
	places := s.placesOf(user).clients
	number, of = places.count(itself, string(after))
	return func(yield func(relationship.ClientID) bool) {
		for rows := range places.behind(number) {
			for _, client := range rows {
				if !yield(client) {
					return
				}
			}
		}
	}, number, of
}
