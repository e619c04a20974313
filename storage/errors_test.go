package storage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func TestAConflictNamesBothRecordsAndNotTheValue(t *testing.T) {
	conflict := &storage.ConflictError{
		What: storage.ByEmail, Key: relationship.UserKey("bob"), Holder: relationship.UserKey("ann"),
	}
	err := fmt.Errorf("adding: %w", conflict)
	require.ErrorIs(t, err, storage.ErrConflict)
	require.Equal(t, `adding: conflict: user "bob": the e-mail address belongs to user "ann"`, err.Error())
	var found *storage.ConflictError
	require.ErrorAs(t, err, &found)
	require.Equal(t, relationship.UserKey("ann"), found.Holder)
}

func TestTheNamedOutcomesAreToldApart(t *testing.T) {
	outcomes := []error{
		storage.ErrNotFound, storage.ErrConflict, storage.ErrContended, storage.ErrUnlogged, storage.ErrUnknownOutcome,
		storage.ErrUnconfirmed, storage.ErrDiverged, storage.ErrCompacted, storage.ErrAhead, storage.ErrClosed,
	}
	texts := map[string]bool{}
	for i, one := range outcomes {
		texts[one.Error()] = true
		for j, other := range outcomes {
			require.Equal(t, i == j, errors.Is(fmt.Errorf("wrapped: %w", one), other))
		}
	}
	require.Len(t, texts, len(outcomes))
}
