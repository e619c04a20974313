// Command quickstart plays the life of a small agency, and prints what every
// step did and which rule it shows.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -data FILE
//	go run ./examples/quickstart -store FILE -acts 5
//
// The people, the accounts and who plays which part stand in a data file. The
// one that is built in is data/agency.txt beside this file; its first lines
// explain the format. Copy it, edit it, and play your own.
//
// With -store everything is kept in a file, and the story goes on where it
// stopped: after -acts acts, or when it was interrupted.
//
// The exit status is 0 when every step went as the file says, 1 when the file
// is broken or a step failed, and 2 when the command line is wrong.
//
// Read play.go first, then the file of the act that interests you: the names
// of all acts begin with play_.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
)

// agency is the data file that is played when none is named.
//
//go:embed data/agency.txt
var agency []byte

const agencyName = "data/agency.txt"

// maxFile is the size of the largest data file that is read.
const maxFile = 1 << 20

const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole command; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: quickstart [-data FILE] [-store FILE] [-acts N]")
		flags.PrintDefaults()
	}
	path := flags.String("data", "", "the `FILE` to play; without it, the built-in "+agencyName)
	store := flags.String("store", "", "the `FILE` to keep everything in; without it, all is in memory")
	acts := flags.Int("acts", 0, "play `N` acts at most; without it, all")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return statusDone
	case err != nil:
		return statusUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "quickstart: %q is one word too many\n", flags.Arg(0))
		flags.Usage()
		return statusUsage
	}

	name, text := agencyName, agency
	if *path != "" {
		var err error
		if name, text, err = read(*path); err != nil {
			fmt.Fprintf(stderr, "quickstart: %v\n", err)
			return statusFailed
		}
	}
	told, faults := parse(text)
	if len(faults) > 0 {
		report(stderr, name, faults)
		return statusFailed
	}
	failures, err := playIn(ctx, told, text, *store, *acts, stdout)
	report(stderr, name, failures)
	if err != nil {
		fmt.Fprintf(stderr, "quickstart: %v\n", err)
	}
	if err != nil || len(failures) > 0 {
		return statusFailed
	}
	return statusDone
}

// playIn plays the story in the store that the file holds.
func playIn(ctx context.Context, told *story, text []byte, path string, acts int, stdout io.Writer) (failures []fault, err error) {
	store, err := openStore(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	mark, err := openBookmark(ctx, store, text, told.start)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return play(ctx, told, store, mark, acts, stdout)
}

// read reads a data file that is not too large.
func read(path string) (name string, text []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: is larger than %d bytes", path, maxFile)
	}
	return path, text, err
}

// fault is something wrong with one line of the data file: how it is written,
// or what came of it when it was played.
type fault struct {
	line int
	text string
}

// report prints one line for each fault, in the order of the file.
func report(w io.Writer, name string, faults []fault) {
	faults = slices.Clone(faults)
	slices.SortStableFunc(faults, func(a, b fault) int { return a.line - b.line })
	for _, fault := range faults {
		fmt.Fprintf(w, "%s:%d: %s\n", name, fault.line, fault.text)
	}
}
