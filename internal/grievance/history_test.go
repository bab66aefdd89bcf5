package grievance

import (
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

// A petition received on 30 September 2026 at 09:00 is due on 1 December 00:00;
// its rungs after that are 2 and 4 December 00:00. "Now" is 4 January 2027.
func TestHistoryIsJudgedAboutItsOwnInstants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		replied string
		late    bool
		target  string
		about   string
	}{
		{"2026-09-30 09:00", false, "", ""}, // answered at once
		{"2026-11-30 23:59:59.999999", false, "", ""},
		{"2026-12-01 00:00", true, "leader*@river", "2026-12-01 00:00"},
		{"2026-12-01 23:59:59.999999", true, "leader*@river", "2026-12-01 00:00"},
		{"2026-12-02 00:00", true, "supervisor@county", "2026-12-02 00:00"},
		{"2026-12-03 10:00", true, "supervisor@county", "2026-12-02 00:00"},
		{"2026-12-04 00:00", true, "supervisor@city", "2026-12-04 00:00"},
		{"2027-01-04 10:00", true, "supervisor@city", "2026-12-04 00:00"},
	} {
		s := imported(t, "2026-09-30 09:00", c.replied)
		k := s.clock(Handling)
		if k.State != Met || inBeijing(*k.MetAt) != c.replied || (k.BreachedAt != nil) != c.late || k.NextAt != nil {
			t.Errorf("replied %s: %s, breached %v", c.replied, k.State, k.BreachedAt)
		}
		s.checkHistory(t, c.replied, c.target, c.about)
		if row := s.c(); row.Status != Closed || inBeijing(*row.ClosedAt) != c.replied || row.Version != row.Seq {
			t.Errorf("replied %s: %s at %v", c.replied, row.Status, row.ClosedAt)
		}
		count := len(s.rec.events)
		if s.engine("2030-01-01 00:00"); len(s.rec.events) != count {
			t.Errorf("replied %s: the engine found more in a case that is closed: %s", c.replied, s.kinds(count))
		}
	}
}

func (s *story) checkHistory(t *testing.T, replied, target, about string) {
	t.Helper()
	if target == "" {
		if len(s.rec.escalations) > 0 || strings.Contains(s.kinds(0), "breached") {
			t.Errorf("replied %s in time: %s", replied, s.kinds(0))
		}
		return
	}
	if want := "registered breached escalated escalation_resolved imported"; s.kinds(0) != want {
		t.Errorf("replied %s: %s", replied, s.kinds(0))
	}
	e := s.rec.escalations[0]
	if len(s.rec.escalations) != 1 || s.o.post(e.TargetPost) != target || inBeijing(e.OpenedAt) != about ||
		e.State != EscalationResolved || inBeijing(*e.ResolvedAt) != replied {
		t.Errorf("replied %s: %d escalations, %s about %s", replied, len(s.rec.escalations), s.o.post(e.TargetPost), inBeijing(e.OpenedAt))
	}
}

func TestAnImportedCaseStillOpenEscalatesOnceForItsPast(t *testing.T) {
	t.Parallel()
	s := imported(t, "2026-09-30 09:00", "")
	if want := "registered breached escalated"; s.kinds(0) != want {
		t.Errorf("open: %s", s.kinds(0))
	}
	if k := s.clock(Acceptance); k.State != Running || k.BreachedAt == nil || k.NextAt != nil {
		t.Errorf("acceptance is %s, breached %v, next %v", k.State, k.BreachedAt, k.NextAt)
	}
	since := len(s.rec.events)
	if s.engine("2027-03-01 00:00"); len(s.rec.events) != since {
		t.Errorf("the engine told the past again: %s", s.kinds(since))
	}
	s.does("clerk", accept(onTheSpot)).engine("2027-08-01 00:00")
	if got := s.kinds(since); !strings.HasPrefix(got, "accepted served reminded") || !strings.HasSuffix(got, "escalated") {
		t.Errorf("what comes after the import goes its usual way: %s", got)
	}
}

func TestAnImportedCaseGoesOnWhereItsPastEnds(t *testing.T) {
	t.Parallel()
	s := imported(t, "2027-01-04 09:00", "")
	if want := "registered"; s.kinds(0) != want || len(s.rec.escalations) != 0 {
		t.Errorf("fresh: %s", s.kinds(0))
	}
	k := s.clock(Acceptance)
	if k.NextAt == nil || !k.NextAt.After(s.now) || k.Rung != 0 {
		t.Errorf("next %v, rung %d", k.NextAt, k.Rung)
	}
}

func TestAnImportOfDangerEscalatesOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		received, replied string
		level             int
	}{
		{"2026-09-30 09:00", "", 3},
		{"2026-09-30 09:00", "2026-12-05 10:00", 3},
		{"2026-09-30 09:00", "2026-12-01 10:00", 1},
		{"2027-01-04 09:00", "", 1},
		{"2027-01-04 09:00", "2027-01-04 10:00", 1},
	} {
		o := newTestOffice(t)
		in := petition()
		in.Urgency, in.Unit, in.ReceivedAt, in.ID = LifeProperty, unitID("river"), beijing(c.received), id16[Case]("case")
		s := &story{tb: t, o: o, now: beijing("2027-01-04 10:00")}
		var h History
		if c.replied != "" {
			h = History{Reply: "已处置", RepliedAt: beijing(c.replied)}
		}
		got, err := Import(o.moment("system", s.now), in, o.book.Unit(in.Unit), Receipt{Day: calendar.DateOf(s.now), N: 1}, h)
		if err != nil {
			t.Fatal(err)
		}
		s.keep(got)
		if len(s.rec.escalations) != 1 || s.rec.escalations[0].Level != c.level {
			t.Errorf("%+v: %d escalations, first %+v", c, len(s.rec.escalations), s.rec.escalations)
		}
	}
}

func TestAnImpossibleHistoryIsRefused(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	now := beijing("2027-01-04 10:00")
	for replied, ok := range map[string]bool{
		"2026-09-30 08:59:59.999999": false, "2026-09-30 09:00": true,
		"2027-01-04 10:00": true, "2027-01-04 10:00:00.000001": false,
	} {
		in := petition()
		in.Unit, in.ReceivedAt, in.ID = unitID("river"), beijing("2026-09-30 09:00"), id16[Case]("case")
		_, err := Import(o.moment("system", now), in, o.book.Unit(in.Unit), Receipt{Day: calendar.DateOf(now), N: 1}, History{Reply: "已办", RepliedAt: beijing(replied)})
		if (err == nil) != ok || err != nil && KindOf(err) != Invalid {
			t.Errorf("replied %s: %v", replied, err)
		}
	}
}

func TestAnImportAnswersForItselfAtEveryInstant(t *testing.T) {
	t.Parallel()
	for _, replied := range []string{"", "2026-12-05 10:00"} {
		s := imported(t, "2026-09-30 09:00", replied)
		f, err := ReadFacts(s.rec.events[0])
		if err != nil {
			t.Fatal(err)
		}
		if f.Responsible == nil || s.o.user(f.Responsible.User) != "clerk" || s.o.user(s.c().FirstResponder) != "clerk" {
			t.Errorf("replied %q: %+v", replied, f.Responsible)
		}
		if i := slices.IndexFunc(s.rec.events, func(e Event) bool { return e.ActorID != UserID{} }); i >= 0 {
			t.Errorf("replied %q: %s has an actor", replied, s.rec.events[i].Kind)
		}
	}
}
