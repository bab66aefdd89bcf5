package grievance

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// underReview is what takes an open review on.
var underReview = []string{"submit review", "submit review", "order hearing", "record hearing"}

// reviews adds what happens after closure.
func (m *model) reviews(t *rapid.T, ops map[string]deed) {
	answers := []FollowUpAnswer{AnswerYes, AnswerNo, AnswerNo, AnswerUnreachable}
	n := max(1, m.rec.row.ReviewCount)
	until := calendar.DateOf(m.now).AddDays(rapid.IntRange(-1, 31).Draw(t, "hearing until"))
	ops["follow up"] = followUp(rapid.SampledFrom(answers).Draw(t, "answer"))
	ops["review"] = askReview
	ops["submit review"] = review(n, rapid.SampledFrom(append(Decisions, Upheld, Upheld)).Draw(t, "decision"))
	ops["order hearing"], ops["record hearing"] = orderHearing(n, until.String()), recordHearing(n)
}

// partial are those who may not sign a review besides: who signed the answer, who
// asked for the review, and who decided the one before.
func (m *model) partial(s SignOff) (who []UserID) {
	if s.Kind != SignReview {
		return nil
	}
	for _, o := range m.before.signOffs {
		if o.Kind == SignClosure && o.State == SignOffApproved {
			who = append(who, o.DecidedBy)
		}
	}
	for _, p := range m.before.proceedings {
		who = append(who, p.RequestedBy, p.DecidedBy)
	}
	return slices.DeleteFunc(who, UserID.IsZero)
}

// At most one review is open, of a closed case, and its clock runs exactly as
// long; none is decided but by a signature; what is final stays so; and nobody
// calls on a petitioner about their own work.
func (m *model) checkReviews(t *rapid.T) {
	c, was := m.rec.row, m.before.row
	open := 0
	for _, p := range m.rec.proceedings {
		if p.State != ProceedingDecided {
			open = p.N
			if c.Status != Closed || p.N != c.OpenReview || (p.State == ProceedingUnsigned) != (c.PendingSignOff != 0) {
				t.Fatalf("%s with review %+v", c.Status, p)
			}
		}
	}
	running := m.c().running(Review, ReReview)
	if open != c.OpenReview || c.ReviewCount != len(m.rec.proceedings) || len(running) != min(open, 1) || open > 0 && running[0].Kind != m.rec.proceedings[open-1].Kind {
		t.Fatalf("review %d of %d is open, the case says %d; %d clocks run", open, len(m.rec.proceedings), c.OpenReview, len(running))
	}
	if was.Status == Finalised && c.Status != Finalised {
		t.Fatalf("%s took a case out of finality", m.last)
	}
	m.checkDecided(t)
	m.checkFollowUps(t)
}

func (m *model) checkDecided(t *rapid.T) {
	for i, p := range m.rec.proceedings {
		if p.State != ProceedingDecided || i < len(m.before.proceedings) && m.before.proceedings[i].State == ProceedingDecided {
			continue
		}
		s := m.rec.signOffs[p.SignOff-1]
		m.checkSigned(t, s)
		notice := m.rec.notices[p.Notice-1]
		organ := m.o.book.Unit(s.UnitID).Path
		if s.Kind != SignReview || Decision(s.Reason) != p.Decision || p.DecidedBy != s.DecidedBy || notice.Kind != documents[p.Kind].issued {
			t.Fatalf("review %+v by sign-off %+v with notice %+v", p, s, notice)
		}
		if !strings.HasPrefix(m.o.book.Unit(m.rec.row.ReviewUnitID).Path, organ) {
			t.Fatalf("a review of %s was signed at %s", m.o.names[p.UnitID.String()], m.o.names[s.UnitID.String()])
		}
		again := p.Decision == Changed || p.Decision == Revoked
		if again != m.rec.row.Status.Open() || again != (m.rec.row.Round == p.Round+1) {
			t.Fatalf("%s, round %d, after %s", m.rec.row.Status, m.rec.row.Round, p.Decision)
		}
	}
}

func (m *model) checkFollowUps(t *rapid.T) {
	for _, f := range m.rec.followUps[len(m.before.followUps):] {
		signed := slices.ContainsFunc(m.rec.signOffs, func(s SignOff) bool {
			return s.Kind == SignClosure && s.State == SignOffApproved && s.DecidedBy == f.By
		})
		if was := m.before.row; signed || f.By == was.Handler || f.By == was.Responsible || f.Round != was.Round {
			t.Fatalf("follow-up %+v", f)
		}
	}
}

func (m *model) checkHearing(t *rapid.T, k *Clock, p *Pause) {
	i := slices.IndexFunc(m.rec.proceedings, func(x Proceeding) bool {
		return x.Kind == k.Kind && x.HearingOrderedAt != nil && x.HearingOrderedAt.Equal(p.FromAt)
	})
	if k.Kind != ReReview || i < 0 {
		t.Fatalf("%s is paused by %+v", k.Kind, p)
	}
	x := m.rec.proceedings[i]
	late := x.HearingRecordedAt != nil && p.Until.After(*x.HearingRecordedAt)
	if p.Cause != Hearing || p.ApprovedBy != x.HearingOrderedBy || p.Until.After(*x.HearingUntil) || late && k.State == Running {
		t.Fatalf("pause %+v of hearing %+v", p, x)
	}
}
