package crm

// Names of permissions that programs and tests often speak of. The others are found by [permset.Catalog.Lookup], or built: a record
// permission is object, action and level, as in "tickets.delete.team".
const (
	ContactsViewOwn   = "contacts.view.own"
	ContactsViewTeam  = "contacts.view.team"
	ContactsViewAll   = "contacts.view.all"
	ContactsEditOwn   = "contacts.edit.own"
	ContactsEditTeam  = "contacts.edit.team"
	ContactsEditAll   = "contacts.edit.all"
	ContactsDeleteAll = "contacts.delete.all"
	ContactsExport    = "contacts.export"

	CompaniesViewAll = "companies.view.all"
	CompaniesEditAll = "companies.edit.all"
	DealsViewAll     = "deals.view.all"
	DealsEditAll     = "deals.edit.all"
	TicketsViewAll   = "tickets.view.all"
	TicketsEditAll   = "tickets.edit.all"
	TicketsEditTeam  = "tickets.edit.team"

	MarketingEmailsView    = "marketing.emails.view"
	MarketingEmailsEdit    = "marketing.emails.edit"
	MarketingEmailsPublish = "marketing.emails.publish"

	SalesSequencesUse = "sales.sequences.use" // paid
	PaymentsView      = "sales.payments.view" // billing
	PaymentsRefund    = "sales.payments.refund"

	InboxReply = "service.inbox.reply"

	PagesEdit    = "content.pages.edit"
	PagesPublish = "content.pages.publish"

	ReportsView   = "reports.view"
	ReportsEdit   = "reports.edit"
	ReportsCustom = "reports.custom.edit" // paid

	WorkflowsEdit = "automation.workflows.edit" // paid

	AccountSettingsView       = "account.settings.view"
	AccountSettingsEdit       = "account.settings.edit"
	AccountUsersView          = "account.users.view"
	AccountUsersEdit          = "account.users.edit"            // add and edit users
	AccountBillingView        = "account.billing.view"          // billing
	AccountBillingEdit        = "account.billing.edit"          // billing
	AccountSuperAdminsManage  = "account.super-admins.manage"   // super admin only, never managed
	AccountPartnersManage     = "account.partners.manage"       // super admin only
	AccountUsersProvision     = "account.users.provision"       // SCIM; never managed
	AccountAppsManageUsers    = "account.apps.manage-users"     // never managed
	AccountDataCenterMigrate  = "account.data-center.migrate"   // never managed
	AccountSensitiveDataAdmin = "account.sensitive-data.manage" // never managed
	AccountAuditLogView       = "account.audit-log.view"
)
