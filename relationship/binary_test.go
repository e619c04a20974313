package relationship_test

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// leaf is one field of a noun, however deep, by its name.
type leaf struct {
	name string
	of   func(reflect.Value) reflect.Value
}

// leaves lists the fields of a struct down to what has no fields of its own.
func leaves(noun reflect.Type) []leaf {
	var found []leaf
	for i := range noun.NumField() {
		field := noun.Field(i)
		step := func(v reflect.Value) reflect.Value { return v.Field(i) }
		switch field.Type {
		case reflect.TypeFor[time.Time](), reflect.TypeFor[permset.Names](), reflect.TypeFor[relationship.Digest]():
			found = append(found, leaf{field.Name, step})
			continue
		}
		switch field.Type.Kind() {
		case reflect.Struct:
			for _, inner := range leaves(field.Type) {
				found = append(found, leaf{field.Name + "." + inner.name, func(v reflect.Value) reflect.Value { return inner.of(step(v)) }})
			}
		case reflect.Slice: // each item is tested by itself
		default:
			found = append(found, leaf{field.Name, step})
		}
	}
	return found
}

// differ gives a field another value, which can be written.
func differ(t testing.TB, field reflect.Value) {
	switch value := field.Interface().(type) {
	case time.Time:
		field.Set(reflect.ValueOf(value.Add(time.Hour)))
		return
	case permset.Names:
		field.Set(reflect.ValueOf(value.Union(permset.MustNames("x.differs"))))
		return
	case relationship.Digest:
		value[31] ^= 1
		field.Set(reflect.ValueOf(value))
		return
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(field.String() + "x")
	case reflect.Bool:
		field.SetBool(!field.Bool())
	case reflect.Int, reflect.Int64:
		field.SetInt(field.Int() + 1)
	case reflect.Uint64:
		field.SetUint(field.Uint() + 1)
	default:
		t.Fatalf("the test does not know how to change a %s", field.Type())
	}
}

// changed are the copies of a noun in which one field is another.
func changed[Noun any](t testing.TB, noun Noun) map[string]Noun {
	all := map[string]Noun{}
	typ := reflect.TypeOf(noun)
	for _, field := range leaves(typ) {
		other := reflect.New(typ).Elem()
		other.Set(reflect.ValueOf(noun))
		differ(t, field.of(other))
		all[typ.Name()+"."+field.name] = other.Interface().(Noun)
	}
	return all
}

// changedEvents are the copies of an event in which one thing is another. It
// has a line that leaves something, one that leaves nothing, and a notification.
func changedEvents(event relationship.Event) map[string]relationship.Event {
	all := changed(nil, event)
	add := func(name string, change func(*relationship.Event)) {
		other := event
		other.Lines, other.Notifications = slices.Clone(other.Lines), slices.Clone(other.Notifications)
		change(&other)
		all[name] = other
	}
	for name, after := range changed(nil, event.Lines[0].After) {
		add("a line's "+name, func(e *relationship.Event) { e.Lines[0].After = after })
	}
	for name, n := range changed(nil, event.Notifications[0]) {
		add(name, func(e *relationship.Event) { e.Notifications[0] = n })
	}
	add("a line is gone", func(e *relationship.Event) { e.Lines = e.Lines[1:] })
	add("another one gone", func(e *relationship.Event) { e.Lines[1].Before = once })
	add("not gone", func(e *relationship.Event) { e.Lines[1].After = e.Lines[1].Before })
	add("no notification", func(e *relationship.Event) { e.Notifications = nil })
	return all
}

// A field that somebody adds to a noun, and forgets to write, would be lost in
// journals and free to be changed in the log.
func TestBinary_EveryFieldOfEveryNounIsWritten(t *testing.T) {
	fields := 0
	for _, record := range all {
		written := must(relationship.AppendRecord(nil, record))
		for name, other := range changed(t, record) {
			require.NotEqual(t, written, must(relationship.AppendRecord(nil, other)), name)
			hash, otherHash := must(relationship.HashRecord(record)), must(relationship.HashRecord(other))
			personal := slices.Contains([]string{"User.Name", "User.Email", "User.Salt"}, name)
			require.Equal(t, personal, hash == otherHash, name)
			fields++
		}
	}
	t.Logf("%d fields of %d kinds", fields, len(relationship.Kinds()))
	whole := func(event relationship.Event) string {
		var e relationship.Encoder
		e.Reset(nil)
		e.Event(&event)
		return string(must(e.Bytes()))
	}
	for name, other := range changedEvents(approved) {
		require.NotEqual(t, whole(approved), whole(other), name)
	}
	before := approved
	before.Lines = slices.Clone(before.Lines)
	before.Lines[0].Before = standard
	require.NotEqual(t, whole(approved), whole(before))
}

