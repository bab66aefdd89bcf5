package grievance

import (
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// SignOffKind says what a leader is asked to sign.
type SignOffKind string

// What a leader signs: nothing ends, and nothing gets more time, without it. An
// extension is the head's to sign (Art. 34).
const (
	SignClosure    SignOffKind = "closure"
	SignDecline    SignOffKind = "decline"
	SignWithdrawal SignOffKind = "withdrawal"
	SignExtension  SignOffKind = "extension"
	SignSuspension SignOffKind = "suspension"
	SignReview     SignOffKind = "review"    // the opinion of a review or a re-review
	SignTakeDown   SignOffKind = "take_down" // off the echo wall
	SignRecusal    SignOffKind = "recusal"   // of whom the petitioner demands it (Art. 28)
)

// SignOffKinds lists them.
var SignOffKinds = []SignOffKind{SignClosure, SignDecline, SignWithdrawal, SignExtension, SignSuspension, SignReview, SignTakeDown, SignRecusal}

// aside reports whether nothing of the case waits for the signature.
func (k SignOffKind) aside() bool { return k == SignExtension || k == SignTakeDown || k == SignRecusal }

// slot is where the case keeps the number of an open sign-off of a kind.
func (c *Case) slot(kind SignOffKind) *int {
	switch kind {
	case SignExtension:
		return &c.PendingExtension
	case SignTakeDown:
		return &c.PendingTakeDown
	case SignRecusal:
		return &c.PendingRecusal
	}
	return &c.PendingSignOff
}

// SignOffState says how a sign-off stands.
type SignOffState string

// The states of a sign-off. One lapses when what it was about is over, and is void,
// signed or not, once what was to be signed has been changed.
const (
	SignOffPending  SignOffState = "pending"
	SignOffApproved SignOffState = "approved"
	SignOffReturned SignOffState = "returned"
	SignOffLapsed   SignOffState = "lapsed"
	SignOffVoided   SignOffState = "voided"
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
	Request     int          // number of the first step; the steps of one request share it
	Step        int          // from 1
	Chain       SigningChain // who signs the request, step by step
	UnitID      UnitID       // whose leader signs
	Head        bool         // whose head signs
	Outcome     Outcome
	Reason      Reason
	ClockID     ClockID         // of an extension: what is to be extended
	Length      calendar.Length // and by how much
	Until       *time.Time      // of a suspension
	Digest      []byte
	RequestedBy UserID
	RequestedAt time.Time
	DecidedBy   UserID
	DecidedAt   *time.Time
	ReturnedFor Reason
	SeenSeq     int64  // of the last event before the decision
	SeenDigest  []byte // over the events up to it: what the leader could see

	EarlierCaseID CaseID // of a decline on facts that are finalised: the case that they were
	EarlierNumber string // and the document number (文号) of its final opinion
	Recuse        UserID `gorm:"column:recuse_id"` // whom a recusal is about
}

func (s *SignOff) fact() *SignOffFact {
	f := &SignOffFact{N: s.N, Kind: s.Kind, Unit: s.UnitID, Digest: s.Digest, SeenSeq: s.SeenSeq, SeenHash: s.SeenDigest}
	if n := len(s.Chain.Signers()); n > 1 {
		f.Request, f.Step, f.Steps = s.Request, s.Step, n
	}
	return f
}

// request opens a sign-off at the nearest organ at or above the unit acting
// that has a leader other than the author and the handler, and starts its clock.
func (c *Case) request(m Moment, by Post, s SignOff, kind EventKind, words ...textIn) error {
	return c.ask(m, by, s, kind, func(*Facts) {}, words...)
}

// ask is request, before which something else is done once it is certain that
// somebody can sign.
func (c *Case) ask(m Moment, by Post, s SignOff, kind EventKind, first func(*Facts), words ...textIn) error {
	from := by.UnitID
	switch {
	case s.Kind == SignReview: // also where somebody of another unit is on duty for the organ
		from = c.ReviewUnitID
	case s.Kind == SignRecusal:
		from = c.actingUnit()
	case from.IsZero():
		from = c.LeadUnitID
	}
	seat, err := c.chain(m, from, &s)
	if err != nil {
		return err
	}
	f := Facts{Outcome: s.Outcome, Reason: s.Reason, Earlier: s.EarlierCaseID}
	first(&f)
	if s.Kind == SignDecline {
		if f.Responsible, err = c.takeOver(m, by); err != nil {
			return err
		}
	}
	f.Texts = c.writeAll(m, s.Kind != SignWithdrawal && s.Kind != SignTakeDown && s.Kind != SignRecusal, words...)
	s.Request = c.SignOffCount + 1
	s.RequestedBy, s.RequestedAt = m.By.UserID, m.Now
	s.Digest = s.digest(f.Texts)
	switch s.Kind {
	case SignClosure:
		c.Status = AwaitingSignOff
	case SignReview:
		f.Review = c.unsigned()
	}
	c.openStep(m, s, 1, seat, &f)
	return c.record(m, by, kind, f)
}

// openStep puts one step of a request before the leaders of a seat, and starts
// its clock.
func (c *Case) openStep(m Moment, s SignOff, step int, seat Post, f *Facts) {
	c.SignOffCount++
	s.ID, s.CaseID, s.N, s.Step, s.State = m.Mint.ID(), c.ID, c.SignOffCount, step, SignOffPending
	s.Round, s.UnitID, s.Head = c.Round, seat.UnitID, seat.Head
	c.signOffs = append(c.signOffs, &s)
	c.changes.SignOffs = once(c.changes.SignOffs, &s)
	*c.slot(s.Kind) = s.N
	if !s.Kind.aside() {
		f.Awaiting = c.await(seat, UserID{})
	}
	f.Status, f.SignOff = c.Status, s.fact()
	f.Started = append(f.Started, c.start(m, SignOffStep, m.Now, seat.UnitID, strconv.Itoa(s.N), debtor{post: seat})...)
}

// digest covers the kind, the outcome or reason, the salted digests of the
// words, and what is to be extended or until when the case shall rest, so that
// whoever may read the words can check it.
func (s *SignOff) digest(words []TextRef) []byte {
	parts := []string{string(s.Kind), "|", string(s.Outcome), "|", string(s.Reason)}
	for _, w := range words {
		parts = append(parts, "|", string(w.Digest))
	}
	if !s.ClockID.IsZero() {
		parts = append(parts, "|", s.ClockID.String(), "|", s.Length.String())
	}
	if s.Until != nil {
		parts = append(parts, "|", s.Until.UTC().Format(time.RFC3339Nano))
	}
	if !s.Recuse.IsZero() {
		parts = append(parts, "|", s.Recuse.String())
	}
	if !s.EarlierCaseID.IsZero() {
		parts = append(parts, "|", s.EarlierCaseID.String(), "|", s.EarlierNumber)
	}
	return digest([16]byte{}, parts...)
}

// Approval is a leader's signature.
type Approval struct{ Words string }

// Approve signs what was submitted: the case is closed, declined, withdrawn or
// suspended, a clock extended, a review decided, or a post taken down. Forbidden
// for who wrote or handled it; Conflict when it is decided already, and for more
// time when the time is over: a breach that has happened stays.
func (c *Case) Approve(m Moment, number int, in Approval) error {
	s, by, err := c.sign(m, number)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	if err := c.stillPossible(m, s); err != nil {
		return err
	}
	next, seat, err := c.following(m, by, s)
	if err != nil {
		return err
	}
	facts := c.decide(m, s, SignOffApproved)
	facts.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	if next > 0 {
		return c.passOn(m, by, s, next, seat, facts)
	}
	return c.carryOut(m, by, s, facts)
}

// carryOut does what the last signature approves.
func (c *Case) carryOut(m Moment, by Post, s *SignOff, facts Facts) error {
	switch s.Kind {
	case SignDecline:
		n, _ := c.issue(m, NoticeOfDecline, "")
		n.RefersTo = s.EarlierNumber
		facts.Reason, facts.Earlier, facts.Notice = s.Reason, s.EarlierCaseID, n.fact()
		return c.end(m, by, EvDeclined, ending{status: Declined, keeps: Acceptance}, facts)
	case SignWithdrawal:
		return c.end(m, by, EvWithdrawn, ending{status: Withdrawn}, facts)
	case SignExtension:
		return c.extend(m, by, s, facts)
	case SignSuspension:
		return c.suspend(m, by, s, facts)
	case SignReview:
		return c.decideReview(m, by, s, facts)
	case SignTakeDown:
		return c.takeDown(m, by, s, facts)
	case SignRecusal:
		return c.grantRecusal(m, by, s, facts)
	}
	n, _ := c.issue(m, OpinionDocument, "")
	facts.Notice = n.fact()
	done := ending{status: Closed, outcome: s.Outcome, met: []ClockKind{Handling}, keeps: Acceptance}
	return c.end(m, by, EvClosed, done, facts)
}

// stillPossible refuses more time for a clock that is over, and a rest that
// would be over before it begins.
func (c *Case) stillPossible(m Moment, s *SignOff) error {
	switch s.Kind {
	case SignExtension:
		k := c.extendable(s.ClockID)
		if k == nil {
			return Refuse(Conflict, "extension.stopped", "该时限已经停止，无需延期，请退回")
		}
		rule, _ := m.Book.rule(k)
		if err := rule.allows(k); err != nil {
			return err
		}
		if s.Length.Unit != rule.Extension.Max.Unit || s.Length.N > rule.Extension.Max.N { // the case is another kind of matter since
			return Refuse(Conflict, "extension.not_allowed", "该时限不能延长")
		}
	case SignSuspension:
		if c.Status != InHandling { // the handler has left since
			return Refuse(Conflict, "case.state", "事项当前状态不允许此操作")
		}
		if !s.Until.After(m.Now) {
			return Refuse(Conflict, "suspension.over", "申请中止的期间已过，请退回")
		}
	}
	return nil
}

// Returning is a leader's refusal to sign, with the reason.
type Returning struct {
	Reason Reason
	Words  string
}

// Return gives what was submitted back, with the leader's reason. A returned
// opinion is handled on; whatever else is returned leaves the case where it was.
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
	if _, err := c.Advance(m); err != nil {
		return err
	}
	facts := c.decide(m, s, SignOffReturned)
	s.ReturnedFor = in.Reason
	if s.Kind == SignClosure {
		c.Status = InHandling
		if c.Handler.IsZero() { // left while it was before the leader
			c.unassign(m, m.Now, &facts)
		}
	}
	if s.Kind == SignReview {
		facts.Review = c.handedBack()
	}
	facts.Status, facts.Reason = c.Status, in.Reason
	if !s.Kind.aside() {
		facts.Awaiting = c.awaitByStatus()
	}
	facts.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	return c.record(m, by, EvReturned, facts)
}

