package permset

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Mark is a bit mask of what is special about a permission (PSET-1). The zero Mark is a plain permission.
//
// Marks climb: what implies a marked permission bears the mark too, or the catalogue is refused (PSET-2).
type Mark uint8

const (
	// Paid permissions need a seat (ADM-4).
	Paid Mark = 1 << iota
	// Billing permissions concern billing and financial transactions. They are a super admin's; others hold them only when a super
	// admin conferred them or when they were kept (ADM-1, DEL-3).
	Billing
	// SuperAdminOnly permissions are withheld from everyone but a super admin, whoever asks (ADM-1).
	SuperAdminOnly
	// NeverManaged permissions may be used by no managed member, whatever their role and set (ADM-3).
	NeverManaged
)

// knownMarks are all bits that have a meaning.
const knownMarks = Paid | Billing | SuperAdminOnly | NeverManaged

// markNames are the texts of the marks, in bit order, as they are stored and printed.
var markNames = [...]string{"paid", "billing", "super admin only", "never managed"}

// Has reports whether m bears all the marks in other. Every Mark has the zero Mark.
func (m Mark) Has(other Mark) bool { return m&other == other }

// String is the names of the marks in bit order, as in "paid, billing". The zero Mark is "none". Bits without a meaning are shown in
// hexadecimal.
func (m Mark) String() string {
	if m == 0 {
		return "none"
	}
	texts := m.texts()
	if odd := m &^ knownMarks; odd != 0 {
		texts = append(texts, fmt.Sprintf("0x%x", uint8(odd)))
	}
	return strings.Join(texts, ", ")
}

// texts lists the names of the known marks in m.
func (m Mark) texts() []string {
	texts := []string{}
	for i, text := range markNames {
		if m&(1<<i) != 0 {
			texts = append(texts, text)
		}
	}
	return texts
}

// MarshalJSON writes the marks as a list of names, as in ["paid","never managed"]. A Mark with a bit that means nothing is an error.
func (m Mark) MarshalJSON() ([]byte, error) {
	if odd := m &^ knownMarks; odd != 0 {
		return nil, fmt.Errorf("permset: mark 0x%x means nothing", uint8(odd))
	}
	return json.Marshal(m.texts())
}

// UnmarshalJSON reads a list of names in any order. A null is the zero Mark. A name that is no mark is an error, and m stays as it was.
func (m *Mark) UnmarshalJSON(data []byte) error {
	var texts []string
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("permset: marks are a list of names: %w", err)
	}
	var read Mark
	for _, text := range texts {
		i := slices.Index(markNames[:], text)
		if i < 0 {
			return fmt.Errorf("permset: %s is no mark", quote(text))
		}
		read |= 1 << i
	}
	*m = read
	return nil
}
