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
	user, known := storage.Get[relationship.User](w.tx, relationship.UserKey(c.ID))
	if !known {
		return refuse("ASK-4", ErrUnknownUser, c.ID)
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
