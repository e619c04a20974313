package guard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/access/guard"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// What a refusal looks like: all of it, with every header.
const (
	denied          = "403 {\"error\":\"access_denied\"}\n"
	unauthenticated = "401 {\"error\":\"unauthenticated\"}\n"
	unavailable     = "503 {\"error\":\"unavailable\"}\n"
)

var errSession = errors.New("the session store is away")

// server is a world with a guarded handler. Who asks and for which client
// stands in the headers User and Client; a header Broken makes the host's
// function of that name fail.
type server struct {
	*accesstest.World
	t      testing.TB
	served int // how often the handler ran
	log    *bytes.Buffer
}

func serve(t testing.TB, world accesstest.T) *server {
	return &server{World: accesstest.New(world), t: t, log: &bytes.Buffer{}}
}

func (s *server) options() guard.Options {
	return guard.Options{
		User: func(r *http.Request) (relationship.UserID, error) {
			if r.Header.Get("Broken") == "user" {
				return "ann", errSession
			}
			return relationship.UserID(r.Header.Get("User")), nil
		},
		Client: func(r *http.Request) (relationship.ClientID, error) {
			if r.Header.Get("Broken") == "client" {
				return "lumen", errSession
			}
			return relationship.ClientID(r.Header.Get("Client")), nil
		},
		Logger: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug - 8})),
	}
}

func (s *server) handler(permission string) http.Handler {
	s.t.Helper()
	g, err := guard.New(s.Manager, s.options())
	require.NoError(s.t, err)
	required, err := g.Require(permission)
	require.NoError(s.t, err)
	return required(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.served++ }))
}

// get asks the handler, with headers in pairs.
func get(handler http.Handler, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/reports?token=hush", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header[headers[i]] = []string{headers[i+1]}
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// said is an answer in one line.
func said(w *httptest.ResponseRecorder) string {
	return strings.Fields(w.Result().Status)[0] + " " + w.Body.String()
}

// logged are the entries written since the last time.
func (s *server) logged() []map[string]any {
	s.t.Helper()
	var entries []map[string]any
	for line := range strings.Lines(s.log.String()) {
		entry := map[string]any{}
		require.NoError(s.t, json.Unmarshal([]byte(line), &entry))
		delete(entry, "time")
		entries = append(entries, entry)
	}
	require.NotContains(s.t, s.log.String(), "hush")
	s.log.Reset()
	return entries
}

func TestASK1_TheHandlerRunsAfterAYes(t *testing.T) {
	s := serve(t, t)
	handler := s.handler(crm.ReportsView)
	w := get(handler, "User", "ann", "Client", "lumen")
	require.Equal(t, "200 ", said(w))
	require.Empty(t, w.Header(), "and the guard leaves no trace in the answer")
	require.Equal(t, 1, s.served)
	require.Empty(t, s.logged())

	s.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "ann"})
	require.Equal(t, denied, said(get(handler, "User", "ann", "Client", "lumen")), "at once")
	require.Equal(t, 1, s.served)
}

