package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// This file reads single values: each function takes a field of a record and
// notes what is wrong with it. A field that is not there gives a zero value
// without a word, because the reader has told about it.

// mark is what stands behind the keyword, as a value.
func (r record) mark() value { return value{r.id, r.line} }

func (r record) value(field string) value {
	if values := r.fields[field]; len(values) > 0 {
		return values[0]
	}
	return value{"", r.line}
}

// plain reads a text that may be stored.
func (b *builder) plain(r record, what string, v value) string {
	if v.text != "" {
		b.wrong(v.line, v.text, relationship.CheckText(r.keyword, what, v.text))
	}
	return v.text
}

// wrong notes an error of a constructor, and the text that it is about.
func (b *builder) wrong(line int, text string, err error) {
	if field, is := errors.AsType[*relationship.FieldError](err); is {
		b.fault(line, "%s: %q: %s %s", field.Noun, text, field.Field, field.Problem)
	}
}

// list reads a list.
func (b *builder) list(r record, field string) []value {
	var list []value
	for _, given := range r.fields[field] {
		if given.text == "" {
			continue
		}
		for text := range strings.SplitSeq(given.text, ",") {
			text = strings.TrimSpace(text)
			if text == "" {
				b.fault(given.line, "%s: %s: %q has nothing between two commas", r.keyword, field, given.text)
				continue
			}
			list = append(list, value{text, given.line})
		}
	}
	return list
}

// choice reads one of a few words. The first stands for a field that is not
// there.
func (b *builder) choice(r record, field string, words ...string) string {
	v := r.value(field)
	switch {
	case v.text == "":
		return words[0]
	case !slices.Contains(words, v.text):
		b.fault(v.line, "%s: %s is %q; it may be %s", r.keyword, field, v.text, strings.Join(words, " or "))
	}
	return v.text
}

// date reads a day, which begins at midnight UTC.
func (b *builder) date(r record, what string, v value) time.Time {
	if v.text == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, v.text)
	if err != nil {
		b.fault(v.line, "%s: %s %q is no day; write it as 2026-03-31", r.keyword, what, v.text)
	}
	return day
}

const mostDays = 3650

func (b *builder) days(r record) int {
	v := r.value("days")
	if v.text == "" {
		return 0
	}
	days, err := strconv.Atoi(v.text)
	if err != nil || days < 1 || days > mostDays {
		b.fault(v.line, "%s: days is %q; it may be 1 to %d", r.keyword, v.text, mostDays)
	}
	return days
}

// known reads an id that has to stand in the file.
func known[ID ~string](b *builder, r record, noun string, in map[ID]int, v value) ID {
	id := ID(v.text)
	if _, is := in[id]; !is && v.text != "" {
		b.fault(v.line, "%s: there is no %s %q", r.keyword, noun, v.text)
	}
	return id
}

func (b *builder) user(r record, v value) relationship.UserID {
	return known(b, r, "user", b.users, v)
}

func (b *builder) partner(r record) relationship.PartnerID {
	return known(b, r, "partner", b.partners, r.value("partner"))
}

func (b *builder) client(r record, v value) relationship.ClientID {
	return known(b, r, "client", b.clients, v)
}

// worker reads a user who works for a partner.
func (b *builder) worker(r record, partner relationship.PartnerID, v value) relationship.UserID {
	id := b.user(r, v)
	_, isUser := b.users[id]
	_, isPartner := b.partners[partner]
	if _, is := b.staff[job{partner, id}]; !is && isUser && isPartner {
		b.fault(v.line, "%s: %q does not work for %q", r.keyword, id, partner)
	}
	return id
}

// template reads the name of a template of a partner.
func (b *builder) template(r record, partner relationship.PartnerID, v value) string {
	_, isPartner := b.partners[partner]
	_, is := b.templates[named{partner, v.text}]
	if v.text != "" && v.text != relationship.PartnerAdminTemplate && !is && isPartner {
		b.fault(v.line, "%s: %q has no template %q", r.keyword, partner, v.text)
	}
	return v.text
}

// fresh notes that something is in the file, and tells when it was before.
func fresh[K comparable](b *builder, in map[K]int, key K, line int, format string, args ...any) bool {
	if earlier, is := in[key]; is {
		b.fault(line, "%s, in line %d", fmt.Sprintf(format, args...), earlier)
		return false
	}
	in[key] = line
	return true
}
