package relationship_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// plant makes a secret, the same for the same seed, that the test means to
// hide. When CLIENTACCESS_PLANTED_SECRETS names a file, its text and its
// verifier are added there, one a line, so that all output of all tests can
// be searched for them afterwards. Nothing here may print a secret: compare
// with require.True.
func plant(t testing.TB, seed byte) (relationship.Secret, []string) {
	t.Helper()
	random := bytes.Repeat([]byte{seed, seed ^ 0x5a, seed ^ 0xff}, 14)
	secret, err := relationship.NewSecret(bytes.NewReader(random))
	require.NoError(t, err)
	text := secret.Reveal()
	parts := strings.Split(text, "_")
	require.Len(t, parts, 4)
	planted := []string{text, parts[2]}
	if file := os.Getenv("CLIENTACCESS_PLANTED_SECRETS"); file != "" {
		out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = fmt.Fprintln(out, strings.Join(planted, "\n"))
		require.NoError(t, err)
		require.NoError(t, out.Close())
	}
	return secret, planted
}

// shows reports whether a text shows the verifier in any usual spelling.
func shows(text string, secret relationship.Secret) bool {
	parts := strings.Split(secret.Reveal(), "_")
	verifier := decode(parts[2])
	lower := strings.ToLower(text)
	for _, spelling := range []string{
		parts[2],
		fmt.Sprintf("%x", verifier),
		fmt.Sprintf("% x", verifier),
		strings.Trim(fmt.Sprint(verifier), "[]"), // as numbers
		strings.ReplaceAll(strings.Trim(fmt.Sprint(verifier), "[]"), " ", ","),
		strings.ToLower(fmt.Sprintf("%q", verifier)),
		fmt.Sprintf("%x", parts[2]),
	} {
		// A third of it is too much already.
		for cut := range 3 {
			piece := spelling[cut*len(spelling)/3 : (cut+1)*len(spelling)/3]
			if strings.Contains(lower, piece) {
				return true
			}
		}
	}
	return strings.Contains(text, string(verifier))
}

const letters = "abcdefghijklmnopqrstuvwxyz234567"

// decode reads base32 letter by letter: written for the test, and not from
// the code.
func decode(text string) []byte {
	var out []byte
	var bits, held uint
	for _, letter := range text {
		held = held<<5 | uint(strings.IndexRune(letters, letter))
		if bits += 5; bits >= 8 {
			bits -= 8
			out = append(out, byte(held>>bits))
			held &= 1<<bits - 1
		}
	}
	return out
}
