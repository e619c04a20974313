package access

import (
	"crypto/rand"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// AddUser makes a user known, with the address that the host has established
// (ORG-1). The host alone does so; everybody else names users by id.
//
// It refuses a user that is known already, and an address that another user
// has: both are ErrExists. With the second comes a *storage.ConflictError that
// names whose it is.
type AddUser struct {
	ID    relationship.UserID `json:"id"`
	Name  string              `json:"name"`
	Email string              `json:"email"`
}

func (c AddUser) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	if _, known := w.tx.Get(relationship.UserKey(c.ID)); known {
		return refuse("ORG-1", ErrExists, c.ID)
	}
	return w.storeUser(c.ID, c.Name, c.Email)
}

// ChangeUser gives a known user another name or address (ORG-1). The host
// alone does so. Who becomes a verified employee by it is linked where they
// are a standard own user (ADD-5); who no longer is one stays linked.
type ChangeUser struct {
	ID    relationship.UserID `json:"id"`
	Name  string              `json:"name"`
	Email string              `json:"email"`
}

func (c ChangeUser) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	user, err := w.user(c.ID)
	if err != nil {
		return err
	}
	email, err := relationship.ParseEmail(c.Email)
	if err != nil {
		return invalidCause(err)
	}
	if user.Name == c.Name && user.Email == email {
		return nil
	}
	return w.storeUser(c.ID, c.Name, c.Email)
}

// EraseUser erases the person behind a user (ORG-5): name and address are gone
// from the state and from every event that the log still has. What stays is
// the id and a token that nobody can trace back, so that the history verifies.
// The host alone does so.
//
// In the same step the user leaves every partner and every client, so that
// nobody without a name has access: managed or own, super admin or not. The
// last active super admin of an open client or partner is not erased
// (ErrLastSuperAdmin): name a successor first. The id is never free again.
//
// A backup, a dump, and the free pages of a journal's file may still hold the
// data; so may whatever the host has read before. The plan and the Result of
// the erasing itself show them once more: do not log these.
type EraseUser struct {
	ID relationship.UserID `json:"id"`
}

func (c EraseUser) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	user, known := storage.Get[relationship.User](w.tx, relationship.UserKey(c.ID))
	switch {
	case !known:
		return refuse("ASK-4", ErrUnknownUser, c.ID)
	case user.Erased():
		return nil
	}
	for employee := range employments(w.tx, c.ID) {
		if !employee.Present() {
			continue
		}
		if err := w.leave(employee); err != nil {
			return err
		}
	}
	for _, place := range w.placesOf(c.ID) {
		member, found, err := w.member(place.Client, place.User)
		if err == nil && found {
			err = w.removeMember(member, relationship.NoSide)
		}
		if err != nil {
			return err
		}
	}
	return w.put(user.Erase())
}

func (w *work) storeUser(id relationship.UserID, name, email string) error {
	var salt relationship.Digest
	// crypto/rand.Read never fails: it stops the program instead.
	_, _ = rand.Read(salt[:])
	user, err := relationship.NewUser(id, name, email, salt)
	if err != nil {
		return invalidCause(err)
	}
	return w.put(user)
}
