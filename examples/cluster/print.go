package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// yes is the answer that allows.
const yes = "yes"

// bound is how old an answer may be: the Manager's default.
const bound = 5 * time.Second

// printer prints, and keeps the first error of its writer.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) print(line string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(line, " "))
	}
}

// short is a duration for people.
func short(d time.Duration) time.Duration {
	switch {
	case d >= 100*time.Millisecond:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Microsecond)
}

// columns prints rows in columns that fit.
func (p *printer) columns(rows [][]string) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, "\t"+strings.Join(row, "\t"))
	}
	_ = w.Flush() // a Builder takes everything
	for line := range strings.Lines(b.String()) {
		p.print(strings.TrimSuffix(line, "\n"))
	}
}

// table prints what each process says now.
func (p *printer) table(t *team) {
	rows := [][]string{{"process", "revision", "staleness", "decisions/s", "each", "Bob?", "Dora?", "lost commits"}}
	for i, m := range t.members {
		if !m.alive() {
			rows = append(rows, []string{fmt.Sprint(i + 1), "killed"})
			continue
		}
		rows = append(rows, append([]string{fmt.Sprint(i + 1)}, cells(m.since(time.Now().Add(-aWhile)))...))
	}
	p.columns(rows)
}

// cells are what the newest of some reports says, and how many decisions were
// made between the first and the last.
func cells(reports []report) []string {
	if len(reports) == 0 {
		return []string{"silent"}
	}
	first, last := reports[0], reports[len(reports)-1]
	rate, each := "", ""
	made := last.Decisions - first.Decisions
	if between := last.At.Sub(first.At); between > 0 && made > 0 {
		rate = thousands(int64(float64(made) / between.Seconds()))
		each = fmt.Sprintf("%d ns", int64(last.Asking-first.Asking)/made)
	}
	return []string{
		thousands(int64(last.Revision)), short(last.Staleness).String(), rate, each, last.Bob, last.Dora, fmt.Sprint(len(last.Lost)),
	}
}

// thousands writes a number with commas.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// sum prints what was seen.
func (d *day) sum() {
	decisions := int64(0)
	for _, m := range d.team.members {
		if all := m.since(time.Time{}); len(all) > 0 {
			decisions += all[len(all)-1].Decisions
		}
	}
	d.step("What was seen:")
	d.print("")
	rows := [][]string{
		{"changes made", fmt.Sprintf("%s, the last at revision %s", thousands(d.office.made.Load()), thousands(int64(d.office.head().Revision)))},
		{"decisions", fmt.Sprintf("%s by %d processes", thousands(decisions), len(d.team.members))},
	}
	for _, s := range d.seen {
		rows = append(rows, []string{s.what, s.how})
	}
	d.columns(rows)
}
