package grievance

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// ladders gives, for each clock of each profile, the instants of its rungs as
// somebody with the calendar on the wall finds them. Of 2026: 1 to 7 October
// are off, 20 September (a Sunday) and 10 October (a Saturday) are worked, 25 to
// 27 September are off.
var ladders = []struct {
	profile string
	kind    ClockKind
	urgency Urgency
	start   string
	rungs   string // in order; 00:00 is the end of the day before
}{
	{"petition", Acceptance, Ordinary, "2026-09-30 09:00", "10-08 04:30, 10-12 21:00, 10-16 00:00, 10-17 00:00, 10-21 00:00"},
	{"petition", Acknowledgement, Ordinary, "2026-09-30 09:00", "10-04 16:30, 10-07 06:36, 10-09 00:00, 10-10 00:00, 10-13 00:00"},
	{"petition", FirstContact, Ordinary, "2026-09-30 09:00", "10-05 16:30, 10-08 21:00, 10-11 00:00, 10-13 00:00, 10-15 00:00"},
	{"petition", Handling, Ordinary, "2026-09-30 09:00", "10-31 04:30, 11-18 16:12, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition", SignOffStep, Ordinary, "2026-09-30 09:00", "10-05 04:30, 10-08 01:48, 10-10 00:00, 10-11 00:00, 10-14 00:00"},
	{"petition", Review, Ordinary, "2026-09-16 09:00", "10-01 16:30, 10-10 21:00, 10-17 00:00, 10-20 00:00, 10-22 00:00"},
	{"petition", ReReview, Ordinary, "2026-11-20 09:00", "12-06 04:30, 12-15 16:12, 12-22 00:00, 12-23 00:00, 12-25 00:00"},

	{"petition_simple", Acceptance, Ordinary, "2026-11-23 09:00", "11-25 04:30, 11-26 06:36, 11-27 00:00, 11-28 00:00, 12-02 00:00"},
	{"petition_simple", Acknowledgement, Ordinary, "2026-11-23 09:00", "11-24 04:30, 11-24 16:12, 11-25 00:00, 11-26 00:00, 11-28 00:00"},
	{"petition_simple", FirstContact, Ordinary, "2026-11-23 09:00", "11-24 04:30, 11-24 16:12, 11-25 00:00, 11-26 00:00, 11-28 00:00"},
	{"petition_simple", Handling, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"petition_simple", SignOffStep, Ordinary, "2026-11-23 09:00", "11-24 04:30, 11-24 16:12, 11-25 00:00, 11-26 00:00, 11-28 00:00"},
	{"petition_simple", Review, Ordinary, "2026-09-16 09:00", "10-01 16:30, 10-10 21:00, 10-17 00:00, 10-20 00:00, 10-22 00:00"},
	{"petition_simple", ReReview, Ordinary, "2026-11-20 09:00", "12-06 04:30, 12-15 16:12, 12-22 00:00, 12-23 00:00, 12-25 00:00"},

	{"hotline", Acceptance, Ordinary, "2026-11-20 16:00", "11-22 08:00, 11-23 08:00, 11-24 00:00, 11-25 00:00, 11-27 00:00"},
	{"hotline", Acknowledgement, Ordinary, "2026-11-20 16:00", "11-23 09:06, 11-23 09:30, 11-23 11:30"},
	{"hotline", FirstContact, Ordinary, "2026-11-20 16:00", "11-21 04:00, 11-21 11:12, 11-21 16:00, 11-24 00:00, 11-26 00:00"},
	{"hotline", Handling, LifeProperty, "2026-11-20 16:00", "11-20 17:36, 11-20 18:00, 11-20 20:00"},
	{"hotline", Handling, Utilities, "2026-11-20 16:00", "11-21 04:00, 11-21 11:12, 11-21 16:00, 11-24 00:00, 11-26 00:00"},
	{"hotline", Handling, Ordinary, "2026-11-20 16:00", "11-24 08:00, 11-26 12:48, 11-28 00:00, 12-01 00:00, 12-03 00:00"},
	{"hotline", Handling, Complex, "2026-11-20 16:00", "11-29 08:00, 12-04 12:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"hotline", SignOffStep, Ordinary, "2026-11-20 16:00", "11-22 08:00, 11-23 08:00, 11-24 00:00, 11-25 00:00, 11-27 00:00"},

	{"township", Acceptance, Ordinary, "2026-11-20 17:15", "11-22 08:37:30, 11-23 08:15, 11-24 00:00, 11-25 00:00, 11-27 00:00"},
	{"township", Acknowledgement, Ordinary, "2026-11-20 17:15", "11-23 09:09, 11-23 09:15, 11-23 09:45"},
	{"township", FirstContact, Ordinary, "2026-11-20 17:15", "11-23 10:21, 11-23 10:45, 11-23 14:45"},
	{"township", Handling, Simple, "2026-11-20 17:15", "11-21 05:15, 11-21 12:27, 11-21 17:15, 11-24 00:00, 11-26 00:00"},
	{"township", Handling, Ordinary, "2026-11-20 16:00", "11-24 08:00, 11-26 12:48, 11-28 00:00, 12-01 00:00, 12-03 00:00"},
	{"township", Handling, Complex, "2026-11-20 16:00", "11-29 08:00, 12-04 12:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"township", SignOffStep, Ordinary, "2026-11-20 16:00", "11-22 08:00, 11-23 08:00, 11-24 00:00, 11-25 00:00, 11-27 00:00"},

	{"wall", Acceptance, Ordinary, "2026-09-18 12:00", "09-19 18:00, 09-20 12:00, 09-21 00:00, 09-22 00:00, 09-24 00:00"},
	{"wall", Acknowledgement, Ordinary, "2026-11-23 09:00", "11-24 04:30, 11-24 16:12, 11-25 00:00, 11-26 00:00, 11-28 00:00"},
	{"wall", Handling, Ordinary, "2026-09-18 12:00", "09-24 06:00, 09-27 16:48, 09-30 00:00, 10-01 00:00, 10-10 00:00"},
	{"wall", SignOffStep, Ordinary, "2026-11-23 09:00", "11-24 04:30, 11-24 16:12, 11-25 00:00, 11-26 00:00, 11-28 00:00"},

	{"petition", Consent, Ordinary, "2026-11-23 09:00", "11-24 16:30, 11-25 11:24, 11-26 00:00, 11-27 00:00, 12-01 00:00"},
	{"petition", Jurisdiction, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition", CoHandling, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition", OrderReply, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition", SponsorDuty, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"petition_simple", Consent, Ordinary, "2026-11-23 09:00", "11-24 16:30, 11-25 11:24, 11-26 00:00, 11-27 00:00, 12-01 00:00"},
	{"petition_simple", Jurisdiction, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition_simple", CoHandling, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition_simple", OrderReply, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"petition_simple", SponsorDuty, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"hotline", Consent, Ordinary, "2026-11-23 09:00", "11-24 16:30, 11-25 11:24, 11-26 00:00, 11-27 00:00, 12-01 00:00"},
	{"hotline", Jurisdiction, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"hotline", CoHandling, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"hotline", OrderReply, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"hotline", SponsorDuty, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"township", Consent, Ordinary, "2026-11-23 09:00", "11-24 16:30, 11-25 11:24, 11-26 00:00, 11-27 00:00, 12-01 00:00"},
	{"township", Jurisdiction, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"township", CoHandling, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"township", OrderReply, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"township", SponsorDuty, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
	{"wall", Consent, Ordinary, "2026-11-23 09:00", "11-24 16:30, 11-25 11:24, 11-26 00:00, 11-27 00:00, 12-01 00:00"},
	{"wall", Jurisdiction, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"wall", CoHandling, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"wall", OrderReply, Ordinary, "2026-11-23 09:00", "11-27 04:30, 11-29 11:24, 12-01 00:00, 12-02 00:00, 12-04 00:00"},
	{"wall", SponsorDuty, Ordinary, "2026-11-23 09:00", "11-30 16:30, 12-05 01:48, 12-08 00:00, 12-09 00:00, 12-11 00:00"},
}

func TestRungsFallWhereThePaperCalendarSays(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	covered := map[string]bool{}
	for _, l := range ladders {
		covered[l.profile+string(l.kind)] = true
		k := startAlone(o, l.profile, l.kind, l.urgency, l.start)
		var got []string
		for _, r := range o.book.ladder(k) {
			got = append(got, strings.TrimPrefix(inBeijing(r.When(o.book.Calendar, k)), "2026-"))
		}
		if joined := strings.Join(got, ", "); joined != l.rungs {
			t.Errorf("%s %s %s from %s:\n got %s\nwant %s", l.profile, l.kind, l.urgency, l.start, joined, l.rungs)
		}
	}
	for name, p := range o.book.Profiles {
		for _, r := range p.Clocks {
			if !covered[name+string(r.Kind)] {
				t.Errorf("%s %s has no hand-made ladder", name, r.Kind)
			}
		}
	}
}

func startAlone(o *testOffice, profile string, kind ClockKind, urgency Urgency, at string) *Clock {
	c := &Case{Profile: profile, Urgency: urgency, Round: 1}
	m := o.moment("system", beijing(at))
	c.start(m, kind, m.Now, unitID("station"), "", debtor{post: Post{UnitID: unitID("station"), Role: RoleHandler}})
	return c.clocks[0]
}

// told lists what was recorded as "kind about" in the order of the record.
func (s *story) told(since int) []string {
	var out []string
	for _, e := range s.rec.events[since:] {
		f, err := ReadFacts(e)
		if err != nil {
			s.Fatal(err)
		}
		line := string(e.Kind) + " " + inBeijing(e.AboutAt)
		if f.Clock != nil {
			line += " " + string(f.Clock.Kind)
		}
		if f.Escalation != nil {
			line += " " + s.o.post(f.Escalation.Target)
		}
		out = append(out, line)
	}
	return out
}

// inHandling is a petition of 30 September that the station's handler has.
func inHandling(t tb, o *testOffice) *story {
	s := begin(t, o, "2026-09-30 09:00", "clerk", petition())
	s.does("clerk", accept(AcceptanceDecision{Service: &Service{How: "in_person"}}))
	s.does("clerk", assign("station", "handler")).does("handler", acknowledge)
	return s.does("handler", contact)
}

func TestEachRungOnceAndToWhom(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t))
	since := len(s.rec.events)
	s.engine("2026-12-31 00:00")
	want := []string{
		"reminded 2026-10-31 04:30 handling", "warned 2026-11-18 16:12 handling",
		"breached 2026-12-01 00:00 handling",
		"escalated 2026-12-01 00:00 handling leader*@station",
		"escalated 2026-12-02 00:00 handling supervisor@county",
		"escalated 2026-12-04 00:00 handling supervisor@city",
	}
	if got := s.told(since); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s.engine("2026-12-31 00:00").engine("2036-12-31 00:00")
	if got := s.told(since); !slices.Equal(got, want) {
		t.Errorf("the engine told more later: %q", got)
	}
	for i, r := range s.rec.rungs {
		if s.o.user(r.DebtorUser) != "handler" || r.LeaderUnit != unitID("station") || r.Rung != i+1 {
			t.Errorf("rung %d went to %s and the head of %s", r.Rung, s.o.user(r.DebtorUser), s.o.names[r.LeaderUnit.String()])
		}
	}
	if k := s.clock(Handling); k.NextAt != nil || k.State != Running || !k.Late(s.now) {
		t.Errorf("after its last rung the clock is %s, next %v", k.State, k.NextAt)
	}
}

func TestOneLateRunTellsWhatHourlyRunsTell(t *testing.T) {
	t.Parallel()
	for name := range readProfiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			once, hourly := manyClocks(t, name), manyClocks(t, name)
			once.engine("2036-10-01 00:00")
			for end := hourly.now.AddDate(0, 4, 0); hourly.now.Before(end); hourly.now = hourly.now.Add(time.Hour) {
				hourly.does("system", advance)
			}
			a, b := once.told(0), hourly.told(0)
			if !slices.Equal(a, b) {
				t.Errorf("once   %q\nhourly %q", a, b)
			}
			for i, r := range once.rec.rungs {
				h := hourly.rec.rungs[i]
				if lag := h.RecordedAt.Sub(h.AboutAt); lag < 0 || lag >= time.Hour {
					t.Errorf("rung %d was recorded %v after its instant", i, lag)
				}
				r.RecordedAt, h.RecordedAt = time.Time{}, time.Time{}
				if r != h {
					t.Errorf("rung %d: once %+v, hourly %+v", i, r, h)
				}
			}
		})
	}
}

