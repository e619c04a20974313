package main

import (
	"fmt"
	"strings"
)

// leaver is one line of the list of leavers.
type leaver struct {
	line  int
	email string
}

// readLeavers reads a list of leavers: one address on each line. What follows
// a # at the start of a word is a comment. Somebody who is named twice leaves
// once.
func readLeavers(file string, text []byte) ([]leaver, []fault, error) {
	decoded, err := decode(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %w", file, err)
	}
	var leavers []leaver
	var faults []fault
	named := map[string]bool{}
	for i, content := range splitLines(decoded) {
		content = tidy(content)
		if at := strings.Index(" "+content, " #"); at >= 0 {
			content = strings.TrimSpace(content[:at])
		}
		if content == "" {
			continue
		}
		problem := unseen(content)
		email := ""
		if problem == "" {
			email, problem = address(content)
		}
		switch {
		case problem != "":
			faults = append(faults, fault{file, i + 1, "leaver: " + problem})
		case !named[email]:
			named[email] = true
			leavers = append(leavers, leaver{i + 1, email})
		}
	}
	return leavers, faults, nil
}
