package grievance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// faultsOf gives the places and codes of what Check refuses.
func faultsOf(p *grievance.Profile) (list []string) {
	refusal, _ := errors.AsType[*grievance.Error](p.Check())
	if refusal == nil {
		return nil
	}
	for _, f := range refusal.Fields {
		list = append(list, f.Pointer+" "+f.Code)
	}
	return list
}

func TestCheckRefusesWhatIsOutOfBounds(t *testing.T) {
	t.Parallel()
	length := func(n int, unit calendar.Unit) calendar.Length { return calendar.Length{N: n, Unit: unit} }
	extension := func(l calendar.Length, times int, source string) func(*grievance.Profile) {
		return func(p *grievance.Profile) {
			p.Clocks[3].Extension = &grievance.ExtensionRule{Max: l, Times: times, Source: source}
		}
	}
	for want, break1 := range map[string]func(*grievance.Profile){
		"/clocks/0/length profile.length_long":              func(p *grievance.Profile) { p.Clocks[0].Length = days(3651) },
		"/clocks/3/by_grade/complex profile.length_long":    func(p *grievance.Profile) { p.Clocks[3].ByGrade["complex"] = hours(3650*24 + 1) },
		"/clocks/3/by_grade/complex profile.length_missing": func(p *grievance.Profile) { p.Clocks[3].ByGrade["complex"] = calendar.Length{} },
		"/clocks/3/by_grade/a~1b profile.grade_unknown":     func(p *grievance.Profile) { p.Clocks[3].ByGrade["a/b"] = days(1) },
		"/clocks/1/rolls profile.rolls_unfit":               func(p *grievance.Profile) { p.Clocks[1].Rolls = true },
		"/clocks/0/source text.too_long":                    func(p *grievance.Profile) { p.Clocks[0].Source = strings.Repeat("据", 501) },
		"/clocks/3/extension/max profile.extension_max":     extension(hours(30), 1, "x"),
		"/clocks/3/extension/times profile.extension_times": extension(days(30), 0, "x"),
		"/clocks/3/extension/source profile.source_missing": extension(days(30), 1, ""),
		"/clocks/0/pauses/0 profile.pause_unlimited":        func(p *grievance.Profile) { p.Clocks[0].Pauses = []grievance.PauseCause{grievance.Hearing} },
		"/suspensions/hearing profile.suspension_limit": func(p *grievance.Profile) {
			p.Suspensions = map[grievance.PauseCause]calendar.Length{grievance.Hearing: length(3651, calendar.WorkingDay)}
		},
		"/suspensions/lunch profile.cause_unknown":  func(p *grievance.Profile) { p.Suspensions = map[grievance.PauseCause]calendar.Length{"lunch": days(1)} },
		"/ladders/Night ~0 profile.ladder_name":     func(p *grievance.Profile) { p.Ladders["Night ~"] = p.Ladders["day"] },
		"/ladders/day/3/at profile.rung_unreadable": func(p *grievance.Profile) { p.Ladders["day"][3].At = "3651wd" },
		"/ladders/day profile.ladder_end":           func(p *grievance.Profile) { p.Ladders["day"] = nil },
	} {
		p := validProfile()
		break1(p)
		if got := faultsOf(p); !slices.Contains(got, want) {
			t.Errorf("want %s, got %v", want, got)
		}
	}
	p := validProfile()
	extension(days(3650), 9, "x")(p)
	p.Clocks[0].Length = length(100_000, calendar.Minute)
	p.Clocks[2].Length = days(3650)
	if got := faultsOf(p); got != nil {
		t.Errorf("at the bounds: %v", got)
	}
}

// Every fault is told at once, in one order.
func TestCheckTellsAllFaultsInOrder(t *testing.T) {
	t.Parallel()
	broken := func() *grievance.Profile {
		p := validProfile()
		p.Clocks[0].Length, p.Clocks[4].Source = calendar.Length{}, ""
		for _, name := range []string{"c", "a", "b"} {
			p.Ladders[name] = nil
			p.Clocks[3].ByGrade[name] = days(1)
		}
		return p
	}
	first := faultsOf(broken())
	if len(first) != 11 {
		t.Errorf("%d faults: %v", len(first), first)
	}
	for range 20 {
		if again := faultsOf(broken()); !slices.Equal(again, first) {
			t.Fatalf("in another order: %v, then %v", first, again)
		}
	}
}
