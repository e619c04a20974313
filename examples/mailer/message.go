package main

import (
	"cmp"
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// text is what a mail says about one kind of notification: a format of the
// client's name, and one of the user's name, the client's and the partner's,
// and the day.
type text struct{ subject, body string }

var texts = map[relationship.NotificationKind]text{
	relationship.NotifyApproved: {
		subject: "%s has let you in",
		body: "Hello %[1]s,\n\n" +
			"%[2]s has let you in, for %[3]s.\n" +
			"It happened on %[4]s.\n",
	},
	relationship.NotifyDeclined: {
		subject: "%s has declined",
		body: "Hello %[1]s,\n\n" +
			"%[2]s has declined to let you in, for %[3]s.\n" +
			"It happened on %[4]s.\n",
	},
}

// Why a notification cannot be written as a mail.
const (
	whyNoAddress = "the user has no address"
	whyNoText    = "there is no text for this kind of notification"
)

// compose writes the mail of a notification, or says why there can be none.
// It says who, which client and what, as it was when it happened: much may have
// changed since.
func (m *Mailer) compose(d access.Delivery) (message *mail.Msg, why string) {
	state := m.Store.Snapshot()
	user, _ := storage.Get[relationship.User](state, relationship.UserKey(d.To))
	if user.Email == "" {
		return nil, whyNoAddress // unknown here, or erased (ORG-5)
	}
	words, known := texts[d.Kind]
	if !known {
		return nil, whyNoText
	}
	client, partner := clientName(state, d.Client), partnerName(state, d.Partner)

	message = mail.NewMsg(mail.WithNoDefaultUserAgent())
	message.FromMailAddress(&m.From)
	// Not from one text such as `"name" <address>`: a name could contain
	// another address.
	message.ToMailAddress(&netmail.Address{Name: oneLine(user.Name), Address: string(user.Email)})
	message.Subject(fmt.Sprintf(words.subject, client))
	message.SetDateWithValue(m.now())
	message.SetMessageIDWithValue(m.messageID(d.ID))
	// Nobody's holiday notice is to answer it (RFC 3834).
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(mail.TypeTextPlain, fmt.Sprintf(words.body,
		oneLine(user.Name), client, partner, d.Recorded.UTC().Format("2 January 2006, 15:04 UTC")))
	return message, ""
}

// messageID is the same at every try, and no other notification has it: so a
// mail program shows a mail once that was sent twice.
func (m *Mailer) messageID(id access.NotificationID) string {
	_, domain, _ := strings.Cut(m.From.Address, "@")
	return fmt.Sprintf("%s.%s@%s", id, m.Store.ID(), domain)
}

// clientName and partnerName fall back on the id, which is always there.
func clientName(state storage.Reader, id relationship.ClientID) string {
	client, _ := storage.Get[relationship.Client](state, relationship.ClientKey(id))
	return oneLine(cmp.Or(client.Name, string(id)))
}

func partnerName(state storage.Reader, id relationship.PartnerID) string {
	partner, _ := storage.Get[relationship.Partner](state, relationship.PartnerKey(id))
	return oneLine(cmp.Or(partner.Name, string(id)))
}

// oneLine makes a name fit to stand within a line of text and in a header. A
// name may contain any character but U+0000: with a line end in it, it could
// add a header or a paragraph, with a mark for the writing direction turn the
// rest of the line around, and with "=?" be taken for an encoded word.
func oneLine(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, name)
	name = strings.ReplaceAll(name, "=?", "= ?")
	return cmp.Or(strings.Join(strings.Fields(name), " "), "(no name)")
}
