package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ImportTerms imports what a client has laid down for a partner (LIM-1, LIM-3,
// TIME-1). Put it before the rows of the members whom the partner manages
// there, so that they are never without it.
type ImportTerms struct {
	Client  relationship.ClientID
	Partner relationship.PartnerID
	// HasCeiling says whether Ceiling is in force; it is then the most that the
	// partner's members may use, and nothing when it is empty.
	HasCeiling bool
	Ceiling    []string
	// Paused stops the partner's members, until the instant PausedUntil, or
	// without end when that is the zero time.
	Paused      bool
	PausedUntil time.Time
	// Longest is the longest time for which a membership lasts, in whole
	// seconds; zero means no bound.
	Longest time.Duration
}

func (r ImportTerms) checkRow(c *importChunk) (importWrite, error) {
	ceiling, err := c.v.catalog.Exactly(r.Ceiling...)
	if err != nil {
		return importWrite{}, unknownPermissions(err)
	}
	terms := relationship.Terms{
		Client: r.Client, Partner: r.Partner, HasCeiling: r.HasCeiling, Ceiling: ceiling.Names(), Longest: r.Longest,
	}
	if r.Paused {
		terms.Pause = relationship.NewPause(r.PausedUntil)
	}
	if err := terms.Check(); err != nil {
		return importWrite{}, invalidCause(err)
	}
	if is, found := storage.Get[relationship.Terms](c.tx, terms.Key()); found {
		var other others
		other.note("ceiling", is.HasCeiling == terms.HasCeiling && is.Ceiling == terms.Ceiling)
		other.note("pause", is.Pause == terms.Pause)
		other.note("longest membership", is.Longest == terms.Longest)
		return other.there(r.Client, r.Partner)
	}
	switch {
	case !r.Paused && !r.PausedUntil.IsZero():
		return importWrite{}, invalid("terms", "pause", "has an end and is not there")
	case r.Paused && !terms.Pause.ActiveAt(c.now):
		return importWrite{}, invalid("terms", "pause", "has passed")
	case terms == relationship.Terms{Client: r.Client, Partner: r.Partner}:
		return importWrite{}, nil // nothing is laid down, and nothing was
	}
	if err := c.bothOpen(r.Client, r.Partner); err != nil {
		return importWrite{}, err
	}
	if _, _, err := c.relationship(r.Partner, r.Client); err != nil {
		return importWrite{}, err // what the clock has ended is written first (REL-6)
	}
	return importWrite{write: func() error { return c.put(terms) }}, nil
}

// ImportRelationship says more of an active relationship, which its members'
// rows have started; without one it is ErrNoRelationship. What is left out
// says nothing.
//
// A name or a limit that is there already, and is another, is ErrExists. When
// it started, and when its last activity was, is taken over while the
// relationship is as new, with nothing that counted as activity since it
// started. After that another start is ErrExists, and so is a later activity.
type ImportRelationship struct {
	Partner relationship.PartnerID
	Client  relationship.ClientID
	// ClientName is what the partner calls the client (ADD-2).
	ClientName string
	// Started is when it started, or last revived.
	Started time.Time
	// Activity is the last qualifying activity (REL-4), not before Started and
	// only given with it. When it is left out, the import counts as such.
	Activity time.Time
	// Limit is the end that the client has set (TIME-1).
	Limit time.Time
}

func (r ImportRelationship) checkRow(c *importChunk) (importWrite, error) {
	started, activity, err := r.times(c)
	if err != nil {
		return importWrite{}, err
	}
	is, found, err := c.relationship(r.Partner, r.Client)
	switch {
	case err != nil:
		return importWrite{}, err
	case !found || is.Phase != relationship.Active:
		if err := c.bothOpen(r.Client, r.Partner); err != nil {
			return importWrite{}, err
		}
		return importWrite{}, refuse("REL-1", ErrNoRelationship, r.Partner, r.Client)
	}
	after := is
	var other others
	if r.ClientName != "" {
		other.note("name", is.ClientName == "" || is.ClientName == r.ClientName)
		after.ClientName = r.ClientName
	}
	if !r.Limit.IsZero() {
		after.Limit = relationship.EndInstant(r.Limit)
		other.note("limit", is.Limit.IsZero() || is.Limit.Equal(after.Limit))
	}
	if !r.Started.IsZero() {
		asNew := is.Activity.Equal(is.Started)
		other.note("start", is.Started.Equal(started) || asNew && started.Before(is.Started))
		other.note("activity", asNew || r.Activity.IsZero() || !activity.After(is.Activity))
		after.Started = started
		if asNew && !r.Activity.IsZero() {
			after.Activity = activity
		}
	}
	if len(other) > 0 || after == is {
		return other.there(r.Partner, r.Client)
	}
	if err := c.bothOpen(r.Client, r.Partner); err != nil {
		return importWrite{}, err
	}
	if after.Limit != is.Limit {
		if _, err := c.future("relationship", "limit", r.Limit); err != nil {
			return importWrite{}, err
		}
	}
	if err := after.Check(); err != nil {
		return importWrite{}, invalidCause(err)
	}
	return importWrite{write: func() error { return c.put(after) }}, nil
}

// times are the instants that the row gives, in the form in which they are
// stored.
func (r ImportRelationship) times(c *importChunk) (started, activity time.Time, err error) {
	if started, err = c.past("relationship", "started", r.Started); err != nil {
		return started, activity, err
	}
	if activity, err = c.past("relationship", "activity", r.Activity); err != nil {
		return started, activity, err
	}
	if !r.Activity.IsZero() && (r.Started.IsZero() || activity.Before(started)) {
		err = invalid("relationship", "activity", "is before its start, or without one")
	}
	return started, activity, err
}

// bothOpen refuses what is about an account that is unknown or closed.
func (c *importChunk) bothOpen(client relationship.ClientID, partner relationship.PartnerID) error {
	if _, err := c.openClient(client); err != nil {
		return err
	}
	_, err := c.openPartner(partner)
	return err
}
