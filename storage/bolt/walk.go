package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"

	"github.com/clientaccess/clientaccess/storage"
)

// look takes a page. It reports whether it was not taken before.
func (c *checker) look(page uint64) bool {
	word, bit := &c.seen[page/64], uint64(1)<<(page%64)
	before := *word&bit != 0
	*word |= bit
	return !before
}

// openPage is a page with what it overflows into, of which only the beginning has
// been read: most of what is long is the inside of values.
type openPage struct {
	file *os.File
	at   int64 // in the file
	size uint64
	head []byte
}

// part reads a piece of a page; nil when it does not lie inside.
func (p *openPage) part(from, size uint64) []byte {
	switch {
	case from+size > p.size:
		return nil
	case from+size <= uint64(len(p.head)):
		return p.head[from : from+size : from+size]
	}
	read := make([]byte, size)
	if _, err := p.file.ReadAt(read, p.at+int64(from)); err != nil {
		return nil
	}
	return read
}

func damaged(page uint64, what string) error {
	return fmt.Errorf("%w: page %d %s", storage.ErrCorrupt, page, what)
}

// span is between which keys all those below a branch have to lie: from the
// first on, and before the last. nil is no bound.
type span struct{ from, to []byte }

func (s span) has(key []byte) bool {
	return (s.from == nil || bytes.Compare(key, s.from) >= 0) && (s.to == nil || bytes.Compare(key, s.to) < 0)
}

// tree walks over a page and all below it. A page belongs to one place.
func (c *checker) tree(id uint64, keys span, depth int) error {
	if depth > deepest {
		return damaged(id, "is too deep")
	}
	page, err := c.read(id, depth)
	if err != nil {
		return err
	}
	switch flags := binary.NativeEndian.Uint16(page.head[8:]); flags {
	case branchPage:
		return c.branch(id, page, keys, depth)
	case leafPage:
		return c.leaf(id, page, keys, depth)
	default:
		return damaged(id, "is neither branch nor leaf")
	}
}

// read takes a page with what it overflows into.
func (c *checker) read(id uint64, depth int) (*openPage, error) {
	if id < 2 || id >= c.meta.pages {
		return nil, damaged(id, "is outside the file")
	}
	size := uint64(c.meta.pageSize)
	if c.room[depth] == nil {
		c.room[depth] = make([]byte, size)
	}
	p := &openPage{file: c.file, at: int64(id * size), head: c.room[depth]}
	if _, err := c.file.ReadAt(p.head, p.at); err != nil {
		return nil, damaged(id, "cannot be read")
	}
	overflow := uint64(binary.NativeEndian.Uint32(p.head[12:]))
	if binary.NativeEndian.Uint64(p.head) != id || overflow >= c.meta.pages-id {
		return nil, damaged(id, "has a wrong header")
	}
	for i := id; i <= id+overflow; i++ {
		if !c.look(i) {
			return nil, damaged(i, "is used twice")
		}
	}
	p.size = (overflow + 1) * size
	return p, nil
}

func (c *checker) branch(id uint64, page *openPage, keys span, depth int) error {
	count := uint64(binary.NativeEndian.Uint16(page.head[10:]))
	if count == 0 {
		return damaged(id, "is an empty branch")
	}
	child, key, err := page.branchElement(id, 0)
	for i := uint64(0); err == nil && i < count; i++ {
		if !keys.has(key) {
			return damaged(id, "has a wrong element")
		}
		below, next := span{key, keys.to}, uint64(0)
		if i+1 < count {
			if next, below.to, err = page.branchElement(id, i+1); err != nil {
				break
			}
			if bytes.Compare(key, below.to) >= 0 {
				return damaged(id, "has a wrong element")
			}
		}
		if err := c.tree(child, below, depth+1); err != nil {
			return err
		}
		child, key = next, below.to
	}
	return err
}

// branchElement reads the number of a page and the key from which on it is.
func (p *openPage) branchElement(id, i uint64) (child uint64, key []byte, err error) {
	at := pageHeader + i*branchElement
	element := p.part(at, branchElement)
	if element == nil {
		return 0, nil, damaged(id, "has too many elements")
	}
	position, size := uint64(binary.NativeEndian.Uint32(element)), uint64(binary.NativeEndian.Uint32(element[4:]))
	if key = p.key(at+position, size); key == nil {
		err = damaged(id, "has a wrong element")
	}
	return binary.NativeEndian.Uint64(element[8:]), key, err
}

func (c *checker) leaf(id uint64, page *openPage, keys span, depth int) error {
	var last []byte
	for i := range uint64(binary.NativeEndian.Uint16(page.head[10:])) {
		at := pageHeader + i*leafElement
		element := page.part(at, leafElement)
		if element == nil {
			return damaged(id, "has too many elements")
		}
		position, keySize := uint64(binary.NativeEndian.Uint32(element[4:])), uint64(binary.NativeEndian.Uint32(element[8:]))
		valueSize := uint64(binary.NativeEndian.Uint32(element[12:]))
		key, value := page.key(at+position, keySize), at+position+keySize
		if key == nil || position+keySize > math.MaxUint32 || value+valueSize > page.size ||
			i > 0 && bytes.Compare(last, key) >= 0 || !keys.has(key) {
			return damaged(id, "has a wrong element")
		}
		last = key
		switch binary.NativeEndian.Uint32(element) {
		case 0:
		case 1:
			if err := c.bucket(id, page.part(value, valueSize), depth); err != nil {
				return err
			}
		default:
			return damaged(id, "has an element of no kind")
		}
	}
	return nil
}

// key reads a key; nil when it is none.
func (p *openPage) key(from, size uint64) []byte {
	if size > longestKey {
		return nil
	}
	return p.part(from, size)
}

// bucket walks over a bucket: a page of its own, or one inside the value.
func (c *checker) bucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHeader {
		return damaged(id, "has a wrong bucket")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return c.tree(root, span{}, depth+1)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.NativeEndian.Uint16(inline[8:]) != leafPage || depth > deepest {
		return damaged(id, "has a wrong bucket")
	}
	return c.leaf(id, &openPage{size: uint64(len(inline)), head: inline}, span{}, depth+1)
}
