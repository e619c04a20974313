package guard

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Options are what a Guard is told at the start. User and Client are needed.
// They are called once for a request, in this order, from many goroutines.
type Options struct {
	// User says who makes the request, as the host has established it. Nobody
	// is "" without an error: the answer is 401. An error is for when it
	// cannot be found out, such as a session store that is away: the answer
	// is 503, so that nobody takes an outage for a logout.
	User func(*http.Request) (relationship.UserID, error)
	// Client says in which client's account the request works, for instance
	// by r.PathValue("client"). None is "" without an error, and refused like
	// an unknown one: 403. An error is for when it cannot be found out: 503.
	Client func(*http.Request) (relationship.ClientID, error)
	// Logger hears why a request was refused, with user, client and
	// permission: at level Info what the Manager refused, at level Error what
	// could not be answered. Nothing else of the request is written to it.
	// The errors of User and Client are, as they are: keep secrets out of
	// them. Nobody hears anything when nil.
	Logger *slog.Logger
}

// Guard asks a Manager before a handler runs. Make one with New. It is safe
// for concurrent use.
type Guard struct {
	manager *access.Manager
	options Options
}

// New returns a Guard over a Manager. Something missing is access.ErrInvalid.
func New(manager *access.Manager, options Options) (*Guard, error) {
	switch {
	case manager == nil:
		return nil, missing("manager")
	case options.User == nil:
		return nil, missing("user")
	case options.Client == nil:
		return nil, missing("client")
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Guard{manager, options}, nil
}

func missing(field string) error {
	return fmt.Errorf("%w: %w", access.ErrInvalid,
		&relationship.FieldError{Noun: "guard", Field: field, Problem: "is missing"})
}

// Require returns middleware that lets a request through to a handler when its
// user may use the permission in its client's account (ASK-1), and answers it
// otherwise. The permission is given by name; one that the Manager's catalogue
// does not have is access.ErrUnknownPermission (ASK-4).
//
// On a 401 a header WWW-Authenticate that stands there already stays.
func (g *Guard) Require(permission string) (func(http.Handler) http.Handler, error) {
	required, known := g.manager.Catalog().Lookup(permission)
	if !known {
		return nil, fmt.Errorf("guard: %w: %q (ASK-4)", access.ErrUnknownPermission, permission)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refused := g.ask(r, required); refused != nil {
				refused.write(w)
				return
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

// ask finds out whom and what the request is about, and asks.
func (g *Guard) ask(r *http.Request, permission permset.Permission) *RefusedError {
	user, err := g.options.User(r)
	if err != nil {
		return g.unknown(r.Context(), "the user of a request could not be found out", permission, err)
	}
	if user == "" {
		return &RefusedError{Err: ErrUnauthenticated} // whoever authenticates logs that
	}
	client, err := g.options.Client(r)
	if err != nil {
		return g.unknown(r.Context(), "the client of a request could not be found out", permission, err)
	}
	refused := ask(g.manager, user, client, permission)
	if refused != nil {
		level, text, d := slog.LevelInfo, "access refused", refused.Decision
		reason := d.Reason()
		if refused.Err == ErrUnavailable {
			level, text = slog.LevelError, "access could not be decided"
			if d.Failed(access.ReasonOtherCatalog) {
				reason = access.ReasonOtherCatalog // and no other counts
			}
		}
		g.options.Logger.LogAttrs(r.Context(), level, text,
			slog.String("reason", reason.String()), slog.String("client", shown(string(client))),
			slog.String("user", shown(string(user))), slog.String("permission", permission.Name()),
			slog.Uint64("revision", uint64(d.Revision())))
	}
	return refused
}

func (g *Guard) unknown(ctx context.Context, text string, permission permset.Permission, err error) *RefusedError {
	g.options.Logger.LogAttrs(ctx, slog.LevelError, text,
		slog.String("permission", permission.Name()), slog.Any("error", err))
	return &RefusedError{Err: ErrUnavailable}
}

// shown is an id as it is logged. What could not be one is not: whoever makes
// requests would choose what stands in the log, and how much.
func shown(id string) string {
	if id != "" && relationship.CheckText("request", "id", id) != nil {
		return "(malformed)"
	}
	return id
}
