package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/storage"
)

// day is everything that takes part, and what was seen.
type day struct {
	printer
	began   time.Time
	servers *servers
	office  *office
	team    *team
	seen    []sight
}

// sight is a line of the list at the end.
type sight struct{ what, how string }

// play starts everything, lets the day go by, and ends everything.
func play(ctx context.Context, processes int, out, stderr io.Writer) (err error) {
	d := &day{printer: printer{out: out}, began: time.Now()}
	if d.servers, err = startServers(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.servers.remove()) }()
	d.step("PostgreSQL runs, and a standby that streams from it, which no commit waits for.")
	if d.office, err = openOffice(ctx, d.servers.dsn()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.office.close()) }()
	d.team = &team{dsn: d.servers.dsn(), stderr: stderr}
	defer d.team.stop()
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return d.team.start(ctx, processes) },
		d.streams, d.given, d.takenAway, d.processDies, d.primaryDies, d.mended,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.sum()
	return d.err
}

// step tells what happens, and when.
func (d *day) step(format string, args ...any) {
	d.print("")
	d.print(fmt.Sprintf("%5.1f s  ", time.Since(d.began).Seconds()) + fmt.Sprintf(format, args...))
}

func (d *day) note(what, format string, args ...any) {
	d.seen = append(d.seen, sight{what, fmt.Sprintf(format, args...)})
}

// aWhile is how long things are left to themselves before a table.
const aWhile = time.Second

// look waits a while and prints the table.
func (d *day) look(ctx context.Context) error {
	pause(ctx, aWhile)
	d.table(d.team)
	return ctx.Err()
}

func (d *day) streams(ctx context.Context) error {
	d.office.stream(ctx)
	d.step("%d processes answer from their own memory, while another makes %d changes a second.",
		len(d.team.members), time.Second/pace)
	return d.look(ctx)
}

func (d *day) given(ctx context.Context) error {
	asked := time.Now()
	if err := d.office.give(ctx, client(0), bob); err != nil {
		return err
	}
	after, err := d.team.saw(ctx, asked, func(r report) bool { return r.Bob == yes })
	if err != nil {
		return err
	}
	d.step("Bob is given access. The last process says yes %v after the call was made.", short(after))
	d.note("access given", "every process said yes within %v of the call", short(after))
	return d.look(ctx)
}

func (d *day) takenAway(ctx context.Context) error {
	asked := time.Now()
	if err := d.office.take(ctx, client(0), bob); err != nil {
		return err
	}
	after, err := d.team.saw(ctx, asked, func(r report) bool { return r.Bob != yes })
	if err != nil {
		return err
	}
	d.step("Bob's access is taken away. The last process says no %v after the call was made.", short(after))
	d.note("access taken away", "every process said no within %v of the call", short(after))
	return d.look(ctx)
}

func (d *day) processDies(ctx context.Context) error {
	dead := d.team.members[len(d.team.members)-1]
	killed := time.Now()
	if err := dead.kill(); err != nil {
		return err
	}
	d.step("Process %d is killed with kill -9. The others go on.", len(d.team.members))
	if err := d.look(ctx); err != nil {
		return err
	}
	oldest := d.team.oldest(killed)
	started := time.Now()
	if err := dead.start(d.team.dsn, d.team.stderr); err != nil {
		return err
	}
	r, err := dead.first(ctx, started, always)
	if err != nil {
		return err
	}
	took := r.At.Sub(started)
	d.step("It is started again, and answers %v later.", short(took))
	d.note("a process killed", "the others' answers were at most %v old; started again, it answered after %v", short(oldest), short(took))
	return nil
}

