package access_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// tries are the ways in which a verifier can be tried. Each counts once.
var tries = map[string]func(*scene, relationship.Secret) error{
	"OpenLink": func(s *scene, secret relationship.Secret) error {
		_, err := s.Manager.OpenLink(s.t.Context(), access.By("carla"), "lumen", secret)
		return err
	},
	"Plan": func(s *scene, secret relationship.Secret) error {
		_, err := s.Manager.Plan(s.t.Context(), access.By("carla"), access.ApproveLink{Client: "lumen", Secret: secret})
		return err
	},
	"Do": func(s *scene, secret relationship.Secret) error {
		_, err := s.Manager.Do(s.t.Context(), access.By("carla"), access.ApproveLink{Client: "lumen", Secret: secret})
		return err
	},
	"Do, declining": func(s *scene, secret relationship.Secret) error {
		_, err := s.Manager.Do(s.t.Context(), access.By("carla"), access.DeclineLink{Client: "lumen", Secret: secret})
		return err
	},
	"Do, among others": func(s *scene, secret relationship.Secret) error {
		_, err := s.Manager.Do(s.t.Context(), access.By("carla"), access.All{
			access.SetSeat{Client: "lumen", User: "carla", Paid: true}, access.ApproveLink{Client: "lumen", Secret: secret},
		})
		return err
	},
	"Apply": func(s *scene, secret relationship.Secret) error {
		plan, err := s.Manager.Plan(s.t.Context(), access.By("carla"), access.ApproveLink{Client: "lumen", Secret: s.right})
		require.NoError(s.t, err)
		_, err = s.Manager.Apply(s.t.Context(), access.By("carla"), plan.WithSecret(secret))
		return err
	},
	"OpenLink by somebody who has gone away": func(s *scene, secret relationship.Secret) error {
		ctx, cancel := context.WithCancel(s.t.Context())
		cancel()
		_, err := s.Manager.OpenLink(ctx, access.By("carla"), "lumen", secret)
		return err
	},
}

// guessing is a scene with a link that is guessed at.
func guessing(t *testing.T, options ...accesstest.Option) (*scene, access.IssuedLink) {
	t.Helper()
	s := play(t, options...)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	s.right = link.Secret
	return s, link
}

func TestLINK6_AHundredWrongVerifiersRevoke(t *testing.T) {
	for name, try := range tries {
		t.Run(name, func(t *testing.T) {
			s, link := guessing(t)
			for n := range 99 {
				require.ErrorIs(t, try(s, wrong(t, link.Selector, byte(n))), access.ErrLink)
			}
			require.False(t, s.revoked(link.Selector), "99 do not")
			require.ErrorIs(t, try(s, wrong(t, link.Selector, 99)), access.ErrLink)
			require.True(t, s.revoked(link.Selector), "100 do")
			_, err := s.open("carla", link)
			require.ErrorIs(t, err, access.ErrLink, "nor does the right one open it now")
		})
	}
}

func TestLINK6_TheCountIsOneForAllWays(t *testing.T) {
	s, link := guessing(t)
	n := 0
	for n < 99 {
		for _, try := range tries {
			if n++; n > 99 {
				break
			}
			require.ErrorIs(t, try(s, wrong(t, link.Selector, byte(n))), access.ErrLink)
		}
	}
	require.False(t, s.revoked(link.Selector))
	require.Error(t, tries["Plan"](s, wrong(t, link.Selector, 0)))
	require.True(t, s.revoked(link.Selector))

	event := s.newest()[0]
	require.Equal(t, relationship.Actor{Kind: relationship.ByLibrary}, event.Actor)
	require.Equal(t, "RevokeLink", event.Change)
}

func TestLINK6_WithAssetsATryCountsOnceToo(t *testing.T) {
	s, link := guessing(t, accesstest.WithAssets(noAssets{}))
	for n := range 99 {
		require.Error(t, tries["Do"](s, wrong(t, link.Selector, byte(n))))
	}
	require.False(t, s.revoked(link.Selector))
}

type noAssets struct{}

func (noAssets) OwnedAt(context.Context, []access.Place) ([]access.Asset, error) { return nil, nil }

func TestLINK6_OpeningWithARightOneChangesNothing(t *testing.T) {
	s, link := guessing(t)
	for n := range 99 {
		require.Error(t, tries["OpenLink"](s, wrong(t, link.Selector, byte(n))))
	}
	before := s.Store.Snapshot().Revision()
	for range 3 {
		_, err := s.open("carla", link)
		require.NoError(t, err)
	}
	require.Equal(t, before, s.Store.Snapshot().Revision())
	require.Error(t, tries["OpenLink"](s, wrong(t, link.Selector, 99)))
	require.True(t, s.revoked(link.Selector), "nor does it begin the count anew")
}

func TestLINK6_EachSelectorHasItsOwnCount(t *testing.T) {
	s, link := guessing(t)
	other := s.Issue(access.By("ann"), "bob")
	for n := range 60 {
		require.Error(t, tries["OpenLink"](s, wrong(t, link.Selector, byte(n))))
		require.Error(t, tries["OpenLink"](s, wrong(t, other.Selector, byte(n))))
	}
	require.False(t, s.revoked(link.Selector) || s.revoked(other.Selector))
}

// Two managers over one store share the count, and nobody's try is lost.
func TestLINK6_TriesAreCountedConcurrently(t *testing.T) {
	guess := func(s *scene, link access.IssuedLink, times int) {
		managers := []*access.Manager{s.Manager, s.another(func(*access.Options) {})}
		var wait sync.WaitGroup
		for n := range times {
			secret := wrong(t, link.Selector, byte(n))
			wait.Go(func() {
				_, err := managers[n%2].OpenLink(t.Context(), access.By("carla"), "lumen", secret)
				if !errors.Is(err, access.ErrLink) {
					t.Errorf("try %d: %v", n, err)
				}
			})
		}
		wait.Wait()
	}
	s, link := guessing(t)
	guess(s, link, 99)
	require.False(t, s.revoked(link.Selector), "99 do not")

	s, link = guessing(t)
	before := s.Store.Snapshot().Revision()
	guess(s, link, 150)
	require.True(t, s.revoked(link.Selector), "100 do")
	require.Equal(t, before+1, s.Store.Snapshot().Revision(), "once")
}
