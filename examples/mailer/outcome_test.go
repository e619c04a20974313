package main

import (
	"sync/atomic"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access/accesstest"
)

func says(code int, class int) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, 7, 1}, Message: "ann@northwind.example is not for us"}
}

// What the server says at which step, and what becomes of two notifications:
// the first is ann's, and it is she whom the server has something against.
func TestWhatAnAnswerMeans(t *testing.T) {
	for _, test := range []struct {
		name, step     string
		said           *smtp.SMTPError
		mails          int // of two, in the first pass
		undelivered    int
		why            string
		afterMany      int // mails when nothing has changed for days
		afterItIsRight int // mails when the server is friendly again
	}{
		{"greeting, for good", "EHLO", says(554, 5), 0, 0, "no connection to the mail server|the mail server said 554 to the connection", 0, 2},
		{"greeting, for now", "EHLO", says(421, 4), 0, 0, "the mail server said 421 to the connection|no connection to the mail server", 0, 2},
		{"sender, for good", "MAIL", says(550, 5), 0, 0, "the mail server said 550 5.7.1 to the sender", 0, 2},
		{"sender, for now", "MAIL", says(451, 4), 0, 0, "the mail server said 451 4.7.1 to the sender", 0, 2},
		{"authenticate first", "RCPT", says(530, 5), 0, 0, "the mail server said 530 5.7.1 to the address", 1, 2},
		{"address, for good", "RCPT", says(553, 5), 1, 1, "the mail server said 553 5.7.1 to the address", 1, 1},
		{"address, for now", "RCPT", says(450, 4), 1, 0, "the mail server said 450 4.7.1 to the address", 1, 2},
		{"address, closing", "RCPT", says(421, 4), 1, 0, "the mail server said 421 4.7.1 to the address", 1, 2},
		{"mail, for good", "DATA", says(554, 5), 1, 1, "the mail server said 554 5.7.1 to the mail", 1, 1},
		{"mail, for now", "DATA", says(452, 4), 1, 0, "the mail server said 452 4.7.1 to the mail", 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := play(t)
			s.approve(1)
			var refused atomic.Int64
			s.office.OnStep(func(step, about string) error {
				if step == test.step && (step != "RCPT" || about == "ann@northwind.example") {
					refused.Add(1)
					return test.said
				}
				return nil
			})
			s.office.OnMail(func(letter Letter, _ func()) error {
				if test.step == "DATA" && letter.To[0] == "ann@northwind.example" {
					refused.Add(1)
					return test.said
				}
				return nil
			})
			mails := func() int { return s.taken(test.step == "DATA") }
			s.deliver()
			require.NotZero(t, refused.Load())
			require.Equal(t, test.mails, mails())
			require.Len(t, s.undelivered(), test.undelivered)
			require.Regexp(t, test.why, s.log.String())
			require.NotContains(t, s.log.String(), "is not for us")
			for range 30 {
				s.Clock.Turn(accesstest.Day)
				s.deliver()
				s.deliver()
			}
			require.Equal(t, test.afterMany, mails())
			require.Len(t, s.undelivered(), test.undelivered)
			s.office.OnStep(nil)
			s.office.OnMail(nil)
			s.Clock.Turn(accesstest.Day)
			before := len(s.office.Letters())
			s.deliver()
			require.Equal(t, test.afterItIsRight, test.afterMany+len(s.office.Letters())-before)
		})
	}
}

// taken counts the mails that the office has said yes to; it keeps those, too,
// that it says no to when it has read them.
func (s *scene) taken(refusesAnn bool) int {
	count := 0
	for _, letter := range s.office.Letters() {
		if !refusesAnn || letter.To[0] != "ann@northwind.example" {
			count++
		}
	}
	return count
}

func TestOnlyThisMachineIsReachedWithoutTLS(t *testing.T) {
	for host, here := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"mail.example": false, "localhost.example": false, "10.0.0.1": false, "0.0.0.0": false, "": false,
	} {
		require.Equal(t, here, isHere(host), host)
	}
}

// A server that would have to offer TLS, and does not, gets no mail.
func TestNoMailWithoutTLS(t *testing.T) {
	s := play(t)
	elsewhere, err := NewLine("mail.example:25", sendTime)
	require.NoError(t, err)
	s.mailer.Line.tls = elsewhere.tls
	s.deliver()
	require.Contains(t, s.log.String(), "STARTTLS")
	require.Empty(t, s.office.Letters())
	require.Empty(t, s.undelivered())
}

func TestWhatIsNoServer(t *testing.T) {
	for _, server := range []string{"", "mail.example", ":25", "mail.example:", "mail.example:smtp", "mail.example:0", "mail.example:70000", "a:b:c"} {
		_, err := NewLine(server, sendTime)
		require.Error(t, err, server)
	}
	_, err := NewLine("[::1]:25", sendTime)
	require.NoError(t, err)
}
