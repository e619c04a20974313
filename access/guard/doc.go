// Package guard puts the Manager's question in front of a handler: may this
// user use this permission in this client's account, now (ASK-1)?
//
//	g, err := guard.New(manager, guard.Options{User: sessionUser, Client: pathClient, Logger: logger})
//	…
//	reports, err := g.Require("reports.view") // once, at the start
//	…
//	mux.Handle("GET /clients/{client}/reports", reports(showReports))
//
// For everything that is not net/http, such as an interceptor of an RPC
// framework, [Ask] is the same question as a plain function.
//
// # Answers
//
// A request that is refused gets a JSON object with one stable code, and the
// handler does not run:
//
//	401 {"error":"unauthenticated"}  Options.User says that nobody is logged in
//	403 {"error":"access_denied"}    the Manager says no
//	503 {"error":"unavailable"}      nobody can say; with Retry-After
//
// The 403 is the same whatever the reason: it does not tell whether the user,
// the client or the membership exists, nor that somebody was deactivated or
// paused. The reason goes to the Logger. A host that wants to tell its users
// more calls [Ask] in a handler of its own and decides by [RefusedError] what
// it shows; [access.Manager.Explain] says who may know.
//
// A request that names no client, or one that nobody knows, is refused like
// any other, so that what exists cannot be found out by trying.
//
// # What it promises
//
//   - The handler runs only after the Manager has said yes, for the user and
//     the client that the host's functions named. What is unknown, fails or
//     cannot be answered is no.
//   - A permission that the catalogue does not have is an error at the start,
//     not a refusal at the first request.
//   - No refusal is kept by a cache (Cache-Control: no-store).
//
// # What it does not
//
// It does not authenticate: who the user is, the host says. It asks once,
// before the handler; a handler that runs long asks again where it matters, or
// is ended by the host, which hears from [access.Manager.Losses] who has just
// lost what.
// It makes no change: the Manager checks the actor of a change itself, and
// needs no guard for it. It cannot know whether what the handler then reads
// belongs to the client that was asked about. Answers may take longer or
// shorter.
package guard
