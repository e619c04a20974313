package crm

import (
	"slices"
	"sync"

	"github.com/clientaccess/clientaccess/permset"
)

// catalog is built at first use; that the declaration is coherent is tested.
var catalog = sync.OnceValue(func() *permset.Catalog {
	c, err := permset.NewCatalog(Declaration())
	if err != nil {
		panic(err)
	}
	return c
})

// Catalog is the catalogue: the same at every call, built at the first. It may be called and used by any number of goroutines.
func Catalog() *permset.Catalog { return catalog() }

// Declaration is what [Catalog] is made of: a new copy at every call, to be changed at will.
func Declaration() permset.Declaration {
	permissions := slices.Concat(
		objects(), marketing(), sales(), service(), content(), reports(), automation(), account(),
	)
	return permset.Declaration{
		Permissions:     permissions,
		AddAndEditUsers: AccountUsersEdit,
		PartnerAdmin:    partnerAdmin(permissions),
	}
}

// withheld are account permissions that a partner admin is not given, though nothing forbids them: serving a client does not need them.
var withheld = []string{
	"account.api-keys.manage",
	"account.privacy.edit",
	"account.audit-log.export",
	"account.sandboxes.manage",
}

// partnerAdmin is elevated account access (ADM-2): all records, product hubs and apps, and the focused administration that serving a
// client needs; neither super-admin management nor billing, and nothing of ADM-3.
func partnerAdmin(permissions []permset.Declared) []string {
	var names []string
	for _, p := range permissions {
		barred := p.Marks & (permset.Billing | permset.SuperAdminOnly | permset.NeverManaged)
		if barred == 0 && !slices.Contains(withheld, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// permission writes one line of the tables below.
func permission(group, name, title string, marks permset.Mark, implies ...string) permset.Declared {
	return permset.Declared{Name: name, Title: title, Group: group, Marks: marks, Implies: implies}
}

// stages are what can be done with one kind of thing, each implying the one before: view, edit and, if asked for, publish.
func stages(group, prefix, things string, marks permset.Mark, publish bool) []permset.Declared {
	view, edit := prefix+".view", prefix+".edit"
	list := []permset.Declared{
		permission(group, view, "View "+things, marks),
		permission(group, edit, "Edit "+things, marks, view),
	}
	if publish {
		list = append(list, permission(group, prefix+".publish", "Publish "+things, marks, edit))
	}
	return list
}
