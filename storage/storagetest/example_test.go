package storagetest_test

import (
	"testing"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// A store of one's own is tested like this. It needs a *testing.T, so this
// example is compiled and not run; package storage/memdb has it as its test.
func ExampleRun() {
	_ = func(t *testing.T) { // TestStore
		storagetest.Run(t, func(t *testing.T) storage.Store {
			return memdb.New() // or mystore.Open(t.TempDir())
		})
	}
}
