package main

import "math/rand/v2"

// question is what an administrator does: of the permissions at the positions in current, where they hold those in actor, to make those in
// requested. Positions ascend.
type question struct {
	permission                int
	current, actor, requested []int
}

// answers are what is asked of a contestant, of one question: whether permission is in current, whether current is within actor, and the
// five sets of DEL-1, as ascending positions.
type answers struct {
	Has, Subset                               bool
	Next                                      []int // asked for alone
	All, Granted, Revoked, Withheld, Retained []int // the five; All is the next one
}

// loaded is a contestant that has made its sets of some questions. Its methods ask question i the given number of times; that is what is
// measured. has and subset count the yeses; answer takes the sets from where next and five have put them.
type loaded interface {
	answer(i int) answers

	has(i, times int) int
	subset(i, times int) int
	next(i, times int)
	five(i, times int)
}

// contestants make their sets of questions about a catalogue of the width.
var contestants = []struct {
	name string
	load func(width int, questions []question) loaded
}{
	{"permset", loadOurs},
	{"bits-and-blooms/bitset", loadBitset},
	{"roaring", loadRoaring},
	{"map[string]struct{}", loadMap},
}

// questionsOf are n questions at random, of which the actor holds all of current, or does not.
func questionsOf(width, n int, holdsAll bool) []question {
	random := rand.New(rand.NewPCG(3, uint64(width)))
	part := func(of []int, percent int) []int {
		chosen := []int{}
		for _, i := range of {
			if random.IntN(100) < percent {
				chosen = append(chosen, i)
			}
		}
		return chosen
	}
	all := make([]int, width)
	for i := range all {
		all[i] = i
	}
	questions := make([]question, n)
	for i := range questions {
		q := &questions[i]
		q.permission = random.IntN(width)
		q.actor = part(all, 75)
		q.requested = part(all, 50)
		q.current = part(all, 50)
		if holdsAll {
			q.current = part(q.actor, 60)
		}
	}
	return questions
}
