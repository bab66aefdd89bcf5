package engine

import "github.com/huiyin/huiyin/internal/grievance"

// repeatPetition: a petitioner had to bring a matter of the same category again,
// after the case before it was closed or while it was late. It is held against
// the unit of the earlier case (Art. 45). A case that was registered twice by
// mistake is none.
var repeatPetition = Audit{
	Rule: grievance.FindRepeatPetition, Articles: []int{45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, p := range d.Pairs() {
			again := p.Later.ReceivedAt
			same := p.Earlier.Category == p.Later.Category && p.Later.Category != "" && p.Later.Declined != grievance.Duplicate
			if !same || !d.Next(p) {
				continue
			}
			closed, late := p.Earlier.ClosedBefore(again), p.Earlier.Late(again)
			if closed == nil && len(late) == 0 {
				continue
			}
			charge := grievance.Charge{
				CaseID: p.Earlier.CaseID, Subject: p.Later.CaseID.String(), AboutAt: again, Unit: p.Earlier.Acting(again),
				Evidence: append(breaches(late), p.Later.First().Ref()),
			}
			if closed != nil {
				charge.Evidence = append(charge.Evidence, closed.Ref())
			}
			charges = append(charges, charge)
		}
		return charges
	},
}

func breaches(clocks []*grievance.ClockTold) (refs []grievance.EventRef) {
	for _, k := range clocks {
		refs = append(refs, k.Breach.Ref())
	}
	return refs
}
