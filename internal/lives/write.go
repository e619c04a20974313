package lives

import (
	"context"
	"fmt"
	"io"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Write is the process that is killed: it makes changes of all kinds in a store,
// each with a key, and says the number and the revision of each when it is
// acknowledged. It ends with the first error alone. Runs of different names
// share no ids.
func Write(ctx context.Context, store storage.Store, run string, out io.Writer) error {
	m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog(), KeepCommits: 50, KeepTime: -1})
	if err != nil {
		return err
	}
	var secret relationship.Secret
	for number := 0; ; number++ {
		step := stepOf(run, number)
		revision, err := step.make(ctx, m, &secret)
		if err == nil {
			_, err = fmt.Fprintln(out, number, uint64(revision))
		}
		if err == nil && number%40 == 39 {
			_, err = m.Sweep(ctx)
		}
		if err != nil {
			return fmt.Errorf("step %d, %T: %w", number, step.change, err)
		}
	}
}

// make makes the call. The secret is that of the last link that was issued.
func (s step) make(ctx context.Context, m *access.Manager, secret *relationship.Secret) (storage.Revision, error) {
	change := s.change
	switch asked := change.(type) {
	case issueLink:
		link, err := m.IssueLink(ctx, s.call, asked.IssueLink)
		*secret = link.Secret
		return link.Revision, err
	case access.ApproveLink:
		asked.Secret = *secret
		change = asked
	}
	result, err := m.Do(ctx, s.call, change)
	return result.Revision, err
}
