package access

import (
	"context"
	"errors"

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
	// inForce says that the Manager's catalogue is that of the state.
	inForce bool
}

// look returns the view of the store's newest state. While changes of this
// Manager are being committed it may be the one before: they have not returned.
func (m *Manager) look() *view {
	v := m.view.Load()
	if snapshot := m.store.Snapshot(); snapshot != v.snapshot && m.changing.Load() == 0 {
		return m.moveTo(snapshot, nil)
	}
	return v
}

// update makes a change in the store, and has the view show it.
func (m *Manager) update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	m.changing.Add(1)
	defer m.changing.Add(-1)
	var noted *noting
	revision, err := m.store.Update(ctx, func(tx storage.Tx) error {
		noted = &noting{Tx: tx}
		return run(noted)
	})
	if err == nil && noted.logged {
		m.moveTo(m.store.Snapshot(), &storage.Commit{Revision: revision, Events: []relationship.Event{{Lines: noted.lines}}})
	}
	return revision, err
}

// noting is a transaction of which is noted what it logs, so that the view can
// be moved without reading the log.
type noting struct {
	storage.Tx
	lines  []relationship.Line
	logged bool
}

// Log implements storage.Tx.
func (n *noting) Log(event relationship.Event) error {
	lines := n.Tx.Changed()
	if err := n.Tx.Log(event); err != nil {
		return err
	}
	n.lines, n.logged = append(n.lines, lines...), true
	return nil
}

// moveTo moves the view to a state, if it does not show it yet, and returns
// the view. known may be a commit that the caller knows: then the log need not
// be read for it.
func (m *Manager) moveTo(snapshot storage.Snapshot, known *storage.Commit) *view {
	m.moving.Lock()
	defer m.moving.Unlock()
	v := m.view.Load()
	if v.snapshot == snapshot || v.revision > snapshot.Revision() {
		return v
	}
	lines, err := m.linesBetween(v.revision, snapshot.Revision(), known)
	if err != nil {
		v = m.viewOf(snapshot, m.indexer.build(snapshot)) // from the beginning
	} else {
		v = m.viewOf(snapshot, m.indexer.follow(v.index, snapshot, lines))
	}
	m.view.Store(v)
	return v
}

func (m *Manager) viewOf(snapshot storage.Snapshot, index index) *view {
	return &view{
		snapshot: snapshot, revision: snapshot.Revision(), second: snapshot.At().Unix(), index: index,
		inForce: m.sameCatalog(snapshot) == nil,
	}
}

// linesBetween are the lines of the commits behind one revision up to another.
func (m *Manager) linesBetween(after, upto storage.Revision, known *storage.Commit) ([]relationship.Line, error) {
	if known != nil && known.Revision == after+1 && known.Revision == upto {
		return known.Events[0].Lines, nil
	}
	var lines []relationship.Line
	for commit, err := range m.store.Changes(context.Background(), after) {
		if err != nil {
			return nil, err
		}
		if commit.Revision > upto {
			return lines, nil
		}
		for _, event := range commit.Events {
			lines = append(lines, event.Lines...)
		}
		after = commit.Revision
	}
	if after != upto {
		return nil, errors.New("the log ends too early")
	}
	return lines, nil
}
