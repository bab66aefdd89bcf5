package office_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

var update = flag.Bool("update", false, "write the generated document instead of comparing it")

func embedded(t *testing.T) []*grievance.Profile {
	t.Helper()
	list, err := office.EmbeddedProfiles()
	must(t, err)
	return list
}

// TestProfilesAreTheTable compares the data with the table of the product's
// description, written out a second time.
func TestProfilesAreTheTable(t *testing.T) {
	t.Parallel()
	kinds := []grievance.ClockKind{
		grievance.Acceptance, grievance.Acknowledgement, grievance.FirstContact, grievance.Handling, grievance.SignOffStep,
		grievance.Consent, grievance.Jurisdiction, grievance.CoHandling, grievance.OrderReply, grievance.SponsorDuty,
	}
	want := map[string][]string{
		"petition":        {"15d", "1wd", "3wd", "60d", "2wd", "2wd", "5wd", "5wd", "5wd", "10wd"},
		"petition_simple": {"3wd", "1wd", "1wd", "10wd", "1wd", "2wd", "5wd", "5wd", "5wd", "10wd"},
		"hotline":         {"1wd", "2wh", "24h", "7d", "1wd", "2wd", "5wd", "5wd", "5wd", "10wd"},
		"township":        {"1wd", "30wm", "2wh", "7d", "1wd", "2wd", "5wd", "5wd", "5wd", "10wd"},
		"wall":            {"1wd", "1wd", "", "7wd", "1wd", "2wd", "5wd", "5wd", "5wd", "10wd"},
	}
	dispute := map[string]int{"hotline": 15, "township": 15, "wall": 15}
	for i, p := range embedded(t) {
		if p.Name != grievance.ProfileNames[i] || p.Version != 3 || p.DisputeDays != dispute[p.Name] {
			t.Errorf("profile %d is %s, version %d, dispute within %d days", i, p.Name, p.Version, p.DisputeDays)
		}
		for j, kind := range kinds {
			rule, _ := p.Rule(kind)
			if got := rule.Length.String(); got != want[p.Name][j] {
				t.Errorf("%s: %s takes %q, want %q", p.Name, kind, got, want[p.Name][j])
			}
		}
	}
}

func TestHandlingByUrgency(t *testing.T) {
	t.Parallel()
	want := map[string][]string{ // in the order of grievance.Urgencies
		"petition":        {"60d", "60d", "60d", "60d", "60d"},
		"petition_simple": {"10wd", "10wd", "10wd", "10wd", "10wd"},
		"hotline":         {"2h", "24h", "7d", "7d", "15d"},
		"township":        {"7d", "7d", "24h", "7d", "15d"},
		"wall":            {"7wd", "7wd", "7wd", "7wd", "7wd"},
	}
	for _, p := range embedded(t) {
		rule, _ := p.Rule(grievance.Handling)
		for i, u := range grievance.Urgencies {
			if got := rule.LengthFor(u).String(); got != want[p.Name][i] {
				t.Errorf("%s: handling of %s takes %s, want %s", p.Name, u, got, want[p.Name][i])
			}
		}
	}
}

func TestProfilesClimbTheProductsLadders(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"day":   "50% remind, 80% warn, 0d breach 1, 1wd escalate 2, 3wd escalate 3",
		"short": "80% warn, 0d breach 1, 1x escalate 2",
	}
	for _, p := range embedded(t) {
		for name, rungs := range p.Ladders {
			if got := describeLadder(rungs); got != want[name] {
				t.Errorf("%s: ladder %s is %s", p.Name, name, got)
			}
		}
	}
}

func describeLadder(rungs []grievance.Rung) string {
	var parts []string
	for _, r := range rungs {
		part := r.At + " " + string(r.Act)
		if r.Level > 0 {
			part += fmt.Sprintf(" %d", r.Level)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
