package grievance

import (
	"strings"
	"testing"
)

// followed is a township's case of which a follow-up hears that nothing was done.
func followed(t *testing.T) *story {
	t.Helper()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(s)
	s.does("handler", submit).does("leader", approve(1)).does("clerk", serve(2))
	s.at("2026-11-23 10:00").does("clerk", followUp(AnswerUnreachable))
	return s.at("2026-11-24 10:00").does("clerk_b", followUp(AnswerNo))
}

// answered is a petition that was answered and the answer served.
func answered(t *testing.T, in Registration) *story {
	t.Helper()
	s := begin(t, newTestOffice(t), "2026-09-30 09:00", "clerk", in)
	handled(s)
	return s.does("handler", submit).does("leader", approve(1)).at("2026-09-30 10:00").does("clerk", serve(2))
}

// reviewed is a petition that went through review and re-review, with a hearing,
// to its end.
func reviewed(t *testing.T) *story {
	t.Helper()
	s := answered(t, petition())
	s.at("2026-10-12 10:00").does("petitioner", askReview).does("county_clerk", review(1, Upheld)).does("county_leader", sendBack(2))
	s.does("county_clerk", review(1, Upheld)).at("2026-10-14 10:00").does("county_leader", approve(3)).does("county_clerk", serve(3))
	s.at("2026-10-20 10:00").does("petitioner", askReview).does("city_leader", orderHearing(2, "2026-11-05"))
	s.at("2026-10-28 10:00").does("city_leader", recordHearing(2))
	o := s.o
	o.employ("city_clerk", []string{"clerk city duty"})
	o.employ("city_deputy", []string{"leader city"})
	o.book = NewBook(o.data)
	return s.does("city_clerk", review(2, Upheld)).at("2026-10-29 10:00").does("city_deputy", approve(4))
}

// mediated is a petition whose parties came to an agreement in the review.
func mediated(t *testing.T) *story {
	t.Helper()
	s := answered(t, petition())
	return s.does("petitioner", askReview).does("county_clerk", review(1, MediatedBetween)).does("county_leader", approve(2))
}

func TestAFollowUpReopensOnce(t *testing.T) {
	t.Parallel()
	s := followed(t)
	c := s.c()
	if c.Status != InHandling || c.Round != 2 || c.DisputedAt != nil || c.FollowUpAttempts != 0 || s.clock(Handling).Round != 2 {
		t.Fatalf("after the follow-up: %s, round %d", c.Status, c.Round)
	}
	if e := s.rec.escalations[0]; e.Level != 1 || e.Cause != DisputeRaised || s.o.post(e.TargetPost) != "leader*@station" {
		t.Errorf("escalated to %s", s.o.post(e.TargetPost))
	}
	s.refuses("clerk", "case.state", followUp(AnswerNo))
	s.does("handler", submit).does("leader", approve(2)).does("clerk", followUp(AnswerNo))
	if c := s.c(); c.Status != Closed || c.Round != 2 {
		t.Fatalf("a second follow-up: %s, round %d", c.Status, c.Round)
	}
	if f, err := ReadFacts(s.rec.events[len(s.rec.events)-1]); err != nil || f.FollowUp.LeadsTo != "" || f.FollowUp.N != 3 || f.FollowUp.Attempt != 1 {
		t.Errorf("the third call: %+v, %v", f.FollowUp, err)
	}
	s.does("petitioner", dispute) // their own right is not used up
	if c := s.c(); c.Round != 3 || c.DisputedAt == nil {
		t.Errorf("disputed: round %d", c.Round)
	}
}

