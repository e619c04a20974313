package access_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryChangeHasAnExample fails when a change, or a method of the Manager,
// has no example, or an example has no output that is checked.
func TestEveryChangeHasAnExample(t *testing.T) {
	var tests, sources []*ast.File
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		require.NoError(t, err)
		if strings.HasSuffix(path, "_test.go") {
			tests = append(tests, file)
		} else {
			sources = append(sources, file)
		}
	}

	checked := map[string]bool{}
	for _, example := range doc.Examples(tests...) {
		require.NotEmpty(t, example.Output, "Example%s: its output is not checked", example.Name)
		// The lower-case end of a name tells examples of one thing apart.
		name := example.Name
		if i := strings.LastIndexByte(name, '_'); i >= 0 && !ast.IsExported(name[i+1:]) {
			name = name[:i]
		}
		checked[name] = true
	}
	wanted := append(changeNames(t), methodNames(sources)...)
	require.Contains(t, wanted, "AddEmployees")
	require.Contains(t, wanted, "Manager_Check")
	for _, name := range wanted {
		if !checked[name] {
			t.Errorf("there is no Example%s", name)
		}
	}
}

// changeNames are All, and what change.go hands to byName.
func changeNames(t *testing.T) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "change.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	names := []string{"All"}
	ast.Inspect(file, func(node ast.Node) bool {
		call, is := node.(*ast.CallExpr)
		if !is {
			return true
		}
		if called, is := call.Fun.(*ast.Ident); is && called.Name == "byName" {
			for _, change := range call.Args {
				names = append(names, change.(*ast.CompositeLit).Type.(*ast.Ident).Name)
			}
		}
		return true
	})
	return names
}

// methodNames are the exported methods of the Manager, as examples name them.
func methodNames(sources []*ast.File) []string {
	var names []string
	for _, file := range sources {
		for _, declared := range file.Decls {
			method, is := declared.(*ast.FuncDecl)
			if !is || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			pointer, is := method.Recv.List[0].Type.(*ast.StarExpr)
			if !is {
				continue
			}
			if of, is := pointer.X.(*ast.Ident); is && of.Name == "Manager" {
				names = append(names, "Manager_"+method.Name.Name)
			}
		}
	}
	return names
}
