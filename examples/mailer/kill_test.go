package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

const (
	senderFile   = "CLIENTACCESS_TEST_SENDER_FILE"
	senderServer = "CLIENTACCESS_TEST_SENDER_SERVER"
	senderNow    = "CLIENTACCESS_TEST_SENDER_NOW"
	senderMails  = "CLIENTACCESS_TEST_SENDER_MAILS"
)

// TestMain is the sending process, too.
func TestMain(m *testing.M) {
	if path := os.Getenv(senderFile); path != "" {
		if err := sendAndStall(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1) // it is killed before
	}
	os.Exit(m.Run())
}

// sendAndStall delivers so many mails and stalls where it would acknowledge
// the next, which is out by then.
func sendAndStall(path string) error {
	now, err := time.Parse(time.RFC3339, os.Getenv(senderNow))
	if err != nil {
		return err
	}
	var mails int
	if _, err := fmt.Sscan(os.Getenv(senderMails), &mails); err != nil {
		return err
	}
	store, err := openFile(path)
	if err != nil {
		return err
	}
	w := &watched{Store: store, answer: func() error {
		if mails--; mails < 0 {
			fmt.Println("not acknowledged")
			select {}
		}
		return nil
	}}
	mailer, log := mailerFor(fatal{}, w, func() time.Time { return now }, os.Getenv(senderServer))
	if err := mailer.DeliverDue(context.Background()); err != nil {
		return err
	}
	return fmt.Errorf("the sender was not killed: %s", log)
}

// fatal is a test of the sending process.
type fatal struct{}

func (fatal) Errorf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (fatal) FailNow()                          { os.Exit(1) }

// alone is a test that does not verify a world at its end: the file is closed
// by then.
type alone struct{ t *testing.T }

func (a alone) Helper()                           { a.t.Helper() }
func (a alone) Fatalf(format string, args ...any) { a.t.Helper(); a.t.Fatalf(format, args...) }

func openFile(path string) (*memdb.Store, error) {
	journal, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	return memdb.Open(context.Background(), journal)
}

// One process after the other delivers from a file, and each is killed between
// sending and acknowledging: what it had sent last is sent again by the next
// one, with the same Message-ID, and nothing else.
func TestLINK5_KilledBetweenSendingAndAcknowledging(t *testing.T) {
	const notifications, kills = 6, 5
	path := filepath.Join(t.TempDir(), "access.db")
	store, err := openFile(path)
	require.NoError(t, err)
	s := &scene{World: accesstest.New(alone{t}, accesstest.WithStore(store)), t: t, office: &Office{}}
	s.approve(notifications - 1)
	s.Verify()
	require.NoError(t, store.Close())
	require.NoError(t, s.office.Open())
	defer func() { require.NoError(t, s.office.Close()) }()

	for kill := range kills {
		mails := 1 // the one that the process before had not acknowledged
		if kill == 0 {
			mails = 0
		}
		before := len(s.office.Letters())
		killSender(t, path, s.office.Address, s.Clock.Now(), mails)
		require.Len(t, s.office.Letters(), before+mails+1)
		s.Clock.Turn(time.Minute)
	}

	store, err = openFile(path)
	require.NoError(t, err)
	s.Store = store
	s.mailer, s.log = s.another()
	s.Manager = s.mailer.Manager
	s.deliver()
	addresses, ids := mailsBy(t, s.office)
	twice := 0
	for id, mails := range ids {
		require.LessOrEqual(t, mails, 2, id)
		twice += mails - 1
	}
	t.Logf("%d processes killed: %d notifications, %d mails, %d of them sent again with the same message id",
		kills, notifications, len(s.office.Letters()), twice)
	require.Len(t, addresses, notifications, "at least once")
	require.Len(t, ids, notifications)
	require.Equal(t, kills, twice)
	require.Len(t, s.office.Letters(), notifications+kills)
	s.nothingLeft()
	s.Verify()
	require.NoError(t, store.Close())
}

// killSender runs a process that delivers, and kills it when it has delivered
// so many mails and sent one more.
func killSender(t *testing.T, path, server string, now time.Time, mails int) {
	t.Helper()
	sender := exec.Command(os.Args[0])
	sender.Env = append(os.Environ(), senderFile+"="+path, senderServer+"="+server,
		senderNow+"="+now.Format(time.RFC3339), senderMails+"="+fmt.Sprint(mails))
	sender.Stderr = os.Stderr
	out, err := sender.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, sender.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "not acknowledged\n", line)
	require.NoError(t, sender.Process.Kill())
	require.ErrorContains(t, sender.Wait(), "killed")
}
