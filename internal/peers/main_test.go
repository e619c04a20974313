package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/peers/measure"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// TestMain lets the test program serve a peer, as the command does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == measure.ServeArgument {
		if err := run(os.Args[1:]); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

const page = "before\n<!-- peers -->\nold\n<!-- end of peers -->\nafter\n<!-- growth -->\n<!-- end of growth -->\n"

// TestTableIsWritten has all peers take their turns, and looks for them in the
// page.
func TestTableIsWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o600))
	require.NoError(t, run([]string{"-quick", "-into", file}))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(text), "old")
	require.NotContains(t, string(text), "not run")
	require.NotContains(t, string(text), "-into", "where the result goes is nobody's business")
	head, rest, _ := strings.Cut(string(text), "<!-- peers -->\n")
	require.Equal(t, "before\n", head)
	table, tail, _ := strings.Cut(rest, "<!-- end of peers -->\n")
	require.True(t, strings.HasPrefix(tail, "after\n"))
	require.Contains(t, table, "go -C internal/peers run . -quick\n")
	kinds, err := kindsNamed("")
	require.NoError(t, err)
	for _, kind := range kinds {
		require.Contains(t, table, "| "+kind.Title+" | ")
	}
	require.NotContains(t, table, "NaN")
}

// TestGrowthIsDrawn measures two small sizes, and reads the drawing.
func TestGrowthIsDrawn(t *testing.T) {
	t.Parallel()
	drawing, file := filepath.Join(t.TempDir(), "growth.svg"), filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o600))
	require.NoError(t, run([]string{"growth", "-quick", "-only", "clientaccess,map,memdb", "-o", drawing, "-into", file}))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "| ns for a question | 1,000 | 3,000 |")
	require.Equal(t, 3, strings.Count(string(text), "\n| clientaccess | "), "a row in each of three tables")
	svg, err := os.Open(drawing)
	require.NoError(t, err)
	defer func() { require.NoError(t, svg.Close()) }()
	decoder, marks := xml.NewDecoder(svg), 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if element, is := token.(xml.StartElement); is && element.Name.Local == "path" {
			for _, attribute := range element.Attr {
				if attribute.Name.Local == "transform" {
					marks++
				}
			}
		}
	}
	require.Equal(t, 3*3*2+3, marks, "three peers with two points in each of three panels, and the legend")
}

// TestWhoTakesTooMuchIsOut: the others get their figures.
func TestWhoTakesTooMuchIsOut(t *testing.T) {
	t.Parallel()
	kinds, err := kindsNamed("map,memdb")
	require.NoError(t, err)
	p := plan{kinds: kinds, turns: 1, turn: 1, questions: 100, limits: measure.Limits{Time: time.Hour, Memory: 10e6}}
	rows, err := p.measure(worlds.S)
	require.NoError(t, err)
	require.Empty(t, rows[0].notRun)
	require.Equal(t, "loading takes more than 0.01 GB", rows[1].notRun)
	printed := markdown(worlds.S, rows)
	require.Contains(t, printed, "| go-memdb | not run: loading takes more than 0.01 GB | | | | | |\n")
	require.Contains(t, printed, "| Go map, no lock | ")

	g := newGrown(p)
	for _, r := range rows {
		g.add(worlds.S, r)
	}
	require.Contains(t, g.markdown([]worlds.Size{worlds.S}), "go-memdb was not run at more than that: loading takes more than 0.01 GB.")
	require.Empty(t, g.panels()[0].Lines["go-memdb"])
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string][]string{
		`-size: "XL" is none of S, M and L`:                 {"-size", "XL"},
		`-only: there is no peer "spicedb"`:                 {"-only", "map,spicedb"},
		`"S" is no flag`:                                    {"S"},
		`-sizes: "10" is no number of at least 50`:          {"growth", "-sizes", "10"},
		`-sizes: "many" is no number of at least 50`:        {"growth", "-sizes", "many"},
		`-sizes: 1000 does not rise`:                        {"growth", "-sizes", "1000,1000"},
		`flag provided but not defined: -turns`:             {"-turns", "1"},
		`open ` + filepath.Join("no", "page") + `: no such`: {"-quick", "-only", "map", "-into", filepath.Join("no", "page")},
	} {
		require.ErrorContains(t, run(arguments), want)
	}
}

func TestPageNeedsItsLines(t *testing.T) {
	t.Parallel()
	for _, page := range []string{
		"", "<!-- peers -->\n", "<!-- end of peers -->\n<!-- peers -->\n",
		"<!-- peers -->\n<!-- peers -->\n<!-- end of peers -->\n",
	} {
		_, err := between(page, "peers", "new")
		require.Error(t, err, page)
	}
	got, err := between("a\n<!-- peers -->\nb\n<!-- end of peers -->\nc\n", "peers", "new\n")
	require.NoError(t, err)
	require.Equal(t, "a\n<!-- peers -->\n\nnew\n\n<!-- end of peers -->\nc\n", got)
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	require.Equal(t, 3.0, median([]float64{5, 1, 3}))
	require.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	require.Equal(t, "20.0 µs (1.50 to 1,234)", spread([]float64{1_500, 20_000, 1_234_000}))
	for want, ns := range map[string]float64{
		"0.50 ns": 0.5, "45.3 ns": 45.27, "100 ns": 99.96, "999 ns": 999.2, "2.16 µs": 2_155.1, "1.20 s": 1.2e9, "1,200 s": 1.2e12,
	} {
		require.Equal(t, want, duration(ns))
	}
	for want, v := range map[string]float64{"0": 0.004, "17.5": 17.49, "17": 17.01, "64": 64} {
		require.Equal(t, want, number(v))
	}
	for want, n := range map[string]int{"-1,234": -1234, "999": 999, "1,000": 1000, "5,000,007": 5_000_007} {
		require.Equal(t, want, thousands(n))
	}
	require.Equal(t, "go -C internal/peers run . growth -quick", command("growth", []string{"-into", "x", "-quick", "--into=y"}))
}
