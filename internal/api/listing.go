package api

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/format"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"
)

const header = `// The public API of the module. Written by "go generate ./internal/api": do not edit.
`

// List writes the API of a module in the form that the package comment
// describes. It is an error if something exported mentions a type of an
// internal package: a user could neither name it nor look it up.
func List(m *Module) ([]byte, error) {
	out := []byte(header)
	for _, pkg := range m.Packages {
		section, err := listPackage(m.Path, pkg)
		if err != nil {
			return nil, fmt.Errorf("package %s: %w", pkg.Path(), err)
		}
		out = append(append(out, '\n'), section...)
	}
	return out, nil
}

// A lister writes the section of one package.
type lister struct {
	visible *visible
	imports map[string]string // path to the name used in the section
	out     bytes.Buffer
}

func listPackage(module string, pkg *types.Package) ([]byte, error) {
	l := &lister{visible: newVisible(module, pkg), imports: map[string]string{}}
	if err := l.visible.err; err != nil {
		return nil, err
	}
	scope := pkg.Scope()
	var consts []*types.Const
	for _, name := range scope.Names() { // in order of name
		if c, ok := scope.Lookup(name).(*types.Const); ok && c.Exported() {
			consts = append(consts, c)
		}
	}
	for _, c := range consts {
		if l.visible.ownType(c.Type()) == nil {
			l.constant(c)
		}
	}
	l.line("")
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && v.Exported() {
			l.line("var %s %s", name, l.typeString(v.Type()))
		}
	}
	l.line("")
	for _, name := range scope.Names() {
		if f, ok := scope.Lookup(name).(*types.Func); ok && f.Exported() {
			l.line("func %s%s", name, l.signature(f.Signature()))
		}
	}
	for _, name := range scope.Names() {
		t, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !l.visible.types[t] {
			continue
		}
		l.line("")
		l.typeDecl(t)
		for _, c := range consts {
			if l.visible.ownType(c.Type()) == t {
				l.constant(c)
			}
		}
		l.methods(t)
	}

	var section bytes.Buffer
	fmt.Fprintf(&section, "package %s // import %q\n\n", pkg.Name(), pkg.Path())
	if len(l.imports) > 0 {
		section.WriteString("import (\n")
		for _, path := range sortedKeys(l.imports) {
			name := l.imports[path]
			if strings.HasSuffix("/"+path, "/"+name) {
				name = ""
			}
			fmt.Fprintf(&section, "\t%s %q\n", name, path)
		}
		section.WriteString(")\n\n")
	}
	section.Write(l.out.Bytes())
	formatted, err := format.Source(section.Bytes())
	if err != nil {
		return nil, err
	}
	return append(bytes.TrimRight(formatted, "\n"), '\n'), nil
}

func (l *lister) line(text string, args ...any) {
	fmt.Fprintf(&l.out, text+"\n", args...)
}

func (l *lister) constant(c *types.Const) {
	typ := ""
	basic, untyped := c.Type().(*types.Basic)
	if untyped = untyped && basic.Info()&types.IsUntyped != 0; !untyped {
		typ = " " + l.typeString(c.Type())
	}
	value := c.Val().ExactString()
	switch n, exact := constant.Int64Val(constant.ToInt(c.Val())); {
	case untyped && basic.Kind() == types.UntypedRune && exact:
		value = strconv.QuoteRune(rune(n))
	case untyped && basic.Kind() == types.UntypedFloat && !strings.ContainsAny(value, "./e"):
		value += ".0"
	case strings.Contains(value, "/") && c.Val().Kind() == constant.Float:
		value = strings.Replace(value, "/", ".0/", 1) // not the division of integers
	}
	if typ == " time.Duration" {
		n, _ := constant.Int64Val(c.Val())
		value += " // " + time.Duration(n).String()
	}
	l.line("const %s%s = %s", c.Name(), typ, value)
}

func (l *lister) typeDecl(t *types.TypeName) {
	if alias, ok := t.Type().(*types.Alias); ok && t.IsAlias() {
		l.line("type %s%s = %s", t.Name(), l.typeParams(alias.TypeParams()), l.typeString(alias.Rhs()))
		return
	}
	named := t.Type().(*types.Named)
	name := t.Name() + l.typeParams(named.TypeParams())
	switch u := named.Underlying().(type) {
	case *types.Struct:
		l.line("type %s struct {", name)
		l.fields(u, named.TypeParams().Len() > 0)
		l.line("}")
	case *types.Interface:
		l.line("type %s interface {", name)
		for m := range u.ExplicitMethods() {
			if m.Exported() {
				l.line("\t%s%s", m.Name(), l.signature(m.Signature()))
			} else {
				l.line("\t%s()", m.Name())
			}
		}
		for e := range u.EmbeddedTypes() {
			l.line("\t%s", l.typeString(e))
		}
		l.line("}")
	default:
		l.line("type %s %s", name, l.typeString(u))
	}
}

// fields writes the fields of a struct. Whether a generic one can be compared
// depends on its arguments, so there the types of unexported fields stay.
func (l *lister) fields(s *types.Struct, generic bool) {
	hidden, canCompare := false, true
	for i := range s.NumFields() {
		f := s.Field(i)
		name := f.Name() + " "
		switch {
		case f.Embedded():
			name = ""
		case !f.Exported() && generic:
			name = "_ "
		case !f.Exported():
			hidden, canCompare = true, canCompare && types.Comparable(f.Type())
			continue
		}
		tag := ""
		if s.Tag(i) != "" {
			tag = " " + strconv.Quote(s.Tag(i))
			if strconv.CanBackquote(s.Tag(i)) {
				tag = " `" + s.Tag(i) + "`"
			}
		}
		l.line("\t%s%s%s", name, l.typeString(f.Type()), tag)
	}
	switch {
	case hidden && canCompare:
		l.line("\t_ struct{} // unexported fields")
	case hidden:
		l.line("\t_ []struct{} // unexported fields that cannot be compared")
	}
}

func (l *lister) methods(t *types.TypeName) {
	named, ok := t.Type().(*types.Named)
	if !ok || t.IsAlias() || types.IsInterface(named) {
		return
	}
	methods := slices.SortedFunc(named.Methods(), func(a, b *types.Func) int {
		return strings.Compare(a.Name(), b.Name())
	})
	for _, m := range methods {
		switch receiver := l.typeString(m.Signature().Recv().Type()); {
		case m.Exported():
			l.line("func (%s) %s%s", receiver, m.Name(), l.signature(m.Signature()))
		case l.visible.sealing[m.Name()]:
			l.line("func (%s) %s()", receiver, m.Name())
		}
	}
}
