package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	feedsPath    = v1 + "/feeds/" // what follows is a secret: it is neither logged nor traced
	typeCalendar = "text/calendar"
	mostInFeed   = 2000 // events
)

// secret reports whether a request's path holds a secret: a trace would tell it.
func secret(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, feedsPath) }

// FeedView is an address that a telephone's calendar subscribes to, without its
// secret.
type FeedView struct {
	ID        string    `json:"id" validate:"required" format:"uuid"`
	Days      int       `json:"days" validate:"required" example:"7"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
	// Noted once an hour at most; absent while nobody has asked.
	LastUsedAt *time.Time `json:"last_used_at,omitempty" format:"date-time"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty" format:"date-time"`
} // @name Feed

// FeedWithURL is a feed with its address, which is a secret and told only once.
type FeedWithURL struct {
	FeedView
	URL string `json:"url" validate:"required" format:"uri" example:"https://huiyin.example/api/v1/feeds/qI1n…ZQ.ics"`
} // @name FeedWithURL

// FeedList is a user's live feeds, the oldest first.
type FeedList struct {
	Items []FeedView `json:"items" validate:"required"`
} // @name FeedList

// NewFeedRequest asks for an address.
type NewFeedRequest struct {
	// How many days ahead it shows, today included.
	Days *int `json:"days" validate:"required,min=1,max=31" example:"7"`
} // @name NewFeed

func feedView(f store.Feed) FeedView {
	return FeedView{ID: f.ID.String(), Days: f.Days, CreatedAt: f.CreatedAt, LastUsedAt: f.LastUsedAt, RevokedAt: f.RevokedAt}
}

// openFeed makes an address for a telephone's calendar.
//
//	@Summary		新建日历订阅 / new calendar feed
//	@Description	返回的地址含密钥，只给这一次，请勿转发；每人最多 10 个有效地址。 The address holds a secret and is told only here. At most ten live ones a user.
//	@Tags			reports
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"names this request, so that it can be sent again"
//	@Param			body			body		NewFeedRequest	true	"how many days"
//	@Success		201				{object}	FeedWithURL
//	@Failure		400,401,403,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/upcoming/feeds [post]
func (s *server) openFeed(c echo.Context) error {
	in, err := decode[NewFeedRequest](c)
	if err != nil {
		return err
	}
	here := c.Scheme() + "://" + c.Request().Host + feedsPath
	view := func(f auth.OpenedFeed) any { return FeedWithURL{feedView(f.Feed), here + f.Token + ".ics"} }
	return changeFeed(s, c, http.StatusCreated, view, func(ctx context.Context, keep answer.Keep[auth.OpenedFeed]) error {
		return s.Auth.OpenFeed(ctx, actorOf(c), *in.Days, keep)
	})
}

// listFeeds lists the user's own feeds.
//
//	@Summary		我的日历订阅 / my calendar feeds
//	@Description	只列本人有效的；地址不再显示。 One's own live ones, without their addresses.
//	@Tags			reports
//	@Produce		json
//	@Success		200	{object}	FeedList
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/upcoming/feeds [get]
func (s *server) listFeeds(c echo.Context) error {
	feeds, err := s.Auth.Feeds(c.Request().Context(), actorOf(c).UserID)
	list := FeedList{Items: make([]FeedView, len(feeds))}
	for i, f := range feeds {
		list.Items[i] = feedView(f)
	}
	return reply(c, list, err)
}

// revokeFeed ends one of the user's own feeds.
//
//	@Summary		停用日历订阅 / revoke a calendar feed
//	@Description	地址立即失效，不可恢复。 Its address is good for nothing from now on.
//	@Tags			reports
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"feed"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Success		200				{object}	FeedView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/upcoming/feeds/{id}/revoke [post]
func (s *server) revokeFeed(c echo.Context) error {
	id, err := actedOn[store.Feed](c)
	if err != nil {
		return err
	}
	view := func(f store.Feed) any { return feedView(f) }
	return changeFeed(s, c, http.StatusOK, view, func(ctx context.Context, keep answer.Keep[store.Feed]) error {
		return s.Auth.RevokeFeed(ctx, actorOf(c), id, keep)
	})
}

