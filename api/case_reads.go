package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// CaseDetail is a case with its words. Reasons stand with the events and
// sign-offs that they belong to.
type CaseDetail struct {
	CaseView
	Title string `json:"title" example:"村口路灯不亮"`
	Body  string `json:"body"`
	// Who complains, masked; absent for an anonymous petitioner.
	Petitioner *PartyView `json:"petitioner,omitempty"`
	// The other texts that the reader may see, in the order in which they were written.
	Texts []TextView `json:"texts"`
} // @name CaseDetail

// ClockView is a deadline (限时办结): which rule of which profile set it, when it
// started, when it is due and who owes it.
type ClockView struct {
	ID    string              `json:"id" format:"uuid"`
	Kind  grievance.ClockKind `json:"kind" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	Round int                 `json:"round"`
	Unit  UnitRef             `json:"unit"`
	// Which of several of a kind: the sign-off's number, the assignment's.
	Subject string     `json:"subject,omitempty"`
	Debtor  HolderView `json:"debtor"`

	Profile        string `json:"profile" example:"petition"`
	ProfileVersion int    `json:"profile_version"`
	// What the rule rests on, as the profile names it.
	Source          string        `json:"source" example:"Art. 34"`
	CalendarVersion int           `json:"calendar_version"`
	Length          int           `json:"length" example:"15"`
	LengthUnit      calendar.Unit `json:"length_unit" swaggertype:"string" enums:"minute,hour,working_minute,working_hour,day,working_day"`
	StartedAt       time.Time     `json:"started_at"`
	// The first instant that is late.
	DueAt time.Time `json:"due_at"`
	// The last day that is in time.
	DueOn calendar.Date `json:"due_on"`
	// The last day before it was rolled to a working day, for lengths in days.
	UnrolledOn calendar.Date `json:"unrolled_on,omitempty"`
	DueVersion int           `json:"due_version"`
	// Reaches past the arrangements published so far, which may still move it.
	Provisional bool `json:"provisional"`
	// The address that tells why it is due when it is.
	Explanation string `json:"explanation" example:"/api/v1/deadlines/01939e7c-0000-7000-8000-000000000001/explanation"`

	// How much of the time did not count, or will not while the case rests: in days
	// or working days where the length is, without the start's, which never counts;
	// else in minutes, of office hours where it counts in them.
	Paused     int           `json:"paused" example:"0"`
	PausedUnit calendar.Unit `json:"paused_unit,omitempty" swaggertype:"string" enums:"minute,working_minute,day,working_day"`
	// Until when it stands still; absent while it runs.
	PausedUntil *time.Time `json:"paused_until,omitempty"`
	// How often it was extended.
	Extensions int `json:"extensions"`

	State      grievance.ClockState `json:"state" swaggertype:"string" enums:"running,met,cancelled"`
	MetAt      *time.Time           `json:"met_at,omitempty"`
	BreachedAt *time.Time           `json:"breached_at,omitempty"`
	// Breached, or past due at this moment though nobody has recorded it yet.
	Late bool `json:"late"`
	// How many rungs of its ladder have been recorded.
	Rung int `json:"rung"`
	// When the next rung is due; absent when there is none.
	NextRungAt *time.Time `json:"next_rung_at,omitempty"`
} // @name Deadline

// ClockList is every deadline of a case, in the order in which they started.
type ClockList struct {
	Items []ClockView `json:"items"`
} // @name DeadlineList

// SignOffView is a request for a leader's signature, and its decision (领导签批).
type SignOffView struct {
	N       int                    `json:"n" example:"1"`
	Round   int                    `json:"round"`
	Kind    grievance.SignOffKind  `json:"kind" swaggertype:"string" enums:"closure,decline,withdrawal,extension,suspension,review,take_down,recusal"`
	State   grievance.SignOffState `json:"state" swaggertype:"string" enums:"pending,approved,returned,lapsed,voided"`
	Unit    UnitRef                `json:"unit"`
	Outcome grievance.Outcome      `json:"outcome,omitempty" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	Reason  grievance.Reason       `json:"reason,omitempty" swaggertype:"string" enums:"other_procedure,already_pending,finalised,no_facts,duplicate,complex,investigation,appraisal,coordination,other,hearing,expert_opinion,force_majeure,petitioner,upheld,changed,revoked,mediated,personal_information,unlawful,rights_of_others,petitioner_request"`
	// Of an extension: what is to be extended and by how much, and, while it is
	// pending, when that would be due, and the last day in time.
	ClockID    string         `json:"clock_id,omitempty" format:"uuid"`
	Length     int            `json:"length,omitempty,omitzero" example:"30"`
	LengthUnit calendar.Unit  `json:"length_unit,omitempty" swaggertype:"string" enums:"day,working_day"`
	NewDueAt   *time.Time     `json:"new_due_at,omitempty"`
	NewDueOn   *calendar.Date `json:"new_due_on,omitempty" swaggertype:"string" format:"date"`
	// Of a suspension: the last day on which the case is to rest.
	Through     *calendar.Date   `json:"through,omitempty" swaggertype:"string" format:"date"`
	RequestedBy *PersonRef       `json:"requested_by,omitempty"`
	RequestedAt time.Time        `json:"requested_at"`
	DecidedBy   *PersonRef       `json:"decided_by,omitempty"`
	DecidedAt   *time.Time       `json:"decided_at,omitempty"`
	ReturnedFor grievance.Reason `json:"returned_for,omitempty" swaggertype:"string" enums:"facts_unclear,basis_missing,opinion_improper,petitioner_not_contacted,wrong_unit,other"`
	// What is to be signed.
	Texts []TextView `json:"texts"`
	// SHA-256 of what is to be signed, in hexadecimal.
	Digest string `json:"digest"`
	// The number of the first step of the request, which step this is, from 1, and
	// who signs each, in order.
	Request int                `json:"request"`
	Step    int                `json:"step"`
	Chain   []grievance.Signer `json:"chain" swaggertype:"array,string" enums:"leader,head,superior,sponsor"`
	// Of a decline on facts that are finalised: the case that they were, and the
	// document number of its final opinion; both absent for who may not see that case.
	EarlierCaseID string `json:"earlier_case_id,omitempty" format:"uuid"`
	RefersTo      string `json:"refers_to,omitempty"`
	// Of a recusal: who is to be kept from the case.
	Recuse *PersonRef `json:"recuse,omitempty"`
	// Whether the unit's head must sign.
	Head bool `json:"head"`
	// What the leader could see in deciding: the events up to a number, by the
	// SHA-256 over them, in hexadecimal.
	SeenSeq    int64  `json:"seen_seq,omitempty,omitzero"`
	SeenDigest string `json:"seen_digest,omitempty"`
} // @name SignOff

