package pgserver_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// TestMain is the processes that are killed, too.
func TestMain(m *testing.M) {
	if os.Getenv(victimVariable) != "" {
		runUntilKilled()
	}
	os.Exit(m.Run())
}

// limited is a context that ends before the test program is given up.
func limited(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func programs(t testing.TB) pgserver.Programs {
	t.Helper()
	found, err := pgserver.Find()
	unlessMissing(t, err)
	return found
}

// unlessMissing skips a test that lacks a program, where it may be missing.
func unlessMissing(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, pgserver.ErrNotFound) && os.Getenv("CLIENTACCESS_CI") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
}

func start(t testing.TB) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(limited(t), programs(t), pgserver.Settings{Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Remove()) })
	return s
}

func connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(limited(t), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// execute runs a statement on a connection of its own.
func execute(t testing.TB, s *pgserver.Server, statement string) {
	t.Helper()
	_, err := connect(t, s.DSN("postgres")).Exec(limited(t), statement)
	require.NoError(t, err, statement)
}

// numbers reads the table that the tests write to.
func numbers(t testing.TB, s *pgserver.Server) []int {
	t.Helper()
	rows, _ := connect(t, s.DSN("postgres")).Query(limited(t), "SELECT n FROM number ORDER BY n")
	found, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	return found
}

// processes are the ids of all processes of a server: the first, and those that
// it knows of.
func processes(t testing.TB, s *pgserver.Server) []int {
	t.Helper()
	rows, _ := connect(t, s.DSN("postgres")).Query(limited(t), "SELECT pid FROM pg_stat_activity")
	others, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	require.NotEmpty(t, others)
	return append(others, first(t, filepath.Dir(s.Socket())))
}

// lock reads a line of the file that a running server keeps in its folder.
func lock(t testing.TB, folder string, line int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	require.Greater(t, len(lines), line)
	return lines[line]
}

// first is the id of a server's first process.
func first(t testing.TB, folder string) int {
	t.Helper()
	pid, err := strconv.Atoi(lock(t, folder, 0))
	require.NoError(t, err)
	return pid
}

// segment is the id of a server's segment of System V shared memory.
func segment(t testing.TB, s *pgserver.Server) string {
	t.Helper()
	fields := strings.Fields(lock(t, filepath.Dir(s.Socket()), 6))
	require.Len(t, fields, 2)
	return fields[1]
}

func segmentIsThere(t testing.TB, id string) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/shm")
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[1] == id {
			return true
		}
	}
	return false
}

// alive tells whether a process is there and has not ended.
func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && !strings.Contains(string(text), "State:\tZ")
}

// state is the state of a process in one letter.
func state(t testing.TB, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(text), "State:\t")
	require.True(t, found)
	return after[:1]
}

// gone waits until a folder is deleted and the processes have ended.
func gone(t testing.TB, folder string, pids ...int) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := os.Stat(folder)
		return errors.Is(err, fs.ErrNotExist)
	}, 20*time.Second, 5*time.Millisecond, "%s is there", folder)
	for _, pid := range pids {
		require.False(t, alive(pid), "process %d runs", pid)
	}
}

// owner is the user whom a process runs as.
func owner(t testing.TB, pid int) uint32 {
	t.Helper()
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	require.NoError(t, err)
	return info.Sys().(*syscall.Stat_t).Uid
}
