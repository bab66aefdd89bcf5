package app_test

import (
	"maps"
	"net/url"
	"slices"
)

// The parts of 禾汀县's bulletins that anything is told of.
type countyFigures map[string]map[string]int // by unit and figure

// When the third working day of December is over, the county's bulletin of November
// is there.
func (s *backTrace) novemberIsPublished() {
	s.Helper()
	s.on("2026-12-03 23:59")
	if list := s.as("supervisor").bulletins("2026-11"); len(list) != 0 {
		s.Errorf("published before the day was over: %+v", list)
	}
	s.on("2026-12-04 00:00")
	s.wantCounty("2026-11", countyFigures{
		town1: {"registered": 1}, // the case of the eleven was registered at the city
		town2: {
			"objections": 2, "breached.acceptance": 1,
			"findings.passing_the_buck": 1, "findings.overdue_acceptance": 1, "findings.petition_two_levels_up": 1,
			"findings.group_after_neglect": 1, "findings.repeat_petition": 1,
		},
	})
}

// And that of December on 7 January: New Year is three days off.
func (s *backTrace) decemberIsPublished() {
	s.Helper()
	s.on("2027-01-07 00:00")
	s.wantCounty("2026-12", countyFigures{
		town2: {
			"registered": 39, "closed": 41, "on_time": 41, "disputed": 1, "rehandled": 1, // 40 files, one of them twice
			"breached.first_contact": 1,
			"asked.contacted":        1, "yes.contacted": 1, "asked.resolved": 1, "yes.resolved": 1, "asked.satisfied": 1, "yes.satisfied": 1,
			"findings.no_first_contact": 1, "findings.rubber_stamp": 40, "findings.false_closure": 1,
			"measures.talk": 2, // the bulletin against 栖桥 was taken back
		},
	})
	for rule, want := range map[string]string{"passing_the_buck": "closed measures", "overdue_acceptance": "closed measures", "repeat_petition": "closed dismissed", "false_closure": "opened "} {
		var f finding
		if s.as("city_supervisor").get(s.finding(rule, ""), &f); f.State+" "+f.Result != want {
			s.Errorf("in January %s is %s %s, want %s", rule, f.State, f.Result, want)
		}
	}
}

// wantCounty checks each part of the county's bulletin of a month, that the total is
// their sum, and that each figure opens into as much as it says.
func (s *backTrace) wantCounty(month string, want countyFigures) {
	s.Helper()
	u := s.as("supervisor")
	var b struct {
		Unit  struct{ Code string }
		Total []figure
		Parts []struct {
			Unit    struct{ Code string }
			Figures []figure
		}
	}
	u.get("/bulletins/"+s.issued(month), &b)
	got, sums := countyFigures{}, map[string]int{}
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			if f.Count == 0 {
				continue
			}
			if got[p.Unit.Code] == nil {
				got[p.Unit.Code] = map[string]int{}
			}
			got[p.Unit.Code][f.Name] = f.Count
			sums[f.Name] += f.Count
			u.opensWhole(f)
		}
	}
	for unit, figures := range want {
		if !maps.Equal(got[unit], figures) {
			s.Errorf("%s of %s: %v, want %v", unit, month, got[unit], figures)
		}
		delete(got, unit)
	}
	if len(got) > 0 {
		s.Errorf("%s tells of others too: %v", month, got)
	}
	for _, f := range b.Total {
		if f.Count != sums[f.Name] {
			s.Errorf("%s of %s is %d in all, and its parts add up to %d", f.Name, month, f.Count, sums[f.Name])
		}
		u.opensWhole(f)
	}
}

// issued gives the one bulletin of 禾汀县 of a month.
func (s *backTrace) issued(month string) string {
	s.Helper()
	var page struct {
		Items []struct {
			ID   string
			Unit struct{ Code string }
		}
	}
	s.as("supervisor").get("/bulletins?limit=200&period="+month, &page)
	i := slices.IndexFunc(page.Items, func(b struct {
		ID   string
		Unit struct{ Code string }
	}) bool {
		return b.Unit.Code == "990121"
	})
	if i < 0 {
		s.Fatalf("no bulletin of %s: %+v", month, page.Items)
	}
	return page.Items[i].ID
}

// opensWhole checks that a figure opens into as many things as it says, each of the case
// that it is listed under.
func (u *user) opensWhole(f figure) {
	u.Helper()
	var page struct {
		Count, Cases int
		Items        []struct {
			CaseID string `json:"case_id"`
			Refs   []string
		}
	}
	address, err := url.Parse(f.Href)
	if err != nil {
		u.Fatal(err)
	}
	query := address.Query()
	query.Set("limit", "200")
	u.get(address.Path+"?"+query.Encode(), &page)
	refs := 0
	for _, i := range page.Items {
		refs += len(i.Refs)
		for _, r := range i.Refs {
			if len(r) < len(i.CaseID) || r[:len(i.CaseID)] != i.CaseID {
				u.Errorf("%s: %s is none of case %s", f.Href, r, i.CaseID)
			}
		}
	}
	if page.Count != f.Count || refs != f.Count || page.Cases != len(page.Items) {
		u.Errorf("%s says %d, and opens into %d of %d cases", f.Href, f.Count, refs, len(page.Items))
	}
}
