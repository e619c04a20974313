package main

import (
	"strings"

	"github.com/clientaccess/clientaccess/permset/crm"
)

// permissions reads a list of permissions. An item is a name, as in
// reports.view; or the beginning of names, as in reports.*; or * for all. An
// item with a - in front takes away what those before it have put in.
func (b *builder) permissions(r record, field string) []string {
	in := map[string]bool{}
	for _, item := range b.list(r, field) {
		pattern, minus := strings.CutPrefix(item.text, "-")
		found := matching(pattern)
		if len(found) == 0 {
			b.fault(item.line, "%s: %s: there is no permission %q", r.keyword, field, pattern)
		}
		for _, name := range found {
			in[name] = !minus
		}
	}
	var names []string
	for permission := range crm.Catalog().Permissions() {
		if in[permission.Name()] {
			names = append(names, permission.Name())
		}
	}
	return names
}

// permission reads the name of one permission.
func (b *builder) permission(r record, field string) string {
	v := r.value(field)
	if _, is := crm.Catalog().Lookup(v.text); !is && v.text != "" {
		b.fault(v.line, "%s: %s: there is no permission %q", r.keyword, field, v.text)
	}
	return v.text
}

// matching are the names that a pattern stands for.
func matching(pattern string) []string {
	if _, is := crm.Catalog().Lookup(pattern); is {
		return []string{pattern}
	}
	prefix, many := strings.CutSuffix(pattern, "*")
	if !many || prefix != "" && !strings.HasSuffix(prefix, ".") {
		return nil
	}
	var names []string
	for permission := range crm.Catalog().Permissions() {
		if strings.HasPrefix(permission.Name(), prefix) {
			names = append(names, permission.Name())
		}
	}
	return names
}
