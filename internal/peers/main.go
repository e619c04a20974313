// Command peers measures the library beside what a Go program would use
// instead, all with the same world and the same questions, and prints a table:
//
//	go -C internal/peers run . -size S
//
// With the word growth it measures from 10,000 to 5,000,000 memberships, prints
// a table and draws a chart:
//
//	go -C internal/peers run . growth -o growth.svg
//
// With -into FILE the table is also written into a page, between the lines that
// say so. Package model says how each peer is modelled, and package measure how
// they take turns. Its test has shown before that all give the same answers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/internal/peers/measure"
	"github.com/clientaccess/clientaccess/internal/peers/model"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

func main() {
	err := run(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case measure.ServeArgument:
			return measure.Serve()
		case "growth":
			return growth(arguments[1:])
		}
	}
	return table(arguments)
}

// table measures at one size after the other, and prints a table for each.
func table(arguments []string) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	names := flags.String("size", "", "`sizes` of the worlds: S, M or L, or several with commas between them (default S)")
	common := commonFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	plan, err := common.plan(flags)
	if err != nil {
		return err
	}
	sizes := []worlds.Size{worlds.S}
	if *common.quick {
		sizes = []worlds.Size{{Name: "tiny", Clients: 100, PerClient: 10}}
	}
	if *names != "" {
		if sizes, err = sizesNamed(*names); err != nil {
			return err
		}
	}
	var text strings.Builder
	text.WriteString(heading(command("", arguments)))
	for _, size := range sizes {
		rows, err := plan.measure(size)
		if err != nil {
			return err
		}
		text.WriteString(markdown(size, rows))
	}
	return publish(text.String(), *common.into, "peers")
}

func sizesNamed(list string) ([]worlds.Size, error) {
	var sizes []worlds.Size
	for name := range strings.SplitSeq(list, ",") {
		size, known := worlds.Named(name)
		if !known {
			return nil, fmt.Errorf("-size: %q is none of S, M and L", name)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// commons are the flags of both commands.
type commons struct {
	only, into *string
	quick      *bool
	time       *time.Duration
	memory     *float64
}

func commonFlags(flags *flag.FlagSet) commons {
	var all []string
	for _, kind := range model.Kinds() {
		all = append(all, kind.Name)
	}
	return commons{
		only:   flags.String("only", "", "measure only these `peers`, with commas between them: "+strings.Join(all, ", ")),
		into:   flags.String("into", "", "also write the result into this `page`, between its two lines for it"),
		quick:  flags.Bool("quick", false, "look whether everything works: short turns, and small worlds where no size is given"),
		time:   flags.Duration("time", 15*time.Minute, "end a peer that takes longer to load"),
		memory: flags.Float64("memory", 4, "end a peer of which more `gigabytes` live on the heap"),
	}
}

// plan is what to measure, and how long.
type plan struct {
	kinds     []model.Kind
	limits    measure.Limits
	turns     int
	turn      time.Duration // of questions
	questions int
}

func (c commons) plan(flags *flag.FlagSet) (plan, error) {
	if flags.NArg() > 0 {
		return plan{}, fmt.Errorf("%q is no flag", flags.Arg(0))
	}
	kinds, err := kindsNamed(*c.only)
	if err != nil {
		return plan{}, err
	}
	p := plan{
		kinds: kinds, turns: 5, turn: time.Second, questions: 1 << 17,
		limits: measure.Limits{Time: *c.time, Memory: uint64(*c.memory * 1e9)},
	}
	if *c.quick {
		p.turns, p.turn, p.questions = 2, 20*time.Millisecond, 1<<10
	}
	return p, nil
}

func kindsNamed(list string) ([]model.Kind, error) {
	kinds := model.Kinds()
	if list == "" {
		return kinds, nil
	}
	var chosen []model.Kind
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(kinds, func(k model.Kind) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("-only: there is no peer %q", name)
		}
		chosen = append(chosen, kinds[i])
	}
	return chosen, nil
}
