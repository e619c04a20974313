// Package storagetest has the conformance suite that every [storage.Store]
// passes. Whoever writes a store runs it from a test of their own:
//
//	func TestStore(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storage.Store {
//			store, err := mystore.Open(t.TempDir())
//			require.NoError(t, err)
//			return store
//		})
//	}
//
// Whoever writes a [storage.Journal], the smaller thing beneath an engine, runs
// RunJournal instead: all of the above over the journal, the same with every
// function run twice, and what is said of a journal alone.
//
//	func TestJournal(t *testing.T) {
//		engine := func(ctx context.Context, journal storage.Journal) (storage.Store, error) {
//			return memdb.Open(ctx, journal)
//		}
//		storagetest.RunJournal(t, engine, func(t *testing.T) storage.Journal {
//			journal, err := myjournal.Open(t.TempDir())
//			require.NoError(t, err)
//			return journal
//		})
//	}
//
// Over a storage.Shared it runs several engines besides, as processes over one
// journal. [Shared] is such a journal in memory, for tests of what happens among
// processes: it can lose its newest commits, and each [Process] can be cut off.
//
// The names of the subtests are sentences: together they are the contract of
// package storage, in short.
//
// # What it takes for granted
//
// A function that is handed to Update or Aside may run more than once, so
// the suite puts nothing outside of its Tx that a second run would spoil. It
// does not look at the clock, and it does not count on being the only
// process on the machine; only the stores that it opened are its own.
//
// # What it leaves alone
//
// What a store promises besides the contract, such as surviving the end of
// the process, is for its own tests.
package storagetest
