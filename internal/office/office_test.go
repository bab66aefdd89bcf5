package office_test

import (
	"context"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// town is an organisation of a county and a township in a database of its own,
// with an administrator of each.
type town struct {
	*office.Office
	t        *testing.T
	store    *store.Store
	clock    *clock.Fake
	url      string
	county   grievance.Unit
	township grievance.Unit
	top      grievance.User // administers the county
	local    grievance.User // administers the township
	keys     int            // wished for so far
}

func newTown(t *testing.T, dialect string) *town {
	t.Helper()
	s := &town{t: t, url: storetest.URL(t, dialect), clock: clock.NewFake(storetest.Start)}
	s.store = storetest.OpenURL(t, s.url, storetest.WithClock(s.clock))
	s.Office = office.New(s.store, s.clock)
	must(t, s.Seed(t.Context()))
	s.county = s.unit("430102", "县", grievance.LevelCounty, grievance.UnitID{})
	s.township = s.unit("430102003", "镇", grievance.LevelTownship, s.county.ID)
	s.top = s.user("top", office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleAdmin})
	s.local = s.user("local", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleAdmin})
	return s
}

func (s *town) unit(code, name string, level grievance.Level, parent grievance.UnitID) grievance.Unit {
	s.t.Helper()
	in := office.NewUnit{ParentID: parent, Code: code, Name: name, Level: level, Kind: "government", Organ: true}
	u, err := s.CreateUnit(s.t.Context(), grievance.System, in)
	must(s.t, err)
	return u
}

func (s *town) user(name string, posts ...office.NewAppointment) grievance.User {
	s.t.Helper()
	u, err := s.CreateUser(s.t.Context(), grievance.System, office.NewUser{Username: name, Name: "某人", Posts: posts})
	must(s.t, err)
	return u
}

// newest gives the Book as this replica has it.
func (s *town) newest() *grievance.Book {
	s.t.Helper()
	b, err := s.Book(s.t.Context())
	must(s.t, err)
	return b
}

// as gives the user as an actor of now.
func (s *town) as(u grievance.User) grievance.Actor {
	s.t.Helper()
	return s.newest().Actor(u.ID, s.clock.Now())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if got := grievance.CodeOf(err); got != code {
		t.Errorf("got %q (%v), want %q", got, err, code)
	}
}

func TestSeedLoadsTheEmbeddedOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		before := s.newest()
		must(t, s.Seed(t.Context()))
		b := s.newest()
		if b.Version != before.Version {
			t.Error("seeding again changed the book")
		}
		if len(b.Profiles) != len(grievance.ProfileNames) {
			t.Errorf("%d profiles", len(b.Profiles))
		}
		first := time.Date(2026, 9, 30, 2, 0, 0, 0, time.UTC)
		length := b.Profiles[grievance.ProfileWall].Clocks[2].Length
		if got := b.Calendar.Due(first, length, true).On.String(); got != "2026-10-15" {
			t.Errorf("7 working days from 2026-09-30 end on %s", got)
		}
	})
}

func TestBookNeedsSeed(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, "sqlite")
	if _, err := office.New(s, clock.NewFake(storetest.Start)).Book(t.Context()); err == nil {
		t.Error("a book without profiles")
	}
}

func TestBookIsReadOnceWhileNothingChanges(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		b := s.newest()
		ctx, statements := store.CountStatements(t.Context())
		s.clock.Advance(time.Second)
		again, err := s.Book(ctx)
		must(t, err)
		if again != b {
			t.Error("the unchanged book was read again")
		}
		if n := len(statements.List()); n > 3 {
			t.Errorf("a look at the version took %d statements: %v", n, statements.List())
		}
	})
}

func TestReplicaSeesAnothersChangeWithinASecond(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := office.New(storetest.OpenURL(t, s.url), s.clock)
		before, err := other.Book(t.Context())
		must(t, err)
		u := s.user("newcomer")
		if s.newest().User(u.ID) == nil {
			t.Error("the replica that made the change does not see it at once")
		}
		after, err := other.BookAt(t.Context(), before.Version)
		must(t, err)
		if after != before {
			t.Error("a book that is new enough was read again")
		}
		s.clock.Advance(time.Second)
		after, err = other.Book(t.Context())
		must(t, err)
		if after.User(u.ID) == nil || after.Version <= before.Version {
			t.Errorf("after a second the other replica stands at version %d", after.Version)
		}
	})
}

func TestBookAtReadsWhatATransactionSaw(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := office.New(storetest.OpenURL(t, s.url), s.clock)
		_, err := other.Book(t.Context())
		must(t, err)
		u := s.user("newcomer")
		b, err := other.BookAt(t.Context(), s.newest().Version)
		must(t, err)
		if b.User(u.ID) == nil {
			t.Error("the book is older than the version asked for")
		}
	})
}

func TestRefusedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		before := s.newest().Version
		_, err := s.CreateUser(t.Context(), grievance.System, office.NewUser{
			Username: "half", Name: "某人", Posts: []office.NewAppointment{{UnitID: s.county.ID, Role: "emperor"}},
		})
		refused(t, err, "appointment.role_unknown")
		b := s.newest()
		if b.Version != before || len(b.Users()) != 2 {
			t.Errorf("version %d after %d, %d users", b.Version, before, len(b.Users()))
		}
	})
}

func TestChangesFollowOneAnother(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := office.New(storetest.OpenURL(t, s.url), s.clock)
		errs := make(chan error, 8)
		for i := range cap(errs) {
			go func() { errs <- take([]*office.Office{s.Office, other}[i%2]) }()
		}
		taken := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				taken++
			} else {
				refused(t, err, "user.username_taken")
			}
		}
		if taken != 1 {
			t.Errorf("%d users have one username", taken)
		}
	})
}

func take(o *office.Office) error {
	_, err := o.CreateUser(context.Background(), grievance.System, office.NewUser{Username: "same", Name: "某人"})
	return err
}

func storetestClock() clock.Clock { return clock.NewFake(storetest.Start) }
