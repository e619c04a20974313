package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// width is how many columns the story takes.
const width = 100

// printer prints the story. It keeps the first error of its writer.
type printer struct {
	out  io.Writer
	err  error
	acts int
}

// line prints a text behind a prefix, wrapped so that its further lines stand
// under its first.
func (p *printer) line(prefix, text string) {
	for i, line := range wrap(text, width-utf8.RuneCountInString(prefix)) {
		if i > 0 {
			prefix = strings.Repeat(" ", utf8.RuneCountInString(prefix))
		}
		p.print(strings.TrimRight(prefix+line, " "))
	}
}

func (p *printer) print(line string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, line)
	}
}

// act prints the heading of an act.
func (p *printer) act(title string, day time.Time) {
	p.acts++
	heading := fmt.Sprintf("%d. %s", p.acts, title)
	date := day.Format("Mon 2006-01-02")
	gap := max(width-utf8.RuneCountInString(heading)-len(date), 1)
	p.print("")
	p.print(heading + strings.Repeat(" ", gap) + date)
	p.print(strings.Repeat("-", width))
}

// step tells what is being done, and which rules it shows, if any.
func (p *printer) step(rules, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if rules != "" {
		text += " [" + rules + "]"
	}
	p.line("* ", text)
}

// note tells what came of it.
func (p *printer) note(format string, args ...any) { p.line("    ", fmt.Sprintf(format, args...)) }

// labelled is a note with a word in front.
func (p *printer) labelled(label, text string) { p.line(fmt.Sprintf("      %-9s ", label), text) }

// wrap breaks a text into lines of at most so many columns: at spaces, and
// inside of a word that is longer than a line.
func wrap(text string, columns int) []string {
	columns = max(columns, 8)
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		size := utf8.RuneCountInString(word)
		if used > 0 && used+1+size > columns {
			lines, line, used = append(lines, line), "", 0
		}
		for size > columns {
			head := string([]rune(word)[:columns])
			lines, word, size = append(lines, head), word[len(head):], size-columns
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+size
	}
	return append(lines, line)
}

// table prints rows under a head, in columns that fit.
func (p *printer) table(head []string, rows [][]string) {
	const indent, gap = 4, 2
	sizes := make([]int, len(head))
	total := indent - gap
	for i := range head {
		for _, row := range append([][]string{head}, rows...) {
			sizes[i] = max(sizes[i], utf8.RuneCountInString(row[i]))
		}
		total += sizes[i] + gap
	}
	for ; total > width; total-- {
		widest := 0
		for i := range sizes {
			if sizes[i] > sizes[widest] {
				widest = i
			}
		}
		sizes[widest]--
	}
	ruler := make([]string, len(head))
	for i := range ruler {
		ruler[i] = strings.Repeat("-", sizes[i])
	}
	for _, row := range append([][]string{head, ruler}, rows...) {
		p.row(row, sizes, indent, gap)
	}
}

// row prints one row, each cell wrapped to its column.
func (p *printer) row(cells []string, sizes []int, indent, gap int) {
	wrapped := make([][]string, len(cells))
	height := 0
	for i, cell := range cells {
		wrapped[i] = wrap(cell, sizes[i])
		height = max(height, len(wrapped[i]))
	}
	for y := range height {
		var line strings.Builder
		line.WriteString(strings.Repeat(" ", indent))
		for i, cell := range wrapped {
			text := ""
			if y < len(cell) {
				text = cell[y]
			}
			line.WriteString(text + strings.Repeat(" ", sizes[i]-utf8.RuneCountInString(text)+gap))
		}
		p.print(strings.TrimRight(line.String(), " "))
	}
}
