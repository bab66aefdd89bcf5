package grievance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Registration is what is known when a grievance is received.
type Registration struct {
	ID             CaseID // a client may make it (UUIDv7); else casework does
	Source         string
	SourceID       string
	Channel        Channel
	Nature         Nature
	Route          int
	Category       string
	Urgency        Urgency
	Petition       bool
	SimplePetition bool
	Headcount      int
	Amount         int64 // at stake, in yuan
	Confidential   bool
	Unit           UnitID // whose desk; zero for the actor's own, else the area's
	Area           UnitID
	ReceivedAt     time.Time // zero for now
	Title          string
	Body           string
	Petitioner     Party
	Others         []Party
	PetitionerUser UserID
}

// Receipt is the day's number of a receipt at a unit's desk.
type Receipt struct {
	Day calendar.Date
	N   int
}

// earliest is before anything that a register of today can hold.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, calendar.Zone)

// Limits of texts, in characters.
const (
	MaxTitle = 200
	MaxText  = 10000
)

// Desk finds whose desk a registration belongs to: that of the organ at or above
// the unit named, else the unit of the clerk, courier or grid worker, else the
// area; stations, villages and grids decide nothing. Where nobody is on duty it
// climbs on. An accusation that names anybody goes past all of these to the
// inspectors above those named (Art. 30). Invalid when no unit can be found.
func Desk(m Moment, in Registration) (*Unit, error) {
	desk, err := ordinaryDesk(m, in)
	if err != nil || in.Nature != Accusation || countParties(in.Others, PersonNamed) == 0 {
		return desk, err
	}
	c := &Case{Nature: in.Nature}
	c.concernsAll(m, desk.ID, in.Others)
	if c.Shielded = c.accuses(); !c.Shielded {
		return desk, nil
	}
	return m.Book.For(c).inspectorsDesk(desk.ID, m.Now)
}

// ordinaryDesk is Desk for what accuses nobody.
func ordinaryDesk(m Moment, in Registration) (*Unit, error) {
	from := in.Unit
	if p, ok := m.By.firstPost(RoleClerk, RoleCourier, RoleGridWorker); ok && from.IsZero() {
		from = p.UnitID
	}
	if from.IsZero() {
		from = in.Area
	}
	unit := m.Book.Current(from)
	if unit == nil {
		return nil, InvalidField("/unit_id", "unit.unknown", "请写明受理单位或问题发生地")
	}
	if organ := m.Book.Organ(unit.ID); organ != nil {
		unit = organ
	}
	_, post, ok := m.Book.DutyPerson(unit.ID, m.Now)
	if !ok {
		return nil, Refuse(Conflict, "unit.nobody", "该单位及其上级均无人值守，无法登记")
	}
	return m.Book.Unit(post.UnitID), nil
}

// firstPost gives the actor's first post with one of the roles.
func (a Actor) firstPost(roles ...Role) (Post, bool) {
	for _, p := range a.Posts {
		if slices.Contains(roles, p.Role) {
			return p, true
		}
	}
	return Post{}, false
}

// Register opens a case at a desk. The person who received it answers for it
// (首问负责): the clerk, courier or grid worker who registers; for what comes
// through a public door or from another system, and for an accusation that goes to
// the inspectors, the person on duty. The law's
// time runs from ReceivedAt, which may lie before now but not after it.
// Invalid with every wrong field; Forbidden for a clerk of another unit.
func Register(m Moment, in Registration, desk *Unit, receipt Receipt) (*Case, error) {
	c, by, err := register(m, in, desk, receipt)
	if err != nil {
		return nil, err
	}
	return c, c.callUrgent(m.For(c), by)
}

