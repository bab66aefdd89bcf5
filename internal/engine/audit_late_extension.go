package engine

import (
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// lastMoment is how close to the due instant an extension is asked for too late:
// who needs thirty days more knows it before the last three. The law sets no
// time; this is practice.
const lastMoment = 3 * 24 * time.Hour

// lateExtension: more time was asked for in the last three days, or after the
// yellow warning, or more than once in a case. Art. 34 gives one extension, for
// complex circumstances; delay is what Art. 45 names. A request that was returned
// and made again is one.
var lateExtension = Audit{
	Rule: grievance.FindExtension, Articles: []int{34, 45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		before := 0
		for _, x := range d.Case.Extensions {
			late := x.Warned != nil || !x.DueAt.IsZero() && x.DueAt.Sub(x.Asked.AboutAt) <= lastMoment
			if !x.Returned {
				before++
			}
			if !late && (x.Returned || before < 2) {
				continue
			}
			charge := grievance.Charge{
				CaseID: d.Case.CaseID, Subject: "extension/" + strconv.Itoa(x.N), AboutAt: x.Asked.AboutAt,
				Unit: d.Case.Acting(x.Asked.AboutAt), Evidence: []grievance.EventRef{x.Asked.Ref()},
			}
			if x.Approved != nil {
				charge.Evidence = append(charge.Evidence, x.Approved.Ref())
			}
			if x.Warned != nil {
				charge.Evidence = append(charge.Evidence, x.Warned.Ref())
			}
			charges = append(charges, charge)
		}
		return charges
	},
}
