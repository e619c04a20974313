package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sound is a small file without a fault. The tables add lines behind it.
const sound = `start 2026-03-02
user ann name="Ann Archer" email=ann@northwind.example
user ben name="Ben Brook" email=ben@northwind.example
user carla name="Carla Cole" email=carla@lumen.example
partner northwind name=Northwind kind=provider domains=northwind.example admin=ann
employee ben partner=northwind kind=staff
template support partner=northwind permissions=tickets.edit.all
client lumen name="Lumen Ltd" admin=carla
asset wf-1 client=lumen owner=ben type=workflow name=Welcome
approve ann partner=northwind client=lumen
alias lumen partner=northwind by=ann name="Lumen (retainer)"
scene last-super-admin client=lumen
`

// first is the number of the first line behind it.
var first = 1 + strings.Count(sound, "\n")

// told are the faults of a text, as "line: text", in the order of the file.
func told(text string) []string {
	var out strings.Builder
	_, faults := parse([]byte(text))
	report(&out, "", faults)
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Trim(line, ":\n"))
	}
	return lines
}

func TestASoundFile(t *testing.T) {
	require.Empty(t, told(sound))
	require.Empty(t, told(strings.ReplaceAll(sound, "\n", "\r\n")), "lines may end as on Windows")
	require.Empty(t, told(strings.TrimSuffix(sound, "\n")), "the last line need not end")
	lines := strings.Split(strings.TrimSpace(sound), "\n")
	slices.Reverse(lines)
	require.Empty(t, told(strings.Join(lines, "\n")), "the lines may have any order")
}

// TestFaultsOfForm: what is wrong with how a line is written. Each case is one
// line behind a sound file, or several, and each message is about the first.
func TestFaultsOfForm(t *testing.T) {
	const more = "; there are "
	for _, test := range []struct{ text, fault string }{
		{"user \xff", "is not valid UTF-8"},
		{"user eve name=\"Eve\u202e\" email=eve@northwind.example", "has a character that cannot be seen"},
		{"user eve\x1b[31m name=Eve email=eve@northwind.example", "has a character that cannot be seen"},
		{`user eve name="Eve Ember email=eve@northwind.example`, "a double quote is not closed"},
		{`user eve name="Eve"Ember`, `there is no white space behind "Eve"`},
		{`user eve name=Eve"Ember"`, `a double quote stands inside "Eve\"Ember\""`},
		{"\n  admin=ann", "begins with white space, so it goes on with the line above, which is no record"},
		{"usr eve", `"usr" is no keyword` + more + "add, alias, approve, asset, client, employee, member, partner, start, template, user and scene"},
		{"user=eve", `"user=eve" is no keyword` + more + "add, alias, approve, asset, client, employee, member, partner, start, template, user and scene"},
		{"scene bows client=lumen\n  admin=ann", `there is no scene "bows"` + more + "bounds, ceiling, deactivated, ending, last-super-admin, leaving, linking, migration, pause, review, self-entry, two-partners"},
		{"scene", `there is no scene ""` + more + "bounds, ceiling, deactivated, ending, last-super-admin, leaving, linking, migration, pause, review, self-entry, two-partners"},
		{"user name=Eve email=eve@northwind.example", "user: has no id behind the keyword"},
		{"user eve Ember name=Eve email=eve@northwind.example", `user: "Ember" is not of the form key=value`},
		{"user eve name=Eve mail=eve@northwind.example email=eve@northwind.example", `user: has no field "mail"` + more + "name, email"},
		{"user eve name=\"\" email=eve@northwind.example", "user: name is empty"},
		{"user eve name= email=eve@northwind.example", "user: name is empty"},
		{"user eve name=Eve name=Eva email=eve@northwind.example", "user: name is given twice"},
		{"user eve email=eve@northwind.example", "user: name is missing"},
		{"add employees=ben,,ann partner=northwind client=lumen by=ann template=support", `add: employees: "ben,,ann" has nothing between two commas`},
	} {
		line := first
		if strings.HasPrefix(test.text, "\n") {
			line++
		}
		require.Equal(t, []string{fmt.Sprintf("%d: %s", line, test.fault)}, told(sound+test.text+"\n"), test.text)
	}
}

