package main

import (
	"runtime"
	"time"
)

// questionsEach are how many questions a measurement is about.
const questionsEach = 16

// columns are what is measured.
var columns = []struct {
	title    string
	holdsAll bool // whether the actor of the questions holds all of current
	ask      func(l loaded, i, times int)
}{
	{"has", true, func(l loaded, i, times int) { l.has(i, times) }},
	{"subset", true, func(l loaded, i, times int) { l.subset(i, times) }},
	{"next", true, loaded.next},
	{"five answers", true, loaded.five},
	{"next, actor lacks some", false, loaded.next},
	{"five answers, actor lacks some", false, loaded.five},
}

// cell is what was measured of one contestant at one width in one column.
type cell struct {
	width, contestant, column int

	loaded      loaded
	times       int       // how often each question is asked in a turn
	nanoseconds []float64 // for one question, by turn
	allocations float64   // for one question, in the last turn
}

// run asks every question as often as told.
func (c *cell) run(times int) time.Duration {
	start := time.Now()
	for i := range questionsEach {
		columns[c.column].ask(c.loaded, i, times)
	}
	return time.Since(start)
}

// fit finds how often to ask, so that a turn takes as long as told, or a little longer.
func (c *cell) fit(length time.Duration) {
	for c.times = 1; c.run(c.times) < length && c.times < 1<<30; c.times *= 2 {
	}
}

func (c *cell) turn() {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	took := c.run(c.times)
	runtime.ReadMemStats(&after)
	asked := float64(c.times) * questionsEach
	c.nanoseconds = append(c.nanoseconds, float64(took.Nanoseconds())/asked)
	c.allocations = float64(after.Mallocs-before.Mallocs) / asked
}

// measure has all contestants take turns: in each turn every one is measured once in every column at every width.
func measure(widths []int, turns int, length time.Duration) []*cell {
	var cells []*cell
	for column := range columns {
		for _, width := range widths {
			for contestant := range contestants {
				questions := questionsOf(width, questionsEach, columns[column].holdsAll)
				cells = append(cells, &cell{width: width, contestant: contestant, column: column,
					loaded: contestants[contestant].load(width, questions)})
			}
		}
	}
	for _, c := range cells {
		c.fit(length)
	}
	for range turns {
		for _, c := range cells {
			c.turn()
		}
	}
	return cells
}
