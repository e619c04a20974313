package relationship

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
)

// SecretPrefix begins every access link's secret, so that a scanner for
// leaked secrets knows one (LINK-6).
const SecretPrefix = "calink_"

const (
	selectorBytes = 10
	verifierBytes = 32
)

// alphabet writes bytes in lower-case letters and digits that survive every
// mail program.
var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Secret is the secret of an access link (LINK-6): a fixed prefix, a public
// selector, a verifier of 256 random bits, and a checksum that finds typing
// mistakes without a look-up:
//
//	calink_<selector>_<verifier>_<checksum>
//
// Formatting, logging and marshalling a Secret never show the verifier; only
// Reveal does. The zero value opens nothing. Secrets are not compared with ==.
type Secret struct {
	selector Selector
	// Two pointers away, because fmt walks into unexported fields of other
	// people's structs without asking any method. It stops at a pointer, but
	// with a verb that does not fit, such as %s, it begins anew behind it.
	verifier **[verifierBytes]byte
}

// NewSecret makes a secret from a source of random bytes.
func NewSecret(random io.Reader) (Secret, error) {
	raw := make([]byte, selectorBytes+verifierBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return Secret{}, fmt.Errorf("no randomness for an access link: %w", err)
	}
	return newSecret(Selector(alphabet.EncodeToString(raw[:selectorBytes])), raw[selectorBytes:]), nil
}

// newSecret keeps the bytes of the verifier, of which there are enough.
func newSecret(selector Selector, verifier []byte) Secret {
	bytes := (*[verifierBytes]byte)(verifier)
	return Secret{selector, &bytes}
}

// ParseSecret reads what Reveal returned; white space around it is let be.
// The error never repeats the text. To an outsider a malformed link is to look
// like any other that opens nothing (LINK-6): pass the zero Secret on, and the
// answer is the same.
func ParseSecret(text string) (Secret, error) {
	malformed := &FieldError{"access link", "secret", "is malformed"}
	body, found := strings.CutPrefix(strings.TrimSpace(text), SecretPrefix)
	parts := strings.Split(body, "_")
	if !found || len(parts) != 3 {
		return Secret{}, malformed
	}
	selector, errSelector := alphabet.DecodeString(parts[0])
	verifier, errVerifier := alphabet.DecodeString(parts[1])
	if errSelector != nil || errVerifier != nil || len(selector) != selectorBytes || len(verifier) != verifierBytes {
		return Secret{}, malformed
	}
	secret := newSecret(Selector(parts[0]), verifier)
	// One secret has one spelling, and the checksum must fit: comparing with
	// the text that it would have covers both.
	if subtle.ConstantTimeCompare([]byte(secret.Reveal()), []byte(SecretPrefix+body)) != 1 {
		return Secret{}, malformed
	}
	return secret, nil
}

// IsZero reports whether there is no secret in it: it opens nothing.
func (s Secret) IsZero() bool { return s.verifier == nil }

// Selector returns the public part, which names the link.
func (s Secret) Selector() Selector { return s.selector }

// Reveal returns the secret as text, to be sent to the client. Do not log
// it.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	body := string(s.selector) + "_" + alphabet.EncodeToString((*s.verifier)[:])
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(body)))
	return SecretPrefix + body + "_" + alphabet.EncodeToString(sum[:])
}

// Hash returns what is stored of the secret: a hash of the verifier, bound to
// the partner and the employee, so that it cannot be moved to another link
// (LINK-6).
func (s Secret) Hash(partner PartnerID, employee UserID) Digest {
	if s.IsZero() {
		return Digest{}
	}
	verifier := sha256.Sum256((*s.verifier)[:])
	return digest("access link", string(s.selector), string(partner), string(employee), string(verifier[:]))
}

// Opens reports whether the secret is the link's own. It takes the same time
// whatever is wrong.
func (s Secret) Opens(link Link) bool {
	hash := s.Hash(link.Partner, link.Employee)
	return !s.IsZero() && subtle.ConstantTimeCompare(hash[:], link.Hash[:]) == 1
}

const (
	hidden = "_(hidden)"
	none   = SecretPrefix + "(none)"
)

// String shows the selector and hides the rest.
func (s Secret) String() string {
	if s.selector == "" {
		return none
	}
	return SecretPrefix + string(s.selector) + hidden
}

// Format hides the secret from every verb of fmt.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from JSON and every other text encoding: use
// Reveal to carry a secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a revealed secret, so that a request's JSON can hold
// one. It reads what MarshalText wrote, too: that Secret has its Selector and
// opens nothing.
func (s *Secret) UnmarshalText(text []byte) error {
	body, isHidden := strings.CutSuffix(string(text), hidden)
	if selector, prefixed := strings.CutPrefix(body, SecretPrefix); isHidden && prefixed {
		raw, err := alphabet.DecodeString(selector)
		if err == nil && len(raw) == selectorBytes && alphabet.EncodeToString(raw) == selector {
			*s = Secret{selector: Selector(selector)}
			return nil
		}
	}
	if string(text) == none {
		*s = Secret{}
		return nil
	}
	secret, err := ParseSecret(string(text))
	if err == nil {
		*s = secret
	}
	return err
}