// register opens the case without calling for help where it is urgent.
func register(m Moment, in Registration, desk *Unit, receipt Receipt) (*Case, Post, error) {
	c := newCase(m, in, desk, receipt)
	if err := in.validate(m); err != nil {
		return nil, Post{}, err
	}
	if countParties(in.Others, PersonNamed) > 0 {
		near, err := ordinaryDesk(m, in)
		if err != nil {
			return nil, Post{}, err
		}
		c.concernsAll(m, near.ID, in.Others)
		c.Shielded = c.accuses()
	}
	by, err := c.receiver(m)
	if err != nil {
		return nil, Post{}, err
	}
	m = m.For(c)
	holder := c.firstHolder(m, by)
	c.FirstResponder = holder.User
	c.propose(m)
	c.joins(m, desk.ID, PartOrigin)
	c.joins(m, desk.ID, PartLead)
	if !c.AreaID.IsZero() {
		c.joins(m, c.AreaID, PartArea)
	}
	f := c.registered(m, in, holder)
	f.OnBehalf = by.Role != RolePetitioner && by.Role != RoleSystem
	if err := c.recordAbout(m, by, EvRegistered, c.ReceivedAt, f); err != nil {
		return nil, Post{}, err
	}
	return c, by, c.tellUnrouted(m, false)
}

func newCase(m Moment, in Registration, desk *Unit, r Receipt) *Case {
	c := &Case{
		ID: in.ID, Source: in.Source, SourceID: in.SourceID,
		ReceiptNumber: fmt.Sprintf("%s-%s-%04d", desk.Code, strings.ReplaceAll(r.Day.String(), "-", ""), r.N),
		Status:        Registered, Round: 1, Channel: in.Channel, Nature: in.Nature, Route: in.Route,
		Category: in.Category, Urgency: in.Urgency, Petition: in.Petition, SimplePetition: in.SimplePetition,
		GroupPetition: in.Headcount >= minGroup, Headcount: max(in.Headcount, 1), Amount: in.Amount, Confidential: in.Confidential,
		AreaID: in.Area, OriginUnitID: desk.ID, LeadUnitID: desk.ID,
		PetitionerUserID: in.PetitionerUser, FiledBy: filing(m, desk),
		ReceivedAt: in.ReceivedAt, RegisteredAt: m.Now,
	}
	c.defaults(m)
	c.changes.Created = true
	return c
}

// filing is who sent the case in from outside the desk, and so may follow it.
func filing(m Moment, desk *Unit) UserID {
	if _, own := m.By.PostAt(desk.ID, RoleClerk); own {
		return UserID{}
	}
	return m.By.UserID
}

func (c *Case) defaults(m Moment) {
	if c.Nature == "" {
		c.Nature = Demand
	}
	c.ReceivedAs = c.Nature
	if c.Nature == Demand && c.Route == 0 {
		c.Route = PetitionRoute
	}
	if c.Urgency == "" {
		c.Urgency = Ordinary
	}
	if c.ReceivedAt.IsZero() {
		c.ReceivedAt = m.Now
	}
	c.ReceivedAt = c.ReceivedAt.UTC().Truncate(time.Microsecond)
	if c.PetitionerUserID.IsZero() && m.By.Has(RolePetitioner) {
		c.PetitionerUserID = m.By.UserID
	}
	c.Profile = c.chooseProfile()
}

// chooseProfile says which profile applies: the wall's posts, the hotline,
// inquiries anywhere, petitions (by letter, by visit, or marked as such), and
// the township's own practice for all else.
func (c *Case) chooseProfile() string {
	petition := c.Petition || c.Channel == ByLetter || c.Channel == ByVisit
	switch {
	case c.Channel == ByWall:
		return ProfileWall
	case c.Nature == Inquiry:
		return ProfileTownship
	case c.Channel == ByHotline:
		return ProfileHotline
	case petition && c.SimplePetition:
		return ProfilePetitionSimple
	case petition:
		return ProfilePetition
	}
	return ProfileTownship
}

