package storagetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// start is when the stories of this package begin. The suite asks no clock.
var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func user(id, email string) relationship.User {
	user, err := relationship.NewUser(relationship.UserID(id), "A Name", email, relationship.Digest{1})
	if err != nil {
		panic(err) // the suite's own fixture
	}
	return user
}

func partner(id string, domains ...string) relationship.Partner {
	partner, err := relationship.NewPartner(relationship.PartnerID(id), "A Partner", relationship.Provider, domains...)
	if err != nil {
		panic(err) // the suite's own fixture
	}
	return partner
}

// client makes a client; number tells its versions apart.
func client(id string) relationship.Client {
	return relationship.Client{ID: relationship.ClientID(id), Name: "A Client"}
}

func numbered(id string, number int) relationship.Client {
	client := client(id)
	client.SuperAdmins = number
	return client
}

func number(r storage.Reader, id string) int {
	client, _ := storage.Get[relationship.Client](r, clientKey(id))
	return client.SuperAdmins
}

func clientKey(id string) relationship.Key { return relationship.ClientKey(relationship.ClientID(id)) }

func userKey(id string) relationship.Key { return relationship.UserKey(relationship.UserID(id)) }

func partnerKey(id string) relationship.Key {
	return relationship.PartnerKey(relationship.PartnerID(id))
}

func member(client, user string) relationship.Member {
	return relationship.Member{
		Client: relationship.ClientID(client), User: relationship.UserID(user),
		Role: relationship.Standard, Since: start, TermFrom: start,
	}
}

func memberKey(client, user string) relationship.Key { return member(client, user).Key() }

// limited makes an active relationship that is due at an instant; the zero
// time for never.
func limited(partner, client string, due time.Time) relationship.Relationship {
	return relationship.Relationship{
		Partner: relationship.PartnerID(partner), Client: relationship.ClientID(client),
		Phase: relationship.Active, Members: 1, Started: start, Activity: start, Limit: due,
	}
}

func event(change string) relationship.Event {
	return relationship.Event{Change: change, Actor: relationship.Actor{Kind: relationship.ByHost}, At: start}
}

// putAll writes records into a change.
func putAll(tx storage.Tx, records ...relationship.Record) error {
	for _, record := range records {
		if err := tx.Put(record); err != nil {
			return err
		}
	}
	return nil
}

// update runs a change that has to succeed.
func update(t require.TestingT, store storage.Store, run func(storage.Tx) error) storage.Revision {
	// A store that is stuck is to fail here and not to hang.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	revision, err := store.Update(ctx, run)
	require.NoError(t, err)
	return revision
}

// commit writes records in one change that has to succeed.
func commit(t require.TestingT, store storage.Store, records ...relationship.Record) storage.Revision {
	return update(t, store, func(tx storage.Tx) error {
		if err := putAll(tx, records...); err != nil {
			return err
		}
		return tx.Log(event("Write"))
	})
}

// remove deletes records in one change that has to succeed.
func remove(t require.TestingT, store storage.Store, keys ...relationship.Key) storage.Revision {
	return update(t, store, func(tx storage.Tx) error {
		for _, key := range keys {
			if err := tx.Delete(key); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return tx.Log(event("Delete"))
	})
}

// content is everything that a Reader shows.
func content(r storage.Reader) map[relationship.Key]relationship.Record {
	all := map[relationship.Key]relationship.Record{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			all[record.Key()] = record
		}
	}
	return all
}

// commits collects the change feed behind a revision.
func commits(t require.TestingT, store storage.Store, after storage.Revision) []storage.Commit {
	var all []storage.Commit
	for commit, err := range store.Changes(context.Background(), after) {
		require.NoError(t, err)
		all = append(all, commit)
	}
	return all
}

// keysOf collects the keys of a sequence.
func keysOf[R relationship.Record](records iter.Seq[R]) []relationship.Key {
	var keys []relationship.Key
	for record := range records {
		keys = append(keys, record.Key())
	}
	return keys
}

// take collects at most limit records.
func take(records iter.Seq[relationship.Record], limit int) []relationship.Record {
	var page []relationship.Record
	if limit == 0 {
		return nil
	}
	for record := range records {
		if page = append(page, record); len(page) == limit {
			break
		}
	}
	return page
}

// sortedKeys returns the keys of a content in the order of kind, First,
// Second.
func sortedKeys(records map[relationship.Key]relationship.Record) []relationship.Key {
	keys := make([]relationship.Key, 0, len(records))
	for key := range records {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}