// manyClocks is a case of a profile with every clock running that can run at once.
func manyClocks(t *testing.T, profile string) *story {
	in := road()
	in.Channel = map[string]Channel{ProfileHotline: ByHotline, ProfileWall: ByWall}[profile]
	if in.Channel == "" {
		in.Channel = ByWeb
	}
	in.Petition = strings.HasPrefix(profile, "petition")
	in.SimplePetition = profile == ProfilePetitionSimple
	s := begin(t, newTestOffice(t), "2026-09-30 09:00", "clerk", in)
	s.does("clerk", accept(AcceptanceDecision{})).does("clerk", assign("station", "")).does("petitioner", withdraw)
	if s.c().Profile != profile || len(s.c().running()) < 4 {
		t.Fatalf("%s with %d clocks", s.c().Profile, len(s.c().running()))
	}
	return s
}

func TestStoppingLateRecordsTheRungsPassed(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-12-02 10:00").does("handler", submit)
	since := len(s.rec.events)
	s.at("2026-12-03 10:00").does("leader", approve(1))
	want := []string{
		"reminded 2026-10-31 04:30 handling", "warned 2026-11-18 16:12 handling",
		"breached 2026-12-01 00:00 handling", "escalated 2026-12-01 00:00 handling leader*@station",
		"escalated 2026-12-02 00:00 handling supervisor@county",
		"closed 2026-12-03 10:00",
	}
	got := slices.DeleteFunc(s.told(since), func(line string) bool { return strings.Contains(line, "sign_off") })
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if k := s.clock(Handling); k.State != Met || k.BreachedAt == nil || !k.BreachedAt.Equal(k.DueAt) || !k.MetAt.Equal(s.now) {
		t.Errorf("the clock is %s, breached %v", k.State, k.BreachedAt)
	}
	s.engine("2027-12-03 10:00")
	for _, e := range s.rec.escalations {
		if e.Level == 3 && e.Cause == OverdueHandling {
			t.Error("the rungs ahead of a clock that has stopped must not happen")
		}
		if e.State != EscalationOpen {
			t.Error("an escalation stays open until it is resolved")
		}
	}
}

