package grievance

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The events of a leader's personal charge (领导包案).
const (
	EvSponsored       EventKind = "sponsored"
	EvSponsorReleased EventKind = "sponsor_released"
	EvDutyDone        EventKind = "duty_done"
)

// DutyFact is what an event says of a sponsor's duty.
type DutyFact struct {
	N    int      `json:"n"`
	Kind DutyKind `json:"kind"`
}

// DutyKind says what a sponsor has to do.
type DutyKind string

// The duties of a sponsor: to meet the petitioner (约见), to go and look (走访),
// and to report on the stage reached (阶段报告).
const (
	DutyMeet   DutyKind = "meet"
	DutyVisit  DutyKind = "visit"
	DutyReport DutyKind = "report"
)

// DutyKinds lists them.
var DutyKinds = []DutyKind{DutyMeet, DutyVisit, DutyReport}

// DutyState says whether a duty is still owed.
type DutyState string

// The states of a duty. One is cancelled when the case ends, or the sponsorship.
const (
	DutyOpen      DutyState = "open"
	DutyDone      DutyState = "done"
	DutyCancelled DutyState = "cancelled"
)

// Duty is what a sponsor owes in person, within a clock of its own.
type Duty struct {
	CaseID  CaseID
	N       int
	Kind    DutyKind
	State   DutyState
	ClockID ClockID // zero where the profile has none
	Sponsor UserID  `gorm:"column:sponsor_id"`
	GivenAt time.Time
	EndedAt *time.Time
}

func (d *Duty) fact() DutyFact { return DutyFact{N: d.N, Kind: d.Kind} }

// Limits of what a sponsor is given to do.
const (
	maxDuties   = 9
	maxDutyDays = 60
)

// Sponsoring names the leader who takes personal charge, zero for the actor, and
// what that leader has to do: each duty once where nothing is said.
type Sponsoring struct {
	Sponsor UserID
	Duties  []DutyGiven
	Words   string
}

// DutyGiven is one duty, within so many working days; 0 for what is usual.
type DutyGiven struct {
	Kind DutyKind
	Days int
}

