package api

import (
	"bytes"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// typeString writes a type as it is named inside the section, and notes what
// the section has to import for that.
func (l *lister) typeString(t types.Type) string {
	return types.TypeString(t, l.qualify)
}

func (l *lister) signature(s *types.Signature) string {
	var b bytes.Buffer
	types.WriteSignature(&b, s, l.qualify)
	return b.String()
}

func (l *lister) typeParams(params *types.TypeParamList) string {
	if params.Len() == 0 {
		return ""
	}
	var list []string
	for p := range params.TypeParams() {
		list = append(list, p.Obj().Name()+" "+l.typeString(p.Constraint()))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func (l *lister) qualify(pkg *types.Package) string {
	if pkg == l.visible.pkg {
		return ""
	}
	if name, ok := l.imports[pkg.Path()]; ok {
		return name
	}
	var taken []string
	for _, name := range l.imports {
		taken = append(taken, name)
	}
	name := pkg.Name()
	for n := 2; slices.Contains(taken, name); n++ {
		name = pkg.Name() + strconv.Itoa(n)
	}
	l.imports[pkg.Path()] = name
	return name
}
