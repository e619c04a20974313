package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// What is compared: scripts of so many calls.
const (
	scriptCalls  = 60
	scriptsShort = 6
	scriptsFull  = 300
)

// TestStores_SameScriptSameAnswers plays random scripts on the engine alone,
// over bolt and over PostgreSQL: every call has the same outcome, every question
// the same answer after it, and the log the same events. What is opened anew has
// the same records.
func TestStores_SameScriptSameAnswers(t *testing.T) {
	t.Parallel()
	first, scripts := 50_000+theoremSeed(t), max(1, theoremSize(scriptsShort, scriptsFull))
	made, refused, answers, events := 0, 0, 0, 0
	for seed := first; seed < first+uint64(scripts); seed++ {
		alone := playScript(t, seed, scriptStore{open: func() storage.Store { return memdb.New() }})
		made, refused = made+alone.made, refused+alone.refused
		answers, events = answers+alone.answers, events+len(alone.log)
		for name, store := range map[string]scriptStore{"bolt": onBolt(t), "PostgreSQL": onPostgres(t, seed)} {
			other := playScript(t, seed, store)
			for i, told := range alone.told {
				require.Less(t, i, len(other.told), "seed %d, %s", seed, name)
				require.Equal(t, told, other.told[i], "seed %d, %s", seed, name)
			}
			require.Len(t, other.told, len(alone.told), "seed %d, %s", seed, name)
			require.Len(t, other.log, len(alone.log), "seed %d, %s", seed, name)
			for i, commit := range alone.log {
				require.Equal(t, string(commit), string(other.log[i]), "seed %d, %s: commit %d is another", seed, name, i+1)
			}
		}
	}
	t.Logf("%d scripts of %d calls (%d made and %d refused), %d answers, %d commits: the same on all three stores",
		scripts, scriptCalls, made, refused, answers, events)
	require.NotZero(t, made)
	require.NotZero(t, refused)
}

// scriptStore opens a store; again, if not nil, what was closed, and beside what
// is open.
type scriptStore struct{ open, again, beside func() storage.Store }

// besideEvery is after how many calls what is stored is looked at.
const besideEvery = 5

func onBolt(t *testing.T) scriptStore {
	path := filepath.Join(t.TempDir(), "access.db")
	open := func() storage.Store {
		journal, err := bolt.Open(path)
		require.NoError(t, err)
		return openOver(t, journal)
	}
	return scriptStore{open: open, again: open}
}

func openOver(t *testing.T, journal storage.Journal) storage.Store {
	t.Helper()
	store, err := memdb.Open(context.Background(), journal)
	require.NoError(t, err)
	return store
}

// onPostgres asks the database in another way each time.
func onPostgres(t *testing.T, seed uint64) scriptStore {
	config, err := pgxpool.ParseConfig(pgtest.Database(t, pgtest.Options{Template: migratedDatabase}))
	require.NoError(t, err)
	config.MaxConns = 3
	config.ConnConfig.DefaultQueryExecMode = []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	}[seed%3]
	open := func() storage.Store {
		journal, err := postgres.Open(context.Background(), config, postgres.Options{NoNotify: seed%2 == 0})
		require.NoError(t, err)
		return openOver(t, journal)
	}
	return scriptStore{open, open, open}
}

// migratedDatabase is a database as postgres.Migrate leaves it.
var migratedDatabase = pgtest.NewTemplate(func(ctx context.Context, dsn string) error {
	config, err := pgxpool.ParseConfig(dsn)
	if err == nil {
		err = postgres.Migrate(ctx, config, postgres.Options{})
	}
	return err
})

// script is what was told while a script was played, and the log that it left.
type script struct {
	told                   []string
	made, refused, answers int
	log                    [][]byte
}

func playScript(t *testing.T, seed uint64, on scriptStore) *script {
	t.Helper()
	store := on.open()
	w, s := newRandomWorldOn(t, seed, store), &script{}
	w.told = func(call access.Call, what string, result any, err error) {
		s.hear(t, call, what, result, err)
		s.ask(w.manager)
		if calls := s.made + s.refused; on.beside != nil && calls%besideEvery == 0 {
			beside := on.beside()
			require.Equal(t, recordsOf(store), recordsOf(beside), "seed %d: opened beside, after %d calls", seed, calls)
			require.NoError(t, beside.Close())
		}
	}
	for s.made+s.refused < scriptCalls {
		w.step()
		w.stepAside()
	}
	for _, link := range w.links {
		plant(t, link.Secret)
	}
	_, err := w.manager.Verify(context.Background())
	require.NoError(t, err)
	s.log = logOf(t, store)
	records := recordsOf(store)
	require.NoError(t, store.Close())
	if on.again != nil {
		again := on.again()
		require.Equal(t, records, recordsOf(again), "seed %d: opened again", seed)
		require.Equal(t, s.log, logOf(t, again), "seed %d: opened again", seed)
		require.NoError(t, again.Close())
	}
	return s
}

