// Package chart draws lines over two logarithmic axes, as an SVG that is
// readable on light and dark ground: it has no ground of its own, and its
// colours stand out from both. Each line has a colour and a mark of its own.
package chart

import (
	"errors"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// Panel is one diagram. All panels of a chart have the same lines.
type Panel struct {
	Title string // with the unit of the upright axis
	// Lines are by name; a point without a value is left out.
	Lines map[string][]Point
}

// Point is a value at a place on the level axis. Both are above zero.
type Point struct{ X, Y float64 }

// The sizes of a drawing, in its own units.
const (
	panelWidth, panelHeight = 310.0, 270.0
	left, right             = 52.0, 22.0
	top, bottom             = 34.0, 40.0
	legendRow               = 20.0
	legendColumn            = 230.0
)

const text = "#768390" // at least 3.7 to 1 on white, and on the dark ground of code hosts

// colours stand out from white and from near black.
var colours = []string{"#2f81f7", "#768390", "#bf7a00", "#2da44e", "#8a63d2", "#d1477a", "#cf4f2d", "#1b93a5", "#9a7b4f", "#a04ac4"}

// SVG draws panels side by side, with a legend of the lines, which come in the
// order of their names there. Below says what the level axis is.
func SVG(panels []Panel, names []string, below string) (string, error) {
	if len(names) > len(colours) {
		return "", fmt.Errorf("%d lines, and %d colours", len(names), len(colours))
	}
	width := panelWidth * float64(len(panels))
	columns := max(int(width/legendColumn), 1)
	legendRows := (len(names) + columns - 1) / columns
	height := panelHeight + legendRow*float64(legendRows) + 16
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="system-ui, sans-serif" font-size="12" fill="%s">`+"\n",
		width, height, text)
	for i, panel := range panels {
		if err := draw(&b, panel, names, below, panelWidth*float64(i)); err != nil {
			return "", fmt.Errorf("%s: %w", panel.Title, err)
		}
	}
	for i, name := range names {
		x := left + legendColumn*float64(i%columns)
		y := panelHeight + 16 + legendRow*float64(i/columns)
		fmt.Fprintf(&b, `<path d="M%g %gh28" stroke="%s" stroke-width="2" fill="none"/>`, x, y, colours[i])
		mark(&b, i, x+14, y)
		fmt.Fprintf(&b, `<text x="%g" y="%g">%s</text>`+"\n", x+36, y+4, html.EscapeString(name))
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

func draw(b *strings.Builder, panel Panel, names []string, below string, at float64) error {
	var xs, ys []float64
	for name, line := range panel.Lines {
		if !slices.Contains(names, name) {
			return fmt.Errorf("the line %q has no place in the legend", name)
		}
		for _, point := range line {
			xs, ys = append(xs, point.X), append(ys, point.Y)
		}
	}
	level, err := newAxis(xs, at+left, at+panelWidth-right)
	if err != nil {
		return err
	}
	upright, err := newAxis(ys, panelHeight-bottom, top)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, `<text x="%.1f" y="18" font-weight="600">%s</text>`+"\n", at+left, html.EscapeString(panel.Title))
	grid(b, level, upright)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n",
		(level.from+level.to)/2, panelHeight-8, html.EscapeString(below))
	for i, name := range names {
		line := panel.Lines[name]
		if len(line) == 0 {
			continue
		}
		var path strings.Builder
		for j, point := range line {
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(j, 1)], level.place(point.X), upright.place(point.Y))
		}
		fmt.Fprintf(b, `<path d="%s" stroke="%s" stroke-width="2" fill="none" stroke-linejoin="round"/>`, &path, colours[i])
		for _, point := range line {
			mark(b, i, level.place(point.X), upright.place(point.Y))
		}
		b.WriteByte('\n')
	}
	return nil
}

// grid draws a line and a number at each power of ten.
func grid(b *strings.Builder, level, upright axis) {
	for power := upright.first; power <= upright.last; power++ {
		y := upright.place(math.Pow10(power))
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1f" stroke="%s" stroke-opacity=".3"/>`, level.from, y, level.to, text)
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end">%s</text>`+"\n", level.from-6, y+4, short(power))
	}
	for power := level.first; power <= level.last; power++ {
		x := level.place(math.Pow10(power))
		fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="%s" stroke-opacity=".3"/>`, x, upright.from, upright.to, text)
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", x, upright.from+16, short(power))
	}
}

// mark draws the i-th line's mark.
func mark(b *strings.Builder, i int, x, y float64) {
	shapes := []string{
		"M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M-3.5 -3.5h7v7h-7z", "M0 -4.5L4.5 3.5H-4.5z", "M0 -5L5 0L0 5L-5 0z", "M0 4.5L4.5 -3.5H-4.5z",
	}
	if i < len(shapes) {
		fmt.Fprintf(b, `<path transform="translate(%.1f %.1f)" d="%s" fill="%s"/>`, x, y, shapes[i], colours[i])
		return
	}
	fmt.Fprintf(b, `<path transform="translate(%.1f %.1f)" d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`,
		x, y, shapes[i%len(shapes)], colours[i])
}

// axis is logarithmic, from one power of ten to another.
type axis struct {
	first, last int // powers
	from, to    float64
}

func newAxis(values []float64, from, to float64) (axis, error) {
	if len(values) == 0 {
		return axis{}, errors.New("there is nothing to draw")
	}
	least, most := slices.Min(values), slices.Max(values)
	if !(least > 0) || math.IsInf(most, 0) {
		return axis{}, fmt.Errorf("the values %g to %g have no place on a logarithmic axis", least, most)
	}
	a := axis{int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most))), from, to}
	a.last = max(a.last, a.first+1)
	return a, nil
}

func (a axis) place(v float64) float64 {
	return a.from + (a.to-a.from)*(math.Log10(v)-float64(a.first))/float64(a.last-a.first)
}

// short is a power of ten in few letters.
func short(power int) string {
	units := []string{"", "k", "M", "G"}
	if power < 0 {
		return fmt.Sprintf("%.*f", -power, math.Pow10(power))
	}
	if power >= 3*len(units) {
		return fmt.Sprintf("1e%d", power)
	}
	return fmt.Sprintf("%.0f%s", math.Pow10(power%3), units[power/3])
}
