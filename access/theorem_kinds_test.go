package access_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"sync"
)

// theoremChangeKinds are the changes that package access has, read from its
// source: whoever adds one is told that the theorem is blind to it.
//
// The host's changes that only set the stage are accepted there, before the
// sequences begin.
var theoremChangeKinds = sync.OnceValue(func() []string {
	setStage := []string{"AddUser", "CreatePartner", "CreateClient"}
	kinds := []string{"All", "IssueLink", "RotateLink"}
	files, err := os.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for _, declared := range parsed.Decls {
			if kind := changeOf(declared); ast.IsExported(kind) && !slices.Contains(setStage, kind) && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
})

// changeOf returns the type whose apply method is declared; "" for every other
// declaration.
func changeOf(declared ast.Decl) string {
	method, is := declared.(*ast.FuncDecl)
	if !is || method.Recv == nil || method.Name.Name != "apply" {
		return ""
	}
	receiver, _ := method.Recv.List[0].Type.(*ast.Ident)
	if receiver == nil {
		return ""
	}
	return receiver.Name
}
