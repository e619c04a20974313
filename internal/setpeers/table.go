package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// heading says when, where and with which versions the table was made.
func heading() string {
	var b strings.Builder
	fmt.Fprintf(&b, "`go -C internal/setpeers run .` on %s: %s, %s/%s, %d cores", time.Now().Format("2 January 2006"),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if name := processor(); name != "" {
		fmt.Fprintf(&b, " (%s)", name)
	}
	if info, has := debug.ReadBuildInfo(); has {
		for _, module := range info.Deps {
			if strings.Contains(module.Path, "bitset") || strings.Contains(module.Path, "roaring") {
				fmt.Fprintf(&b, ", %s %s", strings.TrimPrefix(module.Path, "github.com/"), module.Version)
			}
		}
	}
	b.WriteString(". Nanoseconds: the median of the turns, the least and the most; then allocations where there are any.\n")
	return b.String()
}

// processor is its name, where the system tells it as Linux does.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// table is a row for each width and contestant.
func table(cells []*cell) string {
	var b strings.Builder
	b.WriteString("| permissions | sets |")
	for _, column := range columns {
		fmt.Fprintf(&b, " %s |", column.title)
	}
	b.WriteString("\n| ---: | --- |" + strings.Repeat(" ---: |", len(columns)) + "\n")
	type row struct{ width, contestant int }
	var rows []row
	texts := map[row][]string{}
	for _, c := range cells {
		r := row{c.width, c.contestant}
		if texts[r] == nil {
			rows = append(rows, r)
			texts[r] = make([]string, len(columns))
		}
		texts[r][c.column] = c.String()
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", r.width, contestants[r.contestant].name, strings.Join(texts[r], " | "))
	}
	return b.String()
}

// String is the cell's text, such as "83 (80–91), 4 allocations".
func (c *cell) String() string {
	sorted := slices.Sorted(slices.Values(c.nanoseconds))
	text := fmt.Sprintf("%s (%s–%s)", figure(median(sorted)), figure(sorted[0]), figure(sorted[len(sorted)-1]))
	switch n := math.Round(c.allocations); n {
	case 0:
	case 1:
		text += ", 1 allocation"
	default:
		text += fmt.Sprintf(", %.0f allocations", n)
	}
	return text
}

// median is the middle of an ascending list, or the mean of the two in the middle.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[n/2] + sorted[(n-1)/2]) / 2
}

// figure is a number with one decimal below ten, and none above.
func figure(x float64) string {
	if x < 9.95 {
		return fmt.Sprintf("%.1f", x)
	}
	whole := fmt.Sprintf("%.0f", x)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}
