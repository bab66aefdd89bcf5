package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/api/apitest/recount"
	"github.com/huiyin/huiyin/api/apitest/terms"
	"github.com/huiyin/huiyin/internal/calendar"
)

// told is a term and its Counting as the JSON of an explanation has them.
type told struct {
	Rule struct {
		Length int           `json:"length"`
		Unit   calendar.Unit `json:"length_unit"`
		Rolls  bool          `json:"rolls"`
	} `json:"rule"`
	Start struct {
		At time.Time     `json:"at"`
		On calendar.Date `json:"on"`
	} `json:"start"`
	Parts      []toldPart         `json:"parts"`
	Rolled     []calendar.DayNote `json:"rolled"`
	OfficeDays []toldHours        `json:"hours"`
	Pauses     []toldPause        `json:"pauses"`
	Extensions []toldPart         `json:"extensions"`
	Calendar   struct {
		Settled calendar.Date `json:"settled_until"`
	} `json:"calendar"`
}

type toldPart struct {
	Length int                `json:"length"`
	Unit   calendar.Unit      `json:"length_unit"`
	After  calendar.Date      `json:"after"`
	Last   calendar.Date      `json:"last"`
	Days   []calendar.DayNote `json:"days"`
}

type toldHours struct {
	From      calendar.Date       `json:"from"`
	Intervals []calendar.Interval `json:"intervals"`
}

type toldPause struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

func tell(c *calendar.Calendar, term calendar.Term) (told, calendar.Due) {
	x := c.Explain(term)
	out := told{Rolled: x.Rolled}
	out.Rule.Length, out.Rule.Unit, out.Rule.Rolls = term.Length.N, term.Length.Unit, term.Roll
	out.Start.At, out.Start.On, out.Calendar.Settled = term.Start, calendar.DateOf(term.Start), c.Settled()
	for _, p := range x.Parts {
		out.Parts = append(out.Parts, toldPart{p.Length.N, p.Length.Unit, p.After, p.Last, p.Days})
	}
	for _, h := range x.Hours {
		out.OfficeDays = append(out.OfficeDays, toldHours(h))
	}
	for _, p := range term.Pauses {
		out.Pauses = append(out.Pauses, toldPause(p))
	}
	for _, e := range term.Extensions {
		out.Extensions = append(out.Extensions, toldPart{Length: e.N, Unit: e.Unit})
	}
	return out, x.Due
}

// The end of every term is what a recount gives that sees the JSON of its
// explanation and nothing else; and each day is told as the arrangement has it.
func TestPropertyExplanationGivesTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, explains)
}

// FuzzExplanation is TestPropertyExplanationGivesTheEnd with the fuzzer's choices.
func FuzzExplanation(f *testing.F) {
	for seed := range 8 {
		choices := make([]byte, 4096)
		for i := range choices {
			choices[i] = byte((i + 1) * (seed + 3) * 2654435761 >> 11)
		}
		f.Add(choices)
	}
	f.Fuzz(rapid.MakeFuzz(explains))
}

func explains(t *rapid.T) {
	c := calendar.Embedded()
	if rapid.Bool().Draw(t, "random calendar") {
		c = terms.Calendar(t, 2)
	}
	term := terms.Term(t, c)
	x, due := tell(c, term)
	if stored := c.DueOf(term); due != stored {
		t.Fatalf("explained is %+v, stored %+v", due, stored)
	}
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	got, err := recount.FromJSON(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := recount.Outcome{DueAt: due.At, DueOn: due.On.String(), UnrolledOn: due.UnrolledOn.String(), Provisional: due.Provisional}
	if got != want {
		t.Fatalf("counted again it is %+v, stored %+v\n%s", got, want, text)
	}
	for _, p := range x.Parts {
		tellsTheTruth(t, c, p.Days)
	}
	tellsTheTruth(t, c, x.Rolled)
}

func tellsTheTruth(t *rapid.T, c *calendar.Calendar, notes []calendar.DayNote) {
	named := map[calendar.Date]calendar.Arrangement{}
	for year := 2006; year <= c.LastYear(); year++ {
		for _, a := range c.Arrangements(year) {
			named[a.Date] = a // the later year prevails
		}
	}
	for _, n := range notes {
		a, ok := named[n.Date]
		switch n.Cause {
		case calendar.Weekend:
			ok = !ok && !c.Workday(n.Date)
		case calendar.HolidayBy:
			ok = ok && a.Off && a.Holiday == n.Holiday
		case calendar.MakeUp:
			ok = ok && !a.Off && a.Holiday == n.Holiday
		case calendar.Paused:
			ok = n.Holiday == ""
		}
		if !ok {
			t.Fatalf("%+v is told of %+v", n, a)
		}
	}
}

// A recount is worth nothing if it cannot fail: whatever is left out of an
// explanation, or added to it, is found.
func TestRecountFindsWhatIsNotTold(t *testing.T) {
	t.Parallel()
	term := calendar.Term{
		Start: instant(t, "2026-09-15 10:00:00"), Length: length(t, "9wd"), Roll: true,
		Pauses:     []calendar.Stretch{{From: instant(t, "2026-09-22 09:00:00"), Until: instant(t, "2026-09-24 00:00:00")}},
		Extensions: []calendar.Length{length(t, "2d")},
	}
	for name, spoil := range map[string]func(*told){
		"nothing":               func(*told) {},
		"a holiday left out":    func(x *told) { x.Parts[0].Days = without(x.Parts[0].Days, "2026-09-25") },
		"a make-up day":         func(x *told) { x.Parts[0].Days = without(x.Parts[0].Days, "2026-09-20") },
		"a paused day":          func(x *told) { x.Parts[0].Days = without(x.Parts[0].Days, "2026-09-22") },
		"the roll":              func(x *told) { x.Rolled = nil },
		"that it rolls":         func(x *told) { x.Rule.Rolls = false },
		"the extension":         func(x *told) { x.Extensions = nil },
		"the pause":             func(x *told) { x.Pauses = nil },
		"another length":        func(x *told) { x.Rule.Length++ },
		"a holiday that is not": func(x *told) { x.Parts[0].Days[0].Date = date(t, "2026-09-16") },
	} {
		x, due := tell(calendar.Embedded(), term)
		spoil(&x)
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := recount.FromJSON(text)
		if found := err != nil || !got.DueAt.Equal(due.At); found != (name != "nothing") {
			t.Errorf("%s: %+v, %v\n%s", name, got, err, text)
		}
	}
}

func without(notes []calendar.DayNote, day string) (rest []calendar.DayNote) {
	for _, n := range notes {
		if n.Date.String() != day {
			rest = append(rest, n)
		}
	}
	return rest
}
