package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// InboxItemView is one reason why one case waits for the reader.
type InboxItemView struct {
	// Why: an escalation that nobody can take; one that has reached the reader's
	// post; a deadline owed; the next move; a signature; a yellow warning; a reminder;
	// somebody who urges; an answered order; a finding to explain, one to decide, an
	// appeal to decide.
	Reason store.InboxReason `json:"reason" swaggertype:"string" enums:"unroutable,escalation,deadline,awaiting,sign_off,warning,reminder,urged,reply,explain,decide,appeal"`
	// Absent, with all that tells of the case, for who may not see it: who may see the
	// finding alone, or learns of the vacancy.
	CaseID        string           `json:"case_id,omitempty" format:"uuid"`
	ReceiptNumber string           `json:"receipt_number,omitempty" example:"430102003-20261122-0007"`
	Title         string           `json:"title,omitempty" example:"村口路灯不亮"`
	Status        grievance.Status `json:"status,omitempty" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	// No handler yet, or the one named has not acknowledged it; of a finding, false.
	Unassigned bool `json:"unassigned"`
	// Since when it waits for this reason.
	Since time.Time `json:"since" format:"date-time"`
	// The deadline that it is about, which for awaiting is the next of the case, and
	// for explain that of the explanation, which is no clock; absent where there is none.
	ClockID   string              `json:"clock_id,omitempty" format:"uuid"`
	ClockKind grievance.ClockKind `json:"clock_kind,omitempty" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	DueAt     *time.Time          `json:"due_at,omitempty"`
	DueOn     *calendar.Date      `json:"due_on,omitempty" swaggertype:"string" format:"date"`
	Late      bool                `json:"late"`
	// The escalation, where the reason is one.
	Escalation *EscalationView `json:"escalation,omitempty"`
	// The number of the sign-off, where the reason is one.
	SignOff int `json:"sign_off,omitempty,omitzero"`
	// Of who administers the root: the unit above which nobody can take escalations of
	// cases that the reader may not see.
	VacantAbove *UnitRef `json:"vacant_above,omitempty"`
	// The finding, and its rule, where the reason is one.
	FindingID string                `json:"finding_id,omitempty" format:"uuid"`
	Rule      grievance.FindingRule `json:"rule,omitempty" swaggertype:"string"`
} // @name InboxItem

// InboxPage is a page of what waits for the reader.
type InboxPage struct {
	Items []InboxItemView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name InboxPage

// inbox lists what waits for the actor, most urgent first.
//
//	@Summary		待办 / inbox
//	@Description	等我办的事，最急的在前：无人可接的升级（管理员只见其上级岗位空缺的单位），其次未交办或未签收的诉求，再按到期先后。同一诉求同一事由只列一条，问题线索逐条列出（待说明、待决定、待处理申诉）。 What waits for the reader by the posts held now, vacant seats filled in included: unroutable escalations, then unassigned and unacknowledged cases, then by the due instant. A case stands in it once for each reason, and each finding that waits to be explained, decided, or decided on appeal.
//	@Tags			cases
//	@Produce		json
//	@Param			limit	query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Success		200		{object}	InboxPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/inbox [get]
func (s *server) inbox(c echo.Context) error {
	q := readQuery(c)
	limit, after := q.limit(), cursorParam[store.InboxPosition](q, "inbox")
	if err := q.err(); err != nil {
		return err
	}
	ctx, actor, now := c.Request().Context(), actorOf(c), s.Clock.Now()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	var found []store.InboxItem
	err = s.Store.Read(ctx, func(sn *store.Snapshot) (err error) {
		found, err = sn.Inbox(store.ViewerOf(actor, book), store.WaitingOf(actor, book, now), after, limit+1)
		return err
	})
	if err != nil {
		return err
	}
	items, next, err := pageOf(c, "inbox", found, limit,
		func(i store.InboxItem) store.InboxPosition { return i.Position() },
		func(i store.InboxItem) InboxItemView { return inboxItemView(&i, book, now) })
	return reply(c, InboxPage{items, next}, err)
}

func inboxItemView(i *store.InboxItem, book *grievance.Book, now time.Time) InboxItemView {
	v := InboxItemView{Reason: i.Reason, Since: i.Since, VacantAbove: optionalUnit(book, i.Unit)}
	if i.Case != nil {
		v.CaseID, v.ReceiptNumber, v.Title, v.Status = i.Case.ID.String(), i.Case.ReceiptNumber, i.Case.Title, i.Case.Status
		v.Unassigned = i.Finding == nil && i.Case.Unassigned()
	}
	if k := i.Clock; k != nil {
		v.ClockID, v.ClockKind, v.DueAt, v.DueOn, v.Late = k.ID.String(), k.Kind, &k.DueAt, &k.DueOn, k.Late(now)
	}
	if i.Escalation != nil {
		e := escalationView(i.Escalation, book)
		v.Escalation = &e
	}
	if f := i.Finding; f != nil {
		v.FindingID, v.Rule = f.ID.String(), f.Rule
		if i.Reason == store.WaitsExplaining {
			v.DueAt, v.DueOn, v.Late = &f.ExplainDueAt, &f.ExplainDueOn, !now.Before(f.ExplainDueAt)
		}
	}
	if i.SignOff != nil {
		v.SignOff = i.SignOff.N
	}
	return v
}
