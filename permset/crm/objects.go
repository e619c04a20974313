package crm

import "github.com/clientaccess/clientaccess/permset"

const groupObjects = "CRM objects"

// object is a kind of record.
type object struct {
	name, title string
	bulk        bool // can be imported, exported and merged
}

var kinds = []object{
	{"contacts", "contacts", true},
	{"companies", "companies", true},
	{"deals", "deals", true},
	{"tickets", "tickets", true},
	{"products", "products", true},
	{"tasks", "tasks", false},
	{"activities", "calls, meetings and notes", false},
	{"custom-objects", "custom objects", true},
}

// levels are whose records, from the narrowest on.
var levels = []struct{ name, title string }{
	{"own", "one's own"},
	{"team", "the team's"},
	{"all", "all"},
}

// objects are the permissions on records, and on how records are kept.
func objects() []permset.Declared {
	var list []permset.Declared
	for _, kind := range kinds {
		list = append(list, records(kind)...)
	}
	return append(list,
		permission(groupObjects, "crm.lists.view", "View lists and segments", 0),
		permission(groupObjects, "crm.lists.edit", "Edit lists and segments", 0, "crm.lists.view"),
		permission(groupObjects, "crm.views.edit", "Create and share saved views", 0),
		permission(groupObjects, "crm.properties.edit", "Edit properties", 0),
		permission(groupObjects, "crm.pipelines.edit", "Edit pipelines and stages", 0),
		permission(groupObjects, "crm.duplicates.manage", "Find and merge duplicates", permset.Paid),
		permission(groupObjects, "crm.bulk-delete", "Delete many records at once", 0),
	)
}

// records are the permissions on one kind of record.
func records(kind object) []permset.Declared {
	var list []permset.Declared
	for _, action := range []struct{ name, title string }{{"view", "View"}, {"edit", "Edit"}, {"delete", "Delete"}} {
		for i, level := range levels {
			var implies []string
			if i > 0 {
				implies = append(implies, kind.name+"."+action.name+"."+levels[i-1].name)
			}
			if action.name != "view" {
				implies = append(implies, kind.name+".view."+level.name)
			}
			name := kind.name + "." + action.name + "." + level.name
			list = append(list, permission(groupObjects, name, action.title+" "+level.title+" "+kind.title, 0, implies...))
		}
	}
	viewOwn, editOwn, create := kind.name+".view.own", kind.name+".edit.own", kind.name+".create"
	list = append(list, permission(groupObjects, create, "Create "+kind.title, 0, viewOwn))
	if kind.bulk {
		list = append(list,
			permission(groupObjects, kind.name+".import", "Import "+kind.title, 0, create, editOwn),
			permission(groupObjects, kind.name+".export", "Export "+kind.title, 0, viewOwn),
			permission(groupObjects, kind.name+".merge", "Merge "+kind.title, 0, editOwn),
		)
	}
	return list
}
