package grievance

import "slices"

// PartyField names a field of a party that tells who it is.
type PartyField string

// The fields.
const (
	PartyName     PartyField = "name"
	PartyPhone    PartyField = "phone"
	PartyIDNumber PartyField = "id_number"
	PartyAddress  PartyField = "address"
)

// The reasons for which somebody needs to know who a party is.
const (
	ToContact     Reason = "contact"        // to call or to write to the petitioner (联系)
	ToIdentify    Reason = "identity_check" // to see whether it is the petitioner who asks (核对身份)
	ToServe       Reason = "serve_notice"   // to serve a notice (送达)
	ToVisit       Reason = "site_visit"     // to go there (上门、实地查看)
	ToFollowUp    Reason = "follow_up"      // to ask after the answer (回访)
	ToVerifyNamed Reason = "named_check"    // to find out whom it is about (核对被反映人)
)

// RevealReasons lists them.
var RevealReasons = []Reason{ToContact, ToIdentify, ToServe, ToVisit, ToFollowUp, ToVerifyNamed}

// purpose is what one reason shows, of whom, and to whom. The fields are no more
// than the reason needs.
type purpose struct {
	Shown
	to []disclosure
}

// disclosure is a line of the policy: who is shown what the reason shows, in which
// statuses of the case, and whether in a confidential case too.
type disclosure struct {
	who  relation
	from []Status

	confidential bool
}

// purposes is the policy of identity (rule 7), whole: what no line allows, nobody
// is shown. A line ends with the step that needs it. Confidential is who complains,
// not of whom. docs/identity.md is drawn from it.
var purposes = map[Reason]purpose{
	ToContact: {Shown{complaining, []PartyField{PartyName, PartyPhone}}, []disclosure{
		{who: leadClerk, from: answering, confidential: true},
		{who: theHandler, from: inHand},
		{who: openReviewer, from: closed},
		{who: theSponsor, from: anyOpen},
	}},
	ToIdentify: {Shown{complaining, []PartyField{PartyName, PartyIDNumber}}, []disclosure{
		{who: leadClerk, from: Statuses, confidential: true}, // a query code is reissued at any time
		{who: theHandler, from: inHand},
		{who: openReviewer, from: closed},
	}},
	ToServe: {Shown{complaining, []PartyField{PartyName, PartyAddress}}, []disclosure{
		{who: leadClerk, from: Statuses, confidential: true},
		{who: theHandler, from: inHand},
		{who: openReviewer, from: closed},
	}},
	ToVisit: {Shown{complaining, []PartyField{PartyName, PartyAddress}}, []disclosure{
		{who: leadClerk, from: anyOpen, confidential: true},
		{who: theHandler, from: inHand},
		{who: coHandling, from: helping},
		{who: openReviewer, from: closed},
		{who: theSponsor, from: anyOpen},
	}},
	ToFollowUp: {Shown{complaining, []PartyField{PartyName, PartyPhone}}, []disclosure{
		{who: deskCaller, from: over, confidential: true},
		{who: outsider, from: over},
	}},
	ToVerifyNamed: {Shown{[]PartyKind{PersonNamed}, []PartyField{PartyName}}, []disclosure{
		{who: leadClerk, from: answering, confidential: true},
		{who: theHandler, from: inHand, confidential: true},
		{who: openReviewer, from: closed, confidential: true},
		{who: inCharge, from: anyOpen, confidential: true}, // who signs, and decides on recusal
		{who: watching, from: Statuses, confidential: true},
	}},
}

// serving is who is besides shown to whom a notice is, and where, until it is
// served: the step ends with the service, wherever the case is by then.
var serving = []disclosure{
	{who: theHandler, from: Statuses},
	{who: reviewer, from: Statuses},
}

var (
	complaining = []PartyKind{Petitioner, Representative}

	inHand    = []Status{Assigned, InHandling, Suspended, AwaitingSignOff}
	helping   = []Status{Accepted, Assigned, InHandling, Suspended, AwaitingSignOff}
	closed    = []Status{Closed}
	over      = []Status{Closed, Finalised}
	answering = slices.Concat(anyOpen, []Status{Closed, Declined}) // while the petitioner may still be told something
)

// openReviewer is a reviewer while the review is open.
func openReviewer(c *Case, m Moment) (Post, bool) {
	if c.OpenReview == 0 {
		return Post{}, false
	}
	return reviewer(c, m)
}

// deskCaller is a clerk of the desk who may follow the case up.
func deskCaller(c *Case, m Moment) (Post, bool) {
	if _, ok := outsider(c, m); !ok {
		return Post{}, false
	}
	return leadClerk(c, m)
}