// SignOffList is every sign-off of a case, in order.
type SignOffList struct {
	Items []SignOffView `json:"items"`
} // @name SignOffList

// PartyList is the persons of a case.
type PartyList struct {
	Items []PartyView `json:"items"`
} // @name PartyList

// EscalationList is every escalation of a case, in the order in which they were opened.
type EscalationList struct {
	Items []EscalationView `json:"items"`
} // @name EscalationList

var errOutside = grievance.Refuse(grievance.Forbidden, "case.outside", "只有办理该事项的单位可以查看此项内容")

// getCase gives one case.
//
//	@Summary		诉求 / a case
//	@Description	不含时限：时限见 /deadlines。 Deadlines are a resource of their own, so that 304 is never stale.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Param			If-None-Match	header	string	false	"the version that the client has"
//	@Success		200	{object}	CaseDetail
//	@Header			200	{string}	ETag	"the version"
//	@Success		304	"unchanged since If-None-Match"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id} [get]
func (s *server) getCase(c echo.Context) error {
	version := int64(0)
	detail, err := lookAt(s, c, store.Needs{}, func(l look) (CaseDetail, error) {
		version = l.about.Version
		return l.detail()
	})
	if err != nil {
		return err
	}
	return show(c, version, detail)
}

func (l look) detail() (CaseDetail, error) {
	d := CaseDetail{CaseView: caseView(l.about, l.book), Texts: []TextView{}}
	all, err := l.texts()
	if err != nil {
		return d, err
	}
	for _, t := range all {
		switch t.Kind {
		case grievance.TextTitle:
			d.Title = t.Body // the newest: a correction comes later
		case grievance.TextBody:
			d.Body = t.Body
		case grievance.TextReason: // an escalation's changes no version
		default:
			d.Texts = append(d.Texts, textView(t, l.book))
		}
	}
	parties, err := l.Parties(l.about.ID)
	for _, p := range parties {
		if p.Kind == grievance.Petitioner {
			v := l.masked(p)
			d.Petitioner = &v
		}
	}
	return d, err
}

