package api

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// OrderRequest is what a superior unit orders a unit to answer.
type OrderRequest struct {
	// The lead or the handling unit; the one that the case is with, if it is absent.
	Unit grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	// Working days for the answer; what the profile says, if it is absent.
	Days  int    `json:"days" minimum:"0" maximum:"30"`
	Words string `json:"words" validate:"required,max=10000"`
} // @name SupervisionOrderRequest

// RecommendRequest is one of the three recommendations of Art. 40.
type RecommendRequest struct {
	Kind grievance.OrderKind `json:"kind" validate:"required" swaggertype:"string" enums:"improve_work,mend_policy,hold_to_account"`
	Unit grievance.UnitID    `json:"unit_id" swaggertype:"string" format:"uuid"`
	// Working days for the answer; thirty, if it is absent.
	Days  int    `json:"days" minimum:"0" maximum:"60"`
	Words string `json:"words" validate:"required,max=10000"`
} // @name Recommend

// ReplyRequest is the written answer to an order, or why one does not do.
type ReplyRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name Reply

// AcceptReplyRequest is the issuer's word that an answer will do.
type AcceptReplyRequest struct {
	Words string `json:"words" validate:"max=10000"`
} // @name AcceptReply

// OrderView is a supervision order (督办) or a recommendation (Art. 40).
type OrderView struct {
	N     int                  `json:"n" example:"1"`
	Kind  grievance.OrderKind  `json:"kind" swaggertype:"string" enums:"supervision,improve_work,mend_policy,hold_to_account"`
	State grievance.OrderState `json:"state" swaggertype:"string" enums:"open,answered,returned,accepted"`
	// Who issued it, and in which post.
	Issuer   HolderView `json:"issuer"`
	IssuedAt time.Time  `json:"issued_at"`
	// Which unit must answer.
	Unit UnitRef `json:"unit"`
	// By when it is, or was, to be answered, and whether that was missed; absent
	// where its profile sets no limit.
	ReplyBy *NextDueView `json:"reply_by,omitempty"`
	// How often an answer was returned.
	Returns    int        `json:"returns"`
	AnsweredBy *PersonRef `json:"answered_by,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	DecidedBy  *PersonRef `json:"decided_by,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	// Everything written about it, in order.
	Texts []TextView `json:"texts"`
} // @name SupervisionOrder

// OrderList is every order and recommendation about a case, in order.
type OrderList struct {
	Items []OrderView `json:"items"`
} // @name SupervisionOrderList

// orderCase orders a unit to answer in writing.
//
//	@Summary		督办 / issue a supervision order
//	@Description	上级单位的督查人员或领导要求下级单位限期书面答复，事项办结后亦可；逾期未答复按时限阶梯升级。 By a supervisor or a leader of a unit above the one that must answer, on an open or a closed case. What is not answered in time climbs the ladder of its deadline.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		OrderRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/supervision-orders [post]
func (s *server) orderCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in OrderRequest) (casework.Done, error) {
		return s.Desk.Order(ctx, req, id, grievance.Ordering(in))
	})
}

// recommendCase recommends something to a unit.
//
//	@Summary		三项建议 / recommend
//	@Description	上级纪检人员提出改进工作、完善政策或追究责任的建议（条例第四十条），有关单位须书面答复。 By an inspector of a unit above: to improve the work, to mend a policy, or to hold somebody to account (Art. 40). It is answered like an order, and listed with them.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		RecommendRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/recommendations [post]
func (s *server) recommendCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in RecommendRequest) (casework.Done, error) {
		ordering := grievance.Ordering{Unit: in.Unit, Days: in.Days, Words: in.Words}
		return s.Desk.Recommend(ctx, req, id, grievance.Recommending{Kind: in.Kind, Ordering: ordering})
	})
}

// replyToOrder answers an order or a recommendation in writing.
//
//	@Summary		书面答复 / reply
//	@Description	由被督办单位的负责人或领导书面答复；逾期答复仍为逾期。 By the head or a leader of the unit. An answer that is late stays late.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReplyRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/supervision-orders/{n}/reply [post]
func (s *server) replyToOrder(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ReplyRequest) (casework.Done, error) {
		return s.Desk.Reply(ctx, req, id, n, grievance.Replying(in))
	})
}

