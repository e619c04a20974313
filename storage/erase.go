package storage

import (
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
)

// Erased returns the users whom the commit erases (ORG-5).
func (c Commit) Erased() []relationship.UserID {
	var erased []relationship.UserID
	for _, event := range c.Events {
		for _, line := range event.Lines {
			if user, is := line.After.(relationship.User); is && user.Erased() {
				erased = append(erased, user.ID)
			}
		}
	}
	return erased
}

// Without returns the commit without the personal data of users, and whether
// it had any. The hash chain does not hold them, so it stays as it is. The
// commit itself is not changed.
func (c Commit) Without(users ...relationship.UserID) (Commit, bool) {
	had := false
	erase := func(record relationship.Record) relationship.Record {
		user, is := record.(relationship.User)
		if !is || user.Erased() || !slices.Contains(users, user.ID) {
			return record
		}
		had = true
		return user.Erase()
	}
	events := slices.Clone(c.Events)
	for i := range events {
		events[i].Lines = slices.Clone(events[i].Lines)
		for j, line := range events[i].Lines {
			events[i].Lines[j] = relationship.Line{Before: erase(line.Before), After: erase(line.After)}
		}
	}
	if had {
		c.Events = events
	}
	return c, had
}
