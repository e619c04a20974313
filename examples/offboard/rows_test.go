package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

const allColumns = "e-mail,name,client,role,permissions,since,until,kind,contact\n"

// sane are rows that every roster of these tests begins with: lines 2 to 4.
const sane = allColumns +
	"ann@northwind.example,Ann Archer,,super admin,,,,,\n" +
	"ann@northwind.example,,Lumen,partner admin,,,,,carla@lumen.example\n" +
	"ben@northwind.example,Ben Brook,Lumen,support,,,,staff,\n"

// rosterOf reads a roster.
func rosterOf(t require.TestingT, text string) *roster {
	r, err := readRoster("roster.csv", []byte(text), today)
	require.NoError(t, err)
	return r
}

// TestEveryKindOfBadRow: a bad row is told with its line and what is wrong,
// and the rows around it are there.
func TestEveryKindOfBadRow(t *testing.T) {
	long := strings.Repeat("x", relationship.MaxText+1)
	for _, test := range []struct{ row, want string }{
		// how it is written
		{`eve@n.example,"Eve,Lumen,support,,,,,`, `row: a double quote is not closed`},
		{`eve@n.example,"Eve"x,Lumen,support,,,,,`, `row: a double quote is not followed by the end of the cell`},
		{`eve@n.example,Eve "E",Lumen,support,,,,,`, `row: a double quote stands inside a cell that does not begin with one`},
		{`eve@n.example,Eve,Lumen,support`, `row: has 4 cells, and the first line has 9`},
		{`eve@n.example,Eve,Lumen,Inc,support,,,,,`, `row: has 10 cells, and the first line has 9`},
		{"eve@n.example,Ev\xe9,Lumen,support,,,,,", `name: is not valid UTF-8; save the file as "CSV UTF-8"`},
		{"eve@n.example,Ev\ufffd,Lumen,support,,,,,", `name: has a letter that was lost when the file was saved, U+FFFD`},
		{"eve@n.example,Eve\x1b[2J,Lumen,support,,,,,", `name: has a character that cannot be seen, U+001B`},
		{"eve@n.example,Eve,Lumen\u200b,support,,,,,", `client: has a character that cannot be seen, U+200B`},
		{"eve@n.example,Eve\u202e,Lumen,support,,,,,", `name: has a character that cannot be seen, U+202E`},
		{"eve@n.example," + long + ",Lumen,support,,,,,", `name: is longer than 256 bytes`},
		{"eve@n.example,Eve," + long + ",support,,,,,", `client: is longer than 256 bytes`},
		// addresses
		{`,Eve,Lumen,support,,,,,`, `e-mail: is empty`},
		{`eve,Eve,Lumen,support,,,,,`, `e-mail: "eve" is no e-mail address: it has no @`},
		{`eve@n,Eve,Lumen,support,,,,,`, `e-mail: "eve@n" is no e-mail address: it has no proper domain`},
		{`eve ember@n.example,Eve,Lumen,support,,,,,`, `e-mail: "eve ember@n.example" is no e-mail address: it is malformed`},
		{`Eve <eve@n.example>,Eve,Lumen,support,,,,,`, `e-mail: "Eve <eve@n.example>" is no e-mail address: it has no proper domain`},
		{"eve\u200d@n.example,Eve,Lumen,support,,,,,", `e-mail: has a character that cannot be seen, U+200D`},
		{`eve@n.example,Eve,Lumen,support,,,,,carla`, `contact: "carla" is no e-mail address: it has no @`},
		// roles and permissions
		{`eve@n.example,Eve,Lumen,,,,,,`, `role: is empty`},
		{`eve@n.example,Eve,Lumen,boss,,,,,`, `role: there is no role "boss"; there are super admin, partner admin, standard, content, marketing, sales read-only and support`},
		{`eve@n.example,Eve,,support,,,,,`, `role: "support" is no role in the agency itself, as the row names no client; there are super admin, access and employee`},
		{`eve@n.example,Eve,Lumen,standard,,,,,`, `permissions: are missing; the role standard has none of its own`},
		{`eve@n.example,Eve,Lumen,standard,"reports.view, x.y z",,,,`, `permissions: there is no permission "x.y" and "z"`},
		{`eve@n.example,Eve,Lumen,super admin,reports.view,,,,`, `permissions: are given, and a super admin has all`},
		{`eve@n.example,Eve,,access,reports.view,,,,`, `permissions: are given, and there is no client`},
		{`eve@n.example,Eve,Lumen,support,,,,freelancer,`, `kind: "freelancer" is neither staff nor contractor`},
		// days
		{`eve@n.example,Eve,Lumen,support,,3/4/2026,,,`, `since: "3/4/2026" may be two days, by the country; write it as 2026-03-31`},
		{`eve@n.example,Eve,Lumen,support,,2026/03/04,,,`, `since: "2026/03/04" may be two days, by the country; write it as 2026-03-31`},
		{`eve@n.example,Eve,Lumen,support,,46023,,,`, `since: "46023" is no day; write it as 2026-03-31 or 31.3.2026`},
		{`eve@n.example,Eve,Lumen,support,,30.2.2026,,,`, `since: "30.2.2026" is not in the calendar`},
		{`eve@n.example,Eve,Lumen,support,,2026-11-03,,,`, `since: "2026-11-03" is still to come`},
		{`eve@n.example,Eve,Lumen,support,,,2026-11-01,,`, `until: "2026-11-01" has passed`},
		{`eve@n.example,Eve,Lumen,support,,,soon,,`, `until: "soon" is no day; write it as 2026-03-31 or 31.3.2026`},
		{`eve@n.example,Eve,Lumen,super admin,,,2030-01-01,,`, `until: is given, and a super admin has no end`},
		{`eve@n.example,Eve,,employee,,,2030-01-01,,`, `until: is given, and there is no client`},
		// against other rows
		{`ben@northwind.example,Ben Brook,Lumen,content,,,,,`, `row: is about the same person and client as line 4, with another role`},
		{`BEN@Northwind.Example,Ben Brook,LUMEN,support,reports.view,1.1.2026,1.1.2030,,`, `row: is about the same person and client as line 4, with another permissions, since and until`},
		{`ann@northwind.example,,,access,,,,,`, `row: is about the same person and client as line 2, with another role`},
		{`ben@northwind.example,Benno Brook,Quay,support,,,,,o@quay.example`, `name: is "Benno Brook", and "Ben Brook" in line 4, of the same address`},
		{`ben@northwind.example,Ben Brook,Quay,support,,,,contractor,o@quay.example`, `kind: is contractor, and staff in line 4`},
		{`eve@n.example,Eve,Lumen,support,,,,,other@lumen.example`, `contact: is "other@lumen.example", and "carla@lumen.example" in line 3, of the same client`},
		{`eve@n.example,Eve,Quay,support,,,,,eve@n.example`, `contact: is the person of the same row, who is no super admin there`},
		{`eve@n.example,Eve,,employee,,,,,c@quay.example`, `contact: is given, and there is no client`},
		{`eve@n.example,Eve,Quay,support,,,,,`, `contact: no row of the client names one, and nobody is its super admin`},
	} {
		t.Run(test.want, func(t *testing.T) {
			const behind = "dora@northwind.example,Dora,Lumen,content,,,,,\n"
			r := rosterOf(t, sane+test.row+"\n"+behind)
			require.Equal(t, []fault{{"roster.csv", 5, test.want}}, r.faults)
			require.Equal(t, 5, r.rows)
			require.Len(t, r.entries, 4)
			require.Equal(t, []int{2, 3, 4, 6}, []int{r.entries[0].line, r.entries[1].line, r.entries[2].line, r.entries[3].line})
			readable(t, r.faults[0].String())

			store, counts := brought(t, r)
			require.Equal(t, rowCounts{rows: 5, imported: 4, refused: 1}, counts)
			require.Len(t, memberships(store), 4, "three employees and the contact")
			_, known := storage.Get[relationship.User](store.Snapshot(), relationship.UserKey(userID("eve@n.example")))
			require.False(t, known, "a bad row leaves no trace")
		})
	}
}

