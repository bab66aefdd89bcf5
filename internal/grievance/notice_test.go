package grievance

import (
	"strings"
	"testing"
)

// forwarded is a petition that river's desk has sent to hill's.
func forwarded(t *testing.T) *story {
	t.Helper()
	return begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition()).does("clerk", forward("hill"))
}

// The petitioner is told by the sender where the case went (Art. 22, 23).
func TestAForwardIsToldByANotice(t *testing.T) {
	t.Parallel()
	s := forwarded(t)
	n := s.rec.notices[0]
	if n.Kind != NoticeOfForward || !strings.HasPrefix(n.Number, "转〔2026〕") || n.UnitID != unitID("river") || n.OtherUnitID != unitID("hill") {
		t.Errorf("the notice is %+v", n)
	}
	if n.UnitName != "countyriver" || n.OtherName != "countyhill" || n.TemplateVersion != 1 {
		t.Errorf("it names %q and %q, by template %d", n.UnitName, n.OtherName, n.TemplateVersion)
	}
}

// The receiving unit's time is its own: it ends with its own notice.
func TestServingAForwardStopsNoClock(t *testing.T) {
	t.Parallel()
	s := forwarded(t).at("2026-11-23 10:00").does("clerk", serve(1))
	if k := s.clock(Acceptance); k.State != Running || k.UnitID != unitID("hill") {
		t.Fatalf("the clock of hill is %s", k.State)
	}
	s.refuses("clerk", "notice.served", serve(1))
	s.at("2026-11-24 10:00").does("hill_clerk", accept(AcceptanceDecision{}))
	s.refuses("clerk", "case.not_permitted", serve(2)) // which is hill's
	s.at("2026-11-25 10:00").does("hill_clerk", serve(2))
	if k := s.clock(Acceptance); k.State != Met || !k.MetAt.Equal(beijing("2026-11-25 10:00")) {
		t.Errorf("the clock of hill is %s", k.State)
	}
}

// Who issued a notice serves it and learns to whom, wherever the case is since;
// of the others' notices and of the case it learns no more than before.
func TestTheSenderServesItsOwnNotice(t *testing.T) {
	t.Parallel()
	s := forwarded(t).does("hill_clerk", acknowledge).does("hill_clerk", accept(AcceptanceDecision{}))
	s.does("clerk_b", address(1)).refuses("clerk_b", "case.not_permitted", address(2)).refuses("clerk_b", "case.not_permitted", reveal(ToContact))
	s.does("clerk", serve(1)).refuses("clerk", "case.not_permitted", address(1)) // what for?
	s.does("hill_clerk", address(1)).does("hill_clerk", address(2)).refuses("hill_clerk", "not_found", address(3))
	s.refuses("bureau_clerk", "case.not_permitted", address(1)).refuses("hill_leader", "case.not_permitted", address(2))
	f, err := ReadFacts(s.rec.events[len(s.rec.events)-1])
	if err != nil || f.Notice == nil || f.Notice.N != 2 || f.Reason != "serve_notice" {
		t.Errorf("the event says %+v (%v)", f, err)
	}
	s.refuses("hill_clerk", "request.invalid", func(c *Case, m Moment) error {
		_, err := c.Address(m, 2, Revealing{"curiosity"})
		return err
	})
}

func TestAConfidentialNoticeIsAddressedByTheDeskAlone(t *testing.T) {
	t.Parallel()
	in := petition()
	in.Confidential = true
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	handled(s)
	s.refuses("handler", "case.confidential", address(1)).does("clerk", address(1))
}

// The opinion of a review says that a re-review may be asked for only where one may:
// not where the answer is changed, or the parties have agreed.
func TestRemediesOfAReview(t *testing.T) {
	t.Parallel()
	for d, days := range map[Decision]int{Upheld: 30, Changed: 0, Revoked: 0, MediatedBetween: 0} {
		s := answered(t, petition()).does("petitioner", askReview).does("county_clerk", review(1, d)).does("county_leader", approve(2))
		if n := s.rec.notices[2]; n.Kind != ReviewDocument || n.RemedyDays != days {
			t.Errorf("%s: %+v", d, n)
		}
	}
}

// What an opinion says the petitioner may do is what the profile gives: review
// by the organ one level up (Art. 35), or one dispute.
func TestRemediesOfAnOpinion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in    Registration
		days  int
		other UnitID
	}{{petition(), 30, unitID("county")}, {road(), 15, UnitID{}}} {
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", tt.in)
		handled(s)
		s.does("handler", submit).does("leader", approve(1))
		if n := s.rec.notices[1]; n.RemedyDays != tt.days || n.OtherUnitID != tt.other {
			t.Errorf("%s: %+v", s.c().Profile, n)
		}
		if tt.other.IsZero() {
			s.does("petitioner", dispute).does("handler", submit).does("leader", approve(2))
			if n := s.rec.notices[2]; n.RemedyDays != 0 {
				t.Errorf("the second answer can be disputed again: %+v", n)
			}
		}
	}
}

// A notice of before names were kept says what it would say today.
func TestAnOldNoticeIsCompleted(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	handled(s)
	s.does("handler", submit).does("leader", approve(1))
	want := s.rec.notices[1]
	old := want
	old.UnitName, old.Profile, old.OtherUnitID, old.OtherName, old.RemedyDays = "", "", UnitID{}, "", 0
	if got := s.c().Complete(s.o.book, old); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want.UnitName = "as it was called then"
	if got := s.c().Complete(s.o.book, want); got != want {
		t.Errorf("what was issued has changed: %+v", got)
	}
}

func TestEveryKindOfNoticeHasAMarkAndATemplate(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, kind := range NoticeKinds {
		if marks[kind] == "" || seen[marks[kind]] || NoticeTemplates[kind] < 1 {
			t.Errorf("%s: mark %q, template %d", kind, marks[kind], NoticeTemplates[kind])
		}
		seen[marks[kind]] = true
	}
	if len(NoticeKinds) != len(marks) || len(marks) != len(NoticeTemplates) {
		t.Errorf("%d kinds, %d marks, %d templates", len(NoticeKinds), len(marks), len(NoticeTemplates))
	}
}
