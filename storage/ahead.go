package storage

import "github.com/clientaccess/clientaccess/relationship"

// aheadReader is a Reader that looks for many records together.
type aheadReader interface {
	Ahead(keys []relationship.Key)
}

// Ahead tells a Reader which records it will be asked for next, in this order. It
// changes no answer. Where the Reader has a method Ahead of the same form, as the
// Tx of storage/memdb has, looking for many records takes less time than for one
// after the other. Tell it of some dozens at a time; the next call forgets what
// was not asked for.
func Ahead(r Reader, keys []relationship.Key) {
	if direct, can := r.(aheadReader); can {
		direct.Ahead(keys)
	}
}
