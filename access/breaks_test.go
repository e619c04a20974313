package access_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A theorem that finds nothing proves nothing unless it would have found
// something. Here the library is broken on purpose, one place at a time, in a
// copy that only the compiler sees; and the short run of the theorem has to
// find each. That belongs to the full run, see theorem_test.go; the short one
// looks whether each break still fits the code.

// edit puts one text in place of another, which stands in the file once.
type edit struct{ file, old, new string }

// deliberateBreaks are what the rules forbid and a hasty hand could write.
var deliberateBreaks = []struct {
	name  string
	edits []edit
}{
	{"DEL-1 gives what was requested, and not what the actor holds of it", []edit{
		{"permset/delegate.go", "intersect(n, requested, actor)", "*n = *requested"},
	}},
	{"LINK-3 lets an employee of the asking partner approve", []edit{
		{"access/authority.go", "if employee.Present() {\n\t\treturn refuse(\"LINK-3\"", "if false && employee.Present() {\n\t\treturn refuse(\"LINK-3\""},
	}},
	{"LINK-3 lets a managed member approve", []edit{
		{"access/authority.go", "may := f.isMember && !f.member.Managed() &&", "may := f.isMember &&"},
	}},
	{"OFF-3 reactivates from the template instead of the record", []edit{
		{"access/off.go", "after := member\n\t\tafter.Deactivated = relationship.NoSide", "after := member\n\t\t" +
			"if set, role, err := w.template(by.partner, member.Template); err == nil {\n\t\t\tafter.Set, after.Role = set, role\n\t\t}\n" +
			"\t\tafter.Deactivated = relationship.NoSide"},
	}},
	{"ADD-5 gives a linked member the partner-admin role", []edit{
		{"access/update.go", "role == relationship.PartnerAdmin && before.Role != role && before.Linked", "false"},
	}},
	{"DEL-3 counts what the actor was given, whatever cuts it now", []edit{
		{"access/evaluate.go", "set := v.left(f, ReasonNoSeat)", "set := v.given(f)"},
	}},
	{"DEL-3 counts what an actor had before they were stopped", []edit{
		{"access/evaluate.go", "if failures(f) != 0 {\n\t\treturn permset.Set{}\n\t}\n\tset := v.left(f, ReasonNoSeat)", "set := v.left(f, ReasonNoSeat)"},
		{"access/authority.go", "f.member.Manager != employee.Partner || failures(f) != 0 {", "f.member.Manager != employee.Partner {"},
	}},
	{"PSET-4 rolls out the template, whatever the actor holds of it", []edit{
		{"access/rollout.go", "before, after, err = w.applied(by, place, c.Name, set, role)", "before, after, err = w.applied(by, place, c.Name, set, role)\n" +
			"\t\t\tafter.Set = set"},
	}},
	{"PSET-4 rolls out everywhere by what the actor holds in the first client", []edit{
		{"access/rollout.go", "if place.Client != client {", "if client == \"\" {"},
	}},
	{"REL-5 leaves the members of a relationship that has ended where they are", []edit{
		{"access/clock.go", "if r.Members > 0 {", "if false {"},
	}},
	{"DEL-6 lets a grant outlast whoever grants", []edit{
		{"access/delegate.go", "if grows && relationship.Outlasts(w.until(after), by.until) {", "if false && grows {"},
	}},
}

func TestDEL4_FindsWhatIsBrokenOnPurpose(t *testing.T) {
	if os.Getenv("CLIENTACCESS_FULL") == "" {
		for _, broken := range deliberateBreaks { // compiled and found in the full run
			overlayOf(t, broken.edits)
		}
		return
	}
	goTool, err := exec.LookPath("go")
	require.NoError(t, err, "the breaks are compiled")
	for _, broken := range deliberateBreaks {
		t.Run(broken.name, func(t *testing.T) {
			run := exec.Command(goTool, "test", "-overlay", overlayOf(t, broken.edits), "-vet=off", "-count=1",
				"-run", "^TestDEL4_NoSequence", "./access")
			run.Dir = ".."
			run.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CLIENTACCESS_FULL=") })
			said, err := run.CombinedOutput()
			require.Error(t, err, "the theorem does not notice it")
			found := regexp.MustCompile(`(?s)after \d+ sequences.*`).Find(said)
			require.NotNil(t, found, "it was not the theorem that failed:\n%s", said)
			story, _, _ := bytes.Cut(found, []byte("\nFAIL"))
			t.Logf("%s", bytes.TrimSpace(story))
		})
	}
}

// overlayOf writes the broken files, and the list that has the go command read
// them in place of those in the tree.
func overlayOf(t *testing.T, edits []edit) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for _, e := range edits {
		path, err := filepath.Abs(filepath.Join("..", e.file))
		require.NoError(t, err)
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(source), e.old), "%s: the break does not fit any more:\n%s", e.file, e.old)
		replace[path] = filepath.Join(dir, strings.ReplaceAll(e.file, "/", "_"))
		require.NoError(t, os.WriteFile(replace[path], []byte(strings.Replace(string(source), e.old, e.new, 1)), 0o600))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	path := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(path, overlay, 0o600))
	return path
}
