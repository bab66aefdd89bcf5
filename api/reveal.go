package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// RevealRequest says what for somebody needs to know who the parties are.
type RevealRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"contact,identity_check,serve_notice,site_visit"`
} // @name Reveal

// PartyInClear is a person of a case, not masked.
type PartyInClear struct {
	N        int                 `json:"n" example:"1"`
	Kind     grievance.PartyKind `json:"kind" swaggertype:"string" enums:"petitioner,representative,named"`
	Name     string              `json:"name,omitempty" example:"张一"`
	Phone    string              `json:"phone,omitempty" example:"10012345678"`
	IDNumber string              `json:"id_number,omitempty"`
	Address  string              `json:"address,omitempty" example:"霁川镇上渡村三组"`
} // @name PartyInClear

// PartiesInClear are the persons of a case, not masked.
type PartiesInClear struct {
	Items []PartyInClear `json:"items"`
} // @name PartiesInClear

// revealParties shows the parties in clear to who has to reach them. Each time
// is an event, so a request that is sent again is recorded again, and no answer
// is kept.
//
//	@Summary		查看当事人信息 / parties in clear
//	@Description	承办人和受理窗口为联系、核实、送达需要查看；每次查看均留痕。保密事项仅窗口可查看。 For who has to reach them; every time is an event with its reason, so no answer is kept and an Idempotency-Key has no meaning here.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"case"	format(uuid)
//	@Param			body	body		RevealRequest	true	"what for"
//	@Success		200		{object}	PartiesInClear
//	@Failure		400,401,403,404,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/parties/reveal [post]
func (s *server) revealParties(c echo.Context) error {
	id, err := pathID[grievance.Case](c, "id")
	if err != nil {
		return err
	}
	in, err := decode[RevealRequest](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := s.Desk.Reveal(ctx, casework.Request{Actor: actorOf(c)}, id, grievance.Revealing(in)); err != nil {
		return err
	}
	shown := PartiesInClear{Items: []PartyInClear{}}
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		parties, err := sn.Parties(id)
		for _, p := range parties {
			shown.Items = append(shown.Items, PartyInClear{p.N, p.Kind, p.Name, p.Phone, p.IDNumber, p.Address})
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shown)
}
