package grievance

import (
	"slices"

	"github.com/huiyin/huiyin/internal/calendar"
)

// ClockKind names what a clock times.
type ClockKind string

// The clocks. Consent is the sender's answer to an objection (退单), Jurisdiction
// the common superior's decision (Art. 24), OrderReply the written answer to a
// supervision order or a recommendation.
const (
	Acceptance      ClockKind = "acceptance"
	Acknowledgement ClockKind = "acknowledgement"
	FirstContact    ClockKind = "first_contact"
	Handling        ClockKind = "handling"
	SignOffStep     ClockKind = "sign_off"
	Review          ClockKind = "review"
	ReReview        ClockKind = "re_review"
	Consent         ClockKind = "consent"
	Jurisdiction    ClockKind = "jurisdiction"
	CoHandling      ClockKind = "co_handling"
	OrderReply      ClockKind = "order"
	SponsorDuty     ClockKind = "duty"
)

// ClockKinds lists them in the order in which they run.
var ClockKinds = []ClockKind{
	Acceptance, Acknowledgement, FirstContact, Handling, SignOffStep, Review, ReReview,
	Consent, Jurisdiction, CoHandling, OrderReply, SponsorDuty,
}

// RungAct is what the engine does at a rung of a ladder.
type RungAct string

// The acts of a ladder: a reminder, the yellow warning (黄牌), the breach (红牌)
// with its escalation, and the escalations after it.
const (
	Remind   RungAct = "remind"
	Warn     RungAct = "warn"
	Breach   RungAct = "breach"
	Escalate RungAct = "escalate"
)

// Rung is one step of a ladder. At is "50%" of the way from start to due, or a
// length after the due instant ("0d", "1wd", "1x": as long again as the clock).
// Level says whom an escalation reaches: 1 the unit's head, 2 the superior
// unit's supervisor, 3 the next level's.
type Rung struct {
	At    string  `json:"at"`
	Act   RungAct `json:"act"`
	Level int     `json:"level,omitempty"`
}

// ClockRule says how a profile sets one clock.
type ClockRule struct {
	Kind    ClockKind                  `json:"kind"`
	Length  calendar.Length            `json:"length"`
	ByGrade map[string]calendar.Length `json:"by_grade,omitempty"` // by urgency or complexity, where it differs
	Starts  string                     `json:"starts"`
	Stops   string                     `json:"stops"`
	Debtor  Role                       `json:"debtor"`
	Rolls   bool                       `json:"rolls"`  // a last day off ends on the next working day (Civil Code Art. 203)
	Ladder  string                     `json:"ladder"` // of Length; a grade's length shorter than a day has the ladder "short"
	Source  string                     `json:"source"`

	Given     bool           `json:"given,omitempty"`     // whoever starts it says how long it is; Length is what is usual
	Extension *ExtensionRule `json:"extension,omitempty"` // none: it cannot be extended
	Pauses    []PauseCause   `json:"pauses,omitempty"`    // which suspensions stop it; it runs on in every other
}

// ForgetUnknown drops the rules of clocks that this program does not know: a
// profile that a newer one has put is read beside it.
func (p *Profile) ForgetUnknown() {
	p.Clocks = slices.DeleteFunc(p.Clocks, func(r ClockRule) bool { return !slices.Contains(ClockKinds, r.Kind) })
}

// ExtensionRule says how a clock may be extended: by at most Max, a length by
// day, each time, and so often in all.
type ExtensionRule struct {
	Max    calendar.Length `json:"max"`
	Times  int             `json:"times"`
	Source string          `json:"source"`
}

// Profile is a set of clocks and what may happen after closure.
type Profile struct {
	Name        string            `json:"name"`
	Version     int               `json:"version"`
	Clocks      []ClockRule       `json:"clocks"`
	Ladders     map[string][]Rung `json:"ladders"`
	DisputeDays int               `json:"dispute_days"` // 0: the profile offers review instead

	// Suspensions says for which causes a case may be suspended, and how long at most.
	Suspensions map[PauseCause]calendar.Length `json:"suspensions,omitempty"`

	// SignOffs says who signs what; the first rule that fits decides.
	SignOffs []SigningRule `json:"sign_offs,omitempty"`
}

// Profiles maps a profile's name to its newest version.
type Profiles map[string]*Profile

// The profiles.
const (
	ProfilePetition       = "petition"
	ProfilePetitionSimple = "petition_simple"
	ProfileHotline        = "hotline"
	ProfileTownship       = "township"
	ProfileWall           = "wall"
)
