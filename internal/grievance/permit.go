package grievance

import "slices"

// Operation names what people do to a case.
type Operation string

// The operations.
const (
	OpClassify    Operation = "classify"
	OpCorrect     Operation = "correct"
	OpAccept      Operation = "accept"
	OpDecline     Operation = "decline"
	OpAnswer      Operation = "answer"
	OpForward     Operation = "forward"
	OpAssign      Operation = "assign"
	OpAcknowledge Operation = "acknowledge"
	OpContact     Operation = "contact"
	OpNote        Operation = "note"
	OpExtend      Operation = "extend"
	OpSuspend     Operation = "suspend"
	OpResume      Operation = "resume"
	OpSubmit      Operation = "submit"
	OpSign        Operation = "sign"
	OpWithdraw    Operation = "withdraw"
	OpServe       Operation = "serve"
	OpRate        Operation = "rate"
	OpDispute     Operation = "dispute"
	OpEscalate    Operation = "escalate"
	OpReissue     Operation = "reissue"
	OpReveal      Operation = "reveal"
	OpAddress     Operation = "address"

	OpObject           Operation = "object"
	OpDecideObjection  Operation = "decide_objection"
	OpAskCoHandler     Operation = "ask_co_handler"
	OpAnswerCoHandler  Operation = "answer_co_handler"
	OpReleaseCoHandler Operation = "release_co_handler"

	OpFollowUp     Operation = "follow_up"
	OpReview       Operation = "review"
	OpSubmitReview Operation = "submit_review"
	OpHearing      Operation = "hearing"

	OpAmend          Operation = "amend"
	OpTakeDown       Operation = "take_down"
	OpSponsor        Operation = "sponsor"
	OpReleaseSponsor Operation = "release_sponsor"
	OpDuty           Operation = "duty"
	OpRemind         Operation = "remind"
	OpOrder          Operation = "order"
	OpRecommend      Operation = "recommend"
	OpReply          Operation = "reply"
	OpJudgeReply     Operation = "judge_reply"
	OpList           Operation = "list"
	OpLift           Operation = "lift"
	OpMisconduct     Operation = "misconduct"
	OpName           Operation = "name"

	OpDeclareInterest Operation = "declare_interest"
	OpDemandRecusal   Operation = "demand_recusal"
)

// permission says who may do an operation, in which statuses, and whether it
// must wait while a sign-off is open (locked), or an objection (contested). It is
// the state machine: docs/states.md is drawn from it.
type permission struct {
	who    []relation
	from   []Status
	locked bool

	contested bool
}

var (
	anyOpen  = slices.Clip([]Status{Registered, Accepted, Assigned, InHandling, Suspended, AwaitingSignOff})
	unsigned = []Status{Registered, Accepted, Assigned, InHandling, Suspended}
)

