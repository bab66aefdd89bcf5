package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// PublishYearRequest is the whole arrangement of a year.
type PublishYearRequest struct {
	// The document that it stands in.
	Source string            `json:"source" validate:"max=200,oneline" example:"国办发明电〔2026〕7号"`
	Days   []NamedDayRequest `json:"days" validate:"required,min=1,max=400,dive"`
} // @name PublishYear

// NamedDayRequest is a day off, or a working day that mostly makes up for one
// (调休). It may lie after 25 December of the year before.
type NamedDayRequest struct {
	Date    calendar.Date `json:"date" validate:"required" swaggertype:"string" format:"date" example:"2027-02-06"`
	Off     *bool         `json:"off" validate:"required"`
	Holiday string        `json:"holiday" validate:"required,notblank,max=50,oneline" example:"春节"`
} // @name NamedDay

// OfficeHoursRequest are office hours, by season if wanted.
type OfficeHoursRequest struct {
	// The hours of every working day that no season covers.
	Intervals []calendar.Interval `json:"intervals" validate:"required,min=1,max=20" swaggertype:"array,string" example:"09:00-12:00,14:00-17:30"`
	Seasons   []CalendarSeason    `json:"seasons" validate:"max=12,dive"`
} // @name OfficeHours

// CalendarPublication is what a publication came to.
type CalendarPublication struct {
	// Whether it made a new version; what was known already makes none.
	New bool `json:"new" validate:"required"`
	// The newest version as it is now. What it changed is told where it is new.
	Calendar CalendarVersionView `json:"calendar" validate:"required"`
} // @name CalendarPublication

// publishYear makes a version of the calendar with a year's arrangement.
//
//	@Summary		公布年度节假日安排 / publish a year
//	@Description	以所提交的日期作为该年的全部安排，生成日历的新版本；旧版本保留，未结的期限由引擎重新推算，已发生的逾期不变。内容与现有安排相同的不生成新版本。 The days become the whole arrangement of the year in a new version of the calendar. The engine counts open deadlines again; a breach that has happened stays. What is known already makes no version.
//	@Tags			calendar
//	@Accept			json
//	@Produce		json
//	@Param			year			path		int					true	"year"
//	@Param			If-Match		header		string				false	"the newest version of the calendar"
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		PublishYearRequest	true	"the whole arrangement"
//	@Success		200				{object}	CalendarPublication
//	@Header			200				{string}	ETag	"the newest version of the calendar"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/{year} [put]
func (s *server) publishYear(c echo.Context) error {
	year, ok := pathYear(c)
	if !ok {
		return grievance.ErrNotFound
	}
	in, err := decode[PublishYearRequest](c)
	if err != nil {
		return err
	}
	p := office.Publication{Year: year, Source: in.Source, Days: make([]calendar.Arrangement, len(in.Days))}
	for i, d := range in.Days {
		p.Days[i] = calendar.Arrangement{Date: d.Date, Off: *d.Off, Holiday: d.Holiday}
	}
	return s.publish(c, func(ctx context.Context, version *int64, keep office.Keep[office.PublishedCalendar]) (office.PublishedCalendar, error) {
		return s.Office.PublishCalendar(ctx, actorOf(c), p, version, keep)
	})
}

// setOfficeHours makes a version of the calendar with other office hours.
//
//	@Summary		设定办公时间 / set the office hours
//	@Description	生成日历的新版本，可分季节；按工作分钟和工作小时计算的未结期限由引擎重新推算。 A new version of the calendar; open deadlines in working minutes and hours are counted again by the engine.
//	@Tags			calendar
//	@Accept			json
//	@Produce		json
//	@Param			If-Match		header		string				false	"the newest version of the calendar"
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		OfficeHoursRequest	true	"the office hours"
//	@Success		200				{object}	CalendarPublication
//	@Header			200				{string}	ETag	"the newest version of the calendar"
//	@Failure		400,401,403,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/hours [put]
func (s *server) setOfficeHours(c echo.Context) error {
	in, err := decode[OfficeHoursRequest](c)
	if err != nil {
		return err
	}
	hours := calendar.OfficeHours{Intervals: in.Intervals}
	for _, season := range in.Seasons {
		hours.Seasons = append(hours.Seasons, calendar.Season(season))
	}
	return s.publish(c, func(ctx context.Context, version *int64, keep office.Keep[office.PublishedCalendar]) (office.PublishedCalendar, error) {
		return s.Office.SetOfficeHours(ctx, actorOf(c), hours, version, keep)
	})
}

// publish answers a decoded request for a new version of the calendar.
func (s *server) publish(c echo.Context, change func(context.Context, *int64, office.Keep[office.PublishedCalendar]) (office.PublishedCalendar, error)) error {
	version, err := ifMatch(c)
	if err != nil {
		return err
	}
	return once(s, c, renderPublication, func(ctx context.Context, keep office.Keep[office.PublishedCalendar]) (office.PublishedCalendar, error) {
		return change(ctx, version, keep)
	})
}

func renderPublication(done office.Changed[office.PublishedCalendar]) (answer.Response, error) {
	p := done.Of
	body, err := marshal(CalendarPublication{New: p.New, Calendar: versionView(p.Before, p.Calendar, p.PublishedAt)})
	header := map[string]string{"ETag": entityTag(int64(p.Version()))}
	return answer.Response{Status: http.StatusOK, Header: header, Body: body}, err
}
