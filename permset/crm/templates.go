package crm

import "github.com/clientaccess/clientaccess/permset"

// The sets below are suggestions for templates. Each is closed under implication, so that binding it to [Catalog] leaves nothing out.

// Support is for those who answer customers: tickets, the inbox, and the customers' records.
func Support() permset.Names {
	return closed(TicketsEditAll, "tickets.create", "contacts.view.all", ContactsEditTeam, "companies.view.all", InboxReply,
		"tasks.edit.own", "tasks.create", "activities.edit.own", "activities.create", "service.chatflows.view", ReportsView)
}

// Marketing is for those who run campaigns: all that is sent out, its pages, lists and reports. It has no automation.
func Marketing() permset.Names {
	return closed("marketing.campaigns.edit", MarketingEmailsPublish, "marketing.forms.publish", "marketing.ads.publish",
		"marketing.social.publish", "marketing.events.edit", "marketing.calls-to-action.publish", "marketing.contacts.set",
		ContactsEditAll, "contacts.create", "contacts.import", "companies.view.all", "crm.lists.edit", "content.landing-pages.publish",
		"content.files.edit", ReportsEdit, "reports.dashboards.edit", "reports.analytics.view")
}

// SalesReadOnly is for those who advise sellers without touching their records.
func SalesReadOnly() permset.Names {
	return closed(ContactsViewAll, CompaniesViewAll, DealsViewAll, "products.view.all", "tasks.view.all", "activities.view.all",
		"sales.templates.view", "sales.quotes.view", "sales.goals.view", ReportsView, "reports.dashboards.view")
}

// Content is for those who write and design: pages, blog, files. It has no records and no reports.
func Content() permset.Names {
	return closed(PagesPublish, "content.landing-pages.publish", "content.blog.publish", "content.files.edit", "content.designs.edit",
		"content.redirects.edit", "content.staging.use")
}

// closed is the names and all they imply in [Catalog].
func closed(names ...string) permset.Names {
	set, err := Catalog().Set(names...)
	if err != nil {
		panic(err)
	}
	return set.Names()
}
