package api

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// lastYear is the last that a date can be written with.
const lastYear = 9999

// CalendarYear is the State Council's arrangement of one year.
type CalendarYear struct {
	Year int `json:"year" validate:"required" example:"2026"`
	// The version of the calendar; a deadline keeps the one it was computed with.
	Version int `json:"version" validate:"required"`
	// The days that the arrangement names; they may begin in the December before.
	Days []CalendarDay `json:"days" validate:"required"`
} // @name CalendarYear

// CalendarDay is a day that an arrangement names: a day off, or a working day
// that mostly makes up for one (调休).
type CalendarDay struct {
	Date    calendar.Date `json:"date" validate:"required" swaggertype:"string" format:"date" example:"2026-02-28"`
	Off     bool          `json:"off" validate:"required"`
	Holiday string        `json:"holiday" validate:"required" example:"春节"`
} // @name CalendarDay

// CalendarSum is where a number of days from a day ends.
type CalendarSum struct {
	From calendar.Date `json:"from" validate:"required" swaggertype:"string" format:"date" example:"2026-02-12"`
	Days int           `json:"days" validate:"required" example:"7"`
	Unit calendar.Unit `json:"unit" validate:"required" swaggertype:"string" enums:"day,working_day"`
	// The last day before it was rolled to a working day.
	UnrolledOn calendar.Date `json:"unrolled_on" validate:"required" swaggertype:"string" format:"date" example:"2026-02-28"`
	// The last day that is in time (Civil Code Art. 203).
	DueOn calendar.Date `json:"due_on" validate:"required" swaggertype:"string" format:"date" example:"2026-02-28"`
	// The first instant that is late.
	DueAt time.Time `json:"due_at" validate:"required" format:"date-time"`
	// Whether an arrangement not yet published may still move it.
	Provisional bool `json:"provisional" validate:"required"`
	// The version of the calendar that was used.
	CalendarVersion int `json:"calendar_version" validate:"required"`
} // @name CalendarSum

// CalendarHours are the hours in which working minutes and hours run.
type CalendarHours struct {
	// The version of the calendar.
	Version int `json:"version" validate:"required"`
	// The hours of every working day that no season covers.
	Intervals []calendar.Interval `json:"intervals" validate:"required" swaggertype:"array,string" example:"09:00-12:00,14:00-17:30"`
	Seasons   []CalendarSeason    `json:"seasons" validate:"required"`
} // @name CalendarHours

// CalendarSeason gives the office hours of a part of every year, both days
// included; it may run over the new year.
type CalendarSeason struct {
	From      calendar.MonthDay   `json:"from" validate:"required" swaggertype:"string" example:"05-01"`
	Until     calendar.MonthDay   `json:"until" validate:"required" swaggertype:"string" example:"09-30"`
	Intervals []calendar.Interval `json:"intervals" validate:"required,min=1,max=20" swaggertype:"array,string" example:"08:00-12:00,15:00-18:00"`
} // @name CalendarSeason

// CalendarVersionView is a version of the calendar, and in what it differs from
// the one before it.
type CalendarVersionView struct {
	Version     int       `json:"version" validate:"required"`
	PublishedAt time.Time `json:"published_at" validate:"required" format:"date-time"`
	// The last year with a published arrangement.
	LastYear int `json:"last_year" validate:"required" example:"2027"`
	// The years whose arrangement is new or another one.
	Years []int `json:"years" validate:"required" example:"2027"`
	// Whether the office hours are others: then any deadline in working hours may be.
	HoursChanged bool `json:"hours_changed" validate:"required"`
	// The first and the last date that counts otherwise than before, or is no longer
	// provisional; absent where there is none, or the office hours changed.
	ChangedFrom  calendar.Date `json:"changed_from,omitempty" swaggertype:"string" format:"date" example:"2026-12-26"`
	ChangedUntil calendar.Date `json:"changed_until,omitempty" swaggertype:"string" format:"date" example:"2027-12-25"`
} // @name CalendarVersion

// CalendarVersions are all versions of the calendar, the newest first.
type CalendarVersions struct {
	Items []CalendarVersionView `json:"items" validate:"required"`
} // @name CalendarVersions

var (
	errUnpublished     = grievance.Refuse(grievance.NotFound, "calendar.unpublished", "没有该年度的节假日安排")
	errCalendarVersion = grievance.Refuse(grievance.NotFound, "calendar.version_unknown", "工作日历没有这个版本")
)

// calendarVersions lists the versions of the calendar.
//
//	@Summary		工作日历的版本 / versions of the calendar
//	@Description	最新的在前，并说明各版本改动了什么；ETag 是最新版本号，公布或修改时放入 If-Match。 The newest first, with what each changed; the ETag is the newest version, for the If-Match of a publication.
//	@Tags			calendar
//	@Produce		json
//	@Success		200	{object}	CalendarVersions
//	@Success		304	"unchanged since If-None-Match"
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar [get]
func (s *server) calendarVersions(c echo.Context) error {
	if err := readQuery(c).err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	list := CalendarVersions{Items: []CalendarVersionView{}}
	var before *calendar.Calendar
	for _, v := range book.Calendars() {
		list.Items = append(list.Items, versionView(before, v.Calendar, v.PublishedAt))
		before = v.Calendar
	}
	slices.Reverse(list.Items)
	return show(c, int64(book.Calendar.Version()), list)
}

