package guard

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
)

// The zero Decision is no answer, and so no yes.
func TestASK1_TheZeroDecision(t *testing.T) {
	refused := refusal(access.Decision{})
	require.NotNil(t, refused)
	require.ErrorIs(t, refused, ErrUnavailable)
}
