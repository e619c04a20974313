package permset_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET1_MarksAreNamed(t *testing.T) {
	for _, test := range []struct {
		mark         permset.Mark
		text, asJSON string
	}{
		{0, "none", `[]`},
		{permset.Paid, "paid", `["paid"]`},
		{permset.Paid | permset.Billing, "paid, billing", `["paid","billing"]`},
		{permset.SuperAdminOnly | permset.NeverManaged, "super admin only, never managed", `["super admin only","never managed"]`},
	} {
		require.Equal(t, test.text, test.mark.String())
		data, err := json.Marshal(test.mark)
		require.NoError(t, err)
		require.JSONEq(t, test.asJSON, string(data))
		read := permset.Mark(0xff)
		require.NoError(t, json.Unmarshal(data, &read))
		require.Equal(t, test.mark, read)
	}
}

func TestPSET1_MarkHas(t *testing.T) {
	both := permset.Paid | permset.NeverManaged
	require.True(t, both.Has(permset.Paid))
	require.True(t, both.Has(both))
	require.True(t, both.Has(0))
	require.False(t, both.Has(permset.Paid|permset.Billing), "all the marks asked for, not any")
	require.False(t, permset.Mark(0).Has(permset.Paid))
}

func TestMarkRefusesWhatMeansNothing(t *testing.T) {
	odd := permset.Paid | 0x40
	require.Equal(t, "paid, 0x40", odd.String())
	_, err := json.Marshal(odd)
	require.ErrorContains(t, err, "mark 0x40 means nothing")

	mark := permset.Billing
	for _, data := range []string{`["paid","gold"]`, `"paid"`, `3`, `{}`, `[1]`, `["PAID"]`} {
		require.Error(t, json.Unmarshal([]byte(data), &mark), data)
		require.Equal(t, permset.Billing, mark, "an error changes nothing")
	}
	require.NoError(t, json.Unmarshal([]byte(`["billing","paid","paid"]`), &mark), "any order, repeated or not")
	require.Equal(t, permset.Paid|permset.Billing, mark)
	require.NoError(t, mark.UnmarshalJSON([]byte(`null`)))
	require.Zero(t, mark)
}
