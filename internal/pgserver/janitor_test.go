package pgserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// victimVariable makes the test program one that starts servers and waits.
const victimVariable = "CLIENTACCESS_TEST_PGSERVER_VICTIM"

// runUntilKilled starts a server, a standby, and pgbouncer where there is one,
// prints what there is, and ends when its input does.
func runUntilKilled() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(2)
		}
	}
	found, err := pgserver.Find()
	fail(err)
	primary, err := pgserver.Start(ctx, found, pgserver.Settings{Fast: true})
	fail(err)
	standby, err := primary.Standby(ctx, pgserver.StandbySettings{})
	fail(err)
	for _, s := range []*pgserver.Server{primary, standby} {
		folder := filepath.Dir(s.Socket())
		text, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
		fail(err)
		pid, _, _ := strings.Cut(string(text), "\n")
		fmt.Println("folder", folder)
		fmt.Println("process", pid)
	}
	bouncer, err := pgserver.StartBouncer(ctx, primary.DSN("postgres"), 1)
	if !errors.Is(err, pgserver.ErrNotFound) {
		fail(err)
		fmt.Println("folder", filepath.Dir(bouncer.Socket()))
		fmt.Println("process", bouncer.Process().Pid)
	}
	fmt.Println("ready")
	select {}
}

// TestJanitor_CleansUpAfterItsProcess has a process of ours end with everything
// running: by itself, killed, and killed with its process group.
func TestJanitor_CleansUpAfterItsProcess(t *testing.T) {
	t.Parallel()
	programs(t)
	for _, end := range []string{"exit", "kill", "kill the group"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			victim := exec.Command(os.Args[0])
			victim.Env = append(os.Environ(), victimVariable+"=1")
			victim.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			in, err := victim.StdinPipe()
			require.NoError(t, err)
			out, err := victim.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, victim.Start())
			defer victim.Process.Kill()

			var started []string
			var pids []int
			said := bufio.NewScanner(out)
			for said.Scan() && said.Text() != "ready" {
				switch word, rest, _ := strings.Cut(said.Text(), " "); word {
				case "folder":
					started = append(started, rest)
				case "process":
					pid, err := strconv.Atoi(rest)
					require.NoError(t, err)
					pids = append(pids, pid)
				default:
					t.Fatal(said.Text())
				}
			}
			require.GreaterOrEqual(t, len(started), 2)
			for _, pid := range pids {
				require.True(t, alive(pid))
			}
			switch end {
			case "exit":
				require.NoError(t, in.Close())
			case "kill":
				require.NoError(t, victim.Process.Kill())
			default:
				require.NoError(t, syscall.Kill(-victim.Process.Pid, syscall.SIGKILL))
			}
			err = victim.Wait()
			require.Equal(t, end == "exit", err == nil, "%v", err)
			for _, folder := range started {
				gone(t, folder)
			}
			for _, pid := range pids {
				require.False(t, alive(pid), "process %d runs", pid)
			}
		})
	}
}
