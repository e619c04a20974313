package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// story is the demonstration: a client lets three employees of an agency in,
// and the mail server is not always what it should be. It has a clock of its
// own, and an office in the place of a mail server.
type story struct {
	out     strings.Builder
	now     time.Time
	office  *Office
	store   *memdb.Store
	manager *access.Manager
	mailer  *Mailer
	told    int // letters that were told of
}

// playDemo plays the story and prints it. It prints the same each time.
func playDemo(ctx context.Context, out io.Writer) (err error) {
	s := &story{
		now: time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC), office: &Office{}, store: memdb.New(),
	}
	if err := s.office.Open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	if s.manager, err = access.Open(ctx, s.store, access.Options{Catalog: crm.Catalog(), Clock: s.clock}); err != nil {
		return errors.Join(err, s.office.Close())
	}
	line, err := NewLine(s.office.Address, sendTime)
	if err != nil {
		return errors.Join(err, s.office.Close())
	}
	s.mailer = &Mailer{
		Manager: s.manager, Store: s.store, Clock: s.clock, Line: line,
		From: netmail.Address{Name: "Client access", Address: "access@product.example"},
		Log:  slog.New(slog.NewTextHandler(&s.out, &slog.HandlerOptions{ReplaceAttr: withoutTime})),
	}
	if err := errors.Join(s.play(ctx), s.office.Close()); err != nil {
		return err
	}
	// The port and the store's name are others each time.
	constant := strings.NewReplacer(s.office.Address, "HOST:PORT", s.store.ID(), "STORE", "\r\n", "\n")
	_, err = constant.WriteString(out, s.out.String())
	return err
}

func (s *story) clock() time.Time { return s.now }

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func (s *story) play(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	for _, act := range []struct {
		title string
		begin func(context.Context) error
	}{
		{"Lumen lets in Ann, Ben and Cleo. The mail server cannot be reached.", s.letIn},
		{"A minute later it can. It has no mailbox for Ben.", s.goOn(time.Minute, s.reach)},
		{"Ben's address is set right, and he is to be told again.", s.setRight},
		{"Lumen lets in Dora. The server takes the mail and hangs up before it says so.", s.letInDora},
		{"The lease runs out. She gets the same mail again, with the same Message-ID.", s.goOn(time.Minute, s.answer)},
		{"A day later there is nothing left to do.", s.goOn(24*time.Hour, nothing)},
	} {
		fmt.Fprintf(&s.out, "\n== %s\n", act.title)
		if err := act.begin(ctx); err != nil {
			return err
		}
		if err := s.mailer.DeliverDue(ctx); err != nil {
			return err
		}
		if err := s.tell(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(&s.out, "\n== The last letter\n%s", s.office.Letters()[s.told-1].Text)
	return nil
}

// tell says what has come to the office since, and what was given up.
func (s *story) tell(ctx context.Context) error {
	letters := s.office.Letters()
	for _, letter := range letters[s.told:] {
		message, err := netmail.ReadMessage(strings.NewReader(string(letter.Text)))
		if err != nil {
			return err
		}
		fmt.Fprintf(&s.out, "the office took %s to %s: %s\n",
			message.Header.Get("Message-ID"), strings.Join(letter.To, ", "), message.Header.Get("Subject"))
	}
	s.told = len(letters)
	list, err := s.manager.UndeliveredNotifications(ctx, access.Host())
	for _, n := range list {
		fmt.Fprintf(&s.out, "undelivered: %s to %s: %s\n", n.ID, n.To, n.Why)
	}
	return err
}

// goOn turns the clock, and the world a little.
func (s *story) goOn(by time.Duration, change func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		s.now = s.now.Add(by)
		return change(ctx)
	}
}

func nothing(context.Context) error { return nil }

// settle makes the agency, its people and the client known.
func (s *story) settle(ctx context.Context) error {
	err := errors.Join(
		s.addUser(ctx, "ann", "Ann Archer", "ann@northwind.example"),
		s.addUser(ctx, "ben", "Ben Brook", "bne@northwind.example"),
		s.addUser(ctx, "cleo", "Cleo Cho", "cleo@northwind.example"),
		s.addUser(ctx, "dora", "Dora Dale", "dora@northwind.example"),
		s.addUser(ctx, "carla", "Carla Cole", "carla@lumen.example"),
		s.do(ctx, access.Host(), access.CreatePartner{
			ID: "northwind", Name: "Northwind Digital", Kind: relationship.SolutionsPartner,
			Domains: []string{"northwind.example"}, SuperAdmin: "ann",
		}),
		s.do(ctx, access.Host(), access.CreateClient{ID: "lumen", Name: "Lumen Lighting Ltd", SuperAdmin: "carla"}),
	)
	for _, user := range []relationship.UserID{"ben", "cleo", "dora"} {
		err = errors.Join(err, s.do(ctx, access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff}))
	}
	return err
}

func (s *story) letIn(ctx context.Context) error {
	s.office.OnStep(func(_, about string) error {
		if about == "bne@northwind.example" {
			return NoMailbox
		}
		return nil
	})
	return errors.Join(s.office.Close(), s.approve(ctx, "ann"), s.approve(ctx, "ben"), s.approve(ctx, "cleo"))
}

func (s *story) reach(context.Context) error { return s.office.Open() }

func (s *story) setRight(ctx context.Context) error {
	list, err := s.manager.UndeliveredNotifications(ctx, access.Host())
	if err != nil {
		return err
	}
	err = s.do(ctx, access.Host(), access.ChangeUser{ID: "ben", Name: "Ben Brook", Email: "ben@northwind.example"})
	for _, n := range list {
		err = errors.Join(err, s.manager.DeliverAgain(ctx, access.Host(), n.ID))
	}
	return err
}

func (s *story) letInDora(ctx context.Context) error {
	s.office.OnMail(func(_ Letter, hangUp func()) error {
		hangUp()
		return nil
	})
	return s.approve(ctx, "dora")
}

func (s *story) answer(context.Context) error {
	s.office.OnMail(nil)
	return nil
}

func (s *story) addUser(ctx context.Context, id relationship.UserID, name, email string) error {
	return s.do(ctx, access.Host(), access.AddUser{ID: id, Name: name, Email: email})
}

func (s *story) approve(ctx context.Context, employee relationship.UserID) error {
	return s.do(ctx, access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: employee})
}

func (s *story) do(ctx context.Context, call access.Call, change access.Change) error {
	_, err := s.manager.Do(ctx, call, change)
	return err
}
