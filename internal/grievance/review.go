package grievance

import (
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The events of review (复查, Art. 35) and re-review (复核, Art. 36).
const (
	EvReviewRequested EventKind = "review_requested"
	EvReviewSubmitted EventKind = "review_submitted" // its opinion, before a leader
	EvReviewDecided   EventKind = "review_decided"
	EvHearingOrdered  EventKind = "hearing_ordered"
	EvHearingHeld     EventKind = "hearing_held"
	EvMediated        EventKind = "mediated"
	EvFinalised       EventKind = "finalised"
)

// ReviewFact is what an event says of a review or a re-review: which organ it is
// before and, once decided, whether the answer was upheld. Of a hearing it says
// until when it is to last, or how many attended it.
type ReviewFact struct {
	N        int       `json:"n"`
	Kind     ClockKind `json:"kind"` // review or re_review
	Unit     UnitID    `json:"unit"`
	Decision string    `json:"decision,omitempty"` // upheld, changed, revoked or mediated

	HearingUntil time.Time `json:"hearing_until,omitzero"`
	Attended     int       `json:"attended,omitempty"`
}

// ReviewWindow says what the petitioner may ask for, and until when: Until is
// nil while the opinion has not been served, for a window that depends on the
// petitioner begins with the service.
type ReviewWindow struct {
	Kind  ClockKind
	Until *calendar.Due
}

// reviewDays is how long after the service of an opinion a review may be asked for
// (Art. 35), and after that of a review's opinion a re-review (Art. 36), in
// calendar days.
const reviewDays = 30

// ReviewWindow gives what may be asked for of a closed case whose profile has
// review; false where nothing may, or a review is open. Its notices must have
// been loaded.
func (c *Case) ReviewWindow(b *Book) (w ReviewWindow, ok bool) {
	w.Kind = Review
	upheld := func(p *Proceeding) bool { return p.Round == c.Round && p.Decision == Upheld }
	if slices.ContainsFunc(c.proceedings, upheld) {
		w.Kind = ReReview
	}
	p := b.Profiles[c.Profile]
	_, offered := p.Rule(w.Kind)
	if c.Status != Closed || c.OpenReview != 0 || !offered || p.DisputeDays > 0 {
		return w, false
	}
	if from := c.toldAt(documents[w.Kind].answered); from != nil {
		until := b.Calendar.Due(*from, days(reviewDays), true)
		w.Until = &until
	}
	return w, true
}

// documents says for each kind of review which document it is about, and which
// one it ends with.
var documents = map[ClockKind]struct{ answered, issued NoticeKind }{
	Review:   {OpinionDocument, ReviewDocument},
	ReReview: {ReviewDocument, ReReviewDocument},
}

// reviewable refuses a review that cannot be asked for now, and says which may
// be.
func (c *Case) reviewable(m Moment) (ClockKind, error) {
	if c.OpenReview != 0 {
		return "", Refuse(Conflict, "review.open", "该事项正在复查或复核")
	}
	w, offered := c.ReviewWindow(m.Book)
	switch {
	case !offered:
		return "", Refuse(Conflict, "review.not_offered", "该类事项不适用复查、复核，对答复不服的请提出异议")
	case w.Until != nil && !m.Now.Before(w.Until.At):
		return "", Refuse(Conflict, "review.too_late", "申请复查、复核的期限已过（条例第三十五条、第三十六条）")
	}
	return w.Kind, nil
}

// mayAskReview reports whether a review can be asked for now.
func (c *Case) mayAskReview(m Moment) bool {
	_, err := c.reviewable(m)
	return err == nil
}

// reviewingOrgan gives the organ one level above the one whose answer is to be
// reviewed, or nil.
func (c *Case) reviewingOrgan(b *Book, kind ClockKind) *Unit {
	from := c.LeadUnitID
	if kind == ReReview {
		from = c.ReviewUnitID
	}
	unit := b.Current(from)
	if unit == nil {
		return nil
	}
	organ := b.Organ(unit.ID)
	if organ == nil {
		return nil
	}
	return b.Organ(organ.ParentID)
}

// ReviewRequest says why the petitioner does not accept the answer.
type ReviewRequest struct{ Words string }

// RequestReview asks the organ one level up for a review, and after that for a
// re-review by the next, within 30 days from the service of the opinion. The case
// stays closed; the organ joins it, and its person on duty answers for it from
// now on. Conflict while one is open, when the profile lets answers be disputed
// instead, when the window has passed, and where there is no organ above.
func (c *Case) RequestReview(m Moment, in ReviewRequest) error {
	by, err := c.permit(m, OpReview)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	kind, err := c.reviewable(m)
	if err != nil {
		return err
	}
	organ := c.reviewingOrgan(m.Book, kind)
	if organ == nil {
		return errNoOrgan
	}
	user, post, ok := m.Book.DutyPerson(organ.ID, m.Now)
	if !ok {
		return errNoOrgan
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	p := c.beginProceeding(m, kind, organ)
	p.OnBehalf = by.Role != RolePetitioner
	f := Facts{
		Round: c.Round, Review: p.fact(), OnBehalf: p.OnBehalf, Responsible: c.answerable(user, post), Awaiting: c.awaitByStatus(),
		Texts: c.writeAll(m, true, textIn{TextReviewRequest, in.Words}),
	}
	f.Started = c.start(m, kind, m.Now, organ.ID, strconv.Itoa(p.N), debtor{post, user})
	return c.record(m, by, EvReviewRequested, f)
}

var errNoOrgan = Refuse(Conflict, "review.no_organ", "没有可以复查、复核的上一级机关，或其无人值守")

func (c *Case) beginProceeding(m Moment, kind ClockKind, organ *Unit) *Proceeding {
	c.ReviewCount++
	c.OpenReview, c.ReviewUnitID = c.ReviewCount, organ.ID
	c.joins(m, organ.ID, PartReviewer)
	p := &Proceeding{
		CaseID: c.ID, N: c.ReviewCount, Kind: kind, Round: c.Round, UnitID: organ.ID, State: ProceedingOpen,
		RequestedBy: m.By.UserID, RequestedAt: m.Now,
	}
	c.proceedings = append(c.proceedings, p)
	c.touchProceeding(p)
	return p
}
