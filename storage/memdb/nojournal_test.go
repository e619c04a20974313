package memdb_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

func TestOpen_NeedsAJournal(t *testing.T) {
	store, err := memdb.Open(context.Background(), nil)
	var field *relationship.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, "journal", field.Field)
	require.Nil(t, store)
}
