package api

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Changelog is what the tests need of CHANGELOG.md.
type Changelog struct {
	Unreleased []string // the list items under "Unreleased", each on one line
	Released   []string // the versions, newest first, as "v1.2.3"
}

var (
	unreleasedHeading = regexp.MustCompile(`^## \[?Unreleased\]?`)
	releaseHeading    = regexp.MustCompile(`^## \[?v?(\d+\.\d+\.\d+[\w.+-]*)`)
	listItem          = regexp.MustCompile(`^\s*[-*] +(.*)$`)
)

// ParseChangelog reads a changelog with a heading of the second level for
// "Unreleased", which must be there, and for every release below it.
func ParseChangelog(text string) (Changelog, error) {
	var log Changelog
	begun, inside, inItem := false, false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		item := listItem.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "## "):
			inside, inItem = unreleasedHeading.MatchString(line), false
			begun = begun || inside
			if release := releaseHeading.FindStringSubmatch(line); release != nil {
				log.Released = append(log.Released, "v"+release[1])
			} else if !inside {
				return log, fmt.Errorf("changelog: heading %q is neither Unreleased nor a version", line)
			}
		case !inside:
		case item != nil:
			log.Unreleased, inItem = append(log.Unreleased, item[1]), true
		case inItem && strings.HasPrefix(line, " "):
			log.Unreleased[len(log.Unreleased)-1] += " " + strings.TrimSpace(line)
		default:
			inItem = false
		}
	}
	if !begun {
		return log, errors.New(`changelog: no heading "## Unreleased"`)
	}
	return log, nil
}

// Missing returns those of the changes that are no item under "Unreleased". An
// item is the message of apidiff word for word, either alone or in backquotes
// and followed by whatever helps a reader.
func (log Changelog) Missing(changes []string) []string {
	return slices.DeleteFunc(slices.Clone(changes), func(change string) bool {
		return slices.ContainsFunc(log.Unreleased, func(item string) bool {
			return item == change || strings.HasPrefix(item, "`"+change+"`")
		})
	})
}

// LastRelease returns the version whose listing is to be compared with, "" if
// nothing has been released. The listings' names, without folder, must be what
// the changelog says: none before the first release, then that of the newest.
func (log Changelog) LastRelease(listings []string) (string, error) {
	if len(log.Released) == 0 {
		if len(listings) > 0 {
			return "", fmt.Errorf("released/ has %v, but the changelog has no release", listings)
		}
		return "", nil
	}
	last := log.Released[0]
	if !slices.Equal(listings, []string{last + ".txt"}) {
		return "", fmt.Errorf("the changelog's last release is %s, so released/ must have %s.txt and no other listing; it has %v",
			last, last, listings)
	}
	return last, nil
}