// sign finds the open sign-off and checks that the actor may decide it.
func (c *Case) sign(m Moment, number int) (*SignOff, Post, error) {
	if err := c.catchUp(m); err != nil {
		return nil, Post{}, err
	}
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
	if !m.By.UserID.IsZero() && slices.Contains(c.interestedIn(s), m.By.UserID) {
		return nil, Post{}, Refuse(Forbidden, "signoff.own_work", "不能签批本人承办、协办、提请或反映的事项")
	}
	if slices.Contains(c.signed(s), m.By.UserID) {
		return nil, Post{}, Refuse(Forbidden, "signoff.signed_before", "您已签批过该事项的前一环节，须由其他领导签批")
	}
	if _, err := c.permit(m, OpSign); err != nil {
		return nil, Post{}, err
	}
	by, ok := c.signerOf(m, s)
	if !ok {
		return nil, Post{}, errNotPermitted
	}
	return s, by, nil
}

// interested are those who sign nothing of a case: who handles it or has handled
// it, whose matter it is, whom it is about, who wrote any of what was submitted, and
// who answered for a unit that was asked to help, for the opinion rests on that.
func (c *Case) interested() []UserID {
	who := c.recused()
	for _, k := range c.clocks {
		if k.Kind == Acknowledgement && k.State == Met && !k.DebtorUser.IsZero() {
			who = append(who, k.DebtorUser)
		}
	}
	for _, s := range c.signOffs {
		who = append(who, s.RequestedBy)
	}
	for _, h := range c.coHandlers {
		if h.State == CoHandlerAnswered {
			who = append(who, h.AnsweredBy)
		}
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

// decide notes the decision and stops the clock of its step. What time alone has
// done up to now must have been recorded before.
func (c *Case) decide(m Moment, s *SignOff, state SignOffState) Facts {
	stopped := c.stopStep(s, Met, m.Now)
	now := m.Now
	s.State, s.DecidedBy, s.DecidedAt = state, m.By.UserID, &now
	s.SeenSeq, s.SeenDigest = c.Seq, c.EventsDigest
	*c.slot(s.Kind) = 0
	c.changes.SignOffs = once(c.changes.SignOffs, s)
	return Facts{SignOff: s.fact(), Stopped: stopped}
}

// stopStep stops the clock of a sign-off.
func (c *Case) stopStep(s *SignOff, state ClockState, at time.Time) (stopped []ClockFact) {
	for _, k := range c.running() {
		if s.timedBy(k) {
			stopped = append(stopped, c.stopOne(k, state, at))
		}
	}
	return stopped
}

// timedBy reports whether a clock is that of the sign-off.
func (s *SignOff) timedBy(k *Clock) bool {
	return k.Kind == SignOffStep && k.Subject == strconv.Itoa(s.N)
}
