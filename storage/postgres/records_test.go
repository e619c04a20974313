package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// modes are the ways in which pgx can send a query.
var modes = map[pgx.QueryExecMode]string{
	pgx.QueryExecModeCacheStatement: "cached statements", pgx.QueryExecModeCacheDescribe: "cached descriptions",
	pgx.QueryExecModeDescribeExec: "descriptions", pgx.QueryExecModeExec: "exec", pgx.QueryExecModeSimpleProtocol: "simple protocol",
}

// chance makes records in which every field is as often set as not.
type chance struct{ *rand.Rand }

func (c chance) yes() bool { return c.IntN(2) == 0 }

func pick[T any](c chance, of ...T) T { return of[c.IntN(len(of))] }

func (c chance) text() string {
	return pick(c, "a", `\`, `"`, `","`, "{}", "NULL", "'; --", "$1", " ", "\n\t", "ÿ日本𝔘", "e\u0301", "\x01", "\u2028",
		strings.Repeat("\U0010ffff", 64), fmt.Sprint(c.Uint64()))
}

func (c chance) optional() string {
	if c.yes() {
		return ""
	}
	return c.text()
}

func (c chance) at() time.Time {
	if c.yes() {
		return time.Time{}
	}
	return pick(c, start, start.Add(time.Microsecond), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.UnixMicro(c.Int64N(4e15)).UTC(), time.UnixMicro(-c.Int64N(4e15)).UTC())
}

func (c chance) end() time.Time { return relationship.EndInstant(c.at()) }

func (c chance) digest() (d relationship.Digest) {
	if c.yes() {
		return d
	}
	return c.set()
}

func (c chance) set() (d relationship.Digest) {
	for i := range d {
		d[i] = byte(c.Uint32())
	}
	return d
}

func (c chance) names() permset.Names {
	return pick(c, permset.Names{}, permset.MustNames("crm.contacts.view"), permset.MustNames("a.b", "a.c", "z.z"))
}

func (c chance) pause() relationship.Pause { return relationship.Pause{On: c.yes(), Until: c.end()} }

// record makes a record of a kind that may be stored.
func (c chance) record(t *testing.T, kind relationship.Kind) relationship.Record {
	for {
		var record relationship.Record
		first, second := c.text(), c.text()
		switch kind {
		case relationship.KindCatalog:
			record = relationship.Catalog{Declaration: strings.Repeat(c.text(), 1+c.IntN(5000))}
		case relationship.KindUser:
			person, err := relationship.NewUser(relationship.UserID(first), second, fmt.Sprintf("%d@a.example", c.Uint64()), c.digest())
			require.NoError(t, err)
			if record = person; c.yes() {
				record = person.Erase()
			}
		case relationship.KindPartner:
			partner, err := relationship.NewPartner(relationship.PartnerID(first), second, relationship.PartnerKind(c.text()))
			require.NoError(t, err)
			partner.Closed = c.yes()
			var domains []string
			for range c.IntN(4) {
				domains = append(domains, fmt.Sprintf("%c%d.example", 'a'+rune(c.IntN(26)), c.Uint64()))
			}
			partner.Domains, err = relationship.NewDomains(domains...)
			require.NoError(t, err)
			record = partner
		case relationship.KindEmployee:
			record = relationship.Employee{
				Partner: relationship.PartnerID(first), User: relationship.UserID(second), Kind: pick(c, relationship.Staff, relationship.Contractor),
				Status:     pick(c, relationship.Employed, relationship.Suspended, relationship.Left),
				SuperAdmin: c.yes(), View: c.yes(), Edit: c.yes(), Pause: c.pause(), Confirmed: c.yes(), Since: c.at(),
			}
		case relationship.KindTemplate:
			record = relationship.Template{Partner: relationship.PartnerID(first), Name: second, Set: c.names()}
		case relationship.KindLink:
			record = relationship.Link{
				Selector: relationship.Selector(first), Partner: relationship.PartnerID(second), Employee: relationship.UserID(c.text()),
				Asks: c.names(), Shows: c.digest(), Hash: c.set(), IssuedBy: relationship.UserID(c.text()),
				Issued: c.at(), Expires: c.at(), Revoked: c.yes(),
			}
		case relationship.KindClient:
			record = relationship.Client{ID: relationship.ClientID(first), Name: second, Closed: c.yes(), SuperAdmins: c.IntN(1 << 40)}
		case relationship.KindMember:
			record = relationship.Member{
				Client: relationship.ClientID(first), User: relationship.UserID(second),
				Role: pick(c, relationship.SuperAdmin, relationship.PartnerAdmin, relationship.Standard), Set: c.names(),
				Manager: relationship.PartnerID(c.optional()), Linked: c.yes(),
				Deactivated: pick(c, relationship.NoSide, relationship.PartnerSide, relationship.ClientSide), PaidSeat: c.yes(),
				Template: c.optional(), End: c.end(), EndByClient: c.yes(), Since: c.at(), TermFrom: c.at(),
				By: pick(c, relationship.Actor{}, relationship.Actor{Kind: relationship.ByHost},
					relationship.Actor{Kind: relationship.ByClientSide, User: relationship.UserID(c.text())},
					relationship.Actor{Kind: relationship.ByPartnerSide, User: relationship.UserID(c.text()), Partner: relationship.PartnerID(c.text())}),
			}
		case relationship.KindRelationship:
			record = relationship.Relationship{
				Partner: relationship.PartnerID(first), Client: relationship.ClientID(second), ClientName: c.optional(),
				Phase:   pick(c, relationship.Active, relationship.Ending, relationship.Ended),
				Started: c.at(), Activity: c.at(), EndsAt: c.end(), Limit: c.end(), Ended: c.at(), Members: c.IntN(2) * c.IntN(1<<40),
			}
		case relationship.KindTerms:
			record = relationship.Terms{
				Client: relationship.ClientID(first), Partner: relationship.PartnerID(second), HasCeiling: c.yes(), Ceiling: c.names(),
				Pause: c.pause(), Longest: time.Duration(c.Int64N(1<<33)) * time.Second,
			}
		case relationship.KindStanding:
			record = relationship.Standing{
				Client: relationship.ClientID(first), User: relationship.UserID(second), Barred: c.yes(), End: c.end(), Pause: c.pause(),
			}
		case relationship.KindOnce:
			record = relationship.Once{
				Owner: c.set(), Content: c.set(), Revision: c.Uint64N(1 << 60), Until: c.at(),
				Counts: relationship.Counts{
					Members: c.IntN(1 << 40), Records: c.IntN(3), Relationships: c.IntN(3), Notifications: c.IntN(3), Skipped: c.IntN(3),
				},
			}
		default:
			t.Fatalf("no record of kind %s", kind)
		}
		if relationship.CheckRecord(record) == nil {
			return record
		}
	}
}

