package access_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The host makes people known, with the address that it has established.
// Everybody else names them by id.
func ExampleAddUser() {
	w := world()
	fmt.Print(w.Do(access.Host(), access.AddUser{ID: "bob", Name: "Bob Baker", Email: "bob@Northwind.example"}))

	err := w.Refused(access.By("ann"), access.AddUser{ID: "cleo", Name: "Cleo Cole", Email: "cleo@northwind.example"})
	fmt.Println(err)
	// Output:
	// user "bob": nothing → Bob Baker <bob@northwind.example>
	// not allowed, user "ann": only the host may do this (ORG-1)
}

// An address belongs to one user.
func ExampleAddUser_taken() {
	w := world()
	err := w.Refused(access.Host(), access.AddUser{ID: "ann2", Name: "Ann Again", Email: "ann@northwind.example"})
	fmt.Println(errors.Is(err, storage.ErrConflict))
	// Output: true
}

// Bob has asked to be forgotten. He leaves every account at once, and his name
// and address go out of the log, which still verifies.
func ExampleEraseUser() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")

	fmt.Print(w.Do(access.Host(), access.EraseUser{ID: "bob"}))
	_, err := w.Manager.Verify(context.Background())
	fmt.Println("verified:", err == nil)
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat → no member; revoked: tickets.view.own
	// employee "northwind" "bob": staff, employed → staff, left
	// user "bob": User bob <bob@northwind.example> → erased
	// verified: true
}

// Bob is an own user of Lumen and works for Northwind. Nobody can tell that he
// is who he says, until his address is one of Northwind's: then he is linked,
// without a call (ADD-5).
func ExampleChangeUser() {
	w := world()
	w.User("bob", "mail.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "bob", Permissions: []string{"reports.view"}})

	fmt.Print(w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: "Bob Baker", Email: "bob@northwind.example"}))
	// Output:
	// "bob" in "lumen": standard, own → standard, managed by northwind, linked, partner seat
	// user "bob": User bob <bob@mail.example> → Bob Baker <bob@northwind.example>
}
