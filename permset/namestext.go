package permset

import (
	"encoding/json"
	"fmt"
)

// MarshalText writes the names as [Names.String] does. It never fails.
func (n Names) MarshalText() ([]byte, error) { return []byte(n.text), nil }

// UnmarshalText reads what [ParseNames] reads. On an error n stays as it was.
func (n *Names) UnmarshalText(text []byte) error {
	read, err := ParseNames(string(text))
	if err != nil {
		return err
	}
	*n = read
	return nil
}

// MarshalJSON writes an array of strings in ascending order; [] for the empty set. It never fails.
func (n Names) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for name := range n.All() {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, name...) // a well-formed name needs no escape
		b = append(b, '"')
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads an array of strings in any order, repeated or not. A null is the empty set. A string is read as [ParseNames] reads
// it: so arrives a Names that is the key of a JSON object. Anything else is an error, a name that cannot name a permission a
// *[NameError]; then n stays as it was.
func (n *Names) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return fmt.Errorf("permset: names as a string: %w", err)
		}
		return n.UnmarshalText([]byte(text))
	}
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return fmt.Errorf("permset: names are an array of strings: %w", err)
	}
	read, err := NewNames(names...)
	if err != nil {
		return err
	}
	*n = read
	return nil
}
