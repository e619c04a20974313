package main

import (
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestLINK5_OneMailPerNotification(t *testing.T) {
	s := play(t)
	var connections atomic.Int64
	s.office.OnStep(func(step, _ string) error {
		if step == "EHLO" {
			connections.Add(1)
		}
		return nil
	})
	s.approve(99)
	s.deliver()
	addresses, ids := mailsBy(t, s.office)
	t.Logf("100 notifications, %d mails to %d addresses with %d message ids over %d connection(s)",
		len(s.office.Letters()), len(addresses), len(ids), connections.Load())
	require.Len(t, s.office.Letters(), 100)
	require.Len(t, addresses, 100)
	require.Len(t, ids, 100)
	require.Equal(t, int64(1), connections.Load())
	s.deliver()
	s.nothingLeft()
	require.Equal(t, 100, strings.Count(s.log.String(), "level=INFO msg=delivered"))
	require.Equal(t, 100, strings.Count(s.log.String(), "\n"))
}

// The server hangs up after every mail, in one of two ways, and all arrive in
// one go.
func TestAServerThatHasHadEnoughOfAConnection(t *testing.T) {
	t.Run("says so", func(t *testing.T) {
		s := play(t)
		s.approve(9)
		var mails atomic.Int64
		s.office.OnStep(func(step, _ string) error {
			if step != "MAIL" {
				return nil
			}
			if mails.Add(1)%2 == 0 {
				return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "enough"}
			}
			return nil
		})
		s.deliver()
		require.Len(t, s.office.Letters(), 10)
		s.nothingLeft()
	})
	t.Run("hangs up", func(t *testing.T) {
		s := play(t)
		s.approve(9)
		w := &watched{}
		w.answer = func() error { // the mail was taken, and the next is to come
			require.NoError(t, s.office.Close())
			return s.office.Open()
		}
		s.watch(w)
		s.deliver()
		require.Len(t, s.office.Letters(), 10)
		s.nothingLeft()
	})
}

// While the server cannot be reached nothing is lost and nothing is given up,
// however long that takes; when it is back, everything is delivered once.
func TestLINK5_AnUnreachableServerOnlyDelays(t *testing.T) {
	s := play(t)
	s.approve(19)
	require.NoError(t, s.office.Close())
	passes := 0
	for range 30 {
		for range 20 { // each pass meets one, and ends
			s.deliver()
			passes++
		}
		s.Clock.Turn(mostDelay)
	}
	require.Empty(t, s.office.Letters())
	require.Empty(t, s.undelivered(), "tries do not count: there were more than ten for each")
	failed := strings.Count(s.log.String(), "to be sent later")
	require.Equal(t, passes, failed)
	require.Equal(t, passes, strings.Count(s.log.String(), "\n"))
	require.NoError(t, s.office.Open())
	s.deliver()
	addresses, _ := mailsBy(t, s.office)
	t.Logf("%d times the server was away; then %d notifications, %d mails", failed, 20, len(s.office.Letters()))
	require.Len(t, addresses, 20)
	require.Len(t, s.office.Letters(), 20)
	s.nothingLeft()
}

func TestTheDelayGrowsWithinBounds(t *testing.T) {
	for leases, want := range map[int]time.Duration{
		1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 6: 32 * time.Minute, 7: time.Hour, 8: time.Hour, math.MaxInt: time.Hour,
	} {
		require.Equal(t, want, delay(leases), "%d leases", leases)
	}

	s := play(t)
	require.NoError(t, s.office.Close())
	var waits []time.Duration
	for range 9 {
		begin := s.Clock.Now()
		tries := strings.Count(s.log.String(), "\n")
		for range 90 {
			s.Clock.Turn(time.Minute)
			s.deliver()
			if strings.Count(s.log.String(), "\n") > tries {
				break
			}
		}
		waits = append(waits, s.Clock.Now().Sub(begin))
	}
	minutes := time.Minute
	require.Equal(t, []time.Duration{
		1 * minutes, 1 * minutes, 2 * minutes, 4 * minutes, 8 * minutes, 16 * minutes, 32 * minutes, time.Hour, time.Hour,
	}, waits, "the first is the wait for the first pass")
}

// A clock that goes back makes no delay lie in the past.
func TestTheDelayLiesAheadOfTheLastCommit(t *testing.T) {
	s := play(t)
	require.NoError(t, s.office.Close())
	s.Clock.Turn(-accesstest.Day)
	s.deliver()
	s.deliver()
	require.Equal(t, 1, strings.Count(s.log.String(), "to be sent later"))
	s.Clock.Turn(accesstest.Day + firstDelay)
	s.deliver()
	require.Equal(t, 2, strings.Count(s.log.String(), "to be sent later"))
}

// A refused address is reported once and listed, and harms nobody else.
func TestLINK5_ARefusedAddressIsReportedOnce(t *testing.T) {
	s := play(t)
	s.approve(9)
	s.office.OnStep(func(_, about string) error {
		if about == "user-004@northwind.example" {
			return NoMailbox
		}
		return nil
	})
	for range 5 {
		s.deliver()
		s.Clock.Turn(accesstest.Day)
	}
	addresses, _ := mailsBy(t, s.office)
	require.Len(t, addresses, 9)
	require.Len(t, s.office.Letters(), 9)
	list := s.undelivered()
	require.Len(t, list, 1)
	require.Equal(t, relationship.UserID("user-004"), list[0].To)
	require.Equal(t, "the mail server said 550 5.1.1 to the address", list[0].Why)
	require.Equal(t, 1, strings.Count(s.log.String(), "level=ERROR"))
	require.Equal(t, 1, strings.Count(s.log.String(), "550 5.1.1"))
	require.NotContains(t, s.log.String(), "@", "no address")
	require.NotContains(t, s.log.String(), "no such mailbox", "nothing that the server wrote")
	t.Logf("10 notifications, %d mails, %d undelivered, %d line(s) about it", len(s.office.Letters()), len(list), 1)

	s.office.OnStep(nil)
	require.NoError(t, s.Manager.DeliverAgain(t.Context(), access.Host(), list[0].ID))
	s.deliver()
	require.Len(t, s.office.Letters(), 10)
	s.nothingLeft()
}

// Two mailers work at once: each notification is sent by one of them.
func TestLINK5_TwoMailersShareTheWork(t *testing.T) {
	s := play(t)
	s.approve(59)
	other, otherLog := s.another()
	// The first mail waits for the second, which is the other mailer's then.
	var mails atomic.Int64
	meeting := make(chan struct{})
	s.office.OnMail(func(Letter, func()) error {
		switch mails.Add(1) {
		case 1:
			<-meeting
		case 2:
			close(meeting)
		}
		return nil
	})
	var wait sync.WaitGroup
	errs := make([]error, 2)
	wait.Go(func() { errs[0] = s.mailer.DeliverDue(t.Context()) })
	wait.Go(func() { errs[1] = other.DeliverDue(t.Context()) })
	wait.Wait()
	require.NoError(t, errors.Join(errs...))
	addresses, ids := mailsBy(t, s.office)
	sent := []int{strings.Count(s.log.String(), "msg=delivered"), strings.Count(otherLog.String(), "msg=delivered")}
	t.Logf("60 notifications, %d mails, %d by the one mailer and %d by the other", len(s.office.Letters()), sent[0], sent[1])
	require.Len(t, s.office.Letters(), 60)
	require.Len(t, addresses, 60)
	require.Len(t, ids, 60)
	require.Equal(t, 60, sent[0]+sent[1])
	require.NotZero(t, sent[0])
	require.NotZero(t, sent[1])
	s.nothingLeft()
}
