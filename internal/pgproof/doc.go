// Package pgproof holds the tests of many processes over one PostgreSQL, with
// nothing simulated: the processes are real and are killed and stopped for real,
// and so are the servers, their standbys, and the network between them. What a
// test found is printed as counts and times.
//
// Each test is one of the promises of storage/postgres and of the engine over it.
// By default it takes seconds, and with CLIENTACCESS_FULL minutes; CONTRIBUTING.md
// names them. The processes are this test program, started again with an order
// (order, in process_test.go).
package pgproof
