package main

import "slices"

// names is a set of permissions as a program writes it down that uses no library.
type names map[string]struct{}

// maps is a map of names for each set.
type maps struct {
	questions []mapQuestion
	lastNext  names
	lastFive  mapFive
}

type mapQuestion struct {
	permission                string
	current, actor, requested names
}

func loadMap(_ int, questions []question) loaded {
	set := func(positions []int) names {
		set := make(names, len(positions))
		for _, i := range positions {
			set[name(i)] = struct{}{}
		}
		return set
	}
	m := &maps{questions: make([]mapQuestion, len(questions))}
	for i, q := range questions {
		m.questions[i].permission = name(q.permission)
		m.questions[i].current, m.questions[i].actor, m.questions[i].requested = set(q.current), set(q.actor), set(q.requested)
	}
	return m
}

func (s names) has(permission string) bool {
	_, has := s[permission]
	return has
}

func (s names) within(t names) bool {
	if len(s) > len(t) {
		return false
	}
	for permission := range s {
		if !t.has(permission) {
			return false
		}
	}
	return true
}

func mapNext(current, actor, requested names) names {
	next := names{}
	for permission := range requested {
		if actor.has(permission) {
			next[permission] = struct{}{}
		}
	}
	for permission := range current {
		if !actor.has(permission) {
			next[permission] = struct{}{}
		}
	}
	return next
}

type mapFive struct{ next, granted, revoked, withheld, retained names }

func mapDelegate(current, actor, requested names) mapFive {
	d := mapFive{mapNext(current, actor, requested), names{}, names{}, names{}, names{}}
	for permission := range d.next {
		switch {
		case !current.has(permission):
			d.granted[permission] = struct{}{}
		case !requested.has(permission):
			d.retained[permission] = struct{}{}
		}
	}
	for permission := range current {
		if !d.next.has(permission) {
			d.revoked[permission] = struct{}{}
		}
	}
	for permission := range requested {
		if !d.next.has(permission) {
			d.withheld[permission] = struct{}{}
		}
	}
	return d
}

func (m *maps) answer(i int) answers {
	q := &m.questions[i]
	m.next(i, 1)
	m.five(i, 1)
	d := m.lastFive
	list := func(s names) []int {
		found := []int{}
		for permission := range s {
			found = append(found, position(permission))
		}
		slices.Sort(found)
		return found
	}
	return answers{
		q.current.has(q.permission), q.current.within(q.actor), list(m.lastNext), list(d.next),
		list(d.granted), list(d.revoked), list(d.withheld), list(d.retained),
	}
}

func (m *maps) has(i, times int) (yes int) {
	q := m.questions[i]
	for range times {
		if q.current.has(q.permission) {
			yes++
		}
	}
	return yes
}

func (m *maps) subset(i, times int) (yes int) {
	q := m.questions[i]
	for range times {
		if q.current.within(q.actor) {
			yes++
		}
	}
	return yes
}

func (m *maps) next(i, times int) {
	q := m.questions[i]
	for range times {
		m.lastNext = mapNext(q.current, q.actor, q.requested)
	}
}

func (m *maps) five(i, times int) {
	q := m.questions[i]
	for range times {
		m.lastFive = mapDelegate(q.current, q.actor, q.requested)
	}
}
