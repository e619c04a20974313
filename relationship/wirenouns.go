package relationship

import "time"

// tag says in a stream of what kind a record is. It never changes.
type tag byte

const (
	tagGone tag = iota // no record: what follows is the key of one that is gone
	tagCatalog
	tagUser
	tagPartner
	tagEmployee
	tagTemplate
	tagLink
	tagClient
	tagMember
	tagRelationship
	tagTerms
	tagStanding
	tagOnce
)

// put writes a record.
func (w *wire) put(record Record) {
	switch noun := record.(type) {
	case Member: // by far the most
		w.putMember(&noun)
	case Catalog:
		w.byte(byte(tagCatalog))
		w.catalog(&noun)
	case User:
		w.byte(byte(tagUser))
		w.user(&noun)
	case Partner:
		w.byte(byte(tagPartner))
		w.partner(&noun)
	case Employee:
		w.byte(byte(tagEmployee))
		w.employee(&noun)
	case Template:
		w.byte(byte(tagTemplate))
		w.template(&noun)
	case Link:
		w.byte(byte(tagLink))
		w.link(&noun)
	case Client:
		w.byte(byte(tagClient))
		w.client(&noun)
	case Relationship:
		w.byte(byte(tagRelationship))
		w.relationship(&noun)
	case Terms:
		w.byte(byte(tagTerms))
		w.terms(&noun)
	case Standing:
		w.byte(byte(tagStanding))
		w.standing(&noun)
	case Once:
		w.byte(byte(tagOnce))
		w.once(&noun)
	default:
		if w.err == nil {
			w.err = &FieldError{"record", "type", "is not a noun held by value"}
		}
	}
}

func (w *wire) putMember(m *Member) {
	w.byte(byte(tagMember))
	w.member(m)
}

// get reads a record. It is of no use after an error.
func (w *wire) get() (record Record) {
	switch tag(w.byte(0)) {
	case tagMember:
		var noun Member
		w.member(&noun)
		record = noun
	case tagCatalog:
		var noun Catalog
		w.catalog(&noun)
		record = noun
	case tagUser:
		var noun User
		w.user(&noun)
		record = noun
	case tagPartner:
		var noun Partner
		w.partner(&noun)
		record = noun
	case tagEmployee:
		var noun Employee
		w.employee(&noun)
		record = noun
	case tagTemplate:
		var noun Template
		w.template(&noun)
		record = noun
	case tagLink:
		var noun Link
		w.link(&noun)
		record = noun
	case tagClient:
		var noun Client
		w.client(&noun)
		record = noun
	case tagRelationship:
		var noun Relationship
		w.relationship(&noun)
		record = noun
	case tagTerms:
		var noun Terms
		w.terms(&noun)
		record = noun
	case tagStanding:
		var noun Standing
		w.standing(&noun)
		record = noun
	case tagOnce:
		var noun Once
		w.once(&noun)
		record = noun
	default:
		w.fail("has a record of an unknown kind")
	}
	if w.err != nil {
		return nil
	}
	w.err = record.Check()
	return record
}

// getMember reads a record that has to be a member.
func (w *wire) getMember(m *Member) {
	if tag(w.byte(0)) != tagMember {
		w.fail("has a record that is not a member")
	}
	w.member(m)
	if w.err == nil {
		w.err = m.Check()
	}
}

func (w *wire) catalog(c *Catalog) { w.text(&c.Declaration) }

func (w *wire) user(u *User) {
	w.text((*string)(&u.ID))
	w.text(&u.Name)
	w.text((*string)(&u.Email))
	w.digest(&u.Salt)
	w.digest(&u.Person)
}

func (w *wire) partner(p *Partner) {
	w.shared(slotPartner, (*string)(&p.ID))
	w.text(&p.Name)
	w.shared(slotKind, (*string)(&p.Kind))
	w.text((*string)(&p.Domains))
	w.flags(&p.Closed)
}

func (w *wire) employee(e *Employee) {
	w.shared(slotPartner, (*string)(&e.Partner))
	w.text((*string)(&e.User))
	w.shared(slotKind, (*string)(&e.Kind))
	w.shared(slotPhase, (*string)(&e.Status))
	w.flags(&e.SuperAdmin, &e.View, &e.Edit, &e.Confirmed, &e.Pause.On)
	w.ending(&e.Pause.Until)
	w.moment(&e.Since)
}

func (w *wire) template(t *Template) {
	w.shared(slotPartner, (*string)(&t.Partner))
	w.text(&t.Name)
	w.set(&t.Set)
}

func (w *wire) link(l *Link) {
	w.text((*string)(&l.Selector))
	w.shared(slotPartner, (*string)(&l.Partner))
	w.text((*string)(&l.Employee))
	w.set(&l.Asks)
	w.digest(&l.Shows)
	w.digest(&l.Hash)
	w.shared(slotUser, (*string)(&l.IssuedBy))
	w.moment(&l.Issued)
	w.moment(&l.Expires)
	w.flags(&l.Revoked)
}

func (w *wire) client(c *Client) {
	w.shared(slotClient, (*string)(&c.ID))
	w.text(&c.Name)
	w.flags(&c.Closed)
	w.int(&c.SuperAdmins)
}

func (w *wire) member(m *Member) {
	w.shared(slotClient, (*string)(&m.Client))
	w.text((*string)(&m.User))
	w.shared(slotRole, (*string)(&m.Role))
	w.set(&m.Set)
	w.shared(slotPartner, (*string)(&m.Manager))
	w.shared(slotSide, (*string)(&m.Deactivated))
	w.shared(slotTemplate, &m.Template)
	w.flags(&m.Linked, &m.PaidSeat, &m.EndByClient)
	w.ending(&m.End)
	w.moment(&m.Since)
	w.moment(&m.TermFrom)
	w.actor(&m.By)
}

func (w *wire) actor(a *Actor) {
	w.shared(slotKind, (*string)(&a.Kind))
	w.shared(slotUser, (*string)(&a.User))
	w.shared(slotActorPartner, (*string)(&a.Partner))
}

func (w *wire) relationship(r *Relationship) {
	w.shared(slotPartner, (*string)(&r.Partner))
	w.shared(slotClient, (*string)(&r.Client))
	w.text(&r.ClientName)
	w.shared(slotPhase, (*string)(&r.Phase))
	w.moment(&r.Started)
	w.moment(&r.Activity)
	w.ending(&r.EndsAt)
	w.ending(&r.Limit)
	w.moment(&r.Ended)
	w.int(&r.Members)
}

func (w *wire) terms(t *Terms) {
	w.shared(slotClient, (*string)(&t.Client))
	w.shared(slotPartner, (*string)(&t.Partner))
	w.flags(&t.HasCeiling, &t.Pause.On)
	w.set(&t.Ceiling)
	w.ending(&t.Pause.Until)
	t.Longest = time.Duration(w.signed(int64(t.Longest)))
}

func (w *wire) standing(s *Standing) {
	w.shared(slotClient, (*string)(&s.Client))
	w.text((*string)(&s.User))
	w.flags(&s.Barred, &s.Pause.On)
	w.ending(&s.End)
	w.ending(&s.Pause.Until)
}

func (w *wire) once(o *Once) {
	w.digest(&o.Owner)
	w.digest(&o.Content)
	o.Revision = w.number(o.Revision)
	w.int(&o.Counts.Members)
	w.int(&o.Counts.Records)
	w.int(&o.Counts.Relationships)
	w.int(&o.Counts.Notifications)
	w.int(&o.Counts.Skipped)
	w.moment(&o.Until)
}
