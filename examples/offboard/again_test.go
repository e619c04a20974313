package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A second run over the same store finds everything unchanged, and takes
// nobody out again.
func TestStore_ASecondRunChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	first := offboard(t, "-yes", "-store", path)
	require.Contains(t, first.stdout, "15 imported, 1 unchanged")
	before := state(t, path)

	second := offboard(t, "-yes", "-store", path)
	require.Equal(t, first.stderr, second.stderr)
	require.Contains(t, second.stdout, "Of 27 rows: 0 imported, 7 unchanged, 9 of people who had left before, 11 refused, 0 not attempted.")
	require.Equal(t, 3, strings.Count(second.stdout, "has left before."))
	require.Contains(t, second.stdout, "Nobody is to be taken out.")
	require.Equal(t, before, state(t, path))
}

// A dry run leaves the file as it is, and makes none.
func TestStore_ADryRunLeavesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	dry := offboard(t, "-dry-run", "-store", path)
	require.Contains(t, dry.stdout, "3 people would be taken out of 3 clients.")
	require.NoFileExists(t, path)

	args := files(t, soundRoster, "# nobody yet\n")
	require.Equal(t, statusDone, offboard(t, append(args, "-yes", "-store", path)...).status)
	before := state(t, path)
	args[1] = written(t, "roster.csv", soundRoster+"dora@northwind.example,Dora,Lumen,support,\n")
	args[3] = written(t, "leavers.txt", "ben@northwind.example\n")
	dry = offboard(t, append(args, "-dry-run", "-store", path)...)
	require.Equal(t, statusDone, dry.status, dry.stderr)
	require.Contains(t, dry.stdout, "Of 5 rows: 1 imported, 4 unchanged")
	require.Contains(t, dry.stdout, "1 person would be taken out of 2 clients.")
	require.Equal(t, before, state(t, path))
}

// Rows that say something else than the store are refused, and change nothing.
func TestStore_WhatIsThereStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	args := files(t, soundRoster, "")
	require.Equal(t, statusDone, offboard(t, append(args, "-yes", "-store", path)...).status)
	before := state(t, path)

	args[1] = written(t, "roster.csv", strings.Replace(soundRoster, "Lumen,support", "Lumen,content", 1))
	ran := offboard(t, append(args, "-yes", "-store", path)...)
	require.Equal(t, statusFailed, ran.status)
	require.Equal(t, args[1]+":4: row: exists already with another permissions, template (ORG-4)\n", ran.stderr)
	require.Equal(t, before, state(t, path))

	ran = offboard(t, append(args[:4:4], "-yes", "-store", path)...) // without the domain
	require.Equal(t, statusFailed, ran.status)
	require.Contains(t, ran.stderr, "roster.csv:2: the agency cannot be imported: exists already with another domains (ORG-4)")
}

// hears ends a context when a word is printed for the nth time.
type hears struct {
	word string
	nth  int
	end  context.CancelFunc
}

func (h *hears) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(h.word)) {
		if h.nth--; h.nth == 0 {
			h.end()
		}
	}
	return len(text), nil
}

// Interrupted at any step and run again, it ends in the state that one run ends
// in.
func TestStore_InterruptedAndRunAgain(t *testing.T) {
	args := generated(t, 60, 50, 12)
	whole := filepath.Join(t.TempDir(), "whole.db")
	require.Equal(t, statusDone, offboard(t, append(args, "-yes", "-store", whole)...).status)
	want := state(t, whole)

	path := filepath.Join(t.TempDir(), "parts.db")
	for _, step := range []struct {
		word      string
		nth       int
		said, not string
	}{
		{"Importing:", 1, "not attempted.", " 0 not attempted."},
		{"Importing:", 3, "not attempted.", " 0 imported"},
		{"Taking out:", 3, "3 people taken out", " 0 imported"},
		{"Taking out:", 4, "4 people taken out", "Importing: 0"},
	} {
		ctx, end := context.WithCancel(t.Context())
		listener := &hears{step.word, step.nth, end}
		ran := offboardAt(ctx, command{stdin: strings.NewReader(""), stdout: listener}, append(args, "-yes", "-store", path)...)
		end()
		require.Equal(t, statusFailed, ran.status)
		require.Equal(t, "offboard: interrupted: what was done is in "+path+", and the same command goes on from there\n", ran.stderr)
		require.Contains(t, ran.stdout, step.said)
		require.NotContains(t, ran.stdout, step.not)
	}
	ran := offboard(t, append(args, "-yes", "-store", path)...)
	require.Equal(t, statusDone, ran.status, ran.stderr)
	require.Contains(t, ran.stdout, "5 people taken out")
	require.Equal(t, want, state(t, path))
}

func TestInterruptedWithoutAStore(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	ran := offboardAt(ctx, command{stdin: strings.NewReader(""), stdout: &hears{"Taking out:", 1, end}}, "-yes")
	require.Equal(t, statusFailed, ran.status)
	require.Contains(t, ran.stderr, "offboard: interrupted: without -store nothing is kept\n")
	require.Contains(t, ran.stdout, "1 person taken out, of 3 places.")
}

// generated writes a roster of so many clients with so many memberships each,
// and a list of leavers, all of them standard members.
func generated(t *testing.T, clients, each, leavers int) []string {
	t.Helper()
	const employees = 500
	address := func(i int) string { return fmt.Sprintf("employee%d@northwind.example", i%employees) }
	var roster, list strings.Builder
	roster.WriteString("\ufeffClient;Role;E-mail;Name;Contact;Since\r\n;super admin;boss@northwind.example;The Boss;;\r\n")
	for c := range clients {
		for i := range each {
			role := "support"
			if i == 0 {
				role = "partner admin"
			}
			fmt.Fprintf(&roster, "\"Client %d, Ltd\";%s;%s;\"Employee\r\n%d\";owner%d@client.example;1.2.2024\r\n",
				c, role, address(c*7+i), (c*7+i)%employees, c)
		}
	}
	for i := range leavers {
		fmt.Fprintln(&list, address(i*5))
	}
	return files(t, roster.String(), list.String())
}

// TestFiftyThousandMemberships is the size for which the command is meant: it
// takes seconds.
func TestFiftyThousandMemberships(t *testing.T) {
	if testing.Short() {
		t.Skip("50,000 memberships take seconds")
	}
	const clients, each, leavers = 1000, 50, 100
	args := generated(t, clients, each, leavers)
	began := time.Now()
	ran := offboard(t, append(args, "-yes")...)
	t.Log("50,000 memberships and 100 leavers:", time.Since(began).Round(time.Millisecond))
	require.Equal(t, statusDone, ran.status, ran.stderr)
	require.Empty(t, ran.stderr)
	require.Contains(t, ran.stdout, "Of 50,001 rows: 50,001 imported, 0 unchanged, 0 of people who had left before, 0 refused, 0 not attempted.")
	places := 0
	for c := range clients {
		for i := range each {
			if e := (c*7 + i) % 500; e%5 == 0 && e/5 < leavers {
				places++
			}
		}
	}
	require.Contains(t, ran.stdout, fmt.Sprintf("100 people taken out, of %s places.", number(places)))
	require.Equal(t, leavers, strings.Count(ran.stdout, "Taking out: "))
	require.Equal(t, places, strings.Count(ran.stdout, "    out of Client "))
	readable(t, ran.stdout)
}
