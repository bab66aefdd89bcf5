package grievance

import "time"

// TextKind says what a text is.
type TextKind string

// The kinds of text. The four parts of an opinion document are fixed.
const (
	TextTitle      TextKind = "title"
	TextBody       TextKind = "body"
	TextNote       TextKind = "note"
	TextContact    TextKind = "contact"
	TextAnswer     TextKind = "answer"
	TextRequest    TextKind = "opinion_request"
	TextFacts      TextKind = "opinion_facts"
	TextOpinion    TextKind = "opinion"
	TextLegalBasis TextKind = "opinion_legal_basis"
	TextReason     TextKind = "reason"
	TextProof      TextKind = "proof"
	TextDispute    TextKind = "dispute"
	TextNotice     TextKind = "notice"
	TextMinutes    TextKind = "minutes"     // of a joint conference (联席会议) or a hearing (听证笔录)
	TextCoHandling TextKind = "co_handling" // what a co-handling unit answers

	TextFollowUp      TextKind = "follow_up"
	TextReviewRequest TextKind = "review_request"
	TextAgreement     TextKind = "agreement" // of a mediation (调解协议)
	TextOrder         TextKind = "order"
	TextReply         TextKind = "order_reply"
	TextMisconduct    TextKind = "misconduct" // for few: see Book.MisconductFor
)

// Text is free text of a case. It is kept apart from the events, sealed, so
// that the record can be permanent and a person can still be forgotten. Public
// texts are shown to the petitioner.
type Text struct {
	ID         TextID
	CaseID     CaseID
	Kind       TextKind
	Body       string
	Salt       [16]byte
	Public     bool
	AuthorID   UserID
	RecordedAt time.Time
}

// Digest proves the words of the text to whoever has its salt.
func (t Text) Digest() []byte { return digest(t.Salt, t.Body) }

// write keeps a text and gives the reference for the event.
func (c *Case) write(m Moment, kind TextKind, body string, public bool) TextRef {
	t := Text{
		ID: m.Mint.ID(), CaseID: c.ID, Kind: kind, Body: body, Salt: m.Mint.Salt(),
		Public: public, AuthorID: m.By.UserID, RecordedAt: m.Now,
	}
	c.changes.Texts = append(c.changes.Texts, t)
	return TextRef{t.ID, kind, t.Digest()}
}

// writeAll keeps those of the texts that have words.
func (c *Case) writeAll(m Moment, public bool, texts ...textIn) []TextRef {
	var refs []TextRef
	for _, t := range texts {
		if t.body != "" {
			refs = append(refs, c.write(m, t.kind, t.body, public))
		}
	}
	return refs
}

type textIn struct {
	kind TextKind
	body string
}

// PartyKind says what a party is to a case.
type PartyKind string

// The kinds of party.
const (
	Petitioner     PartyKind = "petitioner"
	Representative PartyKind = "representative" // of a group petition, at most five (Art. 20)
	PersonNamed    PartyKind = "named"          // whom the grievance is about
)

// minGroup is how many people make a group petition (Art. 20).
const minGroup = 5

// MaxRepresentatives is how many may speak for a group petition (Art. 20).
const MaxRepresentatives = 5

// Party is a person of a case. Every field but the kind is personal data and is
// stored sealed.
type Party struct {
	CaseID   CaseID
	N        int
	Kind     PartyKind
	Name     string
	Phone    string
	IDNumber string
	Address  string

	User UserID `json:",omitzero"` // of a person named who is a user of the system; kept apart from the rest
	Unit UnitID `json:",omitzero"` // where a unit is named; likewise
}
