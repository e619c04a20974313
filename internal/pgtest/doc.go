// Package pgtest gives tests the real PostgreSQL.
//
//	func TestSomething(t *testing.T) {
//		t.Parallel()
//		dsn := pgtest.Database(t, pgtest.Options{})
//		…
//	}
//
// Database makes a database of the test's own, on a server that all tests of
// one test program share, and which is started for the first of them. Primary
// starts a server for one test alone, which can be killed and have standbys;
// Bouncer puts pgbouncer in front of a database, and Proxy a proxy that cuts
// connections. All of it is gone when the test is over, and the shared server
// when the test program has ended, in whichever way: see package pgserver.
//
// The server programs are looked for on the PATH and in the usual places. A
// server that is there already is used when CLIENTACCESS_TEST_DSN has its
// connection string, of a role that may create databases; PostgreSQL 15 is the
// oldest. What needs a server of its own starts one all the same.
//
// Where nothing is found, the test is skipped, and says what to install. With
// CLIENTACCESS_CI set, it fails.
package pgtest