func TestWhoMayFollowUp(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(s)
	s.does("handler", submit).does("leader", approve(1))
	for who, code := range map[string]string{
		"clerk": "", "clerk_b": "", "county_clerk": "", "supervisor": "", "city_supervisor": "", "inspector": "",
		"handler": "case.not_permitted", "handler_b": "case.not_permitted", "station_clerk": "case.not_permitted", "leader": "case.not_permitted",
		"hill_clerk": "case.not_permitted", "petitioner": "case.not_permitted",
	} {
		if err := copyOf(s).try(who, followUp(AnswerYes)); CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", who, err, code)
		}
	}
	s.o.promotes("clerk_b", "river", s.now)
	other := begin(t, s.o, "2026-11-20 10:00", "clerk", road())
	handled(other)
	other.does("handler", submit).does("clerk_b", approve(1)).refuses("clerk_b", "case.not_permitted", followUp(AnswerYes))

	own := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	own.does("clerk", accept(onTheSpot)).does("clerk", assign("river", ""))
	own.o.employ("river_handler", []string{"handler river"})
	own.o.book = NewBook(own.o.data)
	own.does("river_handler", acknowledge).does("river_handler", submit).does("leader", approve(1))
	own.refuses("clerk_b", "case.not_permitted", followUp(AnswerYes)).does("supervisor", followUp(AnswerYes))
}

func TestAFollowUpOfAPetitionReopensNothing(t *testing.T) {
	t.Parallel()
	s := answered(t, petition()).does("clerk", followUp(AnswerNo))
	f, err := ReadFacts(s.rec.events[len(s.rec.events)-1])
	if c := s.c(); err != nil || c.Status != Closed || c.Round != 1 || f.FollowUp.LeadsTo != LeadsToReview {
		t.Errorf("%s, round %d, %+v, %v", c.Status, c.Round, f.FollowUp, err)
	}
	s.at("2026-12-01 10:00").does("clerk", followUp(AnswerNo))
	if f, err := ReadFacts(s.rec.events[len(s.rec.events)-1]); err != nil || f.FollowUp.LeadsTo != "" {
		t.Errorf("after the window: %+v, %v", f.FollowUp, err)
	}
}

func TestWhatAFollowUpMayNotSay(t *testing.T) {
	t.Parallel()
	s := answered(t, petition())
	for _, in := range []FollowingUp{{}, {AnswerYes, AnswerNo, "perhaps", ""}, {AnswerUnreachable, AnswerNo, AnswerNo, ""}, {AnswerYes, AnswerUnreachable, AnswerUnreachable, ""}} {
		s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error { return c.RecordFollowUp(m, in) })
	}
}

// The window runs for 30 days from the service of the opinion, and is rolled: 30
// October 2026 is a Friday.
func TestWhenAReviewMayBeAskedFor(t *testing.T) {
	t.Parallel()
	s := answered(t, petition())
	w, ok := s.c().ReviewWindow(s.o.book)
	if !ok || w.Kind != Review || w.Until.On.String() != "2026-10-30" {
		t.Fatalf("%+v, %v", w, ok)
	}
	late := copyOf(s)
	late.at("2026-10-31 00:00").refuses("petitioner", "review.too_late", askReview)
	s.at("2026-10-30 23:59").refuses("hill_clerk", "case.not_permitted", askReview).does("county_clerk", askReview)
	if p := s.rec.proceedings[0]; !p.OnBehalf || p.Kind != Review || s.o.names[p.UnitID.String()] != "county" {
		t.Errorf("%+v", p)
	}
	s.refuses("petitioner", "review.open", askReview)

	unserved := begin(t, newTestOffice(t), "2026-09-30 09:00", "clerk", petition())
	handled(unserved)
	unserved.does("handler", submit).does("leader", approve(1))
	unserved.at("2027-09-30 10:00").does("clerk_b", askReview)

	s = answered(t, road())
	s.refuses("petitioner", "review.not_offered", askReview)
}

func TestNoOrganAboveCanReview(t *testing.T) {
	t.Parallel()
	for _, gone := range [][]string{nil, {"county_clerk", "county_leader", "city_leader"}} {
		s := answered(t, petition())
		for _, name := range gone {
			s.o.leaves(name, s.now)
		}
		if gone == nil {
			s.o.data.Units[1].Organ = false // the county
			s.o.data.Units[0].Organ = false
			s.o.book = NewBook(s.o.data)
		}
		s.refuses("petitioner", "review.no_organ", askReview)
	}
}

