package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// Line is the connection to a mail server. It is made when a mail is to be
// sent, and kept for the next ones. It belongs to one goroutine.
//
// It sends over TLS (STARTTLS), except to a server on this machine.
type Line struct {
	host  string
	port  int
	tls   mail.TLSPolicy
	limit time.Duration

	// client and conn are nil while there is no connection.
	client *mail.Client
	conn   net.Conn
}

// NewLine makes a line to a server, "host:port". Each mail may take so long,
// with connecting.
func NewLine(server string, limit time.Duration) (*Line, error) {
	host, text, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 || host == "" {
		return nil, fmt.Errorf("mail server %q: is not of the form host:port", server)
	}
	line := &Line{host: host, port: int(port), tls: mail.TLSMandatory, limit: limit}
	if isHere(host) {
		line.tls = mail.NoTLS
	}
	return line, nil
}

// send sends a mail and says what became of it, and why.
func (l *Line) send(ctx context.Context, message *mail.Msg) (outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, l.limit)
	defer cancel()
	kept := l.client != nil
	err := l.try(ctx, message)
	if kept && beforeRecipient(err) {
		// A server may end a connection that it has had enough of. That is
		// no news about the mail.
		err = l.try(ctx, message)
	}
	if message.IsDelivered() {
		return taken, ""
	}
	return judge(err)
}

// try sends a mail over the line as it is, or over a new one. A line over
// which anything failed is not used again.
func (l *Line) try(ctx context.Context, message *mail.Msg) error {
	if l.client == nil {
		if err := l.dial(ctx); err != nil {
			return err
		}
	}
	stop := closeWith(ctx, l.conn)
	defer stop()
	err := l.client.Send(message)
	if err != nil && !answered(err) {
		l.cut()
	}
	return err
}

func (l *Line) dial(ctx context.Context) error {
	var conn net.Conn
	stop := func() bool { return true }
	client, err := mail.NewClient(l.host, mail.WithPort(l.port), mail.WithTimeout(l.limit),
		mail.WithTLSPolicy(l.tls), mail.WithoutRset(),
		mail.WithDialContextFunc(func(dialing context.Context, network, address string) (_ net.Conn, err error) {
			if conn, err = new(net.Dialer).DialContext(dialing, network, address); err == nil {
				stop = closeWith(ctx, conn)
			}
			return conn, err
		}))
	if err == nil {
		err = client.DialWithContext(ctx)
	}
	stop()
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return err
	}
	l.client, l.conn = client, conn
	return nil
}

// hangUp ends the connection, if there is one, politely while ctx lasts.
func (l *Line) hangUp(ctx context.Context) {
	if l.client == nil {
		return
	}
	stop := closeWith(ctx, l.conn)
	defer stop()
	_ = l.client.Close() // the mails are answered for; nothing hangs on its last word
	l.cut()
}

func (l *Line) cut() {
	_ = l.conn.Close()
	l.client, l.conn = nil, nil
}

// closeWith closes a connection when ctx ends, so that nobody waits for the
// server any longer; not after stop.
func closeWith(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = conn.Close() })
}

// isHere reports whether a host is this machine.
func isHere(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// beforeRecipient reports whether sending failed before the server was told to
// whom.
func beforeRecipient(err error) bool {
	failed, is := errors.AsType[*mail.SendError](err)
	return is && (failed.Reason == mail.ErrConnCheck || failed.Reason == mail.ErrSMTPMailFrom)
}

// answered reports whether the server said no to this mail and is ready for the
// next: it still listens, and nothing is left of the transaction.
func answered(err error) bool {
	failed, is := errors.AsType[*mail.SendError](err)
	return is && failed.ErrorCode() != 0 &&
		(failed.Reason == mail.ErrSMTPRcptTo || failed.Reason == mail.ErrSMTPDataClose)
}
