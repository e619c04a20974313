package access_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
)

func TestASK2_AReasonIsACodeForPrograms(t *testing.T) {
	seen := map[string]bool{}
	for reason := access.ReasonUndecided; ; reason++ {
		code, err := reason.MarshalText()
		if strings.HasPrefix(reason.String(), "reason ") {
			require.ErrorIs(t, err, access.ErrInvalid)
			break
		}
		require.NoError(t, err)
		require.Regexp(t, "^[a-z_]+$", string(code))
		require.False(t, seen[string(code)])
		seen[string(code)] = true
		var read access.Reason
		require.NoError(t, read.UnmarshalText(code))
		require.Equal(t, reason, read)
	}
	require.Len(t, seen, 23)
	var read access.Reason
	require.ErrorIs(t, read.UnmarshalText([]byte("nothing")), access.ErrInvalid)
}

func TestASK2_ADecisionIsWrittenAsJSON(t *testing.T) {
	w := accesstest.New(t)
	for want, d := range map[string]access.Decision{
		`{"allowed":true,"reason":"allowed","revision":%d}`:       w.Manager.CheckName(accesstest.SuperAdmin, accesstest.Client, crm.ReportsView),
		`{"allowed":false,"reason":"unknown_user","revision":%d}`: w.Manager.CheckName("nobody", accesstest.Client, crm.ReportsView),
	} {
		text, err := json.Marshal(d)
		require.NoError(t, err)
		require.JSONEq(t, fmt.Sprintf(want, w.Store.Snapshot().Revision()), string(text))
	}
	text, err := json.Marshal(access.Decision{})
	require.NoError(t, err)
	require.JSONEq(t, `{"allowed":false,"reason":"undecided","revision":0}`, string(text))
}
