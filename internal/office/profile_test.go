package office_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	}
	want := map[string][]string{
		"petition":        {"15d", "1wd", "3wd", "60d", "2wd"},
		"petition_simple": {"3wd", "1wd", "1wd", "10wd", "1wd"},
		"hotline":         {"1wd", "2wh", "24h", "7d", "1wd"},
		"township":        {"1wd", "30wm", "2wh", "7d", "1wd"},
		"wall":            {"1wd", "1wd", "", "7wd", "1wd"},
	}
	dispute := map[string]int{"hotline": 15, "township": 15, "wall": 15}
	for i, p := range embedded(t) {
		if p.Name != grievance.ProfileNames[i] || p.Version != 2 || p.DisputeDays != dispute[p.Name] {
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

// TestClocksDocument keeps docs/clocks.md as the profiles are: go generate
// writes it.
func TestClocksDocument(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "clocks.md")
	want := clocksDocument(embedded(t))
	if *update {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	must(t, err)
	if string(got) != want {
		t.Error("docs/clocks.md is stale: run go generate ./internal/office")
	}
}

const clocksIntroduction = `# The clocks

<!-- Generated from internal/office/profiles.json by go generate; do not edit. -->

A profile (办理模式) sets the clocks of a case. Lengths: ` + "`m`, `h`" + ` minutes and hours by the wall,
` + "`wm`, `wh`" + ` working minutes and hours, ` + "`d`" + ` calendar days, ` + "`wd`" + ` working days. The start day does
not count; a clock that rolls and whose last day is a day off ends with the next working day
(Civil Code Art. 203). Articles are those of the 信访工作条例 (2022).

- **Acceptance** starts when the case is received, anew for each unit that receives it, and stops
  when the notice of acceptance or decline is served, or the case is forwarded.
- **Acknowledgement** starts with each assignment and stops when the handler acknowledges (签收).
- **First contact** starts with acceptance and stops when the petitioner has been contacted.
- **Handling** starts with acceptance and stops when a leader approves the opinion.
- **Sign-off** starts when something is submitted to a leader and stops when the leader decides.

`

func clocksDocument(list []*grievance.Profile) string {
	var b strings.Builder
	b.WriteString(clocksIntroduction)
	for _, p := range list {
		fmt.Fprintf(&b, "## `%s` (version %d)\n\n", p.Name, p.Version)
		if p.DisputeDays > 0 {
			fmt.Fprintf(&b, "After closure the petitioner may dispute once, within %d days.\n\n", p.DisputeDays)
		} else {
			b.WriteString("After closure the petitioner may ask for a review (Art. 35); there is no dispute.\n\n")
		}
		b.WriteString("| clock | length | unit | starts | stops | debtor | rolls | ladder | source |\n|---|---|---|---|---|---|---|---|---|\n")
		for _, r := range p.Clocks {
			b.WriteString(clockRows(&r))
		}
		b.WriteString("\n")
	}
	b.WriteString("## Ladders\n\nA length shorter than a day climbs the ladder `short`. `1x` is as long again as the clock.\n\n| ladder | rungs |\n|---|---|\n")
	for _, name := range []string{"day", "short"} {
		i := slices.IndexFunc(list, func(p *grievance.Profile) bool { return p.Ladders[name] != nil })
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, describeLadder(list[i].Ladders[name]))
	}
	return b.String()
}

// clockRows writes a rule, and a line for each urgency with a length of its own.
func clockRows(r *grievance.ClockRule) string {
	roll := map[bool]string{true: "yes", false: "no"}
	line := func(name string, u grievance.Urgency) string {
		length, ladder, rolls := r.LengthFor(u), r.Ladder, r.Rolls
		if length.ShorterThanDay() {
			ladder = "short"
		}
		rolls = rolls && length.ByDay()
		return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, length, length.Unit,
			r.Starts, r.Stops, r.Debtor, roll[rolls], ladder, r.Source)
	}
	rows := line(string(r.Kind), "")
	for _, u := range grievance.Urgencies {
		if _, ok := r.ByGrade[string(u)]; ok && u != grievance.Ordinary {
			rows += line(string(r.Kind)+": "+string(u), u)
		}
	}
	return rows
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
