package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// The village of the demo city whose head handles cases too, its township, and
// the city.
const (
	village  = "990121101001"
	township = "990121101"
	city     = "9901"
)

func (w *works) appointment(account string, role grievance.Role) grievance.AppointmentID {
	w.Helper()
	b := officetest.Book(w.T, w.office)
	held := b.AppointmentsOf(b.UserByName(account).ID)
	return held[slices.IndexFunc(held, func(a grievance.Appointment) bool { return a.Role == role && !a.IsDeputy() })].ID
}

// villagers brings a petition to the village's head as its handler, and gives
// the instant at which the handling is due.
func (w *works) villagers() (grievance.CaseID, time.Time) {
	w.Helper()
	id := w.register("clerk")
	head := w.as("head_jichuan")
	for _, err := range []error{
		errorOf(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}})),
		errorOf(w.desk.Assign(w.Context(), w.as("clerk"), id, grievance.Assignment{
			Unit: officetest.Unit(w.T, w.office, village).ID, Handler: head.Actor.UserID,
		})),
		errorOf(w.desk.Acknowledge(w.Context(), head, id, grievance.Acknowledging{})),
		errorOf(w.desk.Contact(w.Context(), head, id, grievance.Contacting{Words: "电话联系"})),
	} {
		if err != nil {
			w.Fatal(err)
		}
	}
	for _, k := range w.read(id).Clocks() {
		if k.Kind == grievance.Handling {
			return id, k.DueAt
		}
	}
	w.Fatal("no handling clock")
	return id, time.Time{}
}

// targets writes where the escalations of a case stand: "1 leader!@990121".
func (w *works) targets(id grievance.CaseID) (targets []string) {
	w.Helper()
	b := officetest.Book(w.T, w.office)
	err := w.store.Read(w.Context(), func(s *store.Snapshot) error {
		list, err := s.EscalationsOf(id)
		for _, e := range list {
			at, mark := "@", ""
			if e.TargetPost.Head {
				at = "!@"
			}
			if e.Unroutable {
				mark = " unroutable"
			}
			targets = append(targets, fmt.Sprintf("%d %s%s%s%s", e.Level, e.TargetPost.Role, at, b.Unit(e.TargetPost.UnitID).Code, mark))
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return targets
}

// A breach is judged by who held the seat at its instant, however late the
// engine runs: the head handles the case, so it reaches the head's deputy if
// there was one then, and else the township's head.
func TestADeputyIsCalledOnInThePeriod(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, until time.Duration // around the instant of the breach
		want        string
	}{
		"that begins as it happens":         {0, day, "1 leader!@" + village},
		"that begins a microsecond later":   {time.Microsecond, day, "1 leader!@" + township},
		"that ends as it happens":           {-day, 0, "1 leader!@" + township},
		"that lasts a microsecond after it": {-day, time.Microsecond, "1 leader!@" + village},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				w := newWorks(t, dialect)
				id, due := w.villagers()
				_, err := w.office.NameDeputy(t.Context(), w.as("head_jichuan").Actor, office.NewDeputy{
					DeputyFor: w.appointment("head_jichuan", grievance.RoleLeader), UserID: w.as("handler").Actor.UserID,
					From: due.Add(c.from), Until: due.Add(c.until),
				})
				if err != nil {
					t.Fatal(err)
				}
				w.clock.Set(due.AddDate(0, 1, 0))
				w.run()
				want := []string{c.want, "2 supervisor@990121", "3 supervisor@9901"}
				if got := w.targets(id); !slices.Equal(got, want) {
					t.Errorf("reached %q, want %q", got, want)
				}
			})
		})
	}
}

// A seat that holds the recused alone is empty, as one that is vacant or whose
// holder is disabled: where no other is left up to the root, the escalation
// stands there and the gauge shows it.
func TestWhereOnlyTheRecusedAreLeftTheAlarmIsRaised(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		id, due := w.villagers()
		for _, account := range []string{"leader", "city_leader"} {
			if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as(account).Actor.UserID); err != nil {
				t.Fatal(err)
			}
		}
		county := w.appointment("county_leader", grievance.RoleLeader)
		if _, err := w.office.EndAppointment(t.Context(), grievance.System, county, due); err != nil {
			t.Fatal(err)
		}
		w.clock.Set(due)
		w.run()
		if got := w.targets(id); !slices.Equal(got, []string{"1 leader!@" + city + " unroutable"}) {
			t.Errorf("reached %q", got)
		}
		st, err := w.engine.Status(t.Context())
		if err != nil || st.Unroutable != 1 {
			t.Errorf("the gauge shows %d, %v", st.Unroutable, err)
		}
		if first := w.inbox("city_supervisor")[0]; first.Reason != store.WaitsUnroutable || first.Case == nil || first.Case.ID != id {
			t.Errorf("the root's supervisor finds first %+v", first)
		}
		for _, i := range w.inbox("head_jichuan") {
			if i.Escalation != nil {
				t.Errorf("the head, who handles the case, is called on: %+v", i)
			}
		}
	})
}

func (w *works) inbox(account string) (items []store.InboxItem) {
	w.Helper()
	b, a := officetest.Book(w.T, w.office), w.as(account).Actor
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		items, err = s.Inbox(store.ViewerOf(a, b), store.WaitingOf(a, b, w.clock.Now()), nil, 50)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return items
}

// A deputyship that is over is seen to as any appointment that has ended.
func TestADeputyshipThatIsOverIsDoneWith(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		a, err := w.office.NameDeputy(t.Context(), w.as("leader").Actor, office.NewDeputy{
			DeputyFor: w.appointment("leader", grievance.RoleLeader), UserID: w.as("handler").Actor.UserID, Until: w.clock.Now().Add(day),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			after time.Duration
			done  bool
		}{{0, false}, {day, false}, {time.Minute, true}} {
			w.clock.Advance(c.after)
			w.run()
			err := w.store.Read(t.Context(), func(s *store.Snapshot) error {
				rows, err := s.Office()
				i := slices.IndexFunc(rows.Appointments, func(x grievance.Appointment) bool { return x.ID == a.ID })
				if done := rows.Appointments[i].HandedOnAt != nil; done != c.done {
					t.Errorf("%v later it is done with: %v", c.after, done)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
