package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Rebased is what the running clocks came to that follow an older version.
type Rebased struct {
	Cases    int // of which something changed
	SetAside int // put off because of an error
	LastErr  error
}

// Rebase moves the running clocks that follow an older version to the newer
// ones: of the calendar, those that reach into what differs; of a profile,
// where somebody ordered it. It goes through all of them, up to limit at a time,
// until none is left that can move, and then notes that the version is done
// with: clocks that stay where they are, because moving would make them late, are
// not looked at for ever.
//
// Any number of replicas may do it at once. What ends it on the way is done, and
// the next call begins anew; cases that somebody else holds are left for it. A
// case that fails, be it that it cannot be read, keeps neither the others nor the
// version: it is left to AdvanceDue, which tries it later, with growing delay.
func (d *Desk) Rebase(ctx context.Context, limit int) (Rebased, error) {
	book, pending, err := d.pending(ctx)
	if err != nil || len(pending) == 0 {
		return Rebased{}, err
	}
	r := rebasing{desk: d, book: book, limit: limit, aside: map[grievance.CaseID]bool{}}
	for _, group := range groupsOf(book, pending) {
		if err := r.follow(ctx, group); err != nil {
			return r.sum, err
		}
	}
	return r.sum, nil
}

// pending gives the versions that clocks have still to follow, and a Book that
// has them.
func (d *Desk) pending(ctx context.Context) (book *grievance.Book, list []store.Version, err error) {
	var version int64
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		if list, err = s.Rebasing(); err != nil || len(list) == 0 {
			return err
		}
		version, err = s.BookVersion()
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	book, err = d.office.BookAt(ctx, version)
	return book, list, err
}

// group is the versions that clocks can follow in one go. Without clocks nobody
// has to.
type group struct {
	versions []store.Version
	clocks   *store.OldClocks
}

// groupsOf puts the pending versions of the calendar together, and each of a
// profile by itself.
func groupsOf(book *grievance.Book, pending []store.Version) (groups []group) {
	var calendars []store.Version
	for _, v := range pending {
		if v.Name == "" {
			calendars = append(calendars, v)
			continue
		}
		groups = append(groups, group{[]store.Version{v}, &store.OldClocks{Profile: v.Name, Version: v.Version}})
	}
	if len(calendars) > 0 {
		groups = append(groups, group{calendars, olderThan(book, calendars)})
	}
	return groups
}

// olderThan says which clocks versions of the calendar may concern: those that
// are due after the first date on which one of the versions differs from the one
// before it; nil where none does.
//
// Versions between which nothing is pending need not be compared. A due instant
// depends on the days up to it alone. So where a clock is due before every such
// date, the pending versions count it as the newest does that is not pending:
// to the same instant, which changes nothing; or to an earlier one, for which it
// was left, because that was past when the version was published, and is when
// the later ones are; never to a later one, for to that it has been moved.
func olderThan(book *grievance.Book, pending []store.Version) (old *store.OldClocks) {
	var before *calendar.Calendar
	for _, v := range book.Calendars() {
		isPending := slices.ContainsFunc(pending, func(p store.Version) bool { return p.Version == v.Version() })
		if before != nil && isPending {
			first, _, differ := calendar.Changed(before, v.Calendar)
			if differ && (old == nil || first.Start().Before(old.From)) {
				old = &store.OldClocks{From: first.Start()}
			}
		}
		before = v.Calendar
	}
	if old != nil {
		old.Calendar = pending[len(pending)-1].Version
	}
	return old
}

// rebasing is one call of Rebase. It remembers which cases failed: they are not
// tried again in it.
type rebasing struct {
	desk  *Desk
	book  *grievance.Book
	limit int
	aside map[grievance.CaseID]bool
	sum   Rebased
}

// follow lets clocks follow the versions of a group, again and again until a
// whole pass finds none that moves or is held. For a moment after the versions
// came there may yet be others: a replica may still start clocks by a Book that
// is a second old.
func (r *rebasing) follow(ctx context.Context, g group) error {
	last := g.versions[len(g.versions)-1]
	if g.clocks != nil {
		for again := true; again; {
			moved, held, err := r.pass(ctx, *g.clocks)
			if err != nil || moved == 0 && held > 0 {
				return err
			}
			again = moved > 0
		}
		if r.desk.clock.Now().Before(last.Since.Add(settled)) {
			return nil
		}
	}
	return r.mark(ctx, g.versions)
}

