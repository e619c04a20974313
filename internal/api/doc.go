// Package api keeps the library's public API as text that a person reads in a
// review and a program type-checks again.
//
//   - current.txt is the API of the code beside it. [TestCurrent] fails when
//     the two differ, so every change of the API is seen in a diff. Write it
//     anew with
//
//     go generate ./internal/api
//
//   - released/VERSION.txt is current.txt as it stood at the last release; see
//     released/README.md. [TestReleased] compares it with the code by means of
//     golang.org/x/exp/apidiff, and requires that every incompatible change
//     stands under "Unreleased" in CHANGELOG.md.
//
// # The form
//
// A listing has one section for each package that a program outside the module
// can import. A section is a Go file of declarations without bodies: constants
// with their values, variables, functions, then every type with its constants
// and methods, each in order of name. What a user cannot see but can notice is
// kept too, in the shortest form that has the same effect:
//
//   - an unexported type that something exported mentions or embeds is listed;
//   - unexported fields become one blank field, which is comparable if they all
//     are, so that == still compiles for the same types (in a generic type each
//     becomes a blank field of its own type);
//   - unexported methods of interfaces, and the methods that satisfy them, are
//     listed without parameters: they say who can implement the interface.
//
// [TestListingIsTheAPI] proves that nothing is lost: apidiff finds no change at
// all, compatible or not, between the code and its listing, in both directions.
//
// Rejected: compiler export data for the released side (its format changes with
// the compiler, and nobody can read it); checking out the last tag (a clone in
// CI may have no tags); a listing that is only text (nothing but equality could
// be asked of it).
//
// Nothing here is imported by the library, and apidiff only by the tests.
package api

//go:generate go test -count=1 -run=^TestCurrent$ . -update