// NameSponsor puts a case into the personal charge of a leader (领导包案): of the
// actor, or of a leader below the actor of a unit that has the case or lies above
// it. What a sponsor before owed is owed no more. Forbidden to take a case from
// the charge of a superior; Invalid for somebody who is recused.
func (c *Case) NameSponsor(m Moment, in Sponsoring) error {
	by, err := c.permit(m, OpSponsor)
	if err != nil {
		return err
	}
	if err := c.outranks(m); err != nil {
		return err
	}
	who := cmp.Or(in.Sponsor, m.By.UserID)
	post, leads := c.sponsorPost(m, by, who)
	var f faults
	f.check(leads, "/user_id", "sponsor.not_leading", "包案领导须是本单位或下级、主管该事项的单位的领导")
	f.check(!slices.Contains(c.recused(), who), "/user_id", "sponsor.recused", "承办人、诉求人和被反映人不能包案")
	in.check(&f)
	if err := f.err(); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	facts := Facts{Sponsor: &Holder{who, post}, Stopped: c.dropDuties(m), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	c.Sponsor, c.SponsorPost = who, post
	for _, d := range in.duties() {
		c.giveDuty(m, d, &facts)
	}
	return c.record(m, by, EvSponsored, facts)
}

func (in Sponsoring) check(f *faults) {
	f.check(len(in.Duties) <= maxDuties, "/duties", "sponsor.duties", fmt.Sprintf("包案职责不得超过 %d 项", maxDuties))
	for i, d := range in.Duties {
		at := fmt.Sprintf("/duties/%d", i)
		f.check(slices.Contains(DutyKinds, d.Kind), at+"/kind", "sponsor.duty", "请选择约见、走访或阶段报告")
		f.check(d.Days >= 0 && d.Days <= maxDutyDays, at+"/days", "sponsor.duty_days", fmt.Sprintf("期限须为 1 至 %d 个工作日", maxDutyDays))
	}
	f.checkText(in.Words, "/words", MaxText, false)
}

func (in Sponsoring) duties() []DutyGiven {
	if len(in.Duties) > 0 {
		return in.Duties
	}
	return []DutyGiven{{Kind: DutyMeet}, {Kind: DutyVisit}, {Kind: DutyReport}}
}

// sponsorPost finds the post in which somebody can take charge: a leader's of the
// unit that has the case or of one above it, up to the unit of who names them.
// Being the head is nothing that it rests on.
func (c *Case) sponsorPost(m Moment, by Post, who UserID) (Post, bool) {
	top := m.Book.Unit(by.UnitID)
	for _, u := range m.Book.Ancestors(c.actingUnit()) {
		p := Post{UnitID: u.ID, Role: RoleLeader}
		if u.Within(top) && slices.Contains(m.Book.Holders(p, m.Now), who) {
			return p, true
		}
	}
	return Post{}, false
}

// outranks refuses to touch the charge of a leader above the actor.
func (c *Case) outranks(m Moment) error {
	if c.Sponsor.IsZero() {
		return nil
	}
	if _, ok := above(m, c.SponsorPost.UnitID, RoleLeader); !ok {
		return Refuse(Forbidden, "sponsor.superior", "该事项由上级领导包案，须由其或其上级调整")
	}
	return nil
}

// giveDuty opens a duty of the sponsor and starts its clock.
func (c *Case) giveDuty(m Moment, in DutyGiven, f *Facts) {
	c.DutyCount++
	c.OpenDuties++
	owes := debtor{c.SponsorPost, c.Sponsor}
	started := c.startFor(m, SponsorDuty, m.Now, c.SponsorPost.UnitID, strconv.Itoa(c.DutyCount), owes, workdays(in.Days))
	d := &Duty{
		CaseID: c.ID, N: c.DutyCount, Kind: in.Kind, State: DutyOpen, ClockID: startedClock(started),
		Sponsor: c.Sponsor, GivenAt: m.Now,
	}
	c.supervised.Duties = append(c.supervised.Duties, d)
	c.changes.Duties = once(c.changes.Duties, d)
	f.Started, f.Duties = append(f.Started, started...), append(f.Duties, d.fact())
}

// dropDuties cancels what a sponsor still owes.
func (c *Case) dropDuties(m Moment) (stopped []ClockFact) {
	for _, d := range c.supervised.Duties {
		if d.State == DutyOpen {
			stopped = append(stopped, c.stopClock(m, d.ClockID, Cancelled)...)
			c.closeDuty(m, d, DutyCancelled)
		}
	}
	return stopped
}

func (c *Case) closeDuty(m Moment, d *Duty, state DutyState) {
	now := m.Now
	d.State, d.EndedAt = state, &now
	c.OpenDuties--
	c.changes.Duties = once(c.changes.Duties, d)
}

// Releasing says why a leader is in charge no more.
type Releasing struct{ Words string }

// ReleaseSponsor ends the personal charge of a leader; what the leader still owed
// is owed no more. Conflict where nobody is in charge.
func (c *Case) ReleaseSponsor(m Moment, in Releasing) error {
	by, err := c.permit(m, OpReleaseSponsor)
	if err != nil {
		return err
	}
	if err := c.outranks(m); err != nil {
		return err
	}
	if c.Sponsor.IsZero() {
		return Refuse(Conflict, "sponsor.none", "该事项没有包案领导")
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	f := Facts{Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	c.endSponsorship(m, &f)
	return c.record(m, by, EvSponsorReleased, f)
}

func (c *Case) endSponsorship(m Moment, f *Facts) {
	f.Stopped = append(f.Stopped, c.dropDuties(m)...)
	c.Sponsor, c.SponsorPost = UserID{}, Post{}
	f.Sponsor = &Holder{}
}

// sponsorLeft gives the instant at which the sponsor left the post, if there is
// somebody to whom the charge can pass from then on or later.
func (c *Case) sponsorLeft(m Moment) (time.Time, bool) {
	at, left := c.leftAt(m, c.Sponsor, c.SponsorPost)
	if !left {
		return at, false
	}
	return m.Book.firstTime(c.SponsorPost.UnitID, at, m.Now, func(t time.Time) bool {
		_, _, ok := m.Book.Seat(c.SponsorPost.UnitID, RoleLeader, true, t, c.recused()...)
		return ok
	})
}

// passSponsorship passes the charge of a sponsor who has left, with what is owed,
// to the nearest head who is not recused; where there is none up to the root, the
// last name stands. It tells whether the charge passed.
func (c *Case) passSponsorship(m Moment, at time.Time, f *Facts) bool {
	seat, _, ok := m.Book.Seat(c.SponsorPost.UnitID, RoleLeader, true, at, c.recused()...)
	if !ok {
		return false
	}
	heads := slices.DeleteFunc(m.Book.Holders(seat, at), func(id UserID) bool { return slices.Contains(c.recused(), id) })
	c.Sponsor, c.SponsorPost = heads[0], Post{UnitID: seat.UnitID, Role: RoleLeader}
	c.owe(debtor{c.SponsorPost, c.Sponsor}, SponsorDuty)
	for _, d := range c.supervised.Duties {
		if d.State == DutyOpen {
			d.Sponsor = c.Sponsor
			c.changes.Duties = once(c.changes.Duties, d)
		}
	}
	f.Sponsor = &Holder{c.Sponsor, c.SponsorPost}
	return true
}

// DutyDoing says how a duty was done.
type DutyDoing struct{ Words string }

// DoDuty records that the sponsor has done a duty, in the sponsor's own words.
// Conflict unless it is owed.
func (c *Case) DoDuty(m Moment, number int, in DutyDoing) error {
	by, err := c.permit(m, OpDuty)
	if err != nil {
		return err
	}
	if number < 1 || number > c.DutyCount {
		return ErrNotFound
	}
	i := slices.IndexFunc(c.supervised.Duties, func(d *Duty) bool { return d.N == number && d.State == DutyOpen })
	if i < 0 {
		return Refuse(Conflict, "duty.over", "该项包案职责已经履行或已取消")
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	d := c.supervised.Duties[i]
	c.closeDuty(m, d, DutyDone)
	fact := d.fact()
	f := Facts{Duty: &fact, Stopped: c.stopClock(m, d.ClockID, Met), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	return c.record(m, by, EvDutyDone, f)
}

// theSponsor is the leader in charge.
func theSponsor(c *Case, m Moment) (Post, bool) {
	if c.Sponsor.IsZero() || c.Sponsor != m.By.UserID {
		return Post{}, false
	}
	return m.By.postLike(c.SponsorPost)
}

// sponsorSigns reports whether a step waits for the sponsor in person: while the
// sponsor holds the post and has no interest. Else it is a vacant seat's like any
// other.
func (c *Case) sponsorSigns(m Moment, s *SignOff) bool {
	return s.Chain.bySponsor() && c.sponsorMaySign(m, c.excluded(s)...)
}

// sponsorMaySign reports whether there is a sponsor in the post, of an organ, who
// is none of those left out.
func (c *Case) sponsorMaySign(m Moment, but ...UserID) bool {
	return m.Book.signsInPerson(Holder{c.Sponsor, c.SponsorPost}, m.Now, but...)
}

func (b *Book) signsInPerson(h Holder, t time.Time, but ...UserID) bool {
	unit := b.Unit(h.Post.UnitID)
	return unit != nil && unit.Organ && !slices.Contains(but, h.User) && slices.Contains(b.Holders(h.Post, t), h.User)
}

// SignsInCharge reports whether the actor signs as the leader in charge; where
// that leader may not, as the nearest head at or above a unit who is none of the
// interested.
func (b *Book) SignsInCharge(a Actor, sponsor Holder, unit UnitID, t time.Time, interested ...UserID) bool {
	if b.signsInPerson(sponsor, t, interested...) {
		return a.UserID == sponsor.User
	}
	return b.SignsAs(a, true, unit, t, interested...)
}

// Duties gives the duties of the case's sponsors, in order, where they were
// loaded or made.
func (c *Case) Duties() []*Duty { return c.supervised.Duties }
