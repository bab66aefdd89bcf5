package grievance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const findingLegend = `Who may do what to a finding, in which of its states, and what comes of it.

  yes    done                      state  the state does not allow it
  -      not this actor's to do    trace  who stands in the trace, or decided before
  other words are the end of the refusal's code

A petition by letter that river's desk never accepted, found by the engine three
working days after its fifteen days. The columns:
  opened       within the unit's ten working days to explain it
  silent       after them, unexplained
  measured     decided, with a talk with the clerk and a bulletin about the desk
  lapsed       the same, after the fifteen days to appeal
  appealed     by the clerk
  dismissed    decided, with no measure: closed
`

// findingScene is a state that a finding can be in, as a story that leads there.
type findingScene struct {
	name string
	at   string
	tell func(*story, *Finding)
}

var findingScenes = []findingScene{
	{"opened", "2026-11-03 09:00", func(*story, *Finding) {}},
	{"silent", "2026-12-01 09:00", func(*story, *Finding) {}},
	{"explained", "2026-12-01 09:00", func(s *story, f *Finding) { s.on(f, "2026-11-04 09:00", "leader", explainFinding) }},
	{"measured", "2026-12-03 09:00", measured},
	{"lapsed", "2026-12-30 09:00", measured},
	{"appealed", "2026-12-04 09:00", func(s *story, f *Finding) { measured(s, f); s.on(f, "2026-12-03 09:00", "clerk", appealFinding) }},
	{"dismissed", "2026-12-03 09:00", func(s *story, f *Finding) {
		s.on(f, "2026-11-04 09:00", "leader", explainFinding)
		s.on(f, "2026-12-02 09:00", "city_supervisor", dismissFinding)
	}},
}

func measured(s *story, f *Finding) {
	s.on(f, "2026-11-04 09:00", "leader", explainFinding)
	s.on(f, "2026-12-02 09:00", "city_supervisor", measureFinding)
}

// verdict is something that somebody does to a finding.
type verdict func(s *story, f *Finding, m Moment) error

var (
	explainFinding = func(_ *story, f *Finding, m Moment) error { return f.Explain(m, Explaining{"人手不足"}) }
	dismissFinding = func(s *story, f *Finding, m Moment) error {
		return f.Decide(m, s.trace(), FindingDecision{Dismiss: "lawful_cause", Words: "确有正当理由"})
	}
	measureFinding = func(s *story, f *Finding, m Moment) error {
		return f.Decide(m, s.trace(), FindingDecision{Words: "属实", Measures: []Measuring{
			{Kind: MeasureTalk, User: userID("clerk"), Articles: Articles{44}}, {Kind: MeasureBulletin, Unit: unitID("river"), Articles: Articles{44}},
		}})
	}
	appealFinding = func(_ *story, f *Finding, m Moment) error { return f.Appeal(m, Appealing{"处理过重"}) }
	upholdFinding = func(s *story, f *Finding, m Moment) error {
		return f.DecideAppeal(m, s.trace(), AppealDecision{Words: "维持"})
	}
	reverseFinding = func(s *story, f *Finding, m Moment) error {
		return f.DecideAppeal(m, s.trace(), AppealDecision{Reverse: []int{1}, Words: "撤销谈话"})
	}
)

var findingOperations = []struct {
	name string
	do   verdict
}{
	{"explain", explainFinding}, {"dismiss", dismissFinding}, {"measure", measureFinding},
	{"appeal", appealFinding}, {"uphold", upholdFinding}, {"reverse", reverseFinding},
}

// on lets somebody do something to a finding that may not be refused.
func (s *story) on(f *Finding, when, who string, do verdict) {
	s.Helper()
	s.at(when)
	if err := do(s, f, s.o.moment(who, s.now)); err != nil {
		s.Fatalf("%s at %s: %v", who, when, err)
	}
}

// inquest is a finding in a scene, before whom it may come: an inspector and a
// second supervisor of the city besides.
func inquest(t *testing.T, sc findingScene) (*story, *Finding) {
	t.Helper()
	o := newTestOffice(t)
	s, f := lead(t, o)
	o.hires("judge", s.now, "inspector city")
	sc.tell(s, f)
	s.at(sc.at)
	return s, kept(f)
}

