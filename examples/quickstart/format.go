package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file takes a data file apart into records. What a record means is the
// business of data.go.
//
// A record is a line: a keyword, for most of them an id, and then fields of
// the form key=value in any order.
//
//	partner northwind  name="Northwind Digital" kind="solutions partner" admin=ann
//	    domains=northwind.example
//
// A line that begins with white space goes on with the record above it. A
// value with white space stands in double quotes. Some fields are lists: their
// values are separated by commas, or the field is given more than once. What
// follows a # at the start of a word is a comment.

// value is what stands behind the = of a field, and where.
type value struct {
	text string
	line int
}

// record is one record of the file.
type record struct {
	keyword string // with the name of the scene, if it is one
	line    int
	id      string
	fields  map[string][]value
	// broken is set when a part could not be read: what is missing may have
	// stood there.
	broken bool
}

// at is the line of a field, or that of the record where there is none.
func (r record) at(field string) int {
	if values := r.fields[field]; len(values) > 0 {
		return values[0].line
	}
	return r.line
}

// reader collects the records of a file, and what is wrong with it.
type reader struct {
	records []record
	faults  []fault
	above   above
}

// above is what a line that begins with white space goes on with.
type above int

const (
	nothing above = iota
	aRecord
	unknown // told already: what goes on with it is no fault of its own
)

func (r *reader) fault(line int, format string, args ...any) {
	r.faults = append(r.faults, fault{line, fmt.Sprintf(format, args...)})
}

// read takes the text apart.
func (r *reader) read(text []byte) {
	line := 0
	for content := range strings.Lines(string(text)) {
		line++
		r.readLine(line, strings.TrimRight(content, "\r\n"))
	}
	for _, record := range r.records {
		r.checkFields(record)
	}
}

func (r *reader) readLine(line int, content string) {
	problem := ""
	switch {
	case !utf8.ValidString(content):
		content, problem = strings.ToValidUTF8(content, "?"), "is not valid UTF-8"
	case strings.ContainsFunc(content, hidden):
		problem = "has a character that cannot be seen"
	}
	words, torn := split(content)
	if problem == "" {
		problem = torn
	}
	if problem != "" {
		r.fault(line, "%s", problem)
	}
	switch {
	case len(words) == 0 && startsBlank(content):
	case len(words) == 0 && problem == "":
		r.above = nothing
	case len(words) == 0:
		r.above = unknown
	case !startsBlank(content):
		r.begin(line, words)
	case r.above == aRecord:
		r.addFields(r.last(), line, words)
	case r.above == nothing:
		r.fault(line, "begins with white space, so it goes on with the line above, which is no record")
		r.above = unknown
	}
	if problem != "" && r.above == aRecord {
		r.last().broken = true
	}
}

func (r *reader) last() *record { return &r.records[len(r.records)-1] }

// hidden finds what a terminal does not show as it is. A tab is white space.
func hidden(c rune) bool { return c != '\t' && !unicode.IsGraphic(c) }

func startsBlank(content string) bool {
	return strings.HasPrefix(content, " ") || strings.HasPrefix(content, "\t")
}

// begin starts a record.
func (r *reader) begin(line int, words []word) {
	now := record{keyword: words[0].String(), line: line, fields: map[string][]value{}}
	words = words[1:]
	if now.keyword == "scene" && len(words) > 0 && words[0].key == "" {
		now.keyword += " " + words[0].text
		words = words[1:]
	}
	shape, known := shapes[now.keyword]
	r.above = aRecord
	if !known {
		r.above = unknown
		r.unknown(line, now.keyword)
		return
	}
	if shape.id != "" {
		if len(words) == 0 || words[0].key != "" {
			r.fault(line, "%s: has no %s behind the keyword", now.keyword, shape.id)
		} else {
			now.id = words[0].text
			words = words[1:]
		}
	}
	r.records = append(r.records, now)
	r.addFields(r.last(), line, words)
}

// addFields adds the fields that stand on one line.
func (r *reader) addFields(to *record, line int, words []word) {
	for _, word := range words {
		field, known := shapes[to.keyword].field(word.key)
		switch {
		case word.key == "":
			r.fault(line, "%s: %q is not of the form key=value", to.keyword, word.text)
		case !known:
			r.fault(line, "%s: has no field %q; there are %s", to.keyword, word.key, shapes[to.keyword].names())
		case word.text == "":
			r.fault(line, "%s: %s is empty", to.keyword, word.key)
			to.fields[word.key] = append(to.fields[word.key], value{"", line})
		case len(to.fields[word.key]) > 0 && !field.list:
			r.fault(line, "%s: %s is given twice", to.keyword, word.key)
		default:
			to.fields[word.key] = append(to.fields[word.key], value{word.text, line})
		}
	}
}

// checkFields tells which fields are missing.
func (r *reader) checkFields(of record) {
	for _, field := range shapes[of.keyword].fields {
		if field.needed && !of.broken && len(of.fields[field.name]) == 0 {
			r.fault(of.line, "%s: %s is missing", of.keyword, field.name)
		}
	}
}

// word is one word of a line. Behind key= it has a key.
type word struct{ key, text string }

// String writes the word as it stood, but for quotes.
func (w word) String() string {
	if w.key == "" {
		return w.text
	}
	return w.key + "=" + w.text
}

// split takes a line apart into words. With a problem, it returns those in
// front of it.
func split(content string) (words []word, problem string) {
	rest := content
	for {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" || rest[0] == '#' {
			return words, ""
		}
		var w word
		end := strings.IndexFunc(rest, func(c rune) bool { return unicode.IsSpace(c) || c == '=' || c == '"' })
		if end > 0 && rest[end] == '=' {
			w.key, rest = rest[:end], rest[end+1:]
		}
		if strings.HasPrefix(rest, `"`) {
			text, behind, closed := strings.Cut(rest[1:], `"`)
			switch next, _ := utf8.DecodeRuneInString(behind); {
			case !closed:
				return words, `a double quote is not closed`
			case behind != "" && !unicode.IsSpace(next):
				return words, fmt.Sprintf("there is no white space behind %q", text)
			}
			w.text, rest = text, behind
		} else {
			end := strings.IndexFunc(rest, unicode.IsSpace)
			if end < 0 {
				end = len(rest)
			}
			w.text, rest = rest[:end], rest[end:]
			if strings.Contains(w.text, `"`) {
				return words, fmt.Sprintf("a double quote stands inside %q", w.text)
			}
		}
		words = append(words, w)
	}
}

// unknown tells that there is no such keyword, or no such scene, and which
// there are.
func (r *reader) unknown(line int, keyword string) {
	var plain, scenes []string
	for _, known := range keywords() {
		if name, is := strings.CutPrefix(known, "scene "); is {
			scenes = append(scenes, name)
		} else {
			plain = append(plain, known)
		}
	}
	if name, is := strings.CutPrefix(keyword+" ", "scene "); is {
		r.fault(line, "there is no scene %q; there are %s", strings.TrimSpace(name), strings.Join(scenes, ", "))
	} else {
		r.fault(line, "%q is no keyword; there are %s and scene", keyword, strings.Join(plain, ", "))
	}
}

// keywords are all keywords, in order.
func keywords() []string { return slices.Sorted(maps.Keys(shapes)) }
