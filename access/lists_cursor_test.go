package access_test

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// listField is the field that an ErrInvalid names.
func listField(t require.TestingT, err error) string {
	require.ErrorIs(t, err, access.ErrInvalid)
	field, is := errors.AsType[*relationship.FieldError](err)
	require.True(t, is)
	return field.Field
}

func TestSEE5_ACursorIsForItsQueryAndViewer(t *testing.T) {
	w := listCrowd(t, 4)
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "user-1", Kind: relationship.Staff, View: true, Edit: true})
	w.Employee("lumen") // an id like that of the client
	m, ann := w.Manager, access.By("ann")
	page, err := m.ClientDetails(ann, "lumen", access.MemberQuery{Search: "a"}).Page(1, "")
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	same := []access.List[access.MemberRow]{
		m.ClientDetails(ann.At("northwind"), "lumen", access.MemberQuery{Search: "a"}),
		m.ClientDetails(ann.Because("of a reason"), "lumen", access.MemberQuery{Search: "a", Roles: []relationship.Role{}}),
	}
	for _, list := range same {
		again, err := list.Page(1, page.Next)
		require.NoError(t, err)
		require.NotEqual(t, page.Rows, again.Rows)
	}
	w.Do(access.Host(), access.RenameClient{Client: "lumen", Name: "Lumen"})
	_, err = same[0].Page(50, page.Next)
	require.NoError(t, err, "it is good at any later state, for any size")
	for name, list := range map[string]access.List[access.MemberRow]{
		"another viewer":   m.ClientDetails(access.By("user-1"), "lumen", access.MemberQuery{Search: "a"}),
		"the host":         m.ClientDetails(access.Host(), "lumen", access.MemberQuery{Search: "a", Partner: "northwind"}),
		"another search":   m.ClientDetails(ann, "lumen", access.MemberQuery{Search: "A"}),
		"another filter":   m.ClientDetails(ann, "lumen", access.MemberQuery{Search: "a", Verified: []bool{true}}),
		"another client":   m.ClientDetails(ann, "client-1", access.MemberQuery{Search: "a"}),
		"another list":     m.Members(access.By("carla"), "lumen", access.MemberQuery{Search: "a"}),
		"the same id":      m.EmployeeDetails(ann, "lumen", access.MemberQuery{Search: "a"}),
		"another employee": m.EmployeeDetails(ann, "ann", access.MemberQuery{Search: "a"}),
	} {
		_, err := list.Page(1, page.Next)
		require.ErrorIs(t, err, access.ErrCursor, name)
		require.NotErrorIs(t, err, access.ErrInvalid, name)
	}
	_, err = m.ClientDetails(access.By("carla"), "lumen", access.MemberQuery{Search: "a"}).Page(1, page.Next)
	require.ErrorIs(t, err, access.ErrNotAllowed, "it lets nobody in")
}

func TestSEE5_AMalformedCursorIsInvalid(t *testing.T) {
	w := listCrowd(t, 3)
	list := w.Manager.Employees(access.By("ann"), access.EmployeeQuery{})
	page, err := list.Page(1, "")
	require.NoError(t, err)
	good := string(page.Next)
	bad := []string{"x", "=", " ", good + "A", good + "\n", good[1:], good[:len(good)-1], good + "=", "\n" + good, "AA", "AQ"}
	raw, err := base64.RawURLEncoding.DecodeString(good)
	require.NoError(t, err)
	for i := range raw {
		for _, bit := range []byte{1, 128} {
			broken := slices.Clone(raw)
			broken[i] ^= bit
			bad = append(bad, base64.RawURLEncoding.EncodeToString(broken))
		}
		if i > 0 {
			bad = append(bad, base64.RawURLEncoding.EncodeToString(raw[:i]))
		}
		if i <= 18 { // the version, the digest, and the length of a name that is missing
			bad = append(bad, string(listSealed(raw[:i])))
		}
	}
	other := slices.Clone(raw[:len(raw)-4])
	other[0]++ // a version that is not known here
	bad = append(bad, string(listSealed(other)))
	for _, text := range bad {
		_, err := list.Page(1, access.Cursor(text))
		require.Equal(t, "cursor", listField(t, err), text)
		require.NotContains(t, err.Error(), good)
	}
	_, err = list.Page(1, access.Cursor(good))
	require.NoError(t, err)
	for _, size := range []int{0, -1, -1 << 62} {
		_, err := list.Page(size, "")
		require.Equal(t, "size", listField(t, err))
	}
}

func mustDecode(t require.TestingT, text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return raw
}

// listSealed puts the checksum behind a cursor's body: what somebody does who
// invents one.
func listSealed(body []byte) access.Cursor {
	body = binary.BigEndian.AppendUint32(slices.Clone(body), crc32.ChecksumIEEE(body))
	return access.Cursor(base64.RawURLEncoding.EncodeToString(body))
}

// FuzzParseCursor: whatever cursor comes, sealed or not, it is refused as
// malformed or foreign, or the page has nothing that the query does not show.
// A sealed one is put behind the head of a real cursor of the query.
func FuzzParseCursor(f *testing.F) {
	w := listCrowd(theoremLoud{}, 8)
	query := access.MemberQuery{Search: "a", Roles: []relationship.Role{relationship.Standard}}
	list := w.Manager.ClientDetails(access.By("ann"), "lumen", query)
	page, err := list.Page(1, "")
	require.NoError(f, err)
	require.NotEmpty(f, page.Next)
	head := mustDecode(f, string(page.Next))[:17]
	shown := map[access.Place]bool{}
	for row := range list.All() {
		shown[row.Place] = true
	}
	f.Fuzz(func(t *testing.T, text []byte, sealed bool) {
		cursor := access.Cursor(text)
		if sealed {
			cursor = listSealed(slices.Concat(head, text))
		}
		page, err := list.Page(3, cursor)
		switch {
		case errors.Is(err, access.ErrCursor):
			require.False(t, sealed)
		case err != nil:
			require.Equal(t, "cursor", listField(t, err))
		default:
			for _, row := range page.Rows {
				require.True(t, shown[row.Place])
			}
			_, err = list.Page(3, page.Next)
			require.NoError(t, err)
		}
		require.Empty(t, page.Rows[min(3, len(page.Rows)):])
	})
}
