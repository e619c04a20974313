package api

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// visible is what of one package can be noticed from outside: every exported
// type, and every unexported one that something exported leads to.
type visible struct {
	module  string
	pkg     *types.Package
	types   map[*types.TypeName]bool
	sealing map[string]bool // unexported methods that a listed interface asks for
	err     error
	at      string // the exported name being followed, for err
}

func newVisible(module string, pkg *types.Package) *visible {
	v := &visible{module: module, pkg: pkg, types: map[*types.TypeName]bool{}, sealing: map[string]bool{}}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		v.at = name
		if t, ok := obj.(*types.TypeName); ok {
			v.declared(t)
		} else {
			v.follow(obj.Type())
		}
	}
	return v
}

// ownType is the type of this package that a constant is listed beneath.
func (v *visible) ownType(t types.Type) *types.TypeName {
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() == v.pkg {
		return named.Obj()
	}
	return nil
}

// named notes the mention of a type that has a name.
func (v *visible) named(t *types.TypeName, args *types.TypeList) {
	for arg := range args.Types() {
		v.follow(arg)
	}
	pkg := t.Pkg()
	if pkg == nil { // error, any, comparable
		return
	}
	if pkg == v.pkg {
		v.declared(t)
		return
	}
	rel, own := strings.CutPrefix(pkg.Path(), v.module+"/")
	if own && slices.Contains(strings.Split(rel, "/"), "internal") && v.err == nil {
		v.err = fmt.Errorf("%s mentions %s.%s, which no user can import", v.at, rel, t.Name())
	}
}

// declared notes a type of this package and follows what a user sees of it.
func (v *visible) declared(t *types.TypeName) {
	if v.types[t] {
		return
	}
	v.types[t] = true
	if alias, ok := t.Type().(*types.Alias); ok && t.IsAlias() {
		v.constraints(alias.TypeParams())
		v.follow(alias.Rhs())
		return
	}
	named := t.Type().(*types.Named)
	v.constraints(named.TypeParams())
	for m := range named.Methods() {
		if m.Exported() {
			v.follow(m.Type())
		}
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() || f.Embedded() || named.TypeParams().Len() > 0 {
				v.follow(f.Type())
			}
		}
		return
	}
	v.follow(named.Underlying())
}

func (v *visible) constraints(params *types.TypeParamList) {
	for p := range params.TypeParams() {
		v.follow(p.Constraint())
	}
}

// follow walks a type as it is written, down to the names in it.
func (v *visible) follow(t types.Type) {
	switch t := t.(type) {
	case *types.Alias:
		v.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		v.named(t.Obj(), t.TypeArgs())
	case *types.Map:
		v.follow(t.Key())
		v.follow(t.Elem())
	case interface{ Elem() types.Type }: // array, slice, pointer, channel
		v.follow(t.Elem())
	case *types.Tuple:
		for x := range t.Variables() {
			v.follow(x.Type())
		}
	case *types.Signature:
		v.constraints(t.TypeParams())
		v.follow(t.Params())
		v.follow(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			v.follow(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if m.Exported() {
				v.follow(m.Type())
			} else {
				v.sealing[m.Name()] = true
			}
		}
		for e := range t.EmbeddedTypes() {
			v.follow(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			v.follow(term.Type())
		}
	case *types.Basic, *types.TypeParam:
	default:
		panic(fmt.Sprintf("api: no rule for a %T", t))
	}
}
