package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/huiyin/huiyin/api"
	"github.com/huiyin/huiyin/internal/calendar"
)

// missingYear tells the year whose arrangement somebody must publish.
func (a *App) missingYear(ctx context.Context) (year int, missing bool, err error) {
	book, err := a.Office.Book(ctx)
	if err != nil {
		return 0, false, err
	}
	year, missing = book.Calendar.Unpublished(a.Clock.Now())
	return year, missing, nil
}

// warnings tells the readiness probe what somebody must see to.
func (a *App) warnings(ctx context.Context) []api.Warning {
	return slices.Concat(a.calendarWarnings(ctx), a.keyWarnings(ctx), a.providerWarnings())
}

// calendarWarnings tells of a year that somebody must publish. Where the book
// cannot be read, a check says so.
func (a *App) calendarWarnings(ctx context.Context) []api.Warning {
	year, missing, err := a.missingYear(ctx)
	if err != nil || !missing {
		return nil
	}
	return []api.Warning{{
		Code: "calendar.year_missing", Subject: strconv.Itoa(year), Message: "该年度的节假日安排尚未公布到系统：请公布，否则跨入该年的期限只是暂定",
	}}
}

// calendarWatch warns in the log, once a day of the calendar, while a year is
// missing. It is for one goroutine.
type calendarWatch struct {
	app    *App
	looked calendar.Date
}

func (w *calendarWatch) look(ctx context.Context) {
	today := calendar.DateOf(w.app.Clock.Now())
	if today == w.looked {
		return
	}
	year, missing, err := w.app.missingYear(ctx)
	if err != nil {
		return // the engine, which runs beside it, says why
	}
	w.looked = today
	if missing {
		w.app.Log.WarnContext(ctx, "the calendar does not know the year: publish its arrangement (huiyin calendar import)", "year", year)
	}
}

var (
	calendarLastYear = prometheus.NewDesc("huiyin_calendar_last_year",
		"The last year whose arrangement of holidays is known; -1 when the database does not answer.", nil, nil)
	calendarYearMissing = prometheus.NewDesc("huiyin_calendar_year_missing",
		"The year whose arrangement of holidays must be published, 0 when none is missing; -1 when the database does not answer.", nil, nil)
)

// calendarMetrics tells how far the calendar reaches whenever somebody asks.
type calendarMetrics struct{ app *App }

// Describe names the figures.
func (m calendarMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- calendarLastYear
	to <- calendarYearMissing
}

// Collect reads the figures.
func (m calendarMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	last, missing := -1, -1
	if book, err := m.app.Office.Book(ctx); err == nil {
		last = book.Calendar.LastYear()
		missing, _ = book.Calendar.Unpublished(m.app.Clock.Now())
	}
	to <- prometheus.MustNewConstMetric(calendarLastYear, prometheus.GaugeValue, float64(last))
	to <- prometheus.MustNewConstMetric(calendarYearMissing, prometheus.GaugeValue, float64(missing))
}
