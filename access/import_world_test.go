package access_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// A world that random changes have made is written down in rows, and imported:
// it is the same world again, as far as rows speak of it. Importing it a second
// time, or where it came from, changes nothing.
func TestORG4_ImportsWhatTheChangesHaveMade(t *testing.T) {
	members := 0
	for seed := range uint64(40) {
		source := newRandomWorld(t, seed)
		for range 60 {
			source.step()
		}
		source.clock.Set(source.store.Snapshot().At())
		_, err := source.manager.Sweep(context.Background())
		require.NoError(t, err)
		rows, want := importExport(source)

		w := newImporting(t, accesstest.WithCatalog(smallCatalog()), accesstest.Empty())
		w.Clock.Set(source.clock.Now())
		for _, o := range w.rows(rows...) {
			require.NotEqual(t, access.Refused, o.Outcome, "seed %d: %s: %#v", seed, o, o.Row)
		}
		got := importRecords(w.Store.Snapshot())
		members += len(everyRecord[relationship.Member](w.Store.Snapshot(), relationship.KindMember))
		want[relationship.CatalogKey()] = got[relationship.CatalogKey()]
		for key, record := range want {
			if member, is := record.(relationship.Member); is && member.By.Kind != "" {
				member.By = relationship.Actor{Kind: relationship.ByHost} // whoever brought them in there, here it is the host
				want[key] = member
			}
		}
		importSame(t, want, got)
		w.unchanged(rows...)

		before := source.store.Snapshot().Revision()
		_, err = source.manager.Import(context.Background(), access.Host(), slices.Values(rows), func(o access.ImportedRow) {
			require.NotEqual(t, access.Applied, o.Outcome, "seed %d: %s: %#v", seed, o, o.Row)
		})
		require.NoError(t, err)
		require.Equal(t, before, source.store.Snapshot().Revision())
		w.Verify()
	}
	require.Greater(t, members, 150)
}

