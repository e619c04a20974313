package permset_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET1_NamesWellFormed(t *testing.T) {
	for _, name := range []string{
		"a", "reports", "reports.view", "contacts.edit.all", "line-items.view", "x1.y2", "a_b-c.d", "r2d2",
		strings.Repeat("a", permset.MaxNameBytes),
	} {
		names, err := permset.NewNames(name)
		require.NoError(t, err, name)
		require.Equal(t, name, names.String())
	}
}

func TestPSET1_NamesIllFormed(t *testing.T) {
	const (
		word     = "each word begins with a letter"
		joined   = "words are joined by one dot, hyphen or underscore"
		ends     = "it ends without a word"
		alphabet = "only lower-case ASCII letters, digits, dots, hyphens and underscores are allowed"
	)
	for name, problem := range map[string]string{
		"":                       "it is empty",
		".":                      joined,
		"a.":                     ends,
		"a-":                     ends,
		".a":                     joined,
		"a..b":                   joined,
		"a.-b":                   joined,
		"1a":                     word,
		"a.1":                    word,
		"A":                      alphabet,
		"a b":                    alphabet,
		"a\x00":                  alphabet,
		"a\n":                    alphabet,
		"é":                      alphabet,
		"a\xff":                  alphabet,
		"a:b":                    alphabet,
		"a/b":                    alphabet,
		"*":                      alphabet,
		strings.Repeat("a", 129): "it has 129 bytes, more than 128",
	} {
		_, err := permset.NewNames("fine", name)
		var nameError *permset.NameError
		require.ErrorAs(t, err, &nameError, "%q", name)
		require.Equal(t, permset.NameError{Name: name, Problem: problem}, *nameError)
		require.ErrorContains(t, err, problem)
	}
}

func TestNameErrorIsSafeToPrint(t *testing.T) {
	_, err := permset.NewNames("a\x1b[2J\n" + strings.Repeat("é", 10_000))
	require.Error(t, err)
	require.Less(t, len(err.Error()), 1000, "a hostile name does not flood a log")
	require.NotContains(t, err.Error(), "\x1b")
	require.NotContains(t, err.Error(), "\n")
}
