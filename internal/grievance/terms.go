package grievance

import "slices"

// Status is where a case stands in its life.
type Status string

// The statuses. While a decline, a withdrawal or a suspension awaits its
// signature the status does not change; the case's Awaiting names the leader.
const (
	Registered      Status = "registered"
	Accepted        Status = "accepted"
	Assigned        Status = "assigned"
	InHandling      Status = "handling"
	Suspended       Status = "suspended"
	AwaitingSignOff Status = "awaiting_signoff"
	Closed          Status = "closed"
	Finalised       Status = "finalised" // after re-review, or by an agreement (终结)
	Declined        Status = "declined"
	Withdrawn       Status = "withdrawn"
)

// Statuses lists them in the order of a case's life.
var Statuses = []Status{Registered, Accepted, Assigned, InHandling, Suspended, AwaitingSignOff, Closed, Finalised, Declined, Withdrawn}

// Ended lists the statuses in which nobody has to act any more, but for the organ
// before which a review of a closed case is open.
var Ended = []Status{Closed, Finalised, Declined, Withdrawn}

// Open reports whether somebody still has to act before the case is answered.
func (s Status) Open() bool { return !slices.Contains(Ended, s) }

// Nature is what kind of grievance it is (Art. 17).
type Nature string

// The natures: 建议, 检举控告, 申诉求决, 咨询.
const (
	Suggestion Nature = "suggestion"
	Accusation Nature = "accusation"
	Demand     Nature = "demand"
	Inquiry    Nature = "inquiry"
)

// Natures lists them.
var Natures = []Nature{Suggestion, Accusation, Demand, Inquiry}

// PetitionRoute is the route of a demand that this regulation itself governs
// (Art. 31(6)); routes 1 to 5 lead to procedures of other laws.
const PetitionRoute = 6

// Channel is how a grievance reached the unit.
type Channel string

// The channels.
const (
	ByVisit   Channel = "visit"
	ByLetter  Channel = "letter"
	ByHotline Channel = "hotline"
	ByApp     Channel = "app"
	ByWeChat  Channel = "wechat"
	ByWeb     Channel = "web"
	ByWall    Channel = "wall"
	ByGrid    Channel = "grid"
	ByCourier Channel = "courier"
)

// Channels lists them.
var Channels = []Channel{ByVisit, ByLetter, ByHotline, ByApp, ByWeChat, ByWeb, ByWall, ByGrid, ByCourier}

// Urgency grades a matter; a profile's lengths may differ by it.
type Urgency string

// The grades: life and property, utilities, simple, ordinary, complex.
const (
	LifeProperty Urgency = "life_property"
	Utilities    Urgency = "utilities"
	Simple       Urgency = "simple"
	Ordinary     Urgency = "ordinary"
	Complex      Urgency = "complex"
)

// Urgencies lists them, most urgent first.
var Urgencies = []Urgency{LifeProperty, Utilities, Simple, Ordinary, Complex}

// Outcome is how a case was answered.
type Outcome string

// The outcomes: supported; reasonable but without legal basis, explained; not
// supported; mediated; redirected to a statutory route.
const (
	Supported    Outcome = "supported"
	Explained    Outcome = "explained"
	NotSupported Outcome = "not_supported"
	Mediated     Outcome = "mediated"
	Redirected   Outcome = "redirected"
)

// Outcomes lists them.
var Outcomes = []Outcome{Supported, Explained, NotSupported, Mediated, Redirected}

// Reason is a coded reason; the words of a reason are a text, never in events.
type Reason string

// The reasons to decline (不予受理).
const (
	OtherProcedure Reason = "other_procedure" // belongs to a court, an arbitration, a review or another procedure by law
	AlreadyPending Reason = "already_pending" // the same matter is being handled and still in time
	FinalisedFacts Reason = "finalised"       // re-review has ended on the same facts (Art. 36)
	NoFacts        Reason = "no_facts"        // no matter can be made out, and the petitioner could not add to it
	Duplicate      Reason = "duplicate"       // registered twice
)

// DeclineReasons lists the reasons to decline.
var DeclineReasons = []Reason{OtherProcedure, AlreadyPending, FinalisedFacts, NoFacts, Duplicate}

// ReturnReasons lists the reasons for which a leader returns what was submitted.
var ReturnReasons = []Reason{"facts_unclear", "basis_missing", "opinion_improper", "petitioner_not_contacted", "wrong_unit", "other"}

// ForwardReasons lists the reasons to forward.
var ForwardReasons = []Reason{"not_our_duty", "other_area", "superior_matter", "inspection_matter"}

// EscalationReasons lists the reasons for which a person escalates.
var EscalationReasons = []Reason{"cannot_be_solved_here", "needs_coordination", "not_acted_upon", "risk"}

// ExtensionReasons lists the reasons for which an extension (延期) is asked for.
var ExtensionReasons = []Reason{"complex", "investigation", "appraisal", "coordination", "other"}

// PauseCause is why a case is suspended (中止), and so why time may not count.
type PauseCause string

// The causes: a hearing (听证, Art. 36), an expert opinion, force majeure, and
// waiting for the petitioner.
const (
	Hearing           PauseCause = "hearing"
	ExpertOpinion     PauseCause = "expert_opinion"
	ForceMajeure      PauseCause = "force_majeure"
	WaitingPetitioner PauseCause = "petitioner"
)

// PauseCauses lists them.
var PauseCauses = []PauseCause{Hearing, ExpertOpinion, ForceMajeure, WaitingPetitioner}

// ServedHow lists the ways in which a notice is served (送达).
var ServedHow = []string{"in_person", "mail", "sms", "phone", "app", "left", "announcement"}