// importExport writes a world down in rows, and says what comes of importing
// them. Rows do not speak of what is closed or over, of pauses of people, of
// links, and of what the client's side has said about people who are gone.
func importExport(w *randomWorld) ([]access.ImportRow, map[relationship.Key]relationship.Record) {
	r, now := w.store.Snapshot(), w.clock.Now()
	var rows []access.ImportRow
	want := map[relationship.Key]relationship.Record{}
	add := func(row access.ImportRow, records ...relationship.Record) {
		if row != nil {
			rows = append(rows, row)
		}
		for _, record := range records {
			want[record.Key()] = record
		}
	}
	open := func(client relationship.ClientID, partner relationship.PartnerID) bool {
		account, _ := r.Get(relationship.ClientKey(client))
		firm, _ := r.Get(relationship.PartnerKey(partner))
		return (client == "" || !account.(relationship.Client).Closed) && (partner == "" || !firm.(relationship.Partner).Closed)
	}
	for _, user := range everyRecord[relationship.User](r, relationship.KindUser) {
		row := access.ImportUser{ID: user.ID, Name: user.Name, Email: string(user.Email)}
		user.Salt, user.Person = relationship.Digest{}, relationship.Digest{}
		add(row, user)
	}
	eligible := map[relationship.PartnerID]bool{}
	for _, partner := range everyRecord[relationship.Partner](r, relationship.KindPartner) {
		if partner.Closed {
			continue
		}
		eligible[partner.ID] = partner.Kind.Eligible()
		first := true
		var domains []string
		for _, domain := range partner.Domains.List() {
			domains = append(domains, string(domain))
		}
		employees := everyRecord[relationship.Employee](r, relationship.KindEmployee)
		slices.SortStableFunc(employees, func(a, b relationship.Employee) int {
			return b2i(b.SuperAdmin && b.Status == relationship.Employed) - b2i(a.SuperAdmin && a.Status == relationship.Employed)
		})
		for _, e := range employees {
			if e.Partner != partner.ID || !e.Present() {
				continue
			}
			e.Pause = relationship.Pause{}
			if first {
				e.Kind, e.View, e.Edit, e.Confirmed, first = relationship.Staff, false, false, false, false
				add(access.ImportPartner{
					ID: partner.ID, Name: partner.Name, Kind: partner.Kind, Domains: domains, SuperAdmin: e.User, Since: e.Since,
				}, partner, e)
				continue
			}
			add(access.ImportEmployee{
				Partner: e.Partner, User: e.User, Kind: e.Kind, SuperAdmin: e.SuperAdmin, View: e.View, Edit: e.Edit,
				Suspended: e.Status == relationship.Suspended, Confirmed: e.Confirmed, Since: e.Since,
			}, e)
		}
	}
	for _, template := range everyRecord[relationship.Template](r, relationship.KindTemplate) {
		if open("", template.Partner) {
			add(access.ImportTemplate{Partner: template.Partner, Name: template.Name, Permissions: template.Set.Slice()}, template)
		}
	}
	firsts := map[relationship.ClientID]relationship.UserID{}
	for _, client := range everyRecord[relationship.Client](r, relationship.KindClient) {
		for _, m := range everyRecord[relationship.Member](r, relationship.KindMember) {
			if open(client.ID, "") && m.Client == client.ID && firsts[client.ID] == "" &&
				m.Role == relationship.SuperAdmin && m.Deactivated == relationship.NoSide {
				firsts[client.ID] = m.User
				m.Linked, m.TermFrom = false, m.Since
				add(access.ImportClient{
					ID: client.ID, Name: client.Name, SuperAdmin: m.User, PaidSeat: m.PaidSeat, Since: m.Since,
				}, client, m)
			}
		}
	}
	for _, terms := range everyRecord[relationship.Terms](r, relationship.KindTerms) {
		if !terms.Pause.ActiveAt(now) {
			terms.Pause = relationship.Pause{}
		}
		if open(terms.Client, terms.Partner) && terms != (relationship.Terms{Client: terms.Client, Partner: terms.Partner}) {
			add(access.ImportTerms{
				Client: terms.Client, Partner: terms.Partner, HasCeiling: terms.HasCeiling, Ceiling: terms.Ceiling.Slice(),
				Paused: terms.Pause.On, PausedUntil: terms.Pause.Until, Longest: terms.Longest,
			}, terms)
		}
	}
	managed := map[relationship.Key]int{}
	for _, m := range everyRecord[relationship.Member](r, relationship.KindMember) {
		terms, _ := r.Get(relationship.TermsKey(m.Client, m.Manager))
		bounds, _ := terms.(relationship.Terms)
		until := m.Until(bounds)
		if !open(m.Client, m.Manager) || firsts[m.Client] == m.User || !until.IsZero() && !until.After(now) ||
			m.Role == relationship.PartnerAdmin && !eligible[m.Manager] {
			continue
		}
		row := access.ImportMember{
			Client: m.Client, User: m.User, Role: m.Role, Partner: m.Manager, Permissions: m.Set.Slice(), Template: m.Template,
			Linked: m.Linked, Deactivated: m.Deactivated, PaidSeat: m.PaidSeat, End: m.End, EndByClient: m.EndByClient,
			Since: m.Since, TermFrom: m.TermFrom,
		}
		if m.Managed() {
			managed[relationship.RelationshipKey(m.Manager, m.Client)]++
			m.Set = m.Set.Minus(smallCatalog().Marked(permset.NeverManaged).Names())
		}
		add(row, m)
	}
	for _, rel := range everyRecord[relationship.Relationship](r, relationship.KindRelationship) {
		if rel.Members = managed[rel.Key()]; rel.Members == 0 || rel.Phase != relationship.Active {
			continue
		}
		row := access.ImportRelationship{
			Partner: rel.Partner, Client: rel.Client, ClientName: rel.ClientName, Started: rel.Started, Activity: rel.Activity, Limit: rel.Limit,
		}
		add(row, rel)
	}
	return rows, want
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A row that is refused has written nothing: without it everything is the
// same. And it is the same wherever an import was stopped and begun again.
func TestORG4_ARefusedRowLeavesWhatIsThereWithoutIt(t *testing.T) {
	total := access.Tally{}
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(importAnyRow), 10, 80).Draw(r, "rows")
		rows = append(importGround(), rows...)
		var good []access.ImportRow
		all := importInto(r, rows, func(o access.ImportedRow) {
			if o.Outcome == access.Applied {
				good = append(good, o.Row)
			}
			switch o.Outcome {
			case access.Applied:
				total.Applied++
			case access.Unchanged:
				total.Unchanged++
			case access.Refused:
				total.Refused++
			}
		})
		without := importInto(r, good, func(o access.ImportedRow) { require.Equal(r, access.Applied, o.Outcome, "%s", o) })
		importSame(r, without, all)

		stop := rapid.IntRange(0, len(good)).Draw(r, "stopped behind")
		w := accesstest.New(r, accesstest.WithCatalog(smallCatalog()), accesstest.Empty())
		for _, part := range [][]access.ImportRow{good[:stop], good} {
			counts, err := w.Manager.Import(context.Background(), access.Host(), slices.Values(part), func(o access.ImportedRow) {
				require.NotEqual(r, access.Refused, o.Outcome, "%s: %#v", o, o.Row)
			})
			require.NoError(r, err)
			require.Equal(r, len(part), counts.Total())
		}
		importSame(r, all, importRecords(w.Store.Snapshot()))
	})
	t.Log(total)
	require.Greater(t, total.Applied, total.Refused/10)
	require.Greater(t, total.Refused, total.Applied/10)
}

