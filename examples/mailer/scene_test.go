package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// scene is a world with a mail server on this machine and a mailer between
// them. Ann's notification waits in it, as in every world.
type scene struct {
	*accesstest.World
	t      *testing.T
	office *Office
	mailer *Mailer
	log    *bytes.Buffer
}

func play(t *testing.T) *scene {
	t.Helper()
	s := &scene{World: accesstest.New(t), t: t, office: &Office{}}
	require.NoError(t, s.office.Open())
	t.Cleanup(func() { require.NoError(t, s.office.Close()) })
	s.mailer, s.log = s.another()
	return s
}

// another is one more mailer, with a Manager of its own, and what it logs.
func (s *scene) another() (*Mailer, *bytes.Buffer) {
	s.t.Helper()
	return mailerFor(s.t, s.Store, s.Clock.Now, s.office.Address)
}

func mailerFor(t require.TestingT, store storage.Store, clock func() time.Time, server string) (*Mailer, *bytes.Buffer) {
	manager, err := access.Open(context.Background(), store, access.Options{Catalog: crm.Catalog(), Clock: clock})
	require.NoError(t, err)
	line, err := NewLine(server, sendTime)
	require.NoError(t, err)
	log := &bytes.Buffer{}
	return &Mailer{
		Manager: manager, Store: store, Clock: clock, Line: line, Log: slog.New(slog.NewTextHandler(log, nil)),
		From: netmail.Address{Name: "Client access", Address: "access@product.example"},
	}, log
}

// watch puts a store between the mailer and the world's.
func (s *scene) watch(w *watched) {
	s.t.Helper()
	w.Store = s.Store
	s.mailer, s.log = mailerFor(s.t, w, s.Clock.Now, s.office.Address)
}

// watched is a store that hears of answers: what takes a notification off
// those to be delivered.
type watched struct {
	storage.Store
	// asides counts the transactions upon the notes.
	asides atomic.Int64
	// aside, if set, is called before each.
	aside func(context.Context) error
	// answer, if set, is called within the transaction of an answer; an
	// error ends it.
	answer func() error
}

func (w *watched) Aside(ctx context.Context, run func(storage.Aside) error) error {
	w.asides.Add(1)
	if w.aside != nil {
		if err := w.aside(ctx); err != nil {
			return err
		}
	}
	return w.Store.Aside(ctx, func(notes storage.Aside) error { return run(watchedNotes{notes, w.answer}) })
}

type watchedNotes struct {
	storage.Aside
	answer func() error
}

func (n watchedNotes) Delete(key string) error {
	if n.answer != nil && strings.HasPrefix(key, "notifications/waiting/") {
		if err := n.answer(); err != nil {
			return err
		}
	}
	return n.Aside.Delete(key)
}

// approve makes so many employees, "user-001" and so on, and has the client
// let them in: one notification to each.
func (s *scene) approve(count int) {
	s.t.Helper()
	var changes access.All
	for i := range count {
		id := relationship.UserID(fmt.Sprintf("user-%03d", i))
		s.Employee(id)
		changes = append(changes, direct(id))
	}
	s.Do(access.By(accesstest.SuperAdmin), changes)
}

// everybody are the addresses of those whom approve made.
func everybody(count int) []string {
	var addresses []string
	for i := range count {
		addresses = append(addresses, fmt.Sprintf("user-%03d@northwind.example", i))
	}
	return addresses
}

// forget drops the letter that an office has read last and does not take.
func (o *Office) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = o.letters[:len(o.letters)-1]
}

func direct(id relationship.UserID) access.MakePartnerAdmin {
	return access.MakePartnerAdmin{Client: accesstest.Client, Partner: accesstest.Partner, Employee: id}
}

func (s *scene) deliver() {
	s.t.Helper()
	require.NoError(s.t, s.mailer.DeliverDue(s.t.Context()))
}

func (s *scene) undelivered() []access.UndeliveredNotification {
	s.t.Helper()
	list, err := s.Manager.UndeliveredNotifications(s.t.Context(), access.Host())
	require.NoError(s.t, err)
	return list
}

// nothingLeft requires that nothing is to be delivered, now or later, and
// nothing was given up.
func (s *scene) nothingLeft() {
	s.t.Helper()
	s.Clock.Turn(365 * accesstest.Day)
	leased, err := s.Manager.LeaseNotifications(s.t.Context(), access.Host(), 1)
	require.NoError(s.t, err)
	require.Empty(s.t, leased)
	require.Empty(s.t, s.undelivered())
}

// mailsBy counts the mails that an office has taken: by address, and by
// message id.
func mailsBy(t *testing.T, office *Office) (addresses, ids map[string]int) {
	t.Helper()
	addresses, ids = map[string]int{}, map[string]int{}
	for _, letter := range office.Letters() {
		require.Len(t, letter.To, 1)
		addresses[letter.To[0]]++
		ids[read(t, letter).header.Get("Message-ID")]++
	}
	return addresses, ids
}

// opened is a letter as a mail program reads it.
type opened struct {
	header  netmail.Header
	subject string
	body    string
}

func read(t *testing.T, letter Letter) opened {
	t.Helper()
	message, err := netmail.ReadMessage(bytes.NewReader(letter.Text))
	require.NoError(t, err)
	require.Equal(t, "quoted-printable", message.Header.Get("Content-Transfer-Encoding"))
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	return opened{message.Header, subject, string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")))}
}
