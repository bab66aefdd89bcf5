package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// CaseBrief is what a list of other things shows of a case.
type CaseBrief struct {
	ID            string            `json:"id" format:"uuid"`
	ReceiptNumber string            `json:"receipt_number" example:"430102003-20261122-0007"`
	Title         string            `json:"title" example:"村口路灯不亮"`
	Status        grievance.Status  `json:"status" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	Nature        grievance.Nature  `json:"nature" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	Urgency       grievance.Urgency `json:"urgency" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	Category      string            `json:"category,omitempty" example:"0101"`
	LeadUnit      UnitRef           `json:"lead_unit"`
	HandlingUnit  *UnitRef          `json:"handling_unit,omitempty"`
	Handler       *PersonRef        `json:"handler,omitempty"`
	Responsible   HolderView        `json:"responsible"`
	// No handler yet, or the one named has not acknowledged it.
	Unassigned bool `json:"unassigned"`
	// Absent when no deadline runs.
	NextDue *NextDueView `json:"next_due,omitempty"`
} // @name CaseBrief

func caseBrief(i *store.CaseItem, book *grievance.Book, now time.Time) CaseBrief {
	return CaseBrief{
		ID: i.ID.String(), ReceiptNumber: i.ReceiptNumber, Title: i.Title, Status: i.Status, Nature: i.Nature,
		Urgency: i.Urgency, Category: i.Category, LeadUnit: unitRef(book, i.LeadUnitID),
		HandlingUnit: optionalUnit(book, i.HandlingUnitID), Handler: optionalPerson(book, i.Handler),
		Responsible: holderView(book, i.ResponsiblePost, i.Responsible),
		Unassigned:  i.Case.Unassigned(), NextDue: nextDueView(i.Next, now),
	}
}

// EscalationItemView is an escalation in a list.
type EscalationItemView struct {
	EscalationView
	Case CaseBrief `json:"case"`
} // @name EscalationItem

// EscalationPage is a page of escalations.
type EscalationPage struct {
	Items []EscalationItemView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
	// How many there are on all pages; only with count=true.
	Total *int64 `json:"total,omitempty"`
} // @name EscalationPage

// mine is the one word of ?target=: what has reached the actor's own posts.
const mine = "mine"

// listEscalations lists escalations, those first that nobody can take.
//
//	@Summary		升级列表 / escalations
//	@Description	无人可接的在前，其次未交办或未签收的诉求，再按时间先后；均指尚未处理的。日期为北京日期，含首尾。 Unroutable ones first, then those of unassigned cases, while they are unresolved; then the oldest. Dates are Beijing's, both included; several values are separated by commas.
//	@Tags			supervision
//	@Produce		json
//	@Param			unit		query	string	false	"came from this unit or one below"	format(uuid)
//	@Param			unit_alone	query	bool	false	"came from that unit alone"
//	@Param			opened_from	query	string	false	"first day"	format(date)
//	@Param			opened_to	query	string	false	"last day"	format(date)
//	@Param			level		query	string	false	"levels, 1 to 3"	example(2,3)
//	@Param			cause		query	string	false	"causes"
//	@Param			state		query	string	false	"open, acknowledged, resolved"
//	@Param			unroutable	query	bool	false	"nobody up to the root can take it"
//	@Param			target		query	string	false	"has reached a seat that the reader fills"	enums(mine)
//	@Param			count		query	bool	false	"count them all"
//	@Param			limit		query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor		query	string	false	"where the page begins"
//	@Success		200		{object}	EscalationPage
//	@Failure		400,401,403,404,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/escalations [get]
func (s *server) listEscalations(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q := readQuery(c)
	f := escalationFilter(q, book, "")
	if enumParam(q, "target", mine) == mine {
		f.Target = store.WaitingOf(actorOf(c), book, s.Clock.Now()).Seats()
	}
	limit, after, counted := q.limit(), cursorParam[store.EscalationPosition](q, "escalations"), yes(q.boolean("count"))
	if err := q.err(); err != nil {
		return err
	}
	viewer := store.ViewerOf(actorOf(c), book).AtWork()
	var found []store.EscalationItem
	var page EscalationPage
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		if found, err = sn.ListEscalations(viewer, f, after, limit+1); err != nil || !counted {
			return err
		}
		n, err := sn.CountEscalations(viewer, f)
		page.Total = &n
		return err
	})
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	page.Items, page.Next, err = pageOf(c, "escalations", found, limit,
		func(i store.EscalationItem) store.EscalationPosition { return i.Position() },
		func(i store.EscalationItem) EscalationItemView {
			return EscalationItemView{escalationView(&i.Escalation, book), caseBrief(&i.Case, book, now)}
		})
	return reply(c, page, err)
}
