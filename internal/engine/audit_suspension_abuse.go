package engine

import (
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

const (
	suspensionsMost = 2                   // of one case; a third is a way of not handling it (practice)
	restMost        = 90 * 24 * time.Hour // in sum: longer than the law gives for the whole handling and its extension
	reachedWithin   = 24 * time.Hour      // to go on with a case once the petitioner it waits for is there
)

// suspensionAbuse: a case was suspended more than twice, or rested longer than
// ninety days in sum, or went on waiting for a petitioner who could be reached.
// Suspending is for what stands in the way of handling (Art. 34); delay is what
// Art. 45 names. A suspension is judged when it has ended.
var suspensionAbuse = Audit{
	Rule: grievance.FindSuspension, Articles: []int{34, 45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		var sum time.Duration
		for i, s := range d.Case.Suspensions {
			at, abused := s.By.AboutAt, i >= suspensionsMost
			charge := grievance.Charge{CaseID: d.Case.CaseID, Subject: "suspension/" + strconv.Itoa(s.N), Evidence: []grievance.EventRef{s.By.Ref()}}
			if s.Ended != nil {
				rested := s.Ended.AboutAt.Sub(s.From)
				tooLong := sum <= restMost && sum+rested > restMost
				reached := needless(s)
				if !abused && (tooLong || reached != nil) {
					at, abused = s.Ended.AboutAt, true
				}
				sum += rested
				charge.Evidence = append(charge.Evidence, s.Ended.Ref())
				if reached != nil {
					charge.Evidence = append(charge.Evidence, reached.Ref())
				}
			}
			if abused {
				charge.AboutAt, charge.Unit = at, d.Case.Acting(s.By.AboutAt)
				charges = append(charges, charge)
			}
		}
		return charges
	},
}

// needless gives the event that showed, more than a day before the end, that the
// petitioner whom a case waited for was there.
func needless(s *grievance.SuspensionTold) *grievance.Told {
	if s.Cause != grievance.WaitingPetitioner {
		return nil
	}
	for i, e := range s.Reached {
		if s.Ended.AboutAt.Sub(e.AboutAt) > reachedWithin {
			return &s.Reached[i]
		}
	}
	return nil
}
