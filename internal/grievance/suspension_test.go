package grievance

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// resting is a township's matter of Monday 12 October, due on the 19th after
// seven days, that rests from the 14th at ten through the 23rd.
func resting(t tb, o *testOffice) *story {
	t.Helper()
	s := working(t, o, ByApp, "2026-10-12 09:00").at("2026-10-14 10:00")
	return s.does("handler", suspendFor(ForceMajeure, "2026-10-23")).does("leader", approve(1))
}

// stopped gives, of each profile, the clocks that stop while a case rests for a
// cause, by name; a cause that is not here is none to rest for.
var stopped = map[string]map[PauseCause][]ClockKind{
	ProfilePetition:       {Hearing: {ReReview}, ExpertOpinion: nil, ForceMajeure: nil, WaitingPetitioner: nil},
	ProfilePetitionSimple: {Hearing: {ReReview}, ForceMajeure: nil, WaitingPetitioner: nil},
	ProfileHotline:        {ExpertOpinion: {Handling}, ForceMajeure: {Handling}, WaitingPetitioner: {Handling}},
	ProfileTownship:       {ExpertOpinion: {Handling}, ForceMajeure: {Handling}, WaitingPetitioner: {Handling}},
	ProfileWall:           {ForceMajeure: {Handling}},
}

// Every cause with every clock of every profile: which stop is the data's to
// say, and in a petition that is the re-review during a hearing alone (Art. 36).
func TestWhichClocksASuspensionStops(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	head := Post{UnitID: unitID("river"), Role: RoleLeader, Head: true}
	for name, p := range o.book.Profiles {
		for _, cause := range PauseCauses {
			want, may := stopped[name][cause]
			if _, can := p.Suspensions[cause]; can != may {
				t.Errorf("%s: may rest for %s: %v", name, cause, can)
			}
			m := o.moment("leader", beijing("2026-10-12 09:00"))
			c := &Case{Profile: name, Urgency: Ordinary, Status: InHandling, Round: 1, Handler: userID("handler")}
			for _, rule := range p.Clocks {
				c.start(m, rule.Kind, m.Now, unitID("station"), "", debtor{post: head})
			}
			was := map[ClockKind]time.Time{}
			for _, k := range c.clocks {
				was[k.Kind] = k.DueAt
			}
			until := beijing("2026-10-20 00:00")
			m.Now = beijing("2026-10-12 09:01")
			if err := c.suspend(m, head, &SignOff{N: 1, Reason: Reason(cause), Until: &until}, Facts{}); err != nil {
				t.Fatal(err)
			}
			for _, k := range c.clocks {
				stops := slices.Contains(want, k.Kind)
				if stops != (k.PauseCount == 1) || stops != k.DueAt.After(was[k.Kind]) {
					t.Errorf("%s, %s: %s has %d pauses, due %s, was %s", name, cause, k.Kind, k.PauseCount, inBeijing(k.DueAt), inBeijing(was[k.Kind]))
				}
				if k.NextAt.After(until) {
					t.Errorf("%s, %s: %s wakes the engine at %s", name, cause, k.Kind, inBeijing(*k.NextAt))
				}
			}
		}
	}
}

