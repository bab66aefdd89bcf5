package grievance

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNoRhythmOfTheEngineChangesWhatIsJudged lets the same people do the same
// things at the same instants while the engine runs at one rhythm, at another,
// and not at all until ten years later; calendars and profiles are published in
// between, suspensions end by themselves, people leave, now or by a planned end,
// noticed or not, and others come. What is recorded, about
// which instants, of whom, must be the same; only when it was recorded, in which
// order and under which identifiers may differ.
func TestNoRhythmOfTheEngineChangesWhatIsJudged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.SampledFrom(rhythms).Draw(t, "rhythm")
		first := newLife(t, every)
		script := first.improvise(t)
		for _, other := range []time.Duration{rapid.SampledFrom(rhythms).Draw(t, "other rhythm"), 0} {
			second := newLife(t, other)
			second.follow(script)
			same(t, first, second)
		}
	})
}

// rhythms are the times between two runs of the engine; 0 is never.
var rhythms = []time.Duration{7 * time.Minute, time.Hour, 7 * time.Hour, 24 * time.Hour, 100 * time.Hour}

// silence is how long the engine rests after the last act before it runs once more.
const silence = 10 * 365 * 24 * time.Hour

// life is the life of one case, with an engine that runs at a rhythm. It plays
// the store: what is loaded is what the store loads.
type life struct {
	t     *rapid.T
	o     *testOffice
	every time.Duration
	now   time.Time
	ran   int64     // the version of the Book that the engine has followed
	ends  time.Time // up to which the engine has followed what ends

	rec         record
	suspensions []Suspension
	pauses      []Pause
	extensions  []Extension
	refusals    []string // of each act, "" where it was done
}

// turn is one thing that happens at an instant.
type turn struct {
	at   time.Time
	name string
	do   func(*life) error

	// Where time alone does something at the very instant at which somebody comes or
	// leaves there and then, or something is published, nobody can say which was first.
	people bool // somebody comes or leaves
	rules  bool // something is published
}

func newLife(t *rapid.T, every time.Duration) *life {
	l := &life{t: t, o: newTestOffice(t), every: every, now: beijing("2026-09-16 08:00")}
	l.o.data.Calendars = []CalendarVersion{{Calendar: l.o.data.Calendar, PublishedAt: longAgo}}
	for _, p := range l.o.data.Profiles {
		l.o.data.ProfileVersions = append(l.o.data.ProfileVersions, ProfileVersion{Profile: p, PublishedAt: longAgo})
	}
	l.renew()
	l.ran, l.ends = l.o.data.Version, l.now
	return l
}

func (l *life) renew() {
	l.o.data.Version++
	l.o.book = NewBook(l.o.data)
}

// follow does what a script says.
func (l *life) follow(script []turn) {
	for _, s := range script {
		l.play(s)
	}
	l.end()
}

func (l *life) play(s turn) {
	l.passTo(s.at)
	l.refusals = append(l.refusals, s.name+" "+CodeOf(s.do(l)))
}

// passTo lets time pass, and the engine run at each multiple of its rhythm.
func (l *life) passTo(to time.Time) {
	if l.every > 0 {
		for at := l.now.Truncate(l.every).Add(l.every); !at.After(to); at = at.Add(l.every) {
			l.now = at
			l.runEngine()
		}
	}
	l.now = to
}

// end lets the case be forgotten for ten years.
func (l *life) end() {
	l.passTo(l.now.AddDate(0, 6, 0))
	l.now = l.now.Add(silence)
	l.advance()
	count := len(l.rec.events)
	l.advance()
	if len(l.rec.events) != count {
		l.t.Fatalf("the engine told %d events a second time at one instant", len(l.rec.events)-count)
	}
}

// runHandOn hands the case on as the engine does where appointments have ended.
func (l *life) runHandOn() {
	if err := l.do("system", handOn, true); err != nil {
		l.t.Fatalf("the engine was refused: %v", err)
	}
}

func (l *life) advance() {
	if err := l.do("system", advance, false); err != nil {
		l.t.Fatalf("the engine was refused: %v", err)
	}
}

