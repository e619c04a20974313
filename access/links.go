package access

import (
	"context"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// IssueLink says for whom an access link is issued: see Manager.IssueLink.
type IssueLink struct {
	// Employee will become partner admin where a client approves.
	Employee relationship.UserID `json:"employee"`
}

// IssuedLink is an access link with its secret. The secret is shown here and
// never again: only a hash of it is stored (LINK-6).
type IssuedLink struct {
	relationship.Link
	Secret   relationship.Secret
	Revision storage.Revision
	// Replayed says that the call had been made before with its key (PLAN-4).
	// Then there is a Revision, and neither a link nor a secret.
	Replayed bool
}

// IssueLink issues an access link for an employee of the actor's partner
// (LINK-1, LINK-2). The actor needs Client Access Manager access, the
// employee does not; the partner has to be eligible. One link can be sent to
// many clients. It asks for today's partner-admin set, and is good for 30
// days unless the Options say otherwise.
func (m *Manager) IssueLink(ctx context.Context, call Call, issue IssueLink) (IssuedLink, error) {
	var issued IssuedLink
	result, err := m.doSecretly(ctx, call, &issueLink{issue.Employee, &issued})
	issued.Revision, issued.Replayed = result.Revision, result.Replayed
	return issuedOr(issued, err)
}

// RotateLink revokes an access link of the actor's partner and issues another
// for the same employee, in one step (LINK-6). Client Access Manager access
// is enough.
func (m *Manager) RotateLink(ctx context.Context, call Call, selector relationship.Selector) (IssuedLink, error) {
	var issued IssuedLink
	result, err := m.doSecretly(ctx, call, &rotateLink{selector, &issued})
	issued.Revision, issued.Replayed = result.Revision, result.Replayed
	if err == nil {
		m.forgetTries(ctx, selector)
	}
	return issuedOr(issued, err)
}

func issuedOr(issued IssuedLink, err error) (IssuedLink, error) {
	if err != nil {
		return IssuedLink{}, err
	}
	return issued, nil
}

// doSecretly does a change that hands out a secret; it is never planned.
func (m *Manager) doSecretly(ctx context.Context, call Call, change Change) (Result, error) {
	attempted := attempt{call: call, changes: []Change{change}}
	key, err := attempted.onceKey(false)
	if err != nil {
		return Result{}, m.count(err)
	}
	result, err := m.commit(ctx, attempted, key, func(outcome) error { return nil })
	return result, m.count(err)
}

// issueLink and rotateLink are the changes behind the methods. They are
// pointers, because what they make leaves by them.
type issueLink struct {
	Employee relationship.UserID `json:"employee"`
	issued   *IssuedLink
}

func (c *issueLink) name() string { return "IssueLink" }

func (c *issueLink) apply(w *work) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	return w.issue(actor, c.Employee, c.issued)
}

func (w *work) issue(actor relationship.Employee, id relationship.UserID, issued *IssuedLink) error {
	link, err := w.unsealed(actor, id)
	if err != nil {
		return err
	}
	secret, err := relationship.NewSecret(w.m.options.Random)
	if err != nil {
		return err
	}
	link.Selector, link.Hash = secret.Selector(), secret.Hash(link.Partner, id)
	if _, taken := w.tx.Get(link.Key()); taken {
		return refuse("LINK-6", ErrExists, "the random selector is taken")
	}
	*issued = IssuedLink{Link: link, Secret: secret}
	return w.put(link)
}

// unsealed is the link that would be issued for an employee, but for what
// comes from its secret. It carries out who may have one (LINK-1, LINK-2).
func (w *work) unsealed(actor relationship.Employee, id relationship.UserID) (relationship.Link, error) {
	none := relationship.Link{}
	employee, err := w.activeEmployee(actor.Partner, id)
	if err != nil {
		return none, err
	}
	partner, err := w.eligible(actor.Partner)
	if err != nil {
		return none, err
	}
	user, err := w.user(id)
	if err != nil {
		return none, err
	}
	return relationship.Link{
		Partner: partner.ID, Employee: id,
		Asks:     w.v.partnerAdmin,
		Shows:    relationship.LinkShows(user, employee),
		IssuedBy: actor.User, Issued: w.now, Expires: relationship.EndInstant(w.now.Add(w.m.options.LinkLife)),
	}, nil
}

type rotateLink struct {
	Selector relationship.Selector `json:"selector"`
	issued   *IssuedLink
}

func (c *rotateLink) name() string { return "RotateLink" }

