package api

import (
	"bytes"
	"fmt"
	"regexp"
)

var sectionLine = regexp.MustCompile(`(?m)^package \w+ // import "([^"]+)"$`)

// ParseListing type-checks a listing, as written by [List] now or at a release.
// What it imports from other modules is taken from deps, so at today's versions.
func ParseListing(module, name string, listing []byte, deps *Dependencies) (*Module, error) {
	sections := sectionLine.FindAllSubmatchIndex(listing, -1)
	if len(sections) == 0 {
		return nil, fmt.Errorf("%s: no package in it", name)
	}
	c := newChecker(deps)
	for i, at := range sections {
		end := len(listing)
		if i+1 < len(sections) {
			end = sections[i+1][0]
		}
		// Blank lines before it, so that positions in errors are those of the file.
		before := bytes.Count(listing[:at[0]], []byte("\n"))
		src := append(bytes.Repeat([]byte("\n"), before), listing[at[0]:end]...)
		if err := c.addFile(string(listing[at[2]:at[3]]), name, src); err != nil {
			return nil, err
		}
	}
	return c.module(module)
}
