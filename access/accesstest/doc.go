// Package accesstest gives a unit test a working world in three lines:
//
//	w := accesstest.New(t)
//	w.AddEmployee("bob", "support", "contacts.view.all")
//	require.True(t, w.Manager.Can("bob", accesstest.Client, w.Permission("contacts.view.all")))
//
// New makes a manager over an embedded store, with a clock that the test
// turns, the ready-made catalogue of package permset/crm, a partner with an
// admin, a client with its super admin, and an access link approved: so the
// partner's admin is partner admin of the client.
//
// When the test ends, the world is verified: the hash chain, the replay of the
// log and every invariant.
//
// It is made for tests. Nothing here belongs in a program that serves
// customers.
package accesstest
