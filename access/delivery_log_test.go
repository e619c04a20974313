package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func TestLINK5_OutlivesTheLog(t *testing.T) {
	s, store := playOn(t)
	s.tell()
	first := s.lease(1)[0]
	store.kept = s.Store.Snapshot().Revision() // all that was taken is forgotten
	second := s.leaseOne()
	revision := s.tell()
	require.Equal(t, revision, s.leaseOne().ID.Revision)
	s.delivered(first)
	s.Clock.Turn(time.Hour)
	require.Len(t, s.lease(100), 2)
	s.delivered(second)
}

func TestLINK5_ALogThatHasForgottenIsAnError(t *testing.T) {
	s, store := playOn(t)
	s.lease(1)
	lost := s.tell()
	store.kept = s.tell()
	before := s.notes()
	for range 2 {
		_, err := s.Manager.LeaseNotifications(t.Context(), access.Host(), 100)
		require.ErrorIs(t, err, storage.ErrCompacted)
		require.Equal(t, before, s.notes(), "it does not go on behind the gap")
	}
	store.kept = lost - 1
	require.Len(t, s.lease(100), 2, "nothing was skipped")
}

func TestLINK5_WhatIsTakenIsTakenOnce(t *testing.T) {
	s, store := playOn(t)
	s.delivered(s.leaseOne())
	s.tell()
	var inside []access.Delivery
	store.afterRead = func() { // somebody else is quicker, and delivers it
		inside = s.lease(100)
		s.delivered(inside...)
	}
	require.Empty(t, s.lease(100))
	require.Len(t, inside, 1)
}

func TestLINK5_ALongLogIsTakenInSteps(t *testing.T) {
	s, store := playOn(t)
	for i := range 2100 {
		event := relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: s.Clock.Now(), Call: "test"}
		if i%3 == 0 {
			event.Notifications = []relationship.Notification{{Kind: relationship.NotifyApproved, To: "ann", Partner: "northwind", Client: "lumen"}}
		}
		_, err := s.Store.Update(t.Context(), func(tx storage.Tx) error { return tx.Log(event) })
		require.NoError(t, err)
	}
	store.reads = 0
	require.Len(t, s.lease(1000), 701)
	require.Equal(t, 3, store.reads, "two full steps, and the rest")
}

// Somebody writes whenever the log was read: what comes later is left for the
// next time.
func TestLINK5_TakingEndsWhileOthersWrite(t *testing.T) {
	s, store := playOn(t)
	s.delivered(s.leaseOne())
	var others func()
	others = func() {
		s.tell()
		store.afterRead = others
	}
	others()
	store.reads = 0
	for range 10 {
		require.Len(t, s.lease(100), 1)
	}
	require.Equal(t, 10, store.reads)
	store.afterRead = nil
	require.Len(t, s.lease(100), 1, "and nothing is left out")
}