func TestAReviewGoesThroughToTheEnd(t *testing.T) {
	t.Parallel()
	s := answered(t, petition()).at("2026-10-12 10:00").does("petitioner", askReview)
	c := s.c()
	if c.Status != Closed || s.o.user(c.Responsible) != "county_clerk" || s.o.post(c.AwaitingPost) != "clerk@county" {
		t.Fatalf("%s answers, awaiting %s", s.o.user(c.Responsible), s.o.post(c.AwaitingPost))
	}
	if k := s.clock(Review); k.DueOn.String() != "2026-11-11" || s.o.user(k.DebtorUser) != "county_clerk" {
		t.Errorf("due %s, owed by %s", k.DueOn, s.o.user(k.DebtorUser))
	}
	s.refuses("clerk", "case.not_permitted", review(1, Upheld)).refuses("county_clerk", "not_found", review(2, Upheld))
	s.does("county_clerk", review(1, Upheld)).refuses("county_clerk", "case.signoff_pending", review(1, Changed))
	s.refuses("leader", "signoff.own_work", approve(2)).refuses("deputy", "case.not_permitted", approve(2)).does("county_leader", approve(2))
	c = s.c()
	if c.Status != Closed || c.OpenReview != 0 || !c.AwaitingPost.IsZero() || s.o.user(c.Responsible) != "county_clerk" || s.clock(Review).State != Met {
		t.Fatalf("upheld: %s, awaiting %s", c.Status, s.o.post(c.AwaitingPost))
	}
	if n := s.rec.notices[2]; n.Kind != ReviewDocument || s.o.names[n.UnitID.String()] != "county" || n.Number != "复查〔2026〕990121101-20260930-0007-3" {
		t.Errorf("%+v", n)
	}
	if w, ok := c.ReviewWindow(s.o.book); !ok || w.Kind != ReReview || w.Until != nil {
		t.Errorf("not served: %+v, %v", w, ok)
	}
	s.refuses("county_clerk", "review.decided", review(1, Upheld)).does("county_clerk", serve(3))
	if w, _ := s.c().ReviewWindow(s.o.book); w.Until.On.String() != "2026-11-11" {
		t.Errorf("served: %+v", w)
	}
	s.at("2026-11-12 00:00").refuses("petitioner", "review.too_late", askReview)
}

// By 25 November the 30 days of the re-review would be over; the hearing of nine
// days takes nine off.
func TestAHearingStopsTheReReviewAlone(t *testing.T) {
	t.Parallel()
	s := answered(t, petition()).at("2026-10-12 10:00").does("petitioner", askReview).does("county_clerk", orderHearing(1, "2026-10-20"))
	if k := s.clock(Review); k.PauseCount != 0 || k.DueOn.String() != "2026-11-11" {
		t.Errorf("the review's clock has %d pauses", k.PauseCount)
	}
	s.refuses("county_clerk", "hearing.ordered", orderHearing(1, "2026-10-20")).refuses("county_clerk", "hearing.unrecorded", review(1, Upheld))
	s.does("county_clerk", recordHearing(1)).does("county_clerk", review(1, Upheld)).does("county_leader", approve(2)).does("county_clerk", serve(3))
	s.at("2026-10-20 10:00").does("petitioner", askReview).refuses("city_leader", "hearing.none", recordHearing(2))
	for _, until := range []string{"2026-10-19", "2026-11-20"} {
		s.refuses("city_leader", "request.invalid", orderHearing(2, until))
	}
	s.does("city_leader", orderHearing(2, "2026-11-05"))
	if k := s.clock(ReReview); k.DueOn.String() != "2026-12-07" || k.PauseCount != 1 { // 5 December is a Saturday
		t.Errorf("due %s with %d pauses", k.DueOn, k.PauseCount)
	}
	s.at("2026-10-28 10:00").does("city_leader", recordHearing(2)).refuses("city_leader", "hearing.recorded", recordHearing(2))
	if k := s.clock(ReReview); k.DueOn.String() != "2026-11-26" {
		t.Errorf("held sooner: due %s", k.DueOn)
	}
	if _, err := Explain(s.o.book, s.c(), s.c().clocks[len(s.c().clocks)-1]); err != nil {
		t.Error(err)
	}
}

