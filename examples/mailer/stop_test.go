package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

var errStopped = errors.New("stopped here")

// once wakes nobody: a run with it ends after its first pass.
func once() <-chan time.Time {
	wake := make(chan time.Time)
	close(wake)
	return wake
}

// sameTwice requires that the office has taken one mail twice, and that a mail
// program can tell.
func (s *scene) sameTwice() {
	s.t.Helper()
	letters := s.office.Letters()
	require.Len(s.t, letters, 2)
	first, second := read(s.t, letters[0]), read(s.t, letters[1])
	require.Equal(s.t, first.header.Get("Message-ID"), second.header.Get("Message-ID"))
	require.Regexp(s.t, `^<\d+\.0\.\w+@product\.example>$`, first.header.Get("Message-ID"))
	require.Equal(s.t, first.body, second.body)
	s.t.Logf("sent twice as %s", first.header.Get("Message-ID"))
}

// The mail is out, and the sender stops before it says so.
func TestLINK5_StoppedBetweenSendingAndAcknowledging(t *testing.T) {
	s := play(t)
	w := &watched{answer: func() error { return errStopped }}
	s.watch(w)
	require.ErrorIs(t, s.mailer.DeliverDue(t.Context()), errStopped)
	require.Len(t, s.office.Letters(), 1)
	w.answer = nil
	s.deliver()
	require.Len(t, s.office.Letters(), 1, "it is leased")
	s.Clock.Turn(time.Minute)
	s.deliver()
	s.sameTwice()
	s.nothingLeft()
}

// The mailer is told to stop while the server has the whole mail and has not
// answered. Nobody can tell, so the lease runs out.
func TestLINK5_StoppedWhileTheServerHasTheMail(t *testing.T) {
	s := play(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	s.office.OnMail(func(Letter, func()) error {
		cancel()
		<-stopped // the answer comes too late
		return nil
	})
	require.NoError(t, s.mailer.Run(ctx, once()), "it does not wait for the answer")
	close(stopped)
	s.office.OnMail(nil)
	s.deliver()
	require.Len(t, s.office.Letters(), 1, "it is leased")
	s.Clock.Turn(time.Minute)
	s.deliver()
	s.sameTwice()
	s.nothingLeft()
}

// The mailer is told to stop when the server has answered: it says so first.
func TestStoppedAfterTheAnswer(t *testing.T) {
	s := play(t)
	ctx, cancel := context.WithCancel(t.Context())
	var sent atomic.Bool
	s.office.OnMail(func(Letter, func()) error {
		sent.Store(true)
		return nil
	})
	s.watch(&watched{aside: func(ctx context.Context) error {
		if sent.Load() {
			cancel()
		}
		return ctx.Err()
	}})
	require.NoError(t, s.mailer.Run(ctx, once()))
	require.Error(t, ctx.Err())
	require.Contains(t, s.log.String(), "msg=delivered")
	s.nothingLeft()
}

// The mailer is told to stop before the server has the mail: it is given back,
// due at once, and the try does not count.
func TestStoppedBeforeTheMail(t *testing.T) {
	s := play(t)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		s.office.OnStep(func(step, _ string) error {
			if step == "RCPT" {
				cancel()
				<-stopped
			}
			return nil
		})
		require.NoError(t, s.mailer.Run(ctx, once()))
		require.Error(t, ctx.Err())
		close(stopped)
	}
	require.Empty(t, s.log.String())
	s.office.OnStep(nil)
	s.deliver()
	require.Len(t, s.office.Letters(), 1)
	s.nothingLeft()
}

// A server takes the mail and drops the connection before it answers: the mail
// is sent again, but not for ever, because somebody may get it each time.
func TestLINK5_AServerThatDropsTheConnectionBeforeItsAnswer(t *testing.T) {
	t.Run("once", func(t *testing.T) {
		s := play(t)
		s.office.OnMail(func(_ Letter, hangUp func()) error {
			hangUp()
			return nil
		})
		s.deliver()
		s.office.OnMail(nil)
		s.deliver()
		require.Len(t, s.office.Letters(), 1, "it is leased")
		s.Clock.Turn(time.Minute)
		s.deliver()
		s.sameTwice()
		s.nothingLeft()
	})
	t.Run("always", func(t *testing.T) {
		s := play(t)
		s.office.OnMail(func(_ Letter, hangUp func()) error {
			hangUp()
			return nil
		})
		for range 100 {
			s.deliver()
			s.Clock.Turn(accesstest.Day)
		}
		_, ids := mailsBy(t, s.office)
		t.Logf("%d mails with %d message id", len(s.office.Letters()), len(ids))
		require.Len(t, s.office.Letters(), 10)
		require.Len(t, ids, 1)
		require.Len(t, s.undelivered(), 1)
	})
}

