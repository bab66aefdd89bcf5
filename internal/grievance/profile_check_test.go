package grievance_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

func days(n int) calendar.Length  { return calendar.Length{N: n, Unit: calendar.Day} }
func hours(n int) calendar.Length { return calendar.Length{N: n, Unit: calendar.Hour} }

// validProfile is a profile without a fault: every test breaks one thing of it.
func validProfile() *grievance.Profile {
	rule := func(k grievance.ClockKind, starts, stops string) grievance.ClockRule {
		return grievance.ClockRule{
			Kind: k, Length: days(7), Starts: starts, Stops: stops,
			Debtor: grievance.RoleHandler, Ladder: "day", Source: "test",
		}
	}
	p := &grievance.Profile{
		Name: grievance.ProfileHotline, Version: 1,
		Clocks: []grievance.ClockRule{
			rule(grievance.Acceptance, "received", "notice_served"), rule(grievance.Acknowledgement, "assigned", "acknowledged"),
			rule(grievance.FirstContact, "accepted", "contacted"), rule(grievance.Handling, "accepted", "opinion_approved"),
			rule(grievance.SignOffStep, "submitted", "decided"),
		},
		Ladders: map[string][]grievance.Rung{
			"day": {
				{At: "50%", Act: grievance.Remind}, {At: "80%", Act: grievance.Warn}, {At: "0d", Act: grievance.Breach, Level: 1},
				{At: "1wd", Act: grievance.Escalate, Level: 2}, {At: "3wd", Act: grievance.Escalate, Level: 3},
			},
			"short": {
				{At: "80%", Act: grievance.Warn}, {At: "0d", Act: grievance.Breach, Level: 1}, {At: "1x", Act: grievance.Escalate, Level: 2},
			},
		},
	}
	p.Clocks[1].Length, p.Clocks[1].Ladder = hours(2), "short"
	p.Clocks[3].ByGrade = map[string]calendar.Length{"life_property": hours(2), "ordinary": days(7)}
	return p
}

func TestCheckAcceptsAValidProfile(t *testing.T) {
	t.Parallel()
	if err := validProfile().Check(); err != nil {
		t.Error(err)
	}
	p := validProfile()
	p.Clocks = slices.Delete(p.Clocks, 2, 3)
	if err := p.Check(); err != nil {
		t.Errorf("without first contact, as the wall has none: %v", err)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for code, break1 := range map[string]func(*grievance.Profile){
		"profile.name_unknown":    func(p *grievance.Profile) { p.Name = "express" },
		"profile.version":         func(p *grievance.Profile) { p.Version = 0 },
		"profile.dispute_days":    func(p *grievance.Profile) { p.DisputeDays = -1 },
		"profile.clock_unknown":   func(p *grievance.Profile) { p.Clocks[0].Kind = "lunch" },
		"profile.clock_twice":     func(p *grievance.Profile) { p.Clocks = append(p.Clocks, p.Clocks[0]) },
		"profile.clock_missing":   func(p *grievance.Profile) { p.Clocks = p.Clocks[:4] },
		"profile.starts_unknown":  func(p *grievance.Profile) { p.Clocks[0].Starts = "accepted" },
		"profile.stops_unknown":   func(p *grievance.Profile) { p.Clocks[0].Stops = "" },
		"profile.debtor_unknown":  func(p *grievance.Profile) { p.Clocks[0].Debtor = grievance.RolePetitioner },
		"profile.source_missing":  func(p *grievance.Profile) { p.Clocks[0].Source = " " },
		"profile.length_missing":  func(p *grievance.Profile) { p.Clocks[0].Length = calendar.Length{} },
		"profile.ladder_unknown":  func(p *grievance.Profile) { delete(p.Ladders, "short") },
		"profile.ladder_unfit":    func(p *grievance.Profile) { p.Clocks[0].Ladder = "short" },
		"profile.grade_unknown":   func(p *grievance.Profile) { p.Clocks[0].ByGrade = map[string]calendar.Length{"odd": days(1)} },
		"profile.grade_default":   func(p *grievance.Profile) { p.Clocks[3].ByGrade["ordinary"] = days(8) },
		"profile.rung_unreadable": func(p *grievance.Profile) { p.Ladders["day"][3].At = "soon" },
		"profile.rung_order":      func(p *grievance.Profile) { p.Ladders["day"][0].At = "90%" },
		"profile.rung_act":        func(p *grievance.Profile) { p.Ladders["day"][4].Level = 2 },
		"profile.ladder_long":     func(p *grievance.Profile) { p.Ladders["short"][2].At = "1wd" },
		"profile.ladder_breach":   func(p *grievance.Profile) { p.Ladders["day"] = slices.Delete(p.Ladders["day"], 2, 3) },
		"profile.ladder_end":      func(p *grievance.Profile) { p.Ladders["day"] = p.Ladders["day"][:3] },
	} {
		p := validProfile()
		break1(p)
		refusal, ok := errors.AsType[*grievance.Error](p.Check())
		if !ok || refusal.Kind != grievance.Invalid || !slices.ContainsFunc(refusal.Fields, func(f grievance.FieldError) bool {
			return f.Code == code && f.Pointer != "" && f.Message != ""
		}) {
			t.Errorf("%s: got %+v", code, refusal)
		}
	}
}

func TestCheckRefusesRungs(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"", "0%", "100%", "-5%", "05%", "5 %", "x", "0x", "2x", "1d", "wd", "0wd", "01wd", "1wh", "100001wd", "0",
	} {
		p := validProfile()
		p.Ladders["day"][3].At = at
		if p.Check() == nil {
			t.Errorf("an escalation at %q", at)
		}
	}
	for name, ladder := range map[string][]grievance.Rung{
		"empty":                 {},
		"two breaches":          {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Breach, Level: 1}, {At: "2wd", Act: grievance.Escalate, Level: 2}},
		"a breach of no level":  {{At: "0d", Act: grievance.Breach}, {At: "1wd", Act: grievance.Escalate, Level: 2}},
		"a breach before due":   {{At: "90%", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Escalate, Level: 2}},
		"a skipped level":       {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Escalate, Level: 3}},
		"a fourth level":        {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Escalate, Level: 2}, {At: "2wd", Act: grievance.Escalate, Level: 3}, {At: "3wd", Act: grievance.Escalate, Level: 4}},
		"a late reminder":       {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Remind}, {At: "2wd", Act: grievance.Escalate, Level: 2}},
		"one instant twice":     {{At: "50%", Act: grievance.Remind}, {At: "50%", Act: grievance.Warn}, {At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: grievance.Escalate, Level: 2}},
		"days after multiples":  {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1x", Act: grievance.Escalate, Level: 2}, {At: "3wd", Act: grievance.Escalate, Level: 3}},
		"an act of another age": {{At: "0d", Act: grievance.Breach, Level: 1}, {At: "1wd", Act: "shout", Level: 2}, {At: "2wd", Act: grievance.Escalate, Level: 3}},
	} {
		p := validProfile()
		p.Ladders["day"] = ladder
		if p.Check() == nil {
			t.Errorf("a ladder with %s", name)
		}
	}
}
