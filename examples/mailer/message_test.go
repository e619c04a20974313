package main

import (
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestWhatAMailSays(t *testing.T) {
	s := play(t)
	s.Clock.Turn(3 * time.Hour) // the server was away, say
	s.deliver()
	s.Do(access.By(accesstest.SuperAdmin), access.DeclineLink{Client: accesstest.Client, Secret: s.Link.Secret})
	s.deliver()
	letters := s.office.Letters()
	require.Len(t, letters, 2)
	require.Equal(t, "access@product.example", letters[0].From)
	require.Equal(t, []string{"ann@northwind.example"}, letters[0].To)

	approved, declined := read(t, letters[0]), read(t, letters[1])
	require.Equal(t, "Lumen Ltd has let you in", approved.subject)
	require.Equal(t, "Hello User ann,\n\nLumen Ltd has let you in, for Northwind.\nIt happened on 2 March 2026, 09:00 UTC.\n", approved.body)
	require.Equal(t, "Lumen Ltd has declined", declined.subject)
	require.Equal(t, "Hello User ann,\n\nLumen Ltd has declined to let you in, for Northwind.\nIt happened on 2 March 2026, 12:00 UTC.\n", declined.body)
	require.NotEqual(t, approved.header.Get("Message-ID"), declined.header.Get("Message-ID"))
	require.Equal(t, "Mon, 02 Mar 2026 12:00:00 +0000", approved.header.Get("Date"))
	require.Equal(t, "auto-generated", approved.header.Get("Auto-Submitted"))
	to, err := approved.header.AddressList("To")
	require.NoError(t, err)
	require.Equal(t, []*netmail.Address{{Name: "User ann", Address: "ann@northwind.example"}}, to)

	secret := s.Link.Secret.Reveal()
	for _, part := range []string{secret, strings.Split(secret, "_")[2]} {
		require.False(t, strings.Contains(string(letters[0].Text)+string(letters[1].Text)+s.log.String(), part), "a secret is in a mail")
	}
}

// A name with anything in it adds no header, no recipient and no line.
func TestNamesAddNothing(t *testing.T) {
	for name, shown := range map[string]string{
		"Ann\r\nBcc: eve@evil.example":              "Ann Bcc: eve@evil.example",
		"Ann\nBcc: eve@evil.example\n\nPay at once": "Ann Bcc: eve@evil.example Pay at once",
		"Ann\rX: y":                                      "Ann X: y",
		"Ann\u2028\u2029\u0085X: y":                      "Ann X: y",
		`Ann" <eve@evil.example>, "x`:                    `Ann" <eve@evil.example>, "x`,
		"Ann <eve@evil.example>":                         "Ann <eve@evil.example>",
		"=?utf-8?q?Ann=0D=0ABcc:_eve@evil.example?=":     "= ?utf-8?q?Ann=0D=0ABcc:_eve@evil.example?=",
		"Ann\u202ekcab":                                  "Ann kcab",
		"%s%d%[9]v":                                      "%s%d%[9]v",
		".\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n":     ". . MAIL FROM:<eve@evil.example>",
		" \t\r\n ":                                       "(no name)",
		"Änne Łukasz 李":                                  "Änne Łukasz 李",
		strings.Repeat("x", relationship.MaxText):        strings.Repeat("x", relationship.MaxText),
		strings.Repeat("ä\r\n", relationship.MaxText/4):  strings.TrimSpace(strings.Repeat("ä ", relationship.MaxText/4)),
		strings.Repeat("x\r\n ", relationship.MaxText/4): strings.TrimSpace(strings.Repeat("x ", relationship.MaxText/4)),
	} {
		t.Run(shown, func(t *testing.T) {
			s := play(t)
			s.deliver()
			plain := read(t, s.office.Letters()[0])
			s.Do(access.Host(), access.AddUser{ID: "bob", Name: name, Email: "bob@northwind.example"})
			s.Do(access.By(accesstest.Admin), access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
			s.Do(access.Host(), access.CreateClient{ID: "odd", Name: name, SuperAdmin: accesstest.SuperAdmin})
			s.Do(access.By(accesstest.SuperAdmin), access.MakePartnerAdmin{Client: "odd", Partner: accesstest.Partner, Employee: "bob"})
			s.deliver()
			letters := s.office.Letters()
			require.Len(t, letters, 2)
			require.Equal(t, []string{"bob@northwind.example"}, letters[1].To)
			mail := read(t, letters[1])
			require.Len(t, mail.header, len(plain.header), "%s", letters[1].Text)
			for key := range plain.header {
				require.Len(t, mail.header[key], 1, key)
			}
			require.Equal(t, shown+" has let you in", mail.subject)
			require.Equal(t, "Hello "+shown+",\n\n"+shown+" has let you in, for Northwind.\nIt happened on 2 March 2026, 09:00 UTC.\n", mail.body)
			to, err := mail.header.AddressList("To")
			require.NoError(t, err)
			require.Equal(t, []*netmail.Address{{Name: shown, Address: "bob@northwind.example"}}, to)
			for line := range strings.Lines(string(letters[1].Text)) {
				require.LessOrEqual(t, len(line), 998)
			}
		})
	}
}

// A user who was erased has no address: that is reported, once, and harms
// nobody else.
func TestORG5_AnErasedUserHasNoAddress(t *testing.T) {
	s := play(t)
	s.approve(3)
	s.Do(access.Host(), access.EraseUser{ID: "user-001"})
	s.deliver()
	require.Len(t, s.office.Letters(), 3)
	list := s.undelivered()
	require.Len(t, list, 1)
	require.Equal(t, whyNoAddress, list[0].Why)
	require.Equal(t, 1, strings.Count(s.log.String(), whyNoAddress))
}

// Every kind of notification that there is has a text; one that is not known
// yet is listed.
func TestEveryKindHasAText(t *testing.T) {
	s := play(t)
	for _, kind := range []relationship.NotificationKind{relationship.NotifyApproved, relationship.NotifyDeclined} {
		message, why := s.mailer.compose(access.Delivery{Notification: relationship.Notification{Kind: kind, To: "ann"}})
		require.Empty(t, why)
		require.NotNil(t, message)
	}
	_, why := s.mailer.compose(access.Delivery{Notification: relationship.Notification{Kind: "promoted", To: "ann"}})
	require.Equal(t, whyNoText, why)
	s.deliver()
}
