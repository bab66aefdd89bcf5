package api

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/api/apitest/recount"
	"github.com/huiyin/huiyin/api/apitest/terms"
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// The stored end of every clock is what a recount gives that sees what the
// interface answers about it, and nothing else.
func TestPropertyExplanationGivesTheStoredEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, explainsAnyClock)
}

// FuzzExplanation is the same with the fuzzer's choices.
func FuzzExplanation(f *testing.F) {
	for seed := range 8 {
		choices := make([]byte, 4096)
		for i := range choices {
			choices[i] = byte((i + 1) * (seed + 3) * 2654435761 >> 11)
		}
		f.Add(choices)
	}
	f.Fuzz(rapid.MakeFuzz(explainsAnyClock))
}

func explainsAnyClock(t *rapid.T) {
	book, about, k := drawClock(t)
	x, err := grievance.Explain(book, about, k)
	if err != nil {
		t.Fatal(err)
	}
	now := k.StartedAt.Add(time.Duration(rapid.IntRange(0, 300*24).Draw(t, "now")) * time.Hour)
	for _, v := range []*voice{chinese, english} {
		shown := explanationView(x, book, now, v)
		text, err := marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		wantRecount(t, k, text)
		if wrong := wrongWords.FindString(shown.Sentence); wrong != "" {
			t.Fatalf("%q in %s", wrong, shown.Sentence)
		}
	}
	k.DueAt = k.DueAt.Add(time.Microsecond)
	if _, err := grievance.Explain(book, about, k); err == nil || grievance.KindOf(err) != "" {
		t.Fatalf("a clock that is stored otherwise: %v", err)
	}
}

// fatal is what a test and a property both offer.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// wantRecount counts a clock again from the JSON of its explanation.
func wantRecount(t fatal, k *grievance.Clock, text []byte) {
	t.Helper()
	got, err := recount.FromJSON(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := recount.Outcome{DueAt: k.DueAt.UTC(), DueOn: k.DueOn.String(), UnrolledOn: k.DueUnrolled.String(), Provisional: k.Provisional}
	if got != want {
		t.Fatalf("counted again it is %+v, stored %+v\n%s", got, want, text)
	}
}

// wrongWords are a format's complaints, a code without words, a wrong plural,
// a fraction, and what is doubled or empty.
var wrongWords = regexp.MustCompile(`%!|[a-z]_[a-z]|\b1 (\w+ )?(days|hours|minutes)\b|\b([02-9]|\d+\d) (day|hour|minute|working day|working hour|working minute|weekend day)\b|\d\.\d|  |，，|；；|。。|\(\)|（）|“”|""`)

// drawClock draws the record of a clock: its rule, its versions of a calendar, its
// ledgers, and how it stands.
func drawClock(t *rapid.T) (*grievance.Book, *grievance.Case, *grievance.Clock) {
	version := rapid.IntRange(1, 3).Draw(t, "version")
	var calendars []grievance.CalendarVersion
	for n := 1; n <= version; n++ {
		published := storedSince.AddDate(0, n, 0)
		calendars = append(calendars, grievance.CalendarVersion{Calendar: terms.Calendar(t, n), PublishedAt: published})
	}
	by := calendars[rapid.IntRange(1, version).Draw(t, "calendar version")-1]
	term := terms.Term(t, by.Calendar)
	rule := drawRule(t, term)
	book := grievance.NewBook(grievance.BookData{
		Version: 1, Calendar: calendars[version-1].Calendar, Calendars: calendars, Users: []grievance.User{{ID: someUser, Name: "顾长河"}},
		Profiles: grievance.Profiles{"petition": {Name: "petition", Version: 1, Clocks: []grievance.ClockRule{rule}}},
	})
	k := &grievance.Clock{
		ID: grievance.ClockID{1}, CaseID: grievance.CaseID{2}, Kind: rule.Kind, Profile: "petition", ProfileVersion: 1, CalendarVersion: by.Version(),
		StartedAt: term.Start, Length: term.Length, DueVersion: 1, PauseCount: len(term.Pauses), ExtensionCount: len(term.Extensions),
		State: rapid.SampledFrom([]grievance.ClockState{grievance.Running, grievance.Met, grievance.Cancelled}).Draw(t, "state"),
	}
	due := by.DueOf(term)
	k.DueAt, k.DueOn, k.DueUnrolled, k.Provisional = due.At, due.On, due.UnrolledOn, due.Provisional
	drawState(t, k)
	about := grievance.Restore(grievance.Case{
		ID: k.CaseID, Nature: rapid.SampledFrom(grievance.Natures).Draw(t, "nature"), Route: rapid.IntRange(0, 6).Draw(t, "route"),
		Urgency: rapid.SampledFrom(grievance.Urgencies).Draw(t, "urgency"),
	}, ledgersOf(t, k, term))
	return book, about, k
}

var storedSince = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)

