package main

import "github.com/RoaringBitmap/roaring/v2"

// roarings is github.com/RoaringBitmap/roaring. It has no question whether a set is within another: counting what both have allocates
// nothing, unlike taking the difference.
type roarings struct {
	questions []roaringQuestion
	lastNext  *roaring.Bitmap
	lastFive  roaringFive
}

type roaringQuestion struct {
	permission                uint32
	current, actor, requested *roaring.Bitmap
}

func loadRoaring(_ int, questions []question) loaded {
	set := func(positions []int) *roaring.Bitmap {
		set := roaring.New()
		for _, i := range positions {
			set.Add(uint32(i))
		}
		return set
	}
	r := &roarings{questions: make([]roaringQuestion, len(questions))}
	for i, q := range questions {
		r.questions[i].permission = uint32(q.permission)
		r.questions[i].current, r.questions[i].actor, r.questions[i].requested = set(q.current), set(q.actor), set(q.requested)
	}
	return r
}

func roaringWithin(s, t *roaring.Bitmap) bool { return s.AndCardinality(t) == s.GetCardinality() }

func roaringNext(current, actor, requested *roaring.Bitmap) *roaring.Bitmap {
	next := roaring.And(requested, actor)
	if !roaringWithin(current, actor) {
		next.Or(roaring.AndNot(current, actor))
	}
	return next
}

type roaringFive struct{ next, granted, revoked, withheld, retained *roaring.Bitmap }

func roaringDelegate(current, actor, requested *roaring.Bitmap) (d roaringFive) {
	d.next = roaringNext(current, actor, requested)
	d.granted = roaring.AndNot(d.next, current)
	d.revoked = roaring.AndNot(current, d.next)
	d.withheld = roaring.AndNot(requested, d.next)
	d.retained = roaring.AndNot(current, requested)
	d.retained.And(d.next)
	return d
}

func (r *roarings) answer(i int) answers {
	q := &r.questions[i]
	r.next(i, 1)
	r.five(i, 1)
	d := r.lastFive
	list := func(s *roaring.Bitmap) []int {
		found := []int{}
		for _, i := range s.ToArray() {
			found = append(found, int(i))
		}
		return found
	}
	return answers{
		q.current.Contains(q.permission), roaringWithin(q.current, q.actor), list(r.lastNext), list(d.next),
		list(d.granted), list(d.revoked), list(d.withheld), list(d.retained),
	}
}

func (r *roarings) has(i, times int) (yes int) {
	q := r.questions[i]
	for range times {
		if q.current.Contains(q.permission) {
			yes++
		}
	}
	return yes
}

func (r *roarings) subset(i, times int) (yes int) {
	q := r.questions[i]
	for range times {
		if roaringWithin(q.current, q.actor) {
			yes++
		}
	}
	return yes
}

func (r *roarings) next(i, times int) {
	q := r.questions[i]
	for range times {
		r.lastNext = roaringNext(q.current, q.actor, q.requested)
	}
}

func (r *roarings) five(i, times int) {
	q := r.questions[i]
	for range times {
		r.lastFive = roaringDelegate(q.current, q.actor, q.requested)
	}
}