func (c *rotateLink) apply(w *work) error {
	actor, link, err := w.ownLink(c.Selector)
	if err != nil {
		return err
	}
	if !link.LiveAt(w.now) {
		return refuse("LINK-6", ErrLink, actor.Partner)
	}
	link.Revoked = true
	if err := w.put(link); err != nil {
		return err
	}
	return w.issue(actor, link.Employee, c.issued)
}

// ownLink finds a link of the actor's partner; a foreign one is as unknown.
func (w *work) ownLink(selector relationship.Selector) (relationship.Employee, relationship.Link, error) {
	actor, err := w.asEmployee()
	if err != nil {
		return actor, relationship.Link{}, err
	}
	link, found := storage.Get[relationship.Link](w.tx, relationship.LinkKey(selector))
	if !found || link.Partner != actor.Partner {
		return actor, link, refuse("LINK-6", ErrLink, actor.Partner)
	}
	return actor, link, nil
}

// RevokeLink revokes an access link of the actor's partner (LINK-6). Client
// Access Manager access is enough. Who was let in by it stays.
type RevokeLink struct {
	Selector relationship.Selector `json:"selector"`
}

func (c RevokeLink) apply(w *work) error {
	_, link, err := w.ownLink(c.Selector)
	if err != nil {
		return err
	}
	link.Revoked = true
	return w.put(link)
}

// LinkView is what an access link shows to whoever may approve it (LINK-3).
type LinkView struct {
	Selector    relationship.Selector
	Partner     relationship.PartnerID
	PartnerName string
	Employee    relationship.UserID
	Name        string
	Email       relationship.Email
	Kind        relationship.EmployeeKind
	// Verified is the tick beside the address (ADD-3).
	Verified bool
	// Asks are the permissions asked for, fixed at issue.
	Asks []string
	// Expires is the instant from which the link opens nothing any more
	// (LINK-6).
	Expires time.Time
	// Changed says that approving would be refused, because what is shown
	// was another at issue.
	Changed bool
}

// OpenLink shows an access link to a client-side actor of the client who may
// approve it (LINK-3): who asks, for which partner, exactly which permissions.
// Every way in which a link is not valid gives the same ErrLink (LINK-6).
func (m *Manager) OpenLink(ctx context.Context, call Call, client relationship.ClientID, secret relationship.Secret) (LinkView, error) {
	view, err := m.openLink(call, client, secret)
	if err != nil {
		return LinkView{}, m.refusedLink(ctx, err)
	}
	return view, nil
}

func (m *Manager) openLink(call Call, client relationship.ClientID, secret relationship.Secret) (LinkView, error) {
	if err := call.check(); err != nil {
		return LinkView{}, err
	}
	r, err := m.state()
	if err != nil {
		return LinkView{}, err
	}
	now := m.nowAt(r)
	if _, err := m.vocabulary.findClientSide(r, call, client, now); err != nil {
		return LinkView{}, err
	}
	link, err := findLink(r, secret, now)
	if err != nil {
		return LinkView{}, err
	}
	if err := mayApprove(r, client, link.Partner, call.user); err != nil {
		return LinkView{}, err
	}
	partner, _ := storage.Get[relationship.Partner](r, relationship.PartnerKey(link.Partner))
	employee, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(link.Partner, link.Employee))
	user, _ := storage.Get[relationship.User](r, relationship.UserKey(link.Employee))
	return LinkView{
		Selector: link.Selector, Partner: partner.ID, PartnerName: partner.Name,
		Employee: user.ID, Name: user.Name, Email: user.Email, Kind: employee.Kind,
		Verified: employee.Present() && isVerified(r, partner, user.ID),
		Asks:     link.Asks.Slice(), Expires: link.Expires,
		Changed: m.vocabulary.linkChanged(r, link, now) != nil,
	}, nil
}

// linkChanged carries out the comparison of LINK-3: the set, the employee or
// the eligibility changed since the link was issued.
func (v *vocabulary) linkChanged(r storage.Reader, link relationship.Link, now time.Time) error {
	partner, _ := storage.Get[relationship.Partner](r, relationship.PartnerKey(link.Partner))
	employee, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(link.Partner, link.Employee))
	user, _ := storage.Get[relationship.User](r, relationship.UserKey(link.Employee))
	what := ""
	switch {
	case link.Asks != v.partnerAdmin:
		what = "the permissions"
	case partner.Closed || !partner.Kind.Eligible():
		what = "the partner"
	case !employee.ActiveAt(now) || link.Shows != relationship.LinkShows(user, employee):
		what = "the employee"
	default:
		return nil
	}
	return refuse("LINK-3", ErrLinkChanged, link.Partner, link.Employee, fmt.Sprintf("%s changed since it was issued", what))
}
