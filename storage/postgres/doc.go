// Package postgres is a [storage.Journal] in a PostgreSQL database, on
// github.com/jackc/pgx/v5: durable, for any number of processes at the same
// time.
//
//	config, err := pgxpool.ParseConfig("postgres://…")
//	…
//	err = postgres.Migrate(ctx, config, postgres.Options{})
//	…
//	journal, err := postgres.Open(ctx, config, postgres.Options{})
//	…
//	store, err := memdb.Open(ctx, journal)
//	…
//	defer store.Close() // closes the journal, too
//
// # When to use it
//
// Where one process is enough, storage/bolt needs no server. This package is
// for several processes over one store, and for programs whose data are in
// PostgreSQL anyway: a change can be part of a transaction of theirs (WithTx),
// and what is stored can be asked for in SQL. Every process answers from its
// own memory all the same. One database holds several stores, each in a schema
// of its own (Options.Schema).
//
// # What it promises
//
// A change is committed in the database when Update of the store returns: every
// batch is one transaction. What was acknowledged is there after a crash of any
// process, as far as the server keeps what it has acknowledged; of what was
// not, all of a change is there or nothing. Revisions have no gap, in the order
// in which they were committed, whatever process wrote them.
//
// A connection that is lost around COMMIT leaves nothing open: whether it
// happened is looked up by the commit's own random name, when nobody else can
// write, and when it did not, the change is made then. Nothing is done twice.
// Where it cannot be found out, for a time that covers what the server may still
// be doing, the error is storage.ErrUnknownOutcome.
//
// Where the server waits for synchronous standbys and gives up the wait, the
// change is committed, and the error says that it is not confirmed
// (storage.ErrUnconfirmed).
//
// Who comes back to a database that has lost its newest commits is told so
// before anything else (storage.ErrDiverged), also when their numbers have been
// used again.
//
// Writers of all processes wait in one queue, at the row of the table head. Of
// each process one waits there, and the rest in the process. A deadline is kept
// while waiting. A process that is stopped or cut off in its turn loses it after
// ten seconds.
//
// A batch takes two round trips, one of which waits for the turn. Where another
// process has written, a third may be needed. One with more than a thousand
// records takes a third in any case, however large it is, and one more for COPY
// of each kind of which it has more than a thousand new ones. Erasing a person
// takes more, where many commits have data of them.
//
// Errors hold neither the connection string nor values of rows.
//
// # What it does not promise
//
// It does not fence. A primary that was given up, and goes on taking writes for
// those who still reach it, makes a second history: whoever runs the database
// has to stop it. What it had acknowledged is lost to the others.
//
// It believes what is in the tables. Their constraints are a second line behind
// the rules: no member of a client or a user that is not there, one membership
// for each client and user, an e-mail address and a domain for one only. What is
// written into them by hand beside the log shows in processes that load it, and
// not in others, whose changes may then be refused by the server;
// access.Manager.Verify finds it.
//
// A person who is erased is taken out of tables and log in one step. What the
// server keeps of old rows until it vacuums, in its write-ahead log, in backups
// and on standbys, is up to whoever runs it.
//
// # Settings
//
// Every way in which pgx sends queries is good. Through pgbouncer in transaction
// mode, take pgx.QueryExecModeExec or pgx.QueryExecModeSimpleProtocol, and
// Options.NoNotify: others' changes are then seen by polling. The database has
// to have the encoding UTF8; its collation does not matter.
//
// The SQL has no triggers, sequences, advisory locks or extensions, and defers
// no constraint, so that databases that speak PostgreSQL's language can take its
// place. They need foreign keys over generated columns, which CockroachDB has
// since 24.2, and COPY in its binary form. We have run PostgreSQL 15, and no
// other; those without NOTIFY need Options.NoNotify.
//
// The tables are described where they are made: in the folder migrations.
package postgres
