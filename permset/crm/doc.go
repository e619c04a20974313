// Package crm is a ready-made catalogue of permissions of a CRM suite.
//
// It is shaped like the products that the library's rules were first written for, and is there for examples, first programs and unit
// tests. A product of your own declares its own catalogue with [permset.NewCatalog]; [Declaration] is a place to start from.
//
// The permissions stand in eight groups: CRM objects, marketing, sales, service, content, reports, automation, account.
//
// # Records
//
// Records of the CRM (contacts, companies, deals, …) can be viewed, edited and deleted at three levels: own, team, all. A level implies
// the one below it, and editing and deleting imply viewing at the same level:
//
//	contacts.edit.all  implies  contacts.edit.team, contacts.view.all
//	contacts.edit.team implies  contacts.edit.own,  contacts.view.team
//	contacts.edit.own  implies  contacts.view.own
//
// # Marks
//
//   - paid: features that need a seat, such as sequences, workflows and custom reports.
//   - billing: the account's bills and means of payment, and the money that its customers pay.
//   - super admin only: who is super admin, single sign-on, which partners serve the account, closing it.
//   - never managed: provisioning of users by SCIM, authorising apps that manage users, migration to another data centre, managing
//     sensitive data, super-admin management (ADM-3).
//
// # What is promised
//
// Names keep their meaning. Permissions may be added in a later version, and the sets behind [Support] and its siblings may change; a
// program that stores names is not affected by either (PSET-3).
package crm