// runEngine advances the case where a clock of it needs something, or where
// something was published since the engine ran, and hands it on where somebody
// has left.
func (l *life) runEngine() {
	if l.ended(l.ends, l.now) {
		l.runHandOn()
	}
	l.ends = l.now
	due := l.ran != l.o.data.Version
	for _, k := range l.rec.clocks {
		due = due || k.NextAt != nil && !k.NextAt.After(l.now)
	}
	if due {
		l.ran = l.o.data.Version
		l.advance()
	}
}

// do lets somebody do something; what is refused has not happened. The engine
// reads the clocks alone, others everything.
func (l *life) do(who string, do deed, everything bool) error {
	c := l.load(everything)
	err := l.o.lets(who, l.now, c, do)
	if err == nil {
		l.save(c)
		return nil
	}
	if KindOf(err) == "" {
		l.t.Fatalf("%s at %s: %v", who, inBeijing(l.now), err)
	}
	return err
}

func (l *life) load(everything bool) *Case {
	ch := Children{Clocks: pointers(l.rec.clocks)}
	if everything {
		ch.SignOffs, ch.Notices, ch.Escalations = pointers(l.rec.signOffs), pointers(l.rec.notices), pointers(l.rec.escalations)
	}
	if l.rec.row.Suspension != 0 {
		ch.Suspensions = pointers(l.suspensions)
	}
	ch.Pauses, ch.Extensions = pointers(l.pauses), pointers(l.extensions)
	return Restore(l.rec.row, ch)
}

func (l *life) save(c *Case) {
	ch := c.Pending()
	l.suspensions = merge(l.suspensions, ch.Suspensions, func(s *Suspension) any { return s.N })
	l.pauses = merge(l.pauses, ch.Pauses, func(p *Pause) any { return fmt.Sprint(p.ClockID, p.N) })
	l.extensions = merge(l.extensions, ch.Extensions, func(x *Extension) any { return fmt.Sprint(x.ClockID, x.N) })
	l.rec.save(c)
	l.rec.row.suspensions = nil
	for i := range l.rec.clocks {
		l.rec.clocks[i].pauses, l.rec.clocks[i].extensions = nil, nil
	}
}

// improvise plays a random life and gives what happened in it.
func (l *life) improvise(t *rapid.T) (script []turn) {
	play := func(s turn) {
		script = append(script, s)
		l.play(s)
	}
	play(l.birth(t))
	for _, name := range preludes[rapid.IntRange(0, len(preludes)-1).Draw(t, "prelude")] {
		s := l.someone(t, name)
		s.at = l.now.Add(time.Minute)
		play(s)
	}
	for range rapid.IntRange(1, 25).Draw(t, "turns") {
		unit := rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "unit")
		at := l.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "pass")) * unit)
		if k := l.edge(t); k != nil && k.After(l.now) {
			at = *k
		}
		l.passTo(at)
		s := l.draw(t)
		s.at = at
		if s.people || s.rules && (l.rested(at) || l.ended(at.Add(-1), at)) {
			s.at = at.Add(time.Microsecond)
		}
		play(s)
	}
	l.end()
	return script
}

// rested reports whether a suspension ends by itself at an instant.
func (l *life) rested(at time.Time) bool {
	return slices.ContainsFunc(l.suspensions, func(s Suspension) bool { return s.Until.Equal(at) })
}

// ended reports whether an appointment ended or somebody was disabled after one
// instant, up to another.
func (l *life) ended(after, until time.Time) bool {
	within := func(t *time.Time) bool { return t != nil && t.After(after) && !t.After(until) }
	return slices.ContainsFunc(l.o.data.Appointments, func(a Appointment) bool { return within(a.Until) }) ||
		slices.ContainsFunc(l.o.data.Users, func(u User) bool { return within(u.DisabledAt) })
}

// preludes are what is done first, to come sooner to where more can happen.
var preludes = [][]string{
	{},
	{"accept", "assign", "acknowledge"},
	{"accept", "assign", "acknowledge", "suspend", "approve"},
	{"accept", "assign", "acknowledge", "extend", "suspend", "approve"},
	{"accept", "assign", "acknowledge", "submit", "approve"},
}

// edge is, now and then, the very instant at which a clock needs something or a
// suspension ends.
func (l *life) edge(t *rapid.T) *time.Time {
	if rapid.IntRange(0, 9).Draw(t, "edge") > 0 {
		return nil
	}
	var edges []*time.Time
	for _, k := range l.rec.clocks {
		if k.NextAt != nil {
			edges = append(edges, k.NextAt)
		}
	}
	if l.rec.row.SuspendedUntil != nil {
		edges = append(edges, l.rec.row.SuspendedUntil)
	}
	if len(edges) == 0 {
		return nil
	}
	return rapid.SampledFrom(edges).Draw(t, "at the edge")
}

