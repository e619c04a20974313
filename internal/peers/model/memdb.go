package model

import (
	"context"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// memberRow is a membership and clientRow a client in go-memdb, a row each. The
// members have two indexes: by user and client, which is unique, and by client.
// Schema, indexers and transactions are used as in the documentation's example:
//
//	https://github.com/hashicorp/go-memdb#example
type memberRow struct {
	User, Client string
	Set          int
	Active       bool
	End          time.Time
}

type clientRow struct {
	ID    string
	Limit time.Time
}

type memdbPeer struct {
	db  *memdb.MemDB
	w   *worlds.World
	now func() time.Time
}

func loadMemdb(ctx context.Context, w *worlds.World) (Peer, error) {
	user, client := &memdb.StringFieldIndex{Field: "User"}, &memdb.StringFieldIndex{Field: "Client"}
	db, err := memdb.NewMemDB(&memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
		"member": {Name: "member", Indexes: map[string]*memdb.IndexSchema{
			"id":     {Name: "id", Unique: true, Indexer: &memdb.CompoundIndex{Indexes: []memdb.Indexer{user, client}}},
			"client": {Name: "client", Indexer: client},
		}},
		"client": {Name: "client", Indexes: map[string]*memdb.IndexSchema{
			"id": {Name: "id", Unique: true, Indexer: &memdb.StringFieldIndex{Field: "ID"}},
		}},
	}})
	if err != nil {
		return nil, err
	}
	return addAll(ctx, w, &memdbPeer{db, w, w.Clock.Now})
}

func (p *memdbPeer) Add(members []worlds.Member) error {
	tx := p.db.Txn(true)
	defer tx.Abort()
	last := ""
	for _, m := range members {
		row := &memberRow{string(m.User), string(m.Client), m.Set, !m.Deactivated, m.End}
		if row.Client != last {
			if err := tx.Insert("client", &clientRow{row.Client, m.Limit}); err != nil {
				return err
			}
			last = row.Client
		}
		if err := tx.Insert("member", row); err != nil {
			return err
		}
	}
	tx.Commit()
	return nil
}

func (p *memdbPeer) Ask(q *worlds.Question) (bool, error) {
	tx := p.db.Txn(false)
	found, err := tx.First("member", "id", string(q.User), string(q.Client))
	if err != nil || found == nil {
		return false, err
	}
	member := found.(*memberRow)
	found, err = tx.First("client", "id", member.Client)
	if err != nil || found == nil {
		return false, err
	}
	if !member.Active || p.over(member.End) || p.over(found.(*clientRow).Limit) {
		return false, nil
	}
	return p.w.Has(member.Set, q.Number), nil
}

// over tells whether an end has come; the zero time never does.
func (p *memdbPeer) over(end time.Time) bool { return !end.IsZero() && !p.now().Before(end) }
