package engine

import (
	"slices"
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
)

// passesMost is how often a case may be passed on without work: once is an
// objection to be heard, twice is passing the buck (product.md, Accountability).
const passesMost = 1

// passingTheBuck: a case was objected to or assigned anew twice or more, and
// nobody worked on it in between. Whose duty a matter is the sender or the common
// superior decides (Art. 23, 24); who passes it around answers for it (Art. 45).
var passingTheBuck = Audit{
	Rule: grievance.FindPassingTheBuck, Articles: []int{23, 24, 45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, run := range passes(d.Case) {
			if len(run) <= passesMost {
				continue
			}
			showed := run[passesMost]
			charge := grievance.Charge{
				CaseID: d.Case.CaseID, Subject: "pass/" + strconv.FormatInt(run[0].Seq, 10),
				AboutAt: showed.AboutAt, Unit: passedBy(d.Case, showed),
			}
			for _, e := range run {
				charge.Evidence = append(charge.Evidence, e.Ref())
			}
			charges = append(charges, charge)
		}
		return charges
	},
}

// worked are the events that show work on the matter itself.
var worked = []grievance.EventKind{
	grievance.EvContacted, grievance.EvSubmitted, grievance.EvAmended, grievance.EvAnswered, grievance.EvClosed,
	grievance.EvCoHandlerAnswered, grievance.EvDutyDone, grievance.EvHearingHeld, grievance.EvMediated,
}

// passes gives the runs of events by which a case was passed on, with no work in
// between.
func passes(r *grievance.Record) (runs [][]grievance.Told) {
	var run []grievance.Told
	var last *grievance.Told // assignment
	for i, e := range r.Events {
		switch {
		case slices.Contains(worked, e.Kind):
			if len(run) > 0 {
				runs = append(runs, run)
			}
			run, last = nil, nil
		case e.Kind == grievance.EvObjected, e.Kind == grievance.EvAssigned && last != nil && anew(last.Facts, e.Facts):
			run = append(run, e)
		}
		if e.Kind == grievance.EvAssigned {
			last = &r.Events[i]
		}
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// anew reports whether an assignment takes the case from the unit or the person
// that it was with; naming somebody in the same unit for the first time does not.
func anew(was, is grievance.Facts) bool {
	return was.Unit != is.Unit || !was.Handler.IsZero() && was.Handler != is.Handler
}

// passedBy is the unit that passed the case on.
func passedBy(r *grievance.Record, e grievance.Told) grievance.UnitID {
	switch {
	case e.Facts.Objection != nil:
		return e.Facts.Objection.Unit
	case !e.Post.UnitID.IsZero():
		return e.Post.UnitID
	}
	return r.Acting(e.AboutAt)
}
