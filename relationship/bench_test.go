package relationship_test

import (
	"fmt"
	"testing"

	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// many are members of one client, as one call adds them.
func many() []relationship.Member {
	members := make([]relationship.Member, 10_000)
	for i := range members {
		members[i] = relationship.Member{
			Client: "client-00017", User: relationship.UserID(fmt.Sprintf("user-%06d", i)), Role: relationship.Standard,
			Manager: "northwind", Set: crm.Support(), Template: "support", Since: day, TermFrom: day,
			By: relationship.Actor{Kind: relationship.ByPartnerSide, User: "bob", Partner: "northwind"},
		}
	}
	return members
}

// BenchmarkBinary is the binary form of a membership, in ns per membership:
// alone, and with 10,000 in one stream.
func BenchmarkBinary(b *testing.B) {
	members := many()
	per := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(members)), "ns/membership")
	}
	b.Run("append alone", func(b *testing.B) {
		record, buffer := relationship.Record(members[0]), []byte(nil)
		for b.Loop() {
			buffer, _ = relationship.AppendRecord(buffer[:0], record)
		}
		b.ReportMetric(float64(len(buffer)), "bytes")
	})
	b.Run("read alone", func(b *testing.B) {
		written := must(relationship.AppendRecord(nil, members[0]))
		for b.Loop() {
			_, _ = relationship.ReadRecord(written)
		}
	})
	var e relationship.Encoder
	var written []byte
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			e.Reset(written[:0])
			for i := range members {
				e.Member(&members[i])
			}
			written, _ = e.Bytes()
		}
		per(b)
		b.ReportMetric(float64(len(written))/float64(len(members)), "bytes/membership")
	})
	b.Run("read", func(b *testing.B) {
		var d relationship.Decoder
		var member relationship.Member
		text := string(written)
		for b.Loop() {
			d.ResetShared(text)
			for d.More() {
				d.Member(&member)
			}
			if d.Finish() != nil {
				b.Fatal(d.Finish())
			}
		}
		per(b)
	})
	b.Run("event for the chain", func(b *testing.B) {
		event := relationship.Event{Change: "AddEmployees", Actor: relationship.Actor{Kind: relationship.ByHost}, At: day}
		for i := range members {
			event.Lines = append(event.Lines, relationship.Line{After: members[i]})
		}
		for b.Loop() {
			e.Reset(written[:0])
			e.EventForChain(&event)
			written, _ = e.Bytes()
		}
		per(b)
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			_ = members[7].Check()
		}
	})
}
