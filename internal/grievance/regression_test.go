package grievance

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// The defects of other systems that Huiyin must not have, and those that were
// found in it once.

func TestACommentNeverMovesTheDeadline(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-10-20 10:00")
	before := slices.Clone(s.rec.clocks)
	s.does("handler", note).does("clerk", note).does("leader", note).does("supervisor", note)
	s.does("clerk", correct(Correction{Title: "村道破损严重"})).does("clerk", contact)
	if !slices.EqualFunc(before, s.rec.clocks, func(a, b Clock) bool { return reflect.DeepEqual(a, b) }) {
		t.Errorf("clocks before %v\nafter %v", before, s.rec.clocks)
	}
}

func TestUnassignedCasesEscalate(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road()).engine("2026-12-20 00:00")
	want := []string{
		"breached 2026-11-24 00:00 acceptance", "escalated 2026-11-24 00:00 acceptance leader*@river",
		"escalated 2026-11-25 00:00 acceptance supervisor@county", "escalated 2026-11-27 00:00 acceptance supervisor@city",
	}
	if got := s.told(3); !slices.Equal(got, want) {
		t.Errorf("a case that nobody touched: %q", got)
	}
	s = begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	s.does("clerk", accept(AcceptanceDecision{Service: &Service{How: "sms"}})).does("clerk", contact)
	since := len(s.rec.events)
	s.engine("2026-12-20 00:00")
	want = []string{
		"reminded 2026-11-24 05:00 handling", "warned 2026-11-26 11:36 handling",
		"breached 2026-11-28 00:00 handling", "escalated 2026-11-28 00:00 handling leader*@river",
		"escalated 2026-12-01 00:00 handling supervisor@county", "escalated 2026-12-03 00:00 handling supervisor@city",
	}
	if got := s.told(since); !slices.Equal(got, want) {
		t.Errorf("a case accepted and never assigned: %q", got)
	}
}

func TestAMissingSupervisorIsNotALogLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gone       []string
		want       []string // the targets of levels 1 to 3
		unroutable int
	}{
		{nil, []string{"leader*@station", "supervisor@county", "supervisor@city"}, 0},
		{[]string{"station_head"}, []string{"leader*@river", "supervisor@county", "supervisor@city"}, 0},
		{[]string{"supervisor"}, []string{"leader*@station", "supervisor@city", "supervisor@city"}, 0},
		{[]string{"supervisor", "city_supervisor"}, []string{"leader*@station", "supervisor@city", "supervisor@city"}, 2},
		{[]string{"station_head", "leader", "county_leader", "city_leader"}, []string{"leader*@city", "supervisor@county", "supervisor@city"}, 1},
	} {
		o := newTestOffice(t)
		for _, name := range c.gone {
			o.leaves(name, beijing("2026-10-10 00:00"))
		}
		s := inHandling(t, o).engine("2026-12-31 00:00")
		var got []string
		unroutable := 0
		for _, e := range s.rec.escalations {
			got = append(got, o.post(e.TargetPost))
			if e.Unroutable {
				unroutable++
			}
		}
		if !slices.Equal(got, c.want) || unroutable != c.unroutable {
			t.Errorf("without %v: %v, %d unroutable", c.gone, got, unroutable)
		}
	}
}

func TestReclassifyingNeverLengthens(t *testing.T) {
	t.Parallel()
	yes := true
	for _, c := range []struct {
		name    string
		at      string
		in      Classification
		due     string
		version int
	}{
		{"no longer urgent", "2026-10-01 09:00", Classification{Urgency: Complex}, "2026-12-01 00:00", 1},
		{"another nature", "2026-10-01 09:00", Classification{Nature: Suggestion}, "2026-12-01 00:00", 1},
		{"simple after all", "2026-10-01 09:00", Classification{SimplePetition: &yes}, "2026-10-21 00:00", 2},
		{"the shorter end is still ahead", "2026-10-20 23:59:59.999999", Classification{SimplePetition: &yes}, "2026-10-21 00:00", 2},
		{"the shorter end has passed", "2026-10-21 00:00", Classification{SimplePetition: &yes}, "2026-12-01 00:00", 1},
	} {
		s := inHandling(t, newTestOffice(t)).at(c.at).does("clerk", classify(c.in))
		k := s.clock(Handling)
		if inBeijing(k.DueAt) != c.due || k.DueVersion != c.version {
			t.Errorf("%s: due %s, version %d", c.name, inBeijing(k.DueAt), k.DueVersion)
		}
		no := false
		s.does("clerk", classify(Classification{SimplePetition: &no}))
		if again := s.clock(Handling); !again.DueAt.Equal(k.DueAt) || again.DueVersion != k.DueVersion {
			t.Errorf("%s: taking it back moved the clock to %s", c.name, inBeijing(again.DueAt))
		}
	}
}

