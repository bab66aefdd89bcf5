package office

import (
	"context"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The refusals about users.
var (
	errUserUnknown   = grievance.Refuse(grievance.NotFound, "user.unknown", "没有这个用户")
	errUsername      = grievance.Refuse(grievance.Invalid, "user.username_format", "用户名须以小写字母开头，由 2 至 32 个小写字母、数字、点、横线或下划线组成")
	errUsernameTaken = grievance.Refuse(grievance.Conflict, "user.username_taken", "用户名已被使用")
	errDisabled      = grievance.Refuse(grievance.Conflict, "user.disabled", "该用户已停用")
	errNamePersonal  = grievance.Refuse(grievance.Invalid, "user.name_personal", "群众账号不登记姓名，姓名属于个人信息，只随诉求加密保存")
)

// NewUser is a user to be made. PasswordHash is made by package auth; an empty
// one lets nobody in. A petitioner's account has no name and no posts: the name
// is personal data, which stands sealed among the parties of a case.
type NewUser struct {
	Username           string
	Name               string
	PasswordHash       string
	MustChangePassword bool
	Petitioner         bool
	Posts              []NewAppointment
}

// CreateUser adds a user with the first appointments, if any. It refuses a
// username that is malformed or taken, and what Appoint refuses.
func (o *Office) CreateUser(ctx context.Context, by grievance.Actor, in NewUser, keep ...Keep[grievance.User]) (grievance.User, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.User, error) {
		u, err := c.makeUser(in)
		if err != nil {
			return u, err
		}
		account := store.Account{PasswordHash: in.PasswordHash, MustChangePassword: in.MustChangePassword}
		if err := c.tx.InsertUser(u, account); err != nil {
			return u, err
		}
		if err := c.recordUser(u, in.MustChangePassword); err != nil {
			return u, err
		}
		return u, c.firstPosts(&u, in.Posts)
	})
}

func (c *change) makeUser(in NewUser) (grievance.User, error) {
	if err := in.check(); err != nil {
		return grievance.User{}, err
	}
	if err := c.administersAny(); err != nil {
		return grievance.User{}, err
	}
	if c.book.UserByName(in.Username) != nil {
		return grievance.User{}, errUsernameTaken
	}
	id, err := newID[grievance.User](c)
	return grievance.User{
		ID: id, Username: in.Username, Name: in.Name, Petitioner: in.Petitioner, CreatedAt: c.now,
	}, err
}

func (in NewUser) check() error {
	switch {
	case !username.MatchString(in.Username):
		return errUsername
	case in.Petitioner && in.Name != "":
		return errNamePersonal
	case in.Petitioner:
		return nil
	}
	return checkName(in.Name)
}

func (c *change) firstPosts(u *grievance.User, posts []NewAppointment) error {
	var list []grievance.Appointment
	for i, p := range posts {
		a, err := c.makeAppointment(u, p)
		if err != nil {
			return err
		}
		for _, earlier := range posts[:i] {
			if earlier.normal(c.now).overlaps(a) {
				return errHeld
			}
		}
		if err := c.recordAppointment(a); err != nil {
			return err
		}
		list = append(list, a)
	}
	return c.tx.InsertAppointments(list)
}

func (c *change) administersAny() error {
	if c.by.IsSystem() || c.by.Has(grievance.RoleAdmin) {
		return nil
	}
	return errNotYours
}

// DisableUser lets a user act no more and ends all their appointments now, with
// their deputies', so that their open cases are handed on. The actor must
// administer every unit in which the user still has a post. It refuses one who is disabled already
// (user.disabled) and the last administrator (appointment.last_admin).
func (o *Office) DisableUser(ctx context.Context, by grievance.Actor, id grievance.UserID, keep ...Keep[grievance.User]) (grievance.User, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.User, error) {
		old, err := c.dismissible(id)
		if err != nil {
			return grievance.User{}, err
		}
		u := *old
		u.DisabledAt = &c.now
		return u, c.disable(id)
	})
}

func (c *change) disable(id grievance.UserID) error {
	if err := c.tx.DisableUser(id, c.now); err != nil {
		return err
	}
	if err := c.record(changes.User(id), EvUserDisabled, c.now, Facts{}); err != nil {
		return err
	}
	return c.end(c.book.AppointmentsOf(id), c.now)
}

func (c *change) dismissible(id grievance.UserID) (*grievance.User, error) {
	u, err := c.administered(id)
	if err != nil {
		return nil, err
	}
	if u.DisabledAt != nil {
		return nil, errDisabled
	}
	return u, c.keepsAdmin(func(a grievance.Appointment) bool { return a.UserID == id }, c.now)
}

// administered finds a user all of whose posts are in units that the actor
// administers.
func (c *change) administered(id grievance.UserID) (*grievance.User, error) {
	u, err := c.user(id)
	if err != nil {
		return nil, err
	}
	for _, a := range c.book.AppointmentsOf(id) {
		if a.Until != nil && !c.now.Before(*a.Until) {
			continue
		}
		if _, err := c.unit(a.UnitID); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// user finds a user, for an actor who is an administrator somewhere.
func (c *change) user(id grievance.UserID) (*grievance.User, error) {
	if err := c.administersAny(); err != nil {
		return nil, err
	}
	u := c.book.User(id)
	if u == nil {
		return nil, errUserUnknown
	}
	return u, nil
}
