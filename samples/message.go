package samples

// Message is a grievance of messages.json, and how far the demo moves it.
type Message struct {
	ID               string     `json:"id"`
	ReceivedHoursAgo int        `json:"received_hours_ago"` // hours by the wall before the demo's now
	Channel          string     `json:"channel"`
	Nature           string     `json:"nature"`
	Route            int        `json:"route,omitzero"`           // item of Art. 31, demands only; 0 is not decided
	Petition         bool       `json:"petition,omitzero"`        // marked as a petition (信访) whatever its channel
	SimplePetition   bool       `json:"simple_petition,omitzero"` // 简易办理, with the petitioner's consent
	Urgency          string     `json:"urgency"`
	Category         string     `json:"category"`
	AreaCode         string     `json:"area_code"`          // where the matter lies
	UnitCode         string     `json:"unit_code"`          // whose desk received it
	RegisteredBy     string     `json:"registered_by"`      // an account
	Headcount        int        `json:"headcount,omitzero"` // people of a group petition; 0 is one person
	Title            string     `json:"title"`
	Body             string     `json:"body"`
	Petitioner       Petitioner `json:"petitioner"`
	Representatives  []string   `json:"representatives,omitzero"` // at most five names (Art. 20)
	Named            []Named    `json:"named,omitzero"`           // whom an accusation is about
	Story            Story      `json:"story"`
}

// Petitioner is who complains. An anonymous one has no other field.
type Petitioner struct {
	Name      string `json:"name,omitzero"`
	Phone     string `json:"phone,omitzero"`
	Address   string `json:"address,omitzero"`
	Account   string `json:"account,omitzero"` // the petitioner's own account, where there is one
	Anonymous bool   `json:"anonymous,omitzero"`
}

// Named is a person whom a grievance is about.
type Named struct {
	Name     string `json:"name"`
	UnitCode string `json:"unit_code"`
	Post     string `json:"post"`
}

// Where a story ends.
const (
	Registered      = "registered"
	Accepted        = "accepted"
	Assigned        = "assigned"
	Handling        = "handling"
	AwaitingSignOff = "awaiting_signoff"
	Closed          = "closed"
	Disputed        = "disputed"  // closed, then disputed by its petitioner
	Declined        = "declined"  // asked for and signed
	Withdrawn       = "withdrawn" // asked for and signed
	Answered        = "answered"  // an inquiry, answered on the spot
	Forwarded       = "forwarded" // not yet acknowledged at the other unit
)

// Story says how far the demo moves a case, and the words of each step. A
// story up to closed goes through all of accept, assign, acknowledge, contact,
// submit, approve, and rate where there is a rating.
type Story struct {
	Until       string      `json:"until"`
	StepMinutes int         `json:"step_minutes,omitzero"` // from receipt to the first step, and from each to the next
	Acceptance  string      `json:"acceptance,omitzero"`   // words of the acceptance notice
	Forward     *Forward    `json:"forward,omitzero"`
	Decline     *Decline    `json:"decline,omitzero"`
	Answer      string      `json:"answer,omitzero"`
	Withdraw    string      `json:"withdraw,omitzero"` // the petitioner's own words
	Assign      *Assignment `json:"assign,omitzero"`
	Contact     string      `json:"contact,omitzero"`
	Notes       []Note      `json:"notes,omitzero"`
	Outcome     string      `json:"outcome,omitzero"`
	Opinion     *Opinion    `json:"opinion,omitzero"`
	Reply       string      `json:"reply,omitzero"` // words of the reply notice
	Rating      *Rating     `json:"rating,omitzero"`
	Dispute     string      `json:"dispute,omitzero"`
}

// Forward is a transfer (转送) with its coded reason and the words of it.
type Forward struct {
	UnitCode string `json:"unit_code"`
	Code     string `json:"code"`
	Text     string `json:"text"`
}

// Decline is a refusal to accept (不予受理) with its coded reason and notice.
type Decline struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Assignment names the handling unit and the account of its handler.
type Assignment struct {
	UnitCode string `json:"unit_code"`
	Handler  string `json:"handler"`
}

// Note is a remark of the handler; a public one is shown to the petitioner.
type Note struct {
	Text   string `json:"text"`
	Public bool   `json:"public"`
}

// Opinion is an opinion document (意见书) in its four fixed parts.
type Opinion struct {
	Request    string `json:"request"`
	Facts      string `json:"facts"`
	Opinion    string `json:"opinion"`
	LegalBasis string `json:"legal_basis"`
}

// Rating is what the petitioner says of a closed case.
type Rating struct {
	Contacted bool   `json:"contacted"`
	Resolved  bool   `json:"resolved"`
	Satisfied bool   `json:"satisfied"`
	Comment   string `json:"comment,omitzero"`
}
