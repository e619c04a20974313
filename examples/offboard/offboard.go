package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage"
)

// program is one run.
type program struct {
	command
	settings
	screen *screen
	// undone is set when something could not be done.
	undone bool
	store  storage.Store
}

// run does it all: it reads the files, imports, plans, shows, asks, takes out
// and reports. An error is what stopped it.
func (p *program) run(ctx context.Context) (err error) {
	in, err := p.read()
	if err != nil {
		return err
	}
	if p.store, err = openStore(ctx, p.settings.store, p.dry); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	manager, err := access.Open(ctx, p.store, access.Options{Catalog: crm.Catalog(), Clock: p.clock, Assets: in.assets})
	if err != nil {
		return err
	}
	if err := p.bring(ctx, manager, in); err != nil {
		return p.stopped(ctx, err)
	}
	in.assets.checkAgainst(p.store.Snapshot())
	leave, faults := findDepartures(manager, p.store, p.clock(), in.leaversFile, in.leavers)
	p.tell(in.assets.faults, in.assets.notes)
	p.tell(append(in.leaverFaults, faults...), nil)
	if err := leave.plan(ctx); err != nil {
		return p.stopped(ctx, err)
	}
	p.review(leave)
	goOn, err := p.mayGoOn(ctx, leave)
	if err != nil || !goOn {
		return err
	}
	err = leave.carryOut(ctx, func(done, of int, one *departure) {
		p.screen.progress("Taking out: %d of %d, %s", done, of, one.user.Name)
	})
	p.result(leave)
	return p.stopped(ctx, err)
}

// input is what the files say.
type input struct {
	roster       *roster
	leaversFile  string
	leavers      []leaver
	leaverFaults []fault
	assets       *assets
}

// read reads the files, or those that are built in.
func (p *program) read() (in input, err error) {
	roster, leavers, owned := builtInRoster, builtInLeavers, builtInAssets
	files := []string{"data/roster.csv", "data/leavers.txt", "data/assets.csv"}
	if p.roster == "" {
		p.domain = builtInDomain
	} else {
		files = []string{p.roster, p.leavers, p.assets}
		owned = nil
		if roster, err = read(p.roster); err != nil {
			return in, err
		}
		if leavers, err = read(p.leavers); err != nil {
			return in, err
		}
		if p.assets != "" {
			if owned, err = read(p.assets); err != nil {
				return in, err
			}
		}
	}
	in.leaversFile = files[1]
	if in.roster, err = readRoster(files[0], roster, p.clock()); err != nil {
		return in, err
	}
	if in.leavers, in.leaverFaults, err = readLeavers(files[1], leavers); err != nil {
		return in, err
	}
	in.assets, err = readAssets(files[2], owned)
	return in, err
}

// bring imports the roster, and tells what could not be imported.
func (p *program) bring(ctx context.Context, manager *access.Manager, in input) error {
	p.screen.line("%s", in.roster)
	b := &bringing{manager: manager, roster: in.roster, domain: p.domain, screen: p.screen, before: p.store.Snapshot()}
	c, err := b.run(ctx)
	p.tell(in.roster.faults, in.roster.notes)
	p.screen.line("Of %s: %s imported, %s unchanged, %s of people who had left before, %s refused, %s not attempted.",
		count(c.rows, "row", "rows"), number(c.imported), number(c.unchanged), number(c.left), number(c.refused), number(c.open))
	return err
}

// tell tells what is wrong, in the order of the lines, and what should be
// known.
func (p *program) tell(faults, notes []fault) {
	p.screen.clear()
	p.undone = p.undone || len(faults) > 0
	for _, list := range []struct {
		faults []fault
		word   string
	}{{faults, ""}, {notes, "note: "}} {
		slices.SortStableFunc(list.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
		for _, fault := range list.faults {
			p.complain("%s%s", list.word, fault)
		}
	}
}

// stopped is why a run stopped. An interrupt is told with what is left.
func (p *program) stopped(ctx context.Context, err error) error {
	if err == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	hint := "without -store nothing is kept"
	if p.settings.store != "" && !p.dry {
		hint = "what was done is in " + p.settings.store + ", and the same command goes on from there"
	}
	return fmt.Errorf("interrupted: %s", hint)
}

// mayGoOn asks whether people are to be taken out. All but a yes is no, and so
// is the end of the input.
func (p *program) mayGoOn(ctx context.Context, leave *departures) (bool, error) {
	people, clients := 0, map[string]bool{}
	for _, one := range leave.leaving() {
		people++
		for _, m := range removed(one.planned) {
			clients[string(m.Client)] = true
		}
	}
	switch {
	case people == 0:
		p.screen.line("Nobody is to be taken out.")
		return false, nil
	case p.dry:
		p.screen.line("%s would be taken out of %s. This is a dry run: nothing has been changed.",
			count(people, "person", "people"), count(len(clients), "client", "clients"))
		return false, nil
	case p.yes:
		return true, nil
	}
	p.screen.prompt(fmt.Sprintf("Take %s out of %s? [y/N] ", count(people, "person", "people"), count(len(clients), "client", "clients")))
	answer, err := p.answer(ctx)
	if err != nil {
		return false, p.stopped(ctx, err)
	}
	switch fold(tidy(answer)) {
	case "y", "yes":
		return true, nil
	}
	p.screen.line("Nobody was taken out.")
	p.undone = true
	return false, nil
}

// answer reads a line, unless the run is interrupted before.
func (p *program) answer(ctx context.Context) (string, error) {
	type read struct {
		text string
		err  error
	}
	come := make(chan read, 1)
	go func() {
		text, err := bufio.NewReader(io.LimitReader(p.stdin, 100)).ReadString('\n')
		come <- read{text, err}
	}()
	select {
	case got := <-come:
		if got.err != nil {
			p.screen.line("") // nobody has ended the line
		}
		if got.err == io.EOF {
			got.err = nil
		}
		return got.text, got.err
	case <-ctx.Done():
		p.screen.line("")
		return "", ctx.Err()
	}
}
