package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// leftAlone are ways in which what waits for somebody comes to wait for the
// recused alone.
var leftAlone = map[string]func(w *works, id grievance.CaseID){
	"the head takes the case on": func(w *works, id grievance.CaseID) {
		w.unseat("leader", "county_leader", "city_leader")
		w.takesOn("head_jichuan", id)
	},
	"the superior leaves": func(w *works, id grievance.CaseID) {
		w.unseat("county_leader", "city_leader")
		w.takesOn("head_jichuan", id)
		w.wantAlarms(0)
		w.unseat("leader")
	},
	"the deputy's period ends": func(w *works, id grievance.CaseID) {
		_, err := w.office.NameDeputy(w.Context(), grievance.System, office.NewDeputy{
			DeputyFor: w.appointment("head_jichuan", grievance.RoleLeader), UserID: w.as("clerk2").Actor.UserID, Until: w.clock.Now().Add(day),
		})
		w.must(err)
		w.unseat("leader", "county_leader", "city_leader")
		w.takesOn("head_jichuan", id)
		w.wantAlarms(0)
		w.clock.Advance(day)
	},
}

func TestWhatIsLeftToTheRecusedIsAnAlarm(t *testing.T) {
	t.Parallel()
	for name, leave := range leftAlone {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				w := newWorks(t, dialect)
				_, err := w.office.Appoint(t.Context(), grievance.System, w.as("handler").Actor.UserID, office.NewAppointment{
					UnitID: officetest.Unit(t, w.office, village).ID, Role: grievance.RoleHandler,
				})
				w.must(err)
				id := w.register("clerk")
				w.must(errorOf(w.desk.Accept(t.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{})))
				w.takesOn("handler", id)
				w.must(errorOf(w.desk.Escalate(t.Context(), w.as("handler"), id, grievance.EscalationRequest{Level: 1, Reason: "risk"})))
				if got := w.targets(id); !slices.Equal(got, []string{"1 leader!@" + village}) {
					t.Fatalf("reached %q", got)
				}
				leave(w, id)
				w.wantAlarms(1)
				if got := w.targets(id); !slices.Equal(got, []string{"1 leader!@" + city + " unroutable"}) {
					t.Errorf("it stands at %q", got)
				}
			})
		})
	}
}

func (w *works) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// takesOn lets a handler of the village be assigned a case and acknowledge it.
func (w *works) takesOn(account string, id grievance.CaseID) {
	w.Helper()
	to := grievance.Assignment{Unit: officetest.Unit(w.T, w.office, village).ID, Handler: w.as(account).Actor.UserID}
	w.must(errorOf(w.desk.Assign(w.Context(), w.as("clerk"), id, to)))
	w.must(errorOf(w.desk.Acknowledge(w.Context(), w.as(account), id, grievance.Acknowledging{})))
}

// unseat ends what some leaders lead.
func (w *works) unseat(accounts ...string) {
	w.Helper()
	for _, account := range accounts {
		_, err := w.office.EndAppointment(w.Context(), grievance.System, w.appointment(account, grievance.RoleLeader), w.clock.Now())
		w.must(err)
	}
	w.clock.Advance(time.Minute)
}

// wantAlarms runs the engine and reads the gauge of what nobody can take.
func (w *works) wantAlarms(want int64) {
	w.Helper()
	w.run()
	if st, err := w.engine.Status(w.Context()); err != nil || st.Unroutable != want {
		w.Errorf("the gauge shows %d, want %d (%v)", st.Unroutable, want, err)
	}
}
