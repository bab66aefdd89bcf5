package grievance

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// OrderKind says what a superior unit asks a unit to answer in writing.
type OrderKind string

// The orders: the supervision order (督办), and the three recommendations of
// Art. 40: to improve the work, to mend a policy, to hold somebody to account.
const (
	SupervisionOrder OrderKind = "supervision"
	ImproveWork      OrderKind = "improve_work"
	MendPolicy       OrderKind = "mend_policy"
	HoldToAccount    OrderKind = "hold_to_account"
)

// Recommendations lists the three kinds of Art. 40.
var Recommendations = []OrderKind{ImproveWork, MendPolicy, HoldToAccount}

// OrderState says how far an order has been answered.
type OrderState string

// The states of an order. One that was returned has to be answered again.
const (
	OrderOpen     OrderState = "open"
	OrderAnswered OrderState = "answered"
	OrderReturned OrderState = "returned"
	OrderAccepted OrderState = "accepted"
)

// Order is a supervision order or a recommendation, which the head or a leader of
// the unit must answer in writing within a clock of its own. It outlives the end
// of the case: a superior is owed an answer all the same.
type Order struct {
	ID         OrderID
	CaseID     CaseID
	N          int
	Kind       OrderKind
	State      OrderState
	IssuerPost Post `gorm:"embedded;embeddedPrefix:issuer_"`
	IssuedBy   UserID
	IssuedAt   time.Time
	UnitID     UnitID // that must answer
	UnitPath   string
	Length     calendar.Length // as it was given; each time that it is returned anew
	ClockID    ClockID         // of the newest clock; zero where the profile has none
	Returns    int
	AnsweredBy UserID
	AnsweredAt *time.Time // the newest answer
	DecidedBy  UserID
	DecidedAt  *time.Time // when the newest answer was accepted or returned
}

func (o *Order) fact() *OrderFact { return &OrderFact{N: o.N, Kind: o.Kind, Unit: o.UnitID} }

// How many working days an answer may be given, and what is usual for a
// recommendation; for an order the rule of the profile says what is usual.
const (
	maxOrderDays        = 30
	maxRecommendingDays = 60
	usualRecommending   = 30
)

// Ordering is what a superior unit orders: Unit is zero for the one that the case
// is with, Days, in working days, for what is usual.
type Ordering struct {
	Unit  UnitID
	Days  int
	Words string
}

// Order lets a supervisor or a leader of a superior unit order a unit to answer
// in writing (督办), whether or not the case has ended. Forbidden below or beside
// the unit that is to answer.
func (c *Case) Order(m Moment, in Ordering) error {
	by, err := c.permit(m, OpOrder)
	if err != nil {
		return err
	}
	return c.issueOrder(m, by, SupervisionOrder, in, maxOrderDays)
}

// Recommending is one of the three recommendations.
type Recommending struct {
	Kind OrderKind
	Ordering
}

// Recommend lets an inspector of a superior unit recommend something to a unit
// (Art. 40), which it must answer in writing.
func (c *Case) Recommend(m Moment, in Recommending) error {
	by, err := c.permit(m, OpRecommend)
	if err != nil {
		return err
	}
	if !slices.Contains(Recommendations, in.Kind) {
		return InvalidField("/kind", "order.kind", "请选择建议的种类")
	}
	in.Days = cmp.Or(in.Days, usualRecommending)
	return c.issueOrder(m, by, in.Kind, in.Ordering, maxRecommendingDays)
}

// issueOrder opens an order at the unit's head, and starts its clock.
func (c *Case) issueOrder(m Moment, by Post, kind OrderKind, in Ordering, most int) error {
	unit, err := c.ordered(m, by, in, most)
	if err != nil {
		return err
	}
	c.OrderCount++
	c.OpenOrders++
	o := &Order{
		ID: m.Mint.ID(), CaseID: c.ID, N: c.OrderCount, Kind: kind, State: OrderOpen,
		IssuerPost: by, IssuedBy: m.By.UserID, IssuedAt: m.Now, UnitID: unit.ID, UnitPath: unit.Path,
		Length: workdays(in.Days),
	}
	c.joins(m, by.UnitID, PartOrdering)
	c.supervised.Orders = append(c.supervised.Orders, o)
	f := Facts{Order: o.fact(), Texts: c.writeAll(m, false, textIn{TextOrder, in.Words})}
	c.startReply(m, o, &f)
	return c.record(m, by, EvOrdered, f)
}

// ordered finds the unit that is to answer: one that has the case, below the
// issuer's.
func (c *Case) ordered(m Moment, by Post, in Ordering, most int) (*Unit, error) {
	id := cmp.Or(in.Unit, c.actingUnit())
	unit := m.Book.Current(id)
	var f faults
	f.check(unit != nil && (id == c.actingUnit() || id == c.LeadUnitID), "/unit_id", "order.unit", "只能向主办单位或承办单位发出")
	f.check(in.Days >= 0 && in.Days <= most, "/days", "order.days", fmt.Sprintf("答复期限须为 1 至 %d 个工作日", most))
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return nil, err
	}
	if own := m.Book.Unit(by.UnitID); unit.ID == own.ID || !unit.Within(own) {
		return nil, Refuse(Forbidden, "order.not_superior", "只能由上级单位向下级单位发出")
	}
	if m.Book.BarsUnit(unit.ID) { // it has handled the case, which is over
		return nil, errBarred
	}
	return unit, nil
}