// Shown is what somebody is shown: these fields of parties of these kinds.
type Shown struct {
	Of     []PartyKind  `json:"of"`
	Fields []PartyField `json:"fields"`
}

// Show leaves of a party what is shown; false for a party of whom nothing is.
func (s Shown) Show(p Party) (Party, bool) {
	v := Party{CaseID: p.CaseID, N: p.N, Kind: p.Kind}
	if !slices.Contains(s.Of, p.Kind) {
		return v, false
	}
	for _, f := range s.Fields {
		*v.field(f) = *p.field(f)
	}
	return v, true
}

func (p *Party) field(f PartyField) *string {
	switch f {
	case PartyPhone:
		return &p.Phone
	case PartyIDNumber:
		return &p.IDNumber
	case PartyAddress:
		return &p.Address
	}
	return &p.Name
}

// Revealing says what for somebody needs to know who the parties are.
type Revealing struct{ Reason Reason }

var (
	errConfidential   = Refuse(Forbidden, "case.confidential", "该事项要求保密，仅受理窗口可以查看诉求人身份，请通过窗口联系")
	errUnknownPurpose = InvalidField("/reason", "reason.unknown", "请选择查看原因")
)

// Reveal records that the actor is shown parties in clear, what for and which of
// their fields, and gives those; all else, and everybody else, stays masked. That
// is by the policy above. Nothing that people edit changes. Forbidden for whom the
// reason is not, or whom the grievance is about; Conflict where the step that
// needs it is over, or has not begun.
func (c *Case) Reveal(m Moment, in Revealing) (Shown, error) {
	if _, err := c.permit(m, OpReveal); err != nil {
		return Shown{}, err
	}
	by, err := c.disclosed(m, in.Reason, purposes[in.Reason].to)
	if err != nil {
		return Shown{}, err
	}
	return c.revealed(m, by, in.Reason, Facts{})
}

// Address records that the actor is shown a notice with its addressee in clear,
// to serve it, and gives what is shown of the addressee. It is for whom the policy
// shows parties for that, and, until it is served, for the desk that issued it,
// the handler, and the organ that reviews. NotFound for an unknown notice.
func (c *Case) Address(m Moment, number int, in Revealing) (Shown, error) {
	n, _, err := c.permitOn(m, OpAddress, number)
	if err != nil {
		return Shown{}, err
	}
	lines := purposes[in.Reason].to
	if n.ServedAt == nil && in.Reason == ToServe {
		issuer := func(_ *Case, m Moment) (Post, bool) { return deskClerk(m, n.UnitID, c.deskRole()) }
		lines = slices.Concat(lines, serving, []disclosure{{who: issuer, from: Statuses, confidential: true}})
	}
	by, err := c.disclosed(m, in.Reason, lines)
	if err != nil {
		return Shown{}, err
	}
	return c.revealed(m, by, in.Reason, Facts{Notice: n.fact()})
}

// disclosed finds the line of the policy by which the actor is shown something,
// and gives the post it is shown to. Whether it is the actor's, comes first; then
// whether the case is confidential, and how far it has come.
func (c *Case) disclosed(m Moment, why Reason, lines []disclosure) (Post, error) {
	if !slices.Contains(RevealReasons, why) {
		return Post{}, errUnknownPurpose
	}
	refusal := errNotPermitted
	for _, line := range lines {
		by, ok := line.who(c, m)
		switch {
		case !ok || c.Recused(m.By.UserID):
		case c.Confidential && !line.confidential:
			if refusal == errNotPermitted {
				refusal = errConfidential
			}
		case !slices.Contains(line.from, c.Status):
			refusal = errState
		default:
			return by, nil
		}
	}
	return Post{}, refusal
}

func (c *Case) revealed(m Moment, by Post, why Reason, f Facts) (Shown, error) {
	shown := purposes[why].Shown
	f.Reason, f.Shown = why, &shown
	return shown, c.append(m, by, EvRevealed, m.Now, f)
}

// Masked gives what a reader of the case may see of a party without saying what
// for: enough to know somebody again, too little to find anybody. Inside tells
// that the reader works on the case. Nothing of who complains is left in a
// confidential case, and nothing of anybody for who is recused; whom
// it is about is hidden from those who neither work on it nor sent it in.
func (c *Case) Masked(p Party, reader Actor, inside bool) Party {
	sent := !reader.UserID.IsZero() && (reader.UserID == c.PetitionerUserID || reader.UserID == c.FiledBy)
	about := p.Kind == PersonNamed
	switch {
	case c.Recused(reader.UserID),
		c.Confidential && !about,
		about && !inside && !sent:
		return hideParty(p)
	}
	return maskParty(p)
}
