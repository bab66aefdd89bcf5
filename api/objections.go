package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// ObjectRequest says why a case is not the unit's, and the line of the
// responsibility list on which that rests.
type ObjectRequest struct {
	Reason   grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"not_our_duty,other_area,superior_matter,needs_joint_handling"`
	Words    string           `json:"words" validate:"required,max=10000"`
	Category string           `json:"category" validate:"required,max=12,oneline" example:"0301"`
	// The code of a unit; empty for a line that holds everywhere.
	Area string `json:"area" validate:"max=22,oneline" example:"430102003"`
} // @name Object

// DecideObjectionRequest is the sender's answer, which says whether it consents,
// or the decision of the common superior, which names a unit.
type DecideObjectionRequest struct {
	// Of the sender: whether the case comes back. A refusal needs words.
	Consent *bool `json:"consent"`
	// Of the common superior: whose the case is.
	Unit  grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	Words string           `json:"words" validate:"max=10000"`
	// No superior is common: a joint conference decided, and words are its minutes.
	Conference bool `json:"conference"`
} // @name DecideObjection

// ObjectionView is an objection to a forward or an assignment (退单).
type ObjectionView struct {
	N     int                      `json:"n" example:"1"`
	Round int                      `json:"round"`
	On    grievance.Transfer       `json:"on" swaggertype:"string" enums:"forward,assignment"`
	State grievance.ObjectionState `json:"state" swaggertype:"string" enums:"pending,raised,consented,designated,lapsed"`
	// Who objects, and whose consent it needs.
	Unit   UnitRef          `json:"unit"`
	Sender UnitRef          `json:"sender"`
	SentAt time.Time        `json:"sent_at"`
	Reason grievance.Reason `json:"reason" swaggertype:"string" enums:"not_our_duty,other_area,superior_matter,needs_joint_handling"`
	// The line of the responsibility list that it rests on.
	Category   string    `json:"category" example:"0301"`
	Area       string    `json:"area" example:"430102003"`
	ObjectedBy PersonRef `json:"objected_by"`
	ObjectedAt time.Time `json:"objected_at"`
	// Absent where the sender did not answer in time.
	AnsweredBy *PersonRef `json:"answered_by,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	// When it came before the superior, which is absent before that; or before a
	// joint conference, which the superior named convenes.
	RaisedAt   *time.Time `json:"raised_at,omitempty"`
	Superior   *UnitRef   `json:"superior,omitempty"`
	Conference bool       `json:"conference"`
	DecidedBy  *PersonRef `json:"decided_by,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	Designated *UnitRef   `json:"designated,omitempty"`
	// What was said, in order: by who objected, by the sender, by who decided.
	Texts []TextView `json:"texts"`
} // @name Objection

// ObjectionCountView is how often a unit has objected, in all its cases.
type ObjectionCountView struct {
	Unit UnitRef `json:"unit"`
	// Of Beijing's calendar.
	Year  int `json:"year" example:"2026"`
	Count int `json:"count"`
} // @name ObjectionCount

// ObjectionList is every objection in a case, in order.
type ObjectionList struct {
	Items []ObjectionView `json:"items"`
	// How many there were in this case.
	Count int `json:"count"`
	// How often the units that objected in it have done so this year, anywhere.
	Units []ObjectionCountView `json:"units"`
} // @name ObjectionList

// objectToCase objects to a forward or an assignment.
//
//	@Summary		退单 / object
//	@Description	收到转送或交办之日起五个工作日内提出异议，须写明权责清单依据；转送方同意前仍由本单位负责，各项时限照常计算（条例第二十三条）。 Within five working days, resting on a line of the responsibility list. The unit keeps the case, and every deadline runs on, until the sender consents (Art. 23).
//	@Tags			between units
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ObjectRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/objections [post]
func (s *server) objectToCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ObjectRequest) (casework.Done, error) {
		return s.Desk.Object(ctx, req, id, grievance.Objecting(in))
	})
}

// decideObjection answers an objection, or designates a unit.
//
//	@Summary		退单答复与指定管辖 / decide an objection
//	@Description	转送方或交办方答复是否同意退单；不同意或逾期未答复的，由共同上级指定承办单位（条例第二十四条），没有共同上级的由联席会议决定并附会议纪要；被指定的单位不得再次退单。 The sender consents or refuses. Refused, or not answered in time, the common superior designates a unit, which cannot object again (Art. 24); where there is none, a joint conference.
//	@Tags			between units
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DecideObjectionRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/objections/{n}/decision [post]
func (s *server) decideObjection(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in DecideObjectionRequest) (casework.Done, error) {
		return s.Desk.DecideObjection(ctx, req, id, n, grievance.ObjectionDecision(in))
	})
}

// caseObjections lists the objections in a case.
//
//	@Summary		退单记录 / objections
//	@Description	该事项的全部退单及结果，以及各退单单位本年度的退单次数；仅办理单位可见。 With what came of each, and how often the units have objected this year; for those who work on the case.
//	@Tags			between units
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	ObjectionList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/objections [get]
func (s *server) caseObjections(c echo.Context) error {
	year := calendar.DateOf(s.Clock.Now()).Year
	list, err := lookAt(s, c, store.Needs{Objections: true}, func(l look) (ObjectionList, error) { return l.objections(year) })
	return reply(c, list, err)
}

func (l look) objections(year int) (ObjectionList, error) {
	list := ObjectionList{Items: []ObjectionView{}, Count: l.about.ObjectionCount, Units: []ObjectionCountView{}}
	if !l.inside {
		return list, errOutside
	}
	said, err := l.said(func(f grievance.Facts) int { return f.Objection.N }, objectionEvents...)
	if err != nil {
		return list, err
	}
	var units []grievance.UnitID
	for _, o := range l.about.Objections() {
		units = append(units, o.UnitID)
		list.Items = append(list.Items, objectionView(o, l.book, said[o.N]))
	}
	first, next := calendar.Date{Year: year, Month: time.January, Day: 1}, calendar.Date{Year: year + 1, Month: time.January, Day: 1}
	counts, err := l.CountObjections(store.ViewerOf(l.actor, l.book), units, first.Start(), next.Start())
	for _, n := range counts {
		list.Units = append(list.Units, ObjectionCountView{unitRef(l.book, n.UnitID), year, n.N})
	}
	return list, err
}

// objectionEvents are the events with the words of an objection.
var objectionEvents = []grievance.EventKind{
	grievance.EvObjected, grievance.EvObjectionConsented, grievance.EvObjectionRefused, grievance.EvDesignated,
}

func objectionView(o *grievance.Objection, book *grievance.Book, texts []TextView) ObjectionView {
	return ObjectionView{
		N: o.N, Round: o.Round, On: o.On, State: o.State, Unit: unitRef(book, o.UnitID), Sender: unitRef(book, o.SenderUnitID), SentAt: o.SentAt,
		Reason: o.Reason, Category: o.Category, Area: o.Area, ObjectedBy: personRef(book, o.ObjectedBy), ObjectedAt: o.ObjectedAt,
		AnsweredBy: optionalPerson(book, o.AnsweredBy), AnsweredAt: o.AnsweredAt,
		RaisedAt: o.RaisedAt, Superior: optionalUnit(book, o.SuperiorUnitID), Conference: o.Conference,
		DecidedBy: optionalPerson(book, o.DecidedBy), DecidedAt: o.DecidedAt, Designated: optionalUnit(book, o.DesignatedUnitID),
		Texts: orNone(texts),
	}
}