// With the days of October 2026 counted on the wall. The pause takes the days
// from the one on which it begins up to the one on which it ends.
func TestPausesCountedByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		channel       Channel
		urgency       Urgency
		start         string
		from, through string
		resumed       string // "" where it ends by itself
		want          string // due
	}{
		{"in the middle", ByApp, "", "2026-10-12 09:00", "2026-10-14 10:00", "2026-10-23", "", "2026-10-30 00:00"},
		{"resumed early", ByApp, "", "2026-10-12 09:00", "2026-10-14 10:00", "2026-10-23", "2026-10-16 15:00", "2026-10-22 00:00"},
		{"resumed on the same day", ByApp, "", "2026-10-12 09:00", "2026-10-14 10:00", "2026-10-23", "2026-10-14 15:00", "2026-10-20 00:00"},
		{"resumed at midnight", ByApp, "", "2026-10-12 09:00", "2026-10-14 10:00", "2026-10-23", "2026-10-15 00:00", "2026-10-21 00:00"},
		{"from the start day", ByApp, "", "2026-10-12 09:00", "2026-10-12 15:00", "2026-10-13", "", "2026-10-21 00:00"},
		{"on the start day alone", ByApp, "", "2026-10-12 09:00", "2026-10-12 15:00", "2026-10-12", "", "2026-10-20 00:00"},
		{"from the last day", ByApp, "", "2026-10-12 09:00", "2026-10-19 10:00", "2026-10-23", "", "2026-10-27 00:00"},
		{"in the rolled stretch", ByApp, "", "2026-10-10 09:00", "2026-10-18 10:00", "2026-10-20", "", "2026-10-22 00:00"},
		{"on the rolled day", ByApp, "", "2026-10-10 09:00", "2026-10-19 10:00", "2026-10-20", "", "2026-10-22 00:00"},
		{"over a weekend, in working days", ByWall, "", "2026-10-12 09:00", "2026-10-14 10:00", "2026-10-18", "", "2026-10-27 00:00"},
		{"a weekend alone, in working days", ByWall, "", "2026-10-12 09:00", "2026-10-17 10:00", "2026-10-18", "", "2026-10-22 00:00"},
		{"by the hour", ByHotline, Utilities, "2026-10-12 09:00", "2026-10-12 10:00", "2026-10-12", "", "2026-10-13 23:00"},
		{"in minutes", ByHotline, LifeProperty, "2026-10-12 09:00", "2026-10-12 10:00", "2026-10-12", "", "2026-10-13 01:00"},
		{"in minutes, resumed", ByHotline, LifeProperty, "2026-10-12 09:00", "2026-10-12 10:00", "2026-10-12", "2026-10-12 14:00", "2026-10-12 15:00"},
	} {
		in := road()
		in.Urgency = c.urgency
		s := workingOn(t, newTestOffice(t), in, c.channel, c.start).at(c.from)
		s.does("handler", suspendFor(ForceMajeure, c.through)).does("leader", approve(1))
		if c.resumed != "" {
			s.at(c.resumed).does("handler", resume)
		}
		if got := s.dueNow(Handling); got != c.want {
			t.Errorf("%s: due %s, want %s", c.name, got, c.want)
		}
		end := s.rec.suspensions[0].Until
		if s.engine(inBeijing(end)); s.rec.row.Status != InHandling || s.dueNow(Handling) != c.want {
			t.Errorf("%s: at its end %s, due %s", c.name, s.rec.row.Status, s.dueNow(Handling))
		}
	}
}

// Working minutes and hours: a pause takes the office hours that lie in it, and
// a clock that starts while the case rests starts paused.
func TestPausesOfWorkingTime(t *testing.T) {
	t.Parallel()
	pausing := func() *testOffice {
		o := newTestOffice(t)
		o.profile(ProfileTownship, func(p *Profile) {
			for i := range p.Clocks {
				p.Clocks[i].Pauses = []PauseCause{ForceMajeure}
			}
		})
		return o
	}
	in := road()
	in.Channel = ByApp
	s := begin(t, pausing(), "2026-10-12 09:00", "clerk", in) // first contact within two working hours: by 11:00
	handled(s)
	s.at("2026-10-12 10:00").does("handler", suspendFor(ForceMajeure, "2026-10-12")).does("leader", approve(1))
	if got := s.dueNow(FirstContact); got != "2026-10-13 10:00" {
		t.Errorf("through the day: due %s", got)
	}
	s.at("2026-10-12 15:00").does("clerk", resume)
	if got := s.dueNow(FirstContact); got != "2026-10-12 16:00" {
		t.Errorf("resumed at three: due %s", got)
	}

	s = resting(t, pausing()).at("2026-10-15 10:00").does("petitioner", withdraw) // rests through Friday the 23rd
	k := s.clock(SignOffStep)
	if inBeijing(k.DueAt) != "2026-10-27 00:00" || k.PauseCount != 1 || !s.rec.pauses[len(s.rec.pauses)-1].FromAt.Equal(s.now) {
		t.Errorf("a step that starts while the case rests: due %s, %d pauses", inBeijing(k.DueAt), k.PauseCount)
	}
	s.at("2026-10-16 10:00").does("handler", resume)
	if got := s.dueNow(SignOffStep); got != "2026-10-17 00:00" {
		t.Errorf("resumed on the next day: due %s", got)
	}
}