// TestFindingStates compares who may do what to a finding with the tables in
// testdata/finding_states.txt, as TestStates does for a case.
func TestFindingStates(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	out.WriteString(findingLegend)
	people := []string{"clerk", "leader", "county_leader", "supervisor", "inspector", "hill_inspector", "hill_leader", "city_supervisor", "judge", "handler", "petitioner", "admin", "system"}
	for _, op := range findingOperations {
		fmt.Fprintf(&out, "\n## %s\n\n%-16s", op.name, "")
		for _, sc := range findingScenes {
			fmt.Fprintf(&out, " %-17s", sc.name)
		}
		for _, who := range people {
			row, concerned := "", false
			for _, sc := range findingScenes {
				s, f := inquest(t, sc)
				cell := findingCell(t, s, f, who, op.do)
				row, concerned = row+fmt.Sprintf(" %-17s", cell), concerned || cell != "-"
			}
			if concerned {
				fmt.Fprintf(&out, "\n%-16s%s", who, row)
			}
		}
		out.WriteString("\n")
	}
	golden(t, "testdata/finding_states.txt", out.Bytes())
}

func findingCell(t *testing.T, s *story, f *Finding, who string, do verdict) string {
	t.Helper()
	before := *f
	err := do(s, f, s.o.moment(who, s.now))
	if err != nil && len(f.Pending().Texts) > 0 {
		t.Errorf("%s was refused (%v) and words were kept", who, err)
	}
	if err != nil && (f.State != before.State && f.State != FindingClosed || f.Result != before.Result) {
		t.Errorf("%s was refused (%v) and the finding changed: %+v", who, err, f)
	}
	switch code := CodeOf(err); code {
	case "":
		return "yes"
	case "finding.not_permitted":
		return "-"
	case "finding.in_trace":
		return "trace"
	default:
		return code[strings.Index(code, ".")+1:]
	}
}

// TestFindingModel lets random people do random things to a finding over random
// time. Whatever they do: nobody decides who stands in the trace, who sits in the
// unit itself or who decided before; it is decided once and appealed against once;
// a closed one stays closed; measures stand but for those that an appeal takes
// back; and the record has no gap.
func TestFindingModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		o := newTestOffice(r)
		s, f := openLead(r, o)
		o.hires("judge", s.now, "inspector city")
		kept(f)
		led, events := s.trace().Before(f.AboutAt), f.Seq
		people := append(slices.Sorted(mapKeys(testPeople)), "judge")
		r.Repeat(map[string]func(*rapid.T){
			"": func(r *rapid.T) {
				if f.State == FindingClosed && (f.ClosedAt == nil || f.NextAt != nil) {
					r.Fatalf("closed as %+v", f)
				}
			},
			"somebody": func(r *rapid.T) {
				s.now = s.now.Add(time.Duration(rapid.IntRange(0, 9*24).Draw(r, "hours")) * time.Hour)
				who, op := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(findingOperations).Draw(r, "what")
				was := *f
				err := op.do(s, f, o.moment(who, s.now))
				if err != nil && KindOf(err) == "" {
					r.Fatalf("%s by %s: %v", op.name, who, err)
				}
				if err != nil { // what was refused is thrown away
					*f = was
				}
				for _, e := range f.TakeChanges().Events {
					if events++; e.Seq != events || e.AboutAt.After(e.RecordedAt) {
						r.Fatalf("event %d is %+v", events, e)
					}
				}
				if err == nil {
					checkVerdict(r, o, led, &was, f, userID(who))
				}
			},
			"time": func(r *rapid.T) {
				s.now = s.now.Add(time.Duration(rapid.IntRange(1, 20*24).Draw(r, "hours")) * time.Hour)
				if err := f.Advance(o.moment("system", s.now)); err != nil {
					r.Fatal(err)
				}
				events += int64(len(f.TakeChanges().Events))
			},
		})
	})
}

// checkVerdict holds what somebody has just done against the promises.
func checkVerdict(t tb, o *testOffice, led Trace, was, is *Finding, who UserID) {
	t.Helper()
	if was.State == FindingClosed || was.AppealedAt != nil && is.AppealedAt != was.AppealedAt || was.DecidedAt != nil && is.DecidedAt != was.DecidedAt {
		t.Fatalf("%s turned %+v into %+v", o.user(who), was, is)
	}
	decided, judged := was.DecidedAt == nil && is.DecidedAt != nil, was.State == FindingAppealed
	if !decided && !judged {
		return
	}
	sits := func(a Appointment) bool { return a.UnitID == is.UnitID }
	if led.Names(who) || slices.ContainsFunc(o.book.AppointmentsOf(who), sits) || judged && who == was.DecidedBy {
		t.Fatalf("%s decided on %+v", o.user(who), was)
	}
	if decided && was.State == FindingOpened && !is.ExplanationLate {
		t.Fatalf("decided before the unit could explain: %+v", is)
	}
}
