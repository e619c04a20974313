package permset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Catalog is all the permissions that exist in the host's product, with what is said about them (PSET-1). Make it once, at start, with
// [NewCatalog]. It is immutable: any number of goroutines may use it without a lock. The zero Catalog is not usable.
//
// A *Catalog is an identity: sets and permissions of two catalogues do not go together even when both were made from equal
// declarations. What passes between catalogues, processes and versions is [Names].
type Catalog struct {
	declared     Declaration // canonical, never handed out
	index        index       // of the names
	byName       []uint32    // positions in the order of the names
	groups       []string
	all          Set
	marked       [knownMarks + 1]Set // by mask: what bears any of the marks
	partnerAdmin Set
	users        Permission // add and edit users
	implies      edges      // to what a permission implies directly
	impliedBy    edges      // to what implies a permission directly
	fingerprint  string
}

// NewCatalog makes a catalogue of a declaration, or refuses it with a *[CatalogError] that lists every fault (PSET-1, PSET-2). It copies
// what it needs: the declaration may be changed afterwards.
//
// Refused are: no permission or more than [MaxPermissions]; names that are empty, ill-formed or not unique; titles and groups that are
// empty, too long, not UTF-8 or with control characters; marks without a meaning; a permission both [Billing] and [SuperAdminOnly];
// implying oneself, an unknown permission, or in a circle; marks that do not climb; AddAndEditUsers that names no permission; and
// PartnerAdmin that is empty, names no permission, or comes, closed under implication, to hold a permission marked [Billing],
// [SuperAdminOnly] or [NeverManaged] (ADM-2, ADM-3).
//
// Circles that share a permission are reported as one fault at a time; the others show when it is mended.
func NewCatalog(d Declaration) (*Catalog, error) {
	d = d.canonical()
	check := newCheck(&d)
	if check.run(); len(check.faults) > 0 {
		return nil, &CatalogError{Faults: check.faults}
	}
	c := &Catalog{
		declared:  d,
		index:     newIndex(d.Permissions),
		implies:   check.implies,
		impliedBy: check.implies.reversed(),
	}
	c.implies.seal()
	c.impliedBy.seal()
	var all words
	var marked [knownMarks + 1]words
	for i, p := range d.Permissions {
		put := func(w *words) { w[i/64] |= 1 << (i % 64) }
		put(&all)
		for mask := range knownMarks + 1 {
			if p.Marks&mask != 0 {
				put(&marked[mask])
			}
		}
		c.byName = append(c.byName, uint32(i))
		if !slices.Contains(c.groups, p.Group) {
			c.groups = append(c.groups, p.Group)
		}
	}
	slices.SortFunc(c.byName, func(i, j uint32) int { return strings.Compare(d.Permissions[i].Name, d.Permissions[j].Name) })
	c.all = all.set(c)
	for mask := range marked {
		c.marked[mask] = marked[mask].set(c)
	}
	c.users, _ = c.Lookup(d.AddAndEditUsers)
	c.partnerAdmin, _ = c.Set(d.PartnerAdmin...)
	text, err := json.Marshal(d)
	if err != nil { // only a mark without a meaning could cause it, and that was refused
		return nil, fmt.Errorf("permset: declaration as JSON: %w", err)
	}
	sum := sha256.Sum256(text)
	c.fingerprint = hex.EncodeToString(sum[:])
	return c, nil
}

// Declaration is a copy of what the catalogue was made of, in canonical form: permissions in their order, the names in Implies and
// PartnerAdmin sorted and unique. A catalogue made of it has the same [Catalog.Fingerprint].
func (c *Catalog) Declaration() Declaration { return c.declared.canonical() }

// Fingerprint is 64 hexadecimal digits that are equal for equal declarations, in this process or another. The order of the permissions
// counts; the order of names that form a set does not.
func (c *Catalog) Fingerprint() string { return c.fingerprint }

// Len is how many permissions the catalogue has: at least one.
func (c *Catalog) Len() int { return len(c.declared.Permissions) }

// Lookup finds a permission by its name. An unknown name is the zero Permission and false: never a yes by accident (ASK-4).
func (c *Catalog) Lookup(name string) (p Permission, known bool) {
	if p.index, known = c.index.find(name); known {
		p.catalog = c
	}
	return p, known
}

// Permissions yields every permission in the order of the declaration.
func (c *Catalog) Permissions() iter.Seq[Permission] { return c.all.All() }

// Groups are the groups in the order in which they first appear. The caller owns the slice.
func (c *Catalog) Groups() []string { return slices.Clone(c.groups) }

// All is the set of every permission: what a super admin holds (ADM-1).
func (c *Catalog) All() Set { return c.all }

// Marked is the set of the permissions that bear any of the marks; none of them for the zero Mark. It holds all that implies a member
// (marks climb), so that what is left after taking it from a closed set is closed.
func (c *Catalog) Marked(m Mark) Set { return c.marked[m&knownMarks] }

// AddAndEditUsers is the permission of that name in the rules (ORG-3, LINK-3).
func (c *Catalog) AddAndEditUsers() Permission { return c.users }

// PartnerAdmin is the set of the built-in template, closed under implication (ADM-2, ADM-6). It holds no permission marked [Billing],
// [SuperAdminOnly] or [NeverManaged].
func (c *Catalog) PartnerAdmin() Set { return c.partnerAdmin }
