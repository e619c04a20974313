package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/clientaccess/clientaccess/internal/peers/chart"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// inGrowth are the peers that growth measures unless told otherwise: of casbin
// only the way that answers fastest without remembering its answers.
const inGrowth = "clientaccess,map,memdb,cedar-tags,cedar-groups,casbin-tuned,openfga"

const (
	allSizes         = "10000,30000,100000,300000,1000000,5000000"
	quickSizes       = "1000,3000"
	membersPerClient = 50
)

// growth measures at one size after the other, prints a table of each measure,
// and draws them. A peer that has gone beyond a limit is not tried at a bigger
// size.
func growth(arguments []string) error {
	flags := flag.NewFlagSet("peers growth", flag.ContinueOnError)
	list := flags.String("sizes", "", "numbers of `memberships`, rising, with commas between them (default "+allSizes+")")
	file := flags.String("o", "", "draw the chart into this `file`, as SVG")
	common := commonFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *common.only == "" {
		*common.only = inGrowth
	}
	if *list == "" {
		*list = allSizes
		if *common.quick {
			*list = quickSizes
		}
	}
	sizes, err := sizesOf(*list)
	if err != nil {
		return err
	}
	plan, err := common.plan(flags)
	if err != nil {
		return err
	}
	grown := newGrown(plan)
	for _, size := range sizes {
		rows, err := plan.measure(size)
		if err != nil {
			return err
		}
		plan.kinds = plan.kinds[:0:0]
		for _, r := range rows {
			grown.add(size, r)
			if r.notRun == "" {
				plan.kinds = append(plan.kinds, r.kind)
			}
		}
	}
	text := heading(command("growth", arguments)) + grown.markdown(sizes)
	if *file != "" {
		drawing, err := chart.SVG(grown.panels(), grown.names, "memberships")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*file, []byte(drawing), 0o644); err != nil {
			return err
		}
	}
	return publish(text, *common.into, "growth")
}

func sizesOf(list string) ([]worlds.Size, error) {
	var sizes []worlds.Size
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < membersPerClient {
			return nil, fmt.Errorf("-sizes: %q is no number of at least %d", word, membersPerClient)
		}
		if len(sizes) > 0 && n <= sizes[len(sizes)-1].Memberships() {
			return nil, fmt.Errorf("-sizes: %d does not rise", n)
		}
		sizes = append(sizes, worlds.Size{Name: thousands(n), Clients: n / membersPerClient, PerClient: membersPerClient})
	}
	return sizes, nil
}

// grown is what was measured: by measure, peer and size.
type grown struct {
	names    []string
	measures []measured
}

type measured struct {
	title  string
	unit   float64 // of the values, in the row's
	of     func(*row) float64
	points map[string][]chart.Point
	notRun map[string]string
}

func newGrown(p plan) *grown {
	g := &grown{}
	for _, kind := range p.kinds {
		g.names = append(g.names, kind.Title)
	}
	for _, m := range []measured{
		{title: "ns for a question", unit: 1, of: func(r *row) float64 { return median(r.one) }},
		{title: "bytes for a membership", unit: 1, of: func(r *row) float64 { return r.loading.Bytes }},
		{title: "µs for adding one member", unit: 1e3, of: func(r *row) float64 { return median(r.single) }},
	} {
		m.points, m.notRun = map[string][]chart.Point{}, map[string]string{}
		g.measures = append(g.measures, m)
	}
	return g
}

func (g *grown) add(size worlds.Size, r *row) {
	for _, m := range g.measures {
		name := r.kind.Title
		if r.notRun != "" {
			m.notRun[name] = r.notRun
			continue
		}
		m.points[name] = append(m.points[name], chart.Point{X: float64(size.Memberships()), Y: m.of(r) / m.unit})
	}
}

func (g *grown) panels() []chart.Panel {
	var panels []chart.Panel
	for _, m := range g.measures {
		panels = append(panels, chart.Panel{Title: m.title, Lines: m.points})
	}
	return panels
}

// markdown is a table with a row for each peer and measure.
func (g *grown) markdown(sizes []worlds.Size) string {
	var text strings.Builder
	for _, m := range g.measures {
		fmt.Fprintf(&text, "\n| %s |", m.title)
		for _, size := range sizes {
			fmt.Fprintf(&text, " %s |", thousands(size.Memberships()))
		}
		text.WriteString("\n| --- |" + strings.Repeat(" --- |", len(sizes)) + "\n")
		for _, name := range g.names {
			fmt.Fprintf(&text, "| %s |", name)
			for i := range sizes {
				fmt.Fprintf(&text, " %s |", m.cell(name, i))
			}
			text.WriteByte('\n')
		}
	}
	for _, name := range g.names {
		if why, has := g.measures[0].notRun[name]; has {
			fmt.Fprintf(&text, "\n%s was not run at more than that: %s.\n", name, why)
		}
	}
	return text.String()
}

// cell is a peer's value at the i-th size; it is out from some size on.
func (m measured) cell(name string, i int) string {
	if points := m.points[name]; i < len(points) {
		return digits(points[i].Y)
	}
	return ""
}