// same compares what two lives came to.
func same(t *rapid.T, a, b *life) {
	between := fmt.Sprintf("every %v and every %v", a.every, b.every)
	for i := range a.refusals {
		if a.refusals[i] != b.refusals[i] {
			t.Fatalf("%s: turn %d is %q and %q", between, i, a.refusals[i], b.refusals[i])
		}
	}
	x, y := a.judged(), b.judged()
	for _, line := range x {
		if !slices.Contains(y, line) {
			t.Errorf("only every %v: %s", a.every, line)
		}
	}
	for _, line := range y {
		if !slices.Contains(x, line) {
			t.Errorf("only every %v: %s", b.every, line)
		}
	}
	if t.Failed() {
		t.Fatalf("%s, after %s", between, strings.Join(a.refusals, "; "))
	}
	if !reflect.DeepEqual(x, y) {
		t.Fatalf("%s: one tells something twice", between)
	}
}

var secrets = regexp.MustCompile(`"(digest|salt|seen_hash)":"[^"]*"|"seen_seq":\d+`)

// judged is all that is recorded, but for when that was and what identifies it:
// in order of its text.
func (l *life) judged() (lines []string) {
	known := map[string]string{}
	for _, k := range l.rec.clocks {
		known[k.ID.String()] = fmt.Sprintf("%s of round %d, %s, from %s", k.Kind, k.Round, k.Subject, k.StartedAt)
	}
	for _, x := range l.rec.texts {
		known[x.ID.String()] = "text"
	}
	for _, x := range l.rec.escalations {
		known[x.ID.String()] = "escalation"
	}
	for _, e := range l.rec.events {
		lines = append(lines, fmt.Sprintf("event %s about %s by %s as %s: %s", e.Kind, e.AboutAt, l.o.user(e.ActorID), l.o.post(e.Post), e.Body))
	}
	for _, r := range l.rec.rungs {
		r.EventSeq, r.RecordedAt = 0, time.Time{}
		lines = append(lines, "rung "+text(r))
	}
	for _, k := range l.rec.clocks {
		lines = append(lines, "clock "+text(k))
	}
	for _, e := range l.rec.escalations {
		e.RecordedAt = time.Time{}
		lines = append(lines, "escalation "+text(e))
	}
	row := l.rec.row
	row.LastRecordedAt, row.Version, row.EventsDigest = time.Time{}, 0, nil
	lines = append(lines, "case "+text(row), "ledgers "+text(l.suspensions)+text(l.pauses)+text(l.extensions))
	var pairs []string
	for id, name := range known {
		pairs = append(pairs, id, name)
	}
	for id, name := range l.o.names {
		if id != "" {
			pairs = append(pairs, id, name)
		}
	}
	named := strings.NewReplacer(pairs...)
	for i := range lines {
		lines[i] = secrets.ReplaceAllString(named.Replace(lines[i]), "")
	}
	slices.Sort(lines)
	return lines
}

func text(v any) string {
	b, err := json.Marshal(v)
	return fmt.Sprint(string(b), err)
}

// What was late before a dispute opened a case again is told as it was then,
// though the unit that owed it has been merged since.
func TestADisputeTellsFirstWhatWasLate(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{true, false} {
		s := begin(t, newTestOffice(t), "2026-10-19 09:00", "clerk", road())
		s.does("clerk", accept(AcceptanceDecision{})).does("clerk", assign("station", "handler")).does("handler", acknowledge)
		s.does("handler", submit).does("leader", approve(1))
		if early {
			s.engine("2026-10-21 09:00")
		}
		s.o.merges("river", "hill", beijing("2026-10-22 09:00"))
		s.at("2026-10-22 10:00").does("petitioner", dispute)
		first := s.c().escalations[0]
		if first.Cause != OverdueAcceptance || s.o.post(first.TargetPost) != "leader*@river" || first.FromUnitID != unitID("river") {
			t.Errorf("early %v: %s calls on %s", early, first.Cause, s.o.post(first.TargetPost))
		}
	}
}
