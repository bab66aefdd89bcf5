package engine

import (
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
)

// leakOrRetaliation: it was reported that what a petitioner said was passed to
// those it names (Art. 30), or that somebody retaliated (Art. 46). Whether it is
// true is for the decision.
var leakOrRetaliation = Audit{
	Rule: grievance.FindMisconduct, Articles: []int{30, 46},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, e := range d.Case.Misconduct {
			charges = append(charges, grievance.Charge{
				CaseID: d.Case.CaseID, Subject: "report/" + strconv.FormatInt(e.Seq, 10), AboutAt: e.AboutAt,
				Unit: d.Case.Acting(e.AboutAt), Evidence: []grievance.EventRef{e.Ref()},
			})
		}
		return charges
	},
}
