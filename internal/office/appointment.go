package office

import (
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
)

// The refusals about appointments.
var (
	errRoleUnknown   = grievance.Refuse(grievance.Invalid, "appointment.role_unknown", "没有这种岗位角色")
	errHead          = grievance.Refuse(grievance.Invalid, "appointment.head", "只有领导岗位可以是主要负责人")
	errOnDuty        = grievance.Refuse(grievance.Invalid, "appointment.on_duty", "只有窗口人员可以值班")
	errPeriod        = grievance.Refuse(grievance.Invalid, "appointment.period", "任职的结束时间不能早于开始时间")
	errHeld          = grievance.Refuse(grievance.Conflict, "appointment.held", "该人员在此期间已任此岗位")
	errPetitioner    = grievance.Refuse(grievance.Conflict, "appointment.petitioner", "群众账号不能任职")
	errNoAppointment = grievance.Refuse(grievance.NotFound, "appointment.unknown", "没有这项任职")
	errEnded         = grievance.Refuse(grievance.Conflict, "appointment.ended", "该任职已结束，或已定在更早结束")
	errPastEnd       = grievance.InvalidField("/until", "appointment.past", "任职不能在过去的时间结束，请从现在或以后结束")
	errLastAdmin     = grievance.Refuse(grievance.Conflict, "appointment.last_admin", "须保留至少一名管理员")
)

// NewAppointment gives a user a post. No From means now; Until may be known
// beforehand. Both may lie in the past, because a record of an organisation
// begins in the middle of its life.
type NewAppointment struct {
	UnitID grievance.UnitID
	Role   grievance.Role
	Head   bool
	OnDuty bool
	From   time.Time
	Until  *time.Time
}

// Appoint gives a user a post (任职). It refuses an unknown user or unit, an
// ended unit, a role that nobody is appointed to, a head who is no leader, a
// duty clerk who is no clerk, a disabled user, an account of the public, and a
// post that the user holds already in that time.
func (o *Office) Appoint(ctx context.Context, by grievance.Actor, user grievance.UserID, in NewAppointment, keep ...Keep[grievance.Appointment]) (grievance.Appointment, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (a grievance.Appointment, err error) {
		u, err := c.user(user)
		if err != nil {
			return a, err
		}
		if a, err = c.makeAppointment(u, in); err != nil {
			return a, err
		}
		return a, c.add(a)
	})
}

// add stores an appointment that has been checked.
func (c *change) add(a grievance.Appointment) error {
	if err := c.tx.InsertAppointments([]grievance.Appointment{a}); err != nil {
		return err
	}
	return c.recordAppointment(a)
}

// makeAppointment checks an appointment and gives it its id, without storing it.
func (c *change) makeAppointment(u *grievance.User, in NewAppointment) (grievance.Appointment, error) {
	in = in.normal(c.now)
	if err := in.check(u); err != nil {
		return grievance.Appointment{}, err
	}
	if _, err := c.livingUnit(in.UnitID); err != nil {
		return grievance.Appointment{}, err
	}
	if slices.ContainsFunc(c.book.AppointmentsOf(u.ID), in.overlaps) {
		return grievance.Appointment{}, errHeld
	}
	id, err := newID[grievance.Appointment](c)
	if err != nil {
		return grievance.Appointment{}, err
	}
	return grievance.Appointment{
		ID: id, UserID: u.ID, UnitID: in.UnitID, Role: in.Role, Head: in.Head, OnDuty: in.OnDuty,
		From: in.From, Until: in.Until, CreatedAt: c.now,
	}, nil
}

func (in NewAppointment) normal(now time.Time) NewAppointment {
	if in.From.IsZero() {
		in.From = now
	}
	in.From = clock.Normal(in.From)
	if in.Until != nil {
		until := clock.Normal(*in.Until)
		in.Until = &until
	}
	return in
}

func (in NewAppointment) check(u *grievance.User) error {
	switch {
	case !slices.Contains(grievance.StaffRoles, in.Role):
		return errRoleUnknown
	case in.Head && in.Role != grievance.RoleLeader:
		return errHead
	case in.OnDuty && in.Role != grievance.RoleClerk:
		return errOnDuty
	case in.Until != nil && in.Until.Before(in.From):
		return errPeriod
	case u.Petitioner:
		return errPetitioner
	case u.DisabledAt != nil:
		return errDisabled
	}
	return nil
}

