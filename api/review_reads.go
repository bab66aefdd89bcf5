package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// caseReviews lists the reviews of a case.
//
//	@Summary		复查、复核 / reviews
//	@Description	复查、复核及其听证；意见见文书。 With their hearings; what was decided stands with the notices.
//	@Tags			closure
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	ReviewList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reviews [get]
func (s *server) caseReviews(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, look.reviews)
	return reply(c, list, err)
}

func (l look) reviews() (ReviewList, error) {
	list := ReviewList{Items: []ReviewView{}}
	said, err := l.said(func(f grievance.Facts) int { return f.Review.N },
		grievance.EvReviewRequested, grievance.EvHearingOrdered, grievance.EvHearingHeld)
	for _, p := range l.about.Proceedings() {
		v := reviewView(p, l.book)
		v.Texts = orNone(said[p.N])
		if !l.inside { // what is before a leader, the petitioner learns when it is signed
			v.State, v.SignOff = shownState(p), 0
		}
		list.Items = append(list.Items, v)
	}
	return list, err
}

// shownState is how a review stands for its petitioner.
func shownState(p *grievance.Proceeding) grievance.ProceedingState {
	if p.State == grievance.ProceedingUnsigned {
		return grievance.ProceedingOpen
	}
	return p.State
}

func reviewView(p *grievance.Proceeding, book *grievance.Book) ReviewView {
	v := ReviewView{
		N: p.N, Kind: p.Kind, Round: p.Round, Unit: unitRef(book, p.UnitID), State: p.State,
		RequestedBy: optionalPerson(book, p.RequestedBy), RequestedAt: p.RequestedAt, OnBehalf: p.OnBehalf, SignOff: p.SignOff,
		Decision: p.Decision, DecidedBy: optionalPerson(book, p.DecidedBy), DecidedAt: p.DecidedAt, Notice: p.Notice,
	}
	if p.HearingUntil != nil {
		v.Hearing = &HearingView{
			OrderedBy: personRef(book, p.HearingOrderedBy), OrderedAt: *p.HearingOrderedAt, Through: *lastDay(*p.HearingUntil),
			HeldAt:     p.HearingHeldAt,
			RecordedBy: optionalPerson(book, p.HearingRecordedBy), RecordedAt: p.HearingRecordedAt,
		}
		if p.HearingHeldAt != nil {
			v.Hearing.Attended = &p.HearingAttended
		}
	}
	return v
}

// PublicReviewWindow is what a petitioner may ask for who does not accept the
// answer.
type PublicReviewWindow struct {
	Kind grievance.ClockKind `json:"kind" swaggertype:"string" enums:"review,re_review"`
	// The last day on which it may be asked for; absent while the opinion is not
	// served, for the time begins with that.
	UntilOn *calendar.Date `json:"until_on,omitempty" swaggertype:"string" format:"date"`
} // @name PublicReviewWindow

// PublicReview is how a review stands, for the petitioner.
type PublicReview struct {
	Kind        grievance.ClockKind       `json:"kind" swaggertype:"string" enums:"review,re_review"`
	Unit        UnitRef                   `json:"unit"`
	State       grievance.ProceedingState `json:"state" swaggertype:"string" enums:"open,decided"`
	RequestedAt time.Time                 `json:"requested_at"`
	// The last day on which it is to be decided; absent once it is.
	DueOn     *calendar.Date     `json:"due_on,omitempty" swaggertype:"string" format:"date"`
	Decision  grievance.Decision `json:"decision,omitempty" swaggertype:"string" enums:"upheld,changed,revoked,mediated"`
	DecidedAt *time.Time         `json:"decided_at,omitempty"`
	// The number of the opinion document (文号).
	Number string `json:"number,omitempty"`
} // @name PublicReview

// mayAsk tells what the petitioner may still ask for, nil for nothing.
func (l look) mayAsk(now time.Time) *PublicReviewWindow {
	w, ok := l.about.ReviewWindow(l.book)
	switch {
	case !ok || w.Until != nil && !now.Before(w.Until.At):
		return nil
	case w.Until == nil:
		return &PublicReviewWindow{Kind: w.Kind}
	}
	return &PublicReviewWindow{w.Kind, &w.Until.On}
}

func (l look) publicReviews() []PublicReview {
	list := []PublicReview{}
	for _, p := range l.about.Proceedings() {
		v := PublicReview{Kind: p.Kind, Unit: unitRef(l.book, p.UnitID), State: shownState(p), RequestedAt: p.RequestedAt, Decision: p.Decision, DecidedAt: p.DecidedAt}
		for _, k := range l.about.Clocks() {
			if k.Kind == p.Kind && k.State == grievance.Running {
				v.DueOn = &k.DueOn
			}
		}
		for _, n := range l.about.Notices() {
			if n.N == p.Notice {
				v.Number = n.Number
			}
		}
		list = append(list, v)
	}
	return list
}
