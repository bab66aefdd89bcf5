package store

import "github.com/huiyin/huiyin/internal/grievance"

// inboxIDs are the things that the rows of an inbox name, by kind.
type inboxIDs struct {
	cases       []grievance.CaseID
	clocks      []grievance.ClockID
	escalations []grievance.EscalationID
	signOffs    []grievance.SignOffID
	findings    []grievance.FindingID
}

// vacancy reports whether the row is about a unit, and no case.
func (r inboxRow) vacancy() bool { return r.CaseID.IsZero() }

func namedBy(rows []inboxRow) (n inboxIDs) {
	for _, r := range rows {
		if r.vacancy() {
			continue
		}
		n.cases = append(n.cases, r.CaseID)
		if !r.ClockID.IsZero() {
			n.clocks = append(n.clocks, r.ClockID)
		}
		switch r.Reason {
		case WaitsUnroutable, WaitsEscalated:
			n.escalations = append(n.escalations, grievance.EscalationID(r.RefID))
		case WaitsSignature:
			n.signOffs = append(n.signOffs, grievance.SignOffID(r.RefID))
		case WaitsExplaining, WaitsDecision, WaitsAppeal:
			n.findings = append(n.findings, grievance.FindingID(r.RefID))
		}
	}
	return n
}

// inboxItems fills rows of an inbox with what they name, with one statement for
// each kind of thing.
func (s session) inboxItems(v Viewer, rows []inboxRow) ([]InboxItem, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := namedBy(rows)
	cases, err := s.itemsOf(ids.cases, v)
	if err != nil {
		return nil, err
	}
	clocks, err := rowsByID(s, "clocks", ids.clocks, func(k *grievance.Clock) grievance.ClockID { return k.ID })
	if err != nil {
		return nil, err
	}
	escalations, err := rowsByID(s, "escalations", ids.escalations, func(e *grievance.Escalation) grievance.EscalationID { return e.ID })
	if err != nil {
		return nil, err
	}
	signOffs, err := rowsByID(s, "sign_offs", ids.signOffs, func(x *grievance.SignOff) grievance.SignOffID { return x.ID })
	if err != nil {
		return nil, err
	}
	findings, err := rowsByID(s, "findings", ids.findings, func(f *grievance.Finding) grievance.FindingID { return f.ID })
	if err != nil {
		return nil, err
	}
	items := make([]InboxItem, len(rows))
	for i, r := range rows {
		items[i] = InboxItem{
			Reason: r.Reason, Since: r.Since.Time, Case: cases[r.CaseID], Clock: clocks[r.ClockID],
			Escalation: escalations[grievance.EscalationID(r.RefID)], SignOff: signOffs[grievance.SignOffID(r.RefID)],
			Finding: findings[grievance.FindingID(r.RefID)], position: InboxPosition{r.Place, r.At.Time, r.Subject, r.Reason},
		}
		if r.vacancy() {
			items[i].Unit = grievance.UnitID(r.RefID)
		}
		if items[i].Clock == nil && r.Reason == WaitsMove && items[i].Case != nil {
			items[i].Clock = items[i].Case.Next
		}
	}
	return items, nil
}
