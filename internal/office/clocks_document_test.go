package office_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

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
(Civil Code Art. 203). Articles are those of the 信访工作条例 (2022); "practice" is a rule without one.

- **Acceptance** starts when the case is received, anew for each unit that receives it, and stops
  when the notice of acceptance or decline is served, or the case is forwarded.
- **Acknowledgement** starts with each assignment and stops when the handler acknowledges (签收).
- **First contact** starts with acceptance and stops when the petitioner has been contacted.
- **Handling** starts with acceptance, anew when a dispute, a follow-up or a review opens the
  case again, and stops when a leader approves the opinion.
- **Sign-off** starts when something is submitted to a leader and stops when the leader decides.
- **Review** (复查) and **re-review** (复核) start when they are asked for and stop when a leader of
  the reviewing organ approves their opinion. Re-review stands still during a hearing (Art. 36).
- **Consent** starts when a unit objects to a forward or an assignment (退单) and stops when the
  sender consents or refuses; what is refused, or not answered in time, goes to the common superior.
- **Jurisdiction** starts then, and stops when that superior, or the joint conference (联席会议),
  designates the unit.
- **Co-handling** starts, for each unit that is asked to help, when the lead unit asks it, and stops
  when it answers.
- **Order** starts with each supervision order (督办) and recommendation (Art. 40) and stops when it is
  answered in writing.
- **Duty** starts, for each duty of a leader in charge (包案), when the duty is set, and stops when it is
  done.

Every clock of a case that ends otherwise (declined, withdrawn, answered on the spot) is cancelled.

A clock that may be **extended** (延期) is so before its due instant, for a coded reason, with the
approval of the unit's head and a notice to the petitioner; the days are added to the last day before
it was rolled, and the sum is rolled once. A **suspension** (中止) stops only the clocks whose line names
its cause; every other clock runs on in a suspended case. Its longest time is that of each suspension,
counted from its request; what a case may rest in all is not limited.

A **signature** (签批) is a leader's of the nearest organ that has one who neither handled the case nor
asked for it; an extension is the head's (Art. 34). Where a profile says so, several sign one after
another: ` + "`leader`" + ` any leader of that organ, ` + "`head`" + ` its head, ` + "`superior`" + ` the head of the organ above;
or the leader in charge of the case alone (` + "`sponsor`" + `), for whom the head signs where there is none who may.
A step of several is for whoever fills its seat, and nobody above takes it. Whoever signed one step
signs no other, but a head's signature is enough for both seats of the post; whoever returns a step
returns the whole.

These are the profiles that the program brings. An administrator may change them: each change is a
new version, by which clocks start from then on. A clock that runs keeps the version that set it,
unless somebody orders that it follows.

