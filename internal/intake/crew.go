package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// crew is the unit that a replay's messages reach, the unit that handles them,
// and who works there. Who signs is found for each sign-off.
type crew struct {
	unit     grievance.UnitID
	clerk    grievance.UserID
	handling grievance.UnitID
	handler  grievance.UserID
}

// town is the small organisation that a replay makes in an empty database: three
// levels, so that every rung of a ladder finds its post.
var town = []struct {
	code, name string
	level      grievance.Level
	posts      []office.NewAppointment // of one user each, without unit and beginning
}{
	{"9909", "回放市", grievance.LevelCity, superiors},
	{"990901", "回放县", grievance.LevelCounty, superiors},
	{"990901001", "回放镇", grievance.LevelTownship, []office.NewAppointment{
		{Role: grievance.RoleClerk, OnDuty: true}, {Role: grievance.RoleHandler},
		{Role: grievance.RoleLeader, Head: true}, {Role: grievance.RoleSupervisor},
	}},
}

var superiors = []office.NewAppointment{{Role: grievance.RoleLeader, Head: true}, {Role: grievance.RoleSupervisor}}

var roleNames = map[grievance.Role]string{
	grievance.RoleClerk: "窗口", grievance.RoleHandler: "承办", grievance.RoleLeader: "领导", grievance.RoleSupervisor: "督查",
}

// foundTown makes the organisation, in office since the instant given, and gives
// the code of its township. Its users, replay_… by role and unit, have no
// password until somebody sets one.
func foundTown(ctx context.Context, o *office.Office, since time.Time) (code string, err error) {
	var parent grievance.UnitID
	for _, t := range town {
		u, err := o.CreateUnit(ctx, grievance.System, office.NewUnit{
			ParentID: parent, Code: t.code, Name: t.name, Level: t.level, Kind: "government", Organ: true,
		})
		if err != nil {
			return "", fmt.Errorf("making unit %s: %w", t.code, err)
		}
		for _, p := range t.posts {
			p.UnitID, p.From = u.ID, since
			user := office.NewUser{
				Username: fmt.Sprintf("replay_%s_%s", p.Role, t.level), Name: t.name + roleNames[p.Role],
				Posts: []office.NewAppointment{p},
			}
			if _, err := o.CreateUser(ctx, grievance.System, user); err != nil {
				return "", fmt.Errorf("making user %s: %w", user.Username, err)
			}
		}
		parent, code = u.ID, t.code
	}
	return code, nil
}

// findCrew finds who works at a unit at an instant: a clerk of the unit itself,
// and a handler there or below.
func findCrew(book *grievance.Book, code string, at time.Time) (crew, error) {
	unit := book.UnitByCode(code)
	if unit == nil {
		return crew{}, fmt.Errorf("no unit has the code %q: name one of the organisation with --unit", code)
	}
	c := crew{unit: unit.ID}
	if clerks := book.Holders(grievance.Post{UnitID: unit.ID, Role: grievance.RoleClerk}, at); len(clerks) > 0 {
		c.clerk = clerks[0]
	}
	for _, u := range book.Units() {
		handlers := book.Holders(grievance.Post{UnitID: u.ID, Role: grievance.RoleHandler}, at)
		if len(handlers) > 0 && u.Within(unit) && u.EndedAt == nil && (c.handler.IsZero() || u == unit) {
			c.handling, c.handler = u.ID, handlers[0]
		}
	}
	if c.clerk.IsZero() || c.handler.IsZero() {
		return crew{}, fmt.Errorf("unit %s has no clerk, or nobody there or below handles, on %s, when the first message arrives",
			code, at.In(calendar.Zone).Format(time.DateOnly))
	}
	return c, nil
}
