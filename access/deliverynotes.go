package access

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Notifications that wait to be delivered are notes beside the log
// (storage.Aside): the log does not keep them for ever, and leases are many
// and prove nothing (LINK-5). A note that is damaged is storage.ErrCorrupt, and
// nothing is handed out: a guess could lose one.

// The names of the notes. Numbers are padded, so that notes scan in order.
const (
	// notePosition says up to which revision notifications were taken out of
	// the log.
	notePosition = "notifications/position"
	// notesWaiting are those to be delivered, leased or not.
	notesWaiting = "notifications/waiting/"
	// notesGivenUp are those that were given up.
	notesGivenUp = "notifications/given-up/"
)

// notePage is the note of one notification. It is written as due, a space, and
// the rest as JSON, so that what is not due is passed over unread.
type notePage struct {
	id NotificationID
	// due is from when on somebody may get it; zero is at once.
	due          time.Time
	Notification relationship.Notification `json:"notification"`
	Recorded     time.Time                 `json:"recorded"`
	// Leases counts all leases.
	Leases int `json:"leases,omitzero"`
	// RunOut counts the leases that ran out unanswered before the newest.
	RunOut int `json:"runOut,omitzero"`
	// Leased says that the newest lease was not given back. It runs out, or
	// ran out, when the notification is due.
	Leased bool `json:"leased,omitzero"`
	// Why and GivenUp are of one that was given up.
	Why     string    `json:"why,omitzero"`
	GivenUp time.Time `json:"givenUp,omitzero"`
}

// tries counts the leases that were not given back, the newest too.
func (p notePage) tries() int {
	if p.Leased {
		return p.RunOut + 1
	}
	return p.RunOut
}

// notebook is the notes about notifications, in one transaction.
type notebook struct {
	aside storage.Aside
	now   time.Time
}

// inNotebook runs a transaction upon the notes. It may run more than once.
func (m *Manager) inNotebook(ctx context.Context, run func(notebook) error) error {
	return m.store.Aside(ctx, func(aside storage.Aside) error {
		return run(notebook{aside, m.nowAt(m.store.Snapshot())})
	})
}

// due returns those that somebody may get now, in order, at most so many. What
// it finds on the way that was tried often enough it gives up, dated to the
// end of the last lease.
func (n notebook) due(tries, most int) ([]notePage, error) {
	var due, over []notePage
	for key, note := range n.aside.Scan(notesWaiting) {
		if at, _, err := cutDue(note); err == nil && n.now.Before(at) {
			continue
		}
		page, err := readPage(notesWaiting, key, note)
		if err != nil {
			return nil, err
		}
		if page.tries() >= tries {
			over = append(over, page)
			continue
		}
		if due = append(due, page); len(due) == most {
			break
		}
	}
	for _, page := range over {
		at := page.due
		if !page.Leased {
			at = n.now // it was given back, and fewer tries are allowed since
		}
		if err := n.giveUp(page, whyNoAnswer, at); err != nil {
			return nil, err
		}
	}
	return due, nil
}

func (n notebook) giveUp(page notePage, why string, at time.Time) error {
	page.Why, page.GivenUp = why, at
	return errors.Join(n.delete(notesWaiting, page.id), n.put(notesGivenUp, page))
}

// takeBack returns the page of a delivery, if nobody has got it since and it
// was not acknowledged. One that was given up counts as not.
func (n notebook) takeBack(d Delivery) (notePage, error) {
	for _, place := range []string{notesWaiting, notesGivenUp} {
		page, found, err := n.get(place, d.ID)
		if err != nil {
			return page, err
		}
		if found && page.Leases > 0 && page.Leases == d.Lease {
			page.Why, page.GivenUp = "", time.Time{}
			return page, n.delete(notesGivenUp, d.ID)
		}
	}
	return notePage{}, refuse("LINK-5", ErrNotLeased, "notification "+d.ID.String())
}

func noteKey(place string, id NotificationID) string {
	return fmt.Sprintf("%s%020d/%010d", place, id.Revision, id.Index)
}

func (n notebook) get(place string, id NotificationID) (notePage, bool, error) {
	note, found := n.aside.Get(noteKey(place, id))
	if !found {
		return notePage{}, false, nil
	}
	page, err := readPage(place, noteKey(place, id), note)
	return page, true, err
}

func (n notebook) put(place string, page notePage) error {
	note, err := page.write()
	if err != nil {
		return err
	}
	return n.aside.Put(noteKey(place, page.id), note)
}

func (n notebook) delete(place string, id NotificationID) error {
	return n.aside.Delete(noteKey(place, id))
}

// write returns the note. The same page gives the same bytes.
func (p notePage) write() ([]byte, error) {
	rest, err := json.Marshal(p)
	due := int64(0)
	if !p.due.IsZero() {
		due = p.due.UnixMicro()
	}
	return fmt.Appendf(nil, "%d %s", due, rest), err
}

// cutDue reads from when on a note is due, and returns the rest of it.
func cutDue(note []byte) (time.Time, []byte, error) {
	due, rest, _ := bytes.Cut(note, []byte(" "))
	number, err := strconv.ParseInt(string(due), 10, 64)
	if err != nil || number == 0 {
		return time.Time{}, rest, err
	}
	return time.UnixMicro(number).UTC(), rest, nil
}

// readPage reads a note, and refuses what put would not have written.
func readPage(place, key string, note []byte) (page notePage, err error) {
	revision, index, _ := strings.Cut(strings.TrimPrefix(key, place), "/")
	number, errRevision := strconv.ParseUint(revision, 10, 64)
	page.id.Index, err = strconv.Atoi(index)
	page.id.Revision = storage.Revision(number)
	if err = errors.Join(errRevision, err); err != nil || noteKey(place, page.id) != key {
		return page, corruptNote(key, errors.New("is not the name of a note"))
	}
	var rest []byte
	page.due, rest, err = cutDue(note)
	if err := errors.Join(err, json.Unmarshal(rest, &page)); err != nil {
		return page, corruptNote(key, err)
	}
	written, err := page.write()
	switch {
	case err != nil, !bytes.Equal(written, note),
		page.id.Revision == 0, page.id.Index < 0, page.Recorded.IsZero(),
		page.Notification.Kind == "", page.Notification.To == "",
		page.RunOut < 0, page.tries() > page.Leases, page.Leased && page.due.IsZero(),
		(place == notesGivenUp) != (page.Why != ""):
		return page, corruptNote(key, errors.New("is not what was written"))
	}
	return page, nil
}

func corruptNote(key string, err error) error {
	return fmt.Errorf("%w: note %q: %w", storage.ErrCorrupt, key, err)
}
