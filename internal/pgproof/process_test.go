package pgproof_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// orderVariable makes a process of this program carry out the order that it
// holds, and nothing else.
const orderVariable = "CLIENTACCESS_PROOF"

// order is what a process is started with.
type order struct {
	Role string // one of roles
	DSN  string
	postgres.Options

	// Name tells processes of one role apart.
	Name string
	// Writers and Each are of a role that writes: so many goroutines, with so
	// many commits each.
	Writers, Each int
	// Outbox has the feed's commits go through a table numbered by a sequence.
	Outbox bool
	// MaxStaleness is the Manager's.
	MaxStaleness time.Duration
}

// roles are what a process can be. Each talks through its standard input and
// output, and ends with its work or when it is killed.
var roles = map[string]func(context.Context, order, talk) error{
	"writer":   feedWriter,
	"follower": feedFollower,
	"lives":    livesWriter,
	"replica":  replica,
}

func TestMain(m *testing.M) {
	text := os.Getenv(orderVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var o order
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		err = roles[o.Role](context.Background(), o, talk{bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)})
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s %s: %v\n", o.Role, o.Name, err)
		os.Exit(1)
	}
}

// talk is a process's side of the conversation.
type talk struct {
	in  *bufio.Scanner
	out *json.Encoder
}

// hear waits for a line. When nobody is left to say one, the process ends: its
// test has.
func (t talk) hear() string {
	if !t.in.Scan() {
		os.Exit(0)
	}
	return t.in.Text()
}

func (t talk) say(what any) error { return t.out.Encode(what) }

// process is a process that carries out an order.
type process struct {
	*os.Process
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *json.Decoder
}

// start starts a process, which is killed when the test ends.
func start(t testing.TB, o order) *process {
	t.Helper()
	text, err := json.Marshal(o)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orderVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &process{Process: cmd.Process, name: o.Role + " " + o.Name, cmd: cmd, in: in, out: json.NewDecoder(out)}
	t.Cleanup(func() {
		_ = p.Kill() // it may have ended
		_ = cmd.Wait()
	})
	return p
}

// tell says a line to the process.
func (p *process) tell(t testing.TB, format string, args ...any) {
	t.Helper()
	_, err := fmt.Fprintf(p.in, format+"\n", args...)
	require.NoError(t, err, p.name)
}

// patience is how long a process may say nothing before it is killed: far longer
// than anything takes.
const patience = 5 * time.Minute

// hear waits for what the process says next.
func hear[V any](t testing.TB, p *process) (said V) {
	t.Helper()
	timer := time.AfterFunc(patience, func() { _ = p.Kill() })
	defer timer.Stop()
	require.NoError(t, p.out.Decode(&said), p.name)
	return said
}

// openStore opens the engine over the database of an order.
func openStore(ctx context.Context, o order) (*memdb.Store, error) {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 3
	journal, err := postgres.Open(ctx, config, o.Options)
	if err != nil {
		return nil, err
	}
	store, err := memdb.Open(ctx, journal)
	if err != nil {
		_ = journal.Close() // what matters is why it was not opened
	}
	return store, err
}

// migrated is a database as Migrate leaves it.
var migrated = pgtest.NewTemplate(migrate)

func migrate(ctx context.Context, dsn string) error {
	config, err := pgxpool.ParseConfig(dsn)
	if err == nil {
		err = postgres.Migrate(ctx, config, postgres.Options{})
	}
	return err
}

// size is how much is tested: full, or short.
func size(short, full int) int {
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		return full
	}
	return short
}
