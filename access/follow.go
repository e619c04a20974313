package access

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file follows the store and the clock, and compares what the one
// evaluator says before and after (ASK-1).

// follower is one run over the losses: a state that moves on commit by commit,
// and what the clock will take in it.
type follower struct {
	m    *Manager
	tell func(Losses) bool
	// state is that of revision, and v the catalogue that is in force in it.
	state    storage.Tx
	revision storage.Revision
	v        *vocabulary
	// head is the commit that the state stands on; before the first step only
	// its number is known, and begin is the snapshot that the step leads to.
	head  storage.Head
	begin storage.Snapshot
	// now is the instant up to which is told what the clock took.
	now     time.Time
	runOuts runOuts
}

// follow begins behind a revision.
func (m *Manager) follow(ctx context.Context, after storage.Revision, tell func(Losses) bool) (*follower, error) {
	begin := m.newest()
	state, err := storage.Past(ctx, m.store, begin, after)
	if err != nil {
		return nil, err
	}
	f := &follower{m: m, tell: tell, state: state, revision: after, begin: begin, now: state.At(), runOuts: newRunOuts()}
	if f.v, err = m.vocabularyOf(state); err != nil {
		return nil, err
	}
	for member := range storage.As[relationship.Member](state.All(relationship.KindMember, relationship.Key{})) {
		f.foresee(Place{member.Client, member.User}, f.now)
	}
	return f, nil
}

// next tells what has been committed; when nothing has, what the clock took,
// and waits for more.
func (f *follower) next(ctx context.Context) error {
	// The clock is read first: every commit that the state lacks is later.
	now := relationship.Instant(f.m.options.Clock())
	snapshot := f.m.newest()
	if err := cmp.Or(ctx.Err(), f.m.sameCatalog(snapshot)); err != nil {
		return err
	}
	if f.begin != nil {
		snapshot, f.begin = f.begin, nil
		return f.catchUp(ctx, snapshot, f.m.store.Changes(ctx, f.revision))
	}
	if snapshot.Head().Chain != f.head.Chain {
		return f.catchUp(ctx, snapshot, f.behind(ctx))
	}
	if now.Before(snapshot.At()) {
		now = snapshot.At() // as nowAt
	}
	if err := f.look(now); err != nil {
		return err
	}
	look, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	err := f.m.store.Wait(look, f.revision+1)
	if look.Err() != nil {
		return ctx.Err()
	}
	return err
}

// behind runs over the commits behind the state, from memory where it reaches
// back so far. ErrDiverged says that the journal has lost the state.
func (f *follower) behind(ctx context.Context) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		if commits, known := f.m.store.Since(f.head); known {
			for _, commit := range commits {
				if !yield(commit, nil) {
					return
				}
			}
			return
		}
		has, err := f.m.logHas(ctx, f.head)
		if err == nil && !has {
			err = storage.ErrDiverged
		}
		if err != nil {
			yield(storage.Commit{}, err)
			return
		}
		f.m.store.Changes(ctx, f.revision)(yield)
	}
}

// catchUp goes through commits up to a snapshot.
func (f *follower) catchUp(ctx context.Context, snapshot storage.Snapshot, commits iter.Seq2[storage.Commit, error]) error {
	last := storage.Head{Revision: f.revision}
	for commit, err := range commits {
		if err != nil {
			return err
		}
		if commit.Revision > snapshot.Revision() {
			break
		}
		last = storage.Head{Revision: commit.Revision, Chain: commit.Chain}
		if err := f.passTo(commit.At); err != nil {
			return err
		}
		if err := f.commit(commit); err != nil {
			return err
		}
	}
	f.head = snapshot.Head()
	if last.Revision != f.head.Revision || last.Chain != f.head.Chain && last.Chain != (relationship.Digest{}) {
		return storage.ErrDiverged
	}
	f.state = snapshot.Draft() // the same state, without what was written to get there
	return nil
}

