package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ahead tells a Reader, of many members one after the other, which records it
// will be asked for next (storage.Ahead).
type ahead struct {
	r    storage.Reader
	keys []relationship.Key
}

const (
	aheadOf = 64 // members at a time
	aheadAt = 4  // below so many it does not pay
)

// at is to be called before each of n members is looked at, the i-th now. of
// appends what will be asked for about one, in that order.
func (a *ahead) at(i, n int, of func(keys []relationship.Key, i int) []relationship.Key) {
	if i%aheadOf != 0 || n < aheadAt {
		return
	}
	a.keys = a.keys[:0]
	for next := i; next < min(i+aheadOf, n); next++ {
		a.keys = of(a.keys, next)
	}
	storage.Ahead(a.r, a.keys)
}
