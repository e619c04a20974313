// Command mailer delivers the notifications of a store by e-mail: it is an
// example of how a host carries out its part of LINK-5.
//
//	go run . -demo
//	go run . -store FILE -smtp HOST:PORT -from ADDRESS
//
// With -demo it plays a short story with a mail server of its own, and prints
// what happened.
//
// With -store it delivers what waits in the file of a bolt journal, and what
// the server did not take at once when it is time again, until it is
// interrupted. A bolt file belongs to one program at a time. A host that keeps
// its state in one runs a Mailer beside its own Manager, as this program does,
// and not this program beside it.
//
// The mail server takes mail from this machine without a password, as a relay
// does, and over TLS (STARTTLS) unless it is on this machine itself.
//
// The exit status is 0 when it was interrupted or the story is over, 1 when
// something failed, and 2 when the command line is wrong.
//
// Read mailer.go first: what is leased, sent and answered. outcome.go says
// which answer of a mail server means what.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

const (
	statusDone   = 0
	statusFailed = 1
	statusUsage  = 2
)

// every is how often the mailer looks whether something is due.
const every = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole command; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("mailer", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: mailer -demo\n       mailer -store FILE -smtp HOST:PORT -from ADDRESS")
		flags.PrintDefaults()
	}
	demo := flags.Bool("demo", false, "play a story with a mail server on this machine")
	store := flags.String("store", "", "the `FILE` of the bolt journal")
	server := flags.String("smtp", "", "the mail server, as `HOST:PORT`")
	from := flags.String("from", "", "the sender, such as access@product.example; a name may stand before an `ADDRESS` in angle brackets")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return statusDone
	case err != nil:
		return statusUsage
	case flags.NArg() > 0, *demo == (*store != "" && *server != "" && *from != ""),
		*demo && *store+*server+*from != "":
		flags.Usage()
		return statusUsage
	}
	var err error
	if *demo {
		err = playDemo(ctx, stdout)
	} else {
		err = deliverFrom(ctx, *store, *server, *from, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "mailer: %v\n", err)
		return statusFailed
	}
	return statusDone
}

// deliverFrom delivers what is in a file until ctx ends.
func deliverFrom(ctx context.Context, path, server, from string, log io.Writer) (err error) {
	sender, err := parseSender(from)
	if err != nil {
		return err
	}
	line, err := NewLine(server, sendTime)
	if err != nil {
		return err
	}
	// A mistyped name would otherwise become a new, empty file.
	if _, err := os.Stat(path); err != nil {
		return err
	}
	journal, err := bolt.Open(path)
	if err != nil {
		return err
	}
	store, err := memdb.Open(ctx, journal)
	if err != nil {
		return errors.Join(err, journal.Close())
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	manager, err := openManager(ctx, store, crm.Catalog())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	mailer := &Mailer{
		Manager: manager, Store: store, Clock: time.Now, From: sender, Line: line,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	}
	return mailer.Run(ctx, time.Tick(every))
}

// parseSender reads the sender. Its domain becomes a part of message ids.
func parseSender(text string) (netmail.Address, error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil {
		return netmail.Address{}, fmt.Errorf("sender %q: %w", text, err)
	}
	email, err := relationship.ParseEmail(parsed.Address)
	if err != nil {
		return netmail.Address{}, fmt.Errorf("sender %q: %w", text, err)
	}
	return netmail.Address{Name: oneLine(parsed.Name), Address: string(email)}, nil
}

// openManager opens a Manager upon a store that has the catalogue already. To
// open one with another would lay that down, which is not a mailer's business.
// A host puts its own catalogue in the place of the ready-made one.
func openManager(ctx context.Context, store storage.Store, catalog *permset.Catalog) (*access.Manager, error) {
	fresh := memdb.New()
	if _, err := access.Open(ctx, fresh, access.Options{Catalog: catalog}); err != nil {
		return nil, err
	}
	key := relationship.CatalogKey()
	want, _ := fresh.Snapshot().Get(key)
	if found, _ := store.Snapshot().Get(key); found != want {
		return nil, errors.New("its catalogue is not this program's")
	}
	return access.Open(ctx, store, access.Options{Catalog: catalog})
}
