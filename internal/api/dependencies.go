package api

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Dependencies imports packages that are not ours, the standard library's
// included, as the go command builds them for the module in a folder.
type Dependencies struct {
	dir    string
	export map[string]string // import path to the file with the compiler's export data
	types.Importer
}

// NewDependencies makes an importer that resolves versions by the go.mod in dir.
func NewDependencies(dir string) *Dependencies {
	d := &Dependencies{dir: dir, export: map[string]string{}}
	d.Importer = importer.ForCompiler(token.NewFileSet(), "gc", d.open)
	return d
}

func (d *Dependencies) open(pkg string) (io.ReadCloser, error) {
	file, ok := d.export[pkg]
	if !ok {
		return nil, fmt.Errorf("package %s is not known here", pkg)
	}
	return os.Open(file)
}

// fetch has the go command build those of the packages that are not known yet.
func (d *Dependencies) fetch(pkgs []string) error {
	args := []string{"list", "-export", "-f", "{{.ImportPath}}\t{{.Export}}", "--"}
	before := len(args)
	for _, pkg := range pkgs {
		if pkg != "unsafe" && d.export[pkg] == "" {
			args = append(args, pkg)
		}
	}
	if len(args) == before {
		return nil
	}
	var stderr bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = d.dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list -export: %w\n%s", err, stderr.Bytes())
	}
	for line := range strings.Lines(string(out)) {
		pkg, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		d.export[pkg] = file
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
