package relationship

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Digest is a SHA-256 hash, written as hexadecimal. The zero value is no
// hash.
type Digest [sha256.Size]byte

// String returns the hash as hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns the hash as hexadecimal.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else.
func (d *Digest) UnmarshalText(text []byte) error {
	var read Digest
	malformed := &FieldError{"digest", "text", fmt.Sprintf("is not %d lower-case hexadecimal digits", 2*len(d))}
	if len(text) != 2*len(d) {
		return malformed
	}
	if _, err := hex.Decode(read[:], text); err != nil || read.String() != string(text) {
		return malformed
	}
	*d = read
	return nil
}

// digest hashes texts with their lengths, so that no two lists of texts give
// the same input.
func digest(purpose string, texts ...string) Digest {
	h := sha256.New()
	fmt.Fprintf(h, "clientaccess %s\n", purpose)
	for _, text := range texts {
		fmt.Fprintf(h, "%d\n%s\n", len(text), text)
	}
	return Digest(h.Sum(nil))
}

// User is one person. Only the host makes a user known (ORG-1).
type User struct {
	ID UserID `json:"id"`
	// Name is how the person is called on screens.
	Name string `json:"name,omitzero"`
	// Email is the address that the host has established.
	Email Email `json:"email,omitzero"`
	// Salt makes Person useless to whoever wants to guess the name behind
	// it. It is random and belongs to the person's data.
	Salt Digest `json:"salt,omitzero"`
	// Person is the salted digest of name and address: what the hash chain
	// holds in their place.
	Person Digest `json:"person"`
}

// NewUser makes a user. salt is random.
func NewUser(id UserID, name, email string, salt Digest) (User, error) {
	address, err := ParseEmail(email)
	user := User{ID: id, Name: name, Email: address, Salt: salt}
	user.Person = user.person()
	return user, firstError(checkText("user", "id", string(id)), checkText("user", "name", name), err)
}

func (u User) person() Digest {
	return digest("person", string(u.Salt[:]), u.Name, string(u.Email))
}

// Key names the user's record.
func (u User) Key() Key { return UserKey(u.ID) }

// UserKey names the record of a user.
func UserKey(id UserID) Key { return Key{KindUser, string(id), ""} }

// Erase returns the user without what identifies the person: name, address and
// salt. What stays is the id, and the digest that nobody can guess any more, so
// that the history still verifies (ORG-5).
func (u User) Erase() User { return User{ID: u.ID, Person: u.Person} }

// Erased reports whether the person behind the user has been erased.
func (u User) Erased() bool { return u.Person != Digest{} && u == u.Erase() }

// Check reports whether the user may be stored.
func (u User) Check() error {
	if u.Erased() {
		return checkText("user", "id", string(u.ID))
	}
	address, err := ParseEmail(string(u.Email))
	if err == nil && address != u.Email {
		err = &FieldError{"user", "e-mail address", "is not in canonical form"}
	}
	if err == nil && u.Person != u.person() {
		err = &FieldError{"user", "person", "is not the digest of name and address"}
	}
	return firstError(checkText("user", "id", string(u.ID)), checkText("user", "name", u.Name), err)
}

// Summary describes the user in one line.
func (u User) Summary() string {
	if u.Erased() {
		return "erased"
	}
	return fmt.Sprintf("%s <%s>", u.Name, u.Email)
}