// A quote that is closed by accident, lines later, takes no row with it.
func TestAQuoteThatJoinsRows(t *testing.T) {
	r := rosterOf(t, sane+"eve@n.example,\"Eve,Lumen\ndora@northwind.example,Dora,Lumen,content,,,,,\n\"\nfay@n.example,Fay,Lumen,content,,,,,\n")
	require.Equal(t, []fault{
		{"roster.csv", 5, "row: has 2 cells, and the first line has 9"},
		{"roster.csv", 7, "row: a double quote is not closed"},
	}, r.faults)
	require.Len(t, r.entries, 5)
	require.Equal(t, 7, r.rows)
}

// A row that is bad elsewhere still says who answers for the client, where no
// sound row does, so that the other rows of the client are not lost.
func TestAContactInABadRow(t *testing.T) {
	bad := "eve@n.example,Eve,Quay,boss,,,,,olga@quay.example\n"
	sound := "dora@northwind.example,Dora,Quay,content,,,,,\n"
	for _, text := range []string{bad + sound, sound + bad} {
		r := rosterOf(t, sane+text)
		require.Len(t, r.faults, 1)
		store, counts := brought(t, r)
		require.Equal(t, rowCounts{rows: 5, imported: 4, refused: 1}, counts)
		require.Contains(t, memberships(store), access.Place{Client: clientID("Quay"), User: userID("olga@quay.example")})
	}
	r := rosterOf(t, sane+bad+"dora@northwind.example,Dora,Quay,content,,,,,tess@quay.example\n")
	store, _ := brought(t, r)
	require.NotContains(t, memberships(store), access.Place{Client: clientID("Quay"), User: userID("olga@quay.example")}, "a sound row counts more")
}

