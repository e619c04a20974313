package guard_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/access/guard"
)

// streams are the requests that are being answered.
type streams struct {
	mu   sync.Mutex
	open map[*http.Request]context.CancelFunc
}

// enter notes a request before the guard asks about it. So nobody is missed
// who loses access between the question and the note.
func (s *streams) enter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		r = r.WithContext(ctx)
		s.mu.Lock()
		s.open[r] = cancel
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			delete(s.open, r)
			s.mu.Unlock()
		}()
		next.ServeHTTP(w, r)
	})
}

// end ends the requests of a user in a client.
func (s *streams) end(place access.Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r, cancel := range s.open {
		user, _ := sessionUser(r)
		if client, _ := pathClient(r); user == place.User && client == place.Client {
			cancel()
		}
	}
}

// A handler that runs long, such as a stream of events, ends when its user
// loses the permission that let them in.
func Example_follow() {
	world := accesstest.New(example{}) // ann is partner admin of lumen
	g, err := guard.New(world.Manager, guard.Options{User: sessionUser, Client: pathClient})
	if err != nil {
		panic(err)
	}
	reports, err := g.Require("reports.view")
	if err != nil {
		panic(err)
	}
	listening := make(chan bool)
	live := &streams{open: map[*http.Request]context.CancelFunc{}}
	mux := http.NewServeMux()
	mux.Handle("GET /clients/{client}/live", live.enter(reports(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		listening <- true
		<-r.Context().Done() // a real one sends events, too
		fmt.Println("the stream has ended")
	}))))

	// Once, at the start. A host that wants to go on behind the same revision
	// later keeps losses.Revision.
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	losses := world.Manager.Losses(ctx, access.Host(), world.Store.Snapshot().Revision())
	go func() {
		for losses, err := range losses {
			if err != nil && ctx.Err() == nil {
				slog.Error("nobody ends streams any more", "error", err) // a real one ends all, and begins again
			}
			for _, loss := range losses.Lost {
				if loss.Permissions.Has("reports.view") {
					live.end(loss.Place)
				}
			}
		}
	}()

	var answered sync.WaitGroup
	answered.Go(func() {
		request := httptest.NewRequest(http.MethodGet, "/clients/lumen/live", nil)
		request.AddCookie(&http.Cookie{Name: "session", Value: "ann"})
		mux.ServeHTTP(httptest.NewRecorder(), request)
	})
	<-listening
	world.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "ann"})
	answered.Wait()
	// Output:
	// the stream has ended
}
