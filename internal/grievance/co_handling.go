package grievance

// The events of co-handling (协办).
const (
	EvCoHandlerAsked    EventKind = "co_handler_asked"
	EvCoHandlerAnswered EventKind = "co_handler_answered"
	EvCoHandlerReleased EventKind = "co_handler_released"
)

// CoHandlerFact is what an event says of a co-handling unit.
type CoHandlerFact struct {
	N    int    `json:"n"`
	Unit UnitID `json:"unit"`
}
