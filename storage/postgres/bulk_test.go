package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// Ten thousand members are added, changed and removed in as many round trips as
// two thousand are, and ten in fewer, in every way of sending a query.
func TestBulk_RoundTrips(t *testing.T) {
	t.Parallel()
	for mode, name := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
			proxy, proxied := pgtest.Proxy(t, dsn)
			config := config(t, proxied)
			config.MaxConns = 1
			config.ConnConfig.DefaultQueryExecMode = mode
			journal := open(t, config, postgres.Options{NoNotify: true})
			people := []relationship.Record{client("lumen"), client("harbor")}
			for i := range 10_000 {
				people = append(people, user(t, fmt.Sprint(i)))
			}
			require.NoError(t, write(ctx, t, journal, people...))
			head := headOf(all(t, journal, storage.Head{}))

			// trips adds, changes and removes so many members, and counts.
			trips := func(client string, members int) (trips [3]int) {
				var steps [3][]relationship.Line
				for i := range members {
					added := member(client, fmt.Sprint(i))
					changed := added
					changed.Set = permset.MustNames("crm.contacts.view")
					steps[0] = append(steps[0], relationship.Line{After: added})
					steps[1] = append(steps[1], relationship.Line{Before: added, After: changed})
					steps[2] = append(steps[2], relationship.Line{Before: changed})
				}
				for i, lines := range steps {
					commit := ofLines(t, head, lines)
					before := proxy.Counts().RoundTrips
					require.NoError(t, journal.Commit(ctx, head, func([]storage.Commit) ([]storage.Commit, error) {
						return []storage.Commit{commit}, nil
					}))
					trips[i] = proxy.Counts().RoundTrips - before
					head = headOf([]storage.Commit{commit})
				}
				return trips
			}
			trips("lumen", 10) // statements are prepared once
			few, more, many := trips("lumen", 10), trips("lumen", 2000), trips("harbor", 10_000)
			each := 1
			if mode == pgx.QueryExecModeDescribeExec {
				each = 2 // it is asked first what the statements are
			}
			require.Equal(t, [3]int{2 * each, 2 * each, 2 * each}, few)
			require.Equal(t, [3]int{3*each + 1, 3 * each, 3 * each}, more) // with COPY
			require.Equal(t, more, many)
			require.Len(t, load(t, journal), len(people))
			t.Logf("round trips to add, change and remove 10 members: %v; 2,000: %v; 10,000: %v", few, more, many)
		})
	}
}
