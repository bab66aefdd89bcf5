package api

import (
	"fmt"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// EventView is one fact of a case's record: about_at is the instant that it is
// about, recorded_at the one at which it was written down.
type EventView struct {
	Seq  int64               `json:"seq" example:"1"`
	Kind grievance.EventKind `json:"kind" swaggertype:"string" example:"registered"`
	// Absent for the engine and for anonymous petitioners.
	Actor *PersonRef `json:"actor,omitempty"`
	// The post in which the actor acted.
	Post PostView `json:"post"`
	// For whom, where the actor held that post as a deputy (AB 角).
	DeputyFor  *PersonRef `json:"deputy_for,omitempty"`
	AboutAt    time.Time  `json:"about_at"`
	RecordedAt time.Time  `json:"recorded_at"`
	Facts      FactsView  `json:"facts"`
} // @name Event

// EventPage is a page of a case's record.
type EventPage struct {
	Items []EventView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name EventPage

// caseEvents lists the record of a case.
//
//	@Summary		办理过程 / events
//	@Description	按发生顺序；非办理单位只见对外的环节，因而一页可能不满。 In order. Who does not work on the case sees what concerns the petitioner, so that a page may have fewer than limit.
//	@Tags			cases
//	@Produce		json
//	@Param			id		path		string	true	"case"	format(uuid)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	EventPage
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/events [get]
func (s *server) caseEvents(c echo.Context) error {
	q := readQuery(c)
	limit, after := q.limit(), cursorParam[int64](q, "events")
	if err := q.err(); err != nil {
		return err
	}
	if after == nil {
		after = new(int64)
	}
	var last *int64
	page, err := lookAt(s, c, store.Needs{}, func(l look) (EventPage, error) {
		events, err := l.EventsOf(l.about.ID, *after, limit+1)
		if err != nil {
			return EventPage{}, err
		}
		events, last = cut(events, limit, func(e grievance.Event) int64 { return e.Seq })
		return l.events(events)
	})
	if err == nil {
		page.Next, err = nextPage(c, "events", last)
	}
	return reply(c, page, err)
}

func (l look) events(events []grievance.Event) (EventPage, error) {
	page := EventPage{Items: []EventView{}}
	readable, err := l.words()
	if err != nil {
		return page, err
	}
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return page, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		}
		open, err := l.opens([]grievance.CaseID{f.Earlier})
		if err != nil {
			return page, err
		}
		if l.mayLearn(e, f) && (l.inside || concernsPetitioner(e.Kind, f)) {
			page.Items = append(page.Items, EventView{
				Seq: e.Seq, Kind: e.Kind, Actor: optionalPerson(l.book, e.ActorID), Post: postView(l.book, e.Post),
				DeputyFor: inPlaceOf(l.book, e), AboutAt: e.AboutAt, RecordedAt: e.RecordedAt, Facts: factsView(f, open, l.book, readable),
			})
		}
	}
	return page, nil
}

// inPlaceOf gives for whom somebody acted, by the appointments of the time.
func inPlaceOf(book *grievance.Book, e grievance.Event) *PersonRef {
	leader, _ := book.DeputyFor(e.ActorID, e.Post, e.RecordedAt)
	return optionalPerson(book, leader)
}

// petitionersEvents are those of which the petitioner is told, or which are the
// petitioner's own deeds. What is before a leader is not among them.
var petitionersEvents = []grievance.EventKind{
	grievance.EvRegistered, grievance.EvImported, grievance.EvClassified, grievance.EvCorrected, grievance.EvAccepted, grievance.EvDeclined,
	grievance.EvAnswered, grievance.EvForwarded, grievance.EvAssigned, grievance.EvAcknowledged, grievance.EvContacted,
	grievance.EvClosed, grievance.EvWithdrawalRequested, grievance.EvWithdrawn, grievance.EvServed, grievance.EvRated,
	grievance.EvDisputed, grievance.EvReissued, grievance.EvBreached,
	grievance.EvExtended, grievance.EvSuspended, grievance.EvResumed, grievance.EvRebased,
	grievance.EvObjectionConsented, grievance.EvDesignated,
	grievance.EvFollowedUp, grievance.EvReviewRequested, grievance.EvHearingOrdered, grievance.EvHearingHeld, grievance.EvReviewDecided, grievance.EvMediated, grievance.EvFinalised,
}

func concernsPetitioner(kind grievance.EventKind, f grievance.Facts) bool {
	return slices.Contains(petitionersEvents, kind) || kind == grievance.EvNoted && f.ToPetitioner
}

// unlessZero gives nil for what an event does not say.
func unlessZero[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
