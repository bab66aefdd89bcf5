package app_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
	town1  = "990121101" // 霁川镇
)

// due is when the 60 days of a petition run out that was accepted on
// storetest.Start, a Monday: they end with Friday, 22 January 2027.
var due = time.Date(2027, 1, 22, 16, 0, 0, 0, time.UTC)

// The rungs that follow the breach, by working days from the date due.
var (
	oneWorkingDayLate    = time.Date(2027, 1, 25, 16, 0, 0, 0, time.UTC) // Monday is over
	threeWorkingDaysLate = time.Date(2027, 1, 27, 16, 0, 0, 0, time.UTC) // Wednesday is over
	fourWorkingDaysLate  = time.Date(2027, 1, 28, 16, 0, 0, 0, time.UTC)
)

var petition = object{
	"channel": "visit", "petition": true, "category": "0101", "title": "承包地界址不清",
	"body":       "我家在上渡村的两块承包地和邻居地界不清，请镇里来人量一量。",
	"petitioner": object{"name": "张三", "phone": "10000001234", "address": "上渡村三组"},
}

// A case goes its whole way through HTTP and the clock alone: in time until its
// handling is late by four working days, then answered, signed off and rated.
// The server is killed and started again before the breach, at the breach and
// between two rungs.
func TestACaseFromReceiptToRating(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		id := w.takeOn()
		w.runLate(id)
		w.checkReport(id)
		w.finish(id)
		w.checkRecord(id)
		if u := w.as("handler"); u.renewed == 0 || u.logins < 2 {
			t.Errorf("tokens were refreshed %d times and %d logins made: the clock should have asked for both", u.renewed, u.logins)
		}
		w.servers[0].terminate()
		w.servers[0].wantExit(0)
	})
}

// takeOn brings a petition from the counter to its handler, on its first day.
func (w *township) takeOn() string {
	w.Helper()
	clerk, handler := w.as("clerk"), w.as("handler")
	id := clerk.post("/cases", petition).ID
	clerk.waits(id, "awaiting", "deadline")
	w.advance(10 * minute)
	c := clerk.post("/cases/"+id+"/accept", object{"notice": "依法受理。", "service": object{"how": "in_person"}})
	w.wantCase(c, "accepted", "许晚晴")
	w.advance(10 * minute)
	c = clerk.post("/cases/"+id+"/assign", object{"handler_id": w.idOf("handler")})
	w.wantCase(c, "assigned", "许晚晴") // until the handler acknowledges
	handler.waits(id, "awaiting", "deadline")
	w.advance(20 * minute) // an access token lasts 15 minutes
	w.wantCase(handler.post("/cases/"+id+"/acknowledge", nil), "handling", "周远志")
	w.advance(minute)
	handler.post("/cases/"+id+"/contact", object{"words": "电话联系，约定周三上门丈量。"})
	handler.waits(id, "awaiting", "deadline")
	if d := handler.deadlineOf(id, "handling"); !d.DueAt.Equal(due) || d.DueOn != "2027-01-22" || d.State != "running" {
		w.Errorf("handling: %+v", d)
	}
	return id
}

func (w *township) wantCase(c caseView, status, responsible string) {
	w.Helper()
	if c.Status != status || c.Who.Name != responsible {
		w.Errorf("the case is %s with %s, want %s with %s", c.Status, c.Who.Name, status, responsible)
	}
}

// idOf gives the id of a colleague.
func (w *township) idOf(account string) string {
	w.Helper()
	var me struct {
		ID string `json:"id"`
	}
	w.as(account).get("/auth/me", &me)
	return me.ID
}

// runLate lets the time pass until four working days after the handling was due.
// Nobody acts; each level learns of it when its rung has come, and not before.
func (w *township) runLate(id string) {
	w.Helper()
	handler, head, leader := w.as("handler"), w.as("economy_head"), w.as("leader")
	supervisor, city := w.as("supervisor"), w.as("city_supervisor")
	whole := due.Sub(storetest.Start.Add(10 * minute))

	w.at(due.Add(-whole/2 - minute))
	handler.waits(id, "awaiting", "deadline")
	w.at(due.Add(-whole / 2))
	handler.waits(id, "awaiting", "reminder")
	head.waits(id, "reminder")
	w.at(due.Add(-whole / 5).Add(time.Millisecond))
	handler.waits(id, "awaiting", "warning")
	leader.waits(id)

	w.reopen(due.Add(-time.Microsecond)) // before the breach
	w.settle()
	if d := handler.deadlineOf(id, "handling"); d.Late || d.Breached != nil {
		w.Errorf("late before it was due: %+v", d)
	}
	head.waits(id, "warning")
	w.reopen(due) // the instant of the breach passes while nobody serves
	w.settle()
	if d := handler.deadlineOf(id, "handling"); !d.Late || d.Breached == nil || !d.Breached.Equal(due) {
		w.Errorf("not late when it was due: %+v", d)
	}
	head.waits(id, "escalation")
	supervisor.waits(id)
	w.at(oneWorkingDayLate.Add(-time.Microsecond))
	supervisor.waits(id)
	w.at(oneWorkingDayLate)
	supervisor.waits(id, "escalation")
	city.waits(id)
	w.reopen(oneWorkingDayLate.Add(day)) // between two rungs
	w.settle()
	city.waits(id)
	w.at(fourWorkingDaysLate)
	city.waits(id, "escalation")
	supervisor.waits(id, "escalation")
	head.waits(id, "escalation")
	w.settle() // and again, which changes nothing
}

