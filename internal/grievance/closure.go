package grievance

// Rating is the petitioner's word on the answer (满意度).
type Rating struct {
	Contacted bool `json:"contacted"`
	Resolved  bool `json:"resolved"`
	Satisfied bool `json:"satisfied"`
}

// Rate records the petitioner's rating of this round, given by the petitioner or
// through a clerk who did not handle the case. Conflict when the round is rated
// already, or the case is not closed.
func (c *Case) Rate(m Moment, in Rating) error {
	by, err := c.permit(m, OpRate)
	if err != nil {
		return err
	}
	if c.RatedAt != nil {
		return Refuse(Conflict, "case.rated", "本次办理结果已评价")
	}
	now := m.Now
	c.RatedAt, c.Contacted, c.Resolved, c.Satisfied = &now, &in.Contacted, &in.Resolved, &in.Satisfied
	return c.record(m, by, EvRated, Facts{Round: c.Round, Rating: &in, OnBehalf: by.Role != RolePetitioner})
}

// Disputing says what the petitioner disputes in the answer.
type Disputing struct{ Words string }

// Dispute opens the case again as a further round, where the profile gives the
// petitioner that right: once, within the profile's days from the service of
// the answer. It is escalated to the unit's head. Conflict when the profile has
// review instead (Art. 35), when it was disputed already, or when the window has
// passed.
func (c *Case) Dispute(m Moment, in Disputing) error {
	by, err := c.permit(m, OpDispute)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	if err := c.disputable(m); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil { // of the round that is over, as it was
		return err
	}
	now := m.Now
	c.DisputedAt = &now
	facts := Facts{}
	c.reopen(m, &facts)
	facts.OnBehalf = by.Role != RolePetitioner
	facts.Texts = c.writeAll(m, true, textIn{TextDispute, in.Words})
	if err := c.record(m, by, EvDisputed, facts); err != nil {
		return err
	}
	return c.escalate(m, escalation{level: 1, cause: DisputeRaised, at: m.Now, unit: c.actingUnit(), by: by})
}

func (c *Case) disputable(m Moment) error {
	p := m.Book.Profiles[c.Profile]
	if p == nil || p.DisputeDays == 0 {
		return Refuse(Conflict, "case.review_instead", "该类事项对答复不服的，请依法申请复查")
	}
	if c.OpenReview != 0 {
		return Refuse(Conflict, "review.open", "该事项正在复查或复核")
	}
	if c.DisputedAt != nil {
		return Refuse(Conflict, "case.disputed", "该事项已提出过一次异议")
	}
	from := c.toldAt(OpinionDocument)
	if from == nil {
		return nil // not served yet: the window has not begun to close
	}
	window := m.Book.Calendar.Due(*from, days(p.DisputeDays), true)
	if !m.Now.Before(window.At) {
		return Refuse(Conflict, "case.dispute_too_late", "提出异议的期限已过")
	}
	return nil
}

// reopen begins a further round with the unit that handled the last.
func (c *Case) reopen(m Moment, f *Facts) {
	c.Round++
	c.ClosedAt, c.Outcome, c.FollowUpAttempts = nil, "", 0
	c.RatedAt, c.Contacted, c.Resolved, c.Satisfied = nil, nil, nil, nil
	f.Round = c.Round
	c.succeed(m, f)
	handler := Post{UnitID: c.HandlingUnitID, Role: c.workRole()}
	if !c.Handler.IsZero() && c.mayHandle(c.Handler) && m.Book.holds(c.Handler, handler, m.Now) {
		c.Status = InHandling
		f.Responsible = c.answerable(c.Handler, handler)
	} else {
		c.Status, c.Handler, c.HandlingUnitID = Accepted, UserID{}, UnitID{}
		if user, post, ok := m.Book.DutyPerson(c.LeadUnitID, m.Now); ok {
			f.Responsible = c.answerable(user, post)
		}
	}
	f.Status, f.Awaiting = c.Status, c.awaitByStatus()
	f.Started = append(f.Started, c.start(m, Handling, m.Now, c.LeadUnitID, "", debtor{c.ResponsiblePost, c.Responsible})...)
}

// ReissueQueryCode gives the case a new query code after the clerk has checked
// the petitioner's identity; the old one stops working.
func (c *Case) ReissueQueryCode(m Moment) error {
	by, err := c.permit(m, OpReissue)
	if err != nil {
		return err
	}
	c.QueryReissue++
	return c.record(m, by, EvReissued, Facts{})
}
