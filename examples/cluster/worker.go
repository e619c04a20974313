package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// workerVariable makes this program one of the processes, over the database that
// it names.
const workerVariable = "CLIENTACCESS_CLUSTER_WORKER"

// acknowledge is what a process is told on its standard input when the host has
// mended what was lost. When the input ends, the process does.
const acknowledge = "acknowledge"

// report is what a process says about itself: every now and then, and at once
// when an answer is another than before.
type report struct {
	At        time.Time
	Revision  storage.Revision
	Staleness time.Duration
	// Decisions is how many were made since the start, in the time Asking.
	Decisions int64
	Asking    time.Duration
	// Answers are those about the two people, in words.
	Bob, Dora string
	// Lost are the commits that the database has lost, as this process knows;
	// Behind is the newest one that it has not.
	Lost   []string
	Behind storage.Revision
}

// reportEvery is how often a process reports.
const reportEvery = 100 * time.Millisecond

// openManager opens the library over the database, as every process does.
func openManager(ctx context.Context, dsn string) (*access.Manager, *memdb.Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, nil, err
	}
	journal, err := postgres.Open(ctx, config, postgres.Options{})
	if err != nil {
		return nil, nil, err
	}
	store, err := memdb.Open(ctx, journal)
	if err != nil {
		_ = journal.Close() // what matters is why it was not opened
		return nil, nil, err
	}
	manager, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog()})
	if err != nil {
		_ = store.Close()
		return nil, nil, err
	}
	return manager, store, nil
}

// worker is one of the processes.
type worker struct {
	manager   *access.Manager
	store     *memdb.Store
	decisions atomic.Int64
	asking    atomic.Int64
}

// work is the whole life of a process.
func work(ctx context.Context, dsn string, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	manager, store, err := openManager(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // it has only read
	w := &worker{manager: manager, store: store}
	go func() {
		defer cancel()
		for orders := bufio.NewScanner(in); orders.Scan(); {
			if orders.Text() == acknowledge {
				w.acknowledge()
			}
		}
	}()
	go w.ask(ctx)
	return w.tell(ctx, json.NewEncoder(out))
}

// ask asks as a host would: about anybody, for a fifth of the time, so that
// there is something left for the others on a small machine.
func (w *worker) ask(ctx context.Context) {
	permission, _ := crm.Catalog().Lookup(crm.ReportsView)
	for ctx.Err() == nil {
		began := time.Now()
		for time.Since(began) < 10*time.Millisecond {
			for range 100 {
				w.manager.Check(employee(rand.IntN(employees)), client(rand.IntN(clients)), permission)
			}
			w.decisions.Add(100)
		}
		w.asking.Add(int64(time.Since(began)))
		pause(ctx, 40*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// tell reports until ctx ends.
func (w *worker) tell(ctx context.Context, out *json.Encoder) error {
	var last report
	for ctx.Err() == nil {
		now := w.report()
		if now.Bob != last.Bob || now.Dora != last.Dora || now.At.Sub(last.At) >= reportEvery {
			if err := out.Encode(now); err != nil {
				return err
			}
			last = now
		}
		// Until there is something new, or it is time.
		wait, cancel := context.WithTimeout(ctx, time.Until(last.At.Add(reportEvery)))
		_ = w.store.Wait(wait, now.Revision+1)
		cancel()
	}
	return nil
}

func (w *worker) report() report {
	r := report{
		Bob: w.answer(bob), Dora: w.answer(dora), Revision: w.manager.Revision(), Staleness: w.manager.Staleness(),
		Decisions: w.decisions.Load(), Asking: time.Duration(w.asking.Load()), At: time.Now(),
	}
	tails, _ := w.manager.LostTails(access.Host())
	for _, tail := range tails {
		r.Behind = tail.Ancestor.Revision
		for _, commit := range tail.Commits {
			r.Lost = append(r.Lost, commit.ID)
		}
	}
	return r
}

// answer asks whether somebody may view reports at the first client.
func (w *worker) answer(user relationship.UserID) string {
	decision := w.manager.CheckName(user, client(0), crm.ReportsView)
	if decision.Allowed() {
		return yes
	}
	return fmt.Sprintf("no: %s", decision.Reason())
}

func (w *worker) acknowledge() {
	tails, _ := w.manager.LostTails(access.Host())
	for _, tail := range tails {
		_ = w.manager.AcknowledgeLost(access.Host(), tail.Number) // another goroutine cannot have done so
	}
}
