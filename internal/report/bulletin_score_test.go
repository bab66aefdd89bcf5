package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

var small = Scheme{Version: 7, Points: 100, MinCases: 2, Items: []SchemeItem{
	{Figure: "upheld.false_closure", Each: 30, Cap: 50},
	{Figure: "upheld.*", Each: 5, Cap: 12},
	{Figure: "breached.handling", Each: 2, Cap: 10},
	{Rate: "satisfied", Target: 90, Each: 3, Cap: 40, MinAsked: 3},
}}

// part has each figure as often as is said, of cases counted from 1.
func part(figures map[FigureName]int) BulletinPart {
	p := BulletinPart{Unit: UnitName{ID: unitID(1)}}
	for name, n := range figures {
		f := OpenedFigure{Name: name, Count: n}
		for i := range n {
			f.Refs = append(f.Refs, eventRef(caseID(i+1), 1))
		}
		p.Figures = append(p.Figures, f)
	}
	slices.SortFunc(p.Figures, func(a, b OpenedFigure) int { return a.Name.order(b.Name) })
	return p
}

func TestWhatIsDeducted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		figures map[FigureName]int
		want    string
	}{
		{nil, "100"},
		{map[FigureName]int{"findings.false_closure": 3, "closed": 9}, "100"}, // opened, or dismissed: nothing
		{map[FigureName]int{"upheld.false_closure": 1}, "70 upheld.false_closure -30"},
		{map[FigureName]int{"upheld.false_closure": 2}, "50 upheld.false_closure -50"}, // its cap
		{map[FigureName]int{"upheld.a": 1, "upheld.b": 2}, "88 upheld.a -5 upheld.b -7"},
		{map[FigureName]int{"breached.handling": 4, "breached.sign_off": 9}, "92 breached.handling -8"},
		{map[FigureName]int{"asked.satisfied": 2}, "100"}, // too few
		{map[FigureName]int{"asked.satisfied": 10, "yes.satisfied": 9}, "100"},
		{map[FigureName]int{"asked.satisfied": 10, "yes.satisfied": 8}, "70 asked.satisfied -30"},
		{map[FigureName]int{"asked.satisfied": 7, "yes.satisfied": 6}, "88 asked.satisfied -12"}, // 85.7 %: four full points
		{map[FigureName]int{"asked.satisfied": 10}, "60 asked.satisfied -40"},
	} {
		score := small.score(part(c.figures))
		got := fmt.Sprint(score.Points)
		for _, d := range score.Deductions {
			got += fmt.Sprintf(" %s -%d", d.Figure, d.Points)
			if len(d.Refs) == 0 || d.Count != len(d.Refs) {
				t.Errorf("%v: %d points off for %s open into %d things", c.figures, d.Points, d.Figure, len(d.Refs))
			}
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.figures, got, c.want)
		}
	}
	if broke := small.score(part(map[FigureName]int{"upheld.false_closure": 9, "upheld.x": 9, "breached.handling": 9, "asked.satisfied": 9})); broke.Points != 0 {
		t.Errorf("below nothing: %+v", broke)
	}
}

// Small units are scored, not ranked; each level has a ranking of its own.
func TestRanks(t *testing.T) {
	t.Parallel()
	score := func(n int, level grievance.Level, cases, points int) Score {
		return Score{Unit: UnitName{ID: unitID(n), Level: level}, Cases: cases, Points: points}
	}
	scores := []Score{
		score(1, grievance.LevelTownship, 9, 90), score(2, grievance.LevelTownship, 1, 100), score(3, grievance.LevelTownship, 2, 90),
		score(4, grievance.LevelTownship, 3, 80), score(5, grievance.LevelCounty, 3, 10),
	}
	small.rank(scores)
	var got []string
	for _, s := range scores {
		got = append(got, fmt.Sprint(s.Rank))
	}
	if r := strings.Join(got, " "); r != "1 0 1 3 1" {
		t.Errorf("ranks %s", r)
	}
}

// Who took no part is not scored; the unit itself is, as a whole and unranked.
func TestWhoIsSettled(t *testing.T) {
	t.Parallel()
	book, units := forest([]int{0, 1, 1}, func(int) bool { return true })
	list := []counted{{FigClosed, unitID(1), eventRef(caseID(1), 1)}, {FigBreached(grievance.Handling), unitID(3), eventRef(caseID(2), 1)}}
	b := assemble(book, period("2026"), units[:1], list)[0]
	if n := len(b.Score.Scores); n != 2 || !b.Score.Scores[0].Whole || b.Score.Scores[0].Cases != 2 || b.Score.Scores[1].Unit.ID != unitID(3) {
		t.Errorf("settled: %+v", b.Score)
	}
	if monthly := assemble(book, period("2026-11"), units[:1], list)[0]; monthly.Score != nil {
		t.Error("a month is settled")
	}
}

func TestThePublishedScheme(t *testing.T) {
	t.Parallel()
	if CurrentScheme.Points != 1000 {
		t.Errorf("a settlement of %d points", CurrentScheme.Points)
	}
	for _, bad := range []string{
		`{}`, `{"version":1,"points":1000}`, `{"version":1,"points":1,"items":[{"each":1,"cap":1}]}`,
		`{"version":1,"points":1,"items":[{"figure":"a","rate":"satisfied","target":9,"each":1,"cap":1}]}`,
		`{"version":1,"points":1,"items":[{"figure":"a","each":2,"cap":1}]}`,
		`{"version":1,"points":1,"items":[{"rate":"happy","target":9,"each":1,"cap":1}]}`,
		`{"version":1,"points":1,"items":[{"rate":"satisfied","target":101,"each":1,"cap":1}]}`,
	} {
		if _, err := ReadScheme([]byte(bad)); err == nil {
			t.Errorf("%s is taken for a scheme", bad)
		}
	}
}
