package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"github.com/clientaccess/clientaccess/storage"
)

// bbolt believes what it reads: a flipped bit can make it panic in a goroutine
// of its own, run in circles, or take a page for free that is not. So every
// page that is in use is looked at here before bbolt opens the file. The layout
// is bbolt's, version 2 of its format, which it has kept since 2014.

const (
	pageHeader    = 16 // id 8, flags 2, count 2, overflow 4
	branchElement = 16 // position 4, key size 4, page 8
	leafElement   = 16 // flags 4, position 4, key size 4, value size 4
	bucketHeader  = 16 // root page 8, sequence 8

	branchPage = 0x01
	leafPage   = 0x02

	metaSize    = 64 // magic 4, version 4, page size 4, flags 4, root 16, free list 8, pages 8, transaction 8, checksum 8
	metaChecked = 56
	metaMagic   = 0xED0CDAED

	deepest = 64 // branches above a leaf; a tree so deep holds more than any disk
)

// meta is a description of the file. The first two pages hold one each;
// commits write them in turn.
type meta struct {
	pageSize    uint32
	root        uint64
	pages       uint64
	transaction uint64
}

// checker walks over a file.
type checker struct {
	file *os.File
	meta meta
	seen map[uint64]bool
}

// checkFile refuses a file that bbolt cannot be trusted with: ErrForeign when
// it is none of bbolt's, storage.ErrCorrupt when it is damaged. A file that is
// not there, or empty, is new.
func checkFile(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	c := &checker{file: file, seen: map[uint64]bool{}}
	if err := c.readMeta(); err != nil {
		return err
	}
	if uint64(info.Size()) < c.meta.pages*uint64(c.meta.pageSize) {
		return fmt.Errorf("%w: the file is cut short", storage.ErrCorrupt)
	}
	return c.tree(c.meta.root, 0)
}

// readMeta reads both descriptions. When one is damaged bbolt takes the other,
// and the newest commit is gone without a word: so both have to be whole.
func (c *checker) readMeta() error {
	var first, second [pageHeader + metaSize]byte
	if _, err := c.file.ReadAt(first[:], 0); err != nil {
		return fmt.Errorf("%w: it is too short", ErrForeign)
	}
	one, errOne := parseMeta(first[pageHeader:])
	size := uint32(os.Getpagesize())
	if errOne == nil {
		size = one.pageSize
	}
	if _, err := c.file.ReadAt(second[:], int64(size)); err != nil {
		errTwo := fmt.Errorf("it is too short")
		if errOne == nil {
			return fmt.Errorf("%w: %w", storage.ErrCorrupt, errTwo)
		}
		return fmt.Errorf("%w: %w", ErrForeign, errTwo)
	}
	two, errTwo := parseMeta(second[pageHeader:])
	switch {
	case errOne != nil && errTwo != nil:
		return fmt.Errorf("%w: %w", ErrForeign, errOne)
	case errOne != nil || errTwo != nil:
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, errors.Join(errOne, errTwo))
	}
	c.meta = one
	if two.transaction > one.transaction {
		c.meta = two
	}
	return nil
}

func parseMeta(b []byte) (meta, error) {
	order := binary.NativeEndian
	m := meta{order.Uint32(b[8:]), order.Uint64(b[16:]), order.Uint64(b[40:]), order.Uint64(b[48:])}
	if order.Uint32(b) != metaMagic {
		return m, errors.New("a description of the file is not bbolt's")
	}
	h := fnv.New64a()
	h.Write(b[:metaChecked])
	if h.Sum64() != order.Uint64(b[metaChecked:]) {
		return m, errors.New("a description of the file has a wrong checksum")
	}
	if m.pageSize < 512 || m.pageSize > 1<<20 || m.pages > 1<<44 {
		return m, errors.New("a description of the file makes no sense")
	}
	return m, nil
}

func damaged(page uint64, what string) error {
	return fmt.Errorf("%w: page %d %s", storage.ErrCorrupt, page, what)
}