// brought imports a roster into a new store and verifies it.
func brought(t require.TestingT, r *roster) (storage.Store, rowCounts) {
	store := memdb.New()
	return store, broughtTo(t, store, r)
}

func broughtTo(t require.TestingT, store storage.Store, r *roster) rowCounts {
	counts, err := bringInto(t, store, r)
	require.NoError(t, err)
	return counts
}

// bringInto imports a roster and verifies the store. An error is about the
// roster as a whole.
func bringInto(t require.TestingT, store storage.Store, r *roster) (rowCounts, error) {
	ctx := testingContext(t)
	manager, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog(), Clock: clock})
	require.NoError(t, err)
	b := &bringing{
		manager: manager, roster: r, domain: "northwind.example",
		screen: &screen{out: &strings.Builder{}}, before: store.Snapshot(),
	}
	counts, broken := b.run(ctx)
	require.Equal(t, counts.rows, counts.imported+counts.unchanged+counts.left+counts.refused+counts.open)
	_, err = manager.Verify(ctx)
	require.NoError(t, err)
	return counts, broken
}

// TestWhatALineMayLookLike: all these say the same.
func TestWhatALineMayLookLike(t *testing.T) {
	want := rosterOf(t, "e-mail,name,client,role,since\nann@n.example,Zoë Ash,,super admin,\nann@n.example,Zoë Ash,Café & Co,support,2026-03-01\n"+
		"ben@n.example,B,Café & Co,super admin,\n")
	require.Empty(t, want.faults)
	for name, text := range map[string]string{
		"semicolons":        "e-mail;name;client;role;since\nann@n.example;Zoë Ash;;super admin;\nann@n.example;Zoë Ash;Café & Co;support;2026-03-01\nben@n.example;B;Café & Co;super admin;\n",
		"tabs":              "e-mail\tname\tclient\trole\tsince\nann@n.example\tZoë Ash\t\tsuper admin\t\nann@n.example\tZoë Ash\tCafé & Co\tsupport\t2026-03-01\nben@n.example\tB\tCafé & Co\tsuper admin\t\n",
		"mark and CRLF":     "\ufeffe-mail,name,client,role,since\r\nann@n.example,Zoë Ash,,super admin,\r\nann@n.example,Zoë Ash,Café & Co,support,2026-03-01\r\nben@n.example,B,Café & Co,super admin,\r\n",
		"CR alone":          "e-mail,name,client,role,since\rann@n.example,Zoë Ash,,super admin,\rann@n.example,Zoë Ash,Café & Co,support,2026-03-01\rben@n.example,B,Café & Co,super admin,",
		"order and case":    " ROLE ,Client,EMail,Name,Since\nSuper Admin,,ANN@N.example,Zoë Ash,\nSupport,café & co,Ann@n.Example,Zoë Ash,1.3.2026\nSUPER ADMIN,CAFÉ & CO,ben@N.EXAMPLE,B,\n",
		"decomposed":        "e-mail,name,client,role,since\nann@n.example,Zoe\u0308 Ash,,super admin,\nann@n.example,Zoë Ash,Cafe\u0301 & Co,support,2026-3-1\nben@n.example,B,Café & Co,super admin,\n",
		"no-break spaces":   "e-mail\u00a0,name,client,role,since\nann@n.example\u00a0,Zoë\u00a0Ash,,super\u00a0admin,\nann@n.example,\u2003Zoë  Ash ,Café\u202f&\u00a0Co,support,01.03.2026\nben@n.example,B,Café & Co,super admin,\n",
		"quotes":            "\"e-mail\",\"name\",\"client\",\"role\",\"since\"\n\"ann@n.example\",\"Zoë\nAsh\",\"\",\"super admin\",\nann@n.example, \"Zoë Ash\" ,\"Café &\r\nCo\",support,2026-03-01\nben@n.example,B,Café & Co,super admin,\n",
		"lines with nought": "\n\ne-mail,name,client,role,since\n\nann@n.example,Zoë Ash,,super admin,\n,,,,\n\" \",,,,\nann@n.example,Zoë Ash,Café & Co,support,2026-03-01\n,,\n\nben@n.example,B,Café & Co,super admin,\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := rosterOf(t, text)
			require.Empty(t, r.faults)
			require.Equal(t, want.rows, r.rows)
			require.Len(t, r.entries, len(want.entries))
			for i, e := range r.entries {
				same := *e
				same.line, same.client = want.entries[i].line, want.entries[i].client
				require.Equal(t, *want.entries[i], same)
				require.Equal(t, clientID(want.entries[i].client), clientID(e.client))
			}
			require.Equal(t, "Zoë Ash", r.people["ann@n.example"].name)
		})
	}
}

