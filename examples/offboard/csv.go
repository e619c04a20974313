package main

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// This file takes the text of a spreadsheet's export apart into rows of cells.
// Package encoding/csv is not used, because a quote that is not closed makes
// it swallow the rest of the file: here such a row is told, and reading goes
// on with the next line.

// row is one row of a file. With a problem, it has no cells.
type row struct {
	line    int // the first, counted from 1
	cells   []string
	problem string
}

// mostBreaks is how many line breaks a quoted cell has at most.
const mostBreaks = 10

// errUTF16 says what to do about a file that Excel saved as "Unicode Text".
var errUTF16 = errors.New(`is UTF-16; save it again as UTF-8: in Excel, choose the file type "CSV UTF-8 (comma delimited)"`)

// decode checks how a file is encoded, and takes the byte order mark off.
func decode(text []byte) (string, error) {
	s := string(text)
	start := s[:min(len(s), 1024)]
	if strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") || strings.Count(start, "\x00") > len(start)/4 {
		return "", errUTF16
	}
	return strings.TrimPrefix(s, "\ufeff"), nil
}

// splitLines takes a text apart at its line ends, of whatever system.
func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// rows runs over the rows behind the first so many lines. want is how many
// cells each has to have. Rows without anything in them are left out.
func rows(lines []string, skip, want int, separator rune) iter.Seq[row] {
	return func(yield func(row) bool) {
		for at := skip; at < len(lines); {
			cells, used, problem := split(lines[at:], separator)
			now := row{line: at + 1, cells: cells, problem: problem}
			switch empty := isEmpty(cells); {
			case problem == "" && empty:
				at += used
				continue
			case problem == "" && len(cells) != want:
				now.problem = fmt.Sprintf("has %s, and the first line has %d", count(len(cells), "cell", "cells"), want)
			}
			if now.problem != "" {
				// What a wrong quote has joined is taken apart again.
				now.cells, used = nil, 1
			}
			if !yield(now) {
				return
			}
			at += used
		}
	}
}

func isEmpty(cells []string) bool {
	for _, cell := range cells {
		if tidy(cell) != "" {
			return false
		}
	}
	return true
}

// split takes the row apart that begins with the first line. It says how many
// lines it used.
func split(lines []string, separator rune) (cells []string, used int, problem string) {
	rest, used := lines[0], 1
	for {
		opened := strings.TrimLeft(rest, " ")
		if !strings.HasPrefix(opened, `"`) {
			cell, behind, more := strings.Cut(rest, string(separator))
			if strings.Contains(cell, `"`) {
				return nil, 1, "a double quote stands inside a cell that does not begin with one"
			}
			cells = append(cells, cell)
			if !more {
				return cells, used, ""
			}
			rest = behind
			continue
		}
		var cell strings.Builder
		rest = opened[1:]
		for {
			text, behind, closed := strings.Cut(rest, `"`)
			cell.WriteString(text)
			switch {
			case closed && strings.HasPrefix(behind, `"`):
				cell.WriteByte('"')
				rest = behind[1:]
				continue
			case closed:
				rest = strings.TrimLeft(behind, " ")
			case used == len(lines) || used > mostBreaks:
				return nil, 1, "a double quote is not closed"
			default:
				cell.WriteByte('\n')
				rest = lines[used]
				used++
				continue
			}
			break
		}
		cells = append(cells, cell.String())
		if rest == "" {
			return cells, used, ""
		}
		next, size := utf8.DecodeRuneInString(rest)
		if next != separator {
			return nil, 1, "a double quote is not followed by the end of the cell"
		}
		rest = rest[size:]
	}
}
