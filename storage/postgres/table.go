package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// table is the table of one kind of record.
type table interface {
	// add queues what writes new records of the kind, by COPY; put what writes
	// records in place of those that are there, if they are.
	add(s *script, records []relationship.Record)
	put(s *script, records []relationship.Record)
	// remove queues what deletes the records of keys.
	remove(s *script, keys []relationship.Key)
	// load reads all rows.
	load(ctx context.Context, j *Journal, q querier, record func(relationship.Record) error) error
}

// querier is a connection, or a transaction of the host's.
type querier interface {
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// tableOf is the table of the records that are R.
type tableOf[R relationship.Record] struct {
	name string
	// keys is how many of the columns, from the first, make up the key.
	keys    int
	columns []column[R]
	// upsert and delete are the statements of put and remove.
	upsert, delete string
}

func newTable[R relationship.Record](name string, keys int, columns []column[R]) tableOf[R] {
	t := tableOf[R]{name: name, keys: keys, columns: columns}
	var names, sent, values, replaced, same []string
	for i, column := range columns {
		if column.write == nil {
			continue
		}
		names = append(names, column.name)
		sent = append(sent, unnested(len(names), column.sent, column.name))
		values = append(values, strings.ReplaceAll(column.stored, "?", column.name))
		if i < keys {
			same = append(same, fmt.Sprintf("kept.%s = gone.%s", column.name, column.name))
		} else {
			replaced = append(replaced, column.name+" = excluded."+column.name)
		}
	}
	list := strings.Join(names, ", ")
	t.upsert = fmt.Sprintf("INSERT INTO clientaccess.%s (%s) SELECT %s FROM (SELECT %s) AS sent ON CONFLICT (%s) DO UPDATE SET %s",
		name, list, strings.Join(values, ", "), strings.Join(sent, ", "), strings.Join(names[:keys], ", "), strings.Join(replaced, ", "))
	t.delete = fmt.Sprintf("DELETE FROM clientaccess.%s AS kept USING (SELECT %s) AS gone WHERE %s",
		name, strings.Join(sent[:keys], ", "), strings.Join(same, " AND "))
	return t
}

// unnested is a column of what is sent: those of one SELECT go in step. A table
// function of all of them would first lay down each for itself.
func unnested(n int, kind, name string) string {
	return fmt.Sprintf("unnest($%d::text::%s[]) AS %s", n, kind, name)
}

// most is how many rows one statement takes. More go in several, so that no
// value gets too long for the server.
const most = 20_000

func (t tableOf[R]) put(s *script, records []relationship.Record) {
	for len(records) > 0 {
		n := min(len(records), most)
		t.putSome(s, records[:n])
		records = records[n:]
	}
}

func (t tableOf[R]) add(s *script, records []relationship.Record) {
	if len(records) > 0 {
		s.copy(t.copyIn(nounsOf[R](records)))
	}
}

func nounsOf[R relationship.Record](records []relationship.Record) []R {
	nouns := make([]R, len(records))
	for i, record := range records {
		nouns[i] = record.(R)
	}
	return nouns
}

func (t tableOf[R]) putSome(s *script, records []relationship.Record) {
	nouns := nounsOf[R](records)
	args := make([]any, 0, len(t.columns))
	for _, column := range t.columns {
		if column.write != nil {
			args = append(args, array(nouns, column.write))
		}
	}
	s.queue(t.upsert, args...)
}

func (t tableOf[R]) remove(s *script, keys []relationship.Key) {
	for len(keys) > 0 {
		n := min(len(keys), most)
		t.removeSome(s, keys[:n])
		keys = keys[n:]
	}
}

func (t tableOf[R]) removeSome(s *script, keys []relationship.Key) {
	parts := []func([]byte, *relationship.Key) []byte{
		func(b []byte, key *relationship.Key) []byte { return t.columns[0].key(b, key.First) },
		func(b []byte, key *relationship.Key) []byte { return t.columns[1].key(b, key.Second) },
	}
	var args []any
	for _, part := range parts[:t.keys] {
		args = append(args, array(keys, part))
	}
	s.queue(t.delete, args...)
}

func (t tableOf[R]) load(ctx context.Context, j *Journal, q querier, record func(relationship.Record) error) error {
	var noun R
	var read []string
	var into []any
	for _, column := range t.columns {
		read = append(read, strings.ReplaceAll(column.loaded, "?", column.name))
		into = append(into, column.into(&noun))
	}
	rows, err := q.Query(ctx, j.options.sql(fmt.Sprintf("SELECT %s FROM clientaccess.%s", strings.Join(read, ", "), t.name)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("%w: %s: %w", storage.ErrCorrupt, t.name, err)
		}
		if err := record(noun); err != nil {
			return err
		}
	}
	return rows.Err()
}
