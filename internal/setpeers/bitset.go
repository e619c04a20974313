package main

import "github.com/bits-and-blooms/bitset"

// bitsets is github.com/bits-and-blooms/bitset, with the operations that its package documentation lists.
type bitsets struct {
	questions []bitsetQuestion
	lastNext  *bitset.BitSet
	lastFive  bitsetFive
}

type bitsetQuestion struct {
	permission                uint
	current, actor, requested *bitset.BitSet
}

func loadBitset(width int, questions []question) loaded {
	set := func(positions []int) *bitset.BitSet {
		set := bitset.New(uint(width))
		for _, i := range positions {
			set.Set(uint(i))
		}
		return set
	}
	b := &bitsets{questions: make([]bitsetQuestion, len(questions))}
	for i, q := range questions {
		b.questions[i].permission = uint(q.permission)
		b.questions[i].current, b.questions[i].actor, b.questions[i].requested = set(q.current), set(q.actor), set(q.requested)
	}
	return b
}

func bitsetNext(current, actor, requested *bitset.BitSet) *bitset.BitSet {
	next := requested.Intersection(actor)
	if !actor.IsSuperSet(current) {
		next.InPlaceUnion(current.Difference(actor))
	}
	return next
}

type bitsetFive struct{ next, granted, revoked, withheld, retained *bitset.BitSet }

func bitsetDelegate(current, actor, requested *bitset.BitSet) (d bitsetFive) {
	d.next = bitsetNext(current, actor, requested)
	d.granted = d.next.Difference(current)
	d.revoked = current.Difference(d.next)
	d.withheld = requested.Difference(d.next)
	d.retained = current.Difference(requested)
	d.retained.InPlaceIntersection(d.next)
	return d
}

func (b *bitsets) answer(i int) answers {
	q := &b.questions[i]
	b.next(i, 1)
	b.five(i, 1)
	d := b.lastFive
	list := func(s *bitset.BitSet) []int {
		found := []int{}
		for i, ok := s.NextSet(0); ok; i, ok = s.NextSet(i + 1) {
			found = append(found, int(i))
		}
		return found
	}
	return answers{
		q.current.Test(q.permission), q.actor.IsSuperSet(q.current), list(b.lastNext), list(d.next),
		list(d.granted), list(d.revoked), list(d.withheld), list(d.retained),
	}
}

func (b *bitsets) has(i, times int) (yes int) {
	q := b.questions[i]
	for range times {
		if q.current.Test(q.permission) {
			yes++
		}
	}
	return yes
}

func (b *bitsets) subset(i, times int) (yes int) {
	q := b.questions[i]
	for range times {
		if q.actor.IsSuperSet(q.current) {
			yes++
		}
	}
	return yes
}

func (b *bitsets) next(i, times int) {
	q := b.questions[i]
	for range times {
		b.lastNext = bitsetNext(q.current, q.actor, q.requested)
	}
}

func (b *bitsets) five(i, times int) {
	q := b.questions[i]
	for range times {
		b.lastFive = bitsetDelegate(q.current, q.actor, q.requested)
	}
}
