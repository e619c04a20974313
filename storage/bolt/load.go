package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Load implements storage.Journal.
func (j *Journal) Load(ctx context.Context, record func(relationship.Record) error) (storage.Head, error) {
	return j.LoadMembers(ctx, record, func(members []relationship.Member) error {
		for _, member := range members {
			if err := record(member); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadMembers implements storage.MembersLoader.
func (j *Journal) LoadMembers(
	ctx context.Context, record func(relationship.Record) error, members func([]relationship.Member) error,
) (storage.Head, error) {
	var h head
	err := j.view(func(tx *bbolt.Tx) (err error) {
		if h, err = getHead(tx); err != nil {
			return err
		}
		var records, notes sum
		err = tx.Bucket(recordBucket).ForEach(func(key, value []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			content, err := unseal(recordBucket, key, value)
			if err != nil {
				return err
			}
			read, err := relationship.ReadRecord(content)
			if err != nil {
				return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
			}
			records.add(value)
			return record(read)
		})
		if err != nil {
			return err
		}
		if err := loadPieces(ctx, tx.Bucket(memberBucket), &records, members); err != nil {
			return err
		}
		err = tx.Bucket(asideBucket).ForEach(func(key, value []byte) error {
			_, err := unseal(asideBucket, key, value)
			notes.add(value)
			return err
		})
		if err == nil && records != h.Records {
			err = fmt.Errorf("%w: the records are not those of the newest commit", storage.ErrCorrupt)
		}
		if err == nil && notes != h.Notes {
			err = fmt.Errorf("%w: the notes are not those that were written", storage.ErrCorrupt)
		}
		return err
	})
	return storage.Head{Revision: h.Revision, At: h.At, Chain: h.Chain}, err
}

// loadPieces hands over the members of all pieces.
func loadPieces(ctx context.Context, bucket *bbolt.Bucket, total *sum, members func([]relationship.Member) error) error {
	var decoder relationship.Decoder
	var piece []relationship.Member
	return bucket.ForEach(func(key, value []byte) (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if piece, err = readPiece(&decoder, key, value, piece[:0]); err != nil {
			return err
		}
		total.add(value)
		return members(piece)
	})
}
