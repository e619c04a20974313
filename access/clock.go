package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What the clock ends is true from its instant on, written or not: every
// answer asks the relationship for its phase at the instant. This file writes
// it down (REL-6).

// errDue says that the clock has ended a relationship that the change has to
// do with. The attempt is dropped, the end is written, and the change starts
// again.
type errDue struct{ key relationship.Key }

func (e errDue) Error() string { return fmt.Sprintf("the clock has ended %s", e.key) }

// settle writes the end of a relationship that the clock has ended, and the
// removal of its members, as an event of the clock, dated to the instant
// (REL-5, REL-6). Nothing else may be waiting to be logged.
func settle(tx storage.Tx, r relationship.Relationship) error {
	due := r.Due()
	w := &work{tx: tx, now: due, candidates: newCandidates()}
	var members []relationship.Member
	if r.Members > 0 {
		for member := range membersOf(tx, r.Client) {
			if member.Manager == r.Partner {
				members = append(members, member)
			}
		}
	}
	for _, member := range members {
		if err := w.bar(member, relationship.NoSide); err != nil {
			return err
		}
		if err := tx.Delete(member.Key()); err != nil {
			return err
		}
	}
	if err := tx.Put(r.End(due)); err != nil {
		return err
	}
	return tx.Log(relationship.Event{
		Change: "RelationshipEnds",
		Actor:  relationship.Actor{Kind: relationship.ByClock},
		At:     due,
		Call:   rand.Text(),
	})
}

// settleDue settles the named relationships if the clock has ended them. Where
// one is, more may be: others that are due are settled with them, so that a
// call about many clients does not start again for each.
func settleDue(tx storage.Tx, now time.Time, keys map[relationship.Key]bool) error {
	for key := range keys {
		r, found := storage.Get[relationship.Relationship](tx, key)
		if found && r.DueAt(now) {
			if err := settle(tx, r); err != nil {
				return err
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := sweep(tx, now)
	return err
}

// sweepStep is how many ends one transaction of a sweep writes at most.
const sweepStep = 1000

// sweep settles the first that are due, and says how many.
func sweep(tx storage.Tx, now time.Time) (int, error) {
	var due []relationship.Relationship
	for r := range tx.Due(now) {
		if due = append(due, r); len(due) == sweepStep {
			break
		}
	}
	for _, r := range due {
		if err := settle(tx, r); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// isDue returns the key that an errDue names.
func isDue(err error) (relationship.Key, bool) {
	due, is := errors.AsType[errDue](err)
	return due.key, is
}
