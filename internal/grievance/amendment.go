package grievance

// EvAmended is an opinion that was changed while it was before a leader: every
// signature on the one before is void.
const EvAmended EventKind = "opinion_amended"

// The events of a public take-down.
const (
	EvTakeDownRequested EventKind = "take_down_requested"
	EvTakenDown         EventKind = "taken_down"
)
