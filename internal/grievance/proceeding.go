package grievance

import (
	"slices"
	"time"
)

// Decision is what a review says of the answer.
type Decision string

// The decisions. Mediated: the parties have come to an agreement (调解), which
// takes the place of an opinion.
const (
	Upheld          Decision = "upheld"
	Changed         Decision = "changed"
	Revoked         Decision = "revoked"
	MediatedBetween Decision = "mediated"
)

// Decisions lists them.
var Decisions = []Decision{Upheld, Changed, Revoked, MediatedBetween}

// ProceedingState says how far a review has come.
type ProceedingState string

// The states of a review or a re-review.
const (
	ProceedingOpen     ProceedingState = "open"
	ProceedingUnsigned ProceedingState = "awaiting_signoff"
	ProceedingDecided  ProceedingState = "decided"
)

// Proceeding is a review (复查) or a re-review (复核) of the answer to a case, by
// the organ one level above the one that gave it. It may have one hearing (听证).
type Proceeding struct {
	CaseID      CaseID
	N           int
	Kind        ClockKind // Review or ReReview; also the kind of its clock
	Round       int
	UnitID      UnitID // the organ
	State       ProceedingState
	RequestedBy UserID
	RequestedAt time.Time
	OnBehalf    bool
	SignOff     int // number of the sign-off of its opinion, the last of several; 0 before
	Decision    Decision
	DecidedBy   UserID // who signed last
	DecidedAt   *time.Time
	Notice      int // number of the opinion document

	HearingUntil      *time.Time // planned end; nil where none was ordered
	HearingOrderedBy  UserID
	HearingOrderedAt  *time.Time
	HearingHeldAt     *time.Time
	HearingAttended   int
	HearingRecordedBy UserID
	HearingRecordedAt *time.Time
}

func (p *Proceeding) fact() *ReviewFact {
	return &ReviewFact{N: p.N, Kind: p.Kind, Unit: p.UnitID, Decision: string(p.Decision)}
}

// Proceedings gives the reviews and re-reviews of the case, in order.
func (c *Case) Proceedings() []*Proceeding { return c.proceedings }

// proceeding gives the review that is open, or nil.
func (c *Case) proceeding() *Proceeding {
	for _, p := range c.proceedings {
		if p.N == c.OpenReview {
			return p
		}
	}
	return nil
}

func (c *Case) touchProceeding(p *Proceeding) {
	c.changes.Proceedings = once(c.changes.Proceedings, p)
}

// interestedIn are those who sign nothing of a request: the interested; and of a
// review also who asked for it on the petitioner's behalf, who signed the answer
// that it is about, and who decided the review before it.
func (c *Case) interestedIn(s *SignOff) []UserID {
	who := c.interested()
	if !s.Recuse.IsZero() {
		who = append(who, s.Recuse)
	}
	if s.Kind != SignReview {
		return who
	}
	for _, o := range c.signOffs {
		if o.Kind == SignClosure && o.State == SignOffApproved {
			who = append(who, o.DecidedBy)
		}
	}
	for _, p := range c.proceedings {
		who = append(who, p.RequestedBy, p.DecidedBy)
	}
	return slices.DeleteFunc(who, UserID.IsZero)
}

// reviewer is a clerk of the organ that reviews the case, or reviewed it last,
// or whoever is on duty for it; nobody who handled the case or petitioned.
func reviewer(c *Case, m Moment) (Post, bool) {
	return organClerk(c, m, m.Book.Current(c.ReviewUnitID))
}

// reviewLeader is a leader of that organ.
func reviewLeader(c *Case, m Moment) (Post, bool) {
	organ := m.Book.Current(c.ReviewUnitID)
	if organ == nil || slices.Contains(c.recused(), m.By.UserID) {
		return Post{}, false
	}
	return m.By.PostAt(organ.ID, RoleLeader)
}

// superiorClerk is a clerk of the organ that would review the case if it were
// asked for now, who may ask for it on the petitioner's behalf.
func superiorClerk(c *Case, m Moment) (Post, bool) {
	w, ok := c.ReviewWindow(m.Book)
	if !ok {
		return Post{}, false
	}
	return organClerk(c, m, c.reviewingOrgan(m.Book, w.Kind))
}

func organClerk(c *Case, m Moment, organ *Unit) (Post, bool) {
	if organ == nil || slices.Contains(c.recused(), m.By.UserID) {
		return Post{}, false
	}
	if p, ok := m.By.PostAt(organ.ID, c.deskRole()); ok {
		return p, true
	}
	user, post, ok := m.Book.DutyPerson(organ.ID, m.Now)
	return post, ok && user == m.By.UserID
}