func TestReclassifyingRecordsWhatHadPassedBefore(t *testing.T) {
	t.Parallel()
	late, early := inHandling(t, newTestOffice(t)), inHandling(t, newTestOffice(t))
	early.engine("2026-11-01 00:00")
	for _, s := range []*story{late, early} {
		s.o.profile(ProfilePetitionSimple, func(p *Profile) { p.Clocks[3].Length.N = 25 })
		yes := true
		s.at("2026-11-01 09:00").does("clerk", classify(Classification{SimplePetition: &yes})).engine("2027-01-01 00:00")
	}
	a, b := late.told(0), early.told(0)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Errorf("the record depends on when the engine ran:\nlate  %q\nearly %q", a, b)
	}
}

// A clock that moves to a ladder with fewer rungs must not step over its breach.
func TestAnotherLadderSkipsNoBreach(t *testing.T) {
	t.Parallel()
	day := []Rung{{At: "50%", Act: Remind}, {At: "80%", Act: Warn}, {At: "0d", Act: Breach, Level: 1}}
	short := []Rung{{At: "80%", Act: Warn}, {At: "0d", Act: Breach, Level: 1}, {At: "1x", Act: Escalate, Level: 2}}
	for n, want := range map[int]int{0: 0, 1: 0, 2: 1} {
		if got := behind(day[:n], short); got != want {
			t.Errorf("after %d rungs of days: %d of the short ladder are behind, want %d", n, got, want)
		}
	}
	for n, want := range map[int]int{0: 0, 1: 2} {
		if got := behind(short[:n], day); got != want {
			t.Errorf("after %d short rungs: %d of the ladder of days are behind, want %d", n, got, want)
		}
	}
}

func TestBreachIsNotHiddenByPending(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*story){
		"closure":    func(s *story) { s.does("handler", submit) },
		"withdrawal": func(s *story) { s.does("petitioner", withdraw) },
	} {
		s := inHandling(t, newTestOffice(t)).at("2026-11-30 10:00")
		ask(s)
		s.engine("2026-12-01 00:00")
		k := s.clock(Handling)
		if k.BreachedAt == nil || !k.Late(s.now) {
			t.Errorf("%s: a pending signature hides the breach", name)
		}
		s.at("2026-12-01 09:00").does("leader", approve(1))
		if k = s.clock(Handling); k.State == Running || k.BreachedAt == nil || !k.Late(s.now) {
			t.Errorf("%s: the end hides the breach: %s", name, k.State)
		}
	}
}

// What a declined case still owes is the notice of it (Art. 22).
func TestADeclinedCaseOwesItsNotice(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	s.does("clerk", decline).at("2026-11-23 10:00").does("leader", approve(1))
	if k := s.clock(Acceptance); s.c().Status != Declined || k.State != Running {
		t.Fatalf("%s, acceptance %s", s.c().Status, k.State)
	}
	if k := s.clock(SignOffStep); k.State != Met {
		t.Errorf("the sign-off's clock is %s", k.State)
	}
	s.engine("2026-12-20 10:00").does("clerk", serve(1))
	if k := s.clock(Acceptance); k.State != Met || k.BreachedAt == nil {
		t.Errorf("served late: %s, breached %v", k.State, k.BreachedAt)
	}
}

func TestAWithdrawnCaseOwesNothing(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).does("petitioner", withdraw).at("2026-10-08 10:00").does("leader", approve(1))
	for _, k := range s.rec.clocks {
		want := map[ClockKind]ClockState{Handling: Cancelled}[k.Kind]
		if want == "" {
			want = Met
		}
		if k.State != want {
			t.Errorf("%s is %s, want %s", k.Kind, k.State, want)
		}
	}
}

// The rung names who owed at its instant, whenever it was recorded and however
// late the case was handed on.
func TestHandingOnDoesNotShiftOldDebts(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o)
	o.leaves("handler", beijing("2026-11-02 12:00"))
	s.at("2026-11-20 12:00").does("system", handOn).engine("2026-12-05 00:00")
	var got []string
	for _, r := range s.rec.rungs {
		if k := s.clock(Handling); r.ClockID == k.ID {
			got = append(got, o.user(r.DebtorUser))
		}
	}
	want := []string{"handler", "station_clerk", "station_clerk", "station_clerk", "station_clerk"}
	if !slices.Equal(got, want) {
		t.Errorf("the rungs went to %v, want %v", got, want)
	}
}

