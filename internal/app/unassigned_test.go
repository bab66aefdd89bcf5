package app_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A case that nobody takes up climbs like any other, through HTTP and the clock
// alone: to the desk, its unit's head, the county and the city. It stays with the
// clerk who received it until somebody has taken it.
func TestACaseThatNobodyTakesUpEscalates(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		c := w.as("clerk").post("/cases", petition)
		// 15 days from Monday, 23 November: they end with Tuesday, 8 December.
		late := time.Date(2026, 12, 8, 16, 0, 0, 0, time.UTC)
		if d := w.as("clerk").deadlineOf(c.ID, "acceptance"); !d.DueAt.Equal(late) {
			t.Errorf("acceptance is due at %v", d.DueAt)
		}
		w.at(late.Add(-time.Microsecond))
		w.as("leader").waits(c.ID, "warning")
		w.at(late.Add(3*day - time.Microsecond)) // Friday is not over
		for account, reasons := range map[string][]string{
			"clerk":           {"awaiting", "warning"},
			"leader":          {"escalation"},
			"supervisor":      {"escalation"},
			"city_supervisor": nil,
			"clerk2":          nil,
		} {
			w.as(account).waits(c.ID, reasons...)
		}
		w.at(late.Add(4 * day))
		w.as("city_supervisor").waits(c.ID, "escalation")
		if got, want := kinds(w.as("supervisor").eventsOf(c.ID)), "registered reminded warned breached escalated escalated escalated"; got != want {
			t.Errorf("the record says %s, want %s", got, want)
		}
		var now caseView
		w.as("leader").get("/cases/"+c.ID, &now)
		w.wantCase(now, "registered", "许晚晴")
		if d := w.as("clerk").deadlineOf(c.ID, "acceptance"); !d.Late || d.State != "running" {
			t.Errorf("acceptance: %+v", d)
		}
	})
}
