package engine

import (
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
)

// falseClosure: a case was closed, and then disputed, or its matter found not
// resolved by a follow-up or in the petitioner's rating (虚假办结). Art. 45 names
// who does not do what handling asks for.
var falseClosure = Audit{
	Rule: grievance.FindFalseClosure, Articles: []int{45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for i, closed := range d.Case.Closures {
			doubts := doubtsOf(d.Case, i)
			if len(doubts) == 0 {
				continue
			}
			charge := grievance.Charge{
				CaseID: d.Case.CaseID, Subject: "closure/" + strconv.FormatInt(closed.Seq, 10), AboutAt: doubts[0].AboutAt,
				Unit: d.Case.Acting(closed.AboutAt), Evidence: []grievance.EventRef{closed.Ref()},
			}
			for _, e := range doubts {
				charge.Evidence = append(charge.Evidence, e.Ref())
			}
			charges = append(charges, charge)
		}
		return charges
	},
}

// doubtsOf gives the events after a closure, and before the next, that say that
// nothing was resolved.
func doubtsOf(r *grievance.Record, n int) (doubts []grievance.Told) {
	for _, e := range r.Doubts {
		after := e.Seq > r.Closures[n].Seq
		before := n+1 == len(r.Closures) || e.Seq < r.Closures[n+1].Seq
		if after && before && unresolved(e) {
			doubts = append(doubts, e)
		}
	}
	return doubts
}

func unresolved(e grievance.Told) bool {
	switch f := e.Facts; e.Kind {
	case grievance.EvDisputed:
		return true
	case grievance.EvRated:
		return f.Rating != nil && !f.Rating.Resolved
	case grievance.EvFollowedUp:
		return f.FollowUp != nil && f.FollowUp.Resolved == "no"
	}
	return false
}
