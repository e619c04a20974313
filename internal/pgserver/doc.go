// Package pgserver starts the real PostgreSQL for tests and examples: throw-away
// servers in a temporary folder, standbys that stream from them, and pgbouncer
// in front of them; and it does to them what a bad day does.
//
//	programs, err := pgserver.Find()
//	…
//	server, err := pgserver.Start(ctx, programs, pgserver.Settings{})
//	…
//	defer server.Remove()
//	conn, err := pgx.Connect(ctx, server.DSN("postgres"))
//
// # What it promises
//
// A server listens on a Unix socket in its own folder, which only its user may
// enter, and on no port. Started by root, which PostgreSQL refuses to be run by,
// it runs as postgres or nobody.
//
// Remove stops it, immediately, and deletes the folder. The same happens when
// this process ends without Remove, in whichever way, also by kill -9: with
// each folder goes a janitor, a shell of a session of its own, which holds the
// other end of a pipe, is told of every process that is started and has ended,
// and cleans up when the pipe is closed. Nobody else's process is touched.
//
// # What it does not
//
// It needs a Unix. What stops or kills a server with all its processes reads
// /proc, so it needs Linux. Anybody who may enter the folder is the server's
// superuser.
package pgserver
