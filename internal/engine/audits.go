package engine

import "github.com/huiyin/huiyin/internal/grievance"

// Audit is one audit rule: the articles of the 信访工作条例 on which it rests, and
// what it holds against a unit in a dossier. A rule judges by
// the instants that events are about alone, so that what it finds does not depend
// on how often the engine ran.
type Audit struct {
	Rule     grievance.FindingRule
	Articles []int
	Look     func(grievance.Dossier) []grievance.Charge
}

// audits is every audit rule; a new one is a file and a line here.
var audits = []Audit{
	overdueAcceptance,
	overdueClosure,
	noFirstContact,
	passingTheBuck,
	falseClosure,
	repeatPetition,
	twoLevelsUp,
	groupAfterNeglect,
	rubberStamp,
	lateExtension,
	suspensionAbuse,
	orderUnanswered,
	leakOrRetaliation,
}

// AuditOf gives an audit rule by its name; the zero Audit where there is none.
func AuditOf(rule grievance.FindingRule) Audit {
	for _, a := range audits {
		if a.Rule == rule {
			return a
		}
	}
	return Audit{Rule: rule}
}

// look lets every rule look at a dossier. Of one subject a rule holds one thing.
func look(d grievance.Dossier) (charges []grievance.Charge) {
	for _, a := range audits {
		for _, c := range a.Look(d) {
			c.Rule = a.Rule
			if c.Unit.IsZero() { // who has it is not told: whose desk received it
				c.Unit = d.Case.Desk
			}
			charges = append(charges, c)
		}
	}
	return charges
}

// overdue holds against the unit that owed a clock of a kind that its ladder was
// climbed to the end: three working days after the due instant, or, where the
// ladder is short, as long again as the clock (product.md, Escalation).
func overdue(kind grievance.ClockKind) func(grievance.Dossier) []grievance.Charge {
	return func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, k := range d.Case.Clocks {
			last := d.Book.LastRise(d.Case, k)
			if k.Kind != kind || last == nil {
				continue
			}
			charges = append(charges, grievance.Charge{
				CaseID: d.Case.CaseID, Subject: k.ID.String(), AboutAt: last.AboutAt, Unit: d.Case.Owes(k, k.DueAt),
				Evidence: evidence(k),
			})
		}
		return charges
	}
}

// evidence is how a clock ran: its start, its warnings, its breach and whom that
// was brought before.
func evidence(k *grievance.ClockTold) []grievance.EventRef {
	refs := []grievance.EventRef{k.Started}
	for _, e := range k.Reminded {
		refs = append(refs, e.Ref())
	}
	if k.Warned != nil {
		refs = append(refs, k.Warned.Ref())
	}
	if k.Breach != nil {
		refs = append(refs, k.Breach.Ref())
	}
	for _, e := range k.Rises {
		refs = append(refs, e.Ref())
	}
	return refs
}
