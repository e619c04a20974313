package permset

// Permission is one permission of one catalogue. It is a small comparable value. The zero Permission is no permission: it has no name,
// no marks and no catalogue, and no set has it.
//
// Two permissions are equal when they are the same permission of the same *Catalog. To store or send one, use its name (PSET-3).
type Permission struct {
	catalog *Catalog
	index   uint32 // position in the declaration
}

// declared is what the host said about p; p must not be zero.
func (p Permission) declared() *Declared { return &p.catalog.declared.Permissions[p.index] }

// IsZero reports whether p is no permission.
func (p Permission) IsZero() bool { return p.catalog == nil }

// Catalog is the catalogue that p belongs to; nil for the zero Permission.
func (p Permission) Catalog() *Catalog { return p.catalog }

// Name is the stable name, such as "reports.view"; "" for the zero Permission.
func (p Permission) Name() string {
	if p.catalog == nil {
		return ""
	}
	return p.declared().Name
}

// Title is what people read; "" for the zero Permission.
func (p Permission) Title() string {
	if p.catalog == nil {
		return ""
	}
	return p.declared().Title
}

// Group is the heading it stands under; "" for the zero Permission.
func (p Permission) Group() string {
	if p.catalog == nil {
		return ""
	}
	return p.declared().Group
}

// Marks are the marks it bears (PSET-1).
func (p Permission) Marks() Mark {
	if p.catalog == nil {
		return 0
	}
	return p.declared().Marks
}

// String is the name; "no permission" for the zero Permission.
func (p Permission) String() string {
	if p.catalog == nil {
		return "no permission"
	}
	return p.Name()
}

// MarshalText writes the name, so that logs and JSON never see a position (PSET-3). There is no UnmarshalText: reading a name back takes
// a catalogue, see [Catalog.Lookup].
func (p Permission) MarshalText() ([]byte, error) { return []byte(p.Name()), nil }
