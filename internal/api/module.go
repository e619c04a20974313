package api

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Module is a set of type-checked packages under one module path.
type Module struct {
	Path     string
	Packages []*types.Package // those that other modules can import, by path
}

var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+(\S+)`)

// LoadCode type-checks the module whose go.mod stands in root, from source and
// without test files. Packages named main and those under examples/ or any
// internal/ are no API and not in the result; nested modules are left alone.
//
// It finds and reads the files itself, not through the go command, so that "go
// test" knows what the answer depends on and does not serve an old one from its
// cache.
func LoadCode(root string, deps *Dependencies) (*Module, error) {
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	line := moduleLine.FindSubmatch(goMod)
	if line == nil {
		return nil, fmt.Errorf("%s: no module line", filepath.Join(root, "go.mod"))
	}
	module := string(line[1])

	c := newChecker(deps)
	err = filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if dir != root && skipDir(dir) {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		return c.addDir(path.Join(module, filepath.ToSlash(rel)), dir)
	})
	if err != nil {
		return nil, err
	}
	return c.module(module)
}

func skipDir(dir string) bool {
	base := filepath.Base(dir)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// importable reports whether a package of module is part of its public API.
func importable(module, pkg, name string) bool {
	rel := strings.Split(strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/"), "/")
	return name != "main" && rel[0] != "examples" && !slices.Contains(rel, "internal")
}

// A checker type-checks packages that import each other, whatever their order.
type checker struct {
	fset  *token.FileSet
	deps  *Dependencies
	files map[string][]*ast.File    // by import path
	done  map[string]*types.Package // nil while being checked
}

func newChecker(deps *Dependencies) *checker {
	return &checker{
		fset:  token.NewFileSet(),
		deps:  deps,
		files: map[string][]*ast.File{},
		done:  map[string]*types.Package{},
	}
}

// addDir adds the package in dir, if there is one for this platform.
func (c *checker) addDir(pkg, dir string) error {
	found, err := build.Default.ImportDir(dir, 0)
	var none *build.NoGoError
	if errors.As(err, &none) || err == nil && len(found.GoFiles) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range found.GoFiles {
		if err := c.addFile(pkg, filepath.Join(dir, name), nil); err != nil {
			return err
		}
	}
	return nil
}

// addFile adds one file of a package; src nil means that it is to be read.
func (c *checker) addFile(pkg, name string, src any) error {
	file, err := parser.ParseFile(c.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		// A listing has no bodies, and no body is looked at: any will do.
		if f, ok := decl.(*ast.FuncDecl); ok {
			f.Body = &ast.BlockStmt{}
		}
	}
	c.files[pkg] = append(c.files[pkg], file)
	return nil
}

// module type-checks what can be imported of what was added.
func (c *checker) module(path string) (*Module, error) {
	if err := c.deps.fetch(c.foreignImports()); err != nil {
		return nil, err
	}
	m := &Module{Path: path}
	for _, pkg := range sortedKeys(c.files) {
		if !importable(path, pkg, c.files[pkg][0].Name.Name) {
			continue
		}
		checked, err := c.Import(pkg)
		if err != nil {
			return nil, err
		}
		m.Packages = append(m.Packages, checked)
	}
	return m, nil
}

// foreignImports lists what the files import beside each other.
func (c *checker) foreignImports() []string {
	seen := map[string]bool{}
	for _, files := range c.files {
		for _, file := range files {
			for _, spec := range file.Imports {
				pkg := strings.Trim(spec.Path.Value, "`\"")
				if c.files[pkg] == nil {
					seen[pkg] = true
				}
			}
		}
	}
	return sortedKeys(seen)
}

// Import implements [types.Importer] for the packages being checked.
func (c *checker) Import(pkg string) (*types.Package, error) {
	files, own := c.files[pkg]
	if !own {
		return c.deps.Import(pkg)
	}
	if checked, begun := c.done[pkg]; begun {
		if checked == nil {
			return nil, fmt.Errorf("%s imports itself, in a circle", pkg)
		}
		return checked, nil
	}
	c.done[pkg] = nil

	var faults []error
	config := types.Config{
		Importer:         c,
		IgnoreFuncBodies: true,
		Error:            func(err error) { faults = append(faults, err) },
	}
	checked, _ := config.Check(pkg, c.fset, files, nil) // its error is faults[0]
	if len(faults) > 0 {
		faults = faults[:min(len(faults), 10)]
		return nil, fmt.Errorf("package %s: %w", pkg, errors.Join(faults...))
	}
	c.done[pkg] = checked
	return checked, nil
}