func TestALeadersTurnOutlivesTheHandler(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o).does("handler", submit)
	o.leaves("handler", beijing("2026-10-01 12:00"))
	s.at("2026-10-01 12:00").does("system", handOn)
	if got := o.post(s.c().AwaitingPost); got != "leader@river" {
		t.Errorf("awaiting %s", got)
	}
	s.refuses("handler_b", "case.state", acknowledge).does("leader", sendBack(1))
	c := s.c()
	if c.Status != Assigned || o.post(c.AwaitingPost) != "handler@station" || o.user(c.Responsible) != "station_clerk" {
		t.Errorf("returned to %s, %s, %s", c.Status, o.post(c.AwaitingPost), o.user(c.Responsible))
	}
	s.does("handler_b", acknowledge).does("handler_b", submit).does("leader", approve(2))
}

// The acknowledgement clock does not wait for a leader, so nobody who is to
// acknowledge has to; the leader's turn stays.
func TestAcknowledgingDoesNotWaitForAWithdrawal(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o).does("petitioner", withdraw)
	o.leaves("handler", beijing("2026-10-01 12:00"))
	s.at("2026-10-01 12:00").does("system", handOn).does("handler_b", acknowledge)
	if c := s.c(); c.Status != InHandling || o.user(c.Responsible) != "handler_b" || o.post(c.AwaitingPost) != "leader@river" {
		t.Errorf("acknowledged: %s, %s, awaiting %s", c.Status, o.user(c.Responsible), o.post(c.AwaitingPost))
	}
	s.does("leader", sendBack(1))
	if c := s.c(); c.Status != InHandling || o.user(c.AwaitingUser) != "handler_b" {
		t.Errorf("returned: %s, awaiting %s", c.Status, o.user(c.AwaitingUser))
	}
}

func TestAnEmptyDeskStrandsNoCase(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.leaves("hill_clerk", beijing("2026-11-20 09:00"))
	in := road()
	in.Unit = unitID("stone") // a village below a township without a clerk
	s := begin(t, o, "2026-11-20 10:00", "petitioner", in)
	if got := o.user(s.c().Responsible) + " " + o.post(s.c().ResponsiblePost); got != "hill_leader leader*@hill" {
		t.Errorf("responsible: %s", got)
	}
	s.does("hill_leader", accept(AcceptanceDecision{})).refuses("village_head", "case.not_permitted", reissue)

	s = begin(t, o, "2026-11-20 10:00", "clerk", road())
	for _, name := range []string{"clerk", "clerk_b", "jack_of_all", "leader"} {
		o.leaves(name, s.now)
	}
	s.does("system", handOn).refuses("deputy", "case.not_permitted", accept(AcceptanceDecision{}))
	s.does("county_clerk", accept(AcceptanceDecision{}))
	if got := o.post(s.clock(Acceptance).DebtorPost); got != "clerk@county" {
		t.Errorf("the acceptance clock is owed by %s", got)
	}
}

func TestAMergedUnitsCasesGoToItsSuccessor(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "hill_clerk", road())
	o.merges("hill", "river", beijing("2026-11-20 12:00"))
	s.at("2026-11-20 12:00").does("system", handOn)
	c := s.c()
	if o.user(c.Responsible) != "clerk" || o.post(c.AwaitingPost) != "clerk@river" || o.post(s.clock(Acceptance).DebtorPost) != "clerk@river" {
		t.Errorf("%s answers, awaiting %s", o.user(c.Responsible), o.post(c.AwaitingPost))
	}
	s.does("clerk", accept(onTheSpot))
	in := road()
	in.Area = unitID("stone")
	if s = begin(t, o, "2026-11-20 12:00", "petitioner", in); o.names[s.c().LeadUnitID.String()] != "river" {
		t.Errorf("a new case of the area goes to %s", o.names[s.c().LeadUnitID.String()])
	}

	o = newTestOffice(t)
	s = inHandling(t, o)
	o.merges("station", "river", beijing("2026-10-01 12:00"))
	s.at("2026-10-01 12:00").does("system", handOn)
	c = s.c()
	if o.user(c.Responsible) != "clerk" || o.post(c.AwaitingPost) != "handler@river" || c.Status != Assigned {
		t.Errorf("%s answers, awaiting %s while %s", o.user(c.Responsible), o.post(c.AwaitingPost), c.Status)
	}
}

