package relationship_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// day is where the stories of these tests begin.
var day = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// The nouns that the tests vary. Each may be stored as it is.
var (
	salt   = relationship.Digest{1, 2, 3}
	ann    = must(relationship.NewUser("ann", "Ann Arnold", "ann@northwind.example", salt))
	agency = must(relationship.NewPartner("northwind", "Northwind", relationship.SolutionsPartner, "northwind.example"))
	annAt  = must(relationship.NewEmployee("northwind", "ann", relationship.Staff, day))
	lumen  = must(relationship.NewClient("lumen", "Lumen AG"))
	team   = must(relationship.NewTemplate("northwind", "support", permset.MustNames("tickets.view")))

	standard = relationship.Member{
		Client: "lumen", User: "ann", Role: relationship.Standard, Set: permset.MustNames("contacts.view", "reports.view"),
		Since: day, TermFrom: day,
	}
	managed = relationship.Member{
		Client: "lumen", User: "ann", Role: relationship.PartnerAdmin, Set: permset.MustNames("contacts.view"),
		Manager: "northwind", Since: day, TermFrom: day,
	}
	active = relationship.Relationship{
		Partner: "northwind", Client: "lumen", Phase: relationship.Active, Started: day, Activity: day, Members: 2,
	}
	link = relationship.Link{
		Selector: "selector", Partner: "northwind", Employee: "ann", Asks: permset.MustNames("contacts.view"),
		Hash: relationship.Digest{9}, IssuedBy: "bob", Issued: day, Expires: day.Add(relationship.LinkLife),
	}
	terms    = relationship.Terms{Client: "lumen", Partner: "northwind"}
	standing = relationship.Standing{Client: "lumen", User: "ann"}
	once     = relationship.Once{
		Owner: relationship.OnceOwner("ann", "northwind", "order 17"), Content: relationship.OnceContent("order 17", "add bob"),
		Revision: 7, Counts: relationship.Counts{Members: 1}, Until: onDay(1),
	}
	catalog = relationship.Catalog{Declaration: `{"permissions":[]}`}
)

// all is one record of every kind.
var all = []relationship.Record{
	catalog, ann, agency, annAt, team, link, lumen, standard, managed, active, terms, standing, once,
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// with changes a copy of a noun.
func with[T any](noun T, change func(*T)) T {
	change(&noun)
	return noun
}

// refused checks that the error names the noun and the field.
func refused(t *testing.T, err error, noun, field string) *relationship.FieldError {
	t.Helper()
	var refusal *relationship.FieldError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, [2]string{noun, field}, [2]string{refusal.Noun, refusal.Field}, refusal.Problem)
	require.NotEmpty(t, refusal.Problem)
	require.Equal(t, noun+": "+field+" "+refusal.Problem, err.Error())
	return refusal
}

func TestEveryNounCanBeStored(t *testing.T) {
	keys, kinds := map[relationship.Key]bool{}, map[relationship.Kind]bool{}
	for _, record := range all {
		require.NoError(t, record.Check(), record.Key().String())
		require.NoError(t, relationship.CheckRecord(record))
		require.NotEmpty(t, record.Summary())
		keys[record.Key()], kinds[record.Key().Kind] = true, true
	}
	require.Len(t, kinds, len(relationship.Kinds()))
	for _, kind := range relationship.Kinds() {
		require.True(t, kinds[kind], kind)
	}
	require.Len(t, keys, len(all)-1, "standard and managed are one membership (ADD-7)")
}

func TestKeysNameOneRecord(t *testing.T) {
	for _, test := range []struct {
		record relationship.Record
		want   relationship.Key
		text   string
	}{
		{catalog, relationship.Key{Kind: "catalog", First: "catalog"}, `catalog "catalog"`},
		{ann, relationship.Key{Kind: "user", First: "ann"}, `user "ann"`},
		{agency, relationship.Key{Kind: "partner", First: "northwind"}, `partner "northwind"`},
		{annAt, relationship.Key{Kind: "employee", First: "northwind", Second: "ann"}, `employee "northwind" "ann"`},
		{team, relationship.Key{Kind: "template", First: "northwind", Second: "support"}, `template "northwind" "support"`},
		{link, relationship.Key{Kind: "link", First: "selector"}, `link "selector"`},
		{lumen, relationship.Key{Kind: "client", First: "lumen"}, `client "lumen"`},
		{managed, relationship.Key{Kind: "member", First: "lumen", Second: "ann"}, `member "lumen" "ann"`},
		{active, relationship.Key{Kind: "relationship", First: "northwind", Second: "lumen"}, `relationship "northwind" "lumen"`},
		{terms, relationship.Key{Kind: "terms", First: "lumen", Second: "northwind"}, `terms "lumen" "northwind"`},
		{standing, relationship.Key{Kind: "standing", First: "lumen", Second: "ann"}, `standing "lumen" "ann"`},
	} {
		require.Equal(t, test.want, test.record.Key())
		require.Equal(t, test.text, test.record.Key().String())
	}
}

func TestADD7_AUserHasOneMembershipInAClient(t *testing.T) {
	second := with(managed, func(m *relationship.Member) { m.Manager = "umbra" })
	require.Equal(t, standard.Key(), managed.Key())
	require.Equal(t, managed.Key(), second.Key())
}

func TestDigest(t *testing.T) {
	text, err := salt.MarshalText()
	require.NoError(t, err)
	require.Equal(t, salt.String(), string(text))
	var read relationship.Digest
	require.NoError(t, read.UnmarshalText(text))
	require.Equal(t, salt, read)
	for _, bad := range []string{"", "00", string(text) + "00", string(text[1:]), "z" + string(text[1:]), string(bytes.ToUpper(bytes.Repeat([]byte("ab"), 32)))} {
		var read relationship.Digest
		refused(t, read.UnmarshalText([]byte(bad)), "digest", "text")
		require.Zero(t, read, "a refused text leaves nothing behind")
	}
}

func TestCheckRecordTakesValuesOnly(t *testing.T) {
	client := lumen
	for name, record := range map[string]relationship.Record{
		"nothing":               nil,
		"a pointer":             &client,
		"a pointer to nothing":  (*relationship.Client)(nil),
		"a struct with a noun":  struct{ relationship.Client }{lumen},
		"a struct with a Noun*": struct{ *relationship.Client }{&client},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, relationship.CheckRecord(record), "record", "type")
		})
	}
	var field *relationship.FieldError
	require.True(t, errors.As(relationship.CheckRecord(relationship.Client{}), &field))
}
