package access

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// linkError is why an access link opens nothing. Outside it is ErrLink alone
// (LINK-6).
type linkError struct {
	reason   string
	selector relationship.Selector
	// wrong says that the selector is a live link's, and the verifier is not.
	wrong bool
}

func (e *linkError) Error() string { return ErrLink.Error() + ": " + e.reason }

// findLink finds the link that the secret opens.
func findLink(r storage.Reader, secret relationship.Secret, now time.Time) (relationship.Link, error) {
	selector := secret.Selector()
	link, found := storage.Get[relationship.Link](r, relationship.LinkKey(selector))
	opens := secret.Opens(link) // always compared, so that time tells nothing
	switch {
	case selector == "":
		return link, &linkError{reason: "no secret"}
	case !found:
		return link, &linkError{reason: "unknown", selector: selector}
	case link.Revoked:
		return link, &linkError{reason: "revoked", selector: selector}
	case !link.LiveAt(now):
		return link, &linkError{reason: "expired", selector: selector}
	case secret.IsZero():
		return link, &linkError{reason: "secret is missing", selector: selector}
	case !opens:
		return link, &linkError{reason: "wrong verifier", selector: selector, wrong: true}
	}
	return link, nil
}

// refusedLink turns a linkError into the one answer to an outsider. The host's
// logger hears the reason, and a wrong verifier is counted (LINK-6). Every
// other error passes.
func (m *Manager) refusedLink(ctx context.Context, err error) error {
	refused, is := errors.AsType[*linkError](err)
	if !is {
		return err
	}
	m.options.Logger.LogAttrs(ctx, slog.LevelWarn, "access link refused",
		slog.String("reason", refused.reason), slog.String("selector", string(refused.selector)))
	if refused.wrong {
		if failed := m.countWrong(ctx, refused.selector); failed != nil {
			m.options.Logger.LogAttrs(ctx, slog.LevelError, "wrong verifier could not be counted",
				slog.String("selector", string(refused.selector)), slog.Any("error", failed))
		}
	}
	return refuse("LINK-6", ErrLink)
}

func triesKey(selector relationship.Selector) string { return "wrong-verifiers/" + string(selector) }

// countWrong counts a wrong verifier for a live link, beside the log, and
// revokes the link at the hundredth.
func (m *Manager) countWrong(ctx context.Context, selector relationship.Selector) error {
	// A caller who goes away does not get a try for nothing.
	ctx = context.WithoutCancel(ctx)
	tries := 0
	err := m.store.Aside(ctx, func(aside storage.Aside) error {
		note, _ := aside.Get(triesKey(selector))
		tries, _ = strconv.Atoi(string(note))
		tries++
		return aside.Put(triesKey(selector), []byte(strconv.Itoa(tries)))
	})
	if err != nil || tries < relationship.LinkWrongTries {
		return err
	}
	_, err = m.update(ctx, func(tx storage.Tx) error {
		link, found := storage.Get[relationship.Link](tx, relationship.LinkKey(selector))
		if !found || link.Revoked {
			return nil
		}
		link.Revoked = true
		if err := tx.Put(link); err != nil {
			return err
		}
		return tx.Log(relationship.Event{
			Change: "RevokeLink", Actor: relationship.Actor{Kind: relationship.ByLibrary}, At: m.nowAt(tx),
			Reason: "too many wrong verifiers", Call: rand.Text(),
		})
	})
	if err == nil {
		m.forgetTries(ctx, selector)
	}
	return err
}

// forgetTries drops the count of a link that is revoked anyway.
func (m *Manager) forgetTries(ctx context.Context, selector relationship.Selector) {
	err := m.store.Aside(context.WithoutCancel(ctx), func(aside storage.Aside) error {
		return aside.Delete(triesKey(selector))
	})
	if err != nil {
		m.options.Logger.LogAttrs(ctx, slog.LevelWarn, "count of wrong verifiers could not be dropped", slog.Any("error", err))
	}
}
