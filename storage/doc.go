// Package storage says what a store is: [Store] holds the records of package
// relationship, hands out snapshots ([Reader]), runs changes one after the
// other ([Tx]) and keeps the log of what happened ([Commit]).
//
// Package storage/memdb has the engine. A [Journal] beneath it makes it durable;
// storage/bolt has one in a file. Package storage/storagetest has the
// conformance suites that every store and every journal passes.
//
// # Contract
//
// One store is one product with one lineage of permission catalogues.
//
// A Reader is a snapshot in memory at one revision. It is cheap to take, safe
// to hold and to use from many goroutines, and it never changes.
//
// Changes run one at a time, in the order of their revisions. A change is a
// function of its Tx: it may run more than once, so it acts through its Tx
// alone. Everything it writes is covered by an event, or the store refuses
// the whole: there is no silent write (LOG-1). A change that logs nothing
// makes no commit and no revision.
//
// Commits are numbered 1, 2, 3, … without a gap. Their instants never
// decrease. Each carries the hash of itself and of the commit before it.
//
// # Many processes
//
// A [Shared] journal has writers in other processes, too. A store over one
// follows them, and says with FreshAt up to when it knows what they did. A [Head]
// has a hash besides its number, because a journal that has lost its newest
// commits gives their numbers out again: whoever stood on one of them hears
// ErrDiverged, and the store tells it as a [LostTail].
//
// # What it does not promise
//
// A store checks the shape of records and what must be unique. It knows no
// other rule: who may do what is the business of package access. A program
// that writes to a store directly goes around every rule.
package storage
