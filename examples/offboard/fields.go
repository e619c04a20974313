package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// This file reads what stands in single cells. What is wrong with one is told
// in words that go behind its column's name.

// address reads an e-mail address. Case makes no difference to who it is.
func address(text string) (email, problem string) {
	if text == "" {
		return "", "is empty"
	}
	parsed, err := relationship.ParseEmail(fold(text))
	if err != nil {
		return "", quoted(text) + " is no e-mail address" + because(err)
	}
	return string(parsed), ""
}

// because is the part of an error of package relationship that says why.
func because(err error) string {
	if field, is := err.(*relationship.FieldError); is {
		return ": it " + field.Problem
	}
	return ": " + err.Error()
}

// text reads a name, or any text that is stored.
func text(cell string) (problem string) {
	if len(cell) > relationship.MaxText {
		return fmt.Sprintf("is longer than %d bytes", relationship.MaxText)
	}
	return unseen(cell)
}

// role is what somebody is in a client, or in the partner.
type role struct {
	role relationship.Role
	// template is the name of the template, if the role is one.
	template string
	// permissions are what goes with it.
	permissions []string
}

const (
	superAdmin   = string(relationship.SuperAdmin)
	partnerAdmin = string(relationship.PartnerAdmin)
	standard     = string(relationship.Standard)
)

// templates are the partner's templates, by name.
var templates = map[string]permset.Names{
	"support": crm.Support(), "marketing": crm.Marketing(), "content": crm.Content(), "sales read-only": crm.SalesReadOnly(),
}

// clientRoles are what a row about a client may have as role.
var clientRoles = func() map[string]role {
	roles := map[string]role{
		superAdmin:   {role: relationship.SuperAdmin},
		partnerAdmin: {role: relationship.PartnerAdmin, permissions: crm.Catalog().PartnerAdmin().Names().Slice()},
		standard:     {role: relationship.Standard},
	}
	for name, set := range templates {
		roles[name] = role{role: relationship.Standard, template: name, permissions: set.Slice()}
	}
	return roles
}()

// The roles of a row about the partner itself.
const (
	withAccess    = "access"
	plainEmployee = "employee"
)

// permissions reads names of permissions.
func permissions(text string) (names []string, problem string) {
	names = strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' || c == ';' })
	_, err := crm.Catalog().Set(names...)
	if unknown, is := err.(*permset.UnknownError); is {
		var words []string
		for _, name := range unknown.Names {
			words = append(words, quoted(name))
		}
		return nil, "there is no permission " + join(words)
	}
	return names, ""
}

var (
	isoDay    = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)
	dottedDay = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)
	slashDay  = regexp.MustCompile(`^\d{1,4}/\d{1,2}/\d{1,4}$`)
)

// day reads a day, which begins at midnight UTC: 2026-03-31 or 31.3.2026. One
// with slashes could be two days and is refused.
func day(text string) (midnight time.Time, problem string) {
	iso := text
	if parts := dottedDay.FindStringSubmatch(text); parts != nil {
		iso = parts[3] + "-" + parts[2] + "-" + parts[1]
	}
	if !isoDay.MatchString(iso) {
		if slashDay.MatchString(text) {
			return midnight, quoted(text) + " may be two days, by the country; write it as 2026-03-31"
		}
		return midnight, quoted(text) + " is no day; write it as 2026-03-31 or 31.3.2026"
	}
	midnight, err := time.Parse("2006-1-2", iso)
	if err != nil {
		return midnight, quoted(text) + " is not in the calendar"
	}
	return midnight, ""
}

// The ids are made from what does not change in a roster: the address of a
// person and the name of a client. So every run makes the same, and they tell
// nothing: a reason or a log that names them names nobody.

func userID(email string) relationship.UserID { return relationship.UserID("user-" + digest(email)) }

func clientID(name string) relationship.ClientID {
	return relationship.ClientID("client-" + digest(fold(name)))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:10])
}

// partnerID is the one partner whose roster it is.
const partnerID relationship.PartnerID = "partner"
