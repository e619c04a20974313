package pgproof_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// sumEvery is at which revisions followers compare their states.
const sumEvery = 1000

// feedWriters is how many goroutines of each writing process commit.
const feedWriters = 4

// TestFeed has processes write and others follow. Each follower gets every
// commit once and in order, and has the same state at every thousandth revision.
func TestFeed(t *testing.T) {
	t.Parallel()
	processes, commits := size(3, 8), size(3_000, 50_000)
	began := time.Now()
	seen := runFeed(t, processes, commits, false)
	took := time.Since(began)
	for _, s := range seen {
		require.Equal(t, feedSeen{Commits: s.Commits, Sums: seen[0].Sums, Compared: s.Compared}, s)
		require.Equal(t, commits, s.Commits)
		require.Len(t, s.Sums, commits/sumEvery)
		require.NotZero(t, s.Compared)
	}
	t.Logf("%d commits by %d processes in %v, followed by %d: 0 lost, 0 twice, 0 out of order; the same state at each of %d revisions",
		commits, processes, took.Round(time.Millisecond), processes, len(seen[0].Sums))
}

// TestFeed_OutboxLoses shows that the test finds what it looks for: with an
// outbox whose rows a sequence numbers, in place of the row that all writers
// lock, followers lose commits. A row is visible when its transaction ends, and
// those with higher numbers may be before it.
func TestFeed_OutboxLoses(t *testing.T) {
	t.Parallel()
	processes, commits := size(3, 8), size(3_000, 50_000)
	lost := 0
	for _, s := range runFeed(t, processes, commits, true) {
		require.Equal(t, commits, s.Commits+s.Lost)
		lost += s.Lost
	}
	t.Logf("of %d commits through an outbox, %d followers lost %.1f %%", commits, processes, 100*float64(lost)/float64(commits*processes))
	require.NotZero(t, lost)
}

// feedSeen is what a follower has seen.
type feedSeen struct {
	Commits, Lost, Twice, Disordered int
	// Sums are those of the states at every thousandth revision, as the feed
	// makes them; Compared is how often the store's own state was the same.
	Sums     []string
	Compared int
}

// runFeed has so many processes make commits, and as many follow.
func runFeed(t *testing.T, processes, commits int, outbox bool) []feedSeen {
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	if outbox {
		require.NoError(t, makeOutbox(t.Context(), dsn))
	}
	each := commits / processes / feedWriters
	var followers, writers []*process
	for i := range processes {
		followers = append(followers, start(t, order{Role: "follower", Name: strconv.Itoa(i), DSN: dsn, Outbox: outbox}))
		writers = append(writers, start(t, order{
			Role: "writer", Name: strconv.Itoa(i), DSN: dsn, Outbox: outbox, Writers: feedWriters, Each: each,
		}))
	}
	for _, p := range append(followers, writers...) {
		require.Equal(t, "ready", hear[string](t, p))
	}
	rest := commits - processes*feedWriters*each
	writers[0].tell(t, "%d", rest) // one of its goroutines makes these, too
	for _, p := range writers[1:] {
		p.tell(t, "0")
	}
	for _, p := range writers {
		require.Equal(t, "done", hear[string](t, p))
	}
	seen := make([]feedSeen, processes)
	for i, p := range followers {
		p.tell(t, "%d", commits)
		seen[i] = hear[feedSeen](t, p)
	}
	return seen
}

// feedSource is a feed of commits, each the n-th of one writer.
type feedSource interface {
	write(ctx context.Context, writer string, n int) error
	// follow calls see with each commit, until done says that all were seen, or
	// that nobody writes any more and nothing new comes.
	follow(ctx context.Context, done func(last storage.Revision, silent bool) bool, see func(writer string, n int)) error
}

// feedWriter is the process that writes.
func feedWriter(ctx context.Context, o order, t talk) error {
	source, err := openFeed(ctx, o)
	if err != nil {
		return err
	}
	if err := t.say("ready"); err != nil {
		return err
	}
	rest, err := strconv.Atoi(t.hear())
	if err != nil {
		return err
	}
	failed := make([]error, o.Writers)
	var writers sync.WaitGroup
	for i := range o.Writers {
		commits := o.Each
		if i == 0 {
			commits += rest
		}
		writers.Go(func() {
			for n := 1; n <= commits && failed[i] == nil; n++ {
				failed[i] = source.write(ctx, fmt.Sprintf("%s-%d", o.Name, i), n)
			}
		})
	}
	writers.Wait()
	return errors.Join(append(failed, t.say("done"))...)
}

