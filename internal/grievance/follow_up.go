package grievance

import (
	"slices"
	"time"
)

// EvFollowedUp is a follow-up (回访) by somebody outside the handling unit.
const EvFollowedUp EventKind = "followed_up"

// FollowUpFact is what an event says of a follow-up. The answers are "yes", "no"
// or "unreachable"; Attempt counts the calls of the round. LeadsTo is what comes
// of a matter that is not resolved: a further "round", or the petitioner's right
// to a "review".
type FollowUpFact struct {
	N         int    `json:"n"`
	Attempt   int    `json:"attempt"`
	Contacted string `json:"contacted"`
	Resolved  string `json:"resolved"`
	Satisfied string `json:"satisfied"`
	LeadsTo   string `json:"leads_to,omitempty"`
}

// What a follow-up that finds a matter unresolved may lead to.
const (
	LeadsToRound  = "round"
	LeadsToReview = "review"
)

// FollowUpAnswer is the petitioner's answer to one question of a follow-up.
type FollowUpAnswer string

// The answers. Who cannot be reached answers none of the questions.
const (
	AnswerYes         FollowUpAnswer = "yes"
	AnswerNo          FollowUpAnswer = "no"
	AnswerUnreachable FollowUpAnswer = "unreachable"
)

// FollowUpAnswers lists them.
var FollowUpAnswers = []FollowUpAnswer{AnswerYes, AnswerNo, AnswerUnreachable}

// FollowUp is one call on the petitioner after the answer (回访): was the
// petitioner contacted, is the matter resolved, is the petitioner satisfied?
// Attempt counts the calls of a round; after three that reached nobody no more is
// owed, though more are allowed.
type FollowUp struct {
	CaseID    CaseID
	N         int
	Round     int
	Attempt   int
	By        UserID `gorm:"column:by_id"`
	Post      Post   `gorm:"embedded;embeddedPrefix:by_"`
	At        time.Time
	Contacted FollowUpAnswer
	Resolved  FollowUpAnswer
	Satisfied FollowUpAnswer
}

func (f *FollowUp) fact() *FollowUpFact {
	return &FollowUpFact{N: f.N, Attempt: f.Attempt, Contacted: string(f.Contacted), Resolved: string(f.Resolved), Satisfied: string(f.Satisfied)}
}

// FollowingUp is what somebody heard who called on the petitioner.
type FollowingUp struct {
	Contacted FollowUpAnswer
	Resolved  FollowUpAnswer
	Satisfied FollowUpAnswer
	Words     string
}

func (in FollowingUp) validate() error {
	var f faults
	answers := []struct {
		pointer string
		given   FollowUpAnswer
	}{{"/contacted", in.Contacted}, {"/resolved", in.Resolved}, {"/satisfied", in.Satisfied}}
	for _, a := range answers {
		f.check(slices.Contains(FollowUpAnswers, a.given), a.pointer, "follow_up.answer", "请选择是、否或者未能联系上")
		f.check((a.given == AnswerUnreachable) == (in.Resolved == AnswerUnreachable), a.pointer, "follow_up.mixed", "未能联系上的，三项都应为未能联系上")
	}
	f.checkText(in.Words, "/words", MaxText, false)
	return f.err()
}

// RecordFollowUp records a call on the petitioner by somebody outside the
// handling unit, who neither handled the case, nor answers for it, nor signed its
// closure. A matter that the petitioner calls unresolved is handled again as a
// further round where the profile lets an answer be disputed, once in a case's
// life, and is escalated to the unit's head as a dispute is; the petitioner's own
// dispute is not used up by it. Where the profile has review instead (Art. 35)
// nothing reopens: the record notes that the petitioner may ask for one.
func (c *Case) RecordFollowUp(m Moment, in FollowingUp) error {
	by, err := c.permit(m, OpFollowUp)
	if err != nil {
		return err
	}
	if err := in.validate(); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil { // of the round that is over, as it was
		return err
	}
	c.FollowUpCount++
	c.FollowUpAttempts++
	call := &FollowUp{
		CaseID: c.ID, N: c.FollowUpCount, Round: c.Round, Attempt: c.FollowUpAttempts, By: m.By.UserID, Post: by, At: m.Now,
		Contacted: in.Contacted, Resolved: in.Resolved, Satisfied: in.Satisfied,
	}
	c.changes.FollowUps = append(c.changes.FollowUps, call)
	f := Facts{Round: c.Round, FollowUp: call.fact(), Texts: c.writeAll(m, false, textIn{TextFollowUp, in.Words})}
	if in.Resolved == AnswerNo {
		f.FollowUp.LeadsTo = c.unresolved(m)
	}
	if f.FollowUp.LeadsTo != LeadsToRound {
		return c.record(m, by, EvFollowedUp, f)
	}
	now := m.Now
	c.FollowUpReopenedAt = &now
	c.reopen(m, &f)
	if err := c.record(m, by, EvFollowedUp, f); err != nil {
		return err
	}
	return c.escalate(m, escalation{level: 1, cause: DisputeRaised, at: m.Now, unit: c.actingUnit(), by: by})
}

// unresolved says what comes of a matter that a follow-up finds unresolved. A
// follow-up reopens a case once, or it could go round for ever; none reopens what
// is finalised, or is being reviewed.
func (c *Case) unresolved(m Moment) string {
	p := m.Book.Profiles[c.Profile]
	switch {
	case p == nil || c.Status != Closed || c.OpenReview != 0:
		return ""
	case p.DisputeDays == 0 && c.mayAskReview(m):
		return LeadsToReview
	case p.DisputeDays > 0 && c.FollowUpReopenedAt == nil:
		return LeadsToRound
	}
	return ""
}

// outsider is who may call on the petitioner about the result: a clerk of the
// desk, where another unit handled the case, or a clerk, supervisor or inspector
// of a unit above the one that did.
func outsider(c *Case, m Moment) (Post, bool) {
	if c.concerned(m.By.UserID) {
		return Post{}, false
	}
	unit := m.Book.Current(c.actingUnit())
	if unit == nil {
		return Post{}, false
	}
	if p, ok := leadClerk(c, m); ok && unit.ID != c.LeadUnitID {
		return p, true
	}
	return above(m, unit.ParentID, RoleClerk, RoleSupervisor, RoleInspector)
}

// concerned reports whether a user handled the case, answers for it, is its
// petitioner, or signed its closure.
func (c *Case) concerned(user UserID) bool {
	if slices.Contains(append(c.recused(), c.Responsible), user) {
		return true
	}
	return slices.ContainsFunc(c.signOffs, func(s *SignOff) bool {
		return s.Kind == SignClosure && s.State == SignOffApproved && s.DecidedBy == user
	})
}