// primaryDies lets the standby lag, so that the newest commits are on the
// primary alone, among them a revocation, and kills the primary then.
func (d *day) primaryDies(ctx context.Context) error {
	d.office.halt()
	if err := d.servers.standby.CatchUp(ctx); err != nil {
		return err
	}
	kept := d.office.head()
	if err := d.servers.standby.Withhold(ctx); err != nil {
		return err
	}
	d.office.stream(ctx)
	pause(ctx, aWhile/2)
	d.office.halt()
	asked := time.Now()
	if err := d.office.take(ctx, client(0), dora); err != nil {
		return err
	}
	last := d.office.head()
	if _, err := d.team.saw(ctx, asked, func(r report) bool { return r.Revision == last.Revision }); err != nil {
		return err
	}
	killed := time.Now()
	if err := d.servers.primary.Kill(); err != nil {
		return err
	}
	d.step("The standby lags behind. Dora's access is taken away, everybody knows, and the primary is killed with kill -9.")
	if err := d.look(ctx); err != nil {
		return err
	}
	if err := d.servers.standby.Promote(ctx); err != nil {
		return err
	}
	d.step("The standby is promoted. It has never heard of the last %d commits.", last.Revision-kept.Revision)
	return d.lost(ctx, killed, kept, last)
}

// lost waits until everybody has noticed what was lost, and compares.
func (d *day) lost(ctx context.Context, killed time.Time, kept, last storage.Head) error {
	if _, err := d.team.saw(ctx, killed, func(r report) bool { return len(r.Lost) > 0 && r.Staleness < aWhile }); err != nil {
		return err
	}
	if err := d.office.store.Refresh(ctx); err != nil {
		return err
	}
	var want []string
	for _, tail := range d.office.store.LostTails() {
		for _, commit := range tail.Commits {
			want = append(want, commit.ID)
		}
	}
	if storage.Revision(len(want)) != last.Revision-kept.Revision {
		return fmt.Errorf("%d commits were lost, and this process knows of %d", last.Revision-kept.Revision, len(want))
	}
	for i, m := range d.team.members {
		r, err := m.first(ctx, time.Now(), always)
		if err != nil {
			return err
		}
		if !slices.Equal(r.Lost, want) || r.Behind != kept.Revision {
			return fmt.Errorf("process %d names %d commits behind revision %d, and %d were lost behind %d",
				i+1, len(r.Lost), r.Behind, len(want), kept.Revision)
		}
	}
	d.office.stream(ctx) // the numbers of what was lost are used again
	if err := d.look(ctx); err != nil {
		return err
	}
	for i, m := range d.team.members {
		for _, r := range m.since(killed) {
			if r.Dora == yes {
				return fmt.Errorf("process %d says yes to Dora", i+1)
			}
		}
	}
	d.note("the primary killed", "no database for a while: answers were at most %v old, and past %v would have been refused",
		short(d.team.oldest(killed)), bound)
	d.note("commits lost with it", "%d, up to revision %d; every process noticed, and names exactly these", len(want), last.Revision)
	return nil
}

// mended has the host make the lost revocation again, and acknowledge the loss.
func (d *day) mended(ctx context.Context) error {
	for _, tail := range d.office.store.LostTails() {
		if err := d.office.manager.AcknowledgeLost(access.Host(), tail.Number); err != nil {
			return err
		}
	}
	if err := d.office.take(ctx, client(0), dora); err != nil {
		return err
	}
	mended := time.Now()
	made := d.office.head().Revision
	if _, err := d.team.saw(ctx, mended, func(r report) bool { return r.Revision >= made }); err != nil {
		return err
	}
	if err := d.team.tell(acknowledge); err != nil {
		return err
	}
	if _, err := d.team.saw(ctx, mended, func(r report) bool { return len(r.Lost) == 0 }); err != nil {
		return err
	}
	d.step("The host takes Dora's access away again, and acknowledges the loss.")
	if err := d.look(ctx); err != nil {
		return err
	}
	d.office.halt()
	for i, m := range d.team.members {
		for _, r := range m.since(mended) {
			if r.Dora == yes {
				return fmt.Errorf("process %d says yes to Dora", i+1)
			}
		}
	}
	d.note("the lost revocation", "stayed in force in every process until the host had made it again")
	return nil
}
