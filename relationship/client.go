package relationship

import "fmt"

// Client is an organisation whose account is being worked in.
type Client struct {
	ID ClientID `json:"id"`
	// Name is the client's official name. What a partner calls it stands in
	// the relationship (ADD-2).
	Name string `json:"name"`
	// Closed is set for good when the host closes the client account.
	Closed bool `json:"closed,omitzero"`
	// SuperAdmins counts the active super admins. It never falls to zero
	// while the client is open (OFF-8).
	SuperAdmins int `json:"superAdmins"`
}

// NewClient makes an open client without members.
func NewClient(id ClientID, name string) (Client, error) {
	client := Client{ID: id, Name: name}
	return client, client.Check()
}

// Key names the client's record.
func (c Client) Key() Key { return ClientKey(c.ID) }

// ClientKey names the record of a client.
func ClientKey(id ClientID) Key { return Key{KindClient, string(id), ""} }

// Check reports whether the client may be stored.
func (c Client) Check() error {
	var count error
	if c.SuperAdmins < 0 {
		count = &FieldError{"client", "super admins", "are fewer than none"}
	}
	return firstError(checkText("client", "id", string(c.ID)), checkText("client", "name", c.Name), count)
}

// Summary describes the client in one line.
func (c Client) Summary() string {
	if c.Closed {
		return fmt.Sprintf("%s, closed", c.Name)
	}
	return fmt.Sprintf("%s, open", c.Name)
}
