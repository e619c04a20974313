package access_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestLINK6_OneAnswerToAnOutsider: whatever is wrong with a link, the text of
// the error is the same, and the reason reaches the host's logger alone.
func TestLINK6_OneAnswerToAnOutsider(t *testing.T) {
	var log bytes.Buffer
	s := play(t, accesstest.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	s.Employee("bob")
	expired := s.Issue(access.By("ann"), "bob")
	s.Clock.Turn(31 * accesstest.Day)
	revoked, live := s.Issue(access.By("ann"), "bob"), s.Issue(access.By("ann"), "bob")
	s.as("ann").allow(access.RevokeLink{Selector: revoked.Selector})
	malformed, err := relationship.ParseSecret("calink_this_is_none")
	require.Error(t, err)
	var hidden access.ApproveLink // as it comes out of a plan that travelled
	text, err := json.Marshal(approve(live))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &hidden))

	var answers []string
	for reason, secret := range map[string]relationship.Secret{
		"expired": expired.Secret, "revoked": revoked.Secret, "unknown": wrong(t, "aaaaaaaaaaaaaaaa", 1),
		"no secret": malformed, "secret is missing": hidden.Secret, "wrong verifier": wrong(t, live.Selector, 1),
	} {
		for name, try := range tries {
			if name == "Apply" {
				continue // plans with the right secret first
			}
			log.Reset()
			err := try(s, secret)
			require.ErrorIs(t, err, access.ErrLink, reason)
			answers = append(answers, err.Error())
			require.Contains(t, log.String(), reason, "the host hears why")
			require.NotContains(t, err.Error(), reason)
		}
	}
	for _, answer := range answers {
		require.Equal(t, answers[0], answer)
	}
}

// TestLINK6_AnOutsiderLearnsNothingAboutLinks: who may not approve hears the same
// of a good link as of none.
func TestLINK6_AnOutsiderLearnsNothingAboutLinks(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	good := s.as("bob").deny(access.ErrNotAllowed, approve(s.World.Link))
	none := s.as("bob").deny(access.ErrNotAllowed, access.ApproveLink{Client: "lumen", Secret: wrong(t, "aaaaaaaaaaaaaaaa", 1)})
	require.Equal(t, none.Error(), good.Error())
}

// spellings are the forms in which the verifier could get out.
func spellings(t *testing.T, secret relationship.Secret) []string {
	t.Helper()
	raw, err := secretAlphabet.DecodeString(verifierOf(secret))
	require.NoError(t, err)
	decimal := strings.Trim(fmt.Sprint(raw), "[]")
	golang := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}")
	return []string{verifierOf(secret), hex.EncodeToString(raw), decimal, golang, strings.ReplaceAll(decimal, " ", ",")}
}

// show writes a thing in every way in which a program writes things.
func show(t *testing.T, out *bytes.Buffer, things ...any) {
	t.Helper()
	logger := slog.New(slog.NewJSONHandler(out, nil))
	for _, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			_, _ = fmt.Fprintf(out, verb+"\n", thing)
		}
		logger.Info("thing", "thing", thing)
		if text, err := json.Marshal(thing); err == nil {
			out.Write(text)
		}
	}
}

// request is how a program might keep a secret: in fields that are its own,
// which fmt shows without asking any method.
type request struct {
	user   relationship.UserID
	secret relationship.Secret
	change *access.ApproveLink
}

// TestLINK6_NoSecretGetsOut plays the life of two links, and looks for their
// secrets in everything that can be seen: errors, logs, formatted values, JSON,
// plans, results, events and the contents of the store.
func TestLINK6_NoSecretGetsOut(t *testing.T) {
	var out bytes.Buffer
	s := play(t, accesstest.WithLogger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug - 8}))))
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	guess := wrong(t, link.Selector, 7)
	change := approve(link)
	show(t, &out, link, &link, link.Secret, &link.Secret, link.Link, change, &change, access.All{change},
		access.DeclineLink{Client: "lumen", Secret: link.Secret}, []any{change}, map[string]any{"change": change},
		fmt.Errorf("wrapped: %v", link), request{"carla", link.Secret, &change})

	view, err := s.open("carla", link)
	require.NoError(t, err)
	plan := s.as("carla").plan(change)
	text, err := plan.MarshalText()
	require.NoError(t, err)
	out.Write(text)
	parsed, err := access.ParsePlan(text)
	require.NoError(t, err)
	show(t, &out, view, plan, parsed, parsed.WithSecret(link.Secret))

	_, err = s.Manager.Apply(t.Context(), access.By("carla"), parsed)
	require.ErrorIs(t, err, access.ErrLink, "without the secret it opens nothing")
	show(t, &out, err)
	show(t, &out, s.as("carla").deny(access.ErrLink, access.ApproveLink{Client: "lumen", Secret: guess}))
	show(t, &out, s.as("bob").deny(access.ErrNotAllowed, change))
	result, err := s.Manager.Apply(t.Context(), access.By("carla"), parsed.WithSecret(link.Secret))
	require.NoError(t, err)
	show(t, &out, result, s.as("ann").allow(access.RevokeLink{Selector: link.Selector}))
	show(t, &out, s.as("carla").deny(access.ErrLink, change))
	_, err = access.ParsePlan(bytes.ReplaceAll(text, []byte("(hidden)"), []byte(verifierOf(link.Secret))))
	show(t, &out, err)

	rotating := s.Issue(access.By("ann"), "bob")
	rotated, err := s.rotate(rotating.Selector)
	require.NoError(t, err)
	show(t, &out, rotated, s.Manager.Stats())
	s.showStore(&out)

	for _, secret := range []relationship.Secret{s.World.Link.Secret, link.Secret, guess, rotating.Secret, rotated.Secret} {
		for _, spelling := range spellings(t, secret) {
			require.False(t, strings.Contains(out.String(), spelling), "a secret got out")
		}
		require.Contains(t, out.String(), string(secret.Selector()), "the selector is no secret")
	}
}

// showStore writes everything that the store holds: records, log and notes.
func (s *scene) showStore(out *bytes.Buffer) {
	s.t.Helper()
	for _, kind := range relationship.Kinds() {
		for record := range s.Store.Snapshot().All(kind, relationship.Key{}) {
			text, err := relationship.EncodeRecord(record)
			require.NoError(s.t, err)
			out.Write(text)
			show(s.t, out, record, record.Summary())
		}
	}
	var chained relationship.Encoder
	chained.Reset(nil)
	for event, err := range s.Manager.Events(s.t.Context(), access.Host(), 0) {
		require.NoError(s.t, err)
		chained.EventForChain(&event.Event)
		show(s.t, out, event)
	}
	text, err := chained.Bytes()
	require.NoError(s.t, err)
	out.Write(text)
	require.NoError(s.t, s.Store.Aside(s.t.Context(), func(aside storage.Aside) error {
		for key, note := range aside.Scan("") {
			_, _ = fmt.Fprintf(out, "%s %s\n", key, note)
		}
		return nil
	}))
}

// TestLINK6_TheSearchFindsASecret proves that the search above finds what it looks for.
func TestLINK6_TheSearchFindsASecret(t *testing.T) {
	var out bytes.Buffer
	secret := wrong(t, "aaaaaaaaaaaaaaaa", 42) // not planted: it is shown on purpose
	raw, err := secretAlphabet.DecodeString(verifierOf(secret))
	require.NoError(t, err)
	show(t, &out, raw, secret.Reveal())
	for _, spelling := range spellings(t, secret)[:4] {
		require.Contains(t, out.String(), spelling)
	}
}
