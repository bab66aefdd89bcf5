package grievance

// The events of review (复查, Art. 35) and re-review (复核, Art. 36).
const (
	EvReviewRequested EventKind = "review_requested"
	EvReviewSubmitted EventKind = "review_submitted" // its opinion, before a leader
	EvReviewDecided   EventKind = "review_decided"
	EvHearingHeld     EventKind = "hearing_held"
	EvMediated        EventKind = "mediated"
	EvFinalised       EventKind = "finalised"
)

// ReviewFact is what an event says of a review or a re-review: which organ it is
// before and, once decided, whether the answer was upheld.
type ReviewFact struct {
	N        int       `json:"n"`
	Kind     ClockKind `json:"kind"` // review or re_review
	Unit     UnitID    `json:"unit"`
	Decision string    `json:"decision,omitempty"` // upheld, changed or revoked
}