// An extension and a pause together: seven days and ten more, without the ten
// that it rested, end on Sunday 8 November, and so on Monday.
func TestAnExtensionOfAPausedClock(t *testing.T) {
	t.Parallel()
	first := working(t, newTestOffice(t), ByApp, "2026-10-12 09:00").at("2026-10-13 10:00").does("handler", extend(10)).does("leader", approve(1))
	first.at("2026-10-14 10:00").does("handler", suspendFor(ForceMajeure, "2026-10-23")).does("leader", approve(2))
	then := resting(t, newTestOffice(t)).at("2026-10-15 10:00").does("handler", extend(10)).does("leader", approve(2))
	for _, s := range []*story{first, then} {
		if k := s.clock(Handling); inBeijing(k.DueAt) != "2026-11-10 00:00" || k.DueUnrolled.String() != "2026-11-08" {
			t.Errorf("due %s, unrolled %s", inBeijing(k.DueAt), k.DueUnrolled)
		}
	}
}

func TestACaseRestsAndIsTakenUp(t *testing.T) {
	t.Parallel()
	s := working(t, newTestOffice(t), ByApp, "2026-10-12 09:00").at("2026-10-14 10:00").does("handler", suspendFor(ForceMajeure, "2026-10-23"))
	if c := s.c(); c.Status != InHandling || s.o.post(c.AwaitingPost) != "leader@river" || c.SuspendedUntil != nil {
		t.Errorf("asked for: %s, awaiting %s", c.Status, s.o.post(c.AwaitingPost))
	}
	s.refuses("handler", "case.signoff_pending", submit).refuses("handler", "case.signoff_pending", suspendFor(ForceMajeure, "2026-10-23"))
	back := *s
	if c := back.does("deputy", sendBack(1)).c(); c.Status != InHandling || back.o.user(c.AwaitingUser) != "handler" || c.SuspensionCount != 0 {
		t.Errorf("returned: %s, awaiting %s", c.Status, back.o.user(c.AwaitingUser))
	}
	s.refuses("handler", "signoff.own_work", approve(1)).does("deputy", approve(1))
	if c := s.c(); c.Status != Suspended || inBeijing(*c.SuspendedUntil) != "2026-10-24 00:00" || s.o.user(c.AwaitingUser) != "handler" {
		t.Errorf("%s until %v, awaiting %s", c.Status, c.SuspendedUntil, s.o.user(c.AwaitingUser))
	}
	s.refuses("handler", "case.state", submit).refuses("clerk", "case.state", assign("station", "handler_b")).does("handler", contact)
	s.at("2026-10-16 15:00").refuses("petitioner", "case.not_permitted", resume).does("station_head", resume)
	end := s.rec.suspensions[0]
	if c := s.c(); c.Status != InHandling || c.Suspension != 0 || c.SuspendedUntil != nil || !end.EndedAt.Equal(s.now) || s.o.user(end.EndedBy) != "station_head" {
		t.Errorf("%s, %+v", c.Status, end)
	}
	s.refuses("handler", "case.state", resume)

	s.at("2026-10-19 10:00").does("handler", suspendFor(WaitingPetitioner, "2026-10-20")).does("leader", approve(2))
	if c := s.c(); s.dueNow(Handling) != "2026-10-24 00:00" || s.o.post(c.AwaitingPost) != "petitioner" {
		t.Errorf("the second time: due %s, awaiting %s", s.dueNow(Handling), s.o.post(c.AwaitingPost))
	}
	if len(s.rec.pauses) != 2 || len(s.rec.suspensions) != 2 || s.clock(Handling).PauseCount != 2 {
		t.Errorf("%+v, %+v", s.rec.suspensions, s.rec.pauses)
	}
}

