package access

import (
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Evaluated answers as Check does, from the facts and without the index.
func Evaluated(m *Manager, user relationship.UserID, client relationship.ClientID, permission permset.Permission) Decision {
	v := m.look()
	return m.evaluate(v.snapshot, client, user, permission, m.nowAt(v.snapshot))
}
