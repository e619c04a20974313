package permset

import (
	"fmt"
	"strings"
)

// check finds everything that is wrong with a declaration. It works on declarations of any shape and size, and keeps on after a fault.
type check struct {
	d       *Declaration
	faults  []Fault
	index   map[string]uint32 // first permission of each well-formed name
	implies edges             // between known permissions, without those to oneself
}

func newCheck(d *Declaration) *check {
	return &check{d: d, index: make(map[string]uint32, len(d.Permissions))}
}

// run collects the faults.
func (c *check) run() {
	c.checkCount()
	for i := range c.d.Permissions {
		c.checkOne(i)
	}
	c.checkImplies()
	c.checkCircles()
	c.checkMarks()
	c.checkAddAndEditUsers()
	c.checkPartnerAdmin()
}

func (c *check) fault(permission, field, format string, args ...any) {
	c.faults = append(c.faults, Fault{Permission: permission, Field: field, Problem: fmt.Sprintf(format, args...)})
}

func (c *check) checkCount() {
	switch n := len(c.d.Permissions); {
	case n == 0:
		c.fault("", "permissions", "there are none")
	case n > MaxPermissions:
		c.fault("", "permissions", "there are %d, more than %d", n, MaxPermissions)
	}
}

// checkOne looks at what the i-th permission says of itself, and puts its name into the index.
func (c *check) checkOne(i int) {
	p := c.d.Permissions[i]
	first, repeated := c.index[p.Name]
	switch problem := nameProblem(p.Name); {
	case problem != "":
		c.fault(p.Name, "name", "permission %d: %s", i+1, problem)
	case repeated:
		c.fault(p.Name, "name", "permission %d has the name of permission %d", i+1, first+1)
	default:
		c.index[p.Name] = uint32(i)
	}
	if problem := textProblem(p.Title); problem != "" {
		c.fault(p.Name, "title", "%s", problem)
	}
	if problem := textProblem(p.Group); problem != "" {
		c.fault(p.Name, "group", "%s", problem)
	}
	if odd := p.Marks &^ knownMarks; odd != 0 {
		c.fault(p.Name, "marks", "0x%x means nothing", uint8(odd))
	}
	if p.Marks.Has(Billing | SuperAdminOnly) {
		c.fault(p.Name, "marks", "both %s and %s", Billing, SuperAdminOnly)
	}
}

// checkImplies resolves the implied names into edges.
func (c *check) checkImplies() {
	c.implies.start = make([]uint32, 1, len(c.d.Permissions)+1)
	for _, p := range c.d.Permissions {
		for _, name := range p.Implies {
			switch j, ok := c.index[name]; {
			case name == p.Name:
				c.fault(p.Name, "implies", "it implies itself")
			case !ok:
				c.fault(p.Name, "implies", "there is no permission %s", quote(name))
			default:
				c.implies.to = append(c.implies.to, j)
			}
		}
		c.implies.start = append(c.implies.start, uint32(len(c.implies.to)))
	}
}

// checkMarks finds permissions that lack a mark of something they imply, directly or through others.
func (c *check) checkMarks() {
	impliedBy := c.implies.reversed()
	bearers := map[Mark][]uint32{}
	for mark := Paid; mark <= NeverManaged; mark <<= 1 {
		bearers[mark] = c.bearers(mark, &impliedBy)
	}
	for i, p := range c.d.Permissions {
		for mark := Paid; mark <= NeverManaged; mark <<= 1 {
			if j := bearers[mark][i]; j != nobody && !p.Marks.Has(mark) {
				c.fault(p.Name, "marks", "it implies %s, which is %s, and is not itself", quote(c.d.Permissions[j].Name), mark)
			}
		}
		billing, superAdmin := bearers[Billing][i], bearers[SuperAdminOnly][i]
		if billing != nobody && superAdmin != nobody && !p.Marks.Has(Billing|SuperAdminOnly) {
			c.fault(p.Name, "implies", "it implies both %s, which is %s, and %s, which is %s",
				quote(c.d.Permissions[billing].Name), Billing, quote(c.d.Permissions[superAdmin].Name), SuperAdminOnly)
		}
	}
}

// nobody stands for no permission among positions.
const nobody = ^uint32(0)

// bearers finds, for each permission, itself if it bears the mark, or else one it implies that does, or nobody.
func (c *check) bearers(mark Mark, impliedBy *edges) []uint32 {
	bearer := make([]uint32, len(c.d.Permissions))
	var queue []uint32
	for i, p := range c.d.Permissions {
		bearer[i] = nobody
		if p.Marks&mark != 0 {
			bearer[i] = uint32(i)
			queue = append(queue, uint32(i))
		}
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range impliedBy.from(int(i)) {
			if bearer[j] == nobody {
				bearer[j] = bearer[i]
				queue = append(queue, j)
			}
		}
	}
	return bearer
}

func (c *check) checkAddAndEditUsers() {
	if name := c.d.AddAndEditUsers; name == "" {
		c.fault("", "addAndEditUsers", "it names no permission")
	} else if _, ok := c.index[name]; !ok {
		c.fault("", "addAndEditUsers", "there is no permission %s", quote(name))
	}
}

// checkPartnerAdmin closes the set and looks for what no partner admin may have.
func (c *check) checkPartnerAdmin() {
	if len(c.d.PartnerAdmin) == 0 {
		c.fault("", "partnerAdmin", "it is empty")
	}
	because := make(map[uint32]string) // what is in the closed set, and which declared name brought it
	var queue []uint32
	for _, name := range c.d.PartnerAdmin {
		i, ok := c.index[name]
		if !ok {
			c.fault("", "partnerAdmin", "there is no permission %s", quote(name))
			continue
		}
		because[i] = name
		queue = append(queue, i)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		p := c.d.Permissions[i]
		if barred := p.Marks & (Billing | SuperAdminOnly | NeverManaged); barred != 0 {
			through := ""
			if because[i] != p.Name {
				through = ", implied by " + quote(because[i])
			}
			c.fault("", "partnerAdmin", "it holds %s%s, which is %s", quote(p.Name), through, strings.ReplaceAll(barred.String(), ", ", " and "))
		}
		for _, j := range c.implies.from(int(i)) {
			if _, seen := because[j]; !seen {
				because[j] = because[i]
				queue = append(queue, j)
			}
		}
	}
}
