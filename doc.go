// Package clientaccess is a library for delegated client access: partners
// (agencies, resellers, managed-service providers, accountants) whose people
// work inside the accounts of their clients.
//
// Nothing is in this package but the tour. Start with package access.
//
//   - [github.com/clientaccess/clientaccess/access] has the Manager: every
//     change, who may make it, and the answer to the question whether a person
//     may use a permission in a client's account, now.
//   - [github.com/clientaccess/clientaccess/permset] has permission catalogues
//     and sets; permset/crm is a ready-made catalogue.
//   - [github.com/clientaccess/clientaccess/relationship] has the nouns and
//     their lifecycles.
//   - [github.com/clientaccess/clientaccess/storage] says what a store is;
//     storage/memdb is the embedded one, storage/bolt keeps it in a file, and
//     storage/storagetest proves any other.
//   - [github.com/clientaccess/clientaccess/access/guard] puts the question in
//     front of an http.Handler.
//   - [github.com/clientaccess/clientaccess/access/accesstest] gives a unit
//     test a working world in three lines.
package clientaccess