func (in Registration) validate(m Moment) error {
	var f faults
	f.check(slices.Contains(Channels, in.Channel), "/channel", "channel.unknown", "请选择来源渠道")
	f.check(in.Nature == "" || slices.Contains(Natures, in.Nature), "/nature", "nature.unknown", "诉求性质不在规定范围内")
	f.check(in.Urgency == "" || slices.Contains(Urgencies, in.Urgency), "/urgency", "urgency.unknown", "紧急程度不在规定范围内")
	f.check(routeFits(in.Nature, in.Route), "/route", "route.unknown", "只有申诉求决类事项才有办理途径（1 至 6）")
	f.checkCategory(m, in.Category)
	f.check(in.Area.IsZero() || m.Book.Unit(in.Area) != nil, "/area_id", "unit.unknown", "问题发生地不存在")
	f.check(!in.ReceivedAt.After(m.Now), "/received_at", "received_at.future", "收到时间不能晚于现在")
	f.check(in.ReceivedAt.IsZero() || !in.ReceivedAt.Before(earliest), "/received_at", "received_at.too_early", "收到时间过早，请核对年份")
	f.check(in.Headcount >= 0, "/headcount", "headcount.negative", "人数不能为负数")
	f.check(in.Amount >= 0, "/amount", "amount.negative", "金额不能为负数")
	in.checkParties(m, &f)
	f.check(countParties(in.Others, Representative) <= MaxRepresentatives, "/others", "representatives.too_many", "集体访代表不得超过 5 人（条例第二十条）")
	f.checkText(in.Title, "/title", MaxTitle, true)
	f.checkText(in.Body, "/body", MaxText, true)
	return f.err()
}

func (in Registration) checkParties(m Moment, f *faults) {
	f.checkParty(in.Petitioner, "/petitioner")
	for i, p := range in.Others {
		at := fmt.Sprintf("/others/%d", i)
		f.check(slices.Contains([]PartyKind{Representative, PersonNamed}, p.Kind), at+"/kind", "party.kind", "请选择代表或被反映人")
		f.check(p.User.IsZero() || p.Kind == PersonNamed && m.Book.User(p.User) != nil, at+"/user_id", "user.unknown", "没有这个用户")
		f.check(p.Unit.IsZero() || p.Kind == PersonNamed && m.Book.Unit(p.Unit) != nil, at+"/unit_id", "unit.unknown", "没有这个单位")
		f.checkParty(p, at)
	}
}

func (f *faults) checkParty(p Party, at string) {
	f.checkText(p.Name, at+"/name", MaxTitle, false)
	f.checkText(p.Phone, at+"/phone", MaxTitle, false)
	f.checkText(p.IDNumber, at+"/id_number", MaxTitle, false)
	f.checkText(p.Address, at+"/address", MaxTitle, false)
}

func routeFits(n Nature, route int) bool {
	return route == 0 || route >= 1 && route <= 6 && (n == Demand || n == "")
}

func countParties(parties []Party, kind PartyKind) (n int) {
	for _, p := range parties {
		if p.Kind == kind {
			n++
		}
	}
	return n
}

func (f *faults) checkCategory(m Moment, code string) {
	_, known := m.Book.Category(code)
	f.check(code == "" || known, "/category", "category.unknown", "诉求类别不存在")
}

// checkText refuses what is too long, and blank text where words are needed.
func (f *faults) checkText(s, pointer string, limit int, needed bool) {
	f.check(!needed || strings.TrimSpace(s) != "", pointer, "text.required", "此项不能为空")
	f.check(len(s) <= limit || len([]rune(s)) <= limit, pointer, "text.too_long", fmt.Sprintf("此项不能超过 %d 字", limit))
}

// checkWords is checkText for a request that is nothing but words.
func checkWords(words string, needed bool) error {
	var f faults
	f.checkText(words, "/words", MaxText, needed)
	return f.err()
}