func TestRegisteringTwiceUrgentCallsOnce(t *testing.T) {
	t.Parallel()
	in := road()
	in.Urgency, in.Category, in.Area = LifeProperty, "02", UnitID{}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	if got := s.kinds(0); got != "registered unrouted escalated" {
		t.Fatal(got)
	}
	s.at("2026-11-20 10:01").does("clerk", classify(Classification{Nature: Suggestion}))
	if got := s.kinds(3); got != "classified" {
		t.Errorf("classifying again told %s", got)
	}
	s.does("clerk", classify(Classification{Urgency: Ordinary})).does("clerk", classify(Classification{Urgency: LifeProperty}))
	if got := s.kinds(4); got != "classified classified escalated" {
		t.Errorf("danger that is found later: %s", got)
	}
}

func TestWhoAnswersOnTheSpotMayNotRate(t *testing.T) {
	t.Parallel()
	in := road()
	in.Nature = Inquiry
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in).does("clerk_b", answer)
	s.refuses("clerk_b", "case.not_permitted", rate).does("clerk", rate)
	if got := s.o.user(s.c().Responsible); got != "clerk_b" {
		t.Errorf("responsible for the answer: %s", got)
	}
}

func TestASignatureCoversTheWords(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).does("handler", submit)
	f, err := ReadFacts(s.rec.events[len(s.rec.events)-1])
	if err != nil {
		t.Fatal(err)
	}
	signed := s.rec.signOffs[0]
	if !slices.Equal(signed.digest(f.Texts), signed.Digest) || !slices.Equal(f.SignOff.Digest, signed.Digest) {
		t.Error("the digest cannot be checked from what the event refers to")
	}
	for i := range f.Texts {
		f.Texts[i].Digest = append([]byte(nil), f.Texts[i].Digest...)
		f.Texts[i].Digest[0]++
		if slices.Equal(signed.digest(f.Texts), signed.Digest) {
			t.Errorf("text %d may change without notice", i)
		}
		f.Texts[i].Digest[0]--
	}
}

func TestAFurtherRoundHasItsOwnClocks(t *testing.T) {
	t.Parallel()
	in := road()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	s.does("clerk", accept(AcceptanceDecision{Service: &Service{How: "sms"}})).does("clerk", assign("station", "handler"))
	s.does("handler", acknowledge).does("handler", contact).does("handler", submit).does("leader", approve(1))
	s.at("2026-11-23 10:00").does("handler", serve(2)).does("petitioner", rate)
	s.at("2026-12-08 23:59").does("petitioner", dispute) // fifteen days from service
	c := s.c()
	if c.Status != InHandling || c.Round != 2 || c.RatedAt != nil || c.ClosedAt != nil || c.Outcome != "" {
		t.Errorf("round %d is %s", c.Round, c.Status)
	}
	if k := s.clock(Handling); k.Round != 2 || k.State != Running || !k.StartedAt.Equal(s.now) || s.o.user(k.DebtorUser) != "handler" {
		t.Errorf("handling: %+v", k)
	}
	s.does("handler", submit).does("leader", approve(2)).does("petitioner", rate)
	s.refuses("petitioner", "case.disputed", dispute).does("handler", serve(3))
	for _, n := range s.rec.notices {
		if (n.N == 3) != (n.Round == 2) {
			t.Errorf("notice %d is of round %d", n.N, n.Round)
		}
	}
}

func TestTheWindowToDisputeEndsAtMidnight(t *testing.T) {
	t.Parallel()
	for when, code := range map[string]string{"2026-12-08 23:59:59.999999": "", "2026-12-09 00:00": "case.dispute_too_late"} {
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
		s.does("clerk", accept(AcceptanceDecision{})).does("clerk", assign("station", "handler"))
		s.does("handler", acknowledge).does("handler", submit).does("leader", approve(1))
		s.at("2026-11-23 10:00").does("handler", serve(2)).at(when)
		if err := s.try("petitioner", dispute); CodeOf(err) != code {
			t.Errorf("at %s: %v", when, err)
		}
	}
	s := inHandling(t, newTestOffice(t)).does("handler", submit).does("leader", approve(1))
	s.at("2026-10-01 10:00").refuses("petitioner", "case.review_instead", dispute)
}

func TestAnEventIsNeverRecordedBeforeTheLast(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	s.at("2026-11-20 09:59:58").does("clerk", note) // the other replica's clock is behind
	last := s.rec.events[len(s.rec.events)-1]
	if !last.RecordedAt.Equal(beijing("2026-11-20 10:00")) || last.RecordedAt.Sub(last.AboutAt) != 2*time.Second {
		t.Errorf("recorded at %s about %s", last.RecordedAt, last.AboutAt)
	}
}
