package relationship_test

import (
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// The seeds stand in testdata/fuzz. To search for more, run one target:
//
//	go test -fuzz FuzzParseEmail ./relationship

func FuzzParseSecret(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		secret, err := relationship.ParseSecret(text)
		if err != nil {
			require.True(t, secret.IsZero())
			require.False(t, len(text) > 20 && strings.Contains(err.Error(), text))
		} else {
			require.True(t, secret.Reveal() == strings.TrimSpace(text), "one spelling")
			require.False(t, shows(secret.String(), secret))
		}
		var read relationship.Secret
		if read.UnmarshalText([]byte(text)) != nil {
			require.Error(t, err, "what is a secret can be unmarshalled")
			require.Empty(t, read.Selector())
			return
		}
		require.Equal(t, err != nil, read.IsZero(), "only a whole secret opens anything")
		var again relationship.Secret
		require.NoError(t, again.UnmarshalText(must(read.MarshalText())))
		require.Equal(t, read.Selector(), again.Selector())
		require.True(t, again.IsZero(), "what was marshalled opens nothing")
	})
}

func FuzzParseEmail(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		email, err := relationship.ParseEmail(text)
		if err != nil {
			refused(t, err, "user", "e-mail address")
			return
		}
		canonical := string(email)
		again, err := relationship.ParseEmail(canonical)
		require.NoError(t, err)
		require.Equal(t, email, again, "the canonical form is its own")
		require.LessOrEqual(t, len(canonical), relationship.MaxText)
		require.True(t, utf8.ValidString(canonical))
		parsed, err := mail.ParseAddress(canonical)
		require.NoError(t, err)
		require.Equal(t, canonical, parsed.Address)
		at := strings.LastIndexByte(text, '@')
		require.Equal(t, text[:at], canonical[:len(canonical)-len(email.Domain())-1], "the part before the @ is kept")
		domain, err := relationship.ParseDomain(string(email.Domain()))
		require.NoError(t, err)
		require.Equal(t, email.Domain(), domain)
		user := must(relationship.NewUser("ann", "Ann", text, salt))
		require.NoError(t, user.Check())
		read, err := relationship.DecodeRecord(must(relationship.EncodeRecord(user)))
		require.NoError(t, err)
		require.True(t, user == read)
	})
}

func FuzzParseDomain(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		domain, err := relationship.ParseDomain(text)
		if err != nil {
			refused(t, err, "partner", "domain")
			return
		}
		canonical := string(domain)
		again, err := relationship.ParseDomain(canonical)
		require.NoError(t, err)
		require.Equal(t, domain, again, "the canonical form is its own")
		require.Empty(t, strings.Trim(canonical, "abcdefghijklmnopqrstuvwxyz0123456789-."))
		require.Contains(t, canonical, ".")
		require.LessOrEqual(t, len(canonical), 253)
		// ToUpper changes more than case here and there (ı, ß); ASCII only.
		if canonical == text {
			upper, err := relationship.ParseDomain(strings.ToUpper(text))
			require.NoError(t, err)
			require.Equal(t, domain, upper)
		}
		set, err := relationship.NewDomains(text)
		require.NoError(t, err)
		require.Equal(t, []relationship.Domain{domain}, set.List())
		require.True(t, set.Has(domain))
		require.False(t, set.Has("x."+domain), "a subdomain is another")
		require.False(t, set.Has("x"+domain))
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Fuzz(func(t *testing.T, written []byte) {
		record, err := relationship.DecodeRecord(written)
		if err != nil {
			return
		}
		require.NoError(t, relationship.CheckRecord(record))
		canonical, err := relationship.EncodeRecord(record)
		require.NoError(t, err)
		again, err := relationship.DecodeRecord(canonical)
		require.NoError(t, err)
		require.True(t, record == again, "%s", canonical)
		require.NotEmpty(t, record.Key().First)
		require.NotEmpty(t, record.Summary())
		require.NotEmpty(t, forChain(t, relationship.Event{Lines: []relationship.Line{{After: record}}}))
		read, err := relationship.ReadRecord(must(relationship.AppendRecord(nil, record)))
		require.NoError(t, err)
		require.True(t, record == read, "%s", canonical)
	})
}

func FuzzReadRecord(f *testing.F) {
	for _, record := range all {
		f.Add(must(relationship.AppendRecord(nil, record)))
	}
	f.Fuzz(func(t *testing.T, written []byte) {
		record, err := relationship.ReadRecord(written)
		if err != nil {
			var refusal *relationship.FieldError
			require.ErrorAs(t, err, &refusal)
			return
		}
		require.NoError(t, relationship.CheckRecord(record))
		require.Equal(t, written, must(relationship.AppendRecord(nil, record)), "there is one way to write a record")
		read, err := relationship.DecodeRecord(must(relationship.EncodeRecord(record)))
		require.NoError(t, err)
		require.True(t, record == read)
	})
}