// It ends at its own instant, in its place among the rungs, though nobody looks
// for ten years or the engine looks every hour; the handler's next act finds it over.
func TestASuspensionEndsByItself(t *testing.T) {
	t.Parallel()
	want := []string{
		"resumed 2026-10-24 00:00", "reminded 2026-10-25 23:30 handling", "warned 2026-10-28 09:24 handling",
		"breached 2026-10-30 00:00 handling", "escalated 2026-10-30 00:00 handling leader*@station",
		"escalated 2026-10-31 00:00 handling supervisor@county", "escalated 2026-11-04 00:00 handling supervisor@city",
	}
	late, hourly := resting(t, newTestOffice(t)), resting(t, newTestOffice(t))
	since := len(late.rec.events)
	late.engine("2036-10-24 00:00")
	for hourly.now.Before(beijing("2026-11-05 00:00")) {
		hourly.now = hourly.now.Add(time.Hour)
		hourly.does("system", advance)
	}
	for _, s := range []*story{late, hourly} {
		if got := s.told(since); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if x := s.rec.suspensions[0]; !x.EndedAt.Equal(x.Until) || !x.EndedBy.IsZero() {
			t.Errorf("%+v", x)
		}
	}
	acts := resting(t, newTestOffice(t)).at("2026-10-24 00:00").does("handler", submit)
	if got := strings.Join(acts.told(since), ", "); got != "resumed 2026-10-24 00:00, submitted 2026-10-24 00:00" {
		t.Errorf("the handler submits at the end: %s", got)
	}
	resting(t, newTestOffice(t)).at("2026-10-24 00:00").refuses("handler", "case.state", resume)
}

// A breached clock is never paused: what is late stays as late as it is.
func TestABreachedClockRunsOnWhileTheCaseRests(t *testing.T) {
	t.Parallel()
	s := working(t, newTestOffice(t), ByApp, "2026-10-12 09:00").at("2026-10-20 00:00")
	s.does("handler", suspendFor(ForceMajeure, "2026-10-30")).does("leader", approve(1))
	if k := s.clock(Handling); k.PauseCount != 0 || k.BreachedAt == nil || inBeijing(k.DueAt) != "2026-10-20 00:00" {
		t.Errorf("due %s, breached %v, %d pauses", inBeijing(k.DueAt), k.BreachedAt, k.PauseCount)
	}
	s.engine("2026-11-01 00:00")
	if n := s.clock(Handling).Rung; n != 5 {
		t.Errorf("%d rungs: escalation goes on", n)
	}
}

func TestWithdrawnWhileItRests(t *testing.T) {
	t.Parallel()
	s := resting(t, newTestOffice(t)).at("2026-10-15 10:00").does("petitioner", withdraw)
	over := *s
	s.at("2026-10-16 10:00").does("leader", approve(2))
	if c := s.c(); c.Status != Withdrawn || c.Suspension != 0 || c.SuspendedUntil != nil || !s.rec.suspensions[0].EndedAt.Equal(s.now) || len(c.running()) != 0 {
		t.Errorf("%s, %+v, %d clocks run", c.Status, s.rec.suspensions[0], len(c.running()))
	}
	s.engine("2026-12-01 00:00") // nothing wakes it

	over.engine("2026-10-25 00:00") // the rest ends while the leader has it
	if c := over.c(); c.Status != InHandling || c.AwaitingPost.Role != RoleLeader || c.PendingSignOff != 2 {
		t.Errorf("%s, awaiting %s", c.Status, over.o.post(c.AwaitingPost))
	}
	over.does("leader", approve(2))
}

// The handler leaves while it rests: it rests on, somebody answers for it, and
// at its end, at that instant, it is for another to acknowledge.
func TestTheHandlerLeavesWhileItRests(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := resting(t, o).at("2026-10-15 10:00")
	o.leaves("handler", s.now)
	s.does("system", handOn)
	if c := s.c(); c.Status != Suspended || !c.Handler.IsZero() || o.user(c.Responsible) != "station_clerk" || !c.Unassigned() {
		t.Errorf("%s with %s, %s answers", c.Status, o.user(c.Handler), o.user(c.Responsible))
	}
	s.engine("2026-10-24 10:00")
	if k := s.clock(Acknowledgement); s.rec.row.Status != Assigned || inBeijing(k.StartedAt) != "2026-10-24 00:00" || inBeijing(k.DueAt) != "2026-10-26 09:30" {
		t.Errorf("%s, to be acknowledged from %s to %s", s.rec.row.Status, inBeijing(k.StartedAt), inBeijing(k.DueAt))
	}
	s.at("2026-10-26 09:10").does("handler_b", acknowledge)

	asked := working(t, newTestOffice(t), ByApp, "2026-10-12 09:00").at("2026-10-14 10:00").does("handler", suspendFor(ForceMajeure, "2026-10-23"))
	asked.o.leaves("handler", asked.now)
	asked.does("system", handOn).refuses("leader", "case.state", approve(1)).does("leader", sendBack(1))
}