func importInto(t *rapid.T, rows []access.ImportRow, report func(access.ImportedRow)) map[relationship.Key]relationship.Record {
	w := accesstest.New(t, accesstest.WithCatalog(smallCatalog()), accesstest.Empty())
	var outcomes []access.ImportedRow
	counts, err := w.Manager.Import(context.Background(), access.Host(), slices.Values(rows), func(o access.ImportedRow) {
		outcomes = append(outcomes, o)
		report(o)
	})
	require.NoError(t, err)
	importCounted(t, counts, outcomes)
	return importRecords(w.Store.Snapshot())
}

// importGround is what any row can stand upon.
func importGround() []access.ImportRow {
	var rows []access.ImportRow
	for i := range 8 {
		rows = append(rows, importUser(relationship.UserID(fmt.Sprint("u", i)), []string{"p0.example", "p1.example", "home.example"}[i%3]))
	}
	return append(rows,
		access.ImportPartner{ID: "p0", Name: "P", Kind: relationship.Provider, Domains: []string{"p0.example"}, SuperAdmin: "u0"},
		access.ImportClient{ID: "c0", Name: "C", SuperAdmin: "u2"},
	)
}

// importAnyRow draws a row that may or may not be proper.
func importAnyRow(r *rapid.T) access.ImportRow {
	number := func(label string, n int) int { return rapid.IntRange(0, n).Draw(r, label) }
	user := relationship.UserID(fmt.Sprint("u", number("user", 8)))
	partner := relationship.PartnerID(fmt.Sprint("p", number("partner", 2)))
	client := relationship.ClientID(fmt.Sprint("c", number("client", 2)))
	domain := rapid.SampledFrom([]string{"p0.example", "p1.example", "home.example", "home"})
	flag := rapid.Bool()
	instant := rapid.SampledFrom([]int{0, 0, 0, -100, -10, -1, 10, 100})
	at := func(label string) (t time.Time) {
		if days := instant.Draw(r, label); days != 0 {
			t = accesstest.Start.AddDate(0, 0, days)
		}
		return t
	}
	permissions := rapid.SliceOfN(rapid.SampledFrom([]string{"notes.edit", "notes.view", "bills.pay", "vault.open", "backups.restore", "notes.view", "no.such"}), 0, 2)
	switch number("kind of row", 10) {
	case 0:
		return importUser(user, domain.Draw(r, "domain"))
	case 1:
		return access.ImportPartner{
			ID: partner, Name: "P", Kind: rapid.SampledFrom([]relationship.PartnerKind{relationship.Provider, "guild"}).Draw(r, "kind"),
			Domains: []string{domain.Draw(r, "domain")}, SuperAdmin: user, Since: at("since"),
		}
	case 2, 3:
		return access.ImportEmployee{
			Partner: partner, User: user, Kind: relationship.Staff, SuperAdmin: flag.Draw(r, "super"), Suspended: flag.Draw(r, "suspended"),
		}
	case 4:
		return access.ImportTemplate{Partner: partner, Name: "t", Permissions: permissions.Draw(r, "permissions")}
	case 5:
		return access.ImportClient{ID: client, Name: "C", SuperAdmin: user, PaidSeat: flag.Draw(r, "seat")}
	case 6:
		return access.ImportTerms{
			Client: client, Partner: partner, HasCeiling: flag.Draw(r, "ceiling"), Ceiling: permissions.Draw(r, "permissions"),
			Paused: flag.Draw(r, "paused"), PausedUntil: at("until"), Longest: time.Duration(number("longest", 3)) * 10 * accesstest.Day,
		}
	case 7:
		return access.ImportRelationship{
			Partner: partner, Client: client, ClientName: rapid.SampledFrom([]string{"", "A", "B"}).Draw(r, "name"),
			Started: at("started"), Activity: at("activity"), Limit: at("limit"),
		}
	}
	row := access.ImportMember{
		Client: client, User: user, Role: rapid.SampledFrom([]relationship.Role{
			relationship.Standard, relationship.Standard, relationship.PartnerAdmin, relationship.SuperAdmin,
		}).Draw(r, "role"), Permissions: permissions.Draw(r, "permissions"), Since: at("since"), TermFrom: at("term"), End: at("end"),
		Deactivated: rapid.SampledFrom([]relationship.Side{"", "", relationship.PartnerSide, relationship.ClientSide}).Draw(r, "status"),
		Template:    rapid.SampledFrom([]string{"", "", "", "t"}).Draw(r, "template"),
	}
	if row.Role != relationship.SuperAdmin && flag.Draw(r, "managed") {
		row.Partner = partner
	}
	return row
}
