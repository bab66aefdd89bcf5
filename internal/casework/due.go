package casework

import (
	"context"
	"errors"
	"time"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Advanced is what one batch of due clocks came to.
type Advanced struct {
	Cases    int // locked and looked at
	Rungs    int // recorded
	SetAside int // put off because of an error
	LastErr  error
}

// AdvanceDue records the rungs that are due at this instant for up to limit
// cases, those due first first, in one transaction. When the batch fails, each
// of its cases is tried alone; one that fails again is set aside with its error
// and tried later, with growing delay, and never holds up the rest.
func (d *Desk) AdvanceDue(ctx context.Context, limit int) (Advanced, error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return Advanced{}, err
	}
	var sum Advanced
	var batch []attempt
	err = d.onBook(ctx, book, func(book *grievance.Book) error {
		return d.store.Write(ctx, func(tx *store.Tx) error {
			m := d.moment(Request{Actor: grievance.System}, book)
			due, err := tx.LockDue(m.Now, limit)
			sum, batch = Advanced{Cases: len(due)}, attemptsAt(due)
			if err != nil {
				return err
			}
			sum.Rungs, err = advanceAll(due, m)
			if err != nil {
				return err
			}
			return tx.SaveCases(changedOf(due))
		})
	})
	if err == nil || ctx.Err() != nil || grievance.KindOf(err) == grievance.Unavailable {
		return sum, err
	}
	if len(batch) == 0 { // one of them cannot even be read
		var lookErr error
		if batch, lookErr = d.attemptsDue(ctx, limit); lookErr != nil || len(batch) == 0 {
			return sum, err
		}
	}
	return d.advanceEach(ctx, batch)
}

// attemptsDue gives what LockDue would, unread.
func (d *Desk) attemptsDue(ctx context.Context, limit int) (list []attempt, err error) {
	err = d.store.Read(ctx, func(s *store.Snapshot) error {
		due, err := s.DueCases(d.clock.Now(), limit)
		list = nil
		for _, c := range due {
			list = append(list, attempt{c.ID, c.Attempts})
		}
		return err
	})
	return list, err
}

// advanceAll takes every step that is due in the cases, and tells how many.
func advanceAll(cases []*grievance.Case, m grievance.Moment) (steps int, err error) {
	for _, c := range cases {
		n, err := advance(c, m)
		steps += n
		if err != nil {
			return steps, err
		}
	}
	return steps, nil
}

func changedOf(cases []*grievance.Case) []*grievance.Case {
	var changed []*grievance.Case
	for _, c := range cases {
		if c.Changed() {
			changed = append(changed, c)
		}
	}
	return changed
}

// advanceEach tries the cases of a failed batch one by one.
func (d *Desk) advanceEach(ctx context.Context, batch []attempt) (sum Advanced, err error) {
	sum.Cases = len(batch)
	for _, a := range batch {
		rungs := 0
		one := d.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{a.id}, store.Needs{},
			func(c *grievance.Case, m grievance.Moment) (err error) {
				rungs, err = advance(c, m)
				return err
			}, nil)
		if one == nil {
			sum.Rungs += rungs
			continue
		}
		sum.SetAside++
		sum.LastErr = one
		if aside := d.setAside(ctx, a, one); aside != nil {
			return sum, errors.Join(aside, one)
		}
	}
	return sum, nil
}

// The delay of a case that was set aside doubles from the first to the longest.
const (
	firstDelay   = time.Minute
	LongestDelay = 6 * time.Hour
)

// attempt is a case that is about to be tried, and how often that failed before:
// deciding on the case forgets it.
type attempt struct {
	id     grievance.CaseID
	failed int
}

func attemptsAt(cases []*grievance.Case) []attempt {
	list := make([]attempt, len(cases))
	for i, c := range cases {
		list[i].id = c.ID
		for _, k := range c.Clocks() {
			list[i].failed = max(list[i].failed, k.Attempts)
		}
	}
	return list
}

func (a attempt) delay() time.Duration { return min(firstDelay<<min(a.failed, 16), LongestDelay) }

func (d *Desk) setAside(ctx context.Context, a attempt, why error) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		now := d.clock.Now()
		return tx.SetAside(a.id, now, now.Add(a.delay()), reason(why))
	})
}

// AnswersKeptFor is how long ForgetAnswers leaves an answer alone.
const AnswersKeptFor = answer.KeptFor

// Sequence gives up to limit committed events their place in the ledger.
func (d *Desk) Sequence(ctx context.Context, limit int) (n int, err error) {
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.Sequence(limit)
		return err
	})
	return n, err
}
