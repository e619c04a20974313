package crm

import "github.com/clientaccess/clientaccess/permset"

// account is the administration of the account: settings, users, apps, security, bills.
func account() []permset.Declared {
	const (
		group = "Account"
		super = permset.SuperAdminOnly
		never = permset.NeverManaged
	)
	return []permset.Declared{
		permission(group, AccountSettingsView, "View account settings", 0),
		permission(group, AccountSettingsEdit, "Edit account settings", 0, AccountSettingsView),
		permission(group, "account.branding.edit", "Edit branding", 0, AccountSettingsView),
		permission(group, "account.domains.edit", "Connect domains", 0, AccountSettingsView),
		permission(group, "account.currencies.edit", "Edit currencies", 0, AccountSettingsView),
		permission(group, "account.notifications.edit", "Edit notification profiles", 0),
		permission(group, "account.tracking.edit", "Edit the tracking code", 0, AccountSettingsView),
		permission(group, "account.privacy.edit", "Edit privacy and consent settings", 0, AccountSettingsView),

		permission(group, AccountUsersView, "View users", 0),
		permission(group, AccountUsersEdit, "Add and edit users", 0, AccountUsersView),
		permission(group, "account.teams.edit", "Edit teams", 0, AccountUsersView),
		permission(group, "account.presets.edit", "Edit users' default settings", 0, AccountUsersView),
		permission(group, AccountUsersProvision, "Provision users by SCIM", never, AccountUsersEdit),
		permission(group, AccountSuperAdminsManage, "Make and unmake super admins", super|never, AccountUsersEdit),
		permission(group, AccountPartnersManage, "Manage partners and their ceilings", super, AccountUsersView),

		permission(group, "account.apps.view", "View connected apps", 0),
		permission(group, "account.apps.install", "Install apps", 0, "account.apps.view"),
		permission(group, AccountAppsManageUsers, "Authorise apps that create, update or delete users", never, "account.apps.install"),
		permission(group, "account.api-keys.manage", "Manage keys for the API", 0, "account.apps.view"),
		permission(group, "account.sandboxes.manage", "Manage sandbox accounts", permset.Paid),

		permission(group, AccountAuditLogView, "View the audit log", 0),
		permission(group, "account.audit-log.export", "Export the audit log", 0, AccountAuditLogView),
		permission(group, "account.security.edit", "Edit security settings", super, AccountSettingsEdit),
		permission(group, "account.single-sign-on.edit", "Set up single sign-on", super, AccountSettingsEdit),
		permission(group, AccountSensitiveDataAdmin, "Manage sensitive data", never, "crm.properties.edit"),
		permission(group, AccountDataCenterMigrate, "Move the account to another data centre", super|never, AccountSettingsEdit),
		permission(group, "account.backups.restore", "Restore backups", super),
		permission(group, "account.close", "Close the account", super),

		permission(group, AccountBillingView, "View subscriptions and bills", permset.Billing),
		permission(group, AccountBillingEdit, "Change subscriptions", permset.Billing, AccountBillingView),
		permission(group, "account.billing.payment-methods", "Edit means of payment", permset.Billing, AccountBillingView),
		permission(group, "account.billing.tax-details", "Edit addresses and tax details of bills", permset.Billing, AccountBillingView),
		permission(group, "account.seats.manage", "Buy and assign paid seats", permset.Billing, AccountBillingView, AccountUsersView),
	}
}
