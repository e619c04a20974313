package guard

import (
	"io"
	"net/http"
)

// retryAfter is what a 503 says, in seconds.
const retryAfter = "5"

// write answers a request. What it says is one of three texts, whoever asked
// and about whom.
func (e *RefusedError) write(w http.ResponseWriter) {
	status, code := http.StatusForbidden, "access_denied"
	header := w.Header()
	switch e.Err {
	case ErrUnauthenticated:
		status, code = http.StatusUnauthorized, "unauthenticated"
	case ErrUnavailable:
		status, code = http.StatusServiceUnavailable, "unavailable"
		header.Set("Retry-After", retryAfter)
	}
	header.Del("Content-Length")
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"error":"`+code+`"}`+"\n") // whoever asked has gone
}
