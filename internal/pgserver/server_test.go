package pgserver_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

func TestServer_IsReachedByItsSocketAlone(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s.DSN("postgres"))
	var addresses, sockets string
	require.NoError(t, conn.QueryRow(limited(t), "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')").
		Scan(&addresses, &sockets))
	require.Empty(t, addresses)
	require.Equal(t, filepath.Dir(s.Socket()), sockets)
	info, err := os.Stat(sockets)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	for _, pid := range processes(t, s) {
		require.NotZero(t, owner(t, pid), "process %d is run by root", pid)
	}
}

func TestServer_StopsAndStartsAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	execute(t, s, "CREATE TABLE number (n int)")
	execute(t, s, "INSERT INTO number VALUES (1)")
	require.ErrorContains(t, s.Start(limited(t)), "runs already")

	require.NoError(t, s.Stop(limited(t)))
	require.ErrorContains(t, s.Stop(limited(t)), "does not run")
	require.ErrorContains(t, s.Kill(), "does not run")
	require.NoError(t, s.Start(limited(t)))
	require.Equal(t, []int{1}, numbers(t, s))
}

// TestServer_Settings asks servers of both kinds what they do.
func TestServer_Settings(t *testing.T) {
	t.Parallel()
	for _, fast := range []bool{false, true} {
		s, err := pgserver.Start(limited(t), programs(t), pgserver.Settings{Fast: fast, Parameters: []string{"work_mem=5MB"}})
		require.NoError(t, err)
		defer s.Remove()
		var fsync, memory string
		conn := connect(t, s.DSN("postgres"))
		require.NoError(t, conn.QueryRow(limited(t), "SELECT current_setting('fsync'), current_setting('work_mem')").Scan(&fsync, &memory))
		require.Equal(t, map[bool]string{false: "on", true: "off"}[fast], fsync)
		require.Equal(t, "5MB", memory)
	}
}

// TestServer_SaysWhyItDoesNotStart gives it a parameter that there is none of.
func TestServer_SaysWhyItDoesNotStart(t *testing.T) {
	t.Parallel()
	_, err := pgserver.Start(limited(t), programs(t), pgserver.Settings{Parameters: []string{"no_such_parameter=1"}})
	require.ErrorContains(t, err, `unrecognized configuration parameter "no_such_parameter"`)
}
