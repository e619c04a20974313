// Package pgproxy is a proxy between a program and PostgreSQL for tests of what
// happens when the network is not well. It cuts connections, holds back what
// they carry, and cuts one exactly around a statement: before the server gets
// it, while it is on its way, or when the server has answered it.
//
//	proxy, err := pgproxy.Listen("unix", server.Socket())
//	…
//	defer proxy.Close()
//	cut := proxy.CutAt(pgproxy.Answered, pgproxy.Commit)
//	err = tx.Commit(ctx) // the server commits; the program is not told
//	<-cut
//
// It listens on a port of 127.0.0.1 that the system chooses. It reads the
// messages of PostgreSQL's protocol 3, as far as it takes to see which statement
// runs and when it is answered. It speaks no TLS: who asks for it is told so.
package pgproxy
