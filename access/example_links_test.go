package access_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// Ann gets an access link on behalf of Bob, who need not have Client Access
// Manager access himself (LINK-2).
func ExampleManager_IssueLink() {
	w := world()
	w.Employee("bob")
	link, err := w.Manager.IssueLink(context.Background(), access.By("ann"), access.IssueLink{Employee: "bob"})
	if err != nil {
		panic(err)
	}
	// link.Secret.Reveal() is the text to send to clients. It is shown by
	// nothing else, and cannot be had again: only a hash is stored.
	fmt.Println("for:", link.Employee, "of", link.Partner)
	fmt.Println("asks for the partner-admin set:", link.Asks == w.Catalog.PartnerAdmin().Names())
	fmt.Println("until:", link.Expires.Format(time.DateOnly))
	// Output:
	// for: bob of northwind
	// asks for the partner-admin set: true
	// until: 2026-04-01
}

// Only partners of an eligible kind get an access link (LINK-1).
func ExampleManager_IssueLink_notEligible() {
	w := world()
	w.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "reseller"})
	_, err := w.Manager.IssueLink(context.Background(), access.By("ann"), access.IssueLink{Employee: "ann"})
	fmt.Println(err)
	// Output: partner is not eligible, partner "northwind": its kind is "reseller" (LINK-1)
}

// Carla opens the link that she got by e-mail, and sees who asks.
func ExampleManager_OpenLink() {
	w := world()
	w.Employee("bob")
	link := w.Issue(access.By("ann"), "bob")

	text := link.Secret.Reveal() // what carla pastes into a form
	secret, err := relationship.ParseSecret(text)
	if err != nil {
		panic(err)
	}
	view, err := w.Manager.OpenLink(context.Background(), access.By("carla"), "lumen", secret)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s <%s>, %s of %s, verified: %t\n", view.Name, view.Email, view.Kind, view.PartnerName, view.Verified)
	fmt.Println("asks for the partner-admin set:", len(view.Asks) == w.Catalog.PartnerAdmin().Len())
	// Output:
	// User bob <bob@northwind.example>, staff of Northwind, verified: true
	// asks for the partner-admin set: true
}

// Rotating revokes a link and issues another for the same employee in one
// step, for instance after it was sent to the wrong people.
func ExampleManager_RotateLink() {
	w := world()
	ctx := context.Background()
	old := w.Issue(access.By("ann"), "ann")
	link, err := w.Manager.RotateLink(ctx, access.By("ann"), old.Selector)
	if err != nil {
		panic(err)
	}
	_, err = w.Manager.OpenLink(ctx, access.By("carla"), "lumen", old.Secret)
	fmt.Println("old:", err)
	_, err = w.Manager.OpenLink(ctx, access.By("carla"), "lumen", link.Secret)
	fmt.Println("new:", err)
	// Output:
	// old: the access link is not valid (LINK-6)
	// new: <nil>
}

// A revoked link lets nobody in any more. Who was let in by it stays.
func ExampleRevokeLink() {
	w := withHarbor(world()) // Lumen approved w.Link
	w.Do(access.By("ann"), access.RevokeLink{Selector: w.Link.Selector})

	fmt.Println(w.Refused(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret}))
	fmt.Println("at lumen:", w.Manager.CheckName("ann", "lumen", "contacts.view.all"))
	// Output:
	// the access link is not valid (LINK-6)
	// at lumen: allowed
}

// One link can be sent to many clients; each approves for itself. Harbor lets
// Ann in with the link that Lumen approved before.
func ExampleApproveLink() {
	w := withHarbor(world())
	result := w.Do(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})

	ann, _ := result.Member("harbor", "ann")
	fmt.Println(ann.Place, "is now:", ann.After)
	for _, t := range result.Relationships {
		fmt.Printf("%s with %s: %s\n", t.Partner, t.Client, t.To)
	}
	for _, n := range result.Notifications {
		fmt.Printf("tell %s: %s by %s\n", n.To, n.Kind, n.Client)
	}
	// Output:
	// "ann" in "harbor" is now: partner admin, managed by northwind, template "partner admin", partner seat
	// northwind with harbor: active
	// tell ann: approved by harbor
}

// What a link shows is fixed at issue. When it is no longer so, approving
// does nothing (LINK-3).
func ExampleApproveLink_changed() {
	w := withHarbor(world())
	w.Do(access.Host(), access.ChangeUser{ID: "ann", Name: "Ann Other", Email: "ann@other.example"})
	err := w.Refused(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})
	fmt.Println(errors.Is(err, access.ErrLinkChanged))
	fmt.Println(err)
	// Output:
	// true
	// what the access link shows has changed, partner "northwind", user "ann": the employee changed since it was issued (LINK-3)
}

// Harbor declines. Bob is told, and nothing else happens.
func ExampleDeclineLink() {
	w := withHarbor(world())
	w.Employee("bob")
	link := w.Issue(access.By("ann"), "bob")
	fmt.Print(w.Do(access.By("olga"), access.DeclineLink{Client: "harbor", Secret: link.Secret}))
	// Output:
	// notification "declined" to "bob" about "northwind" and "harbor"
}

// The client's side can let an employee in without a link (LINK-7), here for
// three months.
func ExampleMakePartnerAdmin() {
	w := withHarbor(world())
	result := w.Do(access.By("olga"), access.MakePartnerAdmin{
		Client: "harbor", Partner: "northwind", Employee: "ann", End: w.Clock.Now().Add(90 * accesstest.Day),
	})
	ann, _ := result.Member("harbor", "ann")
	fmt.Println(ann.After)
	// Output: partner admin, managed by northwind, template "partner admin", partner seat, until 2026-05-31T09:00:00Z by the client's side
}