// startReply starts the clock of an order's answer, which the unit's head owes:
// the first, or another after an answer was returned.
func (c *Case) startReply(m Moment, o *Order, f *Facts) {
	subject := strconv.Itoa(o.N)
	if o.Returns > 0 {
		subject += "/" + strconv.Itoa(o.Returns+1)
	}
	unit := m.Book.Current(o.UnitID)
	owes := debtor{post: Post{UnitID: unit.ID, Role: RoleLeader, Head: true}}
	f.Started = c.startFor(m, OrderReply, m.Now, unit.ID, subject, owes, o.Length)
	o.ClockID = startedClock(f.Started)
	c.changes.Orders = once(c.changes.Orders, o)
}

// workdays is a length that somebody gives, the zero length where nobody does.
func workdays(n int) (l calendar.Length) {
	if n > 0 {
		l = calendar.Length{N: n, Unit: calendar.WorkingDay}
	}
	return l
}

// Replying is the written answer to an order.
type Replying struct{ Words string }

// Reply answers an order in writing, as the head or a leader of the unit: its
// clock is met, and late stays late. Conflict unless an answer is owed.
func (c *Case) Reply(m Moment, number int, in Replying) error {
	o, by, err := c.orderFor(m, number, OpReply, (*Order).answerer, OrderOpen, OrderReturned)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	now := m.Now
	o.State, o.AnsweredBy, o.AnsweredAt = OrderAnswered, m.By.UserID, &now
	c.changes.Orders = once(c.changes.Orders, o)
	texts := c.writeAll(m, false, textIn{TextReply, in.Words})
	return c.record(m, by, EvOrderAnswered, Facts{Order: o.fact(), Stopped: c.stopClock(m, o.ClockID, Met), Texts: texts})
}

// Accepting is the issuer's word that an answer will do, with words where there
// are any.
type Accepting struct{ Words string }

// AcceptReply records that the issuing unit, or one above it, is satisfied with
// an answer. Conflict unless there is one to judge.
func (c *Case) AcceptReply(m Moment, number int, in Accepting) error {
	o, by, err := c.judged(m, number)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	c.judgeReply(m, o, OrderAccepted)
	c.OpenOrders--
	return c.record(m, by, EvOrderAccepted, Facts{Order: o.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})})
}

// Rejecting says why an answer does not do.
type Rejecting struct{ Words string }

// ReturnReply gives an answer back with the reason: it is owed again, within as
// long as the first time.
func (c *Case) ReturnReply(m Moment, number int, in Rejecting) error {
	o, by, err := c.judged(m, number)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	c.judgeReply(m, o, OrderReturned)
	o.Returns++
	f := Facts{Order: o.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	c.startReply(m, o, &f)
	return c.record(m, by, EvOrderReturned, f)
}

func (c *Case) judgeReply(m Moment, o *Order, state OrderState) {
	now := m.Now
	o.State, o.DecidedBy, o.DecidedAt = state, m.By.UserID, &now
	c.changes.Orders = once(c.changes.Orders, o)
}

// judged finds an order whose answer the actor may judge: not one of their own.
func (c *Case) judged(m Moment, number int) (*Order, Post, error) {
	o, by, err := c.orderFor(m, number, OpJudgeReply, (*Order).issuer, OrderAnswered)
	if err == nil && o.AnsweredBy == m.By.UserID {
		return nil, Post{}, Refuse(Forbidden, "order.own_answer", "不能审核本人所作的答复")
	}
	return o, by, err
}

// orderFor finds an order, checks who acts on it and then how it stands.
func (c *Case) orderFor(m Moment, number int, op Operation, may func(*Order, Moment) (Post, bool), in ...OrderState) (*Order, Post, error) {
	if _, err := c.permit(m, op); err != nil {
		return nil, Post{}, err
	}
	i := slices.IndexFunc(c.supervised.Orders, func(o *Order) bool { return o.N == number })
	if i < 0 {
		return nil, Post{}, ErrNotFound
	}
	o := c.supervised.Orders[i]
	by, ok := may(o, m)
	switch {
	case !ok:
		return nil, Post{}, errNotPermitted
	case !slices.Contains(in, o.State):
		return nil, Post{}, Refuse(Conflict, "order.state", "该督办或建议当前状态不允许此操作")
	}
	return o, by, nil
}

// answerer is the head or another leader of the unit; where the head's seat is
// vacant, who fills it.
func (o *Order) answerer(m Moment) (Post, bool) {
	unit := m.Book.Current(o.UnitID)
	if unit == nil {
		return Post{}, false
	}
	if p, ok := m.By.PostAt(unit.ID, RoleLeader); ok {
		return p, true
	}
	seat, _, ok := m.Book.Seat(unit.ID, RoleLeader, true, m.Now)
	if !ok {
		return Post{}, false
	}
	return m.By.postLike(seat)
}

// issuer is who may judge an answer: as it was issued, by inspectors or by
// supervisors and leaders, of the unit that issued it or of one above.
func (o *Order) issuer(m Moment) (Post, bool) {
	roles := []Role{RoleSupervisor, RoleLeader}
	if o.Kind != SupervisionOrder {
		roles = []Role{RoleInspector}
	}
	unit := m.Book.Current(o.IssuerPost.UnitID)
	if unit == nil {
		return Post{}, false
	}
	return above(m, unit.ID, roles...)
}

// mustAnswer is a leader of a unit that has been ordered to answer.
func mustAnswer(c *Case, m Moment) (Post, bool) { return anyOrder(c, m, (*Order).answerer) }

// mayJudge is who may judge the answer to an order of the case.
func mayJudge(c *Case, m Moment) (Post, bool) { return anyOrder(c, m, (*Order).issuer) }

func anyOrder(c *Case, m Moment, may func(*Order, Moment) (Post, bool)) (Post, bool) {
	for _, o := range c.supervised.Orders {
		if p, ok := may(o, m); ok {
			return p, true
		}
	}
	return Post{}, false
}

// Orders gives the orders and recommendations of the case, in order, where they
// were loaded or made.
func (c *Case) Orders() []*Order { return c.supervised.Orders }
