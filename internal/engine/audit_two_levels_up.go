package engine

import "github.com/huiyin/huiyin/internal/grievance"

// levelsUp is how far above the unit that has a matter a petitioner may not bring
// it in person: one level up is lawful (Art. 20), and no finding.
const levelsUp = 2

// twoLevelsUp: a petitioner went in person two or more levels above the unit that
// has an earlier case of theirs, while that was late there. Going so far is not
// what Art. 20 asks for; that it was needed is held against the lower unit
// (Art. 45).
var twoLevelsUp = Audit{
	Rule: grievance.FindTwoLevelsUp, Articles: []int{20, 45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, p := range d.Pairs() {
			visit := p.Later.ReceivedAt
			late := p.Earlier.Late(visit)
			if p.Later.Channel != grievance.ByVisit || len(late) == 0 || d.Book.LevelsAbove(p.Later.Desk, p.Earlier.Lead(visit)) < levelsUp {
				continue
			}
			charges = append(charges, grievance.Charge{
				CaseID: p.Earlier.CaseID, Subject: p.Later.CaseID.String(), AboutAt: visit, Unit: p.Earlier.Lead(visit),
				Evidence: append(breaches(late), p.Later.First().Ref()),
			})
		}
		return charges
	},
}
