package access_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/storage"
)

func TestLINK5_ADamagedNoteIsAnError(t *testing.T) {
	const position, waiting, givenUp = "notifications/position", "notifications/waiting/", "notifications/given-up/"
	name := "00000000000000000001/0000000000"
	good := `0 {"notification":{"kind":"approved","to":"ann","partner":"northwind","client":"lumen"},"recorded":"2026-03-02T09:00:00Z"}`
	with := func(more string) string { return strings.TrimSuffix(good, "}") + "," + more + "}" }
	for _, damage := range []struct {
		what, key, note string
		want            error
	}{
		{"a position that is no number", position, "x", storage.ErrCorrupt},
		{"an empty position", position, "", storage.ErrCorrupt},
		{"a negative position", position, "-1", storage.ErrCorrupt},
		{"a position of another store", position, "4711", storage.ErrAhead},
		{"a position that has gone back", position, "1", storage.ErrCorrupt},
		{"no JSON", waiting + name, "x", storage.ErrCorrupt},
		{"nothing", waiting + name, "", storage.ErrCorrupt},
		{"two values", waiting + name, good + good, storage.ErrCorrupt},
		{"an unknown field", waiting + name, with(`"more":1`), storage.ErrCorrupt},
		{"a field twice", waiting + name, with(`"leases":1,"leases":2`), storage.ErrCorrupt},
		{"due at no instant", waiting + name, strings.Replace(good, "0", "soon", 1), storage.ErrCorrupt},
		{"due at an instant written otherwise", waiting + name, "0" + good, storage.ErrCorrupt},
		{"due and no more", waiting + name, "0", storage.ErrCorrupt},
		{"recorded at no instant", waiting + name, strings.Replace(good, "2026-", "", 1), storage.ErrCorrupt},
		{"to nobody", waiting + name, strings.Replace(good, "ann", "", 1), storage.ErrCorrupt},
		{"of no kind", waiting + name, strings.Replace(good, "approved", "", 1), storage.ErrCorrupt},
		{"never recorded", waiting + name, strings.Replace(good, "2026-03-02T09", "0001-01-01T00", 1), storage.ErrCorrupt},
		{"more tries than leases", waiting + name, with(`"runOut":1`), storage.ErrCorrupt},
		{"fewer than no tries", waiting + name, with(`"leases":1,"runOut":-1`), storage.ErrCorrupt},
		{"leased for ever", waiting + name, with(`"leases":1,"leased":true`), storage.ErrCorrupt},
		{"given up and waiting", waiting + name, with(`"why":"x"`), storage.ErrCorrupt},
		{"given up without why", givenUp + name, good, storage.ErrCorrupt},
		{"a short name", waiting + "1/0", good, storage.ErrCorrupt},
		{"a name with more", waiting + name + "/0", good, storage.ErrCorrupt},
		{"a name without index", waiting + "00000000000000000001", good, storage.ErrCorrupt},
		{"the name of none", waiting + "00000000000000000000/0000000000", good, storage.ErrCorrupt},
		{"a negative index", waiting + "00000000000000000001/-000000001", good, storage.ErrCorrupt},
	} {
		t.Run(damage.what, func(t *testing.T) {
			s := play(t)
			leased := s.leaseOne()
			s.note(damage.key, damage.note)
			notes := s.notes()
			_, err := s.Manager.LeaseNotifications(t.Context(), access.Host(), 100)
			if damage.key != givenUp+name {
				require.ErrorIs(t, err, damage.want)
			}
			if damage.key != position {
				_, err = s.Manager.UndeliveredNotifications(t.Context(), access.Host())
				require.ErrorIs(t, err, damage.want)
				require.ErrorContains(t, err, damage.key)
			}
			require.Equal(t, notes, s.notes())
			id := access.NotificationID{Revision: 1}
			if damage.key == givenUp+name {
				require.ErrorIs(t, s.Manager.DeliverAgain(t.Context(), access.Host(), id), storage.ErrCorrupt)
				require.ErrorIs(t, s.undeliverable(access.Delivery{ID: id, Lease: 1}, "x"), storage.ErrCorrupt)
			}
			s.delivered(leased)
		})
	}
	s := play(t)
	s.note(waiting+name, good)
	require.Len(t, s.lease(100), 2, "what is not damaged is read")
}
