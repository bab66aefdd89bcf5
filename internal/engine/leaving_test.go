package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A post that ends as planned is judged by its end, however late the engine
// comes by.
func TestAPlannedEndCountsFromItsInstant(t *testing.T) {
	t.Parallel()
	for _, late := range []time.Duration{0, time.Hour, 30 * day} {
		storetest.Dialects(t, func(t *testing.T, dialect string) {
			w := newWorks(t, dialect)
			id, _ := w.handled()
			ends := w.clock.Now().Add(5 * day)
			_, err := w.office.EndAppointment(t.Context(), grievance.System, w.appointment("handler", grievance.RoleHandler), ends)
			w.must(err)
			w.clock.Advance(5*day + late)
			w.run()
			w.clock.Advance(3 * time.Second)
			w.run()
			about, recorded := w.handedOn(id)
			if !about.Equal(ends) || !recorded.Equal(ends.Add(late)) {
				t.Errorf("%v late: handed on about %v, recorded %v; the post ended %v", late, about, recorded, ends)
			}
			c := w.read(id)
			i := slices.IndexFunc(c.Clocks(), func(k *grievance.Clock) bool {
				return k.Kind == grievance.Acknowledgement && k.State == grievance.Running
			})
			if c.Status != grievance.Assigned || i < 0 || !c.Clocks()[i].StartedAt.Equal(ends) {
				t.Errorf("%v late: %s, with the clocks %+v", late, c.Status, c.Clocks())
			}
			if again := w.run(); !again.Idle() {
				t.Errorf("%v late: a further run found something: %+v", late, again)
			}
		})
	}
}

// handedOn tells about which instant a case was handed on, once, and when that
// was recorded.
func (w *works) handedOn(id grievance.CaseID) (about, recorded time.Time) {
	w.Helper()
	w.must(w.store.Read(w.Context(), func(s *store.Snapshot) error {
		events, err := s.EventsOf(id, 1, 100)
		for _, e := range events {
			if e.Kind == grievance.EvHandedOn && !about.IsZero() {
				w.Errorf("it is handed on twice: %s", w.kinds(id))
			}
			if e.Kind == grievance.EvHandedOn {
				about, recorded = e.AboutAt, e.RecordedAt
			}
		}
		return err
	}))
	return about, recorded
}
