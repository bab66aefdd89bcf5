package api

import (
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// RelatedCase is another case of the same petitioner, without anything personal.
type RelatedCase struct {
	ID            string           `json:"id" format:"uuid"`
	ReceiptNumber string           `json:"receipt_number" example:"430102003-20261122-0007"`
	Status        grievance.Status `json:"status" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	// Whether the same facts are not accepted again (Art. 36).
	Finalised    bool          `json:"finalised"`
	Round        int           `json:"round" example:"1"`
	Category     string        `json:"category,omitempty" example:"0101"`
	CategoryName string        `json:"category_name,omitempty" example:"土地承包"`
	LeadUnit     UnitRef       `json:"lead_unit"`
	ReceivedOn   calendar.Date `json:"received_on"`
} // @name RelatedCase

// RelatedPage is a page of the other cases of a petitioner.
type RelatedPage struct {
	Items []RelatedCase `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name RelatedPage

// relatedCases lists the other cases of the petitioner of a case.
//
//	@Summary		同一诉求人的其他事项 / related cases
//	@Description	按电话、证件号码的盲索引查找本人可见的其他事项，新的在前，不含个人信息；要求保密的事项只对受理窗口列出，反映本人的事项不列出。 By the blind indexes of phone and id number, those that the reader may see, newest first; confidential ones for the clerks of their desk alone, and none that is about the reader.
//	@Tags			cases
//	@Produce		json
//	@Param			id		path		string	true	"case"	format(uuid)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	RelatedPage
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/related [get]
func (s *server) relatedCases(c echo.Context) error {
	const list = "related"
	q := readQuery(c)
	limit, after := q.limit(), cursorParam[grievance.CaseID](q, list)
	if err := q.err(); err != nil {
		return err
	}
	if after == nil {
		after = new(grievance.CaseID)
	}
	var book *grievance.Book
	actor := actorOf(c)
	found, err := lookAt(s, c, store.Needs{}, func(l look) ([]grievance.Case, error) {
		if !l.inside {
			return nil, errOutside
		}
		book = l.book
		by := searcher(actor)
		if l.about.Recused(actor.UserID) || l.about.Confidential && !slices.Contains(by.Desks, l.about.LeadUnitID) {
			return nil, errConfidential
		}
		return l.RelatedTo(l.about.ID, store.ViewerOf(actor, l.book).AtWork(), by, *after, limit+1)
	})
	if err != nil {
		return err
	}
	items, next, err := pageOf(c, list, found, limit,
		func(g grievance.Case) grievance.CaseID { return g.ID },
		func(g grievance.Case) RelatedCase { return relatedCase(&g, book) })
	return reply(c, RelatedPage{items, next}, err)
}

var errConfidential = grievance.Refuse(grievance.Forbidden, "case.confidential_petitioner", "该事项要求保密，只有受理窗口可以查找同一诉求人的其他事项")

// searcher is the actor looking for a petitioner, at the desks of which the actor
// is a clerk.
func searcher(actor grievance.Actor) store.Searcher {
	by := store.Searcher{User: actor.UserID}
	for _, p := range actor.Posts {
		if p.Role == grievance.RoleClerk {
			by.Desks = append(by.Desks, p.UnitID)
		}
	}
	return by
}

func relatedCase(g *grievance.Case, book *grievance.Book) RelatedCase {
	category, _ := book.Category(g.Category)
	return RelatedCase{
		ID: g.ID.String(), ReceiptNumber: g.ReceiptNumber, Status: g.Status, Finalised: g.Status == grievance.Finalised, Round: g.Round,
		Category: g.Category, CategoryName: category.Name, LeadUnit: unitRef(book, g.LeadUnitID), ReceivedOn: calendar.DateOf(g.ReceivedAt),
	}
}
