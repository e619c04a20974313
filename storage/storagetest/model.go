package storagetest

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// model is what a store has to be, in plain maps, so simple that it can be
// checked by eye. It answers every question by looking at everything.
type model struct {
	records map[relationship.Key]relationship.Record
	// before and touched are what Changed is made of.
	before  map[relationship.Key]relationship.Record
	touched []relationship.Key
	// events holds the lines of each event that was logged.
	events [][]relationship.Line
}

func newModel() *model {
	return &model{
		records: map[relationship.Key]relationship.Record{},
		before:  map[relationship.Key]relationship.Record{},
	}
}

// clone is the model of a change upon this one.
func (m *model) clone() *model {
	fork := newModel()
	fork.records = maps.Clone(m.records)
	return fork
}

// holders lists the other records that have a unique value of this one.
func (m *model) holders(record relationship.Record) []relationship.Key {
	var keys []relationship.Key
	for key, other := range m.records {
		if key != record.Key() && slices.ContainsFunc(values(record), func(value string) bool {
			return slices.Contains(values(other), value)
		}) {
			keys = append(keys, key)
		}
	}
	return keys
}

// values are the unique values of a record.
func values(record relationship.Record) []string {
	var all []string
	switch noun := record.(type) {
	case relationship.User:
		all = append(all, string(storage.ByEmail)+" "+string(noun.Email))
	case relationship.Partner:
		for _, domain := range noun.Domains.List() {
			all = append(all, string(storage.ByDomain)+" "+string(domain))
		}
	}
	return all
}

// set writes a record, or nil for none.
func (m *model) set(key relationship.Key, record relationship.Record) {
	if _, touched := m.before[key]; !touched {
		m.before[key] = m.records[key]
		m.touched = append(m.touched, key)
	}
	if record == nil {
		delete(m.records, key)
	} else {
		m.records[key] = record
	}
}

func (m *model) changed() []relationship.Line {
	var lines []relationship.Line
	for _, key := range m.touched {
		if m.before[key] != m.records[key] {
			lines = append(lines, relationship.Line{Before: m.before[key], After: m.records[key]})
		}
	}
	return lines
}

func (m *model) log() {
	m.events = append(m.events, m.changed())
	m.before, m.touched = map[relationship.Key]relationship.Record{}, nil
}

// query is one question to a Reader. Not every question uses every part.
type query struct {
	Kind          relationship.Kind
	First, Second string
	After         string
	Limit         int
	Email, Domain string
	At            time.Time
}

// answers is what came back.
type answers struct {
	Got                   relationship.Record
	ByEmail, ByDomain     relationship.Record
	Scan, Reverse, All    []relationship.Record
	Due                   []relationship.Key
	DueInOrder, DueInTime bool
}

// ask puts all the questions to a Reader.
func (q query) ask(r storage.Reader) answers {
	got, _ := r.Get(relationship.Key{Kind: q.Kind, First: q.First, Second: q.Second})
	byEmail, _ := r.Find(storage.ByEmail, q.Email)
	byDomain, _ := r.Find(storage.ByDomain, q.Domain)
	due := slices.Collect(r.Due(q.At))
	return answers{
		Got: got, ByEmail: byEmail, ByDomain: byDomain,
		Scan:    take(r.Scan(q.Kind, q.First, q.After), q.Limit),
		Reverse: take(r.Reverse(q.Kind, q.First, q.After), q.Limit),
		All:     take(r.All(q.Kind, q.cursor()), q.Limit),
		Due:     slices.SortedFunc(slices.Values(keysOf(slices.Values(due))), compareKeys),
		// Those of one instant may come in any order.
		DueInOrder: slices.IsSortedFunc(due, func(a, b relationship.Relationship) int { return a.Due().Compare(b.Due()) }),
		DueInTime:  !slices.ContainsFunc(due, func(r relationship.Relationship) bool { return r.Due().After(q.At) }),
	}
}

func (q query) cursor() relationship.Key {
	if q.After == "" {
		return relationship.Key{}
	}
	return relationship.Key{Kind: q.Kind, First: q.After, Second: q.Second}
}

// want is what the model answers.
func (m *model) want(q query) answers {
	sorted := sortedKeys(m.records)
	page := func(order func(a, b relationship.Key) int, fits func(relationship.Key) bool) []relationship.Record {
		keys := keep(sorted, func(key relationship.Key) bool { return key.Kind == q.Kind && fits(key) })
		slices.SortStableFunc(keys, order)
		return take(m.all(keys), q.Limit)
	}
	found := func(value string) relationship.Record {
		for _, record := range m.records {
			if slices.Contains(values(record), value) {
				return record
			}
		}
		return nil
	}
	due := keep(sorted, func(key relationship.Key) bool {
		r, is := m.records[key].(relationship.Relationship)
		return is && !r.Due().IsZero() && !r.Due().After(q.At)
	})
	return answers{
		Got:     m.records[relationship.Key{Kind: q.Kind, First: q.First, Second: q.Second}],
		ByEmail: found(string(storage.ByEmail) + " " + q.Email), ByDomain: found(string(storage.ByDomain) + " " + q.Domain),
		Scan: page(compareKeys, func(key relationship.Key) bool {
			return key.First == q.First && key.Second > q.After || key.First == q.First && q.After == ""
		}),
		Reverse: page(func(a, b relationship.Key) int { return cmp.Compare(a.First, b.First) },
			func(key relationship.Key) bool {
				return q.First != "" && storage.ReverseOf(m.records[key]) == q.First && key.First > q.After
			}),
		All: page(compareKeys, func(key relationship.Key) bool { return q.After == "" || compareKeys(key, q.cursor()) > 0 }),
		Due: due, DueInOrder: true, DueInTime: true,
	}
}

func (m *model) all(keys []relationship.Key) iter.Seq[relationship.Record] {
	return func(yield func(relationship.Record) bool) {
		for _, key := range keys {
			if !yield(m.records[key]) {
				return
			}
		}
	}
}
