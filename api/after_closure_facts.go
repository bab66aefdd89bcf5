package api

import (
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FollowUpFactView is what an event says of a follow-up (回访).
type FollowUpFactView struct {
	N         int    `json:"n"`
	Attempt   int    `json:"attempt"`
	Contacted string `json:"contacted" enums:"yes,no,unreachable"`
	Resolved  string `json:"resolved" enums:"yes,no,unreachable"`
	Satisfied string `json:"satisfied" enums:"yes,no,unreachable"`
	// What comes of a matter that is not resolved: it is handled again, or may be
	// reviewed.
	LeadsTo string `json:"leads_to,omitempty" enums:"round,review"`
} // @name FollowUpFact

// ReviewFactView is what an event says of a review or a re-review.
type ReviewFactView struct {
	N        int                 `json:"n"`
	Kind     grievance.ClockKind `json:"kind" swaggertype:"string" enums:"review,re_review"`
	Unit     UnitRef             `json:"unit"`
	Decision grievance.Decision  `json:"decision,omitempty" swaggertype:"string" enums:"upheld,changed,revoked,mediated"`
	// Of a hearing: when it ends, or would have ended, by itself; and how many attended.
	HearingUntil *time.Time `json:"hearing_until,omitempty"`
	Attended     int        `json:"attended,omitempty,omitzero"`
} // @name ReviewFact

func followUpFact(f *grievance.FollowUpFact) *FollowUpFactView {
	if f == nil {
		return nil
	}
	v := FollowUpFactView(*f)
	return &v
}

func reviewFact(f *grievance.ReviewFact, book *grievance.Book) *ReviewFactView {
	if f == nil {
		return nil
	}
	return &ReviewFactView{f.N, f.Kind, unitRef(book, f.Unit), grievance.Decision(f.Decision), unlessZero(f.HearingUntil), f.Attended}
}
