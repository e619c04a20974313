package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// screen prints lines, and progress. On a terminal progress is one line that
// is written over, and gone when the next thing is printed; elsewhere each
// step is a plain line. It keeps the first error of its writer.
type screen struct {
	out      io.Writer
	terminal bool
	// drawn is how many columns the line of progress takes.
	drawn int
	err   error
}

// columns is how wide the line of progress is at most: one less than the
// narrowest usual terminal, so that it does not wrap. A wrapped line could not
// be written over.
const columns = 79

func (s *screen) write(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.out, text)
	}
}

// line prints a line, without anything that a terminal would obey.
func (s *screen) line(format string, args ...any) {
	s.clear()
	s.write(strings.TrimRight(printable(fmt.Sprintf(format, args...)), " ") + "\n")
}

// prompt prints a question, and stays behind it.
func (s *screen) prompt(text string) {
	s.clear()
	s.write(printable(text))
}

// progress tells how far a step has come.
func (s *screen) progress(format string, args ...any) {
	text := printable(fmt.Sprintf(format, args...))
	if !s.terminal {
		s.write(text + "\n")
		return
	}
	text = plain(text)
	if len(text) > columns {
		text = text[:columns]
	}
	s.write("\r" + text + strings.Repeat(" ", max(s.drawn-len(text), 0)))
	s.drawn = len(text)
}

// clear takes the line of progress away.
func (s *screen) clear() {
	if s.drawn > 0 {
		s.write("\r" + strings.Repeat(" ", s.drawn) + "\r")
		s.drawn = 0
	}
}

// plain puts a question mark for each letter that may not take exactly one
// column.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= utf8.RuneSelf {
			return '?'
		}
		return c
	}, text)
}
