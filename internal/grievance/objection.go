package grievance

// The events of objections (退单) and of what comes of them.
const (
	EvObjected           EventKind = "objected"
	EvObjectionConsented EventKind = "objection_consented"
	EvObjectionRefused   EventKind = "objection_refused"
	EvObjectionRaised    EventKind = "objection_raised" // before the common superior, refused or unanswered
	EvDesignated         EventKind = "unit_designated"
)

// ObjectionFact is what an event says of an objection. Unit is whose desk
// objects, Sender whose consent it needs; Category and Area name the line of the
// responsibility list that it rests on.
type ObjectionFact struct {
	N        int    `json:"n"`
	On       string `json:"on"` // forward or assignment
	Unit     UnitID `json:"unit"`
	Sender   UnitID `json:"sender"`
	Category string `json:"category,omitempty"`
	Area     string `json:"area,omitempty"`
	Superior UnitID `json:"superior,omitzero"` // who decides; none: the joint conference (联席会议)
	ByTime   bool   `json:"by_time,omitempty"` // raised because nobody answered
}