// Every field of every kind of record comes back as it was, in every way of
// sending a query: written first, in place of another, and beside those that
// are deleted.
func TestRecords_ComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rounds := 12
	if full() {
		rounds = 200
	}
	for mode, name := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			dsn := pgtest.Database(t, pgtest.Options{Collation: pgtest.English})
			migrate(t, dsn)
			unbind(t, dsn, "clientaccess")
			config := config(t, dsn)
			config.ConnConfig.DefaultQueryExecMode = mode
			journal := open(t, config, postgres.Options{})
			c := chance{rand.New(rand.NewPCG(1, uint64(mode)))}
			want := map[relationship.Key]relationship.Record{}
			written, head := 0, storage.Head{}
			for range rounds {
				journal.SetFew(pick(c, 0, 1000)) // by COPY, or with the rest
				before := maps.Clone(want)
				var lines []relationship.Line
				var records, gone []relationship.Record
				for _, kind := range relationship.Kinds() {
					for range 4 {
						record := c.record(t, kind)
						if slices.ContainsFunc(records, func(other relationship.Record) bool { return other.Key() == record.Key() }) {
							continue
						}
						if was := want[record.Key()]; was != nil && c.yes() {
							gone = append(gone, was)
							delete(want, record.Key())
							continue
						}
						records = append(records, record)
						lines = append(lines, relationship.Line{Before: before[record.Key()], After: record})
						want[record.Key()] = record
					}
				}
				gone = slices.DeleteFunc(gone, func(record relationship.Record) bool { return want[record.Key()] != nil })
				for _, record := range gone {
					lines = append(lines, relationship.Line{Before: record})
				}
				commit := ofLines(t, head, lines)
				require.NoError(t, journal.Commit(ctx, head, func([]storage.Commit) ([]storage.Commit, error) {
					return []storage.Commit{commit}, nil
				}))
				written += len(records)
				head = headOf([]storage.Commit{commit})
				found := load(t, journal)
				require.Len(t, found, len(want))
				for key, record := range want {
					require.True(t, record == found[key], "%#v\n%#v", record, found[key])
				}
			}
			t.Logf("%d records written, %d in the end", written, len(want))
		})
	}
}