`

const petitionAfter = "After closure the petitioner may ask for a review within 30 days of the written opinion (Art. 35) and for a\nre-review within 30 days of the review's (Art. 36), at the superior organ. There is no dispute.\n\n"

func clocksDocument(list []*grievance.Profile) string {
	var b strings.Builder
	b.WriteString(clocksIntroduction)
	for _, p := range list {
		fmt.Fprintf(&b, "## `%s` (version %d)\n\n", p.Name, p.Version)
		if p.DisputeDays > 0 {
			fmt.Fprintf(&b, "The petitioner may dispute the answer (异议) once, within %d calendar days from its service (an answer on\nthe spot: from its closure), rolled to a working day: that opens the case again.\n\n", p.DisputeDays)
		} else {
			b.WriteString(petitionAfter)
		}
		b.WriteString("| clock | article | length | unit | starts | stops | owed by | rolls | extended | paused by | ladder |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
		for _, r := range p.Clocks {
			b.WriteString(clockRows(&r))
		}
		b.WriteString(suspensionRows(p))
		b.WriteString(signingRows(p))
	}
	b.WriteString("## Ladders\n\nA length shorter than a day climbs the ladder `short`. A rung is recorded once, about its own instant.\n\n")
	for _, name := range []string{"day", "short"} {
		i := slices.IndexFunc(list, func(p *grievance.Profile) bool { return p.Ladders[name] != nil })
		fmt.Fprintf(&b, "**`%s`**\n\n", name)
		for _, r := range list[i].Ladders[name] {
			fmt.Fprintf(&b, "- %s: %s\n", instantInWords(r.At), actInWords(r))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var units = map[calendar.Unit]string{
	calendar.Minute: "minutes by the wall", calendar.Hour: "hours by the wall", calendar.WorkingMinute: "working minutes",
	calendar.WorkingHour: "working hours", calendar.Day: "calendar days", calendar.WorkingDay: "working days",
}

// clockRows writes a rule, and a line for each urgency with a length of its own.
func clockRows(r *grievance.ClockRule) string {
	line := func(name string, u grievance.Urgency) string {
		length, ladder, rolls, extended := r.LengthFor(u), r.Ladder, "no", "no"
		if length.ShorterThanDay() {
			ladder = "short"
		}
		if r.Rolls && length.ByDay() {
			rolls = "yes"
		}
		if x := r.Extension; x != nil && length.ByDay() {
			extended = fmt.Sprintf("%s, by at most %s (%s)", times(x.Times), x.Max, x.Source)
		}
		return fmt.Sprintf("| %s | %s | %s | %s | `%s` | `%s` | %s | %s | %s | %s | `%s` |\n", name, r.Source, length, units[length.Unit],
			r.Starts, r.Stops, r.Debtor, rolls, extended, causes(r.Pauses), ladder)
	}
	rows := line(string(r.Kind), "")
	for _, u := range grievance.Urgencies {
		if _, ok := r.ByGrade[string(u)]; ok && u != grievance.Ordinary {
			rows += line(string(r.Kind)+": "+string(u), u)
		}
	}
	return rows
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func causes(list []grievance.PauseCause) string {
	if len(list) == 0 {
		return "nothing"
	}
	var words []string
	for _, c := range list {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

// signingRows tells who signs what besides the rule for all: the head an
// extension, a leader everything else.
func signingRows(p *grievance.Profile) string {
	if len(p.SignOffs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| signed (the first line that fits) | by, in order | rests on |\n|---|---|---|\n")
	for _, r := range p.SignOffs {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", signedInWords(r), inOrder(r.Chain), r.Source)
	}
	return b.String() + "\n"
}

func signedInWords(r grievance.SigningRule) string {
	words := inOrder(r.Kinds)
	for _, more := range []string{inOrder(r.Outcomes), inOrder(r.Urgencies)} {
		if more != "" {
			words += "; " + more
		}
	}
	if r.Group {
		words += " of a group petition"
	}
	if r.Listed {
		words += "; listed by a superior unit"
	}
	if r.Level > 0 {
		words += fmt.Sprintf("; escalated to level %d", r.Level)
	}
	if r.Amount > 0 {
		words += fmt.Sprintf("; %d yuan or more at stake", r.Amount)
	}
	return words
}

func inOrder[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

// suspensionRows tells for which causes a case may rest, how long, and what stops.
func suspensionRows(p *grievance.Profile) string {
	if len(p.Suspensions) == 0 {
		return "\nA case cannot be suspended.\n\n"
	}
	var b strings.Builder
	b.WriteString("\n| suspended for | at most, each time | clocks that it stops |\n|---|---|---|\n")
	for _, cause := range grievance.PauseCauses {
		limit, ok := p.Suspensions[cause]
		if !ok {
			continue
		}
		stops := "none"
		for _, r := range p.Clocks {
			if slices.Contains(r.Pauses, cause) {
				stops = strings.TrimPrefix(stops+", "+string(r.Kind), "none, ")
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cause, limit, stops)
	}
	return b.String() + "\n"
}

func instantInWords(at string) string {
	if part, ok := strings.CutSuffix(at, "%"); ok {
		return "after " + part + " % of the way"
	}
	if n, ok := strings.CutSuffix(at, "wd"); ok {
		return "at the end of working day " + n + " after the date due"
	}
	return map[string]string{"0d": "at the due instant", "1x": "as long again after the due instant as the clock is long"}[at]
}

func actInWords(r grievance.Rung) string {
	reaches := []string{"", "the head of the unit that owes it", "the supervisor of the superior unit", "the supervisor of the unit above that"}[r.Level]
	return map[grievance.RungAct]string{
		grievance.Remind:   "who owes it and the head are reminded",
		grievance.Warn:     "the yellow warning (黄牌) to both",
		grievance.Breach:   "the breach (红牌), recorded for ever, and an escalation (level 1) to " + reaches,
		grievance.Escalate: fmt.Sprintf("an escalation (level %d) to %s", r.Level, reaches),
	}[r.Act]
}
