package access_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestLOG1_OneCallManyChanges: each change has an event of its own, and all
// have the same call; a change that changes nothing has none.
func TestLOG1_OneCallManyChanges(t *testing.T) {
	w := accesstest.New(t)
	before := w.Store.Snapshot().Revision()
	result := w.Do(access.Host(), access.All{
		access.RenamePartner{Partner: accesstest.Partner, Name: "Northwind Ltd"},
		access.RenamePartner{Partner: accesstest.Partner, Name: "Northwind Ltd"},
		access.All{access.RenameClient{Client: accesstest.Client, Name: "Lumen"}},
	})
	events := eventsBehind(t, w, before)
	require.Len(t, events, 2)
	require.Equal(t, events[0].Call, events[1].Call)
	require.NotEmpty(t, events[0].Call)
	for i, name := range []string{"RenamePartner", "RenameClient"} {
		require.Equal(t, name, events[i].Change)
		require.Equal(t, result.Revision, events[i].Revision)
		require.Equal(t, i, events[i].Index)
	}

	again := w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "Lumen"})
	require.False(t, again.Changed)
	require.Equal(t, result.Revision, again.Revision)
	require.Empty(t, eventsBehind(t, w, result.Revision))
}

// TestLOG1_WhatNobodyCalled: the library writes down what the clock ends, and
// what it defends itself against, with an actor that says so.
func TestLOG1_WhatNobodyCalled(t *testing.T) {
	w := accesstest.New(t)
	first := eventsBehind(t, w, 0)[0]
	require.Equal(t, "SetCatalog", first.Change)
	require.Equal(t, relationship.ByHost, first.Actor.Kind)

	// A hundred wrong verifiers (LINK-6).
	before := w.Store.Snapshot().Revision()
	rotated, err := w.Manager.RotateLink(t.Context(), access.By(accesstest.Admin), w.Link.Selector)
	require.NoError(t, err)
	wrong := wrongVerifier(t, rotated.Secret)
	for range relationship.LinkWrongTries {
		_, err := w.Manager.OpenLink(t.Context(), access.By(accesstest.SuperAdmin), accesstest.Client, wrong)
		require.ErrorIs(t, err, access.ErrLink)
	}
	events := eventsBehind(t, w, before)
	require.Len(t, events, 2)
	require.Equal(t, "RotateLink", events[0].Change)
	require.Equal(t, accesstest.Admin, events[0].Actor.User)
	require.Len(t, events[0].Lines, 2, "one link revoked and one issued")
	require.Equal(t, "RevokeLink", events[1].Change)
	require.Equal(t, relationship.ByLibrary, events[1].Actor.Kind)
	require.NotEmpty(t, events[1].Reason)

	// The end of a relationship, dated to its instant (REL-6).
	w.Do(access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, All: true})
	due := w.Relationship(accesstest.Partner, accesstest.Client).EndsAt
	before = w.Store.Snapshot().Revision()
	w.Clock.Set(due.Add(5 * accesstest.Day))
	swept, err := w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, swept.Ended)
	events = eventsBehind(t, w, before)
	require.Len(t, events, 1)
	require.Equal(t, "RelationshipEnds", events[0].Change)
	require.Equal(t, relationship.Actor{Kind: relationship.ByClock}, events[0].Actor)
	require.Equal(t, due, events[0].At)
	require.NotEmpty(t, events[0].Call)
	swept, err = w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept.Ended, "once")
}

// TestLOG1_TheHostAloneReadsTheLog, in order; an error ends it.
func TestLOG1_TheHostAloneReadsTheLog(t *testing.T) {
	w := accesstest.New(t)
	for _, viewer := range []access.Call{{}, access.By(accesstest.SuperAdmin), access.By(accesstest.Admin), access.By("nobody")} {
		for event, err := range w.Manager.Events(t.Context(), viewer, 0) {
			require.ErrorIs(t, err, access.ErrNotAllowed)
			require.Zero(t, event.Revision)
		}
		deliveries, err := w.Manager.LeaseNotifications(t.Context(), viewer, 1)
		require.ErrorIs(t, err, access.ErrNotAllowed)
		require.Empty(t, deliveries)
	}
	events := eventsBehind(t, w, 0)
	for i, event := range events[1:] {
		last := events[i]
		if event.Revision == last.Revision {
			require.Equal(t, last.Index+1, event.Index)
		} else {
			require.Equal(t, last.Revision+1, event.Revision)
			require.Zero(t, event.Index)
		}
	}
	require.Equal(t, w.Store.Snapshot().Revision(), events[len(events)-1].Revision)
	require.Empty(t, eventsBehind(t, w, w.Store.Snapshot().Revision()))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range w.Manager.Events(ctx, access.Host(), 0) {
		require.ErrorIs(t, err, context.Canceled)
	}
	for _, err := range w.Manager.Events(t.Context(), access.Host(), w.Store.Snapshot().Revision()+1) {
		require.Error(t, err, "there is no such revision yet")
	}
}

