package store

import "github.com/huiyin/huiyin/internal/grievance"

// inboxItems fills rows of an inbox with what they name, with one statement for
// each kind of thing.
func (s session) inboxItems(v Viewer, rows []inboxRow) ([]InboxItem, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var ids []grievance.CaseID
	var clockIDs []grievance.ClockID
	var escalationIDs []grievance.EscalationID
	var signOffIDs []grievance.SignOffID
	var findingIDs []grievance.FindingID
	for _, r := range rows {
		ids = append(ids, r.CaseID)
		if !r.ClockID.IsZero() {
			clockIDs = append(clockIDs, r.ClockID)
		}
		switch r.Reason {
		case WaitsUnroutable, WaitsEscalated:
			escalationIDs = append(escalationIDs, grievance.EscalationID(r.RefID))
		case WaitsSignature:
			signOffIDs = append(signOffIDs, grievance.SignOffID(r.RefID))
		case WaitsExplaining, WaitsDecision, WaitsAppeal:
			findingIDs = append(findingIDs, grievance.FindingID(r.RefID))
		}
	}
	cases, err := s.itemsOf(ids, v)
	if err != nil {
		return nil, err
	}
	clocks, err := rowsByID(s, "clocks", clockIDs, func(k *grievance.Clock) grievance.ClockID { return k.ID })
	if err != nil {
		return nil, err
	}
	escalations, err := rowsByID(s, "escalations", escalationIDs, func(e *grievance.Escalation) grievance.EscalationID { return e.ID })
	if err != nil {
		return nil, err
	}
	signOffs, err := rowsByID(s, "sign_offs", signOffIDs, func(x *grievance.SignOff) grievance.SignOffID { return x.ID })
	if err != nil {
		return nil, err
	}
	findings, err := rowsByID(s, "findings", findingIDs, func(f *grievance.Finding) grievance.FindingID { return f.ID })
	if err != nil {
		return nil, err
	}
	items := make([]InboxItem, len(rows))
	for i, r := range rows {
		items[i] = InboxItem{
			Reason: r.Reason, Since: r.Since.Time, CaseID: r.CaseID, Case: cases[r.CaseID], Clock: clocks[r.ClockID],
			Escalation: escalations[grievance.EscalationID(r.RefID)], SignOff: signOffs[grievance.SignOffID(r.RefID)],
			Finding: findings[grievance.FindingID(r.RefID)], position: InboxPosition{r.Place, r.At.Time, r.Subject, r.Reason},
		}
		if items[i].Clock == nil && r.Reason == WaitsMove && items[i].Case != nil {
			items[i].Clock = items[i].Case.Next
		}
	}
	return items, nil
}
