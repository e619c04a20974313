package access_test

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// plant writes secrets into the file that CLIENTACCESS_PLANTED_SECRETS names,
// as accesstest does with those it issues: a search of the whole output can
// then show that none got out (LINK-6).
func plant(t *testing.T, secrets ...relationship.Secret) {
	t.Helper()
	path := os.Getenv("CLIENTACCESS_PLANTED_SECRETS")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	for _, secret := range secrets {
		_, err := fmt.Fprintf(file, "%s\n%s\n", secret.Reveal(), verifierOf(secret))
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
}

// verifierOf is the part of a secret that nobody may see.
func verifierOf(secret relationship.Secret) string { return strings.Split(secret.Reveal(), "_")[2] }

var secretAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// rotate rotates a link of Northwind's.
func (s *scene) rotate(selector relationship.Selector) (access.IssuedLink, error) {
	s.t.Helper()
	rotated, err := s.Manager.RotateLink(s.t.Context(), access.By("ann"), selector)
	if err == nil {
		plant(s.t, rotated.Secret)
	}
	return rotated, err
}

func (s *scene) revoked(selector relationship.Selector) bool {
	s.t.Helper()
	link, found := storage.Get[relationship.Link](s.Store.Snapshot(), relationship.LinkKey(selector))
	require.True(s.t, found)
	return link.Revoked
}

func TestLINK6_ASecretHasPrefixSelectorVerifierAndChecksum(t *testing.T) {
	s := play(t)
	parts := strings.Split(s.World.Link.Secret.Reveal(), "_")
	require.Len(t, parts, 4)
	require.Equal(t, relationship.SecretPrefix, parts[0]+"_")
	require.Equal(t, string(s.World.Link.Selector), parts[1], "the selector is public")
	verifier, err := secretAlphabet.DecodeString(parts[2])
	require.NoError(t, err)
	require.Len(t, verifier, 32, "256 bits")
	again := s.Issue(access.By("ann"), "ann")
	require.NotEqual(t, parts[2], verifierOf(again.Secret))
	require.NotEqual(t, s.World.Link.Selector, again.Selector)
}

func TestLINK6_AllBitsAreRandom(t *testing.T) {
	s := play(t)
	source := make([]byte, 42)
	for i := range source {
		source[i] = byte(i + 1)
	}
	m := s.another(func(o *access.Options) { o.Random = bytes.NewReader(source) })
	link, err := m.IssueLink(t.Context(), access.By("ann"), access.IssueLink{Employee: "ann"})
	require.NoError(t, err)
	plant(t, link.Secret)
	verifier, err := secretAlphabet.DecodeString(verifierOf(link.Secret))
	require.NoError(t, err)
	require.Equal(t, source[10:], verifier, "as they come from the source")

	before := s.Store.Snapshot().Revision()
	_, err = m.IssueLink(t.Context(), access.By("ann"), access.IssueLink{Employee: "ann"})
	require.Error(t, err, "the source is empty")
	require.Equal(t, before, s.Store.Snapshot().Revision())
}

func TestLINK6_ATypingMistakeNeedsNoLookUp(t *testing.T) {
	s := play(t)
	text := s.World.Link.Secret.Reveal()
	for i := range text {
		for _, other := range []byte("a7_") {
			if text[i] == other {
				continue
			}
			mistyped := text[:i] + string(other) + text[i+1:]
			_, err := relationship.ParseSecret(mistyped)
			require.Error(t, err, "position %d", i)
			require.NotContains(t, err.Error(), verifierOf(s.World.Link.Secret)[:8])
		}
	}
	_, err := relationship.ParseSecret(" " + text + "\n")
	require.NoError(t, err)
}

func TestLINK6_OnlyABoundHashIsStored(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	stored, _ := storage.Get[relationship.Link](s.Store.Snapshot(), link.Link.Key())
	require.Equal(t, link.Secret.Hash("northwind", "bob"), stored.Hash)
	require.NotEqual(t, link.Secret.Hash("northwind", "ann"), stored.Hash)
	require.NotEqual(t, link.Secret.Hash("fabrikam", "bob"), stored.Hash)
}

// Somebody who could write to the store could not move a hash to a link for
// somebody else.
func TestLINK6_AHashOpensNoOtherLink(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	moved := link.Link
	moved.Employee = "ann"
	_, err := s.Store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Put(moved); err != nil {
			return err
		}
		return tx.Log(relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: s.Clock.Now(), Call: "test"})
	})
	require.NoError(t, err)
	s.as("carla").deny(access.ErrLink, approve(link))
}

func TestLINK6_ALinkExpires(t *testing.T) {
	const thirtyDays = 30 * 24 * time.Hour
	for name, life := range map[string]time.Duration{"by default": 0, "by a setting": 36 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.Employee("bob")
			m := s.another(func(o *access.Options) { o.LinkLife = life })
			if life == 0 {
				life = thirtyDays
			}
			link, err := m.IssueLink(t.Context(), access.By("ann"), access.IssueLink{Employee: "bob"})
			require.NoError(t, err)
			plant(t, link.Secret)
			require.Equal(t, s.Clock.Now().Add(life), link.Expires)
			s.Clock.Turn(life - time.Microsecond)
			_, err = s.open("carla", link)
			require.NoError(t, err)
			s.Clock.Turn(time.Microsecond)
			_, err = s.open("carla", link)
			require.ErrorIs(t, err, access.ErrLink)
			s.as("carla").deny(access.ErrLink, approve(link))
			s.as("carla").deny(access.ErrLink, access.DeclineLink{Client: "lumen", Secret: link.Secret})
			_, err = s.rotate(link.Selector)
			require.ErrorIs(t, err, access.ErrLink)
		})
	}
}

func TestLINK6_ALinkIsRevoked(t *testing.T) {
	s := play(t)
	s.staff("vera")
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	s.as("carla").allow(approve(link))
	s.as("vera").allow(access.RevokeLink{Selector: link.Selector}) // a colleague with access
	s.as("vera").idle(access.RevokeLink{Selector: link.Selector})
	require.True(t, s.can("bob", "contacts.view.all"), "who was let in stays")
	s.as("carla").deny(access.ErrLink, approve(link))
	_, err := s.rotate(link.Selector)
	require.ErrorIs(t, err, access.ErrLink)
}

func TestLINK6_AForeignLinkIsAsUnknown(t *testing.T) {
	s := play(t)
	s.secondPartner()
	link := s.Issue(access.By("ann"), "ann")
	foreign := s.as("olaf").deny(access.ErrLink, access.RevokeLink{Selector: link.Selector})
	unknown := s.as("olaf").deny(access.ErrLink, access.RevokeLink{Selector: "aaaaaaaaaaaaaaaa"})
	require.Equal(t, unknown.Error(), foreign.Error())
	_, err := s.Manager.RotateLink(t.Context(), access.By("olaf"), link.Selector)
	require.EqualError(t, err, unknown.Error())
	require.False(t, s.revoked(link.Selector))
}

func TestLINK6_ALinkIsRotatedInOneStep(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	s.Clock.Turn(time.Hour)
	rotated, err := s.rotate(link.Selector)
	require.NoError(t, err)
	require.Len(t, s.newest(), 1)
	require.EqualValues(t, "bob", rotated.Employee)
	require.Equal(t, s.Clock.Now().Add(relationship.LinkLife), rotated.Expires)
	require.True(t, s.revoked(link.Selector))
	s.as("carla").deny(access.ErrLink, approve(link))
	s.as("carla").allow(approve(rotated))
}
