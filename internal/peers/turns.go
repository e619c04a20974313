package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/clientaccess/clientaccess/internal/peers/measure"
	"github.com/clientaccess/clientaccess/internal/peers/model"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// row is what was measured of one peer: a value for each turn.
type row struct {
	kind    model.Kind
	loading measure.Loading
	// notRun says why there are no figures, where there are none.
	notRun string

	one, two    []float64 // nanoseconds for each question, on one goroutine and on two
	allocations []float64 // for each question
	many        []float64 // nanoseconds for adding 1,000 members together
	single      []float64 // nanoseconds for adding one member
}

// contender is a peer in its process; none after it has been ended.
type contender struct {
	*row
	process *measure.Process
}

// measure loads the peers one after the other, and then has them take turns.
func (p plan) measure(size worlds.Size) ([]*row, error) {
	var rows []*row
	var contenders []*contender
	for _, kind := range p.kinds {
		r := &row{kind: kind}
		rows = append(rows, r)
		fmt.Fprintf(os.Stderr, "%s: loading %d memberships into %s\n", time.Now().Format(time.TimeOnly), size.Memberships(), kind.Title)
		process, loading, err := measure.Start(measure.LoadArguments{
			Kind: kind.Name, Size: size, Questions: p.questions, WarmUp: p.turn,
		}, p.limits)
		r.loading = loading
		c := &contender{r, process}
		if err := c.unless(err, "loading takes"); err != nil {
			return nil, err
		}
		contenders = append(contenders, c)
	}
	if err := p.takeTurns(contenders); err != nil {
		return nil, err
	}
	for _, c := range contenders {
		if c.process == nil {
			continue
		}
		if err := c.process.Close(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (p plan) takeTurns(contenders []*contender) error {
	steps := []struct {
		what string
		do   func(c *contender, turn int) error
	}{
		{"a question takes", func(c *contender, _ int) error { return c.ask(p.turn) }},
		{"adding 1,000 members takes", (*contender).addMany},
		{"adding a member takes", func(c *contender, turn int) error { return c.addSingly(turn, p.turn/2) }},
	}
	for _, step := range steps {
		fmt.Fprintf(os.Stderr, "%s: %d turns of how long %s\n", time.Now().Format(time.TimeOnly), p.turns, step.what)
		for turn := range p.turns {
			for _, c := range contenders {
				if c.process == nil {
					continue
				}
				if err := c.unless(step.do(c, turn), step.what); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unless returns an error, unless the peer went beyond a limit: then it is out.
func (c *contender) unless(err error, what string) error {
	if err == nil {
		return nil
	}
	c.process = nil
	if over, is := errors.AsType[*measure.Overrun](err); is {
		c.notRun = what + " " + over.Reason
		return nil
	}
	return fmt.Errorf("%s: %w", c.kind.Name, err)
}

func (c *contender) ask(turn time.Duration) error {
	one, err := c.process.Ask(turn, 1)
	if err != nil {
		return err
	}
	two, err := c.process.Ask(turn, 2)
	if err != nil {
		return err
	}
	c.one, c.two = append(c.one, one.Nanoseconds), append(c.two, two.Nanoseconds)
	c.allocations = append(c.allocations, one.Allocations)
	return nil
}

func (c *contender) addMany(turn int) error {
	added, err := c.process.AddMany(turn)
	c.many = append(c.many, float64(added.Time.Nanoseconds()))
	return err
}

func (c *contender) addSingly(turn int, most time.Duration) error {
	added, err := c.process.AddSingly(turn, most)
	c.single = append(c.single, float64(added.Time.Nanoseconds())/float64(max(added.Calls, 1)))
	return err
}
