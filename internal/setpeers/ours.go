package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
)

// ours is package permset.
type ours struct {
	questions []ourQuestion
	lastNext  permset.Set
	lastFive  permset.Delegation
}

type ourQuestion struct {
	permission                permset.Permission
	current, actor, requested permset.Set
}

// name is the name of the permission at a position.
func name(position int) string { return fmt.Sprintf("permission%d", position) }

// position is the reverse of name.
func position(name string) int {
	position, err := strconv.Atoi(strings.TrimPrefix(name, "permission"))
	if err != nil {
		panic(err)
	}
	return position
}

func loadOurs(width int, questions []question) loaded {
	declaration := permset.Declaration{AddAndEditUsers: name(0), PartnerAdmin: []string{name(0)}}
	for i := range width {
		declaration.Permissions = append(declaration.Permissions, permset.Declared{Name: name(i), Title: "Title", Group: "Group"})
	}
	catalog, err := permset.NewCatalog(declaration)
	if err != nil {
		panic(err)
	}
	set := func(positions []int) permset.Set {
		names := make([]string, len(positions))
		for i, position := range positions {
			names[i] = name(position)
		}
		set, err := catalog.Set(names...)
		if err != nil {
			panic(err)
		}
		return set
	}
	o := &ours{questions: make([]ourQuestion, len(questions))}
	for i, q := range questions {
		o.questions[i].permission, _ = catalog.Lookup(name(q.permission))
		o.questions[i].current, o.questions[i].actor, o.questions[i].requested = set(q.current), set(q.actor), set(q.requested)
	}
	return o
}

func (o *ours) answer(i int) answers {
	q := &o.questions[i]
	o.next(i, 1)
	o.five(i, 1)
	d := o.lastFive
	return answers{
		q.current.Has(q.permission), q.current.SubsetOf(q.actor), positions(o.lastNext), positions(d.Next),
		positions(d.Granted), positions(d.Revoked), positions(d.Withheld), positions(d.Retained),
	}
}

func positions(s permset.Set) []int {
	found := []int{}
	for p := range s.All() {
		found = append(found, position(p.Name()))
	}
	return found
}

func (o *ours) has(i, times int) (yes int) {
	q := o.questions[i]
	for range times {
		if q.current.Has(q.permission) {
			yes++
		}
	}
	return yes
}

func (o *ours) subset(i, times int) (yes int) {
	q := o.questions[i]
	for range times {
		if q.current.In(&q.actor) {
			yes++
		}
	}
	return yes
}

func (o *ours) next(i, times int) {
	q := o.questions[i]
	for range times {
		o.lastNext = permset.Next(q.current, q.actor, q.requested)
	}
}

func (o *ours) five(i, times int) {
	q := o.questions[i]
	for range times {
		o.lastFive = permset.Delegate(q.current, q.actor, q.requested)
	}
}