// caseDeadlines lists the clocks of a case.
//
//	@Summary		时限 / deadlines
//	@Description	该事项的全部时限：起算、长度、到期、责任人和状态。 Every clock of the case; late is computed now.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	ClockList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/deadlines [get]
func (s *server) caseDeadlines(c echo.Context) error {
	now := s.Clock.Now()
	list, err := lookAt(s, c, store.Needs{}, func(l look) (ClockList, error) {
		list := ClockList{Items: []ClockView{}}
		for _, k := range l.about.Clocks() {
			list.Items = append(list.Items, clockView(k, l.book, now))
		}
		return list, nil
	})
	return reply(c, list, err)
}

func clockView(k *grievance.Clock, book *grievance.Book, now time.Time) ClockView {
	rule, _ := book.ProfileAt(k.Profile, k.ProfileVersion).Rule(k.Kind)
	view := ClockView{
		Source: rule.Source, Explanation: v1 + "/deadlines/" + k.ID.String() + "/explanation",
		ID: k.ID.String(), Kind: k.Kind, Round: k.Round, Unit: unitRef(book, k.UnitID), Subject: k.Subject,
		Debtor:  holderView(book, k.DebtorPost, k.DebtorUser),
		Profile: k.Profile, ProfileVersion: k.ProfileVersion, CalendarVersion: k.CalendarVersion,
		Length: k.Length.N, LengthUnit: k.Length.Unit, StartedAt: k.StartedAt,
		DueAt: k.DueAt, DueOn: k.DueOn, UnrolledOn: k.DueUnrolled, DueVersion: k.DueVersion, Provisional: k.Provisional,
		State: k.State, MetAt: k.MetAt, BreachedAt: k.BreachedAt, Late: k.Late(now), Rung: k.Rung, NextRungAt: k.NextAt,
		PausedUntil: k.PausedUntil(now), Extensions: k.ExtensionCount,
	}
	if k.PauseCount > 0 {
		sum := k.Paused(cmp.Or(book.CalendarAt(k.CalendarVersion), book.Calendar))
		view.Paused, view.PausedUnit = sum.N, sum.Unit
	}
	return view
}

// reply sends what a read found.
func reply(c echo.Context, found any, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, found)
}

// caseSignOffs lists the sign-offs of a case.
//
//	@Summary		签批 / sign-offs
//	@Description	提请领导签批的内容和决定；仅办理单位可见。 With what is to be signed; for those who work on the case.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	SignOffList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sign-offs [get]
func (s *server) caseSignOffs(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{SignOffs: true}, look.signOffs)
	return reply(c, list, err)
}

func (l look) signOffs() (SignOffList, error) {
	list := SignOffList{Items: []SignOffView{}}
	if !l.inside {
		return list, errOutside
	}
	papers, err := l.papers()
	if err != nil {
		return list, err
	}
	var earlier []grievance.CaseID
	for _, x := range l.about.SignOffs() {
		earlier = append(earlier, x.EarlierCaseID)
	}
	open, err := l.opens(earlier)
	for _, x := range l.about.SignOffs() {
		list.Items = append(list.Items, signOffView(x, l.about, open, l.book, papers.signOffs[x.Request]))
	}
	return list, err
}

// opens finds those of the cases that this one refers to which the reader may see too.
func (l look) opens(ids []grievance.CaseID) (openCases, error) {
	others := slices.DeleteFunc(ids, grievance.CaseID.IsZero)
	return l.CasesVisible(store.ViewerOf(l.actor, l.book), others)
}

func orNone(texts []TextView) []TextView {
	if texts == nil {
		return []TextView{}
	}
	return texts
}

// caseParties lists the persons of a case.
//
//	@Summary		当事人 / parties
//	@Description	诉求人、代表和被反映人，均已脱敏。 Petitioner, representatives and persons named, masked.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	PartyList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/parties [get]
func (s *server) caseParties(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, func(l look) (PartyList, error) {
		list := PartyList{Items: []PartyView{}}
		parties, err := l.Parties(l.about.ID)
		for _, p := range parties {
			list.Items = append(list.Items, l.masked(p))
		}
		return list, err
	})
	return reply(c, list, err)
}

// caseEscalations lists the escalations of a case.
//
//	@Summary		升级记录 / escalations of a case
//	@Description	仅办理单位可见。 For those who work on the case.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	EscalationList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/escalations [get]
func (s *server) caseEscalations(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, func(l look) (EscalationList, error) {
		list := EscalationList{Items: []EscalationView{}}
		if !l.inside {
			return list, errOutside
		}
		all, err := l.EscalationsOf(l.about.ID)
		for _, e := range all {
			list.Items = append(list.Items, escalationView(&e, l.book))
		}
		return list, err
	})
	return reply(c, list, err)
}