// hear notes what became of a call.
func (s *script) hear(t *testing.T, call access.Call, what string, result any, err error) {
	t.Helper()
	text, failed := json.Marshal(result)
	require.NoError(t, failed)
	s.told = append(s.told, fmt.Sprintf("%s by %s: %s; %v", what, call, text, err))
	if err == nil {
		s.made++
	} else {
		s.refused++
	}
}

// ask notes the answers to all questions.
func (s *script) ask(m *access.Manager) {
	var b strings.Builder
	fmt.Fprintf(&b, "revision %d", m.Revision())
	for _, client := range askedClients {
		for _, user := range askedUsers {
			fmt.Fprintf(&b, "; %s in %s:", user, client)
			for p := range m.Catalog().Permissions() {
				fmt.Fprintf(&b, " %d", m.Check(user, client, p).Reason())
				s.answers++
			}
		}
	}
	s.told = append(s.told, b.String())
}

// stepAside makes calls that leave nothing in the log, or look at links.
func (w *randomWorld) stepAside() {
	ctx := context.Background()
	if w.chance(3) {
		due, err := w.manager.LeaseNotifications(ctx, access.Host(), 1+w.random.IntN(3))
		w.tell(access.Host(), "LeaseNotifications", due, err)
		for _, d := range due {
			if w.chance(2) {
				w.tell(access.Host(), "Delivered", nil, w.manager.Delivered(ctx, access.Host(), d))
			} else {
				w.tell(access.Host(), "DeliverLater", nil, w.manager.DeliverLater(ctx, access.Host(), d, w.later()))
			}
		}
	}
	if w.chance(5) && len(w.links) > 0 {
		client := oneOf(w, randomClients)
		call := w.clientSide(client)
		view, err := w.manager.OpenLink(ctx, call, client, oneOf(w, w.links).Secret)
		w.tell(call, "OpenLink", view, err)
	}
	if w.chance(5) {
		call := w.partnerSide()
		plan, err := w.manager.Plan(ctx, call, access.RemoveEmployee{Employee: oneOf(w, randomUsers), All: true})
		w.tell(call, "Plan", plan.String(), err)
	}
}

// logOf is every commit of a log as bytes, without what is random in it: ids
// of commits, the names of calls, and the salt of people.
func logOf(t *testing.T, store storage.Store) (log [][]byte) {
	t.Helper()
	calls := map[string]string{"": ""}
	for commit, err := range store.Changes(context.Background(), 0) {
		require.NoError(t, err)
		commit.ID, commit.Chain = "", relationship.Digest{}
		events := make([]relationship.Event, len(commit.Events))
		for i, event := range commit.Events {
			if _, known := calls[event.Call]; !known {
				calls[event.Call] = fmt.Sprint(len(calls))
			}
			event.Call = calls[event.Call]
			lines := make([]relationship.Line, len(event.Lines))
			for j, line := range event.Lines {
				lines[j] = relationship.Line{Before: unsalted(line.Before), After: unsalted(line.After)}
			}
			event.Lines = lines
			events[i] = event
		}
		commit.Events = events
		body, err := storage.AppendCommit(nil, commit)
		require.NoError(t, err)
		log = append(log, body)
	}
	return log
}

func unsalted(record relationship.Record) relationship.Record {
	switch record := record.(type) {
	case relationship.User:
		record.Salt, record.Person = relationship.Digest{}, relationship.Digest{}
		return record
	case relationship.Link:
		record.Shows = relationship.Digest{} // of the person, too
		return record
	}
	return record
}

func recordsOf(store storage.Store) map[relationship.Key]relationship.Record {
	all := map[relationship.Key]relationship.Record{}
	for _, kind := range relationship.Kinds() {
		for record := range store.Snapshot().All(kind, relationship.Key{}) {
			all[record.Key()] = record
		}
	}
	return all
}
