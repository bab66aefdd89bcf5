package casework_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// accused is an accusation of a user or a unit that the county's inspector handles.
func (w *town) accused(about grievance.Party) grievance.CaseID {
	w.Helper()
	in := w.registration()
	about.Kind = grievance.PersonNamed
	in.Nature, in.Others = grievance.Accusation, []grievance.Party{about}
	ctx := w.Context()
	id := w.must(w.desk.Register(ctx, w.as("clerk"), in)).ID
	w.must(w.desk.Accept(ctx, w.as("inspector"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	w.must(w.desk.Assign(ctx, w.as("inspector"), id, grievance.Assignment{Unit: w.unit("990121-10"), Handler: w.user("inspector")}))
	w.must(w.desk.Acknowledge(ctx, w.as("inspector"), id, grievance.Acknowledging{}))
	return id
}

// outOfReach fails where somebody whom the case bars answers for it or has it.
func (w *town) outOfReach(id grievance.CaseID) {
	w.Helper()
	if n, err := w.desk.HandOnAll(w.Context()); err != nil || n > 1 {
		w.Fatalf("handed on %d: %v", n, err)
	}
	c := w.readWhole(id)
	book := officetest.Book(w.T, w.office).For(c)
	for what, at := range map[string]grievance.UnitID{"the desk": c.LeadUnitID, "who handles it": c.HandlingUnitID, "who answers for it": c.ResponsiblePost.UnitID} {
		if book.BarsUnit(at) {
			w.Errorf("%s is at %s, behind the shield", what, book.FullName(at))
		}
	}
	if now := w.clock.Now(); book.Bars(c.Responsible, now) || book.Bars(c.Handler, now) {
		w.Errorf("%s answers for it, %s handles it", c.Responsible, c.Handler)
	}
}

// Whoever comes behind the shield of a case, or finds it coming over them, has
// nothing of it any more, whatever change of the organisation it was.
func TestWhoComesBehindAShieldLosesTheCase(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*town){
		"an inspector takes a post there besides": func(w *town) {
			w.appoint("inspector", "990121-01", grievance.RoleHandler, 0)
		},
		"who is named comes to the inspectors' unit": func(w *town) {
			w.appoint("housing_leader", "990121-10", grievance.RoleClerk, 0)
		},
		"the unit of who is named becomes the inspectors'": func(w *town) {
			if _, err := w.office.MergeUnit(w.Context(), grievance.System, w.unit("990121-01"), w.unit("990121-10")); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				w := newTown(t, dialect)
				id := w.accused(grievance.Party{User: w.user("housing_leader")})
				change(w)
				w.outOfReach(id)
			})
		})
	}
}

// appoint gives somebody a post after a while.
func (w *town) appoint(account, unit string, role grievance.Role, in time.Duration) {
	w.Helper()
	post := office.NewAppointment{UnitID: w.unit(unit), Role: role, From: w.clock.Now().Add(in)}
	if _, err := w.office.Appoint(w.Context(), grievance.System, w.user(account), post); err != nil {
		w.Fatal(err)
	}
}

// A post that begins later bars from its first instant on, when nobody changes anything.
func TestAPostThatBeginsLaterBarsThen(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.accused(grievance.Party{User: w.user("housing_leader")})
		w.appoint("inspector", "990121-01", grievance.RoleHandler, time.Hour)
		w.outOfReach(id)
		w.clock.Advance(2 * time.Second)
		w.outOfReach(id)
		if c := w.readWhole(id); c.Handler != w.user("inspector") {
			t.Fatalf("taken away before the post began: %+v", c)
		}
		w.clock.Advance(time.Hour)
		w.outOfReach(id)
	})
}

// What was an accusation before there were shields goes to inspectors from wherever it
// stands when the engine first looks, also where they are above nobody whom it names;
// one that nobody could take, and they are many, keeps none of the others.
func TestOldAccusationsGoToInspectors(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, ck := storetest.URL(t, dialect), clock.NewFake(monday)
		st := storetest.OpenURL(t, url, storetest.WithClock(ck))
		of := officetest.Load(t, st, ck)
		w := &town{t, st, of, casework.New(st, of, ck), ck}
		for range 2 {
			w.must(w.desk.Name(t.Context(), w.as("clerk"), w.register().ID, grievance.Naming{User: w.user("city_leader")}))
		}
		var old []grievance.CaseID
		for _, who := range []string{"leader", "courier", "petitioner"} {
			id := w.handled()
			w.must(w.desk.Name(t.Context(), w.as("clerk"), id, grievance.Naming{User: w.user(who)}))
			old = append(old, id)
		}
		storetest.Exec(t, url, "UPDATE cases SET nature = 'accusation', shielded = true WHERE recusal_count > 0") // as the migration does
		for range 4 {                                                                                             // a page is of one case
			if _, err := w.desk.HandOnDue(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range old {
			if c := w.readWhole(id); c.LeadUnitID != w.unit("990121-10") || c.Responsible != w.user("inspector") || c.Status != grievance.Accepted {
				t.Errorf("it is %s, with %s, at %s", c.Status, c.Responsible, c.LeadUnitID)
			}
		}
	})
}