func TestADecisionForThePetitionerIsAFurtherRound(t *testing.T) {
	t.Parallel()
	for _, d := range []Decision{Changed, Revoked} {
		s := answered(t, petition()).does("petitioner", askReview).does("county_clerk", review(1, d)).does("county_leader", approve(2))
		c := s.c()
		if c.Status != InHandling || c.Round != 2 || s.o.user(c.Responsible) != "handler" || s.clock(Handling).Round != 2 || c.DisputedAt != nil {
			t.Fatalf("%s: %s, round %d, %s answers", d, c.Status, c.Round, s.o.user(c.Responsible))
		}
		s.does("handler", submit).does("leader", approve(3))
		if w, ok := s.c().ReviewWindow(s.o.book); !ok || w.Kind != Review {
			t.Errorf("%s: the new answer may be reviewed: %+v, %v", d, w, ok)
		}
	}
}

func TestWhatIsFinalIsFinal(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*story{"re-reviewed": reviewed(t), "mediated": mediated(t)} {
		if c := s.c(); c.Status != Finalised || c.Status.Open() || len(c.running()) != 0 || c.FinalOpinion() == nil {
			t.Fatalf("%s: %s", name, s.c().Status)
		}
		s.refuses("petitioner", "case.state", dispute).refuses("petitioner", "case.state", askReview)
		s.does("clerk", followUp(AnswerNo)).does("petitioner", rate)
		if c := s.c(); c.Status != Finalised || c.Round != 1 {
			t.Errorf("%s: %s, round %d", name, c.Status, c.Round)
		}
	}
	if told := reviewed(t).kinds(0); !strings.HasSuffix(told, " review_decided finalised") {
		t.Errorf("told %s", told)
	}
}

// Nobody signs a review who signed the answer, asked for it, or wrote it.
func TestWhoSignsAReview(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-09-30 09:00", "clerk", petition())
	handled(s)
	s.does("handler", submit).does("county_leader", approve(1)).does("petitioner", askReview).does("county_clerk", review(1, Upheld))
	if got := s.o.post(s.c().AwaitingPost); got != "leader@city" {
		t.Errorf("the county's leader signed the answer, and the review is before %s", got)
	}
	s.refuses("county_leader", "signoff.own_work", approve(2)).does("city_leader", approve(2))

	s = answered(t, petition())
	s.o.employ("county_deputy", []string{"leader county", "clerk county"})
	s.o.book = NewBook(s.o.data)
	s.does("county_deputy", askReview).does("county_clerk", review(1, Upheld)).refuses("county_deputy", "signoff.own_work", approve(2))
	s.does("county_leader", approve(2)).does("county_clerk", serve(3)).does("petitioner", askReview).refuses("city_leader", "signoff.nobody", review(2, Upheld)) // who would sign it wrote it
}

// What several sign one after another is decided by the last of them, and given
// back by any.
func TestAReviewThatTwoSign(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.profile(ProfilePetition, func(p *Profile) {
		both := SigningRule{Kinds: []SignOffKind{SignReview}, Chain: []Signer{SignerLeader, SignerSuperior}, Source: "practice"}
		p.SignOffs = append([]SigningRule{both}, p.SignOffs...)
	})
	s := begin(t, o, "2026-09-30 09:00", "clerk", petition())
	reviewing(s)
	s.does("county_clerk", review(1, Revoked)).does("county_leader", approve(2))
	if c := s.c(); c.Status != Closed || c.OpenReview != 1 || o.post(c.AwaitingPost) != "leader*@city" {
		t.Fatalf("%s, awaiting %s", c.Status, o.post(c.AwaitingPost))
	}
	s.does("city_leader", sendBack(3))
	if c := s.c(); c.Proceedings()[0].State != ProceedingOpen || o.post(c.AwaitingPost) != "clerk@county" {
		t.Fatalf("given back: %+v, awaiting %s", c.Proceedings()[0], o.post(c.AwaitingPost))
	}
	s.does("county_clerk", review(1, Upheld)).does("county_leader", approve(4)).does("city_leader", approve(5))
	if p := s.c().Proceedings()[0]; p.Decision != Upheld || p.SignOff != 5 || o.user(p.DecidedBy) != "city_leader" {
		t.Errorf("%+v", p)
	}
}

