package main

import (
	"context"
	"os"
)

// The whole story of -demo.
func Example() {
	if status := run(context.Background(), []string{"-demo"}, os.Stdout, os.Stderr); status != statusDone {
		panic(status)
	}
	// Output:
	//
	// == Lumen lets in Ann, Ben and Cleo. The mail server cannot be reached.
	// level=WARN msg="to be sent later" notification=12.0 until=2026-03-02T09:01:00.000Z why="no connection to the mail server: dial tcp HOST:PORT: connect: connection refused"
	//
	// == A minute later it can. It has no mailbox for Ben.
	// level=INFO msg=delivered notification=12.0 kind=approved user=ann
	// level=ERROR msg=undeliverable notification=13.0 kind=approved user=ben why="the mail server said 550 5.1.1 to the address"
	// level=INFO msg=delivered notification=14.0 kind=approved user=cleo
	// the office took <12.0.STORE@product.example> to ann@northwind.example: Lumen Lighting Ltd has let you in
	// the office took <14.0.STORE@product.example> to cleo@northwind.example: Lumen Lighting Ltd has let you in
	// undelivered: 13.0 to ben: the mail server said 550 5.1.1 to the address
	//
	// == Ben's address is set right, and he is to be told again.
	// level=INFO msg=delivered notification=13.0 kind=approved user=ben
	// the office took <13.0.STORE@product.example> to ben@northwind.example: Lumen Lighting Ltd has let you in
	//
	// == Lumen lets in Dora. The server takes the mail and hangs up before it says so.
	// level=WARN msg="the mail server gave no answer" notification=16.0 try=1 why="the mail server said nothing to the mail"
	// the office took <16.0.STORE@product.example> to dora@northwind.example: Lumen Lighting Ltd has let you in
	//
	// == The lease runs out. She gets the same mail again, with the same Message-ID.
	// level=INFO msg=delivered notification=16.0 kind=approved user=dora
	// the office took <16.0.STORE@product.example> to dora@northwind.example: Lumen Lighting Ltd has let you in
	//
	// == A day later there is nothing left to do.
	//
	// == The last letter
	// Auto-Submitted: auto-generated
	// Date: Mon, 02 Mar 2026 09:02:00 +0000
	// MIME-Version: 1.0
	// Message-ID: <16.0.STORE@product.example>
	// Subject: Lumen Lighting Ltd has let you in
	// From: "Client access" <access@product.example>
	// To: "Dora Dale" <dora@northwind.example>
	// Content-Transfer-Encoding: quoted-printable
	// Content-Type: text/plain; charset=UTF-8
	//
	// Hello Dora Dale,
	//
	// Lumen Lighting Ltd has let you in, for Northwind Digital.
	// It happened on 2 March 2026, 09:01 UTC.
}
