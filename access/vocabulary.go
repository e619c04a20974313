package access

import (
	"sync"
	"sync/atomic"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// vocabulary is the catalogue with the sets that the rules ask for again and
// again.
type vocabulary struct {
	catalog           *permset.Catalog
	all               permset.Set
	billing           permset.Set
	notPaid           permset.Set
	notSuperAdminOnly permset.Set
	notNeverManaged   permset.Set
	partnerAdmin      permset.Names
	allNames          permset.Names

	// kept is what stays taken although the journal has lost it; nil for nothing.
	kept  atomic.Pointer[kept]
	bound sync.Map // permset.Names → binding: a product has a handful of sets
}

type binding struct {
	names permset.Names
	set   permset.Set
	rest  permset.Names
}

func newVocabulary(catalog *permset.Catalog) *vocabulary {
	all := catalog.All()
	without := func(mark permset.Mark) permset.Set { return all.Minus(catalog.Marked(mark)) }
	return &vocabulary{
		catalog:           catalog,
		all:               all,
		billing:           catalog.Marked(permset.Billing),
		notPaid:           without(permset.Paid),
		notSuperAdminOnly: without(permset.SuperAdminOnly),
		notNeverManaged:   without(permset.NeverManaged),
		partnerAdmin:      catalog.PartnerAdmin().Names(),
		allNames:          all.Names(),
	}
}

// bind returns the usable set behind stored names, and the names that the
// catalogue does not know or that lack what they imply (PSET-3).
func (v *vocabulary) bind(names permset.Names) (permset.Set, permset.Names) {
	if found, is := v.bound.Load(names); is {
		b := found.(binding)
		return b.set, b.rest
	}
	set, rest := v.catalog.Bind(names)
	return set, rest
}

// remember keeps the binding of names that are stored, so that questions find
// it made; questions and previews write nothing.
func (v *vocabulary) remember(names permset.Names) {
	if _, is := v.bound.Load(names); !is {
		set, rest := v.catalog.Bind(names)
		v.bound.Store(names, binding{names, set, rest})
	}
}

// rememberSets keeps the bindings of all sets that lines store.
func (v *vocabulary) rememberSets(lines []relationship.Line) {
	var last permset.Names
	for _, line := range lines {
		switch record := line.After.(type) {
		case relationship.Member:
			if record.Set != last {
				last = record.Set
				v.remember(last)
			}
		case relationship.Terms:
			v.remember(record.Ceiling)
		}
	}
}

// texts gives equal names one text, so that many who have the same set share
// it: those of one attempt, and those that are stored.
type texts map[permset.Names]permset.Names

func (t texts) one(v *vocabulary, names permset.Names) permset.Names {
	if found, is := v.bound.Load(names); is {
		return found.(binding).names
	}
	if first, is := t[names]; is {
		return first
	}
	t[names] = names
	return names
}

// askable is what may be asked for a member at all: nothing that is super
// admin only (ADM-1), and for a managed one nothing that is never managed
// (ADM-3).
func (v *vocabulary) askable(managed bool) permset.Set {
	if managed {
		return v.notSuperAdminOnly.Intersect(v.notNeverManaged)
	}
	return v.notSuperAdminOnly
}
