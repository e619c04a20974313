package storage

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// idReader is a Reader that has the ids of memberships at hand, without making a
// Member of each.
type idReader interface {
	Users(client relationship.ClientID, after relationship.UserID, managers bool) (users iter.Seq2[relationship.UserID, relationship.PartnerID], number, of int)
	Clients(user relationship.UserID, after relationship.ClientID) (clients iter.Seq[relationship.ClientID], number, of int)
}

// Users runs over the members of a client in the order of their ids, beginning
// behind after ("" begins at the start): the id and, if managers are asked for,
// the partner that manages the member, empty for the client's own. Of all members that there are, number
// do not come behind after. It is Scan without the rest of each Member. Where
// the Reader has methods Users and Clients of the same form, as a snapshot of
// storage/memdb has, a row allocates nothing, and counting reads none.
func Users(r Reader, client relationship.ClientID, after relationship.UserID, managers bool) (
	users iter.Seq2[relationship.UserID, relationship.PartnerID], number, of int) {
	if direct, can := r.(idReader); can {
		return direct.Users(client, after, managers)
	}
	members := func(after string) iter.Seq[relationship.Member] {
		return As[relationship.Member](r.Scan(relationship.KindMember, string(client), after))
	}
	for member := range members("") {
		if of++; member.User <= after {
			number++
		}
	}
	return func(yield func(relationship.UserID, relationship.PartnerID) bool) {
		for member := range members(string(after)) {
			if !managers {
				member.Manager = ""
			}
			if !yield(member.User, member.Manager) {
				return
			}
		}
	}, number, of
}

// Clients runs over the clients in which a user is a member, in the order of
// their ids, beginning behind after. It is to Reverse what Users is to Scan.
func Clients(r Reader, user relationship.UserID, after relationship.ClientID) (
	clients iter.Seq[relationship.ClientID], number, of int) {
	if direct, can := r.(idReader); can {
		return direct.Clients(user, after)
	}
	members := func(after string) iter.Seq[relationship.Member] {
		return As[relationship.Member](r.Reverse(relationship.KindMember, string(user), after))
	}
	for member := range members("") {
		if of++; member.Client <= after {
			number++
		}
	}
	return func(yield func(relationship.ClientID) bool) {
		for member := range members(string(after)) {
			if !yield(member.Client) {
				return
			}
		}
	}, number, of
}
