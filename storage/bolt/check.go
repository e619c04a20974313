package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
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

	longestKey = 32768

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
	seen []uint64            // a bit for each page
	room [deepest + 2][]byte // for the pages from the root down to where the walk is
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
	c := &checker{file: file}
	if err := c.readMeta(); err != nil {
		return err
	}
	if uint64(info.Size()) < c.meta.pages*uint64(c.meta.pageSize) {
		return fmt.Errorf("%w: the file is cut short", storage.ErrCorrupt)
	}
	c.seen = make([]uint64, c.meta.pages/64+1)
	return c.tree(c.meta.root, span{}, 0)
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