// changeFeed answers a decoded POST about a feed, the first time or again.
func changeFeed[T any](s *server, c echo.Context, status int, view func(T) any, change func(context.Context, answer.Keep[T]) error) error {
	req, err := repeatable(c, func(f T) (answer.Response, error) {
		body, err := marshal(view(f))
		return answer.Response{Status: status, Body: body}, err
	})
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	_, r, err := answer.Once(ctx, s.Store, s.Clock.Now(), req, func(keep answer.Keep[T]) error { return change(ctx, keep) })
	if err != nil {
		return err
	}
	return respond(c, r)
}

// feed gives a calendar to whoever has its address.
//
//	@Summary		日历订阅 / calendar feed
//	@Description	供手机日历订阅：若无人办理，将发生的黄牌、红牌和升级；不含个人信息和诉求内容。以地址持有人此刻的岗位为准；停用、离任或账号停用后为 404。 Warnings, breaches and escalations that are coming, by the posts that its user holds at this moment, without personal data and without what a petitioner said. 404 once it is revoked, or its user is disabled or oversees nothing any more.
//	@Tags			reports
//	@Produce		text/calendar
//	@Param			file	path		string	true	"the token, followed by .ics"
//	@Param			lang	query		string	false	"the language of its words"	Enums(zh-CN, en)	default(zh-CN)
//	@Success		200		{string}	string	"iCalendar (RFC 5545)"
//	@Success		304		"as it was"
//	@Failure		400,404,429,503	{object}	Problem
//	@Router			/api/v1/feeds/{file} [get]
func (s *server) feed(c echo.Context) error {
	q := readQuery(c)
	language := enumParam(q, "lang", report.FeedLanguages...)
	if err := q.err(); err != nil {
		return err
	}
	if language == "" {
		language = report.FeedLanguages[0]
	}
	wanted, viewer, book, err := s.subscription(c)
	if err != nil {
		return err
	}
	r, err := report.Upcoming(c.Request().Context(), s.Store, book, viewer, wanted)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := report.WriteICalendar(&body, r, language); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	if unchanged(c, `"`+hex.EncodeToString(sum[:16])+`"`) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, typeCalendar+"; charset=utf-8", body.Bytes())
}

// subscription finds out what the bearer of a feed's address may read now.
// ErrNotFound where that is nothing any more.
func (s *server) subscription(c echo.Context) (q report.UpcomingQuery, v store.Viewer, book *grievance.Book, err error) {
	ctx, now := c.Request().Context(), s.Clock.Now()
	token, named := strings.CutSuffix(c.Param("file"), ".ics")
	if !named {
		return q, v, nil, grievance.ErrNotFound
	}
	f, unnoted, err := s.Auth.FeedOf(ctx, token)
	if err != nil {
		return q, v, nil, err
	}
	if unnoted != nil {
		s.Log.WarnContext(ctx, "the use of a feed was not noted", "feed", f.ID.String(), "error", unnoted)
	}
	if book, err = s.Office.Book(ctx); err != nil {
		return q, v, nil, err
	}
	actor := book.Actor(f.UserID, now)
	q = upcoming(now, f.Days)
	q.Acts, q.Most = report.FeedActs, mostInFeed
	for _, p := range actor.Posts {
		if slices.Contains(overseers.roles, p.Role) && book.Unit(p.UnitID) != nil {
			q.Units = append(q.Units, p.UnitID)
		}
	}
	if len(q.Units) == 0 {
		return q, v, nil, grievance.ErrNotFound
	}
	return q, store.ViewerOf(actor, book).AtWork(), book, nil
}
