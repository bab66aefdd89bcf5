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
)

// SignOffKinds lists them.
var SignOffKinds = []SignOffKind{SignClosure, SignDecline, SignWithdrawal, SignExtension, SignSuspension}

// SignOffState says how a sign-off stands.
type SignOffState string

// The states of a sign-off. One lapses when what it was about is over.
const (
	SignOffPending  SignOffState = "pending"
	SignOffApproved SignOffState = "approved"
	SignOffReturned SignOffState = "returned"
	SignOffLapsed   SignOffState = "lapsed"
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
	from := by.UnitID
	if from.IsZero() {
		from = c.LeadUnitID
	}
	seat, err := c.chain(m, from, &s)
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
	s.Request, s.Round = c.SignOffCount+1, c.Round
	s.RequestedBy, s.RequestedAt = m.By.UserID, m.Now
	s.Digest = s.digest(f.Texts)
	if s.Kind == SignClosure {
		c.Status = AwaitingSignOff
	}
	c.openStep(m, s, 1, seat, &f)
	return c.record(m, by, kind, f)
}

// openStep puts one step of a request before the leaders of a seat, and starts
// its clock.
func (c *Case) openStep(m Moment, s SignOff, step int, seat Post, f *Facts) {
	c.SignOffCount++
	s.ID, s.CaseID, s.N, s.Step, s.State = m.Mint.ID(), c.ID, c.SignOffCount, step, SignOffPending
	s.UnitID, s.Head = seat.UnitID, seat.Head
	c.signOffs = append(c.signOffs, &s)
	c.changes.SignOffs = once(c.changes.SignOffs, &s)
	if s.Kind == SignExtension {
		c.PendingExtension = s.N
	} else {
		c.PendingSignOff, f.Awaiting = s.N, c.await(seat, UserID{})
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
	return digest([16]byte{}, parts...)
}

// chain finds out who signs a request and gives the seat of the first step. A
// step whose seat is that of one before it falls away, as does one for which
// there is none: at the root there is no superior. Where a step rises out of the
// organ to a unit whose head signs anyhow, the head signs for both.
func (c *Case) chain(m Moment, from UnitID, s *SignOff) (first Post, err error) {
	own := m.Book.Organ(from)
	var steps []chainStep
	for _, as := range m.Book.Profiles[c.Profile].Chain(c, *s) {
		seat, ok := c.seatOf(m, from, as)
		if !ok {
			continue
		}
		step := chainStep{as, seat.UnitID}
		i := slices.IndexFunc(steps, func(o chainStep) bool { return o.unit == seat.UnitID })
		switch {
		case i >= 0 && steps[i].seat().Covers(seat):
		case i >= 0 && seat.UnitID != own.ID:
			steps[i] = step
		default:
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return Post{}, errNobodySigns
	}
	s.Chain = chainOf(steps)
	return steps[0].seat(), nil
}

var (
	errNobodySigns = Refuse(Conflict, "signoff.nobody", "本单位及上级均无可签批的领导")
	errNobodyNext  = Refuse(Conflict, "signoff.nobody_next", "后续环节已无人可以签批，请退回后重新提请")
)

// seatOf finds the organ whose leader, or head, signs: stations, villages and
// grids sign nothing, and nobody signs what they wrote, handled or asked for.
func (c *Case) seatOf(m Moment, from UnitID, as Signer) (Post, bool) {
	organ := m.Book.Organ(from)
	if as == SignerSuperior && organ != nil {
		organ = m.Book.Organ(organ.ParentID)
	}
	if organ == nil {
		return Post{}, false
	}
	return c.seatAt(m, organ.ID, as != SignerLeader, append(c.interested(), m.By.UserID)...)
}

// seatAt finds the nearest organ, at or above one, whose leader, or head, is none
// of those left out.
func (c *Case) seatAt(m Moment, unit UnitID, head bool, but ...UserID) (Post, bool) {
	for organ := m.Book.Organ(unit); organ != nil; organ = m.Book.Organ(organ.ParentID) {
		p, climbed, ok := m.Book.Seat(organ.ID, RoleLeader, head, m.Now, but...)
		if ok && (climbed == 0 || m.Book.Unit(p.UnitID).Organ) {
			return p, true
		}
	}
	return Post{}, false
}

// Approval is a leader's signature.
type Approval struct{ Words string }

// Approve signs what was submitted: the case is closed, declined, withdrawn or
// suspended, or a clock extended. Forbidden for who wrote or handled it; Conflict
// when it is decided already, and for more time when the time is over: a breach
// that has happened stays.
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
	facts, err := c.decide(m, s, SignOffApproved)
	if err != nil {
		return err
	}
	facts.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	if next > 0 {
		return c.passOn(m, by, s, next, seat, facts)
	}
	switch s.Kind {
	case SignDecline:
		n, _ := c.issue(m, NoticeOfDecline, "")
		facts.Reason, facts.Notice = s.Reason, n.fact()
		return c.end(m, by, EvDeclined, ending{status: Declined, keeps: Acceptance}, facts)
	case SignWithdrawal:
		return c.end(m, by, EvWithdrawn, ending{status: Withdrawn}, facts)
	case SignExtension:
		return c.extend(m, by, s, facts)
	case SignSuspension:
		return c.suspend(m, by, s, facts)
	}
	n, _ := c.issue(m, OpinionDocument, "")
	facts.Notice = n.fact()
	done := ending{status: Closed, outcome: s.Outcome, met: []ClockKind{Handling}, keeps: Acceptance}
	return c.end(m, by, EvClosed, done, facts)
}

// following gives the step that comes after a signature, with its seat, 0 where
// it was the last: one signature is enough for every seat that the signer's own
// post covers. Who has signed one step signs no other. Conflict where nobody is
// left for it: nothing may end without the signatures that its rule asks for.
func (c *Case) following(m Moment, by Post, s *SignOff) (step int, seat Post, err error) {
	steps := s.Chain.steps()
	for i := s.Step; i < len(steps); i++ {
		if by.Covers(steps[i].seat()) {
			continue
		}
		seat, ok := c.seatAt(m, steps[i].unit, steps[i].seat().Head, append(c.excluded(s), m.By.UserID)...)
		if !ok {
			return 0, Post{}, errNobodyNext
		}
		return i + 1, seat, nil
	}
	return 0, Post{}, nil
}

// excluded are those who sign no step of a request: the interested, and who has
// signed one.
func (c *Case) excluded(s *SignOff) []UserID {
	who := c.interested()
	for _, o := range c.signOffs {
		if o.Request == s.Request && o.State == SignOffApproved {
			who = append(who, o.DecidedBy)
		}
	}
	return who
}

// passOn puts a request that one leader has signed before the next.
func (c *Case) passOn(m Moment, by Post, s *SignOff, step int, seat Post, f Facts) error {
	next, signed := *s, f.SignOff
	next.DecidedBy, next.DecidedAt, next.SeenSeq, next.SeenDigest = UserID{}, nil, 0, nil
	c.openStep(m, next, step, seat, &f)
	f.SignOff = signed
	return c.record(m, by, EvSigned, f)
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
	facts, err := c.decide(m, s, SignOffReturned)
	if err != nil {
		return err
	}
	s.ReturnedFor = in.Reason
	if s.Kind == SignClosure {
		c.Status = InHandling
		if c.Handler.IsZero() { // left while it was before the leader
			c.unassign(m, m.Now, &facts)
		}
	}
	facts.Status, facts.Reason = c.Status, in.Reason
	if s.Kind != SignExtension {
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
	if !m.By.UserID.IsZero() && slices.Contains(c.interested(), m.By.UserID) {
		return nil, Post{}, Refuse(Forbidden, "signoff.own_work", "不能签批本人承办、提请或反映的事项")
	}
	if c.signedBefore(m, s) {
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

func (c *Case) signedBefore(m Moment, s *SignOff) bool {
	return slices.ContainsFunc(c.signOffs, func(o *SignOff) bool {
		return o.Request == s.Request && o.State == SignOffApproved && o.DecidedBy == m.By.UserID
	})
}

// signerOf gives the post in which the actor may decide: as a leader of the unit
// that must sign or of one above it, as the head where the head must. A step of
// several is for whoever fills its seat: nobody above takes it from them.
func (c *Case) signerOf(m Moment, s *SignOff) (Post, bool) {
	seat := Post{UnitID: s.UnitID, Role: RoleLeader, Head: s.Head}
	if len(s.Chain.steps()) > 1 {
		taken, ok := c.seatAt(m, s.UnitID, s.Head, c.excluded(s)...)
		if !ok {
			return Post{}, false
		}
		return m.By.postLike(taken)
	}
	for _, u := range m.Book.Ancestors(s.UnitID) {
		seat.UnitID = u.ID
		if p, ok := m.By.postLike(seat); ok {
			return p, true
		}
	}
	return Post{}, false
}

// SignsAs reports whether the actor is a nearest leader at or above a unit who
// is none of the interested; with head a nearest head.
func (b *Book) SignsAs(a Actor, head bool, unit UnitID, t time.Time, interested ...UserID) bool {
	seat := Post{UnitID: unit, Role: RoleLeader, Head: head}
	return !slices.Contains(interested, a.UserID) && b.fills(a, seat, t, interested...)
}

// interested are those who sign nothing of a case: who handles it, whose matter
// it is, and who wrote any of what was submitted.
func (c *Case) interested() []UserID {
	who := c.recused()
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
	if _, err := c.Advance(m); err != nil {
		return Facts{}, err
	}
	var stopped []ClockFact
	for _, k := range c.running() {
		if k.Kind == SignOffStep && k.Subject == strconv.Itoa(s.N) {
			stopped = append(stopped, c.stopOne(k, Met, m.Now))
		}
	}
	now := m.Now
	s.State, s.DecidedBy, s.DecidedAt = state, m.By.UserID, &now
	s.SeenSeq, s.SeenDigest = c.Seq, c.EventsDigest
	if s.Kind == SignExtension {
		c.PendingExtension = 0
	} else {
		c.PendingSignOff = 0
	}
	c.changes.SignOffs = once(c.changes.SignOffs, s)
	return Facts{SignOff: s.fact(), Stopped: stopped}, nil
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
