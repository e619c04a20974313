// Command cluster runs several processes of the library over one PostgreSQL and
// a standby, and lets them have a bad day.
//
//	go run ./examples/cluster
//	go run ./examples/cluster -processes 6
//
// It starts both servers in a temporary folder and the processes, and makes
// changes all the time, which the processes follow. Then access is given and
// taken away, a process is killed, and the primary is killed before its newest
// commits have reached the standby, which is promoted. After each step a table
// shows for each process its revision, how old its answers are, how many
// decisions it makes in a second, and what it says about two people. The end
// is a list of what was seen. It takes about half a minute, and leaves nothing
// behind.
//
// It needs PostgreSQL 15 or newer: on Debian, apt-get install postgresql. The
// programs are looked for on the PATH and in the usual places.
//
// The exit status is 0 when everything was seen that should be, 1 when not, and
// 2 when the command line is wrong.
//
// Read worker.go first: what a process of a host does. office.go makes the
// changes, and day.go tells what happens, step by step.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

// longest is how long everything may take.
const longest = time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole command; it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if dsn := os.Getenv(workerVariable); dsn != "" {
		if err := work(ctx, dsn, stdin, stdout); err != nil {
			fmt.Fprintf(stderr, "cluster: a process: %v\n", err)
			return statusFailed
		}
		return statusDone
	}
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: cluster [-processes N]")
		flags.PrintDefaults()
	}
	processes := flags.Int("processes", 4, "how many processes, from 2 to 16")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return statusDone
	case err != nil:
		return statusUsage
	case flags.NArg() > 0, *processes < 2, *processes > 16:
		flags.Usage()
		return statusUsage
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := play(ctx, *processes, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "cluster: %v\n", err)
		return statusFailed
	}
	return statusDone
}