// versionView tells of a version of the calendar in what it differs from the one
// before it, nil for the first.
func versionView(before, now *calendar.Calendar, at time.Time) CalendarVersionView {
	v := CalendarVersionView{Version: now.Version(), PublishedAt: at, LastYear: now.LastYear(), Years: []int{}}
	for year := now.LastYear(); len(now.Arrangements(year)) > 0; year-- {
		if before == nil || !slices.Equal(now.Arrangements(year), before.Arrangements(year)) {
			v.Years = append(v.Years, year)
		}
	}
	slices.Reverse(v.Years)
	if before == nil {
		return v
	}
	if v.HoursChanged = !calendar.SameHours(before, now); !v.HoursChanged {
		v.ChangedFrom, v.ChangedUntil, _ = calendar.Changed(before, now)
	}
	return v
}

// calendarYear gives the arrangement of a year.
//
//	@Summary		年度节假日安排 / arrangement of a year
//	@Description	国务院公布的该年放假和调休日期；version 指定较早的版本。 The days off and make-up working days of the year; version asks for an older one.
//	@Tags			calendar
//	@Produce		json
//	@Param			year	path		int	true	"year"
//	@Param			version	query		int	false	"the version of the calendar; the newest without it"	minimum(1)
//	@Success		200		{object}	CalendarYear
//	@Success		304		"unchanged since If-None-Match"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/{year} [get]
func (s *server) calendarYear(c echo.Context) error {
	cal, err := s.calendarOf(c)
	if err != nil {
		return err
	}
	year, ok := pathYear(c)
	if !ok {
		return errUnpublished
	}
	days := cal.Arrangements(year)
	if len(days) == 0 {
		return errUnpublished
	}
	return show(c, int64(cal.Version()), yearView(year, cal.Version(), days))
}

// pathYear reads a year of the path, from 1 to lastYear and as it is written.
func pathYear(c echo.Context) (year int, ok bool) {
	year, err := strconv.Atoi(c.Param("year"))
	return year, err == nil && 1 <= year && year <= lastYear && strconv.Itoa(year) == c.Param("year")
}

// calendarHours gives the office hours.
//
//	@Summary		办公时间 / office hours
//	@Description	工作分钟和工作小时据此计算，可分季节；version 指定较早的版本。 What working minutes and hours count, by season; version asks for an older one.
//	@Tags			calendar
//	@Produce		json
//	@Param			version	query		int	false	"the version of the calendar; the newest without it"	minimum(1)
//	@Success		200		{object}	CalendarHours
//	@Success		304		"unchanged since If-None-Match"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/hours [get]
func (s *server) calendarHours(c echo.Context) error {
	cal, err := s.calendarOf(c)
	if err != nil {
		return err
	}
	hours := cal.Hours()
	v := CalendarHours{Version: cal.Version(), Intervals: hours.Intervals, Seasons: []CalendarSeason{}}
	for _, season := range hours.Seasons {
		v.Seasons = append(v.Seasons, CalendarSeason(season))
	}
	return show(c, int64(cal.Version()), v)
}

// calendarOf gives the version of the calendar that the query asks for, or the
// newest.
func (s *server) calendarOf(c echo.Context) (*calendar.Calendar, error) {
	q := readQuery(c)
	version := q.integer("version", 1, math.MaxInt32, 0)
	if err := q.err(); err != nil {
		return nil, err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil || version == 0 {
		return newestOf(book), err
	}
	if cal := book.CalendarAt(version); cal != nil {
		return cal, nil
	}
	return nil, errCalendarVersion
}

func newestOf(book *grievance.Book) *calendar.Calendar {
	if book == nil {
		return nil
	}
	return book.Calendar
}

func yearView(year, version int, days []calendar.Arrangement) CalendarYear {
	v := CalendarYear{Year: year, Version: version, Days: make([]CalendarDay, len(days))}
	for i, d := range days {
		v.Days[i] = CalendarDay{Date: d.Date, Off: d.Off, Holiday: d.Holiday}
	}
	return v
}

// calendarAdd counts days from a day, as deadlines are counted.
//
//	@Summary		推算期限 / count days
//	@Description	从某日起数若干自然日或工作日，起始日不计；自然日末日为休息日的顺延至下一工作日。 The start day does not count; a last calendar day off is rolled to the next working day.
//	@Tags			calendar
//	@Produce		json
//	@Param			from	query		string	true	"the day from which to count"	format(date)
//	@Param			days	query		int		true	"how many"						minimum(1)	maximum(3660)
//	@Param			unit	query		string	false	"what is counted"				enums(day,working_day)	default(working_day)
//	@Success		200		{object}	CalendarSum
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/add [get]
func (s *server) calendarAdd(c echo.Context) error {
	q := readQuery(c)
	from, days := q.date("from"), q.integer("days", 1, 3660, 0)
	unit := enumParam(q, "unit", calendar.Day, calendar.WorkingDay)
	q.require("from", "days")
	if err := q.err(); err != nil {
		return err
	}
	if unit == "" {
		unit = calendar.WorkingDay
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	due := book.Calendar.Due(from.Start(), calendar.Length{N: days, Unit: unit}, true)
	if due.On.Year > lastYear {
		q.faults = append(q.faults, q.faultOf("days", "too_far"))
		return q.err()
	}
	return c.JSON(http.StatusOK, CalendarSum{
		From: from, Days: days, Unit: unit, UnrolledOn: due.UnrolledOn, DueOn: due.On, DueAt: due.At,
		Provisional: due.Provisional, CalendarVersion: book.Calendar.Version(),
	})
}
