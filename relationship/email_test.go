package relationship_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/relationship"
)

func TestADD3_DomainsFollowIDNA(t *testing.T) {
	for text, want := range map[string]relationship.Domain{
		"partner.com":                    "partner.com",
		"PARTNER.com":                    "partner.com",
		"Partner.Com":                    "partner.com",
		"Bücher.example":                 "xn--bcher-kva.example",
		"BÜCHER.example":                 "xn--bcher-kva.example",
		"bu\u0308cher.example":           "xn--bcher-kva.example", // u and a combining diaeresis
		"xn--bcher-kva.example":          "xn--bcher-kva.example",
		"XN--BCHER-KVA.EXAMPLE":          "xn--bcher-kva.example",
		"faß.example":                    "xn--fa-hia.example", // not fass.example
		"fass.example":                   "fass.example",
		"partner。com":                    "partner.com", // the ideographic full stop
		"ｐａｒｔｎｅｒ.com":                    "partner.com", // full-width letters
		"日本語.example":                    "xn--wgv71a119e.example",
		"παράδειγμα.δοκιμή":              "xn--hxajbheg2az3al.xn--jxalpdlp",
		"раrtner.com":                    "xn--rtner-3ve5i.com", // Cyrillic р and а: another domain
		"a.b.c.d.partner.co.uk":          "a.b.c.d.partner.co.uk",
		"1.partner.com":                  "1.partner.com",
		"123.com":                        "123.com",
		"a-b.com":                        "a-b.com",
		strings.Repeat("a", 63) + ".com": relationship.Domain(strings.Repeat("a", 63) + ".com"),
	} {
		t.Run(text, func(t *testing.T) {
			domain, err := relationship.ParseDomain(text)
			require.NoError(t, err)
			require.Equal(t, want, domain)
			again, err := relationship.ParseDomain(string(domain))
			require.NoError(t, err)
			require.Equal(t, domain, again)
		})
	}
}

func TestADD3_WhatIsNoDomainIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                 "",
		"only a dot":            ".",
		"no dot":                "partner",
		"a dot in front":        ".partner.com",
		"a dot behind":          "partner.com.",
		"two dots":              "partner..com",
		"a wildcard":            "*.partner.com",
		"an underscore":         "_dmarc.partner.com",
		"a space":               "partner .com",
		"a space in front":      " partner.com",
		"a newline":             "partner.com\n",
		"an address":            "ann@partner.com",
		"a URL":                 "https://partner.com",
		"a port":                "partner.com:443",
		"a path":                "partner.com/",
		"an IPv4 address":       "192.0.2.1",
		"an IPv6 address":       "[2001:db8::1]",
		"a bare IPv6 address":   "2001:db8::1",
		"a number at the top":   "partner.1",
		"a full-width number":   "partner.１",
		"a hyphen in front":     "-partner.com",
		"a hyphen behind":       "partner-.com",
		"hyphens in 3 and 4":    "ab--cd.com",
		"empty Punycode":        "xn--.com",
		"broken Punycode":       "xn--a.com",
		"Punycode of ASCII":     "xn--partner-.com",
		"Punycode of no NFC":    "xn--bucher-hne.example",
		"a label of 64 bytes":   strings.Repeat("a", 64) + ".com",
		"a name of 254 bytes":   strings.Repeat("aaaaaaa.", 31) + "aaaa.com",
		"a text of 257 bytes":   strings.Repeat("a.", 127) + "com",
		"a right-to-left mark":  "\u200fpartner.com",
		"an override":           "\u202epartner.com",
		"a lone joiner":         "part\u200dner.com",
		"mixed directions":      "a\u05d0.com",
		"a control character":   "part\x01ner.com",
		"U+0000":                "partner.com\x00",
		"no UTF-8":              "partner\xff.com",
		"a slash look-alike":    "partner.com\uff0fevil.com",
		"an at sign look-alike": "partner\uff20evil.com",
		"a list":                "a.com b.com",
		"a comma":               "a.com,b.com",
	} {
		t.Run(name, func(t *testing.T) {
			domain, err := relationship.ParseDomain(text)
			refused(t, err, "partner", "domain")
			require.Empty(t, domain)
			_, err = relationship.NewPartner("northwind", "Northwind", relationship.Provider, "good.example", text)
			refused(t, err, "partner", "domain")
			_, err = relationship.NewUser("ann", "Ann", "ann@"+text, salt)
			refused(t, err, "user", "e-mail address")
		})
	}
}

func TestADD3_NeighboursAreNotThePartner(t *testing.T) {
	partner := must(relationship.NewPartner("p", "P", relationship.Provider, "partner.com", "Bücher.example"))
	for email, verified := range map[string]bool{
		"ann@partner.com":           true,
		"ann@PARTNER.com":           true,
		"ann@bücher.example":        true,
		"ann@BÜCHER.example":        true,
		"ann@xn--bcher-kva.example": true,
		"ann@evil-partner.com":      false,
		"ann@evilpartner.com":       false,
		"ann@partner.com.evil.com":  false,
		"ann@sub.partner.com":       false,
		"ann@partner.co":            false,
		"ann@partner.com.de":        false,
		"ann@artner.com":            false,
		"ann@bucher.example":        false,
		"ann@раrtner.com":           false,
	} {
		address, err := relationship.ParseEmail(email)
		require.NoError(t, err, email)
		require.Equal(t, verified, partner.Domains.Has(address.Domain()), email)
	}
	require.False(t, partner.Domains.Has(""))
	require.False(t, relationship.Domains("").Has(""))
	require.False(t, partner.Domains.Has("partner.com xn--bcher-kva.example"))
	require.False(t, partner.Domains.Has(relationship.Email("").Domain()))
}

