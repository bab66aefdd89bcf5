package grievance

import (
	"slices"
	"strconv"
	"time"
)

// SignOffKind says what a leader is asked to sign.
type SignOffKind string

// What a leader signs: nothing ends without it.
const (
	SignClosure    SignOffKind = "closure"
	SignDecline    SignOffKind = "decline"
	SignWithdrawal SignOffKind = "withdrawal"
)

// SignOffState says how a sign-off stands.
type SignOffState string

// The states of a sign-off.
const (
	SignOffPending  SignOffState = "pending"
	SignOffApproved SignOffState = "approved"
	SignOffReturned SignOffState = "returned"
)

// SignOff is a request for a leader's signature (领导签批) and its decision.
// Digest covers what was to be signed: the kind, the outcome or reason, and the
// words.
type SignOff struct {
	ID          SignOffID
	CaseID      CaseID
	N           int
	Round       int
	Kind        SignOffKind
	State       SignOffState
	UnitID      UnitID // whose leader signs
	Outcome     Outcome
	Reason      Reason
	Digest      []byte
	RequestedBy UserID
	RequestedAt time.Time
	DecidedBy   UserID
	DecidedAt   *time.Time
	ReturnedFor Reason
}

func (s *SignOff) fact() *SignOffFact {
	return &SignOffFact{N: s.N, Kind: s.Kind, Unit: s.UnitID, Digest: s.Digest}
}

// request opens a sign-off at the nearest organ at or above the unit acting
// that has a leader other than the author and the handler, and starts its clock.
func (c *Case) request(m Moment, by Post, s SignOff, kind EventKind, words ...textIn) error {
	from := by.UnitID
	if from.IsZero() {
		from = c.LeadUnitID
	}
	unit, err := c.signingUnit(m, from)
	if err != nil {
		return err
	}
	f := Facts{Outcome: s.Outcome, Reason: s.Reason}
	if s.Kind == SignDecline {
		if f.Responsible, err = c.takeOver(m, by); err != nil {
			return err
		}
	}
	f.Texts = c.writeAll(m, s.Kind != SignWithdrawal, words...)
	c.SignOffCount++
	s.ID, s.CaseID, s.N, s.Round, s.State = m.Mint.ID(), c.ID, c.SignOffCount, c.Round, SignOffPending
	s.UnitID, s.RequestedBy, s.RequestedAt = unit, m.By.UserID, m.Now
	s.Digest = s.digest(f.Texts)
	c.PendingSignOff = s.N
	c.signOffs = append(c.signOffs, &s)
	c.changes.SignOffs = once(c.changes.SignOffs, &s)
	if s.Kind == SignClosure {
		c.Status = AwaitingSignOff
	}
	leader := Post{UnitID: unit, Role: RoleLeader}
	f.Status, f.SignOff, f.Awaiting = c.Status, s.fact(), c.await(leader, UserID{})
	f.Started = c.start(m, SignOffStep, m.Now, unit, strconv.Itoa(s.N), debtor{post: leader})
	return c.record(m, by, kind, f)
}

// digest covers the kind, the outcome or reason, and the salted digests of the
// words, so that whoever may read the words can check it.
func (s *SignOff) digest(words []TextRef) []byte {
	parts := []string{string(s.Kind), "|", string(s.Outcome), "|", string(s.Reason)}
	for _, w := range words {
		parts = append(parts, "|", string(w.Digest))
	}
	return digest([16]byte{}, parts...)
}

// signingUnit finds the organ whose leader signs: stations, villages and grids
// sign nothing, and nobody signs what they wrote, handled or asked for.
func (c *Case) signingUnit(m Moment, from UnitID) (UnitID, error) {
	for organ := m.Book.Organ(from); organ != nil; organ = m.Book.Organ(organ.ParentID) {
		p, climbed, ok := m.Book.Seat(organ.ID, RoleLeader, false, m.Now, append(c.interested(), m.By.UserID)...)
		if ok && (climbed == 0 || m.Book.Unit(p.UnitID).Organ) {
			return p.UnitID, nil
		}
	}
	return UnitID{}, Refuse(Conflict, "signoff.nobody", "本单位及上级均无可签批的领导")
}

// Approval is a leader's signature.
type Approval struct{ Words string }