// finish answers the case, late as it is.
func (w *township) finish(id string) {
	w.Helper()
	clerk, handler, leader := w.as("clerk"), w.as("handler"), w.as("leader")
	w.as("supervisor").takeEscalation(id)
	w.advance(minute)
	w.wantCase(handler.post("/cases/"+id+"/submit", object{
		"outcome": "supported", "request": "丈量承包地并明确界址。", "facts": "经丈量，两块地的界址与合同附图一致，界桩缺失。",
		"opinion": "已与邻户共同确认界址并补设界桩。", "legal_basis": "《信访工作条例》第三十一条第六项。",
	}), "awaiting_signoff", "周远志")
	leader.waits(id, "sign_off")
	handler.refused("/cases/"+id+"/sign-offs/1/approve", object{}, 403, "auth.role")
	w.advance(10 * minute)
	w.wantCase(leader.post("/cases/"+id+"/sign-offs/1/approve", object{}), "closed", "周远志")
	w.advance(minute)
	clerk.post("/cases/"+id+"/notices/2/service", object{"how": "in_person"})
	w.advance(day)
	handler.refused("/cases/"+id+"/rating", object{"contacted": true, "resolved": true, "satisfied": true}, 403, "auth.role")
	clerk.post("/cases/"+id+"/rating", object{"contacted": true, "resolved": true, "satisfied": false})
	w.advance(60 * day)
	for _, account := range []string{"handler", "leader", "clerk"} {
		w.as(account).waits(id)
	}
}

// takeEscalation acknowledges and resolves the escalations that have reached the
// user, whom the case waits for afterwards because of what is left.
func (u *user) takeEscalation(id string, left ...string) {
	u.Helper()
	for _, i := range u.inbox(id) {
		if i.Escalation == nil {
			continue
		}
		u.post("/escalations/"+i.Escalation.ID+"/acknowledge", nil)
		u.post("/escalations/"+i.Escalation.ID+"/resolve", object{"words": "已约谈承办单位，限三日内办结。"})
	}
	u.waits(id, left...)
}

// checkRecord reads in the record that each rung happened once, about its own
// instant, and that nothing else did.
func (w *township) checkRecord(id string) {
	w.Helper()
	events := w.as("supervisor").eventsOf(id)
	want := "registered accepted served assigned acknowledged contacted reminded warned breached escalated escalated escalated " +
		"escalation_acknowledged escalation_resolved submitted closed served rated"
	if got := kinds(events); got != want {
		w.Errorf("the record says\n%s\nwant\n%s", got, want)
	}
	instants := []time.Time{due, oneWorkingDayLate, threeWorkingDaysLate}
	targets := []string{"霁川镇经济发展办公室", "禾汀县", "澄澜市"}
	level := 0
	for _, e := range events {
		if x := e.Facts.Escalation; e.Kind == "escalated" {
			if x.Level != level+1 || x.Cause != "overdue_handling" || x.Target.Unit != targets[level] || !e.AboutAt.Equal(instants[level]) {
				w.Errorf("rung %d: %+v at %v", level+1, x, e.AboutAt)
			}
			level++
		}
	}
	var responsible []string
	for _, e := range events {
		if e.Facts.Responsible != nil {
			responsible = append(responsible, e.Facts.Responsible.Name)
		}
	}
	if len(responsible) != 2 || responsible[0] != "许晚晴" || responsible[1] != "周远志" {
		w.Errorf("responsible were %v", responsible)
	}
	if d := w.as("handler").deadlineOf(id, "handling"); d.State != "met" || d.Breached == nil || d.Rung != 5 {
		w.Errorf("handling in the end: %+v", d)
	}
}
