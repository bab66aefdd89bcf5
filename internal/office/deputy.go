package office

import (
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
)

// longestDeputy is how long one deputyship lasts at most: who is away longer
// needs a successor, whom an administrator appoints.
const longestDeputy = 180 * 24 * time.Hour

// The refusals about deputies.
var (
	errDeputyUnknown  = grievance.Refuse(grievance.NotFound, "deputy.unknown", "没有这项代理")
	errDeputyNotYours = grievance.Refuse(grievance.Forbidden, "deputy.forbidden", "只有任职者本人或其单位的管理员可以指定或结束代理")
	errDeputyRole     = grievance.Refuse(grievance.Conflict, "deputy.role", "只有领导和督查岗位可以指定代理人")
	errDeputysDeputy  = grievance.Refuse(grievance.Conflict, "deputy.of_deputy", "代理人不能再指定代理人")
	errDeputySelf     = grievance.InvalidField("/user_id", "deputy.self", "不能指定任职者本人为代理人")
	errDeputyNoStaff  = grievance.Refuse(grievance.Conflict, "deputy.not_staff", "代理人须是现任工作人员")
	errDeputyHolds    = grievance.Refuse(grievance.Conflict, "deputy.holds", "该人员在此期间已任此岗位")
	errDeputyOverlap  = grievance.Refuse(grievance.Conflict, "deputy.overlap", "该任职在此期间已有代理人")
	errDeputyUntil    = grievance.InvalidField("/until", "deputy.until", "代理须有结束时间")
	errDeputyPeriod   = grievance.InvalidField("/until", "deputy.period", "代理的结束时间须晚于开始时间")
	errDeputyPast     = grievance.InvalidField("/from", "deputy.past", "代理不能从过去的时间开始")
	errDeputyLong     = grievance.InvalidField("/until", "deputy.too_long", "一次代理不得超过 180 天")
	errDeputyTerm     = grievance.Refuse(grievance.Conflict, "deputy.term", "代理期间不得超出被代理的任职期间")
)

// NewDeputy lets a user stand in for the holder of an appointment. No From means
// now.
type NewDeputy struct {
	DeputyFor grievance.AppointmentID
	UserID    grievance.UserID
	From      time.Time
	Until     time.Time
}

// NameDeputy gives a leader or a supervisor a deputy (AB 角) for a period: an
// appointment to the same post that rests on theirs. They name one themselves,
// or an administrator of the unit does.
//
// It refuses (deputy.*) a period without an end, one that ends no later than it
// begins, that begins in the past or that is longer than 180 days, and the holder,
// each at its place in the request; a period that reaches out of the appointment
// deputised for; a second deputy in that time; somebody who has the post already,
// and who holds no post of their own now; and a deputy of a deputy. An appointment that has ended has none
// (appointment.ended), and who is disabled is none (user.disabled).
func (o *Office) NameDeputy(ctx context.Context, by grievance.Actor, in NewDeputy, keep ...Keep[grievance.Appointment]) (grievance.Appointment, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Appointment, error) {
		a, err := c.makeDeputy(in)
		if err != nil {
			return a, err
		}
		return a, c.add(a)
	})
}

// EndDeputy lets a deputyship last until an instant, now if it is zero. Who may
// name a deputy may end it. It refuses what is no deputyship (deputy.unknown),
// and what EndAppointment refuses.
func (o *Office) EndDeputy(ctx context.Context, by grievance.Actor, id grievance.AppointmentID, until time.Time, keep ...Keep[grievance.Appointment]) (grievance.Appointment, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Appointment, error) {
		a, _ := c.book.Appointment(id)
		if !a.IsDeputy() {
			return a, errDeputyUnknown
		}
		of, _ := c.book.Appointment(a.DeputyFor)
		if err := c.deputises(of); err != nil {
			return a, err
		}
		return c.endAppointment(a, until)
	})
}

// deputises refuses an actor who neither holds the appointment now nor
// administers its unit.
func (c *change) deputises(of grievance.Appointment) error {
	if !c.by.UserID.IsZero() && of.UserID == c.by.UserID && of.HeldAt(c.now) {
		c.log.ActAs(of.Post())
		return nil
	}
	if c.administers(c.book.Unit(of.UnitID)) != nil {
		return errDeputyNotYours
	}
	return nil
}

// makeDeputy checks a deputyship and gives it its id, without storing it.
func (c *change) makeDeputy(in NewDeputy) (a grievance.Appointment, err error) {
	of, found := c.book.Appointment(in.DeputyFor)
	if !found {
		return a, errNoAppointment
	}
	if err := c.deputises(of); err != nil {
		return a, err
	}
	in.From, in.Until = clock.Normal(in.From), clock.Normal(in.Until)
	if in.From.IsZero() {
		in.From = c.now
	}
	if err := in.checkPeriod(c.now, of); err != nil {
		return a, err
	}
	if err := c.checkDeputy(in, of); err != nil {
		return a, err
	}
	id, err := newID[grievance.Appointment](c)
	return grievance.Appointment{
		ID: id, UserID: in.UserID, UnitID: of.UnitID, Role: of.Role, Head: of.Head,
		From: in.From, Until: &in.Until, DeputyFor: of.ID, CreatedAt: c.now,
	}, err
}

func (in NewDeputy) checkPeriod(now time.Time, of grievance.Appointment) error {
	switch {
	case of.IsDeputy():
		return errDeputysDeputy
	case !slices.Contains(grievance.DeputyRoles, of.Role):
		return errDeputyRole
	case !outlasts(of, now):
		return errEnded
	case in.Until.IsZero():
		return errDeputyUntil
	case !in.From.Before(in.Until):
		return errDeputyPeriod
	case in.From.Before(now):
		return errDeputyPast
	case in.Until.Sub(in.From) > longestDeputy:
		return errDeputyLong
	case in.From.Before(of.From), outlastedBy(of, in.Until):
		return errDeputyTerm
	}
	return nil
}

func outlastedBy(a grievance.Appointment, at time.Time) bool {
	return a.Until != nil && at.After(*a.Until)
}

func (c *change) checkDeputy(in NewDeputy, of grievance.Appointment) error {
	u := c.book.User(in.UserID)
	within := func(a grievance.Appointment) bool { return heldWithin(a, in.From, &in.Until) }
	holds := func(a grievance.Appointment) bool { return a.Post().Covers(of.Post()) && within(a) }
	employed := func(a grievance.Appointment) bool { return a.HeldAt(c.now) && !a.IsDeputy() }
	switch {
	case u == nil:
		return errUserUnknown
	case u.ID == of.UserID:
		return errDeputySelf
	case u.DisabledAt != nil:
		return errDisabled
	case !slices.ContainsFunc(c.book.AppointmentsOf(u.ID), employed):
		return errDeputyNoStaff
	case slices.ContainsFunc(c.book.AppointmentsOf(u.ID), holds):
		return errDeputyHolds
	case slices.ContainsFunc(c.book.Deputies(of), within):
		return errDeputyOverlap
	}
	return nil
}
