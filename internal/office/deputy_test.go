package office_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

const day = 24 * time.Hour

// seat is a township with a head, another leader and a clerk, one of whom may
// stand in for the head.
type seat struct {
	*town
	head, vice, clerk grievance.User
	post              grievance.Post
	of                grievance.Appointment // the head's
}

func newSeat(t *testing.T, dialect string) *seat {
	t.Helper()
	s := &seat{town: newTown(t, dialect)}
	s.post = grievance.Post{UnitID: s.township.ID, Role: grievance.RoleLeader, Head: true}
	s.head = s.user("head", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleLeader, Head: true})
	s.vice = s.user("vice", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleLeader})
	s.clerk = s.user("clerk", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk})
	s.of = s.newest().AppointmentsOf(s.head.ID)[0]
	return s
}

func (s *seat) in(begins, ends time.Duration) office.NewDeputy {
	now := s.clock.Now()
	return office.NewDeputy{DeputyFor: s.of.ID, UserID: s.vice.ID, From: now.Add(begins), Until: now.Add(ends)}
}

func (s *seat) named(in office.NewDeputy) grievance.Appointment {
	s.t.Helper()
	a, err := s.NameDeputy(s.t.Context(), s.as(s.head), in)
	must(s.t, err)
	return a
}

// holders tells who sits in the head's seat at an instant.
func (s *seat) holders(at time.Time) (names []string) {
	s.t.Helper()
	b := s.newest()
	for _, id := range b.Holders(s.post, at) {
		names = append(names, b.User(id).Username)
	}
	slices.Sort(names)
	return names
}

func (s *seat) wantHolders(at time.Time, want ...string) {
	s.t.Helper()
	if got := s.holders(at); !slices.Equal(got, want) {
		s.t.Errorf("at %v %v hold the seat, want %v", at, got, want)
	}
}

func TestADeputyHoldsTheSeatForThePeriod(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		a := s.named(s.in(day, 3*day))
		for _, c := range []struct {
			at   time.Time
			want []string
		}{
			{a.From.Add(-time.Microsecond), []string{"head"}}, {a.From, []string{"head", "vice"}},
			{a.Until.Add(-time.Microsecond), []string{"head", "vice"}}, {*a.Until, []string{"head"}},
		} {
			s.wantHolders(c.at, c.want...)
		}
		b := s.newest()
		if leader, ok := b.DeputyFor(s.vice.ID, s.post, a.From); !ok || leader != s.head.ID {
			t.Errorf("the vice stands in for %v, %v", leader, ok)
		}
		for name, other := range map[string]struct {
			user grievance.UserID
			post grievance.Post
			at   time.Time
		}{
			"the head":                {s.head.ID, s.post, a.From},
			"in the vice's own post":  {s.vice.ID, grievance.Post{UnitID: s.township.ID, Role: grievance.RoleLeader}, a.From},
			"when the period is over": {s.vice.ID, s.post, *a.Until},
		} {
			if leader, ok := b.DeputyFor(other.user, other.post, other.at); ok {
				t.Errorf("%s stands in for %v", name, leader)
			}
		}
	})
}

// placed gives the code of a refusal; of one of the request's fields, its place
// and what is wrong there.
func placed(err error) string {
	refusal, ok := errors.AsType[*grievance.Error](err)
	if !ok || len(refusal.Fields) != 1 {
		return grievance.CodeOf(err)
	}
	return refusal.Fields[0].Pointer + " " + refusal.Fields[0].Code
}

func TestNameDeputyRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		end := s.clock.Now().AddDate(1, 0, 0)
		_, err := s.EndAppointment(t.Context(), s.as(s.local), s.of.ID, end)
		must(t, err)
		now, end0 := s.clock.Now(), s.in(0, 0)
		end0.Until = time.Time{}
		gone, idle := s.user("gone"), s.user("idle")
		public, err := s.CreateUser(t.Context(), grievance.System, office.NewUser{Username: "public", Petitioner: true})
		must(t, err)
		_, err = s.DisableUser(t.Context(), grievance.System, gone.ID)
		must(t, err)
		first := s.named(s.in(10*day, 20*day))
		past, err := s.Appoint(t.Context(), grievance.System, s.clerk.ID, office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleLeader, From: now.Add(-day), Until: &now})
		must(t, err)
		with := func(in office.NewDeputy, user grievance.User) office.NewDeputy {
			in.UserID = user.ID
			return in
		}
		of := func(id grievance.AppointmentID) office.NewDeputy {
			in := s.in(0, day)
			in.DeputyFor = id
			return in
		}
		head, top := s.as(s.head), s.as(s.top)
		for name, c := range map[string]struct {
			by   grievance.Actor
			in   office.NewDeputy
			code string
		}{
			"nobody asks":               {grievance.Actor{}, s.in(0, day), "deputy.forbidden"},
			"another leader":            {s.as(s.vice), s.in(0, day), "deputy.forbidden"},
			"unknown appointment":       {top, of(grievance.AppointmentID{1}), "appointment.unknown"},
			"an appointment that ended": {top, of(past.ID), "appointment.ended"},
			"a clerk's":                 {top, of(s.newest().AppointmentsOf(s.clerk.ID)[1].ID), "deputy.role"},
			"a deputy's":                {top, of(first.ID), "deputy.of_deputy"},
			"the head":                  {head, with(s.in(0, day), s.head), "/user_id deputy.self"},
			"unknown user":              {head, with(s.in(0, day), grievance.User{ID: grievance.UserID{1}}), "user.unknown"},
			"disabled user":             {head, with(s.in(0, day), gone), "user.disabled"},
			"an account of the public":  {head, with(s.in(0, day), public), "deputy.not_staff"},
			"staff without a post":      {head, with(s.in(0, day), idle), "deputy.not_staff"},
			"no end":                    {head, end0, "/until deputy.until"},
			"ends as it begins":         {head, s.in(day, day), "/until deputy.period"},
			"ends before it begins":     {head, s.in(2*day, day), "/until deputy.period"},
			"begins in the past":        {head, s.in(-time.Microsecond, day), "/from deputy.past"},
			"too long":                  {head, s.in(0, 180*day+time.Microsecond), "/until deputy.too_long"},
			"outlasts the appointment":  {head, s.in(300*day, 400*day), "deputy.term"},
			"has a deputy in that time": {head, with(s.in(19*day, 21*day), s.clerk), "deputy.overlap"},
			"who is it in that time":    {head, s.in(19*day, 21*day), "deputy.holds"},
		} {
			_, err := s.NameDeputy(t.Context(), c.by, c.in)
			if got := placed(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
		s.named(s.in(20*day, 200*day)) // the next begins as the last ends, and lasts the longest
		s.named(with(s.in(0, 10*day), s.clerk))
		s.named(with(s.in(364*day, 365*day), s.clerk)) // as long as the appointment itself
	})
}

// Who holds the post already, or more than it, stands in for nobody there.
func TestAHeadIsNoDeputyOfAnotherLeader(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		in := s.in(0, day)
		in.DeputyFor, in.UserID = s.newest().AppointmentsOf(s.vice.ID)[0].ID, s.head.ID
		_, err := s.NameDeputy(t.Context(), s.as(s.vice), in)
		refused(t, err, "deputy.holds")
	})
}

func TestEndDeputy(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		a := s.named(s.in(0, 10*day))
		later := s.clock.Now().Add(day)
		for name, c := range map[string]struct {
			by   grievance.Actor
			id   grievance.AppointmentID
			at   time.Time
			code string
		}{
			"the deputy":      {s.as(s.vice), a.ID, later, "deputy.forbidden"},
			"a clerk":         {s.as(s.clerk), a.ID, later, "deputy.forbidden"},
			"not a deputy's":  {s.as(s.head), s.of.ID, later, "deputy.unknown"},
			"nothing":         {s.as(s.head), grievance.AppointmentID{1}, later, "deputy.unknown"},
			"lengthened":      {s.as(s.head), a.ID, s.clock.Now().Add(11 * day), "appointment.ended"},
			"before it began": {s.as(s.head), a.ID, a.From.Add(-time.Hour), "appointment.period"},
		} {
			if _, err := s.EndDeputy(t.Context(), c.by, c.id, c.at); grievance.CodeOf(err) != c.code {
				t.Errorf("%s: got %v, want %q", name, err, c.code)
			}
		}
		ended, err := s.EndDeputy(t.Context(), s.as(s.head), a.ID, later)
		must(t, err)
		if !ended.Until.Equal(later) {
			t.Errorf("ends at %v, want %v", ended.Until, later)
		}
		s.wantHolders(later.Add(-time.Microsecond), "head", "vice")
		s.wantHolders(later, "head")
		_, err = s.EndDeputy(t.Context(), s.as(s.local), a.ID, time.Time{})
		must(t, err) // an administrator of the unit, at once
		s.wantHolders(s.clock.Now(), "head")
	})
}

