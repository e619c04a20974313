package crm

import (
	"slices"

	"github.com/clientaccess/clientaccess/permset"
)

// marketing are campaigns and the ways of reaching people.
func marketing() []permset.Declared {
	const group = "Marketing"
	return slices.Concat(
		stages(group, "marketing.campaigns", "campaigns", 0, false),
		stages(group, "marketing.emails", "marketing e-mails", 0, true),
		stages(group, "marketing.forms", "forms", 0, true),
		stages(group, "marketing.ads", "ads", 0, true),
		stages(group, "marketing.social", "social posts", 0, true),
		stages(group, "marketing.texts", "text messages", permset.Paid, true),
		stages(group, "marketing.events", "marketing events", 0, false),
		stages(group, "marketing.calls-to-action", "calls to action", 0, true),
		[]permset.Declared{
			permission(group, "marketing.contacts.set", "Set contacts as marketing contacts", 0, ContactsViewOwn),
			permission(group, "marketing.scoring.edit", "Edit lead scoring", permset.Paid),
			permission(group, "marketing.subscriptions.edit", "Edit e-mail subscriptions", 0),
		},
	)
}

// sales are the tools of sellers, and the money that customers pay.
func sales() []permset.Declared {
	const group = "Sales"
	return slices.Concat(
		stages(group, "sales.templates", "sales templates", 0, false),
		stages(group, "sales.meetings", "meeting pages", 0, false),
		stages(group, "sales.quotes", "quotes", 0, true),
		stages(group, "sales.playbooks", "playbooks", permset.Paid, true),
		stages(group, "sales.forecast", "the forecast", permset.Paid, false),
		stages(group, "sales.goals", "goals", 0, false),
		[]permset.Declared{
			permission(group, SalesSequencesUse, "Enrol contacts in sequences", permset.Paid),
			permission(group, "sales.sequences.edit", "Edit sequences", permset.Paid, SalesSequencesUse),
			permission(group, "sales.quotes.approve", "Approve quotes", permset.Paid, "sales.quotes.view"),
			permission(group, "sales.recordings.view", "Listen to call recordings", permset.Paid, "activities.view.own"),
			permission(group, PaymentsView, "View customers' payments", permset.Billing),
			permission(group, PaymentsRefund, "Refund customers' payments", permset.Billing, PaymentsView),
			permission(group, "sales.invoices.view", "View customers' invoices", permset.Billing),
			permission(group, "sales.invoices.edit", "Edit customers' invoices", permset.Billing, "sales.invoices.view"),
			permission(group, "sales.payouts.manage", "Manage the account that payments go to", permset.Billing, PaymentsView),
		},
	)
}

// service are the tools of those who help customers.
func service() []permset.Declared {
	const group = "Service"
	return slices.Concat(
		[]permset.Declared{
			permission(group, "service.inbox.view", "View the shared inbox", 0),
			permission(group, InboxReply, "Reply from the shared inbox", 0, "service.inbox.view"),
			permission(group, "service.inbox.manage", "Set up the shared inbox", 0, InboxReply),
			permission(group, "service.help-desk.use", "Use the help desk", permset.Paid, "tickets.view.own"),
			permission(group, "service.agreements.edit", "Edit service level agreements", permset.Paid),
		},
		stages(group, "service.knowledge", "knowledge base articles", permset.Paid, true),
		stages(group, "service.surveys", "feedback surveys", permset.Paid, true),
		stages(group, "service.chatflows", "chatflows", 0, true),
		stages(group, "service.portal", "the customer portal", permset.Paid, true),
	)
}

// content are pages, posts and files.
func content() []permset.Declared {
	const group = "Content"
	return slices.Concat(
		stages(group, "content.pages", "website pages", 0, true),
		stages(group, "content.landing-pages", "landing pages", 0, true),
		stages(group, "content.blog", "blog posts", 0, true),
		stages(group, "content.files", "files", 0, false),
		stages(group, "content.designs", "themes and modules", 0, true),
		stages(group, "content.tables", "database tables", permset.Paid, true),
		[]permset.Declared{
			permission(group, "content.redirects.edit", "Edit redirects", 0, "content.pages.view"),
			permission(group, "content.tests.edit", "Run A/B tests on pages", permset.Paid, PagesEdit),
			permission(group, "content.memberships.edit", "Edit members-only access to pages", permset.Paid, PagesEdit),
			permission(group, "content.staging.use", "Stage a new website", 0, PagesPublish),
		},
	)
}

// reports are reports, dashboards and analytics.
func reports() []permset.Declared {
	const group = "Reports"
	return []permset.Declared{
		permission(group, ReportsView, "View reports", 0),
		permission(group, ReportsEdit, "Create and edit reports", 0, ReportsView),
		permission(group, "reports.export", "Export reports", 0, ReportsView),
		permission(group, ReportsCustom, "Build custom reports", permset.Paid, ReportsEdit),
		permission(group, "reports.attribution.view", "View attribution reports", permset.Paid, ReportsView),
		permission(group, "reports.datasets.edit", "Edit data sets", permset.Paid, ReportsEdit),
		permission(group, "reports.dashboards.view", "View dashboards", 0, ReportsView),
		permission(group, "reports.dashboards.edit", "Edit dashboards", 0, "reports.dashboards.view", ReportsEdit),
		permission(group, "reports.dashboards.share", "Share dashboards outside the account", 0, "reports.dashboards.edit"),
		permission(group, "reports.analytics.view", "View traffic and campaign analytics", 0, ReportsView),
		permission(group, "reports.revenue.view", "View reports on payments and revenue", permset.Billing, ReportsView, PaymentsView),
	}
}

// automation is what runs by itself.
func automation() []permset.Declared {
	const group = "Automation"
	return slices.Concat(
		stages(group, "automation.workflows", "workflows", permset.Paid, true),
		[]permset.Declared{
			permission(group, "automation.workflows.delete", "Delete workflows", permset.Paid, WorkflowsEdit),
			permission(group, "automation.code.edit", "Run custom code in workflows", permset.Paid, WorkflowsEdit),
			permission(group, "automation.webhooks.edit", "Call webhooks from workflows", permset.Paid, WorkflowsEdit),
			permission(group, "automation.assignment.edit", "Edit rules that assign records", 0),
			permission(group, "automation.chatbots.edit", "Edit chatbots", 0, "service.chatflows.edit"),
		},
		stages(group, "automation.data-sync", "data sync with other apps", 0, false),
	)
}