func drawRule(t *rapid.T, term calendar.Term) grievance.ClockRule {
	kind := rapid.SampledFrom(grievance.ClockKinds).Draw(t, "kind")
	starts := map[grievance.ClockKind]string{
		grievance.Acceptance: "received", grievance.Acknowledgement: "assigned", grievance.FirstContact: "accepted", grievance.Handling: "accepted",
		grievance.SignOffStep: "submitted", grievance.Review: "review_requested", grievance.ReReview: "re_review_requested",
		grievance.Consent: "objected", grievance.Jurisdiction: "brought_before_superior", grievance.CoHandling: "co_handler_asked",
		grievance.OrderReply: "ordered", grievance.SponsorDuty: "sponsored",
	}[kind]
	rule := grievance.ClockRule{
		Kind: kind, Length: term.Length, Starts: starts, Stops: "done", Debtor: grievance.RoleHandler, Rolls: term.Roll,
		Source: rapid.SampledFrom([]string{"practice", "Art. 22, 23", "Art. 34 for route 31(6)", "Art. 36: hearings"}).Draw(t, "source"),
	}
	if rapid.Bool().Draw(t, "by grade") {
		rule.Length.N++
		rule.ByGrade = map[string]calendar.Length{"complex": term.Length}
	}
	return rule
}

func drawState(t *rapid.T, k *grievance.Clock) {
	stopped := k.StartedAt.Add(time.Duration(rapid.IntRange(0, 300*24*60).Draw(t, "stopped")) * time.Minute)
	if k.State == grievance.Met {
		k.MetAt = &stopped
	}
	if due := k.DueAt; !stopped.Before(due) {
		k.BreachedAt = &due
	}
}

func ledgersOf(t *rapid.T, k *grievance.Clock, term calendar.Term) grievance.Children {
	ch := grievance.Children{Clocks: []*grievance.Clock{k}}
	for i, p := range term.Pauses {
		ch.Pauses = append(ch.Pauses, &grievance.Pause{
			ClockID: k.ID, N: i + 1, CaseID: k.CaseID, Suspension: i + 1, Cause: rapid.SampledFrom(grievance.PauseCauses).Draw(t, "cause"),
			FromAt: p.From, Until: p.Until, ApprovedBy: someUser,
		})
	}
	for i, l := range term.Extensions {
		ch.Extensions = append(ch.Extensions, &grievance.Extension{
			ClockID: k.ID, N: i + 1, CaseID: k.CaseID, Length: l, Reason: rapid.SampledFrom(grievance.ExtensionReasons).Draw(t, "reason"),
			RequestedBy: someUser, RequestedAt: term.Start, ApprovedBy: someUser, ApprovedAt: term.Start,
		})
	}
	return ch
}

// What an explanation tells of each day is what the arrangement says of it.
func TestPropertyExplainedDaysAreTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		book, about, k := drawClock(t)
		x, err := grievance.Explain(book, about, k)
		if err != nil {
			t.Fatal(err)
		}
		shown, cal := explanationView(x, book, k.StartedAt, chinese), book.CalendarAt(k.CalendarVersion)
		days := slices.Clone(shown.Rolled)
		for _, p := range shown.Parts {
			days = append(days, p.Days...)
		}
		for _, d := range days {
			paused := d.Cause == calendar.Paused
			if !paused && (cal.Workday(d.Date) != (d.Effect == calendar.Added) || d.Effect == calendar.Skipped && cal.Holiday(d.Date) != d.Holiday) {
				t.Fatalf("%+v is told", d)
			}
		}
	})
}
