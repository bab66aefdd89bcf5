package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// ProfileList is the newest version of every profile.
type ProfileList struct {
	Items []ProfileView `json:"items" validate:"required"`
} // @name ProfileList

// ProfileVersionView is what became of a version of a profile.
type ProfileVersionView struct {
	Name      string    `json:"name" validate:"required" example:"hotline"`
	Version   int       `json:"version" validate:"required" example:"3"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
	// Since when running clocks of older versions follow it; absent: only new
	// clocks do.
	RebaseAt *time.Time `json:"rebase_at,omitempty" format:"date-time"`
	// When all of them followed it that would not have been late by it.
	RebasedAt *time.Time `json:"rebased_at,omitempty" format:"date-time"`
} // @name ProfileVersion

// ProfileVersionList is every version of a profile, oldest first.
type ProfileVersionList struct {
	Items []ProfileVersionView `json:"items" validate:"required"`
} // @name ProfileVersionList

// listProfiles gives the profiles.
//
//	@Summary		办理模式列表 / profiles
//	@Description	各办理模式的最新版本：时限、升级阶梯、延长和中止的规则。 The newest version of each: its clocks, ladders, extensions and suspensions.
//	@Tags			profiles
//	@Produce		json
//	@Success		200	{object}	ProfileList
//	@Success		304	"unchanged since If-None-Match"
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/profiles [get]
func (s *server) listProfiles(c echo.Context) error {
	if err := readQuery(c).err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	list := ProfileList{Items: []ProfileView{}}
	for _, name := range grievance.ProfileNames {
		list.Items = append(list.Items, profileView(book.Profiles[name]))
	}
	return show(c, book.Version, list)
}

// getProfile gives a version of a profile.
//
//	@Summary		办理模式 / a profile
//	@Description	指定版本，不指定则为最新版本。 The version that is asked for, or the newest.
//	@Tags			profiles
//	@Produce		json
//	@Param			name	path		string	true	"profile"	enums(petition,petition_simple,hotline,township,wall)
//	@Param			version	query		int		false	"the version"	minimum(1)
//	@Success		200		{object}	ProfileView
//	@Success		304		"unchanged since If-None-Match"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/profiles/{name} [get]
func (s *server) getProfile(c echo.Context) error {
	q := readQuery(c)
	version := q.integer("version", 1, 1_000_000, 0)
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	name := c.Param("name")
	p := book.Profiles[name]
	if version > 0 {
		p = book.ProfileAt(name, version)
	}
	if p == nil {
		return office.ErrProfileUnknown
	}
	return show(c, int64(p.Version), profileView(p))
}

// profileVersions lists the versions of a profile.
//
//	@Summary	办理模式的版本 / versions of a profile
//	@Tags		profiles
//	@Produce	json
//	@Param		name	path		string	true	"profile"	enums(petition,petition_simple,hotline,township,wall)
//	@Success	200		{object}	ProfileVersionList
//	@Failure	400,401,403,404,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/profiles/{name}/versions [get]
func (s *server) profileVersions(c echo.Context) error {
	if err := readQuery(c).err(); err != nil {
		return err
	}
	versions, err := s.Office.Profiles(c.Request().Context(), c.Param("name"))
	list := ProfileVersionList{Items: make([]ProfileVersionView, len(versions))}
	for i, p := range versions {
		list.Items[i] = profileVersionView(p)
	}
	return reply(c, list, err)
}

// putProfile makes the next version of a profile.
//
//	@Summary		修改办理模式 / change a profile
//	@Description	生成新版本，此后起算的时限按新版本；正在计时的时限不变，除非另行下令（/rebase）。内容相同的不生成新版本；有错误的一次列全。 The rules become the next version, by which clocks start from now on. Clocks that run keep theirs, unless /rebase is asked for. The same rules make no version; all faults are told at once.
//	@Tags			profiles
//	@Accept			json
//	@Produce		json
//	@Param			name			path		string			true	"profile"	enums(petition,petition_simple,hotline,township,wall)
//	@Param			If-Match		header		string			false	"the newest version of the profile"
//	@Param			Idempotency-Key	header		string			false	"names this request, so that it can be sent again"
//	@Param			body			body		ProfileRules	true	"all its rules"
//	@Success		200				{object}	ProfileView
//	@Header			200				{string}	ETag	"the newest version of the profile"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/profiles/{name} [put]
func (s *server) putProfile(c echo.Context) error {
	in, err := parse[ProfileRules](c) // what is missing is told with all other faults
	if err != nil {
		return err
	}
	body, err := readBody(c)
	if err != nil {
		return err
	}
	blameFields(c, office.Unsaid(body)...)
	return s.changeProfile(c, func(p office.StoredProfile) any { return profileView(p.Profile) },
		func(ctx context.Context, version *int64, keep office.Keep[office.StoredProfile]) (office.StoredProfile, error) {
			return s.Office.PutProfile(ctx, actorOf(c), in.profile(c.Param("name")), version, keep)
		})
}

// rebaseProfile orders that running clocks follow the newest version.
//
//	@Summary		对在办时限适用新版本 / re-base running clocks
//	@Description	令正在计时的时限改按最新版本推算，逐件记入案卷；按新版本已经逾期的不动，已发生的逾期不变。重复下令不再有效果。 Running clocks of older versions follow the newest from now on, each with an event; those that would be late by it stay, and so does every breach. An order that was given stands.
//	@Tags			profiles
//	@Produce		json
//	@Param			name			path		string	true	"profile"	enums(petition,petition_simple,hotline,township,wall)
//	@Param			If-Match		header		string	false	"the newest version of the profile"
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Success		200				{object}	ProfileVersionView
//	@Header			200				{string}	ETag	"the newest version of the profile"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/profiles/{name}/rebase [post]
func (s *server) rebaseProfile(c echo.Context) error {
	if _, err := decodeAction[nothing](c); err != nil {
		return err
	}
	return s.changeProfile(c, func(p office.StoredProfile) any { return profileVersionView(p) },
		func(ctx context.Context, version *int64, keep office.Keep[office.StoredProfile]) (office.StoredProfile, error) {
			return s.Office.OrderRebase(ctx, actorOf(c), c.Param("name"), version, keep)
		})
}

// changeProfile answers a decoded request that changes a profile.
func (s *server) changeProfile(c echo.Context, shown func(office.StoredProfile) any,
	change func(context.Context, *int64, office.Keep[office.StoredProfile]) (office.StoredProfile, error),
) error {
	version, err := ifMatch(c)
	if err != nil {
		return err
	}
	render := func(done office.Changed[office.StoredProfile]) (answer.Response, error) {
		if faults := blamed(c); len(faults) > 0 { // nothing is kept once its answer fails
			return answer.Response{}, &badInput{cause: errInvalid, faults: faults}
		}
		body, err := marshal(shown(done.Of))
		header := map[string]string{"ETag": entityTag(int64(done.Of.Version))}
		return answer.Response{Status: http.StatusOK, Header: header, Body: body}, err
	}
	err = once(s, c, render, func(ctx context.Context, keep office.Keep[office.StoredProfile]) (office.StoredProfile, error) {
		return change(ctx, version, keep)
	})
	if len(blamed(c)) > 0 {
		return alsoBlamed(c, err)
	}
	return err
}