// TestLINK5_NotificationsInOrder: one for each approval and each decline, in
// the commit that it is about.
func TestLINK5_NotificationsInOrder(t *testing.T) {
	w := accesstest.New(t)
	w.User("carl", "umbra.example")
	w.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "carl"})
	w.Do(access.By("carl"), access.DeclineLink{Client: "umbra", Secret: w.Link.Secret})
	w.Clock.Turn(time.Hour)
	w.Do(access.By("carl"), access.ApproveLink{Client: "umbra", Secret: w.Link.Secret})
	w.Refused(access.By("nobody"), access.ApproveLink{Client: "umbra", Secret: w.Link.Secret})
	w.Do(access.By("carl"), access.ApproveLink{Client: "umbra", Secret: w.Link.Secret}) // again: nothing

	heard, err := w.Manager.LeaseNotifications(t.Context(), access.Host(), 100)
	require.NoError(t, err)
	require.Len(t, heard, 3)
	for i, want := range []relationship.Notification{
		{Kind: relationship.NotifyApproved, To: accesstest.Admin, Partner: accesstest.Partner, Client: accesstest.Client},
		{Kind: relationship.NotifyDeclined, To: accesstest.Admin, Partner: accesstest.Partner, Client: "umbra"},
		{Kind: relationship.NotifyApproved, To: accesstest.Admin, Partner: accesstest.Partner, Client: "umbra"},
	} {
		require.Equal(t, want, heard[i].Notification)
	}
	require.Equal(t, w.Clock.Now(), heard[2].Recorded)
	require.Equal(t, heard[2].Recorded, heard[1].Recorded.Add(time.Hour))
}

// TestLOG1_StatsCountRefusals: a refused change leaves no event; Stats counts
// it by its reason.
func TestLOG1_StatsCountRefusals(t *testing.T) {
	w := accesstest.New(t)
	require.Empty(t, w.Manager.Stats().Refused)
	revision := w.Store.Snapshot().Revision()
	w.Refused(access.Call{}, access.RenameClient{Client: accesstest.Client, Name: "X"})
	w.Refused(access.By("nobody"), access.RenameClient{Client: accesstest.Client, Name: "X"})
	w.Refused(access.By(accesstest.SuperAdmin), access.RenameClient{Client: accesstest.Client, Name: "X"})
	w.Refused(access.Host(), access.RenameClient{Client: "nowhere", Name: "X"})
	w.Refused(access.By(accesstest.SuperAdmin), access.SetCeiling{
		Client: accesstest.Client, Partner: accesstest.Partner, Permissions: []string{"no.such"},
	})
	w.Refused(access.By(accesstest.SuperAdmin), access.RemoveMember{Client: accesstest.Client, User: "nobody"})
	_, err := w.Manager.IssueLink(t.Context(), access.By("nobody"), access.IssueLink{Employee: "nobody"})
	require.ErrorIs(t, err, access.ErrWhichPartner)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.Manager.Do(cancelled, access.Host(), access.RenameClient{Client: accesstest.Client, Name: "X"})
	require.ErrorIs(t, err, context.Canceled)
	w.Manager.CheckName("nobody", accesstest.Client, crm.ReportsView) // questions are not counted

	stats := w.Manager.Stats()
	require.Equal(t, map[string]uint64{
		"invalid input": 1, "not allowed": 2, "unknown client": 1, "unknown permission": 1, "unknown member": 1,
		"the call does not say for which partner": 1, "contended": 1,
	}, stats.Refused)
	require.Equal(t, revision, stats.Revision)
	require.Empty(t, eventsBehind(t, w, revision))
	require.Equal(t, 3, stats.Records[relationship.KindUser])
	require.Equal(t, 1, stats.Records[relationship.KindClient])
	require.Equal(t, 3, stats.Records[relationship.KindMember])
}

// wrongVerifier is a well-formed secret with the selector of another.
func wrongVerifier(t *testing.T, secret relationship.Secret) relationship.Secret {
	t.Helper()
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(string(secret.Selector())))
	require.NoError(t, err)
	wrong, err := relationship.NewSecret(io.MultiReader(bytes.NewReader(raw), rand.Reader))
	require.NoError(t, err)
	require.Equal(t, secret.Selector(), wrong.Selector())
	return wrong
}
