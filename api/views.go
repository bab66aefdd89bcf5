package api

import (
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// UnitRef names a unit.
type UnitRef struct {
	ID   string `json:"id" format:"uuid"`
	Code string `json:"code" example:"430102003"`
	Name string `json:"name" example:"朝阳街道办事处"`
} // @name UnitRef

// PersonRef names a user.
type PersonRef struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name" example:"王建国"`
} // @name PersonRef

// HolderView is a post and, where one is named, the person in it.
type HolderView struct {
	// Absent where the post alone is named.
	ID       string `json:"id,omitempty" format:"uuid"`
	Name     string `json:"name,omitempty" example:"王建国"`
	UnitID   string `json:"unit_id,omitempty" format:"uuid"`
	UnitName string `json:"unit_name,omitempty" example:"朝阳街道办事处"`
	// Absent once nobody has to act any more.
	Role grievance.Role `json:"role,omitempty" swaggertype:"string" enums:"petitioner,courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin,system"`
	Head bool           `json:"head"`
} // @name Holder

// RatingView is the petitioner's word on the answer (满意度).
type RatingView struct {
	Contacted bool `json:"contacted"`
	Resolved  bool `json:"resolved"`
	Satisfied bool `json:"satisfied"`
} // @name RatingGiven

// CaseView is what is known of a case beside its words and its clocks: all of
// it is stored, and none of it depends on when it is read.
type CaseView struct {
	ID            string `json:"id" format:"uuid"`
	ReceiptNumber string `json:"receipt_number" example:"430102003-20261122-0007"`
	// What the ETag says and If-Match insists on.
	Version      int64             `json:"version" example:"7"`
	Status       grievance.Status  `json:"status" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	Round        int               `json:"round" example:"1"`
	Channel      grievance.Channel `json:"channel" swaggertype:"string" enums:"visit,letter,hotline,app,wechat,web,wall,grid,courier"`
	Nature       grievance.Nature  `json:"nature" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	Route        int               `json:"route" example:"6"` // 1 to 6 for a demand (Art. 31), else 0
	Category     string            `json:"category,omitempty" example:"0101"`
	CategoryName string            `json:"category_name,omitempty" example:"土地承包"`
	Urgency      grievance.Urgency `json:"urgency" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	// Which set of clocks times it.
	Profile        string `json:"profile" example:"petition"`
	Petition       bool   `json:"petition"`
	SimplePetition bool   `json:"simple_petition"`
	GroupPetition  bool   `json:"group_petition"`
	Headcount      int    `json:"headcount" example:"1"`
	Amount         int64  `json:"amount,omitempty,omitzero"` // at stake, in yuan
	Confidential   bool   `json:"confidential"`
	// No line of the responsibility list names a unit for it.
	Unrouted bool `json:"unrouted"`

	Area         *UnitRef `json:"area,omitempty"`
	OriginUnit   UnitRef  `json:"origin_unit"`
	LeadUnit     UnitRef  `json:"lead_unit"`
	HandlingUnit *UnitRef `json:"handling_unit,omitempty"`
	// What the responsibility list proposes.
	ProposedUnit   *UnitRef   `json:"proposed_unit,omitempty"`
	FirstResponder PersonRef  `json:"first_responder"`
	Handler        *PersonRef `json:"handler,omitempty"`
	// Who answers for it now: a person, always.
	Responsible HolderView `json:"responsible"`
	// Whose move it is; absent when it is nobody's.
	Awaiting *HolderView `json:"awaiting,omitempty"`
	// The number of the sign-off that the case waits for; 0 for none.
	PendingSignOff int `json:"pending_sign_off"`
	// The number of the sign-off of an extension that is asked for, for which nothing
	// waits; 0 for none.
	PendingExtension int `json:"pending_extension"`
	// The number of the review or re-review that is open; 0 for none.
	OpenReview int `json:"open_review"`
	// The number of the sign-off of a take-down from the echo wall that is asked for,
	// for which nothing waits; 0 for none.
	PendingTakeDown int `json:"pending_take_down"`
	// The number of the sign-off of a recusal that the petitioner demands, for which
	// nothing waits; 0 for none.
	PendingRecusal int `json:"pending_recusal"`
	// An accusation kept from those whom it is about (Art. 30).
	Shielded    bool       `json:"shielded"`
	TakenDownAt *time.Time `json:"taken_down_at,omitempty"`
	// The leader in charge (包案); absent where there is none.
	Sponsor *HolderView `json:"sponsor,omitempty"`
	// Absent while no superior unit watches it (挂牌督办).
	Listed *ListedView `json:"listed,omitempty"`
	// The number of the suspension that lasts; 0 for none.
	Suspension int `json:"suspension"`
	// The instant at which it ends by itself; absent when there is none.
	SuspendedUntil *time.Time `json:"suspended_until,omitempty"`
	// The number of the objection that is open; 0 for none.
	PendingObjection int `json:"pending_objection"`
	// How often somebody has objected to a forward or an assignment of it.
	Objections int `json:"objections"`
	// How many of the units asked to help have still to answer.
	OpenCoHandlers int `json:"open_co_handlers"`

	ReceivedAt   time.Time         `json:"received_at"`
	ReceivedOn   calendar.Date     `json:"received_on"`
	RegisteredAt time.Time         `json:"registered_at"`
	AcceptedAt   *time.Time        `json:"accepted_at,omitempty"`
	ClosedAt     *time.Time        `json:"closed_at,omitempty"`
	Outcome      grievance.Outcome `json:"outcome,omitempty" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	DisputedAt   *time.Time        `json:"disputed_at,omitempty"`
	RatedAt      *time.Time        `json:"rated_at,omitempty"`
	Rating       *RatingView       `json:"rating,omitempty"`
	// The system that an imported case comes from, and its id there.
	Source   string `json:"source,omitempty"`
	SourceID string `json:"source_id,omitempty"`
} // @name Case

