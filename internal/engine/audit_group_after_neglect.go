package engine

import "github.com/huiyin/huiyin/internal/grievance"

// groupAfterNeglect: a matter that ran late came back, or grew, as a petition of
// five or more (Art. 20). It is held against the unit that let it run late; who
// lets a group petition grow answers for it (Art. 46).
var groupAfterNeglect = Audit{
	Rule: grievance.FindGroup, Articles: []int{20, 45, 46},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, p := range append(d.Pairs(), grievance.Pair{Earlier: d.Case, Later: d.Case}) {
			group := p.Later.GroupFrom()
			if group == nil {
				continue
			}
			late := p.Earlier.Breached(group.AboutAt)
			if len(late) == 0 {
				continue
			}
			charges = append(charges, grievance.Charge{
				CaseID: p.Earlier.CaseID, Subject: p.Later.CaseID.String(), AboutAt: group.AboutAt,
				Unit: p.Earlier.Owes(late[0], late[0].Breach.AboutAt), Evidence: append(breaches(late), group.Ref()),
			})
		}
		return charges
	},
}
