package access

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// concerns says for each kind of record on whose answers a line about one may
// bear (ASK-1), in the state before it or behind it. It names too many rather
// than too few. A membership that begins or goes is a line of its own, so one
// of the two states is enough.
var concerns = map[relationship.Kind]func(r storage.Reader, line relationship.Line) iter.Seq[Place]{
	relationship.KindCatalog: func(r storage.Reader, _ relationship.Line) iter.Seq[Place] { return everybody(r) },
	relationship.KindUser: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		return placesOf(r, relationship.UserID(line.Key().First))
	},
	// What counts of a partner does so through those it employs: a managed
	// member whom it does not employ may use nothing.
	relationship.KindPartner: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		return func(yield func(Place) bool) {
			for employee := range employeesOf(r, relationship.PartnerID(line.Key().First)) {
				for place := range placesOf(r, employee.User) {
					if !yield(place) {
						return
					}
				}
			}
		}
	},
	relationship.KindEmployee: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		return placesOf(r, relationship.UserID(line.Key().Second))
	},
	relationship.KindTemplate: nobody,
	relationship.KindLink:     nobody,
	relationship.KindClient: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		was, _ := line.Before.(relationship.Client)
		is, _ := line.After.(relationship.Client)
		is.Name, is.SuperAdmins = was.Name, was.SuperAdmins // these change often, and no answer hangs on them
		if was == is {
			return nobody(r, line)
		}
		return placesIn(r, relationship.ClientID(line.Key().First), "")
	},
	relationship.KindMember: func(_ storage.Reader, line relationship.Line) iter.Seq[Place] {
		return onePlace(line.Key())
	},
	relationship.KindRelationship: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		was, _ := line.Before.(relationship.Relationship)
		is, _ := line.After.(relationship.Relationship)
		is.ClientName, is.Activity, is.Members = was.ClientName, was.Activity, was.Members // the same
		if was == is {
			return nobody(r, line)
		}
		return placesIn(r, relationship.ClientID(line.Key().Second), relationship.PartnerID(line.Key().First))
	},
	relationship.KindTerms: func(r storage.Reader, line relationship.Line) iter.Seq[Place] {
		return placesIn(r, relationship.ClientID(line.Key().First), relationship.PartnerID(line.Key().Second))
	},
	relationship.KindStanding: func(_ storage.Reader, line relationship.Line) iter.Seq[Place] {
		return onePlace(line.Key())
	},
	relationship.KindOnce: nobody,
}

// concerned runs over the places that a line may concern. A kind that nobody
// has thought of concerns everybody.
func concerned(r storage.Reader, line relationship.Line) iter.Seq[Place] {
	places, known := concerns[line.Key().Kind]
	if !known {
		return everybody(r)
	}
	return places(r, line)
}

func nobody(storage.Reader, relationship.Line) iter.Seq[Place] { return func(func(Place) bool) {} }

func everybody(r storage.Reader) iter.Seq[Place] {
	return placesFrom(storage.As[relationship.Member](r.All(relationship.KindMember, relationship.Key{})), "")
}

// onePlace is the place that the key of a member or of a standing names.
func onePlace(key relationship.Key) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		yield(Place{relationship.ClientID(key.First), relationship.UserID(key.Second)})
	}
}

// placesOf are those of one user.
func placesOf(r storage.Reader, user relationship.UserID) iter.Seq[Place] {
	return placesFrom(memberships(r, user), "")
}

// placesIn are those of a client, or of the members there whom one partner
// manages.
func placesIn(r storage.Reader, client relationship.ClientID, manager relationship.PartnerID) iter.Seq[Place] {
	return placesFrom(membersOf(r, client), manager)
}

// placesFrom are the places of members, or of those with one manager.
func placesFrom(members iter.Seq[relationship.Member], manager relationship.PartnerID) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		for member := range members {
			if (manager == "" || member.Manager == manager) && !yield(Place{member.Client, member.User}) {
				return
			}
		}
	}
}
