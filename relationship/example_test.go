package relationship_test

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// A relationship goes through its life by pure functions of a value and an
// instant. It ends by the clock: nobody has to write anything.
func Example() {
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 9, 0, 0, 0, time.UTC) }
	show := func(r relationship.Relationship, now time.Time) {
		fmt.Println(now.Format("2 Jan"), r.PhaseAt(now), "credit:", r.EarnsCreditAt(now))
	}

	r := relationship.Relationship{Partner: "northwind", Client: "lumen"}
	r = r.Begin(at(time.March, 1)) // the first managed member
	show(r, at(time.March, 1))
	r = r.LastGone(at(time.April, 1), relationship.EndingTime) // the last one is removed
	show(r, at(time.April, 1))
	r = r.Touch(at(time.April, 11), relationship.EndingTime) // activity moves the end
	show(r, at(time.May, 31))
	show(r, at(time.June, 10))
	r = r.Begin(at(time.July, 1)) // a new approval revives it
	show(r, at(time.July, 1))
	// Output:
	// 1 Mar active credit: true
	// 1 Apr ending credit: true
	// 31 May ending credit: true
	// 10 Jun ended credit: false
	// 1 Jul active credit: true
}

// A constructor refuses bad input, and says which field of which noun.
func ExampleNewUser() {
	salt := relationship.Digest{1} // 32 random bytes in earnest
	user, err := relationship.NewUser("ann", "Ann Arnold", "Ann@Northwind.example", salt)
	fmt.Println(user.Summary(), err)

	_, err = relationship.NewUser("ann", "Ann Arnold", "ann(at)northwind.example", salt)
	var refused *relationship.FieldError
	if errors.As(err, &refused) {
		fmt.Println(refused.Noun, "|", refused.Field, "|", refused.Problem)
	}
	// Output:
	// Ann Arnold <Ann@northwind.example> <nil>
	// user | e-mail address | has no @
}

// Domains are compared as IDNA says. A neighbour is not the partner (ADD-3).
func ExampleDomains_Has() {
	domains, err := relationship.NewDomains("partner.com", "Bücher.example")
	fmt.Println(domains, err)
	for _, text := range []string{"ann@PARTNER.com", "ann@bücher.example", "eve@evil-partner.com", "eve@sub.partner.com"} {
		email, err := relationship.ParseEmail(text)
		fmt.Println(email, domains.Has(email.Domain()), err)
	}
	// Output:
	// partner.com xn--bcher-kva.example <nil>
	// ann@partner.com true <nil>
	// ann@xn--bcher-kva.example true <nil>
	// eve@evil-partner.com false <nil>
	// eve@sub.partner.com false <nil>
}

// The secret of an access link shows its selector and nothing else, however
// it is printed. What is stored is a hash (LINK-6).
func ExampleSecret() {
	random := bytes.NewReader(make([]byte, 42)) // crypto/rand.Reader in earnest
	secret, err := relationship.NewSecret(random)
	fmt.Println(secret, err)
	fmt.Printf("%+v\n", struct{ Link relationship.Secret }{secret})

	text := secret.Reveal() // goes to the client, and into no log
	read, err := relationship.ParseSecret(text)
	link := relationship.Link{
		Selector: secret.Selector(), Partner: "northwind", Employee: "ann", Hash: secret.Hash("northwind", "ann"),
	}
	fmt.Println(read.Opens(link), err)

	_, err = relationship.ParseSecret(text[:len(text)-1] + "x") // a typing mistake
	fmt.Println(err)
	// Output:
	// calink_aaaaaaaaaaaaaaaa_(hidden) <nil>
	// {Link:calink_aaaaaaaaaaaaaaaa_(hidden)}
	// true <nil>
	// access link: secret is malformed
}

// A client's terms bound every membership of a partner without rewriting it.
func ExampleMember_Until() {
	begun := time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	member := relationship.Member{
		Client: "lumen", User: "ann", Role: relationship.Standard, Set: permset.MustNames("contacts.view"),
		Manager: "northwind", Since: begun, TermFrom: begun,
	}
	terms := relationship.Terms{Client: "lumen", Partner: "northwind"}
	fmt.Println(member.Until(terms).IsZero(), "(no end)")
	terms.Longest = 90 * 24 * time.Hour
	fmt.Println(member.Until(terms).Format(time.DateOnly))
	// Output:
	// true (no end)
	// 2026-05-30
}

// A pause is over by itself, if it has an instant.
func ExamplePause() {
	friday := time.Date(2026, time.March, 6, 17, 0, 0, 0, time.UTC)
	monday := friday.Add(63 * time.Hour)
	pause := relationship.NewPause(monday)
	fmt.Println(pause.ActiveAt(friday), pause.ActiveAt(monday))
	// Output:
	// true false
}

// A record is written as one line, and read back as the same value.
func ExampleDecodeRecord() {
	client, err := relationship.NewClient("lumen", "Lumen AG")
	fmt.Println(err)
	line, err := relationship.EncodeRecord(client)
	fmt.Println(string(line), err)
	record, err := relationship.DecodeRecord(line)
	fmt.Println(record == relationship.Record(client), err)
	// Output:
	// <nil>
	// {"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":0}} <nil>
	// true <nil>
}

// Records that belong together share what they have in common: here the client
// and the set are written once.
func ExampleEncoder() {
	set := permset.MustNames("contacts.view", "tickets.view")
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	var e relationship.Encoder
	e.Reset(nil)
	for _, user := range []relationship.UserID{"ann", "bob", "carla"} {
		e.Record(relationship.Member{Client: "lumen", User: user, Role: relationship.Standard, Set: set, Since: at, TermFrom: at})
	}
	written, err := e.Bytes()
	fmt.Println(len(written), "bytes", err)

	var d relationship.Decoder
	d.Reset(written)
	for d.More() {
		fmt.Println(d.Record().Key())
	}
	fmt.Println(d.Finish())
	// Output:
	// 103 bytes <nil>
	// member "lumen" "ann"
	// member "lumen" "bob"
	// member "lumen" "carla"
	// <nil>
}