// A server that accepts the connection and never says a word costs so much
// time and no more.
func TestAServerThatSaysNothing(t *testing.T) {
	s := play(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, silent.Close()) }()
	s.mailer.Line, err = NewLine(silent.Addr().String(), 30*time.Millisecond)
	require.NoError(t, err)
	for range 12 {
		s.deliver()
		s.Clock.Turn(mostDelay)
	}
	require.Equal(t, 12, strings.Count(s.log.String(), "to be sent later"))
	s.mailer.Line, err = NewLine(s.office.Address, sendTime)
	require.NoError(t, err)
	s.deliver()
	require.Len(t, s.office.Letters(), 1)
	s.nothingLeft()
}

// The mailer is told to stop while a server greets it and says no more, for
// which it would wait for an hour.
func TestStoppedWhileConnecting(t *testing.T) {
	s := play(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		conn, err := silent.Accept()
		if err == nil {
			_, err = io.WriteString(conn, "220 silent.example\r\n")
		}
		if err == nil {
			_, err = conn.Read(make([]byte, 1)) // the mailer is connected
		}
		cancel()
		if err == nil {
			_, err = io.Copy(io.Discard, conn) // until the mailer hangs up
			_ = conn.Close()
		}
		ended <- err
	}()
	s.mailer.Line, err = NewLine(silent.Addr().String(), time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.mailer.Run(ctx, once()))
	require.NoError(t, <-ended)
	require.NoError(t, silent.Close())
	require.Empty(t, s.log.String())
	s.mailer.Line, err = NewLine(s.office.Address, sendTime)
	require.NoError(t, err)
	s.deliver()
	require.Len(t, s.office.Letters(), 1, "it was given back")
	s.nothingLeft()
}

// Between two wakes the mailer does nothing at all.
func TestRunWaitsForItsWake(t *testing.T) {
	s := play(t)
	w := &watched{}
	s.watch(w)
	ctx, cancel := context.WithCancel(t.Context())
	wake, ended := make(chan time.Time), make(chan error)
	go func() { ended <- s.mailer.Run(ctx, wake) }()
	wake <- time.Time{} // it has done its first pass, and waits
	s.approve(1)
	wake <- time.Time{}
	wake <- time.Time{}
	before := w.asides.Load() // it is in its last pass, or waits again
	for range 10 {
		wake <- time.Time{}
	}
	each := (w.asides.Load() - before) / 10
	require.LessOrEqual(t, each, int64(3), "transactions a pass")
	require.Len(t, s.office.Letters(), 2)
	cancel()
	require.NoError(t, <-ended)

	go func() { ended <- s.mailer.Run(t.Context(), wake) }()
	close(wake)
	require.NoError(t, <-ended, "a wake that is closed ends it")
}

// A store that fails is tried again at the next wake; a closed one ends the
// run.
func TestRunGoesOnWhenTheStoreFails(t *testing.T) {
	s := play(t)
	fails := true
	s.watch(&watched{aside: func(context.Context) error {
		if fails {
			return storage.ErrContended
		}
		return nil
	}})
	wake, ended := make(chan time.Time), make(chan error)
	go func() { ended <- s.mailer.Run(t.Context(), wake) }()
	wake <- time.Time{}
	wake <- time.Time{} // it waits, so it does not read fails now
	wake <- time.Time{}
	close(wake)
	require.NoError(t, <-ended)
	require.Equal(t, 4, strings.Count(s.log.String(), "the store fails"))
	fails = false
	require.NoError(t, s.mailer.DeliverDue(t.Context()))
	require.Len(t, s.office.Letters(), 1)

	closed := memdb.New()
	mailer, _ := mailerFor(t, closed, s.Clock.Now, s.office.Address)
	require.NoError(t, closed.Close())
	require.ErrorIs(t, mailer.Run(t.Context(), wake), storage.ErrClosed)
}
