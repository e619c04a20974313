package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
)

// plant writes the secret of an access link to the file that the environment
// variable CLIENTACCESS_PLANTED_SECRETS names, so that the library's own
// checks can search the output for it. A program of yours has no such thing:
// it sends the secret to the client, and forgets it.
func plant(secret relationship.Secret) (err error) {
	path := os.Getenv("CLIENTACCESS_PLANTED_SECRETS")
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text := secret.Reveal()
	_, err = fmt.Fprintf(file, "%s\n%s\n", text, strings.Split(text, "_")[2])
	return err
}
