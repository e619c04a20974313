package memdb

import (
	"slices"

	"github.com/clientaccess/clientaccess/storage"
)

// How much is remembered of the newest commits of a journal: so many, and no
// more than so many lines in all but for the newest of them.
const (
	mostRecent      = 4096
	mostRecentLines = 1 << 17
)

// recent are the newest commits of a store over a journal. Who stands a little
// behind catches up from it, and what a journal has lost is found in it.
type recent struct {
	// behind is the commit before the first of them.
	behind  storage.Head
	commits []storage.Commit
	lines   int
}

// add takes in the next commit, and forgets the oldest where it is too much.
// Whoever is erased goes out of all of them (ORG-5).
func (r *recent) add(commit storage.Commit) {
	if erased := commit.Erased(); erased != nil {
		r.commits = slices.Clone(r.commits) // others may be reading it
		for i, earlier := range r.commits {
			r.commits[i], _ = earlier.Without(erased...)
		}
	}
	r.commits = append(r.commits, commit)
	r.lines += linesOf(commit)
	for len(r.commits) > mostRecent || r.lines > mostRecentLines && len(r.commits) > 1 {
		r.behind = headOf(r.commits[0])
		r.lines -= linesOf(r.commits[0])
		r.commits = r.commits[1:]
	}
}

// since returns the commits behind one.
func (r *recent) since(after storage.Head) ([]storage.Commit, bool) {
	if after.Revision < r.behind.Revision || after.Revision > r.behind.Revision+storage.Revision(len(r.commits)) {
		return nil, false
	}
	i := int(after.Revision - r.behind.Revision)
	return r.commits[i:len(r.commits):len(r.commits)], r.head(i).Chain == after.Chain
}

// head is the commit before the i-th.
func (r *recent) head(i int) storage.Head {
	if i == 0 {
		return r.behind
	}
	return headOf(r.commits[i-1])
}

func headOf(commit storage.Commit) storage.Head {
	return storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
}

func linesOf(commit storage.Commit) int {
	n := 0
	for _, event := range commit.Events {
		n += len(event.Lines)
	}
	return n
}

// Since implements storage.Store. Without a journal, memory has the whole log.
func (s *Store) Since(after storage.Head) ([]storage.Commit, bool) {
	if s.journal == nil {
		whole := s.log.Load()
		log := recent{behind: whole.checkpoint.Head, commits: whole.commits}
		return log.since(after)
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	commits, known := s.recent.since(after)
	if !known {
		return nil, false
	}
	return commits, true
}

// advance publishes a state that commits have led to, unless the store is
// further already, or in another history.
func (s *Store) advance(next *state, commits []storage.Commit) {
	s.moving.Lock()
	defer s.moving.Unlock()
	now := s.now.Load()
	if next.epoch != now.epoch || next.revision <= now.revision {
		return
	}
	for _, commit := range commits {
		if commit.Revision > now.revision {
			s.recent.add(commit)
		}
	}
	s.publish(next)
}

// begin publishes a state that was loaded, with nothing remembered before it.
// moving is the caller's.
func (s *Store) begin(loaded *state) {
	s.recent = recent{behind: loaded.Head()}
	s.publish(loaded)
}
