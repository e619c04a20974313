package relationship_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// full are records with everything in them, and those of all.
func full() []relationship.Record {
	return append([]relationship.Record{
		with(agency, func(p *relationship.Partner) { p.Closed, p.Domains = true, "a.example xn--bcher-kva.example" }),
		with(annAt, func(e *relationship.Employee) {
			e.SuperAdmin, e.View, e.Edit, e.Confirmed, e.Pause = true, true, true, true, relationship.NewPause(onDay(5))
			e.Since = day.Add(time.Microsecond)
		}),
		with(managed, func(m *relationship.Member) {
			m.Linked, m.Deactivated, m.Template, m.End, m.EndByClient = true, relationship.ClientSide, "x", onDay(5), true
			m.By = relationship.Actor{Kind: relationship.ByPartnerSide, User: "bob", Partner: "northwind"}
		}),
		ending(), ending().End(onDay(70)),
		with(terms, func(x *relationship.Terms) {
			x.HasCeiling, x.Ceiling, x.Longest = true, permset.MustNames("reports.view"), hour
			x.Pause = relationship.NewPause(time.Time{})
		}),
		with(standing, func(s *relationship.Standing) { s.Barred = true }),
		with(lumen, func(c *relationship.Client) { c.Name = "</script> \u2028 \U0010ffff \x01 \" \\ ÿ" }),
	}, all...)
}

func TestEveryRecordIsReadBackAsItWasWritten(t *testing.T) {
	for _, record := range full() {
		require.NoError(t, record.Check(), record.Summary())
		written := must(relationship.EncodeRecord(record))
		require.NotContains(t, string(written), "\n", "one line")
		read, err := relationship.DecodeRecord(written)
		require.NoError(t, err, string(written))
		require.True(t, record == read, "%s", written)
		require.Equal(t, written, must(relationship.EncodeRecord(read)), "the same record gives the same bytes")
	}
}

func TestAWrittenRecordLooksLikeThis(t *testing.T) {
	for want, record := range map[string]relationship.Record{
		`{"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":1}}`: with(lumen,
			func(c *relationship.Client) { c.SuperAdmins = 1 }),
		`{"kind":"member","body":{"client":"lumen","user":"ann","role":"partner admin","set":["contacts.view"],"manager":"northwind",` +
			`"since":"2026-03-02T09:00:00Z","termFrom":"2026-03-02T09:00:00Z"}}`: managed,
		`{"kind":"standing","body":{"client":"lumen","user":"ann","barred":true,"pause":{"on":true,"until":"2026-03-07T09:00:00Z"}}}`: with(standing,
			func(s *relationship.Standing) { s.Barred, s.Pause = true, relationship.NewPause(onDay(5)) }),
	} {
		require.Equal(t, want, string(must(relationship.EncodeRecord(record))))
	}
}

func TestDecodingRefusesWhatIsNoRecord(t *testing.T) {
	const client = `{"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":0}}`
	_, err := relationship.DecodeRecord([]byte(client))
	require.NoError(t, err)
	for name, written := range map[string]string{
		"nothing":                    "",
		"no JSON":                    "client",
		"cut short":                  client[:len(client)-1],
		"two records":                client + client,
		"two lines":                  client + "\n" + client,
		"a brace too many":           client + "}",
		"a bracket too many":         client + "]",
		"a comma behind":             client + ",",
		"U+0000 behind":              client + "\x00",
		"a list":                     "[" + client + "]",
		"null":                       "null",
		"no kind":                    `{"body":{"id":"lumen","name":"Lumen AG"}}`,
		"an unknown kind":            strings.Replace(client, `"client"`, `"customer"`, 1),
		"a kind in capitals":         strings.Replace(client, `"client"`, `"Client"`, 1),
		"no body":                    `{"kind":"client"}`,
		"a body of null":             `{"kind":"client","body":null}`,
		"a body of another kind":     strings.Replace(client, `"client"`, `"member"`, 1),
		"an unknown field":           strings.Replace(client, `"superAdmins"`, `"owners"`, 1),
		"an unknown field around it": strings.Replace(client, `{"kind"`, `{"version":2,"kind"`, 1),
		"a field of another type":    strings.Replace(client, `"Lumen AG"`, `7`, 1),
		"a record that fails Check":  strings.Replace(client, `"Lumen AG"`, `""`, 1),
		"a time in another zone": `{"kind":"employee","body":{"partner":"p","user":"u","employeeKind":"staff","status":"employed",` +
			`"since":"2026-03-02T09:00:00+01:00"}}`,
		"a permission name that is none": `{"kind":"template","body":{"partner":"p","name":"n","set":["Reports View"]}}`,
		"a digest that is none":          `{"kind":"user","body":{"id":"u","name":"n","email":"u@x.example","salt":"0g","person":"00"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := relationship.DecodeRecord([]byte(written))
			require.Error(t, err)
		})
	}
	_, err = relationship.DecodeRecord([]byte(`{"kind":"client","body":{"id":"","name":"x"}}`))
	refused(t, err, "client", "id")
	_, err = relationship.DecodeRecord([]byte(`{"kind":"x","body":{}}`))
	refused(t, err, "record", "kind")
	_, err = relationship.DecodeRecord([]byte(" " + client + " \n"))
	require.NoError(t, err, "white space around a record is let be")
}

func TestWhatMayBeStoredIsReadBackWhateverItsTexts(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(rapid.StringN(1, 80, relationship.MaxText), rapid.SampledFrom([]string{"\xff", "\xed\xa0\x80", "a\x00", "\ufffd"})).Draw(t, "text")
	})
	rapid.Check(t, func(t *rapid.T) {
		record := relationship.Relationship{
			Partner: relationship.PartnerID(text.Draw(t, "partner")), Client: relationship.ClientID(text.Draw(t, "client")),
			ClientName: text.Draw(t, "name"), Phase: relationship.Active, Members: rapid.IntRange(1, 1000000).Draw(t, "members"),
			Started:  time.Unix(rapid.Int64Range(-62135596800, 300000000000).Draw(t, "started"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC(),
			Activity: day,
		}
		if record.Check() != nil {
			return
		}
		read, err := relationship.DecodeRecord(must(relationship.EncodeRecord(record)))
		require.NoError(t, err)
		require.True(t, record == read, "%v", record)
	})
}
