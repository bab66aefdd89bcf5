package grievance

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// A day that is taken off moves the clock that ends on it, at the instant of the
// publication, whenever the engine runs; what is breached stays as it was judged.
func TestAnAmendedCalendarMovesOpenClocks(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"2026-11-20 10:00", "2036-11-20 10:00"} {
		o := newTestOffice(t)
		s := inHandling(t, o).engine("2026-11-19 09:00") // due on Monday 30 November
		since := len(s.rec.events)
		o.amends(beijing("2026-11-20 10:00"), "2026-11-30")
		s.engine(run)
		if got := s.told(since)[0]; got != "rebased 2026-11-20 10:00 handling" {
			t.Errorf("told %q", got)
		}
		if k := s.clock(Handling); inBeijing(k.DueAt) != "2026-12-02 00:00" || k.CalendarVersion != 2 || k.DueVersion != 2 {
			t.Errorf("due %s by calendar %d", inBeijing(k.DueAt), k.CalendarVersion)
		}
	}
	o := newTestOffice(t)
	s := inHandling(t, o).engine("2026-12-01 00:00")
	o.amends(beijing("2026-12-01 00:00"), "2026-11-30")
	s.engine("2026-12-24 00:00")
	if k := s.clock(Handling); inBeijing(k.DueAt) != "2026-12-01 00:00" || k.CalendarVersion != 1 || inBeijing(*k.BreachedAt) != "2026-12-01 00:00" {
		t.Errorf("a breach at the instant of the publication: due %s by calendar %d", inBeijing(k.DueAt), k.CalendarVersion)
	}
}

// A publication that changes nothing for a clock is no event; one that makes a
// provisional instant final is.
func TestAPublicationWithoutAMove(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o)
	since := len(s.rec.events)
	o.amends(beijing("2026-10-12 10:00"), "2026-12-10")
	s.engine("2026-10-12 10:00")
	if k := s.clock(Handling); len(s.rec.events) != since || k.CalendarVersion != 2 || k.DueVersion != 1 {
		t.Errorf("told %q, calendar %d", s.told(since), k.CalendarVersion)
	}
	s.does("handler", extend(30)).does("leader", approve(1)) // to 29 December: provisional
	since = len(s.rec.events)
	o.amends(beijing("2026-10-13 10:00"), "2027-01-01")
	s.engine("2026-10-13 10:00")
	if k := s.clock(Handling); k.Provisional || k.DueVersion != 2 || !slices.Equal(s.told(since), []string{"rebased 2026-10-13 10:00 handling"}) {
		t.Errorf("told %q, provisional %v", s.told(since), k.Provisional)
	}
}

// A new version of a profile moves nothing. Ordered to follow, running clocks
// move, with the rungs ahead climbed again; no order makes one late.
func TestAProfileMovesClocksOnlyByOrder(t *testing.T) {
	t.Parallel()
	change := func(n int) func(*Profile) {
		return func(p *Profile) {
			i := slices.IndexFunc(p.Clocks, func(r ClockRule) bool { return r.Kind == Handling })
			p.Clocks[i].Length = calendar.Length{N: n, Unit: calendar.Day}
			p.Ladders = maps.Clone(p.Ladders)
			p.Ladders["day"] = p.Ladders["day"][1:] // without the reminder at half time
		}
	}
	unordered, ordered, short := newTestOffice(t), newTestOffice(t), newTestOffice(t)
	at := beijing("2026-11-02 10:00") // the reminder of 31 October is behind
	a, b, c := inHandling(t, unordered).engine("2026-11-01 00:00"), inHandling(t, ordered).engine("2026-11-01 00:00"), inHandling(t, short).engine("2026-11-01 00:00")
	unordered.rewrites(ProfilePetition, time.Time{}, change(90))
	ordered.rewrites(ProfilePetition, at, change(90))
	short.rewrites(ProfilePetition, at, change(20))
	if a.engine("2026-11-03 10:00"); a.dueNow(Handling) != "2026-12-01 00:00" || a.clock(Handling).ProfileVersion != 3 {
		t.Errorf("unordered: due %s", a.dueNow(Handling))
	}
	if c.engine("2026-11-03 10:00"); c.dueNow(Handling) != "2026-12-01 00:00" {
		t.Errorf("an order to be late: due %s", c.dueNow(Handling))
	}
	since := len(b.rec.events)
	b.engine("2027-03-01 00:00")
	want := []string{
		"rebased 2026-11-02 10:00 handling", "warned 2026-12-11 21:00 handling",
		"breached 2026-12-30 00:00 handling", "escalated 2026-12-30 00:00 handling leader*@station",
		"escalated 2026-12-31 00:00 handling supervisor@county", "escalated 2027-01-02 00:00 handling supervisor@city",
	}
	if got := b.told(since); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
