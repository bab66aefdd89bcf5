package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// UserView is a user with the posts held now. Accounts of the public have no
// name and no posts.
type UserView struct {
	ID         string     `json:"id" validate:"required" format:"uuid"`
	Username   string     `json:"username" validate:"required" example:"handler"`
	Name       string     `json:"name" validate:"required" example:"王建国"`
	Petitioner bool       `json:"petitioner" validate:"required"`
	Posts      []PostView `json:"posts" validate:"required"`
	DisabledAt *time.Time `json:"disabled_at,omitempty" format:"date-time"`
	CreatedAt  time.Time  `json:"created_at" validate:"required" format:"date-time"`
} // @name User

// UserPage is a page of users.
type UserPage struct {
	Items []UserView `json:"items" validate:"required"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name UserPage

// NewUserRequest is a user to be made, with the first posts.
type NewUserRequest struct {
	Username string `json:"username" validate:"required,max=32,oneline" example:"wang.jianguo"`
	// Empty for an account of the public.
	Name       string             `json:"name" validate:"max=100,oneline" example:"王建国"`
	Password   string             `json:"password" validate:"required,min=8,max=1024" format:"password"`
	Petitioner bool               `json:"petitioner"`
	Posts      []FirstPostRequest `json:"posts" validate:"max=20,dive"`
} // @name NewUser

// FirstPostRequest is a post that a new user is given.
type FirstPostRequest struct {
	UnitID grievance.UnitID `json:"unit_id" validate:"required" swaggertype:"string" format:"uuid"`
	Role   grievance.Role   `json:"role" validate:"required,oneof=courier grid_worker clerk handler leader supervisor inspector admin" swaggertype:"string" enums:"courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin"`
	// The head of the unit; leaders only.
	Head bool `json:"head"`
	// The clerk on duty; clerks only.
	OnDuty bool `json:"on_duty"`
	// Now, if it is absent.
	From  time.Time  `json:"from,omitzero" format:"date-time"`
	Until *time.Time `json:"until" format:"date-time"`
} // @name FirstPost

func userView(book *grievance.Book, u *grievance.User, now time.Time) UserView {
	v := UserView{
		ID: u.ID.String(), Username: u.Username, Name: u.Name, Petitioner: u.Petitioner,
		Posts: []PostView{}, DisabledAt: u.DisabledAt, CreatedAt: u.CreatedAt,
	}
	for _, p := range book.Actor(u.ID, now).Posts {
		if p.Role != grievance.RolePetitioner {
			v.Posts = append(v.Posts, postView(book, p))
		}
	}
	return v
}

// listUsers lists users in the order in which they were made.
//
//	@Summary		人员列表 / users
//	@Description	工作人员及其现任岗位；群众账号只向管理员列出。 Staff with their present posts; accounts of the public are listed to administrators only.
//	@Tags			organisation
//	@Produce		json
//	@Param			unit	query		string	false	"holds a post in this unit now"	format(uuid)
//	@Param			role	query		string	false	"holds this role now"			enums(courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	UserPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/users [get]
func (s *server) listUsers(c echo.Context) error {
	q := readQuery(c)
	unit, role := idParam[grievance.Unit](q, "unit"), enumParam(q, "role", grievance.StaffRoles...)
	limit, after := q.limit(), cursorParam[string](q, "users")
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	var found []*grievance.User
	for _, u := range usersInOrder(book) {
		if (after == nil || u.ID.String() > *after) && s.listed(c, book, u, unit, role) && len(found) <= limit {
			found = append(found, u)
		}
	}
	now := s.Clock.Now()
	items, next, err := pageOf(c, "users", found, limit,
		func(u *grievance.User) string { return u.ID.String() },
		func(u *grievance.User) UserView { return userView(book, u, now) })
	return reply(c, UserPage{items, next}, err)
}

func usersInOrder(book *grievance.Book) []*grievance.User {
	return slices.SortedFunc(slices.Values(book.Users()), func(a, b *grievance.User) int {
		return cmp.Compare(a.ID.String(), b.ID.String())
	})
}

func (s *server) listed(c echo.Context, book *grievance.Book, u *grievance.User, unit grievance.UnitID, role grievance.Role) bool {
	if u.Petitioner && !actorOf(c).Has(grievance.RoleAdmin) {
		return false
	}
	if unit.IsZero() && role == "" {
		return true
	}
	return slices.ContainsFunc(book.Actor(u.ID, s.Clock.Now()).Posts, func(p grievance.Post) bool {
		return (unit.IsZero() || p.UnitID == unit) && (role == "" || p.Role == role)
	})
}

// getUser gives one user.
//
//	@Summary	人员 / a user
//	@Tags		organisation
//	@Produce	json
//	@Param		id	path		string	true	"user"	format(uuid)
//	@Success	200	{object}	UserView
//	@Failure	400,401,403,404,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/users/{id} [get]
func (s *server) getUser(c echo.Context) error {
	id, err := pathID[grievance.User](c, "id")
	if err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	u := book.User(id)
	if u == nil || u.Petitioner && !actorOf(c).Has(grievance.RoleAdmin) {
		return grievance.ErrNotFound
	}
	return c.JSON(http.StatusOK, userView(book, u, s.Clock.Now()))
}

// createUser adds a user.
//
//	@Summary		新增人员 / add a user
//	@Description	用户名不得重复；初始密码须由本人首次登录后修改；带 Idempotency-Key 重复提交，得到首次的答复。 A username is unique; the user has to change the password first of all; sent again with its Idempotency-Key, it gets its first answer.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"names this request, so that it can be sent again"
//	@Param			body			body		NewUserRequest	true	"the user"
//	@Success		201				{object}	UserView
//	@Header			201				{string}	Location	"the user"
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/users [post]
func (s *server) createUser(c echo.Context) error {
	in, err := decode[NewUserRequest](c)
	if err != nil {
		return err
	}
	hash, err := auth.NewPassword(in.Password, in.Username)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusCreated, s.showUser, func(ctx context.Context, keep office.Keep[grievance.User]) (grievance.User, error) {
		return s.Office.CreateUser(ctx, actorOf(c), in.user(hash), keep)
	})
}

func (in NewUserRequest) user(hash string) office.NewUser {
	u := office.NewUser{Username: in.Username, Name: in.Name, PasswordHash: hash, MustChangePassword: true, Petitioner: in.Petitioner}
	for _, p := range in.Posts {
		u.Posts = append(u.Posts, office.NewAppointment(p))
	}
	return u
}

func (s *server) showUser(u office.Changed[grievance.User]) (string, any) {
	return "/users/" + u.Of.ID.String(), userView(u.Book, &u.Of, s.Clock.Now())
}

// disableUser lets a user act no more.
//
//	@Summary		停用人员 / disable a user
//	@Description	立即不能登录，全部任职结束，在办诉求逐件移交。 Ends all logins and appointments; open cases are handed on.
//	@Tags			organisation
//	@Produce		json
//	@Param			id				path		string	true	"user"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Success		200				{object}	UserView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/users/{id}/disable [post]
func (s *server) disableUser(c echo.Context) error {
	id, err := actedOn[grievance.User](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, s.showUser, func(ctx context.Context, keep office.Keep[grievance.User]) (grievance.User, error) {
		u, err := s.Office.DisableUser(ctx, actorOf(c), id, keep)
		if err == nil {
			s.handOn(ctx)
		}
		return u, err
	})
}