// acceptReply is satisfied with an answer.
//
//	@Summary		认可答复 / accept a reply
//	@Description	由发出单位或其上级认可；不能审核本人所作的答复。 By the unit that issued the order, or one above. Nobody judges their own answer.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		AcceptReplyRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/supervision-orders/{n}/accept [post]
func (s *server) acceptReply(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in AcceptReplyRequest) (casework.Done, error) {
		return s.Desk.AcceptReply(ctx, req, id, n, grievance.Accepting(in))
	})
}

// returnReply gives an answer back.
//
//	@Summary		退回答复 / return a reply
//	@Description	说明理由退回，须在同样长的期限内重新答复。 With the reason; it is owed again, within as long as the first time.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReplyRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/supervision-orders/{n}/return [post]
func (s *server) returnReply(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ReplyRequest) (casework.Done, error) {
		return s.Desk.ReturnReply(ctx, req, id, n, grievance.Rejecting(in))
	})
}

// caseOrders lists the orders and recommendations about a case.
//
//	@Summary		督办和建议 / supervision orders and recommendations
//	@Description	督办单、建议及其书面答复；仅办理单位和发出单位可见。 With their answers; for those who work on the case and those who asked.
//	@Tags			supervision
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	OrderList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/supervision-orders [get]
func (s *server) caseOrders(c echo.Context) error {
	now := s.Clock.Now()
	list, err := lookAt(s, c, store.Needs{Orders: true}, func(l look) (OrderList, error) { return l.orders(now) })
	return reply(c, list, err)
}

func (l look) orders(now time.Time) (OrderList, error) {
	list := OrderList{Items: []OrderView{}}
	if !l.inside {
		return list, errOutside
	}
	written, err := l.written(func(f grievance.Facts) int {
		if f.Order == nil {
			return 0
		}
		return f.Order.N
	}, grievance.EvOrdered, grievance.EvOrderAnswered, grievance.EvOrderReturned, grievance.EvOrderAccepted)
	for _, o := range l.about.Orders() {
		list.Items = append(list.Items, OrderView{
			N: o.N, Kind: o.Kind, State: o.State, Issuer: holderView(l.book, o.IssuerPost, o.IssuedBy), IssuedAt: o.IssuedAt,
			Unit: unitRef(l.book, o.UnitID), ReplyBy: nextDueView(l.clock(o.ClockID), now), Returns: o.Returns,
			AnsweredBy: optionalPerson(l.book, o.AnsweredBy), AnsweredAt: o.AnsweredAt,
			DecidedBy: optionalPerson(l.book, o.DecidedBy), DecidedAt: o.DecidedAt, Texts: orNone(written[o.N]),
		})
	}
	return list, err
}

// written gives the words of events of some kinds, by the number that each is about.
func (l look) written(about func(grievance.Facts) int, kinds ...grievance.EventKind) (map[int][]TextView, error) {
	readable, err := l.words()
	if err != nil {
		return nil, err
	}
	events, err := l.EventsOfKinds(l.about.ID, kinds...)
	if err != nil {
		return nil, err
	}
	found := map[int][]TextView{}
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return nil, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		}
		found[about(f)] = append(found[about(f)], readable.of(f.Texts, l.book)...)
	}
	return found, nil
}

// clock finds a clock of the case, nil where there is none.
func (l look) clock(id grievance.ClockID) *grievance.Clock {
	for _, k := range l.about.Clocks() {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// OrderFactView is what an event says of an order or a recommendation.
type OrderFactView struct {
	N    int                 `json:"n"`
	Kind grievance.OrderKind `json:"kind" swaggertype:"string" enums:"supervision,improve_work,mend_policy,hold_to_account"`
	Unit UnitRef             `json:"unit"`
} // @name SupervisionOrderFact

func orderFactView(f *grievance.OrderFact, book *grievance.Book) *OrderFactView {
	if f == nil {
		return nil
	}
	return &OrderFactView{f.N, f.Kind, unitRef(book, f.Unit)}
}
