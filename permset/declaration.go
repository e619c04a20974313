package permset

import (
	"fmt"
	"slices"
	"strings"
)

// MaxPermissions is how many permissions a catalogue may have.
const MaxPermissions = 8192

// Declared is one permission as the host declares it (PSET-1).
type Declared struct {
	// Name is the stable name, such as "reports.view": what is stored, logged and exchanged. Lower-case ASCII words, each a letter
	// followed by letters and digits, joined by single dots, hyphens or underscores; at most [MaxNameBytes]. Never give an old name a
	// new meaning.
	Name string `json:"name"`
	// Title is what people read. UTF-8 without control characters, at most [MaxTextBytes].
	Title string `json:"title"`
	// Group is the heading under which a screen shows the permission. Same limits as Title.
	Group string `json:"group"`
	// Marks say what is special about it.
	Marks Mark `json:"marks,omitzero"`
	// Implies names the permissions that whoever holds this one holds too. Order and repetition do not matter.
	Implies []string `json:"implies,omitempty"`
}

// Declaration is a whole catalogue as the host declares it, once, at start (PSET-1). It is plain data: it can be written as JSON and
// read back, and [NewCatalog] decides whether it is coherent.
type Declaration struct {
	// Permissions in the order in which screens show them.
	Permissions []Declared `json:"permissions"`
	// AddAndEditUsers names the permission that lets an own user of a client look after its standard own users (ORG-3, LINK-3).
	AddAndEditUsers string `json:"addAndEditUsers"`
	// PartnerAdmin names the set of the built-in template: elevated account access (ADM-2). It need not be closed.
	PartnerAdmin []string `json:"partnerAdmin"`
}

// canonical is a deep copy in which names that form a set are sorted and unique.
func (d Declaration) canonical() Declaration {
	permissions := slices.Clone(d.Permissions)
	for i := range permissions {
		permissions[i].Implies = sortedUnique(permissions[i].Implies)
	}
	d.Permissions = permissions
	d.PartnerAdmin = sortedUnique(d.PartnerAdmin)
	return d
}

// sortedUnique is a sorted copy of names without repetitions; nil when there are none.
func sortedUnique(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// Fault is one thing that is wrong with a declaration.
type Fault struct {
	// Permission is the name of the permission at fault as declared. It is empty when the whole declaration is at fault, and when the
	// permission has no name; then Problem says which one it is.
	Permission string
	// Field is where the fault is, by its JSON name: "permissions", "name", "title", "group", "marks", "implies", "addAndEditUsers" or
	// "partnerAdmin".
	Field string
	// Problem says what is wrong.
	Problem string
}

// String is the fault in one line.
func (f Fault) String() string {
	if f.Permission == "" {
		return f.Field + ": " + f.Problem
	}
	return quote(f.Permission) + ": " + f.Field + ": " + f.Problem
}

// CatalogError is why a declaration was refused. It lists every fault, so that one round of mending is enough: first what each permission
// says of itself, then implications, circles and marks, then what the declaration names; each in the order of the declaration. Match it
// with [errors.As].
type CatalogError struct {
	Faults []Fault // at least one
}

// Error has a line for each fault.
func (e *CatalogError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "permset: catalogue refused, %d fault(s)", len(e.Faults))
	for _, f := range e.Faults {
		b.WriteString("\n\t")
		b.WriteString(f.String())
	}
	return b.String()
}
