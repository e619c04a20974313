// Package pgproof holds the tests of many processes over one PostgreSQL, with
// nothing simulated: the processes are real and are killed and stopped for real,
// and so are the servers, their standbys, and the network between them. What a
// test found is printed as counts and times.
//
// Each test is one of the promises in the README's section about PostgreSQL. By
// default it takes seconds, and the full size with CLIENTACCESS_FULL; see
// CONTRIBUTING.md. The processes are this test program, started again with an
// order (order, in process_test.go).
package pgproof