func (r *rebasing) mark(ctx context.Context, versions []store.Version) error {
	return r.desk.store.Write(ctx, func(tx *store.Tx) error {
		now := r.desk.clock.Now()
		for _, v := range versions {
			mark := func() error { return tx.MarkCalendarRebased(v.Version, now) }
			if v.Name != "" {
				mark = func() error { return tx.MarkProfileRebased(v.Name, v.Version, now) }
			}
			if err := mark(); err != nil {
				return err
			}
		}
		return nil
	})
}

// pass goes once through the clocks, in order of their due instants.
func (r *rebasing) pass(ctx context.Context, old store.OldClocks) (moved, held int, err error) {
	var at store.ClockPosition
	for {
		b, err := r.batch(ctx, old, at)
		if err != nil {
			return moved, held, err
		}
		moved, held, at = moved+b.moved, held+b.Held, b.Last
		r.sum.Cases += b.moved
		if at == (store.ClockPosition{}) {
			return moved, held, nil
		}
	}
}

// rebased is a batch, which cases it was, and in how many something changed.
type rebased struct {
	store.OldCases
	tried []attempt
	moved int
}

// batch lets the cases of the next clocks follow, in one transaction; when it
// fails, each alone.
func (r *rebasing) batch(ctx context.Context, old store.OldClocks, after store.ClockPosition) (b rebased, err error) {
	err = r.desk.onBook(ctx, r.book, func(book *grievance.Book) error {
		r.book = book
		return r.desk.store.Write(ctx, func(tx *store.Tx) (err error) {
			b = rebased{}
			if b.OldCases, err = tx.LockOld(old, after, r.limit); err != nil {
				return err
			}
			b.tried = r.attempts(b.Free)
			b.moved, err = r.followAll(tx, b.tried, book)
			return err
		})
	})
	if err == nil || len(b.tried) == 0 || stopped(ctx, err) {
		return b, err
	}
	b.moved, err = r.each(ctx, b.tried)
	return b, err
}

// attempts are the cases that have not failed in this call.
func (r *rebasing) attempts(cases []store.DueCase) (list []attempt) {
	for _, c := range cases {
		if !r.aside[c.ID] {
			list = append(list, attempt{c.ID, c.Attempts})
		}
	}
	return list
}

// followAll lets cases follow, and tells how many changed.
func (r *rebasing) followAll(tx *store.Tx, tried []attempt, book *grievance.Book) (int, error) {
	if len(tried) == 0 {
		return 0, nil
	}
	ids := make([]grievance.CaseID, len(tried))
	for i, a := range tried {
		ids[i] = a.id
	}
	m := r.desk.moment(Request{Actor: grievance.System}, book)
	cases, err := tx.LockCases(ids, store.ViewerOf(m.By, book), store.Needs{})
	if err != nil {
		return 0, err
	}
	if _, err := advanceAll(cases, m); err != nil {
		return 0, err
	}
	changed := changedOf(cases)
	return len(changed), tx.SaveCases(changed)
}

// each lets the cases of a failed batch follow one by one. One that fails is set
// aside; where not even that can be written, the error tells of both.
func (r *rebasing) each(ctx context.Context, tried []attempt) (moved int, err error) {
	for _, a := range tried {
		changed := false
		one := r.desk.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{a.id}, store.Needs{},
			func(c *grievance.Case, m grievance.Moment) error {
				_, err := advance(c, m)
				changed = c.Changed()
				return err
			}, nil)
		switch {
		case one == nil && changed:
			moved++
		case one != nil && stopped(ctx, one):
			return moved, one
		case one != nil:
			aside := r.desk.tryAgain(ctx, a, one)
			if aside != nil && stopped(ctx, aside) {
				return moved, errors.Join(aside, one)
			}
			r.aside[a.id] = true
			r.sum.SetAside++
			r.sum.LastErr = errors.Join(aside, one)
		}
	}
	return moved, nil
}

func (d *Desk) tryAgain(ctx context.Context, a attempt, why error) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		now := d.clock.Now()
		return tx.TryAgain(a.id, now, now.Add(a.delay()), reason(why))
	})
}
