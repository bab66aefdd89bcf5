package office_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestCreateUserKeepsHowTheyLogIn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		u, err := s.CreateUser(t.Context(), s.as(s.local), office.NewUser{
			Username: "clerk", Name: "许晚晴", PasswordHash: "hash", MustChangePassword: true,
			Posts: []office.NewAppointment{{UnitID: s.township.ID, Role: grievance.RoleClerk, OnDuty: true}},
		})
		must(t, err)
		must(t, s.store.Read(t.Context(), func(snap *store.Snapshot) error {
			got, account, err := snap.AccountOf("clerk")
			if got.ID != u.ID || got.Name != "许晚晴" || account != (store.Account{PasswordHash: "hash", MustChangePassword: true}) {
				t.Errorf("stored %+v, %+v", got, account)
			}
			return err
		}))
		if user, post, ok := s.newest().DutyPerson(s.township.ID, s.clock.Now()); !ok || user != u.ID || post.Role != grievance.RoleClerk {
			t.Errorf("on duty: %v as %v, %v", user, post, ok)
		}
	})
}

func TestCreateUserRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleAdmin}
		for name, c := range map[string]struct {
			by   grievance.Actor
			in   office.NewUser
			code string
		}{
			"taken":               {grievance.System, office.NewUser{Username: "top", Name: "某"}, "user.username_taken"},
			"phone number":        {grievance.System, office.NewUser{Username: "13800000000", Name: "某"}, "user.username_format"},
			"capitals":            {grievance.System, office.NewUser{Username: "Top", Name: "某"}, "user.username_format"},
			"nameless staff":      {grievance.System, office.NewUser{Username: "new"}, "name.length"},
			"petitioner's name":   {grievance.System, office.NewUser{Username: "new", Name: "某", Petitioner: true}, "user.name_personal"},
			"petitioner's post":   {grievance.System, office.NewUser{Username: "new", Petitioner: true, Posts: []office.NewAppointment{admin}}, "appointment.petitioner"},
			"nobody asks":         {grievance.Actor{}, office.NewUser{Username: "new", Name: "某"}, "office.forbidden"},
			"post above":          {s.as(s.local), office.NewUser{Username: "new", Name: "某", Posts: []office.NewAppointment{admin}}, "office.forbidden"},
			"the same post twice": {grievance.System, office.NewUser{Username: "new", Name: "某", Posts: []office.NewAppointment{admin, admin}}, "appointment.held"},
		} {
			_, err := s.CreateUser(t.Context(), c.by, c.in)
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
		_, err := s.CreateUser(t.Context(), grievance.System, office.NewUser{Username: "public", Petitioner: true})
		must(t, err)
	})
}

func TestAppointRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		now := s.clock.Now()
		early, late := now.Add(-time.Hour), now.Add(time.Hour)
		held := office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler, From: now, Until: &late}
		u := s.user("someone", held)
		gone := s.user("gone")
		_, err := s.DisableUser(t.Context(), grievance.System, gone.ID)
		must(t, err)
		for name, c := range map[string]struct {
			user grievance.UserID
			in   office.NewAppointment
			code string
		}{
			"unknown role":   {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: "king"}, "appointment.role_unknown"},
			"the engine's":   {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleSystem}, "appointment.role_unknown"},
			"unled head":     {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk, Head: true}, "appointment.head"},
			"leader on duty": {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleLeader, OnDuty: true}, "appointment.on_duty"},
			"backwards":      {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk, From: now, Until: &early}, "appointment.period"},
			"held already":   {u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler, From: early}, "appointment.held"},
			"unknown unit":   {u.ID, office.NewAppointment{UnitID: grievance.UnitID{1}, Role: grievance.RoleClerk}, "unit.unknown"},
			"unknown user":   {grievance.UserID{1}, held, "user.unknown"},
			"disabled user":  {gone.ID, held, "user.disabled"},
		} {
			_, err := s.Appoint(t.Context(), s.as(s.top), c.user, c.in)
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
		_, err = s.Appoint(t.Context(), s.as(s.top), u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler, From: late})
		must(t, err) // the next term begins as the last ends
	})
}

