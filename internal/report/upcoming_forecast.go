package report

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// forecastPage is how many cases are judged at a time.
const forecastPage = 500

// forecast is a report of what is coming, in the making.
type forecast struct {
	UpcomingReport
	book  *grievance.Book
	areas []store.Area
}

func newForecast(book *grievance.Book, q UpcomingQuery) (*forecast, error) {
	q.Most = max(1, min(q.Most, MostUpcoming))
	f := &forecast{UpcomingReport: UpcomingReport{Query: q}, book: book}
	for _, id := range q.Units {
		u := book.Unit(id)
		if u == nil {
			return nil, grievance.ErrNotFound
		}
		f.areas = append(f.areas, Branch{Unit: u}.area())
		f.Unit = Branch{Unit: u}
	}
	if len(q.Units) > 1 {
		f.Unit = Branch{}
	}
	return f, nil
}

// run judges every case that comes due, those that come first first, until none
// can have a row among those that are kept.
func (f *forecast) run(s *store.Snapshot, v store.Viewer) error {
	filter := store.DueFilter{Until: f.Query.Period.To.End(), Areas: f.areas}
	var after *store.DuePosition
	for {
		cases, next, err := s.DueUntil(v, filter, after, forecastPage)
		if err != nil {
			return err
		}
		for _, c := range cases {
			if err := f.judge(c, filter.Until); err != nil {
				return err
			}
		}
		if next == nil || len(f.Rows) > 2*f.Query.Most {
			f.cut()
		}
		if next == nil || f.CompleteUntil != nil && !next.NextAt.Before(*f.CompleteUntil) {
			f.cut()
			return nil
		}
		after = next
	}
}

// judge lets a case advance until an instant and keeps what came of it. The case
// is nobody else's, and is not written.
func (f *forecast) judge(c *grievance.Case, until time.Time) error {
	known := map[grievance.ClockID]bool{}
	for _, k := range c.Clocks() {
		known[k.ID] = true
	}
	m := grievance.Moment{By: grievance.System, Now: until, Book: f.book, Mint: throwaway(c.ID)}
	if !advances(c, m) {
		if len(f.Unforetold) < f.Query.Most {
			f.Unforetold = append(f.Unforetold, c.ID)
		}
		return nil
	}
	came := c.TakeChanges()
	for _, e := range came.Events {
		if e.Kind == grievance.EvHandedOn {
			continue
		}
		row, err := f.row(c, e, came)
		if err != nil {
			return err
		}
		if !known[row.ClockID] {
			row.ClockID = grievance.ClockID{}
		}
		if f.Query.wants(row, f.areas) {
			f.Rows = append(f.Rows, row)
		}
	}
	return nil
}

// advances lets a case advance, and tells whether the rules could judge it. One
// bad case never keeps the others from being foretold.
func advances(c *grievance.Case, m grievance.Moment) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if !m.Book.Knows(c) {
		return false
	}
	_, err := c.Advance(m.For(c))
	return err == nil
}

// cut drops the rows that come last where there are too many.
func (f *forecast) cut() {
	slices.SortFunc(f.Rows, func(a, b UpcomingRow) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Receipt, b.Receipt), cmp.Compare(a.seq, b.seq))
	})
	if len(f.Rows) > f.Query.Most {
		first := f.Rows[f.Query.Most].At
		f.CompleteUntil = &first
		f.Rows = slices.Delete(f.Rows, f.Query.Most, len(f.Rows))
	}
}

