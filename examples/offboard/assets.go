package main

import (
	"context"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// assetColumns are the columns of a list of assets.
var assetColumns = []column{
	{name: "client", needed: true},
	{name: "owner", others: []string{"e-mail", "email"}, needed: true},
	{name: "type", needed: true},
	{name: "id", needed: true},
	{name: "name"},
}

// assets is who owns what in which client: what a host would ask its database
// for. It implements access.Assets.
type assets struct {
	file   string
	at     map[access.Place][]access.Asset
	lines  map[access.Place][]int // of the assets at the place
	faults []fault
	notes  []fault
}

// OwnedAt returns what is owned at the places.
func (a *assets) OwnedAt(_ context.Context, places []access.Place) ([]access.Asset, error) {
	var owned []access.Asset
	for _, place := range places {
		owned = append(owned, a.at[place]...)
	}
	return owned, nil
}

// readAssets reads a list of assets.
func readAssets(file string, content []byte) (*assets, error) {
	a := &assets{file: file, at: map[access.Place][]access.Asset{}, lines: map[access.Place][]int{}}
	if content == nil {
		return a, nil
	}
	t, err := readTable(file, content, assetColumns)
	if err != nil {
		return nil, err
	}
	a.faults, a.notes = t.problems, t.notes()
	for _, row := range t.rows {
		a.read(t, row)
	}
	return a, nil
}

func (a *assets) read(t *table, row row) {
	before := len(a.faults)
	bad := func(column, problem string) {
		if problem != "" {
			a.faults = append(a.faults, fault{a.file, row.line, column + ": " + problem})
		}
	}
	cells := map[string]string{}
	for _, column := range assetColumns {
		cell := t.cell(row, column.name)
		cells[column.name] = cell
		if cell == "" && column.needed {
			bad(column.name, "is empty")
		}
		bad(column.name, text(cell))
	}
	if len(a.faults) > before {
		return
	}
	owner, problem := address(cells["owner"])
	if problem != "" {
		bad("owner", problem)
		return
	}
	place := access.Place{Client: clientID(cells["client"]), User: userID(owner)}
	a.at[place] = append(a.at[place], access.Asset{Place: place, ID: cells["id"], Type: cells["type"], Name: cells["name"]})
	a.lines[place] = append(a.lines[place], row.line)
}

// checkAgainst tells of assets whose owner or client nobody knows: they would
// be missing from every review.
func (a *assets) checkAgainst(r storage.Reader) {
	for place, lines := range a.lines {
		problem := ""
		if _, is := storage.Get[relationship.User](r, relationship.UserKey(place.User)); !is {
			problem = "owner: is not known"
		}
		if _, is := storage.Get[relationship.Client](r, relationship.ClientKey(place.Client)); !is {
			problem = "client: is not known"
		}
		if problem == "" {
			continue
		}
		for _, line := range lines {
			a.faults = append(a.faults, fault{a.file, line, problem})
		}
	}
}
