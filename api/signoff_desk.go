package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// SignOffItemView is a sign-off on a leader's desk, with all that it takes to
// decide it: its words, the case, and the two deadlines that depend on it.
type SignOffItemView struct {
	SignOffView
	Case CaseBrief `json:"case"`
	// By when it is to be decided; absent where its profile sets no limit.
	SignBy *NextDueView `json:"sign_by,omitempty"`
	// By when the case is to be answered; absent before it is accepted.
	HandleBy *NextDueView `json:"handle_by,omitempty"`
	// How many of the units asked to help have still to answer.
	OpenCoHandlers int           `json:"open_co_handlers"`
	Summary        SignOffDigest `json:"summary"`
} // @name SignOffItem

// SignOffDigest is what a leader would open other calls for.
type SignOffDigest struct {
	// How often something of the case was returned instead of signed.
	Returned int `json:"returned"`
	// How often a deadline of it was extended, and how many were missed.
	Extensions int `json:"extensions"`
	Breaches   int `json:"breaches"`
	// The highest level that an escalation of it has reached; 0 for none.
	EscalatedLevel int `json:"escalated_level"`
	// Reminders that nobody has followed yet, orders and recommendations whose answer
	// is not accepted yet, and what the leader in charge still has to do.
	Reminders int `json:"reminders"`
	Orders    int `json:"orders"`
	Duties    int `json:"duties"`
	// Watched by a superior unit (挂牌督办).
	Listed        bool        `json:"listed"`
	Sponsor       *HolderView `json:"sponsor,omitempty"`
	GroupPetition bool        `json:"group_petition"`
	Headcount     int         `json:"headcount"`
	Amount        int64       `json:"amount"` // at stake, in yuan
	Round         int         `json:"round"`
	// What the petitioner disputed last.
	Dispute *TextView `json:"dispute,omitempty"`
} // @name SignOffSummary

// SignOffPage is a page of a leader's desk.
type SignOffPage struct {
	Items []SignOffItemView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name SignOffPage

// listSignOffs lists what a leader may sign.
//
//	@Summary		签批台 / sign-offs
//	@Description	本单位及下级单位待签批的事项，先到期的在前，本人承办、协办、提请或反映的除外；延期只列给单位负责人；decided 为已有决定的，新的在前。 At the units that the reader leads and all below: pending ones by due instant, without those that the reader asked for, handled, helped with or filed, extensions for heads alone; or decided ones, newest first.
//	@Tags			sign-off
//	@Produce		json
//	@Param			state	query	string	false	"which"	enums(pending,decided)	default(pending)
//	@Param			limit	query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Success		200		{object}	SignOffPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/sign-offs [get]
func (s *server) listSignOffs(c echo.Context) error {
	q := readQuery(c)
	state := enumParam(q, "state", "pending", "decided")
	list := "sign-offs." + state
	limit, after := q.limit(), cursorParam[store.SignOffPosition](q, list)
	if err := q.err(); err != nil {
		return err
	}
	ctx, actor, now := c.Request().Context(), actorOf(c), s.Clock.Now()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	desk := store.SignOffDesk{Leader: store.WaitingOf(actor, book, now), Areas: ledBy(actor, book, false), Heads: ledBy(actor, book, true), Decided: state == "decided"}
	var found []store.SignOffItem
	var open openCases
	viewer := store.ViewerOf(actor, book)
	err = s.Store.Read(ctx, func(sn *store.Snapshot) (err error) {
		if found, err = sn.ListSignOffs(viewer.AtWork(), desk, after, limit+1); err != nil {
			return err
		}
		open, err = openEarlier(sn, viewer, found)
		return err
	})
	if err != nil {
		return err
	}
	items, next, err := pageOf(c, list, found, limit,
		func(i store.SignOffItem) store.SignOffPosition { return i.Position() },
		func(i store.SignOffItem) SignOffItemView { return signOffItemView(&i, open, book, now) })
	return reply(c, SignOffPage{items, next}, err)
}

// ledBy gives what the actor leads, or leads as the head: units with all below them.
func ledBy(actor grievance.Actor, book *grievance.Book, head bool) (areas []store.Area) {
	for _, p := range actor.Posts {
		if u := book.Unit(p.UnitID); u != nil && p.Role == grievance.RoleLeader && (p.Head || !head) {
			areas = append(areas, store.Area{Path: u.Path})
		}
	}
	return areas
}

// openEarlier finds those of the earlier cases of declines that the viewer may see.
func openEarlier(sn *store.Snapshot, v store.Viewer, list []store.SignOffItem) (openCases, error) {
	var ids []grievance.CaseID
	for _, i := range list {
		if !i.EarlierCaseID.IsZero() {
			ids = append(ids, i.EarlierCaseID)
		}
	}
	return sn.CasesVisible(v, ids)
}

func signOffItemView(i *store.SignOffItem, open openCases, book *grievance.Book, now time.Time) SignOffItemView {
	texts := make([]TextView, len(i.Words))
	for n, t := range i.Words {
		texts[n] = textView(t, book)
	}
	return SignOffItemView{
		SignOffView: signOffView(&i.SignOff, i.About, open, book, texts), Case: caseBrief(&i.Case, book, now),
		OpenCoHandlers: i.Case.OpenCoHandlers,
		SignBy:         nextDueView(i.Step, now), HandleBy: nextDueView(i.Handling, now), Summary: signOffDigest(i, book),
	}
}

func signOffDigest(i *store.SignOffItem, book *grievance.Book) SignOffDigest {
	g := &i.Case.Case
	v := SignOffDigest{
		Returned: i.Before.Returned, Extensions: i.Before.Extended, Breaches: i.Before.Breached, EscalatedLevel: g.EscalatedLevel,
		Reminders: g.OpenReminders, Orders: g.OpenOrders, Duties: g.OpenDuties, Listed: g.ListedAt != nil,
		Sponsor: optionalHolder(book, g.SponsorPost, g.Sponsor), GroupPetition: g.GroupPetition, Headcount: g.Headcount,
		Amount: g.Amount, Round: g.Round,
	}
	if i.Before.Dispute != nil {
		t := textView(*i.Before.Dispute, book)
		v.Dispute = &t
	}
	return v
}
