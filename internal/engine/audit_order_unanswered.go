package engine

import "github.com/huiyin/huiyin/internal/grievance"

// orderUnanswered: a supervision order, or a recommendation (Art. 40), was not
// answered in writing in time. Who does not heed it answers for it (Art. 45).
var orderUnanswered = Audit{
	Rule: grievance.FindOrder, Articles: []int{40, 45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, o := range d.Case.Orders {
			k := d.Case.Clock(o.Clock)
			if k == nil || k.Breach == nil {
				continue
			}
			charges = append(charges, grievance.Charge{
				CaseID: d.Case.CaseID, Subject: k.ID.String(), AboutAt: k.Breach.AboutAt, Unit: o.Unit, Evidence: evidence(k),
			})
		}
		return charges
	},
}
