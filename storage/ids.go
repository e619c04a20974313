package storage

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// idReader is a Reader that has the ids of memberships at hand, without making a
// Member of each.
type idReader interface {
	Users(client relationship.ClientID, after relationship.UserID, managers bool) iter.Seq2[relationship.UserID, relationship.PartnerID]
	Clients(user relationship.UserID) [][]relationship.ClientID
}

// Users runs over the members of a client in the order of their ids, beginning
// behind after ("" begins at the start): the id and, if managers are asked for,
// the partner that manages the member, empty for the client's own. It is Scan
// without the rest of each Member. Where the Reader has methods Users and Clients
// of the same form, as a snapshot of storage/memdb has, a row allocates nothing.
func Users(r Reader, client relationship.ClientID, after relationship.UserID, managers bool) iter.Seq2[relationship.UserID, relationship.PartnerID] {
	if direct, can := r.(idReader); can {
		return direct.Users(client, after, managers)
	}
	return func(yield func(relationship.UserID, relationship.PartnerID) bool) {
		for member := range As[relationship.Member](r.Scan(relationship.KindMember, string(client), string(after))) {
			if !managers {
				member.Manager = ""
			}
			if !yield(member.User, member.Manager) {
				return
			}
		}
	}
}

// Clients returns the clients in which a user is a member, in the order of their
// ids, in one piece or several, none of them empty. It is Reverse without the
// rest of each Member, and allocates nothing where Users does not. The pieces
// may be those of the Reader: they are not to be changed.
func Clients(r Reader, user relationship.UserID) [][]relationship.ClientID {
	if direct, can := r.(idReader); can {
		return direct.Clients(user)
	}
	var all []relationship.ClientID
	for member := range As[relationship.Member](r.Reverse(relationship.KindMember, string(user), "")) {
		all = append(all, member.Client)
	}
	if all == nil {
		return nil
	}
	return [][]relationship.ClientID{all}
}
