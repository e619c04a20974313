package access

import (
	"errors"
	"maps"
	"sync"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Stats are figures for a host's monitoring.
type Stats struct {
	// Revision is the newest commit.
	Revision storage.Revision
	// Records counts what is stored, by kind.
	Records map[relationship.Kind]int
	// Refused counts what was refused or failed since the Manager was opened:
	// calls of Do, Apply, DoEach, Import, IssueLink and RotateLink, and items
	// of DoEach. They are counted by reason: the text of one of the errors of
	// this package or of package storage, or "other". Questions, lists, plans
	// and the rows of an import are not counted.
	Refused map[string]uint64
}

// Stats counts. It walks the whole state, so it is not for every request.
func (m *Manager) Stats() Stats {
	r := m.store.Snapshot()
	stats := Stats{Revision: r.Revision(), Records: map[relationship.Kind]int{}}
	for _, kind := range relationship.Kinds() {
		for range r.All(kind, relationship.Key{}) {
			stats.Records[kind]++
		}
	}
	m.refused.mu.Lock()
	defer m.refused.mu.Unlock()
	stats.Refused = maps.Clone(m.refused.by)
	return stats
}

// refusals counts refused changes by reason.
type refusals struct {
	mu sync.Mutex
	by map[string]uint64
}

// countable are the reasons that Stats tells apart.
var countable = []error{
	ErrInvalid, ErrNotAllowed, ErrWhichPartner, ErrUnknownUser, ErrUnknownPartner, ErrUnknownClient,
	ErrUnknownEmployee, ErrUnknownMember, ErrUnknownTemplate, ErrUnknownPermission, ErrExists, ErrInUse, ErrClosed,
	ErrInactive, ErrNotEligible, ErrAlreadyMember, ErrOwnUser, ErrOtherPartner, ErrManaged, ErrSuperAdmin,
	ErrNotSuperAdmin, ErrLastSuperAdmin, ErrBarred, ErrDeactivated, ErrLinked, ErrUnconfirmed, ErrOutlasts,
	ErrNoRelationship, ErrLink, ErrLinkChanged, ErrChanged, ErrOnce, ErrAssets, ErrBusy, ErrCatalog,
	ErrStale, ErrRevocationLost,
	storage.ErrConflict, storage.ErrContended, storage.ErrClosed, storage.ErrUnknownOutcome, storage.ErrUnconfirmed, storage.ErrDiverged,
}

// count notes a refused change, and passes its error on.
func (m *Manager) count(err error) error {
	if err == nil {
		return nil
	}
	reason := "other"
	for _, known := range countable {
		if errors.Is(err, known) {
			reason = known.Error()
			break
		}
	}
	m.refused.mu.Lock()
	defer m.refused.mu.Unlock()
	if m.refused.by == nil {
		m.refused.by = map[string]uint64{}
	}
	m.refused.by[reason]++
	return err
}
