package access_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// A plan shows what a change would do, and changes nothing.
func ExampleManager_Plan() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	plan, err := w.Manager.Plan(context.Background(), access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	if err != nil {
		panic(err)
	}
	fmt.Print(plan)
	fmt.Println("still there:", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat → no member; revoked: tickets.view.own
	// still there: allowed
}

// What would be refused for a last super admin is shown as an obstacle, so
// that a screen can say what has to be unticked.
func ExampleManager_Plan_obstacle() {
	w := world()
	w.Do(access.Host(), access.CreateClient{ID: "harbor", Name: "Harbor Hotels", SuperAdmin: "ann"})
	plan, err := w.Manager.Plan(context.Background(), access.By("ann"), access.RemoveEmployee{Employee: "ann", All: true})
	if err != nil {
		panic(err)
	}
	for _, m := range plan.Members {
		fmt.Println(m.Place, "would go")
	}
	fmt.Println("in the way:", plan.Obstacles[0])
	// Output:
	// "ann" in "harbor" would go
	// "ann" in "lumen" would go
	// in the way: the last active super admin, client "harbor" (OFF-8)
}

// Apply does exactly what was reviewed.
func ExampleManager_Apply() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	ctx, ann := context.Background(), access.By("ann").Because("left the project")
	plan, err := w.Manager.Plan(ctx, ann, access.RemoveEmployee{Employee: "bob", All: true})
	if err != nil {
		panic(err)
	}
	// … somebody looks at the plan, and says yes …
	result, err := w.Manager.Apply(ctx, ann, plan)
	if err != nil {
		panic(err)
	}
	fmt.Println(result.Changed, w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output: true refused: not a member
}

// Do is Plan and Apply in one: all of the change is done, or nothing is.
func ExampleManager_Do() {
	w := world()
	w.Employee("bob")
	w.Template("support", "tickets.view.own")
	result, err := w.Manager.Do(context.Background(), access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
	})
	if err != nil {
		panic(err)
	}
	fmt.Print(result)

	_, err = w.Manager.Do(context.Background(), access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
	})
	fmt.Println(err)
	// Output:
	// "bob" in "lumen": no member → standard, managed by northwind, template "support", partner seat; granted: tickets.view.own
	// already a member, client "lumen", user "bob" (ADD-7)
}

// A call that is malformed names the field; a value that may be personal is
// never repeated.
func ExampleManager_Do_invalid() {
	w := world()
	_, err := w.Manager.Do(context.Background(), access.Host(), access.AddUser{ID: "bob", Name: "Bob Baker", Email: "bob@"})
	var field *relationship.FieldError
	if errors.Is(err, access.ErrInvalid) && errors.As(err, &field) {
		fmt.Printf("%s, %s: %s\n", field.Noun, field.Field, field.Problem)
	}
	// Output: user, e-mail address: has no proper domain
}

// All composes changes: all are made, in order, or none. Here the second is
// refused, and so Bob was not made known either.
func ExampleAll() {
	w := world()
	hire := access.All{
		access.AddUser{ID: "bob", Name: "Bob Baker", Email: "bob@northwind.example"},
		access.AddUser{ID: "cleo", Name: "Cleo Cole", Email: "cleo at northwind"},
	}
	fmt.Println(w.Refused(access.Host(), hire))

	hire[1] = access.AddUser{ID: "cleo", Name: "Cleo Cole", Email: "cleo@northwind.example"}
	fmt.Print(w.Do(access.Host(), hire))
	// Output:
	// invalid input: user: e-mail address has no @
	// user "bob": nothing → Bob Baker <bob@northwind.example>
	// user "cleo": nothing → Cleo Cole <cleo@northwind.example>
}

// Of everybody in the review, only Bob is ticked. What follows is worked out
// again: with Ann still there the relationship goes on.
func ExamplePlan_Only() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	ctx, ann := context.Background(), access.By("ann")
	plan, err := w.Manager.Plan(ctx, ann, access.RemoveEmployees{Client: "lumen", All: true})
	if err != nil {
		panic(err)
	}
	fmt.Println("all: ", len(plan.Members), "members, relationship", plan.Relationships[0].To)

	plan = plan.Only(access.Place{Client: "lumen", User: "bob"})
	fmt.Println("only:", len(plan.Members), "member,", len(plan.Relationships), "relationships")
	if _, err := w.Manager.Apply(ctx, ann, plan); err != nil {
		panic(err)
	}
	fmt.Println("ann:", w.Manager.CheckName("ann", "lumen", "tickets.view.own"))
	fmt.Println("bob:", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// all:  2 members, relationship ending
	// only: 1 member, 0 relationships
	// ann: allowed
	// bob: refused: not a member
}

// Between two requests of a browser a plan travels as text.
func ExampleParsePlan() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	ctx, ann := context.Background(), access.By("ann")
	plan, err := w.Manager.Plan(ctx, ann, access.RemoveEmployee{Employee: "bob", All: true})
	if err != nil {
		panic(err)
	}
	text, err := plan.MarshalText()
	if err != nil {
		panic(err)
	}

	plan, err = access.ParsePlan(text) // the next request
	if err != nil {
		panic(err)
	}
	result, err := w.Manager.Apply(ctx, ann, plan)
	fmt.Println(result.Changed, err)

	_, err = access.ParsePlan([]byte(`{"plan": "please"}`))
	fmt.Println(errors.Is(err, access.ErrInvalid))
	// Output:
	// true <nil>
	// true
}

// A plan holds no secret. One that approves a link travels with the link's
// selector, and the secret is put back before it is applied.
func ExamplePlan_WithSecret() {
	w := withHarbor(world())
	ctx, olga := context.Background(), access.By("olga")
	plan, err := w.Manager.Plan(ctx, olga, access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})
	if err != nil {
		panic(err)
	}
	text, err := plan.MarshalText()
	if err != nil {
		panic(err)
	}
	plan, err = access.ParsePlan(text)
	if err != nil {
		panic(err)
	}

	_, err = w.Manager.Apply(ctx, olga, plan)
	fmt.Println("without:", err)
	_, err = w.Manager.Apply(ctx, olga, plan.WithSecret(w.Link.Secret))
	fmt.Println("with:   ", err)
	// Output:
	// without: the access link is not valid (LINK-6)
	// with:    <nil>
}

// Between looking and doing, Cleo came into the account. Nobody reviewed her,
// so nothing happens, and the difference is told.
func ExampleChangedError() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	ctx, ann := context.Background(), access.By("ann")
	plan, err := w.Manager.Plan(ctx, ann, access.RemoveEmployees{Client: "lumen", All: true})
	if err != nil {
		panic(err)
	}
	w.AddEmployee("cleo", "reports", "reports.view")

	_, err = w.Manager.Apply(ctx, ann, plan)
	var changed *access.ChangedError
	if errors.As(err, &changed) {
		for _, difference := range changed.Differences {
			fmt.Println(difference)
		}
	}
	// Output:
	// now: "cleo" in "lumen": standard, managed by northwind, template "reports", partner seat → no member; revoked: reports.view
}
