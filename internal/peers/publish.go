package main

import (
	"fmt"
	"os"
	"strings"
)

// publish prints a text, and writes it into a page when there is one: between
// the lines <!-- NAME --> and <!-- end of NAME -->, in place of what is there.
func publish(text, page, name string) error {
	fmt.Print(text)
	if page == "" {
		return nil
	}
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	renewed, err := between(string(old), name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, []byte(renewed), 0o644)
}

// between replaces what a page has between two lines.
func between(page, name, text string) (string, error) {
	first, last := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	if strings.Count(page, first) != 1 || strings.Count(page, last) != 1 {
		return "", fmt.Errorf("it needs the lines %q and %q, once each", strings.TrimSpace(first), strings.TrimSpace(last))
	}
	head, rest, _ := strings.Cut(page, first)
	_, tail, after := strings.Cut(rest, last)
	if !after {
		return "", fmt.Errorf("the line %q is not behind %q", strings.TrimSpace(last), strings.TrimSpace(first))
	}
	return head + first + "\n" + text + "\n" + last + tail, nil
}
