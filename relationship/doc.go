// Package relationship has the nouns of delegated client access and their
// lifecycles: [Partner], [Employee], [Client], [User], [Member],
// [Relationship], [Link], [Template], what a client has laid down for a
// partner ([Terms]) and for a user ([Standing]), and what happened ([Event],
// [Notification]). [Record] is the sealed sum of what is stored.
//
// Everything here is a value, or a pure function of a value and an instant.
// The package does no input or output, reads no clock and starts no
// goroutine; all of it may be used from many goroutines at once. Who may
// cause a transition is not decided here: package access does that.
//
// # Lifecycles
//
// A state that is written and a state that is true can differ: time passes
// without anybody writing. The functions that take an instant tell what is
// true then.
//
//	noun          from          to            caused by
//	------------  ------------  ------------  ---------------------------------------------
//	Partner       (none)        open          host
//	              open          closed        host; for good
//	Client        (none)        open          host
//	              open          closed        host; for good
//	Employee      (none), left  employed      super admin of the partner; host, for the first
//	              employed      suspended     super admin of the partner (ORG-2)
//	              suspended     employed      super admin of the partner (ORG-2)
//	              any           paused        super admin of the partner (LIM-3)
//	              paused        as before     super admin of the partner, or its instant
//	              any but left  left          super admin of the partner (ORG-2)
//	Member        (none)        own           client's side (ORG-3); host, for the first
//	              (none)        managed       client's side (LINK-4, LINK-7); partner admin (ADD-1)
//	              own           managed       linking (ADD-5); LINK-4, LINK-7; MIG-1, 2, 5
//	              managed       own           made super admin (ORG-3)
//	              active        deactivated   client's side; employee with access (OFF-1)
//	              deactivated   active        client's side; partner admin (OFF-2, OFF-3)
//	              active        run out       the clock (TIME-1)
//	              run out       active        renewing, as reactivating
//	              any           (none)        client's side; employee with access (OFF-1);
//	                                          leaving (ORG-2); the relationship's end (REL-5)
//	Relationship  (none)        active        first managed member (REL-1)
//	              active        ending        last managed member gone (REL-3)
//	              ending        ended         the clock, 60 days after the last activity
//	              active        ended         the clock, at the client's limit (TIME-1)
//	              ending,ended  active        what starts one also revives it (REL-5)
//	Link          (none)        live          employee with access (LINK-1)
//	              live          expired       the clock, after 30 days (LINK-6)
//	              live          revoked       employee with access; rotation; 100 wrong verifiers
//	Pause         off           on            the side that it belongs to (LIM-3)
//	              on            off           the same side, or its instant
//
// # Texts
//
// Ids and names are UTF-8 without U+0000, 1 to [MaxText] bytes, compared byte
// by byte. E-mail domains follow IDNA. Constructors refuse anything else with
// a [*FieldError] that names the field.
//
// # What it does not promise
//
// The exported fields of a record can be set to anything; [Record].Check says
// whether the result may be stored, and every store asks it. The written forms of
// a record are not for screens: they have the address of a user in them. There
// are two: JSON ([EncodeRecord]), which people can read, for dumps; and a binary
// one ([AppendRecord], [Encoder]), which is small and quick, for journals and for
// the hash chain.
package relationship