func TestFilesThatAreRefusedAsAWhole(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"UTF-16, little end first", "\xff\xfee\x00-\x00", `roster.csv is UTF-16; save it again as UTF-8: in Excel, choose the file type "CSV UTF-8 (comma delimited)"`},
		{"UTF-16, big end first", "\xfe\xff\x00e\x00-", `roster.csv is UTF-16`},
		{"UTF-16 without a mark", "e\x00-\x00m\x00", `roster.csv is UTF-16`},
		{"empty", "", `roster.csv is empty`},
		{"empty lines", "\ufeff\r\n \r\n", `roster.csv is empty`},
		{"missing columns", "\nname,e-mail,phone\n", `roster.csv:2: columns: "client", "role" missing; the first line names "e-mail", "name" and "phone"`},
		{"a column twice", "e-mail,client,role,Email\n", `roster.csv:1: columns: there are two for "e-mail"`},
		{"no header", "ann@northwind.example,Ann,Lumen,support\n", `columns: "e-mail", "client", "role" missing`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readRoster("roster.csv", []byte(test.text), today)
			require.ErrorContains(t, err, test.want)
			ran := offboard(t, append(files(t, test.text, ""), "-yes")...)
			require.Equal(t, statusFailed, ran.status)
			require.Empty(t, ran.stdout)
		})
	}
	_, _, err := readLeavers("leavers.txt", []byte("\xff\xfea\x00"))
	require.ErrorContains(t, err, "leavers.txt is UTF-16")
	_, err = readAssets("assets.csv", []byte("client,owner,type\n"))
	require.ErrorContains(t, err, `assets.csv:1: columns: "id" missing`)
}

