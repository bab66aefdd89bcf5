package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// SessionView is one of one's own logins: a device that is logged in.
type SessionView struct {
	ID string `json:"id" validate:"required" format:"uuid"`
	// What the device called itself.
	Client    string    `json:"client" validate:"required" example:"窗口一号机"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
	// When it last exchanged its refresh token, which a device in use does every 15 minutes.
	LastUsedAt time.Time `json:"last_used_at" validate:"required" format:"date-time"`
	// Unless it is used before.
	ExpiresAt time.Time `json:"expires_at" validate:"required" format:"date-time"`
	// The one that this request was made in.
	Current bool `json:"current" validate:"required"`
} // @name Session

// SessionList is one's own logins, the newest first.
type SessionList struct {
	Items []SessionView `json:"items" validate:"required"`
} // @name SessionList

// RevocationRequest names a token that is to be worth nothing any more.
type RevocationRequest struct {
	Token string `json:"token" validate:"required,max=2048"`
	// What sort of token it is; it is found out without.
	TokenTypeHint string `json:"token_type_hint" validate:"max=50"`
} // @name Revocation

func sessionView(s auth.Session) SessionView {
	return SessionView{
		ID: s.ID.String(), Client: s.Client, CreatedAt: s.Since, LastUsedAt: s.UsedAt,
		ExpiresAt: s.Expires, Current: s.Current,
	}
}

// revokeToken makes one token worthless (RFC 7009, with a body in JSON).
//
//	@Summary		撤销凭证 / revoke a token
//	@Description	撤销一个访问凭证（仅此一个，登录继续有效），或一个刷新凭证（连同其登录）；5 秒内在各节点生效。不认识或已失效的凭证不算错误（RFC 7009）。 Revokes an access token by itself, or a refresh token with its login; every replica follows within 5 s. As in RFC 7009, a token that is unknown or worth nothing already is no error.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			body	body	RevocationRequest	true	"the token"
//	@Success		204
//	@Failure		400,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/auth/revoke [post]
func (s *server) revokeToken(c echo.Context) error {
	in, err := decode[RevocationRequest](c)
	if err != nil {
		return err
	}
	if err := s.Auth.RevokeToken(c.Request().Context(), in.Token); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// listSessions lists one's own logins.
//
//	@Summary		我的登录 / my logins
//	@Description	本人仍有效的登录，最近的在前。 One's own logins that go on, the newest first.
//	@Tags			login
//	@Produce		json
//	@Success		200	{object}	SessionList
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/auth/sessions [get]
func (s *server) listSessions(c echo.Context) error {
	token, err := bearer(c)
	if err != nil {
		return err
	}
	sessions, err := s.Auth.Sessions(c.Request().Context(), token)
	list := SessionList{Items: make([]SessionView, len(sessions))}
	for i, one := range sessions {
		list.Items[i] = sessionView(one)
	}
	return reply(c, list, err)
}

// revokeSession ends one of one's own logins.
//
//	@Summary		结束一个登录 / end one of my logins
//	@Description	该设备 5 秒内退出；已经结束的也返回 204。 The device is logged out within 5 s; one that has ended is no error.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			id	path	string	true	"session"	format(uuid)
//	@Success		204
//	@Failure		400,401,403,404,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/auth/sessions/{id}/revoke [post]
func (s *server) revokeSession(c echo.Context) error {
	id, err := actedOn[store.LoginSession](c)
	if err != nil {
		return err
	}
	token, err := bearer(c)
	if err != nil {
		return err
	}
	if err := s.Auth.EndSession(c.Request().Context(), token, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// revokeLogins ends every login of a user, on the order of an administrator.
//
//	@Summary		结束用户的全部登录 / end all logins of a user
//	@Description	该用户的所有设备 5 秒内退出，账号照常可用；须管理该用户任职的全部单位。 All devices of the user are logged out within 5 s; the account stays. Only for who administers every unit in which the user has a post.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"user"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Success		200				{object}	UserView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/users/{id}/revoke-logins [post]
func (s *server) revokeLogins(c echo.Context) error {
	id, err := actedOn[grievance.User](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, s.showUser, func(ctx context.Context, keep office.Keep[grievance.User]) (grievance.User, error) {
		return s.Office.RevokeLogins(ctx, actorOf(c), id, keep)
	})
}