func TestEmailsAreBroughtIntoOneForm(t *testing.T) {
	for text, want := range map[string]relationship.Email{
		"ann@northwind.example":     "ann@northwind.example",
		"ann@NORTHWIND.example":     "ann@northwind.example",
		"Ann@Northwind.example":     "Ann@northwind.example", // the part before the @ is kept
		"ann.arnold+x@bücher.com":   "ann.arnold+x@xn--bcher-kva.com",
		"o'neil@x.example":          "o'neil@x.example",
		"jürgen@x.example":          "jürgen@x.example",
		"!#$%&'*+-/=?^_`{|}~@x.com": "!#$%&'*+-/=?^_`{|}~@x.com",
		"1@x.com":                   "1@x.com",
	} {
		email, err := relationship.ParseEmail(text)
		require.NoError(t, err, text)
		require.Equal(t, want, email)
		user := must(relationship.NewUser("ann", "Ann", text, salt))
		require.NoError(t, user.Check())
		require.Equal(t, want, user.Email)
	}
}

func TestMalformedEmailsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                     "",
		"no @":                      "ann",
		"only an @":                 "@",
		"nothing before":            "@northwind.example",
		"nothing behind":            "ann@",
		"two @":                     "ann@bob@northwind.example",
		"a quoted @":                `"ann@bob"@northwind.example`,
		"quotes":                    `"ann"@northwind.example`,
		"a display name":            "Ann <ann@northwind.example>",
		"angle brackets":            "<ann@northwind.example>",
		"a comment":                 "ann(boss)@northwind.example",
		"a comment behind":          "ann@northwind.example (boss)",
		"a list":                    "ann@northwind.example, bob@northwind.example",
		"a group":                   "team:ann@northwind.example;",
		"mailto":                    "mailto:ann@northwind.example",
		"a dot in front":            ".ann@northwind.example",
		"a dot behind":              "ann.@northwind.example",
		"two dots":                  "ann..arnold@northwind.example",
		"a space in front":          " ann@northwind.example",
		"a space behind":            "ann@northwind.example ",
		"a space within":            "ann arnold@northwind.example",
		"a no-break space":          "ann\u00a0@northwind.example",
		"a tab":                     "ann\t@northwind.example",
		"a newline":                 "ann@northwind.example\n",
		"a header":                  "ann\r\nBcc: bob@northwind.example",
		"a control character":       "ann\x7f@northwind.example",
		"a C1 control":              "ann\u0085@northwind.example",
		"a zero-width space":        "ann\u200b@northwind.example",
		"a byte order mark":         "\ufeffann@northwind.example",
		"an override":               "\u202enna@northwind.example",
		"a line separator":          "ann\u2028@northwind.example",
		"a backslash":               `ann\@northwind.example`,
		"no full domain":            "ann@northwind",
		"an IP address":             "ann@192.0.2.1",
		"an IP literal":             "ann@[192.0.2.1]",
		"a domain with a dot":       "ann@northwind.example.",
		"a wildcard":                "ann@*.example",
		"U+0000":                    "ann\x00@northwind.example",
		"no UTF-8 before":           "ann\xff@northwind.example",
		"no UTF-8 behind":           "ann@north\xff.example",
		"257 bytes":                 strings.Repeat("a", 257-len("@x.example")) + "@x.example",
		"too long when transcribed": strings.Repeat("a", 170) + "@" + strings.Repeat("ü.", 20) + "example",
	} {
		t.Run(name, func(t *testing.T) {
			email, err := relationship.ParseEmail(text)
			refused(t, err, "user", "e-mail address")
			_ = email
			_, err = relationship.NewUser("ann", "Ann", text, salt)
			refused(t, err, "user", "e-mail address")
		})
	}
}

func TestDomainsAreASet(t *testing.T) {
	pool := []string{"a.example", "b.example", "A.example", "Bücher.example", "xn--bcher-kva.example", "c.example"}
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.SampledFrom(pool)).Draw(t, "texts")
		set := must(relationship.NewDomains(texts...))
		shuffled := must(relationship.NewDomains(rapid.Permutation(texts).Draw(t, "shuffled")...))
		require.Equal(t, set, shuffled, "the order does not matter")
		has := map[relationship.Domain]bool{}
		for _, text := range texts {
			has[must(relationship.ParseDomain(text))] = true
		}
		require.Len(t, set.List(), len(has))
		require.IsIncreasing(t, append([]relationship.Domain{""}, set.List()...))
		for _, text := range pool {
			domain := must(relationship.ParseDomain(text))
			require.Equal(t, has[domain], set.Has(domain))
		}
	})
	require.Empty(t, relationship.Domains("").List())
}
