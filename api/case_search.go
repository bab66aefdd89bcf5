package api

import (
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/store"
)

// SearchRequest names a petitioner by a phone number or an id number; by both,
// if both are given.
type SearchRequest struct {
	Phone    string `json:"phone" validate:"required_without=IDNumber,max=50,oneline" example:"10012345678"`
	IDNumber string `json:"id_number" validate:"required_without=Phone,max=50,oneline"`
} // @name Search

// searchCases finds the cases of a petitioner.
//
//	@Summary		按人查找 / search by person
//	@Description	按诉求人的电话或证件号码查找，号码不出现在地址中；要求保密的事项只有其受理窗口能找到，反映本人的事项找不到。 By the petitioner's phone or id number, which must not stand in an address; only cases that the reader's units take part in; confidential ones for the clerks of their desk alone, and none that is about the reader.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Param			sort	query	string	false	"as in the list"	enums(newest,received_at,due_at)	default(newest)
//	@Param			count	query	bool	false	"count them all"
//	@Param			limit	query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Param			body	body	SearchRequest	true	"who"
//	@Success		200		{object}	CasePage
//	@Failure		400,401,403,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/search [post]
func (s *server) searchCases(c echo.Context) error {
	in, err := decode[SearchRequest](c)
	if err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	f := store.CaseFilter{Phone: in.Phone, IDNumber: in.IDNumber, Searcher: searcher(actorOf(c)), Now: s.Clock.Now()}
	return s.pageOfCases(c, book, readQuery(c), f)
}
