package permset

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a name and a text may be.
const (
	// MaxNameBytes is how long the name of a permission may be.
	MaxNameBytes = 128
	// MaxTextBytes is how long a title or the name of a group may be.
	MaxTextBytes = 256
)

// NameError says that a text cannot be the name of a permission. Whether any catalogue knows the name is another question: see
// [UnknownError].
type NameError struct {
	Name    string // as given
	Problem string // what is wrong with it
}

// Error names the bad name, quoted and cut when it is long.
func (e *NameError) Error() string {
	return fmt.Sprintf("permset: %s cannot name a permission: %s", quote(e.Name), e.Problem)
}

// nameProblem says why name cannot name a permission, or is empty. A name is lower-case ASCII words, each a letter and then letters and
// digits, joined by single dots, hyphens or underscores.
func nameProblem(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > MaxNameBytes:
		return fmt.Sprintf("it has %d bytes, more than %d", len(name), MaxNameBytes)
	}
	start := true // at the start of a word
	for i := range len(name) {
		switch b := name[i]; {
		case 'a' <= b && b <= 'z':
			start = false
		case '0' <= b && b <= '9':
			if start {
				return "each word begins with a letter"
			}
		case b == '.' || b == '-' || b == '_':
			if start {
				return "words are joined by one dot, hyphen or underscore"
			}
			start = true
		default:
			return "only lower-case ASCII letters, digits, dots, hyphens and underscores are allowed"
		}
	}
	if start {
		return "it ends without a word"
	}
	return ""
}

// checkName is nil or the *NameError of name.
func checkName(name string) error {
	if problem := nameProblem(name); problem != "" {
		return &NameError{Name: name, Problem: problem}
	}
	return nil
}

// textProblem says why text cannot be a title or a group, or is empty.
func textProblem(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "it is not valid UTF-8"
	case strings.TrimSpace(text) == "":
		return "it is empty"
	case len(text) > MaxTextBytes:
		return fmt.Sprintf("it has %d bytes, more than %d", len(text), MaxTextBytes)
	case strings.ContainsFunc(text, unicode.IsControl):
		return "it contains a control character"
	}
	return ""
}

// quote is text in quotes, safe to print whatever it contains, and cut when it is long.
func quote(text string) string {
	if len(text) > MaxNameBytes {
		return strconv.QuoteToASCII(text[:MaxNameBytes]) + "…"
	}
	return strconv.QuoteToASCII(text)
}
