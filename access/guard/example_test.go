package guard_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/access/guard"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// example stands in for the *testing.T that an example does not have.
type example struct{}

func (example) Helper() {}

func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// sessionUser is how the host knows who is logged in.
func sessionUser(r *http.Request) (relationship.UserID, error) {
	cookie, err := r.Cookie("session")
	if errors.Is(err, http.ErrNoCookie) {
		return "", nil
	}
	return relationship.UserID(cookie.Value), err // a real one looks the session up
}

// pathClient is in which client's account a request works.
func pathClient(r *http.Request) (relationship.ClientID, error) {
	return relationship.ClientID(r.PathValue("client")), nil
}

// Made once, at the start; then one line for each route.
func Example() {
	world := accesstest.New(example{}) // ann is partner admin of lumen
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "revision" {
				return slog.Attr{}
			}
			return a
		},
	}))
	g, err := guard.New(world.Manager, guard.Options{User: sessionUser, Client: pathClient, Logger: logger})
	if err != nil {
		panic(err)
	}
	reports, err := g.Require("reports.view")
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /clients/{client}/reports", reports(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "the reports of", r.PathValue("client"))
	})))

	for _, user := range []string{"ann", "mallory", ""} {
		request := httptest.NewRequest(http.MethodGet, "/clients/lumen/reports", nil)
		if user != "" {
			request.AddCookie(&http.Cookie{Name: "session", Value: user})
		}
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// 200 the reports of lumen
	// level=INFO msg="access refused" reason="unknown user" client=lumen user=mallory permission=reports.view
	// 403 {"error":"access_denied"}
	// 401 {"error":"unauthenticated"}
}

// A permission that is misspelt is found at the start.
func ExampleGuard_Require() {
	world := accesstest.New(example{})
	g, err := guard.New(world.Manager, guard.Options{User: sessionUser, Client: pathClient})
	if err != nil {
		panic(err)
	}
	_, err = g.Require("reports.veiw")
	fmt.Println(err)
	// Output:
	// guard: unknown permission: "reports.veiw" (ASK-4)
}

// An interceptor of an RPC framework knows which method needs which
// permission. A method that nobody thought of is refused.
func ExampleAsk() {
	world := accesstest.New(example{})
	needs := map[string]permset.Permission{"/crm.Reports/List": world.Permission("reports.view")}

	intercept := func(method string, user relationship.UserID, client relationship.ClientID) string {
		err := guard.Ask(world.Manager, user, client, needs[method])
		switch {
		case err == nil:
			return "OK"
		case errors.Is(err, guard.ErrUnauthenticated):
			return "UNAUTHENTICATED: " + err.Error()
		case errors.Is(err, access.ErrDenied):
			return "PERMISSION_DENIED: " + err.Error()
		}
		return "UNAVAILABLE: " + err.Error()
	}
	fmt.Println(intercept("/crm.Reports/List", "ann", "lumen"))
	fmt.Println(intercept("/crm.Reports/List", "ann", "harbor"))
	fmt.Println(intercept("/crm.Reports/Forget", "ann", "lumen"))
	fmt.Println(intercept("/crm.Reports/List", "", "lumen"))
	// Output:
	// OK
	// PERMISSION_DENIED: access denied
	// PERMISSION_DENIED: access denied
	// UNAUTHENTICATED: nobody is logged in
}

// Why it was refused is for the host: it decides what to tell whom.
func ExampleRefusedError() {
	world := accesstest.New(example{})
	world.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "ann"})

	err := guard.Ask(world.Manager, "ann", "lumen", world.Permission("reports.view"))
	fmt.Println(err)
	if refused, is := errors.AsType[*guard.RefusedError](err); is {
		fmt.Println(refused.Decision.Reason())
	}
	// Output:
	// access denied
	// member is paused
}