// tree walks over a page and all below it. A page belongs to one place.
func (c *checker) tree(id uint64, depth int) error {
	page, err := c.read(id)
	if err != nil {
		return err
	}
	if depth > deepest {
		return damaged(id, "is too deep")
	}
	switch flags := binary.NativeEndian.Uint16(page[8:]); flags {
	case branchPage:
		return c.branch(id, page, depth)
	case leafPage:
		return c.leaf(id, page, depth)
	default:
		return damaged(id, "is neither branch nor leaf")
	}
}

// read reads a page with what it overflows into.
func (c *checker) read(id uint64) ([]byte, error) {
	if id < 2 || id >= c.meta.pages {
		return nil, damaged(id, "is outside the file")
	}
	size := int64(c.meta.pageSize)
	var header [pageHeader]byte
	if _, err := c.file.ReadAt(header[:], int64(id)*size); err != nil {
		return nil, damaged(id, "cannot be read")
	}
	overflow := uint64(binary.NativeEndian.Uint32(header[12:]))
	if binary.NativeEndian.Uint64(header[:]) != id || overflow >= c.meta.pages-id {
		return nil, damaged(id, "has a wrong header")
	}
	for i := id; i <= id+overflow; i++ {
		if c.seen[i] {
			return nil, damaged(i, "is used twice")
		}
		c.seen[i] = true
	}
	page := make([]byte, int64(overflow+1)*size)
	if _, err := io.ReadFull(io.NewSectionReader(c.file, int64(id)*size, int64(len(page))), page); err != nil {
		return nil, damaged(id, "cannot be read")
	}
	return page, nil
}

func (c *checker) branch(id uint64, page []byte, depth int) error {
	count := int(binary.NativeEndian.Uint16(page[10:]))
	if count == 0 {
		return damaged(id, "is an empty branch")
	}
	var last []byte
	for i := range count {
		at := pageHeader + i*branchElement
		if at+branchElement > len(page) {
			return damaged(id, "has too many elements")
		}
		element := page[at:]
		position, size := binary.NativeEndian.Uint32(element), binary.NativeEndian.Uint32(element[4:])
		key, inside := part(element, position, size)
		if !inside || i > 0 && bytes.Compare(last, key) >= 0 {
			return damaged(id, "has a wrong element")
		}
		last = key
		if err := c.tree(binary.NativeEndian.Uint64(element[8:]), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) leaf(id uint64, page []byte, depth int) error {
	var last []byte
	for i := range int(binary.NativeEndian.Uint16(page[10:])) {
		at := pageHeader + i*leafElement
		if at+leafElement > len(page) {
			return damaged(id, "has too many elements")
		}
		element := page[at:]
		position, keySize := binary.NativeEndian.Uint32(element[4:]), binary.NativeEndian.Uint32(element[8:])
		key, insideKey := part(element, position, keySize)
		value, inside := part(element, position+keySize, binary.NativeEndian.Uint32(element[12:]))
		if !insideKey || !inside || position+keySize < position || i > 0 && bytes.Compare(last, key) >= 0 {
			return damaged(id, "has a wrong element")
		}
		last = key
		switch binary.NativeEndian.Uint32(element) {
		case 0:
		case 1:
			if err := c.bucket(id, value, depth); err != nil {
				return err
			}
		default:
			return damaged(id, "has an element of no kind")
		}
	}
	return nil
}

// bucket walks over a bucket: a page of its own, or one inside the value.
func (c *checker) bucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketHeader {
		return damaged(id, "has a wrong bucket")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return c.tree(root, depth+1)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.NativeEndian.Uint16(inline[8:]) != leafPage || depth > deepest {
		return damaged(id, "has a wrong bucket")
	}
	return c.leaf(id, inline, depth+1)
}

// part cuts a piece out of what begins at an element.
func part(element []byte, position, size uint32) ([]byte, bool) {
	end := uint64(position) + uint64(size)
	if end > uint64(len(element)) {
		return nil, false
	}
	return element[position:end], true
}
