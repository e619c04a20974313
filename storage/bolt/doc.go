// Package bolt is a [storage.Journal] in one file, on go.etcd.io/bbolt: durable,
// for one process at a time, without a server.
//
//	journal, err := bolt.Open("access.db")
//	…
//	store, err := memdb.Open(ctx, journal)
//	…
//	defer store.Close() // closes the journal, too
//
// # What it promises
//
// A change is on the disk when Update of the store returns: every batch is one
// transaction of bbolt, which waits for the disk. What was acknowledged is
// there after a crash, and of what was not, all of a change is there or
// nothing.
//
// A second opener of the file gets ErrInUse at once.
//
// Everything that is read is held against a checksum that is bound to its key,
// and the records and notes as a whole against a sum that each commit carries
// on; so what was changed, lost or moved in the file is an error that matches
// [storage.ErrCorrupt], when it is opened or read. A panic or a fault inside
// bbolt, as damaged files can cause, comes out as such an error too; the
// journal is of no more use then. The log is held together by its hash chain,
// which access.Manager.Verify walks.
//
// # What it does not
//
// It does not mend a damaged file: keep backups; Backup makes one while the
// journal is in use. It does not defend against a person who can write the
// file and knows how to compute checksums; the hash chain does, if its newest
// hash is kept elsewhere.
//
// The file has a format of its own, with a version. A file of another version
// is refused.
package bolt