// commit moves the state on, and tells what that took.
func (f *follower) commit(commit storage.Commit) error {
	before := map[Place]permset.Set{}
	catalog := false
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			catalog = catalog || line.Key().Kind == relationship.KindCatalog
			for place := range concerned(f.state, line) {
				if _, known := before[place]; known {
					continue
				}
				// Where the clock has gone back, both what could be used by then and
				// what can be used again.
				before[place] = f.usable(place, commit.At)
				if f.now.After(commit.At) {
					before[place] = before[place].Union(f.usable(place, f.now))
				}
			}
		}
	}
	if err := storage.Redo(f.state, commit); err != nil {
		return err
	}
	f.revision = commit.Revision
	if catalog {
		v, err := f.m.vocabularyOf(f.state)
		if err != nil {
			return err
		}
		f.v = v
	}
	losses := Losses{Revision: commit.Revision, At: commit.At}
	for place, set := range before {
		losses.add(place, set, f.usable(place, commit.At))
		f.foresee(place, commit.At)
	}
	return f.report(losses)
}

// look tells what the clock took up to now.
func (f *follower) look(now time.Time) error {
	if now.Before(f.now) {
		return f.backTo(now)
	}
	return f.passTo(now)
}

// passTo lets time pass to an instant, and tells what ran out on the way. An
// instant that has passed already changes nothing.
func (f *follower) passTo(now time.Time) error {
	for at, places := range f.runOuts.upTo(now) {
		losses := Losses{Revision: f.revision, At: at}
		for _, place := range places {
			losses.add(place, f.usable(place, at.Add(-time.Microsecond)), f.usable(place, at))
		}
		if len(losses.Lost) == 0 {
			continue
		}
		if err := f.report(losses); err != nil {
			return err
		}
	}
	if now.After(f.now) {
		f.now = now
	}
	return nil
}

// backTo follows a clock that went back. It happens so rarely that everybody
// is compared: what had run out will run out again, and a pause that was over
// goes on (TIME-3).
func (f *follower) backTo(now time.Time) error {
	losses := Losses{Revision: f.revision, At: now}
	for member := range storage.As[relationship.Member](f.state.All(relationship.KindMember, relationship.Key{})) {
		place := Place{member.Client, member.User}
		losses.add(place, f.usable(place, f.now), f.usable(place, now))
		f.foresee(place, now)
	}
	f.now = now
	if len(losses.Lost) == 0 {
		return nil
	}
	return f.report(losses)
}

// foresee notes when the clock takes away what can be used at the place, if
// that is later than an instant.
func (f *follower) foresee(place Place, after time.Time) {
	member, _ := storage.Get[relationship.Member](f.state, relationship.MemberKey(place.Client, place.User))
	at := (&facts{now: after}).of(f.state, member).runsOut()
	if !at.After(after) {
		at = time.Time{}
	}
	f.runOuts.set(place, at)
}

// usable is what the user can use at the place. Of somebody who has been erased
// since, the past no longer has the address, on which the seat of a super admin
// may depend (ORG-5): it counts as theirs until they are erased and lose all.
func (f *follower) usable(place Place, now time.Time) permset.Set {
	facts := gather(f.state, place.Client, place.User, now)
	if facts.isSuperAdmin() && !facts.seated {
		person, _ := storage.Get[relationship.User](f.state, relationship.UserKey(place.User))
		facts.seated = person.Erased()
	}
	return f.v.usable(facts)
}

// report hands losses over.
func (f *follower) report(losses Losses) error {
	slices.SortFunc(losses.Lost, func(a, b Loss) int { return comparePlaces(a.Place, b.Place) })
	if !f.tell(losses) {
		return errEnough
	}
	return nil
}

// add adds what was lost at a place, if anything was. The two sets may be of
// two catalogues.
func (l *Losses) add(place Place, before, after permset.Set) {
	if before == after || before.IsEmpty() {
		return
	}
	var lost permset.Names
	if before.Catalog() == after.Catalog() {
		lost = before.Minus(after).Names()
	} else {
		lost = before.Names().Minus(after.Names())
	}
	if !lost.IsEmpty() {
		l.Lost = append(l.Lost, Loss{place, lost, after.IsEmpty()})
	}
}