// Who leaves the reviewing organ leaves a review to who is on duty there, and a
// merged organ to its successor.
func TestAReviewPassesOn(t *testing.T) {
	t.Parallel()
	s := answered(t, petition()).does("petitioner", askReview)
	s.o.leaves("county_clerk", s.now)
	s.does("system", handOn)
	if c, k := s.c(), s.clock(Review); s.o.user(c.Responsible) != "county_leader" || s.o.user(k.DebtorUser) != "county_leader" {
		t.Errorf("%s answers, %s owes", s.o.user(c.Responsible), s.o.user(k.DebtorUser))
	}
	s.does("county_leader", orderHearing(1, "2026-10-20")) // on duty for the clerks

	s = answered(t, petition()).does("petitioner", askReview)
	s.o.merges("county", "city", s.now)
	s.does("system", handOn)
	c := s.c()
	if s.o.names[c.ReviewUnitID.String()] != "city" || s.o.user(c.Responsible) != "city_leader" || s.o.post(c.AwaitingPost) != "clerk@city" {
		t.Errorf("%s answers, awaiting %s", s.o.user(c.Responsible), s.o.post(c.AwaitingPost))
	}
	s.does("city_leader", orderHearing(1, "2026-10-20"))
}

func TestAReviewIsLate(t *testing.T) {
	t.Parallel()
	s := answered(t, petition()).at("2026-10-12 10:00").does("petitioner", askReview).engine("2026-11-20 10:00")
	if k := s.clock(Review); k.BreachedAt == nil {
		t.Fatal("no breach")
	}
	if e := s.rec.escalations[0]; e.Cause != OverdueReview || s.o.post(e.TargetPost) != "leader*@county" {
		t.Errorf("%s to %s", e.Cause, s.o.post(e.TargetPost))
	}
}

// The same facts after finality are answered with the final opinion, by a
// leader's decision.
func TestTheSameFactsAgain(t *testing.T) {
	t.Parallel()
	final := reviewed(t).c()
	open := answered(t, petition()).c()
	again := func(id CaseID, known *Case, why Reason) deed {
		return func(c *Case, m Moment) error {
			return c.Decline(m, Declining{Reason: why, Words: "同一事实已经终结", Earlier: id, Known: known})
		}
	}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	s.rec.row.ID = id16[Case]("another case")
	for i := range s.rec.clocks {
		s.rec.clocks[i].CaseID = s.rec.row.ID
	}
	s.refuses("clerk", "request.invalid", again(CaseID{}, nil, FinalisedFacts)).refuses("clerk", "request.invalid", again(final.ID, nil, FinalisedFacts))
	s.refuses("clerk", "request.invalid", again(open.ID, open, FinalisedFacts)).refuses("clerk", "request.invalid", again(final.ID, final, Duplicate))
	s.does("clerk", again(final.ID, final, FinalisedFacts)).does("leader", approve(1))
	n := s.rec.notices[0]
	f, err := ReadFacts(s.rec.events[len(s.rec.events)-1])
	if err != nil || s.c().Status != Declined || n.RefersTo != final.FinalOpinion().Number || f.Earlier != final.ID || f.Notice.RefersTo != n.RefersTo {
		t.Errorf("%s: notice %+v, facts %+v, %v", s.c().Status, n, f, err)
	}
}
