package casework_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// readWhole reads a case with everything that supervision has made.
func (w *town) readWhole(id grievance.CaseID) (c *grievance.Case) {
	w.Helper()
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		needs := store.Needs{SignOffs: true, Orders: true, Reminders: true, Escalations: true}
		c, err = s.Case(id, store.ViewerOf(grievance.System, officetest.Book(w.T, w.office)), needs)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// What supervision makes is read back as it was written, through one change after
// another.
func TestSupervisionIsKept(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.handled()
		ctx := t.Context()
		w.must(w.desk.NameSponsor(ctx, w.as("leader"), id, grievance.Sponsoring{Sponsor: w.user("deputy"), Duties: []grievance.DutyGiven{{Kind: grievance.DutyMeet, Days: 3}}}))
		w.must(w.desk.Order(ctx, w.as("supervisor"), id, grievance.Ordering{Days: 4, Words: "请说明进展"}))
		w.must(w.desk.Remind(ctx, w.as("supervisor"), id, grievance.Reminding{}))
		w.must(w.desk.List(ctx, w.as("supervisor"), id, grievance.Listing{Reason: "repeated"}))
		w.must(w.desk.Name(ctx, w.as("clerk"), id, grievance.Naming{User: w.user("county_deputy")}))
		c := w.readWhole(id)
		o, d := c.Orders()[0], c.Duties()[0]
		if c.Sponsor != w.user("deputy") || c.SponsorPost.Role != grievance.RoleLeader || d.Kind != grievance.DutyMeet || d.ClockID.IsZero() || d.Sponsor != c.Sponsor {
			t.Errorf("in charge %+v, duty %+v", c.SponsorPost, d)
		}
		if o.Kind != grievance.SupervisionOrder || o.State != grievance.OrderOpen || o.Length.N != 4 || o.ClockID.IsZero() || o.IssuerPost.Role != grievance.RoleSupervisor {
			t.Errorf("order %+v", o)
		}
		if c.OpenReminders != 1 || c.OpenOrders != 1 || c.OpenDuties != 1 || c.RecusalCount != 1 || c.ListedAt == nil || c.ListedUnit.IsZero() {
			t.Errorf("%+v", c.Supervision)
		}
		w.must(w.desk.Contact(ctx, w.as("handler"), id, grievance.Contacting{Words: "已联系"}))
		w.must(w.desk.DoDuty(ctx, w.as("deputy"), id, 1, grievance.DutyDoing{Words: "已约见"}))
		w.must(w.desk.Lift(ctx, w.as("supervisor"), id, grievance.Lifting{Words: "已化解"}))
		if c := w.readWhole(id); c.OpenReminders != 0 || c.OpenDuties != 0 || len(c.Duties()) != 0 || c.ListedAt != nil {
			t.Errorf("after: %+v", c.Supervision)
		}
	})
}

// The engine passes the charge of a leader who has left to the head.
func TestTheEnginePassesACharge(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.handled()
		w.must(w.desk.NameSponsor(t.Context(), w.as("leader"), id, grievance.Sponsoring{Sponsor: w.user("deputy")}))
		appointment := officetest.Book(t, w.office).AppointmentsOf(w.user("deputy"))[0]
		w.clock.Advance(time.Hour)
		if _, err := w.office.EndAppointment(t.Context(), grievance.System, appointment.ID, w.clock.Now()); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		if _, err := w.desk.HandOnAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := w.readWhole(id); c.Sponsor != w.user("leader") || c.OpenDuties != 3 || c.Duties()[0].Sponsor != w.user("leader") {
			t.Errorf("in charge %s with %d duties", c.Sponsor, c.OpenDuties)
		}
	})
}
