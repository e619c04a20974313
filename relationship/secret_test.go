package relationship_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"hash/crc32"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

func TestLINK6_ASecretHasAFixedForm(t *testing.T) {
	secret, planted := plant(t, 1)
	text := planted[0]
	form := regexp.MustCompile(`^calink_[a-z2-7]{16}_[a-z2-7]{52}_[a-z2-7]{7}$`)
	require.True(t, form.MatchString(text))
	require.True(t, strings.HasPrefix(text, relationship.SecretPrefix))
	parts := strings.Split(text, "_")
	require.Equal(t, parts[1], string(secret.Selector()))
	require.Len(t, decode(parts[1]), 10)
	require.Len(t, decode(parts[2]), 32, "256 random bits")
	sum := crc32.ChecksumIEEE([]byte(parts[1] + "_" + parts[2]))
	require.True(t, bytes.Equal(decode(parts[3]), []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}))

	read, err := relationship.ParseSecret(text)
	require.NoError(t, err)
	require.True(t, read.Reveal() == text)
	require.False(t, read.IsZero())
	read, err = relationship.ParseSecret(" \r\n\t" + text + "\n")
	require.NoError(t, err, "white space around it comes from copying")
	require.True(t, read.Reveal() == text)
}

func TestLINK6_SecretsAreRandom(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		secret := must(relationship.NewSecret(rand.Reader))
		for _, part := range strings.Split(secret.Reveal(), "_")[1:] {
			require.False(t, seen[part])
			seen[part] = true
		}
	}
	for name, random := range map[string]struct{ short bool }{"too little": {true}, "a broken source": {false}} {
		source := iotest.ErrReader(errors.New("no entropy"))
		if random.short {
			source = bytes.NewReader(make([]byte, 41))
		}
		secret, err := relationship.NewSecret(source)
		require.Error(t, err, name)
		require.True(t, secret.IsZero())
	}
}

func TestLINK6_TheChecksumFindsEveryMistake(t *testing.T) {
	_, planted := plant(t, 2)
	text := planted[0]
	wrong := func(what, spelling string) {
		t.Helper()
		secret, err := relationship.ParseSecret(spelling)
		refused(t, err, "access link", "secret")
		require.True(t, secret.IsZero(), what)
		require.False(t, strings.Contains(err.Error(), text[8:20]))
	}
	for i := range text {
		for char := range 256 {
			if byte(char) != text[i] {
				changed := []byte(text)
				changed[i] = byte(char)
				wrong("a changed character", string(changed))
			}
		}
		wrong("a missing character", text[:i]+text[i+1:])
		wrong("the rest missing", text[:i])
		for _, char := range "a2_- \n=\x00ä" {
			if i > 0 {
				wrong("a character too many", text[:i]+string(char)+text[i:])
			}
		}
		if i > 0 && text[i] != text[i-1] {
			swapped := []byte(text)
			swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
			wrong("two characters swapped", string(swapped))
		}
	}
}

func TestLINK6_ASecretHasOneSpelling(t *testing.T) {
	_, planted := plant(t, 3)
	_, others := plant(t, 4)
	text, parts, other := planted[0], strings.Split(planted[0], "_"), strings.Split(others[0], "_")
	for name, spelling := range map[string]string{
		"nothing":             "",
		"the prefix":          relationship.SecretPrefix,
		"capitals":            strings.ToUpper(text),
		"a capital prefix":    "CALINK_" + text[len("calink_"):],
		"no prefix":           strings.TrimPrefix(text, "calink_"),
		"the prefix twice":    "calink_" + text,
		"padding":             text + "=",
		"a line break within": text[:30] + "\n" + text[30:],
		"a part too many":     text + "_" + parts[3],
		"no checksum":         strings.Join(parts[:3], "_"),
		"the other's sum":     strings.Join([]string{parts[0], parts[1], parts[2], other[3]}, "_"),
		"the other's half":    strings.Join([]string{parts[0], parts[1], other[2], parts[3]}, "_"),
		"the other's name":    strings.Join([]string{parts[0], other[1], parts[2], parts[3]}, "_"),
		"another prefix":      "ghp_" + strings.Join(parts[1:], "_"),
		"spare bits set":      spareBits(text),
		"a short selector":    sealed("aaaaaaaa", parts[2]),
		"a long selector":     sealed(parts[1]+"aaaaaaaa", parts[2]),
		"a short verifier":    sealed(parts[1], parts[2][:40]),
		"a long verifier":     sealed(parts[1], parts[2]+"aaaaaaaa"),
		"hidden":              "calink_" + parts[1] + "_(hidden)",
	} {
		t.Run(name, func(t *testing.T) {
			secret, err := relationship.ParseSecret(spelling)
			refused(t, err, "access link", "secret")
			require.True(t, secret.IsZero())
		})
	}
}

// sealed writes a secret of any lengths with its proper checksum.
func sealed(selector, verifier string) string {
	sum := crc32.ChecksumIEEE([]byte(selector + "_" + verifier))
	var text strings.Builder
	for shift := 27; shift >= -3; shift -= 5 {
		text.WriteByte(letters[uint64(sum)<<8>>(shift+8)&31])
	}
	return "calink_" + selector + "_" + verifier + "_" + text.String()
}

// spareBits sets bits of the verifier's last letter that stand for nothing,
// and fits the checksum to it.
func spareBits(text string) string {
	parts := strings.Split(text, "_")
	verifier := parts[2]
	last := strings.IndexByte(letters, verifier[51])
	return sealed(parts[1], verifier[:51]+string(letters[last|1]))
}

func TestSealedByTheTestIsSealedByTheCode(t *testing.T) {
	_, planted := plant(t, 5)
	parts := strings.Split(planted[0], "_")
	require.True(t, sealed(parts[1], parts[2]) == planted[0])
	require.False(t, spareBits(planted[0]) == planted[0])
}

func TestLINK6_OnlyAHashBoundToPartnerAndEmployeeIsStored(t *testing.T) {
	secret, _ := plant(t, 6)
	other, _ := plant(t, 7)
	stored := link
	stored.Selector, stored.Hash = secret.Selector(), secret.Hash(link.Partner, link.Employee)
	require.NoError(t, stored.Check())
	require.True(t, secret.Opens(stored))
	require.False(t, other.Opens(stored))
	require.False(t, relationship.Secret{}.Opens(stored))
	require.False(t, relationship.Secret{}.Opens(with(stored, func(l *relationship.Link) { l.Hash = relationship.Digest{} })))
	require.Zero(t, relationship.Secret{}.Hash("northwind", "ann"))
	require.False(t, secret.Opens(with(stored, func(l *relationship.Link) { l.Partner = "umbra" })), "moved to another partner")
	require.False(t, secret.Opens(with(stored, func(l *relationship.Link) { l.Employee = "bob" })), "moved to another employee")
	require.False(t, secret.Opens(with(stored, func(l *relationship.Link) { l.Hash[31] ^= 1 })))

	// Ids are not run together: "a"+"bc" is not "ab"+"c".
	require.False(t, secret.Hash("a", "bc") == secret.Hash("ab", "c"))
	require.False(t, secret.Hash("northwind", "ann") == other.Hash("northwind", "ann"))
	written := must(relationship.EncodeRecord(stored))
	require.False(t, shows(string(written), secret))
	require.False(t, shows(stored.Summary(), secret))
}