var permissions = map[Operation]permission{
	OpClassify:    {who: []relation{leadClerk, inCharge}, from: unsigned, locked: true},
	OpCorrect:     {who: []relation{leadClerk}, from: unsigned, locked: true},
	OpAccept:      {who: []relation{leadClerk}, from: []Status{Registered}, locked: true, contested: true},
	OpDecline:     {who: []relation{leadClerk}, from: []Status{Registered}, locked: true, contested: true},
	OpAnswer:      {who: []relation{leadClerk}, from: []Status{Registered, Accepted}, locked: true, contested: true},
	OpForward:     {who: []relation{leadClerk}, from: []Status{Registered}, locked: true, contested: true},
	OpAssign:      {who: []relation{leadClerk, handlingClerk, inCharge}, from: []Status{Accepted, Assigned, InHandling}, locked: true, contested: true},
	OpAcknowledge: {who: []relation{named, handlingHandler, leadClerk}, from: []Status{Registered, Assigned}, contested: true},
	OpContact:     {who: []relation{theHandler, leadClerk}, from: []Status{Accepted, Assigned, InHandling, Suspended, AwaitingSignOff}},
	OpNote:        {who: []relation{theHandler, leadClerk, handlingClerk, handlingHandler, inCharge, watching, filer, reviewer}, from: Statuses},
	OpExtend:      {who: []relation{theHandler, leadClerk}, from: []Status{Accepted, Assigned, InHandling, Suspended}},
	OpSuspend:     {who: []relation{theHandler, leadClerk}, from: []Status{InHandling}, locked: true, contested: true},
	OpResume:      {who: []relation{theHandler, leadClerk, inCharge}, from: []Status{Suspended}},
	OpSubmit:      {who: []relation{theHandler}, from: []Status{InHandling}, locked: true, contested: true},
	OpSign:        {who: []relation{signer}, from: Statuses}, // a take-down outlasts the closure
	OpWithdraw:    {who: []relation{thePetitioner, leadClerk}, from: unsigned, locked: true},
	OpServe:       {who: []relation{leadClerk, theHandler, handlingClerk, reviewer}, from: Statuses},
	OpRate:        {who: []relation{thePetitioner, byStanderClerk}, from: []Status{Closed, Finalised}},
	OpDispute:     {who: []relation{thePetitioner, byStanderClerk}, from: []Status{Closed}},
	OpEscalate:    {who: []relation{theHandler, leadClerk, watching}, from: anyOpen},
	OpReissue:     {who: []relation{leadClerk}, from: Statuses},
	OpReveal:      {who: []relation{leadClerk, theHandler, openReviewer, coHandling, theSponsor, outsider, inCharge, watching}, from: Statuses}, // and by purposes
	OpAddress:     {who: []relation{leadClerk, theHandler, reviewer}, from: Statuses},

	OpObject:           {who: []relation{receiving}, from: []Status{Registered, Assigned, InHandling}, locked: true, contested: true},
	OpDecideObjection:  {who: []relation{judging}, from: []Status{Registered, Assigned, InHandling}},
	OpAskCoHandler:     {who: []relation{theHandler, leadClerk, inCharge}, from: []Status{Accepted, Assigned, InHandling, Suspended}},
	OpAnswerCoHandler:  {who: []relation{coHandling}, from: []Status{Accepted, Assigned, InHandling, Suspended, AwaitingSignOff}},
	OpReleaseCoHandler: {who: []relation{theHandler, leadClerk, inCharge}, from: []Status{Accepted, Assigned, InHandling, Suspended, AwaitingSignOff}},

	OpFollowUp:     {who: []relation{outsider}, from: []Status{Closed, Finalised}},
	OpReview:       {who: []relation{thePetitioner, byStanderClerk, superiorClerk}, from: []Status{Closed}},
	OpSubmitReview: {who: []relation{reviewer, reviewLeader}, from: []Status{Closed}, locked: true},
	OpHearing:      {who: []relation{reviewer, reviewLeader}, from: []Status{Closed}, locked: true},

	OpAmend:          {who: []relation{theHandler}, from: []Status{AwaitingSignOff}},
	OpTakeDown:       {who: []relation{leadClerk}, from: Statuses},
	OpSponsor:        {who: []relation{inCharge}, from: anyOpen},
	OpReleaseSponsor: {who: []relation{inCharge}, from: anyOpen},
	OpDuty:           {who: []relation{theSponsor}, from: anyOpen},
	OpRemind:         {who: []relation{inCharge, watching}, from: anyOpen},
	OpOrder:          {who: []relation{superior}, from: Statuses},
	OpRecommend:      {who: []relation{superiorInspector}, from: Statuses},
	OpReply:          {who: []relation{mustAnswer}, from: Statuses},
	OpJudgeReply:     {who: []relation{mayJudge}, from: Statuses},
	OpList:           {who: []relation{superiorSupervisor}, from: anyOpen},
	OpLift:           {who: []relation{lister}, from: Statuses},
	OpMisconduct:     {who: []relation{thePetitioner, leadClerk, watching}, from: Statuses},
	OpName:           {who: []relation{leadClerk, watching}, from: Statuses},

	OpDeclareInterest: {who: []relation{staffMember}, from: Statuses},
	OpDemandRecusal:   {who: []relation{thePetitioner, leadClerk}, from: anyOpen},
}

// relation decides whether the actor stands to the case in one way, and in
// which post.
type relation func(c *Case, m Moment) (Post, bool)

// leadClerk is a clerk of the desk that holds the case, or an inspector where it is
// shielded; likewise below.
func leadClerk(c *Case, m Moment) (Post, bool) { return deskClerk(m, c.LeadUnitID, c.deskRole()) }

// deskClerk is who has the role of a unit's desk there; where nobody has, whoever is on
// duty for it, so that no case is stuck at an empty desk.
func deskClerk(m Moment, unit UnitID, role Role) (Post, bool) {
	if p, ok := m.By.PostAt(unit, role); ok {
		return p, true
	}
	user, post, ok := m.Book.DutyPerson(unit, m.Now)
	return post, ok && user == m.By.UserID
}

func handlingClerk(c *Case, m Moment) (Post, bool) {
	return m.By.PostAt(c.HandlingUnitID, c.deskRole())
}

// inCharge is a leader of the unit that the case is with, or of one above it.
func inCharge(c *Case, m Moment) (Post, bool) { return above(m, c.actingUnit(), RoleLeader) }

