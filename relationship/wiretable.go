package relationship

// table numbers things in the order in which they come.
type table[T comparable] struct {
	list  []T
	index map[T]uint64 // of all, once there are more than few
}

const (
	few  = 8    // so many are looked through
	many = 1024 // a table that had more gives its memory back
)

// find returns the number of an item, or the one that it would get.
func (t *table[T]) find(item T) (uint64, bool) {
	if len(t.list) > few {
		if number, found := t.index[item]; found {
			return number, true
		}
		return uint64(len(t.list)), false
	}
	for number := range t.list {
		if t.list[number] == item {
			return uint64(number), true
		}
	}
	return uint64(len(t.list)), false
}

// add gives an item its number. It reports whether the item had none.
func (t *table[T]) add(item T) bool {
	if _, found := t.find(item); found {
		return false
	}
	t.list = append(t.list, item)
	switch {
	case len(t.list) == few+1:
		if t.index == nil {
			t.index = map[T]uint64{}
		}
		for number, item := range t.list {
			t.index[item] = uint64(number)
		}
	case len(t.list) > few:
		t.index[item] = uint64(len(t.list) - 1)
	}
	return true
}

func (t *table[T]) clear() {
	if len(t.list) > many {
		*t = table[T]{}
		return
	}
	clear(t.list)
	clear(t.index)
	t.list = t.list[:0]
}
