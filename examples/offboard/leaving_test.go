package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// asked runs with somebody at a terminal who types the text.
func asked(t *testing.T, typed string, args ...string) ran {
	t.Helper()
	return offboardAt(t.Context(), command{stdin: strings.NewReader(typed), asks: true}, args...)
}

func TestTheQuestion(t *testing.T) {
	args := files(t, soundRoster, "ben@northwind.example\n")
	const question = "Take 1 person out of 2 clients? [y/N] "
	for _, typed := range []string{"y\n", "Y\n", "yes\n", " YES \r\n", "y"} {
		ran := asked(t, typed, args...)
		require.Equal(t, statusDone, ran.status, "%q: %s", typed, ran.stderr)
		require.Contains(t, ran.stdout, question)
		require.Contains(t, ran.stdout, "1 person taken out, of 2 places.")
	}
	for _, typed := range []string{"", "\n", "n\n", "no\n", "yy\n", "ja\n", "yes please\n", strings.Repeat(" ", 200) + "y\n"} {
		ran := asked(t, typed, args...)
		require.Equal(t, statusFailed, ran.status, "%q", typed)
		require.Contains(t, ran.stdout, question)
		require.Contains(t, ran.stdout, "Nobody was taken out.")
		require.NotContains(t, ran.stdout, "taken out, of")
		require.Empty(t, ran.stderr)
	}
}

// No is no: what was imported stays, and nobody has left.
func TestTheQuestion_NoChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	args := append(files(t, soundRoster, "ben@northwind.example\n"), "-store", path)
	asked(t, "no\n", args...)
	before := state(t, path)
	require.Contains(t, before[relationship.EmployeeKey(partnerID, userID("ben@northwind.example")).String()], "employed")
	asked(t, "no\n", args...)
	require.Equal(t, before, state(t, path))
}

// waits is a person who does not answer.
type waits struct{ come chan struct{} }

func (w waits) Read([]byte) (int, error) {
	<-w.come
	return 0, io.EOF
}

func TestTheQuestion_IsInterrupted(t *testing.T) {
	w := waits{make(chan struct{})}
	defer close(w.come)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	ran := offboardAt(ctx, command{stdin: w, stdout: &hears{"Take ", 1, end}, asks: true}, files(t, soundRoster, "ben@northwind.example\n")...)
	require.Equal(t, statusFailed, ran.status)
	require.Equal(t, "offboard: interrupted: without -store nothing is kept\n", ran.stderr)
}

func TestNobodyLeaves(t *testing.T) {
	ran := asked(t, "", files(t, soundRoster, "\n# nobody this month\n")...)
	require.Equal(t, statusDone, ran.status, ran.stderr)
	require.Contains(t, ran.stdout, "Nobody is to be taken out.")
	require.NotContains(t, ran.stdout, "[y/N]")
}

// TestLeavers: who is not known is told with their line, and does not stop the
// rest.
func TestLeavers(t *testing.T) {
	leavers := "\ufeff# who leaves\r\n\r\nBEN@Northwind.example # a colleague\r\ncarla@lumen.example\r\n#no\r\nzoe@northwind.example\r\n" +
		"ben\r\nben@northwind.example\u00a0\r\nb\x00n@northwind.example\r\nb\xe9n@northwind.example\r\n"
	ran := offboard(t, append(files(t, soundRoster, leavers), "-yes")...)
	require.Equal(t, statusFailed, ran.status)
	var told []string
	for _, line := range ran.faults() {
		told = append(told, line[strings.LastIndex(line, "leavers.txt"):])
	}
	require.Equal(t, []string{
		`leavers.txt:4: leaver: "carla@lumen.example" is nobody who works for the agency`,
		`leavers.txt:6: leaver: "zoe@northwind.example" is nobody who works for the agency`,
		`leavers.txt:7: leaver: "ben" is no e-mail address: it has no @`,
		`leavers.txt:9: leaver: has a character that cannot be seen, U+0000`,
		`leavers.txt:10: leaver: is not valid UTF-8; save the file as "CSV UTF-8"`,
	}, told)
	require.Contains(t, ran.stdout, "1 person taken out, of 2 places.")
}

// The agency's last super admin cannot leave, and stays as a whole; the others
// go.
func TestORG2_TheLastSuperAdminOfTheAgency(t *testing.T) {
	roster := soundRoster + "ben@northwind.example,,,super admin,\nann@northwind.example,,Quay Bakery,super admin,\n"
	path := filepath.Join(t.TempDir(), "access.db")
	ran := offboard(t, append(files(t, roster, "ann@northwind.example\nben@northwind.example\n"), "-yes", "-store", path)...)
	require.Equal(t, statusFailed, ran.status)
	require.Empty(t, ran.stderr)
	require.Contains(t, state(t, path)[relationship.MemberKey(clientID("Quay Bakery"), userID("ann@northwind.example")).String()], "super admin")
	require.Equal(t, 1, strings.Count(ran.stdout, "cannot leave: the last active super admin (ORG-2). Name another super admin of the agency first."))
	require.Contains(t, ran.stdout, "1 person taken out, of 2 places.")
	require.Contains(t, ran.stdout, "goes on: the last active super admin (ORG-2)")
	require.NotContains(t, ran.stdout, "Still to be done")
}

