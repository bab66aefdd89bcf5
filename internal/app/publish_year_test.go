package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A petition's sixty days that reach into a year nobody knew yet end where they
// did until the year is published through the interface. Then the engine counts
// them again, once: the last day is a day off in this invented year.
func TestPublishingAYearMovesAnOpenDeadline(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		s := w.open()
		id := w.takeOn()
		before := len(w.as("clerk").eventsOf(id))
		w.at(time.Date(2026, time.December, 2, 2, 0, 0, 0, time.UTC))
		days := []object{
			{"date": "2027-01-22", "off": true, "holiday": "试验节"}, {"date": "2027-01-23", "off": true, "holiday": "试验节"},
			{"date": "2027-01-24", "off": false, "holiday": "试验节"},
		}
		if a := w.as("clerk").do(s, "PUT", "/calendar/2027", object{"days": days}); a.status != http.StatusForbidden {
			t.Errorf("a clerk publishes: status %d: %s", a.status, a.body)
		}
		a := w.as("admin").do(s, "PUT", "/calendar/2027", object{"days": days}, `If-Match: "1"`)
		if a.status != http.StatusOK || a.header.Get("ETag") != `"2"` || !strings.Contains(string(a.body), `"new":true`) {
			t.Fatalf("published with status %d: %s", a.status, a.body)
		}
		w.settle()
		w.settle()
		// Friday and Saturday are off, the Sunday makes up for them.
		moved := time.Date(2027, time.January, 24, 16, 0, 0, 0, time.UTC)
		if d := w.as("handler").deadlineOf(id, "handling"); !d.DueAt.Equal(moved) || d.DueOn != "2027-01-24" || d.State != "running" {
			t.Errorf("handling: %+v", d)
		}
		added := w.as("clerk").eventsOf(id)[before:]
		if said := kinds(added); strings.Count(said, "rebased") != 1 {
			t.Errorf("since then: %s", said)
		}
		w.at(due) // where it would have been late
		if d := w.as("handler").deadlineOf(id, "handling"); d.Late || d.Breached != nil {
			t.Errorf("late where the old year ended: %+v", d)
		}
		w.at(moved)
		if d := w.as("handler").deadlineOf(id, "handling"); !d.Late || d.Breached == nil || !d.Breached.Equal(moved) {
			t.Errorf("not late where the new year ends: %+v", d)
		}
	})
}