// What is taken back before it begins keeps nobody from the same seat.
func TestADeputyshipThatNeverBegan(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		a := s.named(s.in(day, 10*day))
		_, err := s.EndDeputy(t.Context(), s.as(s.head), a.ID, a.From)
		must(t, err)
		s.named(s.in(0, 20*day))
		s.wantHolders(a.From, "head", "vice")
	})
}

// There is no deputy of nobody: a deputyship ends with what it rests on, and
// with the deputy.
func TestADeputyshipEndsWithEither(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ends func(*seat) error
		left []string
	}{
		"the holder's appointment ends": {func(s *seat) error {
			_, err := s.EndAppointment(s.t.Context(), s.as(s.local), s.of.ID, s.clock.Now().Add(2*day))
			return err
		}, nil},
		"the holder is disabled": {func(s *seat) error {
			s.clock.Advance(2 * day)
			_, err := s.DisableUser(s.t.Context(), s.as(s.top), s.head.ID)
			return err
		}, nil},
		"the unit is merged": {func(s *seat) error {
			s.clock.Advance(2 * day)
			_, err := s.MergeUnit(s.t.Context(), s.as(s.top), s.township.ID, s.county.ID)
			return err
		}, nil},
		"the deputy is disabled": {func(s *seat) error {
			s.clock.Advance(2 * day)
			_, err := s.DisableUser(s.t.Context(), s.as(s.top), s.vice.ID)
			return err
		}, []string{"head"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				s := newSeat(t, dialect)
				begun, planned := s.named(s.in(day, 3*day)), s.named(s.in(5*day, 7*day))
				end := s.clock.Now().Add(2 * day)
				must(t, c.ends(s))
				s.wantHolders(end, c.left...)
				s.wantHolders(planned.From, c.left...)
				if name != "the deputy is disabled" {
					s.wantHolders(end.Add(-time.Microsecond), "head", "vice")
				}
				for _, e := range s.ends(begun.ID, planned.ID) {
					if want := map[grievance.AppointmentID]time.Time{begun.ID: end, planned.ID: planned.From}[e.Appointment]; !e.Until.Equal(want) || e.DeputyFor != s.of.ID {
						t.Errorf("recorded as ended at %v, want %v: %+v", e.Until, want, e)
					}
				}
			})
		})
	}
}

// ends gives what the record says of the ends of appointments, one each.
func (s *seat) ends(ids ...grievance.AppointmentID) (ends []office.Facts) {
	s.t.Helper()
	for _, e := range s.record() {
		if f := s.facts(e); e.Kind == office.EvAppointmentEnded && slices.Contains(ids, f.Appointment) {
			ends = append(ends, f)
		}
	}
	if len(ends) != len(ids) {
		s.t.Errorf("%d ends are recorded, want %d", len(ends), len(ids))
	}
	return ends
}

// A deputyship is no post of one's own: it neither keeps the last administrator
// nor keeps anybody from being appointed.
func TestADeputyMayBeAppointed(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		in := s.in(0, 10*day)
		in.UserID = s.clerk.ID
		s.named(in)
		_, err := s.Appoint(t.Context(), s.as(s.local), s.clerk.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleLeader})
		must(t, err)
		_, err = s.Appoint(t.Context(), s.as(s.local), s.clerk.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleLeader, Head: true})
		refused(t, err, "appointment.held")
	})
}

// A supervisor has deputies as a leader has; the record tells in which post
// somebody was named.
func TestTheRecordTellsWhoNamedADeputy(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newSeat(t, dialect)
		overseer := s.user("overseer", office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleSupervisor})
		in := s.in(0, day)
		in.DeputyFor = s.newest().AppointmentsOf(overseer.ID)[0].ID
		a, err := s.NameDeputy(t.Context(), s.as(overseer), in)
		must(t, err)
		_, err = s.EndDeputy(t.Context(), s.as(s.top), a.ID, time.Time{})
		must(t, err)
		var posts []grievance.Post
		for _, e := range s.record() {
			if s.facts(e).Appointment == a.ID {
				posts = append(posts, e.Post)
			}
		}
		want := []grievance.Post{{UnitID: s.county.ID, Role: grievance.RoleSupervisor}, {UnitID: s.county.ID, Role: grievance.RoleAdmin}}
		if !slices.Equal(posts, want) {
			t.Errorf("named and ended by %v, want %v", posts, want)
		}
	})
}