func TestTheDueInstantItselfIsLate(t *testing.T) {
	t.Parallel()
	for when, late := range map[string]bool{"2026-11-30 23:59:59.999999": false, "2026-12-01 00:00": true} {
		s := inHandling(t, newTestOffice(t)).at("2026-11-30 10:00").does("handler", submit)
		s.at(when).does("leader", approve(1))
		k := s.clock(Handling)
		if (k.BreachedAt != nil) != late || k.Late(s.now) != late {
			t.Errorf("signed at %s: breached %v", when, k.BreachedAt)
		}
	}
	k := startAlone(newTestOffice(t), "petition", Handling, Ordinary, "2026-09-30 09:00")
	if k.Late(k.DueAt.Add(-time.Microsecond)) || !k.Late(k.DueAt) {
		t.Error("a running clock is late from its due instant on, recorded or not")
	}
}

// What a failed attempt had set aside is put right by the next run that succeeds.
func TestASetAsideClockIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t))
	i := slices.IndexFunc(s.rec.clocks, func(k Clock) bool { return k.Kind == Handling })
	right, later := *s.rec.clocks[i].NextAt, beijing("2026-10-01 10:00")
	s.rec.clocks[i].NextAt, s.rec.clocks[i].Attempts, s.rec.clocks[i].Error = &later, 3, "disk full"
	since := len(s.rec.events)
	s.engine("2026-10-01 10:00")
	if k := s.clock(Handling); !k.NextAt.Equal(right) || k.Attempts != 0 || k.Error != "" || len(s.rec.events) != since {
		t.Errorf("next %s after %d attempts, %q", k.NextAt, k.Attempts, k.Error)
	}
}
