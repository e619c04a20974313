package main

import (
	"slices"
	"strings"
)

// shape says what a record of one keyword looks like.
type shape struct {
	id     string // what stands behind the keyword; empty for nothing
	fields []field
}

type field struct {
	name         string
	needed, list bool
}

// shapes are all keywords. Behind the name of a field, ? says that it may be
// left out, and * that it is a list.
var shapes = map[string]shape{
	"start":    of("date", ""),
	"user":     of("id", "name email"),
	"partner":  of("id", "name kind admin domains?*"),
	"employee": of("user", "partner kind access?"),
	"template": of("name", "partner permissions*"),
	"client":   of("id", "name admin"),
	"member":   of("user", "client role? permissions?* seat?"),
	"asset":    of("id", "client owner type name"),
	"approve":  of("employee", "partner client by? way?"),
	"alias":    of("client", "partner by name"),
	"add":      of("", "employees* partner client by template until?"),

	"scene self-entry":       of("", "client partner by employee"),
	"scene two-partners":     of("", "client partner admin employee"),
	"scene bounds":           of("", "client partner admin loses* question newcomer asks keeper narrower"),
	"scene ceiling":          of("", "client partner permissions* member gives"),
	"scene linking":          of("", "client partner admin employee"),
	"scene pause":            of("", "client partner member question days"),
	"scene deactivated":      of("", "client partner by admin question"),
	"scene last-super-admin": of("", "client"),
	"scene migration":        of("", "client partner employee"),
	"scene review":           of("", "partner by employee ticks* question"),
	"scene leaving":          of("", "partner by employee"),
	"scene ending":           of("", "client partner by"),
}

func of(id, fields string) shape {
	s := shape{id: id}
	for text := range strings.FieldsSeq(fields) {
		name := strings.TrimRight(text, "?*")
		s.fields = append(s.fields, field{name, !strings.Contains(text, "?"), strings.Contains(text, "*")})
	}
	return s
}

func (s shape) field(name string) (field, bool) {
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return s.fields[i], true
}

// names lists the fields, for a message.
func (s shape) names() string {
	if len(s.fields) == 0 {
		return "none"
	}
	names := make([]string, len(s.fields))
	for i, field := range s.fields {
		names[i] = field.name
	}
	return strings.Join(names, ", ")
}
