package main

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"
)

// Office is a mail server on this machine that keeps what it takes: for the
// demonstration and for the tests. All its methods are safe for concurrent use.
type Office struct {
	// Address is "host:port"; it stays the same when the office is closed and
	// opened again.
	Address string

	mu       sync.Mutex
	server   *smtp.Server
	listener net.Listener
	letters  []Letter
	onStep   func(step, about string) error
	onMail   func(letter Letter, hangUp func()) error
}

// Letter is a mail that an office has taken.
type Letter struct {
	From string
	To   []string
	Text []byte
}

// OnStep has a function asked at each step before the text: EHLO with nothing,
// MAIL with the sender, RCPT with the address. Nil goes on.
func (o *Office) OnStep(ask func(step, about string) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.onStep = ask
}

// OnMail has a function told each mail that was taken, before the answer goes
// out. An error goes out instead of it, and hangUp ends the connection.
func (o *Office) OnMail(tell func(letter Letter, hangUp func()) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.onMail = tell
}

// Open begins to listen: on Address, or on any port when that is empty.
func (o *Office) Open() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", o.Address)
	if err != nil {
		return err
	}
	o.Address, o.listener = listener.Addr().String(), listener
	o.server = smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &counter{office: o, conn: conn}, o.admit("EHLO", "")
	}))
	o.server.Domain = "office.example"
	o.server.EnableSMTPUTF8 = true
	o.server.ErrorLog = log.New(io.Discard, "", 0)
	go func(server *smtp.Server) { _ = server.Serve(listener) }(o.server)
	return nil
}

// Close ends every connection. Nobody can connect any more. Closing twice is no
// error.
func (o *Office) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	// The server may not have got the listener yet, and then leaves it open.
	for _, err := range []error{o.server.Close(), o.listener.Close()} {
		if err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			return err
		}
	}
	return nil
}

// Letters are the mails taken so far, in order.
func (o *Office) Letters() []Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.letters)
}

func (o *Office) admit(step, about string) error {
	o.mu.Lock()
	ask := o.onStep
	o.mu.Unlock()
	if ask == nil {
		return nil
	}
	return ask(step, about)
}

func (o *Office) take(letter Letter, hangUp func()) error {
	o.mu.Lock()
	o.letters = append(o.letters, letter)
	tell := o.onMail
	o.mu.Unlock()
	if tell == nil {
		return nil
	}
	return tell(letter, hangUp)
}

// counter is one connection to the office.
type counter struct {
	office *Office
	conn   *smtp.Conn
	letter Letter
}

func (c *counter) Mail(from string, _ *smtp.MailOptions) error {
	c.letter = Letter{From: from}
	return c.office.admit("MAIL", from)
}

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.letter.To = append(c.letter.To, to)
	return c.office.admit("RCPT", to)
}

func (c *counter) Data(text io.Reader) error {
	var all bytes.Buffer
	if _, err := all.ReadFrom(text); err != nil {
		return err
	}
	c.letter.Text = all.Bytes()
	return c.office.take(c.letter, func() { _ = c.conn.Conn().Close() })
}

func (c *counter) Reset() { c.letter = Letter{} }

func (c *counter) Logout() error { return nil }

// NoMailbox is how a server refuses an address for good.
var NoMailbox = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
