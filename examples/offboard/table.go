package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// column is a column of a file: its name, other names that it is known by, and
// whether it has to be there.
type column struct {
	name   string
	others []string
	needed bool
}

// fault is something wrong with one line of a file.
type fault struct {
	file string
	line int
	text string // "field: reason"
}

func (f fault) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// table is a file with a line of column names.
type table struct {
	file string
	at   map[string]int // the place of each column that is there
	head int            // the line of the names
	// unused are the names of columns that nothing is known of.
	unused []string
	// rows are those that could be taken apart; problems are the others.
	rows     []row
	problems []fault
}

// separators are what may stand between two cells: which, depends on the
// country that the spreadsheet is set to.
var separators = []rune{',', ';', '\t'}

// readTable reads a file. An error is about the file as a whole.
func readTable(file string, text []byte, columns []column) (*table, error) {
	decoded, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w", file, err)
	}
	lines, first := splitLines(decoded), 0
	for first < len(lines) && tidy(lines[first]) == "" {
		first++
	}
	if first == len(lines) {
		return nil, fmt.Errorf("%s is empty", file)
	}
	t := &table{file: file, head: first + 1}
	head, used, separator := heading(lines[first:], columns)
	if err := t.name(head, columns); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, first+1, err)
	}
	for r := range rows(lines, first+used, len(head), separator) {
		if r.problem != "" {
			t.problems = append(t.problems, fault{file, r.line, "row: " + r.problem})
		} else {
			t.rows = append(t.rows, r)
		}
	}
	return t, nil
}

// notes tell of columns that are not read: one may be a mistyped name.
func (t *table) notes() []fault {
	if len(t.unused) == 0 {
		return nil
	}
	return []fault{{t.file, t.head, "columns: not used: " + strings.Join(t.unused, ", ")}}
}

// heading reads the line of column names, by the separator with which most of
// them are known.
func heading(lines []string, columns []column) (head []string, used int, separator rune) {
	best := -1
	for _, candidate := range separators {
		cells, n, _ := split(lines, candidate)
		known := 0
		for _, cell := range cells {
			if _, is := named(cell, columns); is {
				known++
			}
		}
		if known > best {
			head, used, separator, best = cells, n, candidate, known
		}
	}
	return head, used, separator
}

// named finds the column of a name. Case and surrounding space do not matter.
func named(cell string, columns []column) (string, bool) {
	cell = fold(tidy(cell))
	for _, column := range columns {
		if cell == column.name || slices.Contains(column.others, cell) {
			return column.name, true
		}
	}
	return cell, false
}

// name notes which column is where.
func (t *table) name(head []string, columns []column) error {
	t.at = map[string]int{}
	for i, cell := range head {
		name, known := named(cell, columns)
		_, twice := t.at[name]
		switch {
		case twice:
			return fmt.Errorf("columns: there are two for %s", quoted(name))
		case known:
			t.at[name] = i
		case name != "":
			t.unused = append(t.unused, quoted(name))
		}
	}
	var missing []string
	for _, column := range columns {
		if _, is := t.at[column.name]; column.needed && !is {
			missing = append(missing, quoted(column.name))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("columns: %s missing; the first line names %s", strings.Join(missing, ", "), t.names())
	}
	return nil
}

func (t *table) names() string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t.at)) {
		names = append(names, quoted(name))
	}
	return join(append(names, t.unused...))
}

// cell is what stands in a column of a row, tidy; "" when the column is not
// there.
func (t *table) cell(r row, column string) string {
	at, is := t.at[column]
	if !is {
		return ""
	}
	return tidy(r.cells[at])
}
