package relationship

// event is an event with all that is said of its records.
func (w *wire) event(e *Event) {
	w.eventHead(e)
	count := w.count(len(e.Lines))
	if w.reading && count > 0 {
		e.Lines = make([]Line, count)
	}
	for i := range e.Lines {
		w.line(&e.Lines[i])
		if w.err != nil {
			return
		}
	}
	w.notifications(e)
}

// eventForChain writes an event as it enters the hash chain: without what was
// before, which the commits before say already, and without what identifies a
// person.
func (w *wire) eventForChain(e *Event) {
	w.eventHead(e)
	w.count(len(e.Lines))
	for i := range e.Lines {
		switch after := e.Lines[i].After.(type) {
		case nil:
			key := e.Lines[i].Before.Key()
			w.byte(byte(tagGone))
			w.shared(slotKind, (*string)(&key.Kind))
			w.shared(slotClient, &key.First)
			w.text(&key.Second)
		case Member: // passing it on would copy it once more
			w.putMember(&after)
		default:
			w.put(forChain(after))
		}
	}
	w.notifications(e)
}

func (w *wire) eventHead(e *Event) {
	w.shared(slotChange, &e.Change)
	w.actor(&e.Actor)
	w.moment(&e.At)
	w.text(&e.Reason)
	w.shared(slotCall, &e.Call)
}

// line is what became of one record.
func (w *wire) line(l *Line) {
	before, after := l.Before != nil, l.After != nil
	w.flags(&before, &after)
	if !before && !after {
		w.fail("has a line about nothing")
	}
	for _, side := range []struct {
		there  bool
		record *Record
	}{{before, &l.Before}, {after, &l.After}} {
		switch {
		case !side.there:
		case w.reading:
			*side.record = w.get()
		default:
			w.put(*side.record)
		}
	}
}

func (w *wire) notifications(e *Event) {
	count := w.count(len(e.Notifications))
	if w.reading && count > 0 {
		e.Notifications = make([]Notification, count)
	}
	for i := range e.Notifications {
		n := &e.Notifications[i]
		w.shared(slotKind, (*string)(&n.Kind))
		w.text((*string)(&n.To))
		w.shared(slotPartner, (*string)(&n.Partner))
		w.shared(slotClient, (*string)(&n.Client))
	}
}

// count is how many items follow. Each takes a byte at least, so that a wrong
// count is noticed before memory is taken for it.
func (w *wire) count(n int) int {
	read := w.number(uint64(n))
	if w.reading && read > uint64(len(w.in)-w.at) {
		w.fail("is cut short")
		return 0
	}
	return int(read)
}
