package grievance

// The events of a leader's personal charge (领导包案).
const (
	EvSponsored       EventKind = "sponsored"
	EvSponsorReleased EventKind = "sponsor_released"
	EvDutyDone        EventKind = "duty_done"
)

// DutyFact is what an event says of a sponsor's duty.
type DutyFact struct {
	N    int    `json:"n"`
	Kind string `json:"kind"` // meet, visit or report
}
