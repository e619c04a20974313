package relationship

import "time"

// moment is an instant. The zero time stands apart, as 0.
func (w *wire) moment(t *time.Time) {
	if w.reading {
		*t = time.Time{}
		if micro, there := w.later(w.instant, firstInstant, behindInstant, zeroInstant); there {
			w.instant = micro
			*t = time.UnixMicro(micro).UTC()
		}
		return
	}
	if t.IsZero() && *t == (time.Time{}) {
		w.number(0)
		return
	}
	if !storable(*t) {
		w.fail("has no place for an instant that is not in the form in which it is stored")
	}
	w.difference(t.UnixMicro(), &w.instant)
}

// ending is an instant at which something ends: a whole second.
func (w *wire) ending(t *time.Time) {
	if w.reading {
		*t = time.Time{}
		if second, there := w.later(w.end, firstInstant/1e6, behindInstant/1e6, zeroInstant/1e6); there {
			w.end = second
			*t = time.Unix(second, 0).UTC()
		}
		return
	}
	if t.IsZero() && *t == (time.Time{}) {
		w.number(0)
		return
	}
	if !storable(*t) || t.Nanosecond() != 0 {
		w.fail("has no place for an end that is not in the form in which it is stored")
	}
	w.difference(t.Unix(), &w.end)
}

func (w *wire) difference(now int64, last *int64) {
	n := now - *last
	*last = now
	w.number(uint64(n<<1) ^ uint64(n>>63) + 1)
}

// later reads the difference to an instant; there is none when it is zero.
func (w *wire) later(last, first, behind, zero int64) (now int64, there bool) {
	n := w.number(0)
	if n == 0 {
		return 0, false
	}
	n--
	now = last + (int64(n>>1) ^ -int64(n&1))
	if now < first || now >= behind || now == zero {
		w.fail("has an instant that is none")
		return 0, false
	}
	return now, true
}
