package access

import (
	"context"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// view is what the Manager answers questions from: a state with its index. It
// is published as one, so that the two never disagree.
type view struct {
	snapshot storage.Snapshot
	revision storage.Revision
	// second is the instant of the state, in whole seconds since 1970.
	second int64
	index  index
	// names tells apart views in which somebody or something has another name.
	names uint64
	// inForce says that the Manager's catalogue is that of the state, closed
	// that the store is closed, and direct that the index may answer.
	inForce, closed, direct bool
}

// look returns the view of the store's newest state. While changes of this
// Manager are being committed it may be the one before: they have not returned.
// What other processes have committed does not wait for them.
func (m *Manager) look() *view {
	v := m.view.Load()
	if m.store.Snapshot() != v.snapshot && (m.follows || m.changing.Load() == 0) {
		return m.moveTo()
	}
	return v
}

// newest returns the newest state, for a change or to be looked at in one.
func (m *Manager) newest() storage.Snapshot {
	if m.follows {
		return m.look().snapshot // with what is kept from lost tails
	}
	return m.store.Snapshot()
}

// update makes a change in the store, and has the view show it. With
// storage.ErrUnconfirmed the change has been made.
func (m *Manager) update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	m.changing.Add(1)
	defer m.changing.Add(-1)
	revision, err := m.store.Update(ctx, func(tx storage.Tx) error {
		if m.follows && m.view.Load() != nil {
			m.look() // the rules know of every lost tail before they run
		}
		return run(tx)
	})
	if isCommitted(err) && m.view.Load() != nil {
		m.moveTo()
	}
	return revision, err
}

// moveTo moves the view to the newest state, if it does not show it yet, and
// returns the view.
func (m *Manager) moveTo() *view {
	m.moving.Lock()
	defer m.moving.Unlock()
	snapshot, before := m.store.Snapshot(), m.view.Load()
	if before != nil && before.snapshot == snapshot {
		return before
	}
	changed := m.keep(snapshot)
	if before != nil && !changed {
		if commits, known := m.store.Since(before.snapshot.Head()); known {
			lines := linesOf(commits, snapshot.Revision())
			m.vocabulary.rememberSets(lines)
			v := m.viewOf(snapshot, m.indexer.follow(before.index, snapshot, lines))
			if v.names = before.names; slices.ContainsFunc(lines, renames) {
				v.names++
			}
			m.view.Store(v)
			return v
		}
	}
	v := m.viewOf(snapshot, m.indexer.build(snapshot)) // from the beginning
	if before != nil {
		v.names = before.names + 1
	}
	m.view.Store(v)
	return v
}

func (m *Manager) viewOf(snapshot storage.Snapshot, index index) *view {
	v := &view{
		snapshot: snapshot, revision: snapshot.Revision(), second: snapshot.At().Unix(), index: index,
		inForce: m.sameCatalog(snapshot) == nil, closed: m.store.Closed(),
	}
	v.direct = v.inForce && !v.closed
	return v
}

// linesOf are the lines of commits up to a revision.
func linesOf(commits []storage.Commit, upto storage.Revision) []relationship.Line {
	var all [][]relationship.Line
	for _, commit := range commits {
		if commit.Revision > upto {
			break
		}
		for _, event := range commit.Events {
			all = append(all, event.Lines)
		}
	}
	if len(all) == 1 {
		return all[0] // most often, and it is not copied
	}
	return slices.Concat(all...)
}
