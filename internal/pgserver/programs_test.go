package pgserver_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// TestPrograms prints which programs the tests of this machine run.
func TestPrograms(t *testing.T) {
	t.Parallel()
	bouncer, err := pgserver.FindBouncer()
	unlessMissing(t, err)
	for _, program := range []string{filepath.Join(programs(t).Folder(), "postgres"), bouncer} {
		said, err := exec.Command(program, "--version").Output()
		require.NoError(t, err, program)
		version, _, _ := strings.Cut(string(said), "\n")
		require.Regexp(t, `[0-9]+\.[0-9]+`, version)
		t.Logf("%s: %s", program, version)
	}
}
