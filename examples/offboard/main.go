// Command offboard takes people out of an agency: it imports the agency's
// roster, shows what everybody on a list of leavers has in which client, asks,
// and takes them out of all of them.
//
//	go run ./examples/offboard
//	go run ./examples/offboard -roster roster.csv -leavers leavers.txt
//	go run ./examples/offboard -roster roster.csv -leavers leavers.txt -assets assets.csv -domain northwind.example -store access.db
//
// Without -roster it takes the small one that is built in, with its leavers
// and assets: the files in data beside this file. They have in them what such
// files have, so that some of their rows are refused.
//
// # The roster
//
// A roster is a CSV file as a spreadsheet exports it: UTF-8 with or without a
// byte order mark; commas, semicolons or tabs between the cells; cells in
// double quotes, with line breaks in them; line ends of any system. UTF-16 is
// refused. The first line names the columns, in any order; upper and lower case
// and surrounding space do not matter. A column that is not known is told, and
// not used.
//
//	e-mail       needed. The address of an employee of the agency. Case does not matter
//	name         how they are called
//	client       needed. The client's name. Empty in a row about the agency itself
//	role         needed. In a client: super admin, partner admin, standard, or a
//	             template: content, marketing, sales read-only, support.
//	             In the agency: super admin, access (to the Client Access
//	             Manager), or employee, which it is when it is empty
//	permissions  instead of the template's: names of package permset/crm
//	since        the first day: 2026-03-31, or 31.3.2026. A day with slashes is refused
//	until        the last day
//	kind         staff, which it is when no row says it, or contractor
//	contact      the address of the client's own super admin
//
// Accents may be composed or decomposed, and spaces may be no-break spaces.
// Days begin at midnight UTC. A client needs a contact in one of its rows, or
// an employee who is its super admin. One row of the agency itself names its
// super admin, in whose name people are taken out.
//
// Every row is for itself. What is wrong with one is told with its line, and
// the others are imported. The same row twice is imported once. Of two rows
// about the same person and client that differ, the first is imported.
//
// The list of leavers has one address on each line, and comments behind #. A
// list of assets, if there is one, is a CSV file with the columns client, owner
// (an address), type, id and name: it says what somebody owns in a client's
// account, and would leave behind.
//
// # Taking out
//
// Whoever leaves is taken out of every client that the agency manages them in.
// Where they are super admin of a client, they are removed if another active
// super admin remains, and if their address has the agency's domain; else they
// stay the client's own super admin, and are listed.
//
// With -store all is kept in a file. Running it again changes nothing that is
// done; after an interrupt it goes on. An import changes nothing that is there
// and hires nobody again. Without -store it is a rehearsal in memory. With
// -dry-run nothing is asked and nobody is taken out, and the file stays as it
// is.
//
// What is wrong goes to the standard error, all else to the standard output.
// The exit status is 0 when everything was done, 1 when something could not be
// done, be it one row, and 2 when the command line is wrong, or somebody would
// have to be asked and there is no terminal.
//
// Read offboard.go first.
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
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// The files that are taken when none is named.
var (
	//go:embed data/roster.csv
	builtInRoster []byte
	//go:embed data/leavers.txt
	builtInLeavers []byte
	//go:embed data/assets.csv
	builtInAssets []byte
)

const builtInDomain = "northwind.example"

// maxFile is the size of the largest file that is read: a million rows.
const maxFile = 128 << 20

const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := system().run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// command is the command with what surrounds it.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// asks and draws say whether there is somebody to be asked, and a
	// terminal to draw on.
	asks, draws bool
	clock       func() time.Time
}

func system() command {
	return command{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		asks: isTerminal(os.Stdin), draws: isTerminal(os.Stdout), clock: time.Now,
	}
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// settings are what the command line says.
type settings struct {
	roster, leavers, assets, domain, store string
	yes, dry                               bool
}

// run is the whole command; it returns the exit status.
func (c command) run(ctx context.Context, args []string) int {
	set, status := c.parse(args)
	if status >= 0 {
		return status
	}
	p := &program{command: c, settings: set, screen: &screen{out: c.stdout, terminal: c.draws}}
	err := p.run(ctx)
	p.screen.clear()
	if err == nil {
		err = p.screen.err
	}
	if err != nil {
		c.complain("offboard: %v", err)
	}
	if err != nil || p.undone {
		return statusFailed
	}
	return statusDone
}

func (c command) complain(format string, args ...any) {
	fmt.Fprintln(c.stderr, printable(fmt.Sprintf(format, args...)))
}

const usage = `usage: offboard [-roster FILE -leavers FILE [-assets FILE] [-domain NAME]] [-store FILE] [-yes] [-dry-run]

The roster is a CSV file. Its first line names the columns, in any order:
  e-mail, client, role      needed; in a row about the agency itself, client is empty
  name, permissions, since, until, kind, contact
Roles in a client: super admin, partner admin, standard, content, marketing, sales read-only, support.
Roles in the agency itself: super admin, access, employee.
Days are written 2026-03-31 or 31.3.2026; kind is staff or contractor; contact is the address of the
client's own super admin. The leavers are addresses, one on each line. The columns of the assets are
client, owner, type, id and name.
`

// parse reads the command line. A status that is not negative ends the command.
func (c command) parse(args []string) (set settings, status int) {
	flags := flag.NewFlagSet("offboard", flag.ContinueOnError)
	flags.SetOutput(c.stderr)
	flags.Usage = func() {
		fmt.Fprint(c.stderr, usage+"\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&set.roster, "roster", "", "the `FILE` with who works where; without it, a built-in one with its leavers and assets")
	flags.StringVar(&set.leavers, "leavers", "", "the `FILE` with who leaves")
	flags.StringVar(&set.assets, "assets", "", "the `FILE` with who owns what")
	flags.StringVar(&set.domain, "domain", "", "the agency's proven domain, `NAME`: its people with such an address are verified")
	flags.StringVar(&set.store, "store", "", "the `FILE` to keep everything in; without it, all is in memory and gone at the end")
	flags.BoolVar(&set.yes, "yes", false, "do not ask")
	flags.BoolVar(&set.dry, "dry-run", false, "only show what would be done")
	wrong := ""
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return set, statusDone
	case err != nil:
		return set, statusUsage
	case flags.NArg() > 0:
		wrong = fmt.Sprintf("%q is one word too many", flags.Arg(0))
	case (set.roster == "") != (set.leavers == ""):
		wrong = "-roster and -leavers go together"
	case set.roster == "" && (set.assets != "" || set.domain != ""):
		wrong = "-assets and -domain go with -roster"
	case set.yes && set.dry:
		wrong = "-yes and -dry-run do not go together"
	}
	if _, err := relationship.ParseDomain(set.domain); wrong == "" && set.domain != "" && err != nil {
		wrong = "-domain " + strings.TrimPrefix(err.Error(), "partner: domain ")
	}
	if wrong != "" {
		c.complain("offboard: %s", wrong)
		flags.Usage()
		return set, statusUsage
	}
	if !set.yes && !set.dry && !c.asks {
		c.complain("offboard: the standard input is no terminal, so nobody can be asked: add -yes to take people out, or -dry-run to look")
		return set, statusUsage
	}
	return set, -1
}

// read reads a file that is not too large.
func read(path string) (text []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: is larger than %d bytes", path, maxFile)
	}
	return text, err
}
