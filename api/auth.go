package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
)

// LoginRequest logs somebody in.
type LoginRequest struct {
	Username string `json:"username" validate:"required,max=64" example:"clerk"`
	Password string `json:"password" validate:"required,max=1024" format:"password"`
	// What the device calls itself, for the list of one's logins.
	Client string `json:"client" validate:"max=200,oneline" example:"窗口一号机"`
} // @name LoginRequest

// RefreshRequest carries a refresh token.
type RefreshRequest struct {
	RefreshToken string `json:"refresh_token" validate:"required,max=2048"`
} // @name RefreshRequest

// Tokens are what a login is worth.
type Tokens struct {
	UserID string `json:"user_id" validate:"required" format:"uuid"`
	// Goes with every request: Authorization: Bearer.
	AccessToken     string    `json:"access_token" validate:"required"`
	TokenType       string    `json:"token_type" validate:"required" enums:"Bearer"`
	AccessExpiresAt time.Time `json:"access_expires_at" validate:"required" format:"date-time"`
	// Is exchanged for the next pair; used twice within a minute it gives the same successor.
	RefreshToken     string    `json:"refresh_token" validate:"required"`
	RefreshExpiresAt time.Time `json:"refresh_expires_at" validate:"required" format:"date-time"`
	// The password was set by somebody else: until it is changed the tokens are good for nothing but that.
	MustChangePassword bool `json:"must_change_password" validate:"required"`
} // @name Tokens

// PasswordRequest changes one's own password.
type PasswordRequest struct {
	CurrentPassword string `json:"current_password" validate:"required,max=1024" format:"password"`
	// At least 8 characters, not a common one, without the username.
	Password string `json:"password" validate:"required,max=1024" format:"password"`
} // @name PasswordRequest

// Me is who is logged in.
type Me struct {
	ID       string `json:"id" validate:"required" format:"uuid"`
	Username string `json:"username" validate:"required" example:"clerk"`
	// Empty for accounts of the public, whose names are not kept with them.
	Name       string `json:"name" validate:"required" example:"李梅"`
	Petitioner bool   `json:"petitioner" validate:"required"`
	// The posts held at this instant.
	Posts []PostView `json:"posts" validate:"required"`
} // @name Me

// PostView is a post: a role in a unit.
type PostView struct {
	UnitID   string         `json:"unit_id,omitempty" format:"uuid"`
	UnitCode string         `json:"unit_code,omitempty" example:"430102003"`
	UnitName string         `json:"unit_name,omitempty" example:"朝阳街道办事处"`
	Role     grievance.Role `json:"role" validate:"required" swaggertype:"string" enums:"petitioner,courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin,system"`
	Head     bool           `json:"head" validate:"required"`
} // @name Post

func tokensView(t auth.Tokens) Tokens {
	return Tokens{
		UserID: t.UserID.String(), AccessToken: t.Access, TokenType: "Bearer", AccessExpiresAt: t.AccessExpires,
		RefreshToken: t.Refresh, RefreshExpiresAt: t.RefreshExpires, MustChangePassword: t.MustChange,
	}
}

func postView(book *grievance.Book, p grievance.Post) PostView {
	v := PostView{UnitID: p.UnitID.String(), Role: p.Role, Head: p.Head}
	if u := book.Unit(p.UnitID); u != nil {
		v.UnitCode, v.UnitName = u.Code, u.Name
	}
	return v
}

// login checks a password and starts a session.
//
//	@Summary		登录 / log in
//	@Description	核对用户名和密码，返回访问凭证和刷新凭证。账号或地址失败过多时为 429，须等待 Retry-After 所示秒数。 Checks a password and returns an access and a refresh token. 429 with Retry-After while an account, or an address for those who are not known there, has to wait after too many failures.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			body	body		LoginRequest	true	"username and password"
//	@Success		200		{object}	Tokens
//	@Failure		400,401,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/auth/token [post]
func (s *server) login(c echo.Context) error {
	in, err := decode[LoginRequest](c)
	if err != nil {
		return err
	}
	tokens, err := s.Auth.Login(c.Request().Context(), auth.Attempt{
		Username: in.Username, Password: in.Password, Client: in.Client, From: sharer(c.RealIP()),
	})
	if closed, ok := errors.AsType[*auth.Closed](err); ok {
		retryIn(c, closed.Left)
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, tokensView(tokens))
}

// refresh exchanges a refresh token for the next pair.
//
//	@Summary		刷新登录 / refresh
//	@Description	用刷新凭证换取新的一对凭证；60 秒内重复使用得到同一个后继，更晚的重复使用会退出登录。 A token used again within 60 s gives the same successor; later reuse ends the login.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			body	body		RefreshRequest	true	"refresh token"
//	@Success		200		{object}	Tokens
//	@Failure		400,401,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/auth/refresh [post]
func (s *server) refresh(c echo.Context) error {
	in, err := decode[RefreshRequest](c)
	if err != nil {
		return err
	}
	tokens, err := s.Auth.Refresh(c.Request().Context(), in.RefreshToken)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, tokensView(tokens))
}

// logout ends the session of a refresh token.
//
//	@Summary		退出登录 / log out
//	@Description	结束刷新凭证所属的登录；已经结束的也返回 204。 Ends the login that the token belongs to.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			body	body	RefreshRequest	true	"refresh token"
//	@Success		204
//	@Failure		400,401,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/auth/logout [post]
func (s *server) logout(c echo.Context) error {
	in, err := decode[RefreshRequest](c)
	if err != nil {
		return err
	}
	if err := s.Auth.Logout(c.Request().Context(), in.RefreshToken); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// changePassword gives whoever is logged in another password.
//
//	@Summary		修改密码 / change one's password
//	@Description	初始密码须先修改才能办理业务；修改后本人的其他登录全部失效。 An initial password has to be changed before anything else; all other logins of the user end.
//	@Tags			login
//	@Accept			json
//	@Produce		json
//	@Param			body	body	PasswordRequest	true	"the present password and the new one"
//	@Success		204
//	@Failure		400,401,403,413,415,422,429,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/auth/password [post]
func (s *server) changePassword(c echo.Context) error {
	in, err := decode[PasswordRequest](c)
	if err != nil {
		return err
	}
	token, err := bearer(c)
	if err != nil {
		return err
	}
	err = s.Auth.ChangePassword(c.Request().Context(), token, in.CurrentPassword, in.Password)
	if closed, ok := errors.AsType[*auth.Closed](err); ok {
		retryIn(c, closed.Left)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// me tells who is logged in.
//
//	@Summary		当前登录人 / who am I
//	@Description	当前登录人及其此刻担任的岗位。 The user who is logged in, with the posts held now.
//	@Tags			login
//	@Produce		json
//	@Success		200	{object}	Me
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/auth/me [get]
func (s *server) me(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	actor := actorOf(c)
	user := book.User(actor.UserID)
	if user == nil {
		return auth.ErrDisabled
	}
	me := Me{ID: user.ID.String(), Username: user.Username, Name: user.Name, Petitioner: user.Petitioner, Posts: []PostView{}}
	for _, p := range actor.Posts {
		me.Posts = append(me.Posts, postView(book, p))
	}
	return c.JSON(http.StatusOK, me)
}