// The form is for good: what was written once is read by every later version.
func TestBinary_AWrittenRecordLooksLikeThis(t *testing.T) {
	for want, record := range map[string]relationship.Record{
		// version, kind, "lumen" in full, "Lumen AG", no flag, 1 super admin
		"01" + "07" + "0a6c756d656e" + "084c756d656e204147" + "00" + "02": with(lumen, func(c *relationship.Client) { c.SuperAdmins = 1 }),
		// the texts in full, the set in full, no flag, no end, an instant, the same again, nobody
		"01" + "08" + "0a" + hex.EncodeToString([]byte("lumen")) + "03" + hex.EncodeToString([]byte("ann")) +
			"1a" + hex.EncodeToString([]byte("partner admin")) + "1a" + hex.EncodeToString([]byte("contacts.view")) +
			"12" + hex.EncodeToString([]byte("northwind")) + "00" + "00" + "00" + "00" + "8190dcfcd981a606" + "01" + "000000": managed,
		"01" + "0b" + "0a6c756d656e" + "03616e6e" + "03" + "00" + "a1a4df9a0d": with(standing,
			func(s *relationship.Standing) { s.Barred, s.Pause = true, relationship.NewPause(onDay(5)) }),
	} {
		written := must(relationship.AppendRecord(nil, record))
		require.Equal(t, want, hex.EncodeToString(written), record.Key().String())
		require.Equal(t, append([]byte("before"), written...), must(relationship.AppendRecord([]byte("before"), record)))
	}
}

// anyRecord is one of those of the tests with some fields set to anything.
func anyRecord(t *rapid.T) relationship.Record {
	record := rapid.SampledFrom(full()).Draw(t, "record")
	other := reflect.New(reflect.TypeOf(record)).Elem()
	other.Set(reflect.ValueOf(record))
	fields := leaves(other.Type())
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		field := rapid.SampledFrom(fields).Draw(t, "field").of(other)
		switch field.Interface().(type) {
		case time.Time:
			second := rapid.Int64Range(-62167219200, 253402300799).Draw(t, "second")
			micro := rapid.SampledFrom([]int64{0, 0, 1, 999_999}).Draw(t, "microsecond")
			field.Set(reflect.ValueOf(time.Unix(second, micro*1000).UTC()))
		case permset.Names:
			names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b.c", "reports.view"}), 0, 3).Draw(t, "names")
			field.Set(reflect.ValueOf(permset.MustNames(names...)))
		case relationship.Digest:
			field.Set(reflect.ValueOf(relationship.Digest{rapid.Byte().Draw(t, "digest")}))
		default:
			switch field.Kind() {
			case reflect.String:
				field.SetString(rapid.OneOf(rapid.SampledFrom([]string{
					"", "ann", "lumen", "standard", "super admin", "client", "partner", "host", "active", "ended", "left", "\xff", "a\x00",
				}), rapid.StringN(0, 300, 300)).Draw(t, "text"))
			case reflect.Bool:
				field.SetBool(rapid.Bool().Draw(t, "flag"))
			case reflect.Uint64:
				field.SetUint(rapid.Uint64().Draw(t, "number"))
			default:
				field.SetInt(rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64()).Draw(t, "number"))
			}
		}
	}
	return other.Interface().(relationship.Record)
}

