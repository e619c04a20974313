// Package memdb is the engine: a [storage.Store] that keeps everything in
// memory, on hashicorp/go-memdb.
//
//	store := memdb.New()
//	defer store.Close()
//
// A state is immutable. A change works on a fork of it, and committing
// publishes the fork with one atomic store; so readers take no lock, a
// rolled-back change leaves no trace, and a preview is a fork that nobody
// publishes.
//
// What a store made with New holds is gone with the process: it is for unit
// tests, for examples, and for programs that load their state at the start. The
// log is in memory too, from where it was last trimmed.
//
// [Open] builds the same engine over a [storage.Journal], which keeps records
// and log: storage/bolt has one in a file. All questions are answered from
// memory all the same; a change is durable when Update returns, and changes
// that wait at the same time are written together.
package memdb