// receiver says in which post the actor may bring a case to this desk.
func (c *Case) receiver(m Moment) (Post, error) {
	if m.By.IsSystem() {
		return systemPost, nil
	}
	if p, ok := m.By.PostAt(c.LeadUnitID, RoleClerk, c.deskRole()); ok {
		return p, nil
	}
	lead := m.Book.Unit(c.LeadUnitID)
	for _, p := range m.By.Posts {
		if slices.Contains([]Role{RoleClerk, RoleCourier, RoleGridWorker}, p.Role) {
			if own := m.Book.Unit(p.UnitID); own != nil && (own.Within(lead) || c.Shielded) {
				return p, nil
			}
		}
		if p.Role == RolePetitioner {
			return p, nil
		}
	}
	if m.By.UserID.IsZero() {
		return Post{Role: RolePetitioner}, nil // the public door
	}
	return Post{}, Refuse(Forbidden, "unit.not_yours", "只能在本单位登记事项")
}

// firstHolder is who answers for a case from its first instant.
func (c *Case) firstHolder(m Moment, by Post) Holder {
	if by.Role != RolePetitioner && by.Role != RoleSystem && !c.Shielded {
		return Holder{m.By.UserID, by}
	}
	user, post, _ := m.Book.DutyPerson(c.LeadUnitID, m.Now) // Desk has found somebody
	return Holder{user, post}
}

func (c *Case) registered(m Moment, in Registration, h Holder) Facts {
	in.Petitioner.Kind = Petitioner
	for _, p := range append([]Party{in.Petitioner}, in.Others...) {
		if p.Name+p.Phone+p.IDNumber+p.Address != "" {
			c.addParty(p)
		}
	}
	f := Facts{
		Status: c.Status, Round: c.Round, Receipt: c.ReceiptNumber, Source: c.Source, Channel: c.Channel,
		Unit: c.LeadUnitID, Area: c.AreaID, Represented: countParties(in.Others, Representative),
		Responsible: c.answerable(h.User, h.Post), Awaiting: c.awaitByStatus(),
		Texts: c.writeAll(m, true, textIn{TextTitle, in.Title}, textIn{TextBody, in.Body}),
	}
	if c.Headcount > 1 {
		f.Headcount = c.Headcount
	}
	f.Named = c.aboutCount()
	c.classified(&f)
	f.Started = c.start(m, Acceptance, c.ReceivedAt, c.LeadUnitID, "", c.deskDebtor())
	return f
}

// deskDebtor is who owes what the desk owes: whoever answers for the case there by
// name, who may be a clerk on duty for inspectors; the desk itself while a courier or
// grid worker still answers for it.
func (c *Case) deskDebtor() debtor {
	if slices.Contains([]Role{RoleClerk, RoleInspector, RoleLeader}, c.ResponsiblePost.Role) {
		return debtor{c.ResponsiblePost, c.Responsible}
	}
	return debtor{post: Post{UnitID: c.LeadUnitID, Role: c.deskRole()}}
}

// classified puts the classification into an event's facts.
func (c *Case) classified(f *Facts) {
	f.Nature, f.Route, f.Category, f.Urgency, f.Amount = c.Nature, c.Route, c.Category, c.Urgency, c.Amount
	f.Profile, f.Proposed = c.Profile, c.ProposedUnitID
}

// propose looks up whose duty the matter is by the responsibility list.
func (c *Case) propose(m Moment) {
	area := c.AreaID
	if area.IsZero() {
		area = c.LeadUnitID
	}
	r, found := m.Book.Propose(c.Category, area)
	c.ProposedUnitID, c.Unrouted = r.UnitID, c.Category != "" && !found
}

// tellUnrouted records that nobody's duty the matter is, once it turns out.
func (c *Case) tellUnrouted(m Moment, already bool) error {
	if !c.Unrouted || already {
		return nil
	}
	return c.append(m.asSystem(), systemPost, EvUnrouted, m.Now, Facts{Category: c.Category, Unit: c.LeadUnitID})
}

// callUrgent escalates at once where life and property are in danger (Art. 25).
func (c *Case) callUrgent(m Moment, by Post) error {
	if c.Urgency != LifeProperty {
		return nil
	}
	return c.escalate(m, escalation{level: 1, cause: Urgent, at: m.Now, unit: c.LeadUnitID, by: by})
}
