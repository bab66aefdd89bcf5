package grievance

import (
	"slices"
	"testing"
)

// waitsFor tells for whom a finding waits to be decided: whose turn it is.
func (s *story) waitsFor(f *Finding, barred []UserID) (who []string) {
	for name := range testPeople {
		a := s.o.moment(name, s.now).By
		for _, turn := range s.o.book.JudgingTurns(a, s.now, (*Book).Judges) {
			before := func(id UserID) bool { return !slices.Contains(barred, id) }
			if slices.Contains(turn.Units, f.UnitID) && !slices.Contains(barred, a.UserID) && !slices.ContainsFunc(turn.Before, before) {
				who = append(who, name)
			}
		}
	}
	slices.Sort(who)
	return who
}

// A finding waits for the nearest who may decide it: whoever it waits for may.
func TestAFindingWaitsForTheNearestJudge(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s, f := lead(t, o)
	trace := s.trace()
	f.Bar(trace)
	barred := f.Pending().Barred
	for _, name := range []string{"clerk", "leader", "county_leader", "supervisor"} {
		if !slices.Contains(barred, o.moment(name, s.now).By.UserID) {
			t.Errorf("%s is not barred", name)
		}
	}
	var bars []string
	for range 3 {
		got := s.waitsFor(f, barred)
		for _, name := range got {
			if _, err := f.judge(o.moment(name, s.now), f.UnitID, Trace{}, barred...); err != nil {
				t.Errorf("it waits for %s, who may not decide it: %v", name, err)
			}
			barred = append(barred, o.moment(name, s.now).By.UserID)
		}
		bars = append(bars, got...)
	}
	if want := []string{"city_supervisor", "inspector"}; !slices.Equal(bars, want) {
		t.Errorf("it waits for %v in turn, want %v", bars, want)
	}
}

// What waits to be explained waits for whoever speaks for the unit.
func TestAFindingWaitsForWhoSpeaksForTheUnit(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s, f := lead(t, o)
	for name := range testPeople {
		waits := slices.Contains(o.book.Explains(o.moment(name, s.now).By, s.now), f.UnitID)
		_, speaks := o.book.SpeaksFor(o.moment(name, s.now).By, f.UnitID, s.now)
		if want := slices.Contains([]string{"clerk", "clerk_b", "leader", "deputy", "jack_of_all"}, name); waits != want || speaks != want {
			t.Errorf("it waits for %s: %t, who speaks for the unit: %t, want %t", name, waits, speaks, want)
		}
	}
}
