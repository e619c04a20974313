package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tidy brings the text of a cell into the form in which it is kept: accents in
// one form, and every run of white space, with no-break spaces and line
// breaks, one space.
func tidy(text string) string {
	plain := true
	for i := range len(text) {
		plain = plain && text[i] >= ' ' && text[i] < utf8.RuneSelf
	}
	if !plain && !utf8.ValidString(text) {
		return text // and is told: see unseen
	} else if !plain {
		text = norm.NFC.String(text)
	} else if !strings.Contains(text, "  ") {
		return strings.Trim(text, " ")
	}
	return strings.Join(strings.Fields(text), " ")
}

// fold makes one text of those that differ only in upper and lower case.
func fold(text string) string { return norm.NFC.String(strings.ToLower(text)) }

// hidden finds a character that a terminal does not show as it is: it could
// move the cursor, or make one name look like another.
func hidden(c rune) bool { return !unicode.IsGraphic(c) }

// unseen says what is wrong with a tidy text that does not show what it is;
// "" when nothing is.
func unseen(text string) string {
	if !utf8.ValidString(text) {
		return `is not valid UTF-8; save the file as "CSV UTF-8"`
	}
	if strings.ContainsRune(text, utf8.RuneError) {
		return "has a letter that was lost when the file was saved, U+FFFD"
	}
	if i := strings.IndexFunc(text, hidden); i >= 0 {
		c, _ := utf8.DecodeRuneInString(text[i:])
		return fmt.Sprintf("has a character that cannot be seen, %U", c)
	}
	return ""
}

// quoted shows a text of a file in a message: cut where it is long, and
// without anything that a terminal would obey.
func quoted(text string) string {
	const most = 60
	if letters := []rune(text); len(letters) > most {
		text = string(letters[:most-1]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// printable is what is printed of a text: itself, with a question mark for
// each character that cannot be seen. It is the last guard before the
// terminal, whatever a name in a store or on the command line holds.
func printable(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) {
		return text
	}
	return strings.Map(func(c rune) rune {
		if hidden(c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
}

// join writes a list as people do.
func join(words []string) string {
	switch n := len(words); n {
	case 0:
		return "none"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// count writes a number of things, with commas in a large one.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

func number(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
