package access

import (
	"iter"
	"slices"

	"github.com/clientaccess/clientaccess/storage"
)

// List is a list that can be looked at: all of it, or page by page (SEE-5). It
// is a question and not an answer: All and Page look at the state as it is
// when they are called, and ask again who is looking. It is safe for
// concurrent use; the zero List is refused.
//
// Rows are ordered by name, without regard to case, and then by id. They are
// collected from the records of the one partner or client that the list is
// about: a page takes time in proportion to the length of the list, and the
// memory of its own rows; see Clients for more.
//
// Errors: ErrNotAllowed for everybody who may not see the list, whether or not
// what they name exists; ErrWhichPartner for a user of several partners who
// does not say for which one; ErrInvalid for a malformed query; ErrCatalog.
type List[Row any] struct {
	open func() (listing[Row], error)
}

// listing is what a list shows on one state.
type listing[Row any] struct {
	revision storage.Revision
	query    queryDigest
	// positions runs over all rows that the query asks for, each once, in any
	// order.
	positions iter.Seq[position]
	// row makes the row with an id.
	row func(id string) Row
}

// Page is a part of a list.
type Page[Row any] struct {
	Rows []Row
	// Next is where the next page begins; the zero Cursor when there is none.
	Next Cursor
	// Revision is the state that the page shows. The next page may show a
	// later one.
	Revision storage.Revision
}

// Page returns the rows behind a cursor, as many as asked for: the first ones
// with the zero Cursor. A row that is there all the while under the same name
// is on exactly one page, whatever comes and goes in between.
//
// Errors besides those of the list: ErrInvalid for a size below 1 and for a
// malformed cursor, and ErrCursor for one of another list, query or viewer.
func (l List[Row]) Page(size int, from Cursor) (Page[Row], error) {
	if size < 1 {
		return Page[Row]{}, invalid("list", "size", "is less than one")
	}
	on, err := l.look()
	if err != nil {
		return Page[Row]{}, err
	}
	after, err := from.position(on.query)
	if err != nil {
		return Page[Row]{}, err
	}
	page := Page[Row]{Revision: on.revision}
	first, more := firstBehind(on.positions, after, size)
	for _, at := range first {
		page.Rows = append(page.Rows, on.row(at.id))
	}
	if more {
		page.Next = newCursor(on.query, first[len(first)-1])
	}
	return page, nil
}

// All runs over the whole list in order, upon one state: that at which the run
// began. It takes the memory of a name and an id for each row, and makes the
// rows as it goes. A refusal is its only element.
func (l List[Row]) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		on, err := l.look()
		if err != nil {
			var none Row
			yield(none, err)
			return
		}
		for _, at := range slices.SortedFunc(on.positions, position.compare) {
			if !yield(on.row(at.id), nil) {
				return
			}
		}
	}
}

func (l List[Row]) look() (listing[Row], error) {
	if l.open == nil {
		return listing[Row]{}, invalid("list", "query", "is missing")
	}
	return l.open()
}