func TestSuspensionsRefused(t *testing.T) {
	t.Parallel()
	s := working(t, newTestOffice(t), ByApp, "2026-10-12 09:00").at("2026-10-14 10:00")
	for _, c := range []struct {
		cause PauseCause
		until string
		code  string
	}{
		{Hearing, "2026-10-20", "suspension.cause"},
		{"holiday", "2026-10-20", "suspension.cause"},
		{ForceMajeure, "2026-10-13", "suspension.past"},
		{ForceMajeure, "2026-11-14", "suspension.too_long"},
		{WaitingPetitioner, "2026-10-30", "suspension.too_long"},
	} {
		err := s.try("handler", suspendFor(c.cause, c.until))
		if e, ok := errors.AsType[*Error](err); !ok || len(e.Fields) != 1 || e.Fields[0].Code != c.code {
			t.Errorf("%s until %s: got %v, want %s", c.cause, c.until, err, c.code)
		}
	}
	for cause, until := range map[PauseCause]string{ForceMajeure: "2026-11-13", WaitingPetitioner: "2026-10-29", ExpertOpinion: "2026-10-14"} {
		asked := *s
		asked.does("clerk", suspendFor(cause, until))
	}
	s.refuses("leader", "case.not_permitted", suspendFor(ForceMajeure, "2026-10-20")).refuses("petitioner", "case.not_permitted", resume)
	s.does("handler", suspendFor(ForceMajeure, "2026-10-20")).at("2026-10-21 00:00").refuses("leader", "suspension.over", approve(1)).does("leader", sendBack(1))
}

// The sum of a clock's pauses is told in the unit in which it counts.
func TestPausesAreSummedUp(t *testing.T) {
	t.Parallel()
	loaded := func(s *story, kind ClockKind) *Clock {
		c := s.c()
		return c.clocks[slices.IndexFunc(c.clocks, func(k *Clock) bool { return k.Kind == kind })]
	}
	s := resting(t, newTestOffice(t))
	lasting := loaded(s, Handling)
	if until := lasting.PausedUntil(s.now); lasting.Paused(s.o.book.Calendar).String() != "10d" || until == nil || inBeijing(*until) != "2026-10-24 00:00" {
		t.Errorf("%s until %v", lasting.Paused(s.o.book.Calendar), until)
	}
	if lasting.PausedUntil(beijing("2026-10-24 00:00")) != nil || lasting.PausedUntil(beijing("2026-10-14 09:59")) != nil {
		t.Error("paused outside of the pause")
	}
	s.at("2026-10-16 15:00").does("handler", resume)
	s.at("2026-10-17 10:00").does("handler", suspendFor(WaitingPetitioner, "2026-10-17")).does("leader", approve(2))
	if k := loaded(s, Handling); k.Paused(s.o.book.Calendar).String() != "3d" {
		t.Errorf("two and one: %s", k.Paused(s.o.book.Calendar))
	}

	urgent := road()
	urgent.Urgency = LifeProperty
	s = workingOn(t, newTestOffice(t), urgent, ByHotline, "2026-10-12 09:00").at("2026-10-12 10:00")
	s.does("handler", suspendFor(ForceMajeure, "2026-10-12")).does("leader", approve(1)).at("2026-10-12 14:00").does("handler", resume)
	if k := loaded(s, Handling); k.Paused(s.o.book.Calendar).String() != "240m" {
		t.Errorf("by the wall: %s", k.Paused(s.o.book.Calendar))
	}

	o := newTestOffice(t)
	o.profile(ProfileTownship, func(p *Profile) { p.Clocks[2].Pauses = []PauseCause{ForceMajeure} })
	s = begin(t, o, "2026-10-12 09:00", "clerk", road())
	handled(s)
	s.at("2026-10-12 10:00").does("handler", suspendFor(ForceMajeure, "2026-10-12")).does("leader", approve(1)).at("2026-10-12 15:00").does("clerk", resume)
	if k := loaded(s, FirstContact); k.Paused(o.book.Calendar).String() != "180wm" { // without the two hours at noon
		t.Errorf("in office hours: %s", k.Paused(o.book.Calendar))
	}
}
