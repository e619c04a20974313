package access_test

import (
	"strings"

	"github.com/clientaccess/clientaccess/permset"
)

// ledgerSet is a set of permissions of the theorem's catalogue: one bit each,
// so that the ledger is fast and owes nothing to package permset.
type ledgerSet uint32

// theoremWords is the catalogue as the ledger reads it, from the declaration.
type theoremWords struct {
	order   []string
	bit     map[string]ledgerSet
	implied map[string]ledgerSet // all that a permission implies, and itself
	read    map[permset.Names]ledgerSet

	all, billing, paid, superAdminOnly, neverManaged, users ledgerSet
	// partnerAdmin and withBilling are the set of a partner admin, and what a
	// super admin who becomes one may keep (MIG-4).
	partnerAdmin, withBilling ledgerSet
}

func newTheoremWords() *theoremWords {
	declaration := theoremDeclaration()
	w := &theoremWords{
		bit: map[string]ledgerSet{}, implied: map[string]ledgerSet{}, read: map[permset.Names]ledgerSet{},
	}
	// The declaration names what is implied before what implies it.
	for i, declared := range declaration.Permissions {
		bit := ledgerSet(1) << i
		w.order = append(w.order, declared.Name)
		w.bit[declared.Name], w.implied[declared.Name] = bit, bit
		for _, name := range declared.Implies {
			w.implied[declared.Name] |= w.implied[name]
		}
		w.all |= bit
		for mark, marked := range map[permset.Mark]*ledgerSet{
			permset.Billing: &w.billing, permset.Paid: &w.paid,
			permset.SuperAdminOnly: &w.superAdminOnly, permset.NeverManaged: &w.neverManaged,
		} {
			if declared.Marks.Has(mark) {
				*marked |= bit
			}
		}
	}
	w.users = w.bit[declaration.AddAndEditUsers]
	for _, name := range declaration.PartnerAdmin {
		w.partnerAdmin |= w.implied[name]
	}
	w.withBilling = w.partnerAdmin | w.billing
	return w
}

// set reads stored names.
func (w *theoremWords) set(names permset.Names) ledgerSet {
	set, known := w.read[names]
	if !known {
		for name := range names.All() {
			set |= w.bit[name]
		}
		w.read[names] = set
	}
	return set
}

// usable reads the answer to a question.
func (w *theoremWords) usable(answer permset.Set) ledgerSet {
	var set ledgerSet
	for permission := range answer.All() {
		set |= w.bit[permission.Name()]
	}
	return set
}

// under leaves of a set what a ceiling leaves: a permission only with all that
// it implies (PSET-2, LIM-1).
func (w *theoremWords) under(ceiling, set ledgerSet) ledgerSet {
	for _, name := range w.order {
		if w.implied[name]&^ceiling != 0 {
			set &^= w.bit[name]
		}
	}
	return set
}

// names writes a set for people.
func (w *theoremWords) names(set ledgerSet) string {
	var names []string
	for _, name := range w.order {
		if set&w.bit[name] != 0 {
			names = append(names, name)
		}
	}
	return "{" + strings.Join(names, " ") + "}"
}
