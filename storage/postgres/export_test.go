package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/storage"
)

// Migrations is how many migrations this package knows.
var Migrations = len(migrations)

// MigrateTo is Migrate as it was when there were fewer migrations.
func MigrateTo(ctx context.Context, config *pgxpool.Config, version int) error {
	return migrate(ctx, config, Options{}, version)
}

// SetFew changes from how many on new records go by COPY.
func (j *Journal) SetFew(few int) { j.few = few }

// SetIdle changes for how long a turn may give no sign of life.
func (j *Journal) SetIdle(limit time.Duration) { j.idle = limit }

// Stands looks for a commit as it is looked for after a COMMIT that was not
// answered.
func (j *Journal) Stands(ctx context.Context, commit storage.Commit) (stands bool, err error) {
	err = j.transact(ctx, nil, func(t *turn) (_ proof, err error) {
		stands, err = standsInLog(commit)(t)
		return nil, err
	})
	return stands, err
}

// Hears reports whether a hint is heeded when this journal has said own last.
// Both are a revision, and the process of the server that committed it.
func (j *Journal) Hears(own, heard [2]uint32) bool {
	j.hints.expect(hint{storage.Revision(own[0]), own[1]})
	_, changed := j.hints.now()
	j.hints.hear(hint{storage.Revision(heard[0]), heard[1]})
	select {
	case <-changed:
		return true
	default:
		return false
	}
}
