package grievance

// EvFollowedUp is a follow-up (回访) by somebody outside the handling unit.
const EvFollowedUp EventKind = "followed_up"

// FollowUpFact is what an event says of a follow-up. The answers are "yes", "no"
// or "unreachable"; Attempt counts the calls of the round.
type FollowUpFact struct {
	N         int    `json:"n"`
	Attempt   int    `json:"attempt"`
	Contacted string `json:"contacted"`
	Resolved  string `json:"resolved"`
	Satisfied string `json:"satisfied"`
}
