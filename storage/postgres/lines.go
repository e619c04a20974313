package postgres

import (
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// putLines queues what the lines of commits leave. Of the same record only the
// last counts. Nothing has to be deferred to the end of the transaction: unique
// values are given free first, what others refer to is written before them, and
// what is deleted goes last.
func (s *script) putLines(batch []storage.Commit) {
	n := 0
	for _, commit := range batch {
		for _, event := range commit.Events {
			n += len(event.Lines)
		}
	}
	lines, at := make([]relationship.Line, 0, n), make(map[relationship.Key]int, n)
	for _, commit := range batch {
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				key := line.Key()
				if i, known := at[key]; known {
					lines[i].After = line.After
					continue
				}
				at[key] = len(lines)
				lines = append(lines, line)
			}
		}
	}
	added, changed := records{}, records{}
	gone := map[relationship.Kind][]relationship.Key{}
	for _, line := range lines {
		if line.Before == nil && line.After == nil {
			continue // it came and went
		}
		switch key := line.Key(); {
		case line.After == nil:
			gone[key.Kind] = append(gone[key.Kind], key)
		case line.Before == nil:
			added[key.Kind] = append(added[key.Kind], line.After)
		default:
			changed[key.Kind] = append(changed[key.Kind], line.After)
		}
	}
	for kind, some := range added {
		if len(some) <= s.few {
			changed[kind] = append(changed[kind], some...)
			delete(added, kind)
		}
	}
	s.release(changed, gone)
	s.putAll(added, changed)
	for i := len(tables) - 1; i >= 0; i-- {
		tables[i].table.remove(s, gone[tables[i].kind])
	}
}

// records are some by kind.
type records map[relationship.Kind][]relationship.Record

// putAll queues what writes records, those first to which others refer.
func (s *script) putAll(added, changed records) {
	for _, each := range tables {
		each.table.add(s, added[each.kind])
		each.table.put(s, changed[each.kind])
		if each.kind == relationship.KindPartner {
			s.putDomains(slices.Concat(added[each.kind], changed[each.kind]))
		}
	}
}

// address is the e-mail address that a user is going to have; empty for none.
type address struct{ user, email string }

// release queues what gives e-mail addresses and domains free that are going to
// be another's.
func (s *script) release(changed records, gone map[relationship.Kind][]relationship.Key) {
	var addresses []address
	for _, record := range changed[relationship.KindUser] {
		user := record.(relationship.User)
		addresses = append(addresses, address{string(user.ID), string(user.Email)})
	}
	for _, key := range gone[relationship.KindUser] {
		addresses = append(addresses, address{user: key.First})
	}
	if len(addresses) > 0 {
		s.queue("UPDATE clientaccess.users AS kept SET email = NULL"+
			" FROM unnest($1::text::text[], $2::text::text[]) AS sent (user_id, email)"+
			" WHERE kept.user_id = sent.user_id AND kept.email IS NOT NULL AND kept.email IS DISTINCT FROM sent.email",
			array(addresses, func(b []byte, a *address) []byte { return appendText(b, a.user) }),
			array(addresses, func(b []byte, a *address) []byte { return appendText(b, a.email) }))
	}
	keys := gone[relationship.KindPartner]
	for _, record := range changed[relationship.KindPartner] {
		keys = append(keys, record.Key())
	}
	if len(keys) > 0 {
		s.queue("DELETE FROM clientaccess.partner_domains AS kept USING unnest($1::text::text[]) AS sent (partner_id)"+
			" WHERE kept.partner_id = sent.partner_id",
			array(keys, func(b []byte, key *relationship.Key) []byte { return appendText(b, key.First) }))
	}
}

// owned is a domain and its partner.
type owned struct{ domain, partner string }

func (s *script) putDomains(partners []relationship.Record) {
	var domains []owned
	for _, record := range partners {
		partner := record.(relationship.Partner)
		for _, domain := range partner.Domains.List() {
			domains = append(domains, owned{string(domain), string(partner.ID)})
		}
	}
	if len(domains) > 0 {
		s.queue("INSERT INTO clientaccess.partner_domains (domain, partner_id)"+
			" SELECT domain, partner_id FROM unnest($1::text::text[], $2::text::text[]) AS sent (domain, partner_id)",
			array(domains, func(b []byte, o *owned) []byte { return appendText(b, o.domain) }),
			array(domains, func(b []byte, o *owned) []byte { return appendText(b, o.partner) }))
	}
}
