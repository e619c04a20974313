// Package access decides who may do what in a client's account, and makes
// every change to it.
//
// A [Manager] stands over a store. The host program asks it questions and
// hands it changes:
//
//	m, err := access.Open(ctx, memdb.New(), access.Options{Catalog: crm.Catalog()})
//	…
//	if m.Can("bob", "lumen", reportsView) { … }
//	result, err := m.Do(ctx, access.By("ann"), access.AddEmployees{
//		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
//	})
//
// # Questions
//
// [Manager.Check] says whether a user may use a permission in a client now, and
// why not. [Manager.Can] is the same without the reason, [Manager.Permissions]
// the set of all that is allowed, [Manager.Explain] every condition and who
// could change it. [Manager.CheckMany] answers many questions at once;
// [Manager.WhoCan] and [Manager.WhereCan] find users and clients, in pages. They
// take no lock and answer from one revision. Whatever cannot be answered is refused:
// the zero [Decision] refuses, and so do an unknown user, client or
// permission. [Manager.Losses] tells who can no longer use what they could, so
// that the host can end sessions.
//
// [Manager.Clients], [Manager.Employees], [Manager.EmployeeDetails],
// [Manager.ClientDetails] and [Manager.Members] are lists for screens.
//
// # Changes
//
// A [Change] is a struct that says what is to be done; a [Call] says on whose
// behalf and why. [Manager.Plan] shows what a change would do,
// [Manager.Apply] does exactly what a plan shows or nothing, and [Manager.Do]
// does both at once. Every change is checked, carried out and logged in one
// transaction: it is done as a whole, or refused with an error that says which
// rule and whom it is about, and has changed nothing. [Manager.DoEach] makes
// many changes, each for itself.
//
// Issuing and rotating an access link are methods of their own, because they
// hand out a secret; so is [Manager.Import], because it takes in any number of
// rows, each for itself. None of these can be planned.
//
// # Many processes
//
// On a store with other writers a Manager follows what they commit, and answers
// from its own memory. Every answer has an age; past Options.MaxStaleness it is a
// refusal. A [Token] of one process is waited for in another with
// [Manager.WaitFor]. When the journal has lost its newest commits, what they took
// stays taken here until the host acknowledges the loss: see [LostTail].
//
// # Rules
//
// Every rule has a name, such as DEL-1, and is carried out in one place that
// names it. RULES.md beside this file lists them.
//
// # What it promises
//
//   - No partner-side call gives anybody a permission that the client's own
//     side did not confer (DEL-4).
//   - An open client always has an active super admin (OFF-8).
//   - What the clock ends is over at the instant, written down or not (REL-6).
//   - Every change leaves an event in a hash-chained log (LOG-1).
//
// # What it does not
//
// It does not authenticate: a Call is what the host says. It does not protect
// against a program that writes to the store directly. It does not send
// notifications: the host takes them from [Manager.LeaseNotifications].
package access
