package grievance

import (
	"slices"
	"time"
)

// The events of supervision: reminders (催办), orders (督办) and recommendations
// (Art. 40) with their written answers, listing (挂牌), and reports of leaks and
// retaliation (Art. 46).
const (
	EvUrged              EventKind = "urged"
	EvOrdered            EventKind = "ordered"
	EvOrderAnswered      EventKind = "order_answered"
	EvOrderReturned      EventKind = "order_returned" // the answer does not do
	EvOrderAccepted      EventKind = "order_accepted"
	EvListed             EventKind = "listed"
	EvDelisted           EventKind = "delisted"
	EvMisconductReported EventKind = "misconduct_reported"
)

// OrderFact is what an event says of an order or a recommendation: to which unit
// it went.
type OrderFact struct {
	N    int       `json:"n"`
	Kind OrderKind `json:"kind"`
	Unit UnitID    `json:"unit"`
}

// Supervision is what a case's row holds of those who watch over it.
type Supervision struct {
	Sponsor         UserID `gorm:"column:sponsor_id"` // the leader in charge (包案), if there is one
	SponsorPost     Post   `gorm:"embedded;embeddedPrefix:sponsor_"`
	DutyCount       int
	OpenDuties      int
	OrderCount      int // recommendations among them
	OpenOrders      int // not accepted yet
	ReminderCount   int
	OpenReminders   int
	RecusalCount    int        // persons who are kept from it (回避)
	PendingRecusal  int        // number of the sign-off of a demand for recusal that is open, 0 for none
	ShieldCount     int        // units that it is about
	Shielded        bool       // kept from those whom it is about (Art. 30)
	ListedAt        *time.Time // nil while it is not listed (挂牌)
	ListedBy        UserID
	ListedUnit      UnitID `gorm:"column:listed_unit_id"`
	ListedFor       Reason
	PendingTakeDown int        // number of the sign-off of a take-down that is open, 0 for none
	TakenDownAt     *time.Time // off the echo wall since
}

// SupervisionRows are the rows of a case that supervision makes.
type SupervisionRows struct {
	Duties    []*Duty
	Orders    []*Order
	Reminders []*Reminder
	Recusals  []*Recusal
	Shields   []*Shield
}

func (r *SupervisionRows) add(more SupervisionRows) {
	r.Duties = append(r.Duties, more.Duties...)
	r.Orders = append(r.Orders, more.Orders...)
	r.Reminders = append(r.Reminders, more.Reminders...)
	r.Recusals = append(r.Recusals, more.Recusals...)
	r.Shields = append(r.Shields, more.Shields...)
}

// superior is a supervisor or a leader of a unit above the one that the case is
// with.
func superior(c *Case, m Moment) (Post, bool) {
	return strictlyAbove(m, c.actingUnit(), RoleSupervisor, RoleLeader)
}

// superiorInspector is an inspector of a unit above the one that the case is with.
func superiorInspector(c *Case, m Moment) (Post, bool) {
	return strictlyAbove(m, c.actingUnit(), RoleInspector)
}

// superiorSupervisor is a supervisor of a unit above the one that the case is with.
func superiorSupervisor(c *Case, m Moment) (Post, bool) {
	return strictlyAbove(m, c.actingUnit(), RoleSupervisor)
}

// strictlyAbove is above without the unit itself: nobody orders, or judges, their
// own unit.
func strictlyAbove(m Moment, unit UnitID, roles ...Role) (Post, bool) {
	line := m.Book.line(unit, m.Now)
	for _, u := range line[min(1, len(line)):] {
		if p, ok := m.By.PostAt(u.ID, roles...); ok {
			return p, true
		}
	}
	return Post{}, false
}

// stopClock stops one running clock, if it runs. What time alone has done up to
// now must have been recorded before.
func (c *Case) stopClock(m Moment, id ClockID, state ClockState) (stopped []ClockFact) {
	for _, k := range c.running() {
		if k.ID == id {
			stopped = append(stopped, c.stopOne(k, state, m.Now))
		}
	}
	return stopped
}

// started gives the clock that was started last, if any of these was.
func startedClock(facts []ClockFact) (id ClockID) {
	for _, k := range slices.Backward(facts) {
		return k.ID
	}
	return id
}
