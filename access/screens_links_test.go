package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What a partner sees of its links is who and when, and nothing that opens one.
func TestLINK1_TheLinksOfAPartnerAreListedWithoutTheirSecrets(t *testing.T) {
	w := accesstest.New(t) // with a link for ann
	w.Employee("bob")
	w.Clock.Turn(time.Hour)
	bob := w.Issue(access.By("ann"), "bob")
	w.Clock.Turn(time.Hour)
	rotated, err := w.Manager.RotateLink(context.Background(), access.By("ann"), bob.Selector)
	require.NoError(t, err)
	secrets := []relationship.Secret{w.Link.Secret, bob.Secret, rotated.Secret}
	show := func(query access.LinkQuery) []relationship.Selector {
		var shown []relationship.Selector
		for _, row := range screenRows(t, w.Manager.Links(access.By("ann"), query)) {
			shown = append(shown, row.Selector)
			written, err := json.Marshal(row)
			require.NoError(t, err)
			text := fmt.Sprintf("%s %+v %#v", written, row, row)
			link, _ := storage.Get[relationship.Link](w.Store.Snapshot(), relationship.LinkKey(row.Selector))
			require.NotContains(t, text, link.Hash.String())
			require.NotContains(t, text, fmt.Sprintf("%#v", link.Hash))
			for _, secret := range secrets {
				require.NotContains(t, text, strings.Split(secret.Reveal(), "_")[2])
			}
		}
		return shown
	}
	ann := w.Link.Selector
	require.Equal(t, []relationship.Selector{ann, rotated.Selector, bob.Selector}, show(access.LinkQuery{}), "by name, the newest first")
	require.Equal(t, []relationship.Selector{bob.Selector}, show(access.LinkQuery{States: []access.LinkState{access.LinkRevoked}}))
	require.Equal(t, []relationship.Selector{ann}, show(access.LinkQuery{Employees: []relationship.UserID{"ann"}}))
	require.Equal(t, []relationship.Selector{rotated.Selector, bob.Selector}, show(access.LinkQuery{Search: "bob"}))

	row := screenRows(t, w.Manager.Links(access.By("ann"), access.LinkQuery{Search: "bob"}))[0]
	require.Equal(t, access.LinkRow{
		Partner: "northwind", Selector: rotated.Selector, Employee: "bob", Name: "User bob", IssuedBy: "ann", IssuedByName: "User ann",
		Issued: rotated.Issued, Expires: rotated.Expires, State: access.LinkLive, Asks: rotated.Asks,
	}, row)
	view, err := w.Manager.OpenLink(context.Background(), access.By("carla"), "lumen", rotated.Secret)
	require.NoError(t, err)
	require.Equal(t, rotated.Expires, view.Expires, "who opens it is told until when")

	// One that shows something else by now has to be issued anew.
	w.Do(access.By("ann"), access.EndEmployment{Employee: "bob"})
	require.True(t, screenRows(t, w.Manager.Links(access.By("ann"), access.LinkQuery{Search: "bob"}))[0].Changed)
	w.Clock.Set(rotated.Expires.Add(-time.Microsecond))
	require.Equal(t, []relationship.Selector{rotated.Selector}, show(access.LinkQuery{States: []access.LinkState{access.LinkLive}}))
	w.Clock.Set(rotated.Expires)
	require.Empty(t, show(access.LinkQuery{States: []access.LinkState{access.LinkLive}}))
	require.Equal(t, []relationship.Selector{ann, rotated.Selector},
		show(access.LinkQuery{States: []access.LinkState{access.LinkExpired}}), "and one that is both is revoked")
}

// A partner sees its own links, and no other partner's.
func TestLINK1_LinksAreThePartnersOwn(t *testing.T) {
	w := assemble(t)
	own := screenRows(t, w.Manager.Links(access.Host(), access.LinkQuery{Partner: "northwind"}))
	require.NotEmpty(t, own)
	for _, row := range screenRows(t, w.Manager.Links(access.By("olaf"), access.LinkQuery{})) {
		require.Equal(t, fabrikam, row.Partner)
	}
}