// row tells what an event of the forecast says.
func (f *forecast) row(c *grievance.Case, e grievance.Event, came grievance.Changes) (UpcomingRow, error) {
	facts, err := grievance.ReadFacts(e)
	if err != nil {
		return UpcomingRow{}, fmt.Errorf("reading a foretold event of case %s: %w", c.ID, err)
	}
	r := UpcomingRow{
		Act: actOf[e.Kind], At: e.AboutAt, CaseID: c.ID, Receipt: c.ReceiptNumber, seq: e.Seq,
		Unit: f.book.Unit(cmp.Or(c.HandlingUnitID, c.LeadUnitID)),
	}
	if facts.Clock != nil {
		f.describeClock(&r, c, facts.Clock, came.Rungs, e.Seq)
	}
	if facts.Escalation != nil {
		f.describeEscalation(&r, facts.Escalation, came.Escalations)
	}
	if awaiting := facts.Awaiting; (r.Act == Resume || r.Act == Raise) && awaiting != nil {
		r.To = f.addressees(r.At, awaiting.User, awaiting.Post)
	}
	return r, nil
}

// describeClock tells of the clock: who owes it, and whom its rung reaches.
func (f *forecast) describeClock(r *UpcomingRow, c *grievance.Case, fact *grievance.ClockFact, rungs []grievance.RungRecord, seq int64) {
	r.Kind, r.ClockID, r.Rung, r.DueAt = fact.Kind, fact.ID, fact.Rung, fact.DueAt
	for _, k := range c.Clocks() {
		if k.ID != fact.ID {
			continue
		}
		r.Unit, r.DueVersion = f.book.Unit(k.DebtorPost.UnitID), k.DueVersion
		r.To = f.addressees(r.At, k.DebtorUser, k.DebtorPost)
	}
	for _, x := range rungs {
		if x.EventSeq != seq {
			continue
		}
		r.DueVersion = x.DueVersion
		r.To = f.addressees(r.At, x.DebtorUser, x.DebtorPost)
		if !x.LeaderUnit.IsZero() {
			r.To = append(r.To, f.addressees(r.At, grievance.UserID{}, grievance.Post{UnitID: x.LeaderUnit, Role: grievance.RoleLeader, Head: true})...)
		}
	}
}

// describeEscalation tells whom an escalation reaches.
func (f *forecast) describeEscalation(r *UpcomingRow, fact *grievance.EscalFact, made []*grievance.Escalation) {
	r.Level, r.Cause = fact.Level, fact.Cause
	if fact.Unroutable {
		r.Act = Unroutable
	}
	r.To = f.addressees(r.At, grievance.UserID{}, fact.Target)
	for _, e := range made {
		if e.ID == fact.ID {
			r.DueVersion, r.Unit = e.DueVersion, f.book.Unit(e.FromUnitID)
		}
	}
}

// addressees gives a post with who is named, or else whoever holds it then.
func (f *forecast) addressees(at time.Time, named grievance.UserID, p grievance.Post) []Addressee {
	if p.IsZero() {
		return nil
	}
	to := Addressee{Unit: f.book.Unit(p.UnitID), Role: p.Role, Head: p.Head}
	people := []grievance.UserID{named}
	if named.IsZero() {
		people = f.book.Holders(p, at)
	}
	for _, id := range people {
		if u := f.book.User(id); u != nil {
			to.People = append(to.People, u)
		}
	}
	return []Addressee{to}
}

func (f *forecast) addTitles(s *store.Snapshot) error {
	if !f.Query.Titles {
		return nil
	}
	var ids []grievance.CaseID
	for _, fig := range f.Figures() {
		ids = append(ids, fig.Cases...)
	}
	titles := map[grievance.CaseID]string{}
	for part := range slices.Chunk(ids, forecastPage) {
		some, err := s.Titles(part)
		if err != nil {
			return err
		}
		for id, title := range some {
			titles[id] = title
		}
	}
	for i := range f.Rows {
		f.Rows[i].Title = titles[f.Rows[i].CaseID]
	}
	return nil
}

// throwaway makes identifiers for what is never written, the same whenever the
// same case is judged.
func throwaway(of grievance.CaseID) grievance.Mint {
	n := uint64(0)
	next := func() (id [16]byte) {
		n++
		copy(id[:8], of[8:])
		binary.BigEndian.PutUint64(id[8:], n)
		return id
	}
	return grievance.Mint{ID: next, Salt: next}
}