// Approve signs what was submitted: the case is closed, declined or withdrawn.
// Forbidden for who wrote or handled it; Conflict when it is decided already.
func (c *Case) Approve(m Moment, number int, in Approval) error {
	s, by, err := c.sign(m, number)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	facts, err := c.decide(m, s, SignOffApproved)
	if err != nil {
		return err
	}
	facts.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	switch s.Kind {
	case SignDecline:
		n, _ := c.issue(m, NoticeOfDecline, "")
		facts.Reason, facts.Notice = s.Reason, n.fact()
		return c.end(m, by, EvDeclined, ending{status: Declined, keeps: Acceptance}, facts)
	case SignWithdrawal:
		return c.end(m, by, EvWithdrawn, ending{status: Withdrawn}, facts)
	}
	n, _ := c.issue(m, OpinionDocument, "")
	facts.Notice = n.fact()
	done := ending{status: Closed, outcome: s.Outcome, met: []ClockKind{Handling}, keeps: Acceptance}
	return c.end(m, by, EvClosed, done, facts)
}

// Returning is a leader's refusal to sign, with the reason.
type Returning struct {
	Reason Reason
	Words  string
}

// Return gives what was submitted back, with the leader's reason. A returned
// opinion is handled on; a returned decline or withdrawal leaves the case where
// it was.
func (c *Case) Return(m Moment, number int, in Returning) error {
	s, by, err := c.sign(m, number)
	if err != nil {
		return err
	}
	var f faults
	f.check(slices.Contains(ReturnReasons, in.Reason), "/reason", "reason.unknown", "退回须选择原因")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	facts, err := c.decide(m, s, SignOffReturned)
	if err != nil {
		return err
	}
	s.ReturnedFor = in.Reason
	if s.Kind == SignClosure {
		c.Status = InHandling
		if c.Handler.IsZero() { // left while it was before the leader
			c.unassign(m, &facts)
		}
	}
	facts.Status, facts.Reason, facts.Awaiting = c.Status, in.Reason, c.awaitByStatus()
	facts.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	return c.record(m, by, EvReturned, facts)
}

// sign finds the open sign-off and checks that the actor may decide it.
func (c *Case) sign(m Moment, number int) (*SignOff, Post, error) {
	s := c.signOff(number)
	if s == nil {
		return nil, Post{}, ErrNotFound
	}
	if s.State != SignOffPending {
		if _, ok := above(m, s.UnitID, RoleLeader); !ok {
			return nil, Post{}, errNotPermitted
		}
		return nil, Post{}, Refuse(Conflict, "signoff.decided", "该签批已有决定")
	}
	if !m.By.UserID.IsZero() && slices.Contains(c.interested(), m.By.UserID) {
		return nil, Post{}, Refuse(Forbidden, "signoff.own_work", "不能签批本人承办、提请或反映的事项")
	}
	by, err := c.permit(m, OpSign)
	return s, by, err
}

// interested are those who sign nothing of a case: who handles it, whose matter
// it is, and who wrote any of what was submitted.
func (c *Case) interested() []UserID {
	who := []UserID{c.Handler, c.PetitionerUserID}
	for _, s := range c.signOffs {
		who = append(who, s.RequestedBy)
	}
	return who
}

func (c *Case) signOff(number int) *SignOff {
	for _, s := range c.signOffs {
		if s.N == number {
			return s
		}
	}
	return nil
}

func (c *Case) decide(m Moment, s *SignOff, state SignOffState) (Facts, error) {
	stopped, err := c.stop(m, Met, SignOffStep)
	now := m.Now
	s.State, s.DecidedBy, s.DecidedAt = state, m.By.UserID, &now
	c.PendingSignOff = 0
	c.changes.SignOffs = once(c.changes.SignOffs, s)
	return Facts{SignOff: s.fact(), Stopped: stopped}, err
}

// Withdrawal says why the petitioner takes the grievance back.
type Withdrawal struct{ Words string }

// Withdraw asks a leader to sign that the petitioner withdraws the case; the
// status stays until then.
func (c *Case) Withdraw(m Moment, in Withdrawal) error {
	by, err := c.permit(m, OpWithdraw)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	return c.request(m, by, SignOff{Kind: SignWithdrawal}, EvWithdrawalRequested, textIn{TextReason, in.Words})
}
