package report

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// counted is one thing that a figure counts, and for which unit.
type counted struct {
	figure FigureName
	unit   grievance.UnitID
	ref    Ref
}

// tally gathers what the bulletins of a period count. It counts for the unit that
// held the case (首办单位) at the instant of what is counted; a breach for the unit
// that owed, an objection for the unit that objected, a finding and a measure for
// the unit that they are against. A unit that was merged by then counts as its
// successor.
type tally struct {
	book   *grievance.Book
	end    time.Time // of the period
	moves  map[grievance.CaseID][]move
	late   map[store.MetLate]bool
	voices map[voiced]voices
	list   []counted
}

// move is that a case came to a unit's desk. Within says that it stays on the
// desk that it is on where that is above the unit: what was designated on an
// assignment is assigned anew.
type move struct {
	at     time.Time
	seq    int64
	to     grievance.UnitID
	within bool
}

func newTally(book *grievance.Book, end time.Time, late []store.MetLate, moving []grievance.Event) (*tally, error) {
	t := &tally{book: book, end: end, moves: map[grievance.CaseID][]move{}, late: map[store.MetLate]bool{}, voices: map[voiced]voices{}}
	for _, k := range late {
		k.MetAt = k.MetAt.UTC()
		t.late[k] = true
	}
	for _, e := range moving {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return nil, err
		}
		if f.FromUnit.IsZero() || f.Unit.IsZero() { // the objector keeps it
			continue
		}
		assigned := e.Kind == grievance.EvDesignated && f.Objection != nil && f.Objection.On == "assignment"
		t.moves[e.SubjectID] = append(t.moves[e.SubjectID], move{e.AboutAt, e.Seq, f.Unit, assigned})
	}
	return t, nil
}

// holder gives the unit whose desk held the case at the instant of an event.
func (t *tally) holder(e store.CountedEvent) grievance.UnitID {
	held := e.Origin
	for _, m := range t.moves[e.CaseID] {
		if c := m.at.Compare(e.AboutAt); c > 0 || c == 0 && m.seq >= e.Seq {
			break
		}
		if to, from := t.book.Unit(m.to), t.book.Unit(held); !m.within || to == nil || from == nil || !to.Within(from) {
			held = m.to
		}
	}
	return held
}

func (t *tally) add(figure FigureName, unit grievance.UnitID, ref Ref, at time.Time) {
	if u := t.book.At(unit, at); u != nil {
		unit = u.ID
	}
	t.list = append(t.list, counted{figure, unit, ref})
}

// event counts an event in every figure that it belongs to.
func (t *tally) event(e store.CountedEvent) error {
	var f grievance.Facts
	if len(e.Body) > 0 {
		var err error
		if f, err = grievance.ReadFacts(grievance.Event{Body: e.Body}); err != nil {
			return err
		}
	}
	unit, ref := t.holder(e), eventRef(e.CaseID, e.Seq)
	count := func(figure FigureName, unit grievance.UnitID) { t.add(figure, unit, ref, e.AboutAt) }
	if reopened(e.Kind, f) {
		count(FigRehandled, unit)
	}
	switch e.Kind {
	case grievance.EvRegistered:
		count(FigRegistered, unit)
	case grievance.EvClosed, grievance.EvAnswered, grievance.EvImported:
		count(FigClosed, unit)
		if !t.late[store.MetLate{CaseID: e.CaseID, MetAt: e.AboutAt}] {
			count(FigOnTime, unit)
		}
	case grievance.EvExtended:
		count(FigExtended, unit)
	case grievance.EvSuspended:
		count(FigSuspended, unit)
	case grievance.EvDisputed:
		count(FigDisputed, unit)
	case grievance.EvObjected:
		count(FigObjections, objector(f, unit))
	case grievance.EvBreached:
		count(FigBreached(f.Clock.Kind), owing(e, unit))
	case grievance.EvRated, grievance.EvFollowedUp:
		t.hear(e, f, unit)
	}
	return nil
}

// reopened reports whether an event opened a second or later round.
func reopened(kind grievance.EventKind, f grievance.Facts) bool {
	opens := []grievance.EventKind{grievance.EvDisputed, grievance.EvFollowedUp, grievance.EvReviewDecided}
	return slices.Contains(opens, kind) && f.Round > 1 && f.Status != "" && f.Status.Open()
}

func objector(f grievance.Facts, holder grievance.UnitID) grievance.UnitID {
	if f.Objection == nil || f.Objection.Unit.IsZero() {
		return holder
	}
	return f.Objection.Unit
}

func owing(e store.CountedEvent, holder grievance.UnitID) grievance.UnitID {
	if e.Debtor.IsZero() {
		return holder
	}
	return e.Debtor
}

// findings counts findings and measures.
func (t *tally) findings(found []store.CountedFinding, measures []store.CountedMeasure) {
	for _, f := range found {
		ref := Ref(f.CaseID.String() + "/" + f.ID.String())
		t.add(FigFindings(f.Rule), f.UnitID, ref, t.end)
		if f.Upheld {
			t.add(FigUpheld(f.Rule), f.UnitID, ref, t.end)
		}
	}
	for _, m := range measures {
		ref := measureRef(m)
		t.add(FigMeasures(m.Kind), m.UnitID, ref, t.end)
	}
}
