package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

func TestSlice(t *testing.T) {
	w := accesstest.New(t)
	r := w.AddEmployee("bob", "support", "contacts.view.all")
	t.Log(r)
	require.True(t, w.Manager.Can("bob", accesstest.Client, w.Permission("contacts.view.all")))
	p, err := w.Manager.Plan(context.Background(), access.By("ann"), access.RemoveEmployee{Employee: "bob"})
	require.NoError(t, err)
	t.Log(p)
	text, err := p.MarshalText()
	require.NoError(t, err)
	p2, err := access.ParsePlan(text)
	require.NoError(t, err)
	res, err := w.Manager.Apply(context.Background(), access.By("ann"), p2)
	require.NoError(t, err)
	t.Log(res)
	p, err = w.Manager.Plan(context.Background(), access.By("ann"), access.RemoveEmployees{Client: "lumen"})
	require.NoError(t, err)
	t.Log(p)
}
