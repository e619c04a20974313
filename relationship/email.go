package relationship

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Domain is a domain name in its canonical form: the lower-case ASCII form of
// IDNA. Two domains are the same when == says so (ADD-3). The zero value is
// no domain.
type Domain string

// ParseDomain brings a domain, such as "Bücher.example", into its canonical
// form. A name without a dot, an IP address, a wildcard and everything that
// IDNA refuses is an error.
func ParseDomain(text string) (Domain, error) { return parseDomain("partner", "domain", text) }

// profile is the look-up profile of IDNA with the lengths of the DNS checked.
var profile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

func parseDomain(noun, field, text string) (Domain, error) {
	if err := checkText(noun, field, text); err != nil {
		return "", err
	}
	ascii, err := profile.ToASCII(text)
	if err != nil || strings.HasSuffix(ascii, ".") {
		return "", &FieldError{noun, field, "is not a domain name"}
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if len(last) == len(ascii) || strings.Trim(last, "0123456789") == "" {
		return "", &FieldError{noun, field, "is not a full domain name"}
	}
	return Domain(ascii), nil
}

// Email is an e-mail address with its domain in canonical form. The part
// before the @ is kept as it is. The zero value is no address.
type Email string

// ParseEmail brings an address into its canonical form. It takes the bare
// address only: no display name, no angle brackets, no comment, no quotes.
func ParseEmail(text string) (Email, error) {
	const noun, field = "user", "e-mail address"
	if err := checkText(noun, field, text); err != nil {
		return "", err
	}
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return "", &FieldError{noun, field, "has no @"}
	}
	domain, err := parseDomain(noun, field, text[at+1:])
	if err != nil {
		return "", &FieldError{noun, field, "has no proper domain"}
	}
	canonical := text[:at+1] + string(domain)
	parsed, err := mail.ParseAddress(canonical)
	if err != nil || parsed.Name != "" || parsed.Address != canonical || strings.ContainsFunc(text[:at], invisible) {
		return "", &FieldError{noun, field, "is malformed"}
	}
	return Email(canonical), checkText(noun, field, canonical)
}

// invisible finds what no reader of an address would see: with it, two
// addresses that look the same would be two people.
func invisible(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }

// Domain returns the part behind the @.
func (e Email) Domain() Domain { return Domain(e[strings.LastIndexByte(string(e), '@')+1:]) }

// Domains is a set of domains in canonical form: sorted, unique, separated by
// single spaces. It is comparable; the zero value is the empty set.
type Domains string

// NewDomains makes the set of the given domains and refuses one that is not a
// domain.
func NewDomains(texts ...string) (Domains, error) {
	list := make([]string, len(texts))
	for i, text := range texts {
		domain, err := ParseDomain(text)
		if err != nil {
			return "", err
		}
		list[i] = string(domain)
	}
	slices.Sort(list)
	return Domains(strings.Join(slices.Compact(list), " ")), nil
}

// List returns the domains in order.
func (d Domains) List() []Domain {
	fields := strings.Fields(string(d))
	list := make([]Domain, len(fields))
	for i, field := range fields {
		list[i] = Domain(field)
	}
	return list
}

// Has reports whether the domain is in the set. A subdomain of a domain in
// the set is not.
func (d Domains) Has(domain Domain) bool { return slices.Contains(d.List(), domain) }

func (d Domains) check() error {
	canonical, err := NewDomains(strings.Fields(string(d))...)
	if err == nil && canonical != d {
		err = &FieldError{"partner", "domains", "are not in canonical form"}
	}
	return err
}
