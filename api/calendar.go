package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

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

var errUnpublished = grievance.Refuse(grievance.NotFound, "calendar.unpublished", "没有该年度的节假日安排")

// calendarYear gives the arrangement of a year.
//
//	@Summary		年度节假日安排 / arrangement of a year
//	@Description	国务院公布的该年放假和调休日期。 The days off and make-up working days of the year.
//	@Tags			calendar
//	@Produce		json
//	@Param			year	path		int	true	"year"
//	@Success		200		{object}	CalendarYear
//	@Success		304		"unchanged since If-None-Match"
//	@Failure		400,401,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/calendar/{year} [get]
func (s *server) calendarYear(c echo.Context) error {
	if err := readQuery(c).err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(c.Param("year"))
	days := book.Calendar.Arrangements(year)
	if err != nil || len(days) == 0 {
		return errUnpublished
	}
	return show(c, int64(book.Calendar.Version()), yearView(year, book.Calendar.Version(), days))
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
//	@Failure		400,401,503	{object}	Problem
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
	return c.JSON(http.StatusOK, CalendarSum{
		From: from, Days: days, Unit: unit, UnrolledOn: due.UnrolledOn, DueOn: due.On, DueAt: due.At,
		Provisional: due.Provisional, CalendarVersion: book.Calendar.Version(),
	})
}