// caseView shows a case with the names of its units and people.
func caseView(c *grievance.Case, book *grievance.Book) CaseView {
	category, _ := book.Category(c.Category)
	return CaseView{
		ID: c.ID.String(), ReceiptNumber: c.ReceiptNumber, Version: c.Version, Status: c.Status, Round: c.Round,
		Channel: c.Channel, Nature: c.Nature, Route: c.Route, Category: c.Category, CategoryName: category.Name,
		Urgency: c.Urgency, Profile: c.Profile, Petition: c.Petition, SimplePetition: c.SimplePetition,
		GroupPetition: c.GroupPetition, Headcount: c.Headcount, Amount: c.Amount, Confidential: c.Confidential, Unrouted: c.Unrouted,
		Area: optionalUnit(book, c.AreaID), OriginUnit: unitRef(book, c.OriginUnitID), LeadUnit: unitRef(book, c.LeadUnitID),
		HandlingUnit: optionalUnit(book, c.HandlingUnitID), ProposedUnit: optionalUnit(book, c.ProposedUnitID),
		FirstResponder: personRef(book, c.FirstResponder), Handler: optionalPerson(book, c.Handler),
		Responsible: holderView(book, c.ResponsiblePost, c.Responsible), Awaiting: optionalHolder(book, c.AwaitingPost, c.AwaitingUser),
		PendingSignOff: c.PendingSignOff, PendingExtension: c.PendingExtension, OpenReview: c.OpenReview,
		PendingTakeDown: c.PendingTakeDown, PendingRecusal: c.PendingRecusal, Shielded: c.Shielded, TakenDownAt: c.TakenDownAt,
		Sponsor: optionalHolder(book, c.SponsorPost, c.Sponsor), Listed: listedView(c, book),
		Suspension: c.Suspension, SuspendedUntil: c.SuspendedUntil,
		PendingObjection: c.PendingObjection, Objections: c.ObjectionCount, OpenCoHandlers: c.OpenCoHandlers,
		ReceivedAt: c.ReceivedAt, ReceivedOn: calendar.DateOf(c.ReceivedAt), RegisteredAt: c.RegisteredAt,
		AcceptedAt: c.AcceptedAt, ClosedAt: c.ClosedAt, Outcome: c.Outcome, DisputedAt: c.DisputedAt,
		RatedAt: c.RatedAt, Rating: ratingView(c), Source: c.Source, SourceID: c.SourceID,
	}
}

func ratingView(c *grievance.Case) *RatingView {
	if c.Contacted == nil || c.Resolved == nil || c.Satisfied == nil {
		return nil
	}
	return &RatingView{*c.Contacted, *c.Resolved, *c.Satisfied}
}

func unitRef(book *grievance.Book, id grievance.UnitID) UnitRef {
	ref := UnitRef{ID: id.String()}
	if u := book.Unit(id); u != nil {
		ref.Code, ref.Name = u.Code, u.Name
	}
	return ref
}

func optionalUnit(book *grievance.Book, id grievance.UnitID) *UnitRef {
	if id.IsZero() {
		return nil
	}
	ref := unitRef(book, id)
	return &ref
}

func personRef(book *grievance.Book, id grievance.UserID) PersonRef {
	ref := PersonRef{ID: id.String()}
	if u := book.User(id); u != nil {
		ref.Name = u.Name
	}
	return ref
}

func optionalPerson(book *grievance.Book, id grievance.UserID) *PersonRef {
	if id.IsZero() {
		return nil
	}
	ref := personRef(book, id)
	return &ref
}

func holderView(book *grievance.Book, p grievance.Post, user grievance.UserID) HolderView {
	unit, person := unitRef(book, p.UnitID), personRef(book, user)
	return HolderView{ID: person.ID, Name: person.Name, UnitID: unit.ID, UnitName: unit.Name, Role: p.Role, Head: p.Head}
}

func optionalHolder(book *grievance.Book, p grievance.Post, user grievance.UserID) *HolderView {
	if p.IsZero() && user.IsZero() {
		return nil
	}
	v := holderView(book, p, user)
	return &v
}
