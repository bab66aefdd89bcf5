package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// CorrectBulletinRequest says why a bulletin is corrected.
type CorrectBulletinRequest struct {
	Reason grievance.BulletinReason `json:"reason" validate:"required" swaggertype:"string" enums:"late_records,wrong_records,decision_changed"`
	// Stands in the next edition, for everybody who reads it.
	Words string `json:"words" validate:"required,max=10000"`
} // @name CorrectBulletin

// correctBulletin issues the next edition of a bulletin.
//
//	@Summary		更正通报 / correct a bulletin
//	@Description	按现在的记录重新统计，编发下一版，写明更正原因和各项变动；前一版保持不变。由本单位或上级单位的督查人员或管理员办理；没有变动的不更正。 Draws the bulletin anew from the record as it is now, and issues that as the next edition, with what changed. The one before stays as it is. Refused where nothing changed.
//	@Tags			accountability
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string					true	"bulletin"	format(uuid)
//	@Param			Idempotency-Key	header		string					false	"names this request, so that it can be sent again"
//	@Param			body			body		CorrectBulletinRequest	true	"why"
//	@Success		201				{object}	BulletinDocument
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins/{id}/correct [post]
func (s *server) correctBulletin(c echo.Context) error {
	id, err := pathID[store.Bulletin](c, "id")
	if err != nil {
		return err
	}
	in, err := decode[CorrectBulletinRequest](c)
	if err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	req, err := repeatable(c, func(b report.Shown) (answer.Response, error) { return correctedBulletin(b, book) })
	if err != nil {
		return err
	}
	r, err := s.Desk.CorrectBulletin(c.Request().Context(), req, id, grievance.BulletinCorrection(in))
	if err != nil {
		return err
	}
	return respond(c, r)
}

func correctedBulletin(b report.Shown, book *grievance.Book) (answer.Response, error) {
	body, err := marshal(bulletinDocument(b, book))
	header := map[string]string{"Location": v1 + "/bulletins/" + b.ID.String()}
	return answer.Response{Status: http.StatusCreated, Header: header, Body: body}, err
}