// What may be stored is read back as it was; everything else is refused when it
// is read.
func TestBinary_ReadsWhatItWroteAndMayBeStored(t *testing.T) {
	read, refused := map[relationship.Kind]int{}, map[relationship.Kind]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			record := anyRecord(t)
			written, err := relationship.AppendRecord(nil, record)
			if err != nil {
				require.Error(t, record.Check(), "what may be stored can be written")
				continue
			}
			back, err := relationship.ReadRecord(written)
			if record.Check() != nil {
				require.Error(t, err)
				refused[record.Key().Kind]++
				continue
			}
			require.NoError(t, err)
			require.True(t, record == back, "%#v\n%#v", record, back)
			require.Equal(t, written, must(relationship.AppendRecord(nil, back)))
			read[record.Key().Kind]++
		}
	})
	t.Logf("read back %v, refused %v", read, refused)
	require.Len(t, read, len(relationship.Kinds()))
}

// Many records in one stream share their texts and sets, and are read back in
// turn, by a Decoder that has read others before.
func TestBinary_StreamsAreReadBack(t *testing.T) {
	var e relationship.Encoder
	var d relationship.Decoder
	records := 0
	rapid.Check(t, func(t *rapid.T) {
		var stream []relationship.Record
		for range rapid.IntRange(0, 40).Draw(t, "length") {
			if record := anyRecord(t); record.Check() == nil {
				stream = append(stream, record)
			}
		}
		event := relationship.Event{Change: "x", Actor: relationship.Actor{Kind: relationship.ByHost}}
		for _, record := range stream {
			event.Lines = append(event.Lines, relationship.Line{After: record}, relationship.Line{Before: record}, relationship.Line{Before: record, After: record})
		}
		e.Reset(nil)
		e.Uint(uint64(len(stream)))
		for _, record := range stream {
			e.Record(record)
		}
		e.Event(&event)
		e.Event(&approved)
		e.Digest(salt)
		e.Instant(day)
		e.Text("end")
		written := must(e.Bytes())
		if rapid.Bool().Draw(t, "shared") {
			d.ResetShared(string(written))
		} else {
			d.Reset(written)
		}
		require.Equal(t, len(stream), d.Count())
		for _, record := range stream {
			require.True(t, d.More())
			require.True(t, record == d.Record())
			require.NoError(t, d.Err())
			records++
		}
		require.Equal(t, event, d.Event())
		require.Equal(t, approved, d.Event())
		require.Equal(t, salt, d.Digest())
		require.Equal(t, day, d.Instant())
		require.Error(t, errOfFinish(d), "there is a text to be read")
		require.Equal(t, "end", d.Text())
		require.False(t, d.More())
		require.NoError(t, d.Finish())
	})
	t.Logf("%d records", records)
}

// errOfFinish asks a copy, because the error stays.
func errOfFinish(d relationship.Decoder) error { return d.Finish() }

// Ten thousand members of one client with a set of many permissions take
// little more than their ids.
func TestBinary_WhatRepeatsIsWrittenOnce(t *testing.T) {
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("area.permission-p%d", i))
	}
	set := permset.MustNames(names...)
	var e relationship.Encoder
	var d relationship.Decoder
	e.Reset(nil)
	const members = 10_000
	for i := range members {
		member := with(managed, func(m *relationship.Member) { m.User, m.Set = relationship.UserID(fmt.Sprintf("user-%06d", i)), set })
		e.Member(&member)
	}
	written := must(e.Bytes())
	require.Less(t, len(written), members*28)
	d.Reset(written)
	for i := range members {
		var read relationship.Member
		d.Member(&read)
		require.Equal(t, fmt.Sprintf("user-%06d", i), string(read.User))
		require.Equal(t, set, read.Set)
	}
	require.NoError(t, d.Finish())
}

