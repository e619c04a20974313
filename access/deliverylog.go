package access

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/clientaccess/clientaccess/storage"
)

// takeStep is how many commits are looked through for one transaction.
const takeStep = 1000

// takeNotifications takes what the log has recorded until now, since the last
// time, over into notes, and returns the revision up to which everything is
// taken: so far the log may forget (LINK-5). What is recorded while it runs is
// left for the next time, or it would not end where others go on writing. It may
// run at any time, in several programs at once. When the log has forgotten too
// much it is storage.ErrCompacted, and nothing is skipped.
func (m *Manager) takeNotifications(ctx context.Context) (storage.Revision, error) {
	forgotten, stuck := storage.Revision(0), false
	for {
		// Where nothing was ever taken it begins with the log.
		begin, err := m.store.Checkpoint(ctx)
		if err != nil {
			return 0, err
		}
		var from storage.Revision
		err = m.store.Aside(ctx, func(aside storage.Aside) (err error) {
			from, err = readPosition(aside, begin.Revision)
			return err
		})
		if err != nil {
			return 0, err
		}
		// The log is read between the transactions: a store may hold up its
		// writers while one is open.
		pages, to, err := m.recorded(ctx, from)
		if errors.Is(err, storage.ErrCompacted) && !(stuck && from == forgotten) {
			// Somebody else may have taken them meanwhile, and trimmed the log.
			forgotten, stuck = from, true
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("notifications behind revision %d: %w", from, err)
		}
		if to.Revision == from {
			return from, nil
		}
		taken := false
		err = m.store.Aside(ctx, func(aside storage.Aside) error {
			position, err := readPosition(aside, begin.Revision)
			if taken = err == nil && position == from; !taken {
				return err // somebody else has taken them meanwhile: look again
			}
			n := notebook{aside: aside}
			for _, page := range pages {
				if _, found := aside.Get(noteKey(notesWaiting, page.id)); found {
					return corruptNote(notePosition, errors.New("is behind what was taken"))
				}
				if err := n.put(notesWaiting, page); err != nil {
					return err
				}
			}
			return aside.Put(notePosition, strconv.AppendUint(nil, uint64(to.Revision), 10))
		})
		if err != nil {
			return 0, err
		}
		m.taken.Store(&to)
		if taken && to.Revision-from < takeStep {
			return to.Revision, nil // the log was read to its end
		}
	}
}

// recorded reads the notifications of the next commits behind a revision, and
// returns the last of these commits.
func (m *Manager) recorded(ctx context.Context, from storage.Revision) (pages []notePage, to storage.Head, err error) {
	to.Revision = from
	for commit, err := range m.logBehind(ctx, from) {
		if err != nil {
			return nil, to, err
		}
		index := 0
		for _, event := range commit.Events {
			for _, notification := range event.Notifications {
				pages = append(pages, notePage{
					id: NotificationID{commit.Revision, index}, Notification: notification, Recorded: commit.At,
				})
				index++
			}
		}
		to = storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
		if to.Revision-from >= takeStep {
			break
		}
	}
	return pages, to, nil
}

// logBehind runs over the commits behind a revision. Where memory has them, the
// log is asked for the last of them and what comes behind: it has the same ones
// before, as the chain says. In any doubt it is read from the revision on.
func (m *Manager) logBehind(ctx context.Context, from storage.Revision) iter.Seq2[storage.Commit, error] {
	remembered := m.remembered(from)
	if len(remembered) == 0 {
		return m.store.Changes(ctx, from)
	}
	return func(yield func(storage.Commit, error) bool) {
		last, same := remembered[len(remembered)-1], false
		for commit, err := range m.store.Changes(ctx, last.Revision-1) {
			if same {
				if !yield(commit, err) {
					return
				}
				continue
			}
			if same = err == nil && commit.Chain == last.Chain; !same {
				break
			}
			for _, commit := range remembered {
				if !yield(commit, nil) {
					return
				}
			}
		}
		if !same {
			m.store.Changes(ctx, from)(yield)
		}
	}
}

// remembered returns the commits behind a revision that memory has, if it has
// them all. The log may have others: in a history that was lost here.
func (m *Manager) remembered(from storage.Revision) []storage.Commit {
	taken := *m.taken.Load()
	commits, known := m.store.Since(taken)
	if !known || from < taken.Revision || from-taken.Revision >= storage.Revision(len(commits)) {
		return nil
	}
	return commits[from-taken.Revision:]
}

// readPosition reads up to where notifications were taken; begin when none ever
// were.
func readPosition(aside storage.Aside, begin storage.Revision) (storage.Revision, error) {
	note, found := aside.Get(notePosition)
	if !found {
		return begin, nil
	}
	position, err := strconv.ParseUint(string(note), 10, 64)
	if err != nil {
		return 0, corruptNote(notePosition, errors.New("is no revision"))
	}
	return storage.Revision(position), nil
}
