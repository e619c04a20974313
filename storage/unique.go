package storage

import "github.com/clientaccess/clientaccess/relationship"

// UniqueValue is a value of a record that no other record may have.
type UniqueValue struct {
	What  Unique
	Value string
}

// UniqueValues lists the values of a record that no other may have.
func UniqueValues(record relationship.Record) []UniqueValue {
	switch noun := record.(type) {
	case relationship.User:
		if noun.Erased() {
			return nil
		}
		return []UniqueValue{{ByEmail, string(noun.Email)}}
	case relationship.Partner:
		var values []UniqueValue
		for _, domain := range noun.Domains.List() {
			values = append(values, UniqueValue{ByDomain, string(domain)})
		}
		return values
	}
	return nil
}
