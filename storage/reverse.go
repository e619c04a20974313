package storage

import "github.com/clientaccess/clientaccess/relationship"

// ReverseOf returns by what Reader.Reverse finds a record: by the Second of
// its key, and an access link, whose key has none, by its partner. The empty
// text is by nothing.
func ReverseOf(record relationship.Record) string {
	if link, is := record.(relationship.Link); is {
		return string(link.Partner)
	}
	return record.Key().Second
}
