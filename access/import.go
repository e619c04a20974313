package access

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/storage"
)

// ImportRow is one thing that exists elsewhere and is to be imported (ORG-4).
// It is a sealed sum: ImportUser, ImportPartner, ImportEmployee,
// ImportTemplate, ImportClient, ImportTerms, ImportMember and
// ImportRelationship. A row is a value; what it refers to is there already or
// comes in an earlier row, so this order of the kinds always works.
type ImportRow interface {
	// checkRow holds the row against the rules and reads only. It may run more
	// than once.
	checkRow(c *importChunk) (importWrite, error)
}

// importWrite is what a row that was not refused comes to.
type importWrite struct {
	// write stores the row; nil when it is there exactly as given. Of what it
	// writes, only the first record can be refused.
	write func() error
	// withheld are the permissions named that the member may not have.
	withheld permset.Names
}

// ImportedRow is what became of one row.
type ImportedRow struct {
	// Number counts the rows of the call from 0.
	Number int
	// Row is the row as it was given.
	Row     ImportRow
	Outcome Outcome
	// Err is why a row was refused, with the rule or the field; match it with
	// errors.Is. Of a row that was not attempted it is what stopped the import.
	// It is nil otherwise.
	Err error
	// Withheld are the permissions that the row names, or implies, and that
	// this member may not have: what is super admin only, and for a managed
	// member what is never managed (ADM-1, ADM-3). The rest was given.
	Withheld permset.Names
	// Revision is the state in which that is so; zero when the row was not
	// attempted.
	Revision storage.Revision
}

// String describes the outcome in one line. It does not repeat the row.
func (o ImportedRow) String() string {
	text := fmt.Sprintf("row %d: %s", o.Number, o.Outcome)
	if o.Err != nil {
		text += ": " + o.Err.Error()
	}
	if !o.Withheld.IsEmpty() {
		text += "; withheld: " + o.Withheld.String()
	}
	return text
}

// Import takes in what exists elsewhere: users, partners, employees,
// templates, clients, terms, members with their sets, and relationships
// (ORG-4). The host alone does so. The rows come one by one, as many as there
// are; no more than 1,000 are held at a time.
//
// Each row is for itself, and held to the same rules of shape as the changes
// are: what it refers to is there, names and addresses are proper and unique,
// permissions are known, sets are closed under implication (PSET-2). A row
// that is refused has written nothing and harms no other. Importing never
// changes what is there: a row that is there exactly as given is unchanged,
// and one that is there otherwise is refused with ErrExists. So an import that
// was stopped can be repeated from its start, and goes on where it stopped.
// It takes no key (Call.Once). Instants in the past are kept. Nobody is notified. Verified employees are
// linked as ever (ADD-5). An import cannot be planned.
//
// Rows are committed in chunks of at most 1,000, each with one event (PLAN-3).
// After each commit report, unless it is nil, hears of the rows in it, in
// their order; it runs in the caller's goroutine and outside any transaction.
//
// Refused rows are no error of the import: they are in the counts, and report
// hears why. An error is what stopped it. When ctx ends, it stops before the
// next commit. Rows that were read by then and are not committed are not
// attempted; rows that were not read are not counted. With
// storage.ErrUnknownOutcome the rows of the last chunk may have been
// committed: repeating the import tells. A source that fails ends its
// sequence, and its reader asks it for the error.
//
// Errors: ErrNotAllowed for everybody but the host, before anything is read;
// the error of ctx; ErrCatalog; those of the store.
func (m *Manager) Import(ctx context.Context, call Call, rows iter.Seq[ImportRow], report func(ImportedRow)) (Tally, error) {
	var counts Tally
	err := call.check()
	switch {
	case err == nil && !call.host:
		err = refuse("ORG-1", ErrNotAllowed, call.user, "only the host may do this")
	case err == nil && call.once != "":
		err = invalid("call", "key", "is given to an import, which can be repeated as it is")
	case err == nil && rows == nil:
		err = invalid("import", "rows", "are missing")
	}
	if err != nil {
		return counts, m.count(err)
	}
	tell := func(outcomes []ImportedRow) {
		for _, outcome := range outcomes {
			counts.add(outcome.Outcome)
			if report != nil {
				report(outcome)
			}
		}
	}
	id, step := rand.Text(), make([]ImportedRow, 0, chunk)
	for row := range rows {
		step = append(step, ImportedRow{Number: counts.Total() + len(step), Row: row})
		if err = ctx.Err(); err == nil && len(step) == chunk {
			if err = m.importCommit(ctx, call, id, step); isCommitted(err) {
				tell(step)
				step = step[:0]
			}
		}
		if err != nil {
			break
		}
	}
	if err == nil && len(step) > 0 {
		err = m.importCommit(ctx, call, id, step)
	}
	if !isCommitted(err) {
		for i, outcome := range step {
			step[i] = ImportedRow{Number: outcome.Number, Row: outcome.Row, Outcome: NotAttempted, Err: err}
		}
	}
	tell(step)
	return counts, m.count(err)
}