// feedFollower is the process that follows.
func feedFollower(ctx context.Context, o order, t talk) error {
	source, err := openFeed(ctx, o)
	if err != nil {
		return err
	}
	if err := t.say("ready"); err != nil {
		return err
	}
	total := make(chan int, 1)
	go func() {
		n, _ := strconv.Atoi(t.hear())
		total <- n
	}()
	var seen feedSeen
	last, all := map[string]int{}, -1
	err = source.follow(ctx, func(revision storage.Revision, silent bool) bool {
		if all < 0 {
			select {
			case all = <-total:
				return false // what is silent now began before all was written
			default:
			}
		}
		return all >= 0 && (silent || int(revision) >= all)
	}, func(writer string, n int) {
		seen.Commits++
		switch before := last[writer]; {
		case n == before:
			seen.Twice++
		case n < before:
			seen.Disordered++
		default:
			seen.Lost += n - before - 1
		}
		last[writer] = max(n, last[writer])
	})
	if err != nil {
		return err
	}
	if all > seen.Commits+seen.Lost { // the last of a writer
		seen.Lost = all - seen.Commits
	}
	if own, is := source.(*feedStore); is {
		seen.Sums, seen.Compared = own.sums, own.compared
	}
	return t.say(seen)
}

func openFeed(ctx context.Context, o order) (feedSource, error) {
	if o.Outbox {
		return openOutbox(ctx, o.DSN)
	}
	store, err := openStore(ctx, o)
	return &feedStore{Store: store}, err
}

// feedStore is the library's own feed: a writer is a client, whose name counts.
type feedStore struct {
	*memdb.Store
	sums     []string
	compared int
}

func (s *feedStore) write(ctx context.Context, writer string, n int) error {
	_, err := s.Update(ctx, func(tx storage.Tx) error {
		return errors.Join(tx.Put(relationship.Client{ID: relationship.ClientID(writer), Name: strconv.Itoa(n)}),
			tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: time.Now()}))
	})
	return err
}

func (s *feedStore) follow(ctx context.Context, done func(storage.Revision, bool) bool, see func(string, int)) error {
	var at storage.Checkpoint
	for !done(at.Revision, false) {
		wait, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		_ = s.Wait(wait, at.Revision+1) // or it is time to ask whether all is done
		cancel()
		snapshot := s.Snapshot()
		for commit, err := range s.behind(ctx, at.Head) {
			if err != nil {
				return err
			}
			chain, err := storage.Seal(at.Chain, commit)
			if err != nil {
				return err
			}
			if chain != commit.Chain || commit.Revision != at.Revision+1 {
				return fmt.Errorf("commit %d does not follow commit %d", commit.Revision, at.Revision)
			}
			client := commit.Events[0].Lines[0].After.(relationship.Client)
			n, err := strconv.Atoi(client.Name)
			if err != nil {
				return err
			}
			see(string(client.ID), n)
			if at, err = at.Advance(commit); err != nil {
				return err
			}
			if at.Revision%sumEvery == 0 {
				s.sums = append(s.sums, fmt.Sprint(at.Revision, at.Sum))
			}
			if at.Revision == snapshot.Revision() {
				sum, err := sumOf(snapshot)
				if err != nil {
					return err
				}
				if sum != at.Sum {
					return fmt.Errorf("the state at revision %d is not what the feed makes of it", at.Revision)
				}
				s.compared++
			}
		}
	}
	return nil
}

// behind is what memory knows behind a commit, or else what the journal does.
func (s *feedStore) behind(ctx context.Context, after storage.Head) func(func(storage.Commit, error) bool) {
	commits, known := s.Since(after)
	if !known {
		return s.Changes(ctx, after.Revision)
	}
	return func(yield func(storage.Commit, error) bool) {
		for _, commit := range commits {
			if !yield(commit, nil) {
				return
			}
		}
	}
}

func sumOf(r storage.Reader) (sum storage.Sum, err error) {
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			if err := sum.Apply(relationship.Line{After: record}); err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// writerOf is what an outbox has as text.
func writerOf(text string) (writer string, n int, err error) {
	writer, number, _ := strings.Cut(text, "/")
	n, err = strconv.Atoi(number)
	return writer, n, err
}