func TestASK2_ARefusalTellsNothing(t *testing.T) {
	s := serve(t, t)
	s.AddEmployee("bob", "support", "tickets.view.own")
	s.AddEmployee("dora", "reports", "reports.view")
	s.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "dora"})
	handler := s.handler(crm.ReportsView)
	var first *httptest.ResponseRecorder
	for _, c := range []struct{ user, client, reason string }{
		{"bob", "lumen", "not in the member's set"},
		{"dora", "lumen", "deactivated"},
		{"nobody", "lumen", "unknown user"},
		{"ann", "nowhere", "unknown client"},
		{"ann", "", "unknown client"},
	} {
		w := get(handler, "User", c.user, "Client", c.client)
		require.Equal(t, denied, said(w), c)
		if first == nil {
			first = w
		}
		require.Equal(t, first.Header(), w.Header(), c)
		require.Equal(t, []map[string]any{{
			"level": "INFO", "msg": "access refused", "reason": c.reason, "user": c.user, "client": c.client,
			"permission": "reports.view", "revision": float64(s.Manager.Stats().Revision),
		}}, s.logged())
	}
	require.Zero(t, s.served)
	require.Equal(t, http.Header{
		"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}, first.Header())
}

func TestASK4_WhoOrWhereCannotBeFoundOut(t *testing.T) {
	s := serve(t, t)
	handler := s.handler(crm.ReportsView)
	w := get(handler, "Client", "lumen")
	require.Equal(t, unauthenticated, said(w))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Empty(t, w.Header().Get("Retry-After"))
	require.Empty(t, s.logged(), "whoever authenticates logs that")
	require.Equal(t, unauthenticated, said(get(handler, "Broken", "client")), "the client is not looked for")

	for broken, text := range map[string]string{
		"user":   "the user of a request could not be found out",
		"client": "the client of a request could not be found out",
	} {
		w := get(handler, "User", "ann", "Client", "lumen", "Broken", broken)
		require.Equal(t, unavailable, said(w), "whatever came with the error")
		require.Equal(t, "5", w.Header().Get("Retry-After"))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.Equal(t, []map[string]any{{
			"level": "ERROR", "msg": text, "permission": "reports.view", "error": errSession.Error(),
		}}, s.logged())
	}
	require.Zero(t, s.served)
}

func TestASK1_AnotherCatalogueIsNoAnswer(t *testing.T) {
	s := serve(t, t)
	handler := s.handler(crm.ReportsView)
	reports := s.Permission(crm.ReportsView)
	declaration := s.Catalog.Declaration()
	declaration.Permissions = append(declaration.Permissions, permset.Declared{Name: "later.on", Title: "Later on", Group: "More"})
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	s.Manager, err = access.Open(t.Context(), s.Store, access.Options{Catalog: catalog, Clock: s.Clock.Now})
	require.NoError(t, err)

	newer := s.handler("later.on") // of the Manager that knows it
	require.Equal(t, denied, said(get(newer, "User", "ann", "Client", "lumen")))
	s.logged()
	for _, user := range []string{"ann", "nobody"} { // also for whom another reason fails, too
		w := get(handler, "User", user, "Client", "lumen")
		require.Equal(t, unavailable, said(w))
		require.Equal(t, "5", w.Header().Get("Retry-After"))
		entries := s.logged()
		require.Len(t, entries, 1)
		require.Equal(t, "ERROR", entries[0]["level"])
		require.Equal(t, "another catalogue is in force", entries[0]["reason"])
	}
	require.Zero(t, s.served)
	require.ErrorIs(t, guard.Ask(s.Manager, "ann", "lumen", reports), access.ErrDenied, "a permission of another catalogue")
}

func TestASK4_FaultsAreFoundAtTheStart(t *testing.T) {
	s := serve(t, t)
	g, err := guard.New(s.Manager, s.options())
	require.NoError(t, err)
	for _, name := range []string{"", "reports.veiw", "Reports.View", "reports.view "} {
		required, err := g.Require(name)
		require.ErrorIs(t, err, access.ErrUnknownPermission)
		require.Nil(t, required)
	}
	for field, spoil := range map[string]func(*guard.Options){
		"user":   func(o *guard.Options) { o.User = nil },
		"client": func(o *guard.Options) { o.Client = nil },
	} {
		options := s.options()
		spoil(&options)
		_, err := guard.New(s.Manager, options)
		require.ErrorIs(t, err, access.ErrInvalid)
		require.ErrorContains(t, err, field)
	}
	_, err = guard.New(nil, s.options())
	require.ErrorIs(t, err, access.ErrInvalid)
}

// What could not be an id is not written to the log, where whoever makes the
// request would choose it.
func TestASK2_NothingMalformedIsLogged(t *testing.T) {
	s := serve(t, t)
	handler := s.handler(crm.ReportsView)
	for _, id := range []string{strings.Repeat("x", 257), "a\x00b", "\xff"} {
		for _, headers := range [][]string{{"User", id, "Client", "lumen"}, {"User", "ann", "Client", id}} {
			require.Equal(t, denied, said(get(handler, headers...)))
			entries := s.logged()
			require.Len(t, entries, 1)
			require.Contains(t, []any{entries[0]["user"], entries[0]["client"]}, "(malformed)")
		}
	}
}

func TestASK1_WithoutALogger(t *testing.T) {
	s := serve(t, t)
	options := s.options()
	options.Logger = nil
	g, err := guard.New(s.Manager, options)
	require.NoError(t, err)
	required, err := g.Require(crm.ReportsView)
	require.NoError(t, err)
	require.Equal(t, denied, said(get(required(http.NotFoundHandler()), "User", "nobody")))
	require.Equal(t, unavailable, said(get(required(http.NotFoundHandler()), "Broken", "user")))
}

// A host's function that panics is not taken for a yes.
func TestASK1_APanicIsNoYes(t *testing.T) {
	s := serve(t, t)
	options := s.options()
	options.Client = func(*http.Request) (relationship.ClientID, error) { panic("a bug") }
	g, err := guard.New(s.Manager, options)
	require.NoError(t, err)
	required, err := g.Require(crm.ReportsView)
	require.NoError(t, err)
	handler := required(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.served++ }))
	require.PanicsWithValue(t, "a bug", func() { get(handler, "User", "ann", "Client", "lumen") })
	require.Zero(t, s.served)
}

// What stood in the answer before stays, but for its length.
func TestASK2_HeadersOfOthers(t *testing.T) {
	s := serve(t, t)
	guarded := s.handler(crm.ReportsView)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"WWW-Authenticate": `Bearer realm="crm"`, "Content-Length": "999", "Cache-Control": "public", "X-Request-Id": "7",
		} {
			w.Header().Set(name, value)
		}
		guarded.ServeHTTP(w, r)
	})
	require.Equal(t, http.Header{
		"Www-Authenticate": {`Bearer realm="crm"`}, "X-Request-Id": {"7"},
		"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}, get(handler).Header())

	server := httptest.NewServer(handler) // and through a real connection
	defer server.Close()
	response, err := server.Client().Head(server.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, response.StatusCode)
	require.NoError(t, response.Body.Close())
}