func TestNobodyToActForTheAgency(t *testing.T) {
	for _, row := range []string{"ann@n.example,A,,access,,,,,", "ann@n.example,A,,super admin,,,,contractor,", "ann@n.example,A,Lumen,super admin,,,,,"} {
		ran := offboard(t, append(files(t, allColumns+row+"\n", ""), "-yes")...)
		require.Equal(t, statusFailed, ran.status)
		require.Contains(t, ran.stderr, "no sound row names a super admin of the agency, on its staff")
		require.Contains(t, ran.stdout, "Of 1 row: 0 imported, 0 unchanged, 0 of people who had left before, 0 refused, 1 not attempted.")
	}
}

// TestAnySubsetOfRowsMadeBad: whichever rows are made bad, in whichever way,
// exactly the others are imported, and every bad one is told with its line.
func TestAnySubsetOfRowsMadeBad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type place struct{ person, client int }
		size := rapid.IntRange(1, 30).Draw(t, "rows")
		var lines []string
		var places []place
		for i := range size {
			p := place{rapid.IntRange(0, 6).Draw(t, "person"), rapid.IntRange(0, 4).Draw(t, "client")}
			if slices.Contains(places, p) {
				continue
			}
			places = append(places, p)
			role := rapid.SampledFrom([]string{"support", "content", "partner admin", "super admin"}).Draw(t, "role")
			name := fmt.Sprintf("Person %d", p.person)
			if i%3 == 0 {
				name = fmt.Sprintf("\"Person\n%d\"", p.person)
			}
			lines = append(lines, fmt.Sprintf("p%d@n.example,%s,Client %d,%s,,,,,c%d@c.example", p.person, name, p.client, role, p.client))
		}
		breaks := []func(string) string{
			func(row string) string { return strings.Replace(row, "@n", "(at)n", 1) },
			func(row string) string { return strings.Replace(row, "@c", "(at)c", 1) },
			func(row string) string { return row + ",x" },
			func(row string) string { return strings.Replace(row, ",Client", ",\"Client", 1) },
			func(row string) string { return strings.Replace(row, ",,,,,", ",x.y,,,,", 1) },
			func(row string) string { return strings.Replace(row, ",,,,,", ",,1/2/2026,,,", 1) },
			func(row string) string { return strings.Replace(row, ",Client", "\x00,Client", 1) },
			func(row string) string { return strings.Replace(row, ",Client", "\xe9,Client", 1) },
		}
		var text strings.Builder
		text.WriteString(allColumns + "ann@northwind.example,Ann,,super admin,,,,,\n")
		line, want, bad := 3, map[access.Place]bool{}, map[int]bool{}
		for i, row := range lines {
			if rapid.Bool().Draw(t, "bad") {
				// A row that is taken apart at its line breaks is told with each.
				row = rapid.SampledFrom(breaks).Draw(t, "how")(strings.ReplaceAll(strings.ReplaceAll(row, "\n", " "), `"`, ""))
				bad[line] = true
			} else {
				want[access.Place{Client: clientID(fmt.Sprintf("Client %d", places[i].client)), User: userID(fmt.Sprintf("p%d@n.example", places[i].person))}] = true
			}
			text.WriteString(row + "\n")
			line += 1 + strings.Count(row, "\n")
		}
		r := rosterOf(t, text.String())
		told := map[int]bool{}
		for _, fault := range r.faults {
			told[fault.line] = true
		}
		require.Equal(t, bad, told)
		store, counts := brought(t, r)
		require.Equal(t, rowCounts{rows: 1 + len(lines), imported: 1 + len(lines) - len(bad), refused: len(bad)}, counts)
		got := map[access.Place]bool{}
		for place := range memberships(store) {
			if employee, is := storage.Get[relationship.Employee](store.Snapshot(), relationship.EmployeeKey(partnerID, place.User)); is && employee.Present() {
				got[place] = true
			}
		}
		require.Equal(t, want, got)
		again := rosterOf(t, text.String())
		require.Equal(t, rowCounts{rows: 1 + len(lines), unchanged: 1 + len(lines) - len(bad), refused: len(bad)}, broughtTo(t, store, again))
	})
}
