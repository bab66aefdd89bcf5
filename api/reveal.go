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
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"contact,identity_check,serve_notice,site_visit,follow_up,named_check"`
} // @name Reveal

// PartyInClear is a person of a case, of whom the reason shows some fields.
type PartyInClear struct {
	N        int                 `json:"n" example:"1"`
	Kind     grievance.PartyKind `json:"kind" swaggertype:"string" enums:"petitioner,representative,named"`
	Name     string              `json:"name,omitempty" example:"张一"`
	Phone    string              `json:"phone,omitempty" example:"10012345678"`
	IDNumber string              `json:"id_number,omitempty"`
	Address  string              `json:"address,omitempty" example:"霁川镇上渡村三组"`
} // @name PartyInClear

// PartiesInClear are the persons of a case of whom the reason shows something.
type PartiesInClear struct {
	Items []PartyInClear `json:"items"`
} // @name PartiesInClear

// ShownView tells which fields of which parties somebody was shown in clear.
type ShownView struct {
	Of     []grievance.PartyKind  `json:"of" swaggertype:"array,string" enums:"petitioner,representative,named"`
	Fields []grievance.PartyField `json:"fields" swaggertype:"array,string" enums:"name,phone,id_number,address"`
} // @name Shown

// revealParties shows the parties in clear to who has to reach them. Each time
// is an event, so a request that is sent again is recorded again, and no answer
// is kept.
//
//	@Summary		查看当事人信息 / parties in clear
//	@Description	按查看原因仅显示所需信息，仅限当前环节需要的人员；每次查看均留痕。保密事项的诉求人身份仅窗口可查看。 Each reason shows the fields that it needs, to those whose step needs it (docs/identity.md); every time is an event with its reason and the fields, so no answer is kept and an Idempotency-Key has no meaning here.
//	@Tags			cases
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"case"	format(uuid)
//	@Param			body	body		RevealRequest	true	"what for"
//	@Success		200		{object}	PartiesInClear
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
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
	shown, err := s.Desk.Reveal(ctx, casework.Request{Actor: actorOf(c)}, id, grievance.Revealing(in))
	if err != nil {
		return err
	}
	list := PartiesInClear{Items: []PartyInClear{}}
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		parties, err := sn.Parties(id)
		for _, p := range parties {
			if v, ok := shown.Show(p); ok {
				list.Items = append(list.Items, PartyInClear{v.N, v.Kind, v.Name, v.Phone, v.IDNumber, v.Address})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}