func TestBinary_RefusesWhatItDidNotWrite(t *testing.T) {
	client := string(must(relationship.AppendRecord(nil, lumen)))
	ours := "\x01\x08\x0alumen\x03ann\x10standard"
	rest := "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	_, err := relationship.ReadRecord([]byte(ours + "\x04ab" + rest[:]))
	require.NoError(t, err)
	for name, written := range map[string]struct{ text, says string }{
		"nothing":                       {"", "is cut short"},
		"a version of the future":       {"\x02" + client[1:], "version"},
		"JSON":                          {string(must(relationship.EncodeRecord(lumen))), "version"},
		"no kind":                       {"\x01", "is cut short"},
		"a kind of none":                {"\x01\x00" + client[2:], "unknown kind"},
		"a kind of the future":          {"\x01\x0d" + client[2:], "unknown kind"},
		"something behind":              {client + "\x00", "behind its end"},
		"two records":                   {client + client[1:], "behind its end"},
		"a number too long":             {"\x01\x07\x8a\x00lumen" + client[8:], "too long"},
		"a number too large":            {"\x01\x07" + strings.Repeat("\xff", 9) + "\x7f" + client[8:], "too large"},
		"a number without end":          {"\x01\x07" + strings.Repeat("\xff", 3), "is cut short"},
		"a text longer than the record": {"\x01\x07\xfe\x01lumen", "is cut short"},
		"a text that is not there":      {"\x01\x07\x01" + client[8:], "not there"},
		"a text written out again":      {"\x01\x08\x0alumen\x03ann\x10standard\x00\x10standard" + rest[2:], "again"},
		"a flag of the future":          {client[:len(client)-2] + "\x02\x00", "flag"},
		"a set that is not there":       {ours + "\x01" + rest, "not there"},
		"a set out of order":            {ours + "\x06b a" + rest, "canonical"},
		"a set with a name twice":       {ours + "\x06a a" + rest, "canonical"},
		"a set with a name of none":     {ours + "\x02A" + rest, "canonical"},
		"a set of more white space":     {ours + "\x08a  b" + rest, "canonical"},
		"the zero time as another":      {ours + "\x04ab" + "\x00\x00\x00\x00\x00" + "\x80\x80\xde\xf2\xdf\xff\xdf\xdc\x01" + "\x00\x00\x00\x00", "instant"},
		"a record that fails Check":     {"\x01\x07\x00\x08Lumen AG\x00\x00", "is empty"},
	} {
		read, err := relationship.ReadRecord([]byte(written.text))
		require.ErrorContains(t, err, written.says, name)
		require.Nil(t, read, name)
		var refusal *relationship.FieldError
		require.ErrorAs(t, err, &refusal, name)
	}
	for _, record := range all {
		written := must(relationship.AppendRecord(nil, record))
		for size := range written {
			_, err := relationship.ReadRecord(written[:size])
			require.Error(t, err, "%s cut to %d bytes", record.Key(), size)
		}
	}
	var d relationship.Decoder
	var member relationship.Member
	d.Reset([]byte(client))
	d.Member(&member)
	require.ErrorContains(t, d.Err(), "not a member")
	d.Reset(must(relationship.AppendRecord(nil, with(managed, func(m *relationship.Member) { m.User = "" }))))
	d.Member(&member)
	refused(t, d.Err(), "member", "user")
	d.Reset([]byte("\x01\xff\xff\xff\xff\x0f"))
	require.Zero(t, d.Count(), "no memory for what cannot be there")
	require.Error(t, d.Err())
}

type pretender struct{ relationship.Client }

func TestBinary_RefusesWhatItCannotWrite(t *testing.T) {
	for name, record := range map[string]relationship.Record{
		"a pointer":             &lumen,
		"a struct around":       pretender{lumen},
		"nothing":               nil,
		"another zone":          with(managed, func(m *relationship.Member) { m.Since = day.In(time.FixedZone("", 3600)) }),
		"nanoseconds":           with(managed, func(m *relationship.Member) { m.Since = day.Add(1) }),
		"a monotonic reading":   with(managed, func(m *relationship.Member) { m.Since = time.Now() }),
		"a year of five digits": with(managed, func(m *relationship.Member) { m.Since = day.AddDate(9000, 0, 0) }),
		"a year before 0":       with(managed, func(m *relationship.Member) { m.Since = day.AddDate(-3000, 0, 0) }),
		"half a second":         with(managed, func(m *relationship.Member) { m.End = day.Add(time.Second / 2) }),
		"zero in another zone":  with(managed, func(m *relationship.Member) { m.Since = time.Time{}.In(time.FixedZone("", 3600)) }),
	} {
		_, err := relationship.AppendRecord(nil, record)
		var refusal *relationship.FieldError
		require.ErrorAs(t, err, &refusal, name)
		if record != nil {
			_, err = relationship.HashRecord(record)
			require.Error(t, err, name)
		}
	}
}
