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
// Memberships stand in rosters, one for each client, and what many members have
// in common is stored once. Every record is found by the hash of its key; those
// that are no memberships stand in go-memdb besides, which has their orders.
//
// [Open] builds the same engine over a [storage.Journal], which keeps records
// and log: storage/bolt has one in a file, and storage/postgres one in a
// database. All questions are answered from
// memory all the same; a change is durable when Update returns, and changes
// that wait at the same time are written together.
//
// # Over a shared journal
//
// Where nobody else has written lately, changes run while their turn is waited
// for. What has run counts where nothing else is committed until the turn comes,
// and that within a tenth of a second; else it is run again.
//
// One goroutine follows what others commit: it looks when the journal hints that
// there is something, and every so often in any case. A look that fails is tried
// again, a little later each time up to a tenth of a second, and one that hears
// nothing for two seconds is given up; FreshAt stays where it was meanwhile.
// Commits are applied only where each carries the hash upon the one before.
//
// The newest commits are remembered, up to 4,096 of them and 131,072 lines. Out of
// them Since tells what is new without reading the journal, and a lost tail is
// told exactly. A tail keeps the whole state that was lost, so it takes as much
// memory as the store, until it is acknowledged; of more than eight, the state is
// not kept.
package memdb
