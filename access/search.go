package access

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/clientaccess/clientaccess/relationship"
)

// fold brings a name into the form in which lists compare names (SEE-5): upper
// and lower case are one, and so are different ways to write the same letters.
// Accents stand behind their letter, so that É comes right behind E and is
// found by it.
func fold(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return norm.NFKD.String(cases.Fold().String(norm.NFKD.String(name)))
		}
	}
	return strings.ToLower(name)
}

// search is what somebody looks for in a list: the beginning of a word of a
// name, or of an address or its domain. The zero search finds everything.
type search struct{ folded string }

// newSearch makes the search for a text as it was typed.
func newSearch(typed string) (search, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return search{}, nil
	}
	err := relationship.CheckText("query", "search", typed)
	return search{fold(typed)}, invalidCause(err)
}

// inName reports whether a word of a folded name begins with what is looked
// for. That may be several words.
func (s search) inName(folded string) bool {
	for from := 0; ; {
		i := strings.Index(folded[from:], s.folded)
		if i < 0 {
			return false
		}
		from += i
		before, _ := utf8.DecodeLastRuneInString(folded[:from])
		if from == 0 || !isInWord(before) {
			return true
		}
		_, size := utf8.DecodeRuneInString(folded[from:])
		from += size
	}
}

func isInWord(r rune) bool { return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number) }

// inAddress reports whether an address, or its domain, begins with what is
// looked for.
func (s search) inAddress(address relationship.Email) bool {
	return strings.HasPrefix(fold(string(address)), s.folded) || strings.HasPrefix(string(address.Domain()), s.folded)
}