// TestFaultsOfContent: what is wrong with what a line says.
func TestFaultsOfContent(t *testing.T) {
	long := strings.Repeat("x", 257)
	for _, test := range []struct{ text, fault string }{
		// Ids, names and addresses.
		{"user eve name=" + long + " email=eve@northwind.example", `user: "` + long + `": name is longer than 256 bytes`},
		{"user ann name=Ann email=ann2@northwind.example", `there is a user "ann" already, in line 2`},
		{"user eve name=Eve email=eve.northwind.example", `user: "eve.northwind.example": e-mail address has no @`},
		{"user eve name=Eve email=eve@localhost", `user: "eve@localhost": e-mail address has no proper domain`},
		{"user eve name=Eve email=@northwind.example", `user: "@northwind.example": e-mail address is malformed`},
		{"user eve name=Eve email=ann@NORTHWIND.example", `user: "ann@NORTHWIND.example" is another user's address, in line 2`},
		{"partner northwind name=N kind=provider admin=ben", `there is a partner "northwind" already, in line 5`},
		{"partner harbor name=Harbor kind=provider admin=ben domains=Northwind.example", `partner: the domain "Northwind.example" is taken, in line 5`},
		{"partner harbor name=Harbor kind=provider admin=ben domains=harbor", `partner: "harbor": domain is not a full domain name`},
		{"client lumen name=Lumen admin=ann", `there is a client "lumen" already, in line 8`},
		{"employee ben partner=northwind kind=contractor", `"ben" works for "northwind" already, in line 6`},
		{"employee ann partner=northwind kind=staff", `"ann" works for "northwind" already, in line 5`},
		{"template support partner=northwind permissions=reports.view", `"northwind" has a template "support" already, in line 7`},
		{`template "Partner Admin" partner=northwind permissions=reports.view`, `template: "Partner Admin": name is built in`},
		{"member carla client=lumen", `"carla" is a member of "lumen" already, in line 8`},
		{"asset wf-1 client=lumen owner=ann type=list name=List", `there is an asset "wf-1" of "lumen" already, in line 9`},
		{"approve ann partner=northwind client=lumen by=carla", `"ann" is let into "lumen" already, in line 10`},
		{"alias lumen partner=northwind by=ann name=L", `"northwind" has a name for "lumen" already, in line 11`},
		{"scene last-super-admin client=lumen", "there is a scene last-super-admin already, in line 12"},
		{"start 2026-03-03", "there is a start already, in line 1"},

		// References.
		{"employee eve partner=northwind kind=staff", `employee: there is no user "eve"`},
		{"employee carla partner=harbor kind=staff", `employee: there is no partner "harbor"`},
		{"client quay name=Quay admin=olga", `client: there is no user "olga"`},
		{"member ben client=quay", `member: there is no client "quay"`},
		{"asset wf-2 client=lumen owner=eve type=list name=List", `asset: there is no user "eve"`},
		{"approve carla partner=northwind client=lumen", `approve: "carla" does not work for "northwind"`},
		{"approve ben partner=northwind client=lumen by=olga", `approve: there is no user "olga"`},
		{"add employees=ben partner=northwind client=lumen by=carla template=support", `add: "carla" does not work for "northwind"`},
		{"add employees=ben partner=northwind client=lumen by=ann template=suport", `add: "northwind" has no template "suport"`},
		{"scene leaving partner=northwind by=ann employee=carla", `scene leaving: "carla" does not work for "northwind"`},
		{"scene review partner=northwind by=ann employee=ben question=reports.view ticks=lumen,quay", `scene review: there is no client "quay"`},

		// Permissions, words, days.
		{"template t partner=northwind permissions=reports.view,report.*", `template: permissions: there is no permission "report.*"`},
		{"template t partner=northwind permissions=*,-reports*", `template: permissions: there is no permission "reports*"`},
		{"template t partner=northwind permissions=crm.lists.view,-", `template: permissions: there is no permission ""`},
		{"scene review partner=northwind by=ann employee=ben question=reports.* ticks=lumen", `scene review: question: there is no permission "reports.*"`},
		{"employee carla partner=northwind kind=boss", `employee: kind is "boss"; it may be staff or contractor`},
		{"employee carla partner=northwind kind=staff access=maybe", `employee: access is "maybe"; it may be no or yes`},
		{`member ben client=lumen role="partner admin"`, `member: role is "partner admin"; it may be standard or super admin`},
		{"member ben client=lumen seat=free", `member: seat is "free"; it may be none or paid`},
		{"approve ben partner=northwind client=lumen way=mail", `approve: way is "mail"; it may be link or direct`},
		{"add employees=ben partner=northwind client=lumen by=ann template=support until=2027-02-29", `add: until "2027-02-29" is no day; write it as 2026-03-31`},
		{"add employees=ben partner=northwind client=lumen by=ann template=support until=2026-03-02", "add: until is not after the start"},
		{"scene pause client=lumen partner=northwind member=ben question=reports.view days=0", `scene pause: days is "0"; it may be 1 to 3650`},
		{"scene pause client=lumen partner=northwind member=ben question=reports.view days=soon", `scene pause: days is "soon"; it may be 1 to 3650`},
	} {
		require.Equal(t, []string{fmt.Sprintf("%d: %s", first, test.fault)}, told(sound+test.text+"\n"), test.text)
	}
}

// TestFaultsAreTheirOwn: one mistake gives one message, also when much hangs
// on it, and each message has the line of its own field.
func TestFaultsAreTheirOwn(t *testing.T) {
	require.Equal(t, []string{`2: user: "annnorthwind.example": e-mail address has no @`},
		told(strings.Replace(sound, "ann@northwind", "annnorthwind", 1)), "a user with a bad address is known all the same")
	require.Equal(t, []string{"4: a double quote is not closed"},
		told(strings.Replace(sound, `"Carla Cole"`, `"Carla Cole`, 1)), "nothing is missing that may have stood there")
	require.Equal(t, []string{
		fmt.Sprintf("%d: partner: the domain \"northwind.example\" is taken, in line 5", first+2),
		fmt.Sprintf("%d: partner: there is no user \"hugo\"", first+3),
	}, told(sound+"partner harbor name=Harbor kind=provider\n  # two faults\n\tdomains=northwind.example\n  admin=hugo\n"))
	require.Equal(t, []string{
		"1: the file has no line that begins with client",
		"1: the file has no line that begins with partner",
		"1: the file has no line that begins with start",
		"1: the file has no line that begins with user",
	}, told("# nothing\n"))
}
