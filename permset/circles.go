package permset

import (
	"cmp"
	"slices"
	"strings"
)

// shownInCircle is how many names of a circle are written out.
const shownInCircle = 16

// checkCircles finds permissions that imply themselves through others.
func (c *check) checkCircles() {
	for _, circle := range c.circles() {
		c.fault(c.d.Permissions[circle[0]].Name, "implies", "a circle: %s", c.circleText(circle))
	}
}

// circles finds circles that share no permission, at least one wherever there are any. Each begins with its permission declared first,
// and they stand in that order.
//
// It takes away, again and again, every permission that implies nothing that is left. What then is left can be walked without end, so a
// walk comes back to where it was: a circle, which is taken away too. A permission is walked on once, so that the whole takes time in
// proportion to the catalogue.
func (c *check) circles() [][]uint32 {
	n := len(c.d.Permissions)
	impliedBy := c.implies.reversed()
	left := make([]int, n) // how many that are left it implies
	gone := make([]bool, n)
	var leaving []uint32
	drain := func() {
		for len(leaving) > 0 {
			i := leaving[len(leaving)-1]
			leaving = leaving[:len(leaving)-1]
			if gone[i] {
				continue
			}
			gone[i] = true
			for _, j := range impliedBy.from(int(i)) {
				if left[j]--; left[j] == 0 {
					leaving = append(leaving, j)
				}
			}
		}
	}
	for i := range n {
		if left[i] = len(c.implies.from(i)); left[i] == 0 {
			leaving = append(leaving, uint32(i))
		}
	}
	drain()

	var found [][]uint32
	var path []uint32
	place := make([]int, n) // in the path, from 1 on
	isLeft := func(i uint32) bool { return !gone[i] }
	for i := range uint32(n) {
		next := i
		for !gone[next] {
			if place[next] == 0 {
				path = append(path, next)
				place[next] = len(path)
			} else {
				circle := path[place[next]-1:]
				found = append(found, fromFirst(circle))
				leaving = append(leaving, circle...)
				drain()
				// Whoever goes, goes after all it implies: those gone are at the end of the path.
				for len(path) > 0 && gone[path[len(path)-1]] {
					path = path[:len(path)-1]
				}
				if len(path) == 0 {
					next = i
					continue
				}
			}
			to := c.implies.from(int(path[len(path)-1]))
			next = to[slices.IndexFunc(to, isLeft)]
		}
	}
	slices.SortFunc(found, func(a, b []uint32) int { return cmp.Compare(a[0], b[0]) })
	return found
}

// fromFirst is a copy of the circle that begins with the permission declared first.
func fromFirst(circle []uint32) []uint32 {
	first := slices.Index(circle, slices.Min(circle))
	return slices.Concat(circle[first:], circle[:first])
}

// circleText writes a circle as "a implies b implies a".
func (c *check) circleText(circle []uint32) string {
	var b strings.Builder
	for k, i := range circle {
		if k == shownInCircle {
			b.WriteString("… implies ")
			break
		}
		b.WriteString(c.d.Permissions[i].Name)
		b.WriteString(" implies ")
	}
	b.WriteString(c.d.Permissions[circle[0]].Name)
	return b.String()
}
