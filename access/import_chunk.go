package access

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// importChunk is the rows of one transaction being imported (PLAN-3).
type importChunk struct {
	*work
	// sets are the sets that the rows so far have asked for, by their names
	// as they were given: many rows name the same.
	sets map[askedNames]askedSet
	// names is where the text of a key is put together.
	names []byte
}

type askedNames struct {
	text    string // joined by U+0000, which no name that is known has in it
	number  int
	managed bool
}

type askedSet struct{ set, withheld permset.Names }

// importCommit imports rows in one transaction and fills in their outcomes.
// With an error nothing was written, or with storage.ErrUnknownOutcome
// perhaps all of it; the outcomes then mean nothing.
func (m *Manager) importCommit(ctx context.Context, call Call, id string, step []ImportedRow) error {
	for range maxTries {
		revision, err := m.update(ctx, func(tx storage.Tx) error { return m.importRows(tx, call, id, step) })
		if _, due := isDue(err); due {
			// The clock's ends are events of their own, before the rows.
			if _, err := m.Sweep(ctx); err != nil {
				return err
			}
			continue
		}
		if !isCommitted(err) {
			return err
		}
		for i := range step {
			step[i].Revision = revision
		}
		m.tidyNow(ctx, revision)
		return err // no copy has confirmed it, or nothing
	}
	return ErrBusy
}

// importRows imports rows upon a transaction. It may run more than once: the
// outcomes are those of its last run.
func (m *Manager) importRows(tx storage.Tx, call Call, id string, step []ImportedRow) error {
	if err := m.sameCatalog(tx); err != nil {
		return err
	}
	c := &importChunk{
		work: &work{
			m: m, v: m.vocabulary, tx: tx, now: m.nowAt(tx), call: call, texts: texts{}, mayStart: true,
			candidates: newCandidates(),
		},
		sets: map[askedNames]askedSet{},
	}
	if err := c.asHost(); err != nil {
		return err
	}
	for i := range step {
		if err := c.importRow(&step[i]); err != nil {
			return err
		}
	}
	if err := c.linkVerified(); err != nil {
		return err
	}
	if len(tx.Changed()) == 0 {
		return nil
	}
	return tx.Log(relationship.Event{Change: "Import", Actor: c.actor, At: c.now, Reason: call.reason, Call: id})
}

// importRow imports one row. All that can refuse it comes before its first
// write, or is that write refusing; an error that it returns is no refusal,
// and stops the import.
func (c *importChunk) importRow(outcome *ImportedRow) error {
	outcome.Outcome, outcome.Err, outcome.Withheld = Unchanged, nil, noNames
	if isNil(outcome.Row) {
		outcome.Outcome, outcome.Err = Refused, invalid("import", "row", "is missing")
		return nil
	}
	checked, err := outcome.Row.checkRow(c)
	if err == nil && checked.write != nil {
		outcome.Outcome = Applied
		if err = checked.write(); err != nil && !errors.Is(err, storage.ErrConflict) {
			return err
		}
	}
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		outcome.Outcome, outcome.Err = Refused, err
		return nil
	}
	outcome.Withheld = checked.withheld
	return nil
}

// isNil reports whether a row is missing: to the compiler a nil pointer to a
// row is one, too.
func isNil(row ImportRow) bool {
	value := reflect.ValueOf(row)
	return row == nil || value.Kind() == reflect.Pointer && value.IsNil()
}

// isRefusal tells what is wrong with a row from what is wrong with the store.
func isRefusal(err error) bool {
	_, refused := errors.AsType[*RefusedError](err)
	return refused || errors.Is(err, ErrInvalid) || errors.Is(err, ErrUnknownPermission)
}

// asked finds the set behind permission names: closed under implication
// (PSET-2), without what may not be asked for, which is withheld.
func (c *importChunk) asked(names []string, managed bool) (askedSet, error) {
	c.names = c.names[:0]
	for _, name := range names {
		c.names = append(append(c.names, name...), 0)
	}
	if known, is := c.sets[askedNames{string(c.names), len(names), managed}]; is {
		return known, nil
	}
	set, err := c.v.catalog.Set(names...)
	if err != nil {
		return askedSet{}, unknownPermissions(err)
	}
	cut := set.Intersect(c.v.askable(managed))
	asked := askedSet{c.texts.one(c.v, cut.Names()), set.Minus(cut).Names()}
	c.sets[askedNames{string(c.names), len(names), managed}] = asked
	return asked, nil
}

// past brings an instant of the past into the form in which it is stored. One
// that is not given is now, and one to come is refused.
func (c *importChunk) past(noun, field string, at time.Time) (time.Time, error) {
	at = relationship.Instant(at)
	switch {
	case at.IsZero():
		return c.now, nil
	case at.After(c.now):
		return at, invalid(noun, field, "is in the future")
	}
	return at, nil
}

// others are the fields in which a row and what is there differ.
type others []string

func (o *others) note(field string, same bool) {
	if !same {
		*o = append(*o, field)
	}
}

// noteInstant is note for an instant, which counts where the row gives one.
func (o *others) noteInstant(field string, given, is time.Time) {
	o.note(field, given.IsZero() || relationship.Instant(given).Equal(is))
}

// there is what a row comes to whose thing is there already: unchanged when
// it is there as given, and else a refusal that names what differs. Importing
// changes nothing that is there.
func (o others) there(about ...any) (importWrite, error) {
	if len(o) == 0 {
		return importWrite{}, nil
	}
	return importWrite{}, refuse("ORG-4", ErrExists, append(about, "with another "+strings.Join(o, ", "))...)
}