// Of two who are the only super admins of a client, one is removed, and the
// other stays as its own.
func TestOFF8_TwoWhoAreTheOnlySuperAdmins(t *testing.T) {
	roster := soundRoster + "ben@northwind.example,,Tern Travel,super admin,\ndora@northwind.example,Dora,Tern Travel,super admin,\n"
	path := filepath.Join(t.TempDir(), "access.db")
	args := append(files(t, roster, "dora@northwind.example\nben@northwind.example\n"), "-yes", "-store", path)
	ran := offboard(t, args...)
	require.Equal(t, statusFailed, ran.status)
	require.Contains(t, ran.stdout, "2 people taken out, of 3 places.")
	require.Contains(t, ran.stdout, "Still to be done: Ben Brook stays in Tern Travel: the last active super admin there (OFF-8).")
	tern := clientID("Tern Travel")
	held := state(t, path)
	require.NotContains(t, held, relationship.MemberKey(tern, userID("dora@northwind.example")).String())
	require.Contains(t, held[relationship.MemberKey(tern, userID("ben@northwind.example")).String()], "super admin")

	again := offboard(t, args...)
	require.Empty(t, again.stderr, "the first super admin has gone, and the client is there")
	require.Equal(t, held, state(t, path))
}

// Two who are a client's only managed members end the relationship together.
func TestREL3_TheLastTwoOfAClient(t *testing.T) {
	roster := soundRoster + "dora@northwind.example,Dora,Quay Bakery,support,\n"
	ran := offboard(t, append(files(t, roster, "dora@northwind.example\nben@northwind.example\n"), "-dry-run")...)
	require.Equal(t, statusDone, ran.status, ran.stderr)
	_, ben, _ := strings.Cut(ran.stdout, "Ben Brook <ben@northwind.example>\n")
	require.Contains(t, ben, "    the relationship with Quay Bakery begins to end: it is over on 2027-01-01, if nothing happens\n")
	require.Equal(t, 1, strings.Count(ran.stdout, "begins to end"))
}

func TestOFF6_Assets(t *testing.T) {
	list := "owner,client,type,id,name\nBEN@northwind.example,LUMEN,report,r-1,\nben@northwind.example,Lumen,report,r-2,\"By\nmonth\"\n" +
		"ann@northwind.example,Lumen,list,l-1,Hers\nben@northwind.example,Nowhere,list,l-2,\nzoe@n.example,Lumen,list,l-3,\nben,Lumen,list,l-4,\n,Lumen,,l-5,\n"
	path := written(t, "assets.csv", list)
	ran := offboard(t, append(files(t, soundRoster, "ben@northwind.example\n"), "-dry-run", "-assets", path)...)
	require.Equal(t, []string{
		path + ":6: client: is not known",
		path + ":7: owner: is not known",
		path + `:8: owner: "ben" is no e-mail address: it has no @`,
		path + ":9: owner: is empty",
		path + ":9: type: is empty",
	}, ran.faults())
	require.Contains(t, ran.stdout, `    out of Lumen: standard, template "support"; owns report r-1, r-2 "By month"`+"\n")
	require.NotContains(t, ran.stdout, "Hers")
}

// What the row gives is what is there: with its end, and without what nobody
// managed may have.
func TestWhatARowGives(t *testing.T) {
	roster := allColumns + "ann@northwind.example,Ann Archer,,super admin,,,,,\n" +
		"ann@northwind.example,,Lumen,partner admin,,,,,carla@lumen.example\n" +
		"ben@northwind.example,Ben Brook,Lumen,standard,\"reports.view, account.super-admins.manage\",1.2.2024,2027-03-31,contractor,\n"
	path := filepath.Join(t.TempDir(), "access.db")
	ran := offboard(t, append(files(t, roster, ""), "-yes", "-store", path)...)
	require.Equal(t, statusDone, ran.status, ran.stderr)
	require.Regexp(t, `^note: .*roster.csv:4: permissions: imported without account.super-admins.manage\n$`, ran.stderr)
	held := state(t, path)
	require.Equal(t, `standard, managed by "partner", until 2027-04-01T00:00:00Z, permissions: account.users.edit account.users.view reports.view since 2024-02-01 00:00:00 +0000 UTC`,
		held[relationship.MemberKey(clientID("Lumen"), userID("ben@northwind.example")).String()])
	require.Contains(t, held[relationship.EmployeeKey(partnerID, userID("ben@northwind.example")).String()], "contractor, employed")
}