func TestEndAppointmentIsDated(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		u := s.user("handler")
		a, err := s.Appoint(t.Context(), s.as(s.local), u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler})
		must(t, err)
		_, err = s.EndAppointment(t.Context(), s.as(s.local), a.ID, a.From.Add(-time.Hour))
		refused(t, err, "appointment.period")
		s.clock.Advance(time.Hour)
		_, err = s.EndAppointment(t.Context(), s.as(s.local), a.ID, s.clock.Now().Add(-10*time.Minute))
		refused(t, err, "request.invalid")
		next, err := s.Appoint(t.Context(), s.as(s.local), u.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk, From: s.clock.Now().AddDate(0, 1, 0)})
		must(t, err)
		_, err = s.EndAppointment(t.Context(), s.as(s.local), next.ID, next.From.Add(-time.Microsecond))
		refused(t, err, "appointment.period")
		_, err = s.EndAppointment(t.Context(), s.as(s.local), next.ID, next.From)
		must(t, err)
		end := s.clock.Now().Add(time.Hour)
		_, err = s.EndAppointment(t.Context(), s.as(s.local), a.ID, end)
		must(t, err)
		_, err = s.EndAppointment(t.Context(), s.as(s.local), a.ID, end.Add(time.Hour))
		refused(t, err, "appointment.ended")
		s.toHandOn(0, "before its end")
		if len(s.as(u).Posts) != 1 {
			t.Error("the post was lost before its end")
		}
		s.clock.Set(end)
		if len(s.as(u).Posts) != 0 {
			t.Error("the post outlasted its end")
		}
		s.toHandOn(1, "at its end")
		must(t, s.store.Write(t.Context(), func(tx *store.Tx) error { return tx.MarkHandedOn(a.ID, s.clock.Now()) }))
		s.toHandOn(0, "after it was handed on")
		_, err = s.EndAppointment(t.Context(), s.as(s.local), a.ID, a.From)
		refused(t, err, "appointment.ended")
	})
}

// appointmentsToHandOn gives what the engine finds to hand on at an instant.
func (s *town) appointmentsToHandOn(now time.Time, limit int) (due []grievance.Appointment) {
	s.t.Helper()
	must(s.t, s.store.Read(s.t.Context(), func(sn *store.Snapshot) (err error) {
		due, err = sn.AppointmentsToHandOn(now, limit)
		return err
	}))
	return due
}

func (s *town) toHandOn(want int, when string) {
	s.t.Helper()
	due := s.appointmentsToHandOn(s.clock.Now(), 10)
	if len(due) != want {
		s.t.Errorf("%s %d appointments wait to be handed on, want %d", when, len(due), want)
	}
}

func TestAppointmentsToHandOnComeEarliestFirst(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		now := s.clock.Now()
		for i, name := range []string{"third", "first", "second"} {
			until := now.Add(-time.Duration(i%2+1) * time.Hour)
			s.user(name, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleCourier, From: now.AddDate(0, 0, -1), Until: &until})
		}
		due := s.appointmentsToHandOn(now, 2)
		if len(due) != 2 || !due[0].Until.Before(*due[1].Until) {
			t.Errorf("%d due, in the wrong order", len(due))
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		top := s.newest().AppointmentsOf(s.top.ID)[0]
		_, err := s.EndAppointment(t.Context(), s.as(s.top), top.ID, time.Time{})
		must(t, err) // the township's is left
		local := s.newest().AppointmentsOf(s.local.ID)[0]
		_, err = s.EndAppointment(t.Context(), s.as(s.local), local.ID, s.clock.Now().AddDate(1, 0, 0))
		refused(t, err, "appointment.last_admin")
		_, err = s.DisableUser(t.Context(), s.as(s.local), s.local.ID)
		refused(t, err, "appointment.last_admin")
		_, err = s.MergeUnit(t.Context(), grievance.System, s.township.ID, s.county.ID)
		refused(t, err, "appointment.last_admin")
		_, err = s.DisableUser(t.Context(), grievance.System, s.top.ID)
		must(t, err) // an administrator no more
	})
}

func TestDisableUserEndsEveryAppointment(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		later := s.clock.Now().AddDate(0, 1, 0)
		u := s.user("someone",
			office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler},
			office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleClerk, From: later})
		_, err := s.DisableUser(t.Context(), s.as(s.local), u.ID)
		refused(t, err, "office.forbidden") // a post in the county is not theirs to end
		_, err = s.DisableUser(t.Context(), s.as(s.top), u.ID)
		must(t, err)
		b := s.newest()
		if b.CanAct(u.ID, s.clock.Now()) {
			t.Error("the disabled user can act")
		}
		for _, a := range b.AppointmentsOf(u.ID) {
			if a.Until == nil || a.HeldAt(later) || a.Until.Before(a.From) {
				t.Errorf("left with %+v", a)
			}
		}
		_, err = s.DisableUser(t.Context(), s.as(s.top), u.ID)
		refused(t, err, "user.disabled")
	})
}