// overlaps reports whether a is to the same post and shares an instant with in.
// The head and the other leaders of a unit hold one post, but that one of them
// may be the head's deputy besides.
func (in NewAppointment) overlaps(a grievance.Appointment) bool {
	same := a.UnitID == in.UnitID && a.Role == in.Role && (!a.IsDeputy() || a.Head == in.Head)
	return same && heldWithin(a, in.From, in.Until)
}

// heldWithin reports whether an appointment is ever held between two instants,
// of which the second may be never. One that was ended as it began never is.
func heldWithin(a grievance.Appointment, from time.Time, until *time.Time) bool {
	if a.Until != nil && !a.From.Before(*a.Until) {
		return false
	}
	return (a.Until == nil || from.Before(*a.Until)) && (until == nil || a.From.Before(*until))
}

// EndAppointment lets an appointment last until an instant, now if it is zero;
// the open cases are handed on from then on, and nobody is its deputy any more.
// It refuses an instant before the
// appointment began (appointment.period), one that ends by then already
// (appointment.ended), and the last administrator (appointment.last_admin).
func (o *Office) EndAppointment(ctx context.Context, by grievance.Actor, id grievance.AppointmentID, until time.Time, keep ...Keep[grievance.Appointment]) (grievance.Appointment, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Appointment, error) {
		a, err := c.appointment(id)
		if err != nil {
			return a, err
		}
		return c.endAppointment(a, until)
	})
}

// skew is by how much the clock of who ends an appointment may be behind.
const skew = 5 * time.Minute

// endAppointment ends no appointment in the past: whoever held it has acted in
// it, and what is late since then would be somebody else's who never knew.
func (c *change) endAppointment(a grievance.Appointment, until time.Time) (grievance.Appointment, error) {
	at := clock.Normal(until)
	if until.IsZero() || at.Before(c.now) && c.now.Sub(at) <= skew {
		at = c.now
	}
	if err := c.checkEnd(a, at); err != nil {
		return a, err
	}
	if at.Before(c.now) {
		return a, errPastEnd
	}
	err := c.end([]grievance.Appointment{a}, at)
	a.Until = &at
	return a, err
}

// end lets appointments last no longer than until an instant, and none of them
// have a deputy after it: there is no deputy of nobody.
func (c *change) end(list []grievance.Appointment, at time.Time) error {
	var ids []grievance.AppointmentID
	var ending []grievance.Appointment
	add := func(a grievance.Appointment) {
		if outlasts(a, at) && !slices.Contains(ids, a.ID) {
			ids, ending = append(ids, a.ID), append(ending, a)
		}
	}
	for _, a := range list {
		add(a)
		for _, d := range c.book.Deputies(a) {
			add(d)
		}
	}
	if err := c.tx.EndAppointments(ids, at); err != nil {
		return err
	}
	return c.recordEnds(ending, at)
}

func outlasts(a grievance.Appointment, at time.Time) bool {
	return a.Until == nil || at.Before(*a.Until)
}

func (c *change) checkEnd(a grievance.Appointment, at time.Time) error {
	if at.Before(a.From) {
		return errPeriod
	}
	if a.Until != nil && (!at.Before(*a.Until) || !c.now.Before(*a.Until)) {
		return errEnded
	}
	return c.keepsAdmin(func(b grievance.Appointment) bool { return b.ID == a.ID }, at)
}

// appointment finds an appointment in a unit that the actor administers.
func (c *change) appointment(id grievance.AppointmentID) (grievance.Appointment, error) {
	a, found := c.book.Appointment(id)
	if !found {
		return a, errNoAppointment
	}
	_, err := c.unit(a.UnitID)
	return a, err
}

// keepsAdmin refuses to end at an instant the appointments that ends chooses if
// one of them is an administrator's and no other administrator has, by then, a
// post without an end.
func (c *change) keepsAdmin(ends func(grievance.Appointment) bool, at time.Time) error {
	lost := false
	for _, u := range c.book.Users() {
		for _, a := range c.book.AppointmentsOf(u.ID) {
			if a.Role != grievance.RoleAdmin || a.Until != nil || u.DisabledAt != nil {
				continue
			}
			if ends(a) {
				lost = true
			} else if !a.From.After(at) {
				return nil
			}
		}
	}
	if lost {
		return errLastAdmin
	}
	return nil
}