// watching is a supervisor or an inspector over the lead unit.
func watching(c *Case, m Moment) (Post, bool) {
	return above(m, c.LeadUnitID, RoleSupervisor, RoleInspector)
}

func theHandler(c *Case, m Moment) (Post, bool) {
	if c.Handler.IsZero() || c.Handler != m.By.UserID {
		return Post{}, false
	}
	return m.By.PostAt(c.HandlingUnitID, c.workRole())
}

// named is the handler to whom the case is assigned by name.
func named(c *Case, m Moment) (Post, bool) {
	if c.Status != Assigned || c.AwaitingUser != m.By.UserID {
		return Post{}, false
	}
	return m.By.PostAt(c.HandlingUnitID, c.workRole())
}

// handlingHandler is any handler of the handling unit, where none is named.
func handlingHandler(c *Case, m Moment) (Post, bool) {
	if c.Status == Assigned && !c.AwaitingUser.IsZero() {
		return Post{}, false
	}
	return m.By.PostAt(c.HandlingUnitID, c.workRole())
}

// receiving is whoever may say that a case was sent to the wrong unit: a clerk or
// a handler of the handling unit, before there is one a clerk of the desk.
func receiving(c *Case, m Moment) (Post, bool) {
	if c.HandlingUnitID.IsZero() {
		return leadClerk(c, m)
	}
	return m.By.PostAt(c.HandlingUnitID, c.deskRole(), c.workRole())
}

// signer is a leader who may decide one of the sign-offs that are open.
func signer(c *Case, m Moment) (Post, bool) {
	for _, s := range c.signOffs {
		if s.State == SignOffPending {
			if p, ok := c.signerOf(m, s); ok {
				return p, true
			}
		}
	}
	return Post{}, false
}

func thePetitioner(c *Case, m Moment) (Post, bool) {
	ok := m.By.Proved == c.ID || !c.PetitionerUserID.IsZero() && c.PetitionerUserID == m.By.UserID
	return Post{Role: RolePetitioner}, ok
}

// filer is the courier, grid worker or petitioner who sent the case in.
func filer(c *Case, m Moment) (Post, bool) {
	if c.FiledBy.IsZero() || c.FiledBy != m.By.UserID {
		return Post{}, false
	}
	return m.By.firstPost(RoleCourier, RoleGridWorker, RolePetitioner)
}

// byStanderClerk is a clerk of the desk who did not handle the case and does
// not answer for it: who may speak for a petitioner about the result.
func byStanderClerk(c *Case, m Moment) (Post, bool) {
	if c.Handler == m.By.UserID || c.Responsible == m.By.UserID {
		return Post{}, false
	}
	return leadClerk(c, m)
}

func above(m Moment, unit UnitID, roles ...Role) (Post, bool) {
	for _, u := range m.Book.Ancestors(unit) {
		if p, ok := m.By.PostAt(u.ID, roles...); ok {
			return p, true
		}
	}
	return Post{}, false
}

var (
	errNotPermitted = Refuse(Forbidden, "case.not_permitted", "您的岗位不能对该事项进行此操作")
	errState        = Refuse(Conflict, "case.state", "事项当前状态不允许此操作")
)

// permit checks who acts before it checks the state, so that somebody without
// the right learns nothing about the state. It gives the post acted in.
func (c *Case) permit(m Moment, op Operation) (Post, error) {
	return c.permitTo(m, op, permissions[op].who)
}

// permitTo is permit where it depends on more than the operation who may do it.
func (c *Case) permitTo(m Moment, op Operation, who []relation) (Post, error) {
	if err := c.catchUp(m); err != nil {
		return Post{}, err
	}
	if c.keptFrom(m.By) {
		return Post{}, ErrRecused
	}
	p := permissions[op]
	by, ok := c.related(m, who)
	if !ok {
		return Post{}, errNotPermitted
	}
	if !slices.Contains(p.from, c.Status) {
		return Post{}, errState
	}
	if p.locked && c.PendingSignOff != 0 {
		return Post{}, Refuse(Conflict, "case.signoff_pending", "事项正在等待领导签批，签批前不能进行此操作")
	}
	if p.contested && c.PendingObjection != 0 {
		return Post{}, Refuse(Conflict, "objection.pending", "该事项的退单尚未处理完毕，在此之前不能进行此操作")
	}
	return by, nil
}

func (c *Case) related(m Moment, who []relation) (Post, bool) {
	for _, is := range who {
		if by, ok := is(c, m); ok {
			return by, true
		}
	}
	return Post{}, false
}
