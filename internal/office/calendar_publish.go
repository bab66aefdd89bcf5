package office

import (
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
)

// errCalendarStale refuses what was decided on by an older version.
var errCalendarStale = grievance.Refuse(grievance.Stale, "calendar.stale", "工作日历已有更新的版本，请刷新后重试")

// Publication is the whole arrangement of one year, as the State Council
// publishes or amends it.
type Publication struct {
	Year   int
	Source string                 // the document that it stands in, if that is known
	Days   []calendar.Arrangement // whose Year is Year, whatever it says
}

// PublishedCalendar is the calendar as a publication leaves it.
type PublishedCalendar struct {
	*calendar.Calendar
	// Before is the version before the publication: the same where New is false,
	// because what was published was known already.
	Before      *calendar.Calendar
	New         bool
	PublishedAt time.Time
}

// PublishCalendar makes a new version of the calendar, in which the publication
// is the arrangement of its year; older versions stay as they are, and the open
// clocks that the new one concerns are counted again by the engine. What is known
// already makes no version. The actor must administer a root.
//
// It refuses, with every fault at its place, a year that would leave out another
// (calendar.year_left_out), no days, more days off than a year
// has (calendar.too_many_days), days outside the year (calendar.day_outside),
// named twice (calendar.day_twice) or said to be worked though every Monday to
// Friday is (calendar.day_work_on_weekday), and names that nobody can read; and,
// with ifVersion, a calendar of another version (calendar.stale).
func (o *Office) PublishCalendar(ctx context.Context, by grievance.Actor, p Publication, ifVersion *int64, keep ...Keep[PublishedCalendar]) (PublishedCalendar, error) {
	return o.revise(ctx, by, ifVersion, keep, p.apply, func(c *change, done PublishedCalendar) error {
		return c.record(changes.Book, EvCalendarPublished, done.PublishedAt, p.facts(done))
	})
}

// PreviewCalendar tells what PublishCalendar would come to, and does nothing.
func (o *Office) PreviewCalendar(ctx context.Context, p Publication) (PublishedCalendar, error) {
	book, err := o.Book(ctx)
	if err != nil {
		return PublishedCalendar{}, err
	}
	next, err := p.apply(book.Calendar)
	if err != nil {
		return PublishedCalendar{}, err
	}
	return PublishedCalendar{Calendar: next, Before: book.Calendar, New: next != book.Calendar, PublishedAt: o.clock.Now()}, nil
}

// SetOfficeHours makes a new version of the calendar with other office hours, by
// season if wanted; hours that are the same on every day of the year make none.
// The actor must administer a root. It refuses, with every fault at its place,
// hours that are empty, overlap or lie outside the day, and seasons that overlap;
// and, with ifVersion, a calendar of another version (calendar.stale).
func (o *Office) SetOfficeHours(ctx context.Context, by grievance.Actor, hours calendar.OfficeHours, ifVersion *int64, keep ...Keep[PublishedCalendar]) (PublishedCalendar, error) {
	return o.revise(ctx, by, ifVersion, keep, applyHours(hours), func(c *change, done PublishedCalendar) error {
		set := done.Hours()
		return c.record(changes.Book, EvOfficeHoursChanged, done.PublishedAt, Facts{Calendar: done.Version(), Hours: &set})
	})
}

// revision makes the next version of a calendar, or gives the same where nothing
// would change.
type revision func(*calendar.Calendar) (*calendar.Calendar, error)

// revise is the only way to a new version of the calendar.
func (o *Office) revise(ctx context.Context, by grievance.Actor, ifVersion *int64, keep []Keep[PublishedCalendar], apply revision, record func(*change, PublishedCalendar) error) (PublishedCalendar, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (done PublishedCalendar, err error) {
		if err := c.administers(nil); err != nil {
			return done, err
		}
		newest, err := c.newestCalendar()
		if err != nil {
			return done, err
		}
		if ifVersion != nil && *ifVersion != int64(newest.Version()) {
			return done, errCalendarStale
		}
		next, err := apply(newest.Calendar)
		if err != nil || next == newest.Calendar {
			return PublishedCalendar{Calendar: next, Before: next, PublishedAt: newest.PublishedAt}, err
		}
		done = PublishedCalendar{Calendar: next, Before: newest.Calendar, New: true, PublishedAt: c.now}
		if done.PublishedAt.Before(newest.PublishedAt) { // replicas' clocks differ; the versions' order must not
			done.PublishedAt = newest.PublishedAt
		}
		if err := storeCalendar(c.tx, next, done.PublishedAt); err != nil {
			return done, err
		}
		return done, record(c, done)
	})
}

// newestCalendar reads the newest version of the calendar as the transaction
// finds it.
func (c *change) newestCalendar() (newest grievance.CalendarVersion, err error) {
	rows, err := c.tx.Office()
	if err != nil {
		return newest, err
	}
	book, err := bookOf(rows)
	if err != nil {
		return newest, err
	}
	all := book.Calendars()
	return all[len(all)-1], nil
}

func (p Publication) apply(c *calendar.Calendar) (*calendar.Calendar, error) {
	if err := p.check(c); err != nil {
		return nil, err
	}
	next, err := c.With(c.Version()+1, p.Year, p.Days)
	if err == nil && slices.Equal(next.Arrangements(p.Year), c.Arrangements(p.Year)) {
		return c, nil
	}
	return next, err
}

func (p Publication) facts(done PublishedCalendar) Facts {
	f := Facts{Calendar: done.Version(), Year: p.Year, Source: p.Source}
	for _, d := range done.Arrangements(p.Year) {
		f.Days = append(f.Days, DayFact{Date: d.Date, Off: d.Off, Holiday: d.Holiday})
	}
	return f
}

func applyHours(hours calendar.OfficeHours) revision {
	return func(c *calendar.Calendar) (*calendar.Calendar, error) {
		if err := CheckHours(hours); err != nil {
			return nil, err
		}
		next, err := c.WithHours(c.Version()+1, hours)
		if err == nil && calendar.SameHours(next, c) {
			return c, nil
		}
		return next, err
	}
}
