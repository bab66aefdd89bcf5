package office_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func dayOf(date string, off bool, holiday string) calendar.Arrangement {
	d, err := calendar.ParseDate(date)
	if err != nil {
		panic(err)
	}
	return calendar.Arrangement{Date: d, Off: off, Holiday: holiday}
}

// next is an arrangement of 2027, invented for these tests.
func next() office.Publication {
	return office.Publication{Year: 2027, Source: "为测试虚构的通知", Days: []calendar.Arrangement{
		dayOf("2027-01-01", true, "元旦"), dayOf("2026-12-31", true, "元旦"), dayOf("2027-02-06", true, "春节"), dayOf("2027-02-14", false, "春节"),
	}}
}

var summerHours = calendar.OfficeHours{
	Intervals: calendar.DefaultHours().Intervals,
	Seasons: []calendar.Season{{
		From: calendar.MonthDay{Month: time.June, Day: 1}, Until: calendar.MonthDay{Month: time.September, Day: 30},
		Intervals: []calendar.Interval{{Start: 8 * 60, End: 12 * 60}, {Start: 15 * 60, End: 18 * 60}},
	}},
}

// reviseCalendar does each thing once that the record says of the calendar.
func (s *town) reviseCalendar(ctx context.Context, by grievance.Actor) {
	s.t.Helper()
	_, err := s.PublishCalendar(ctx, by, next(), nil)
	must(s.t, err)
	_, err = s.SetOfficeHours(ctx, by, summerHours, nil)
	must(s.t, err)
}

// rebasing gives the versions that open clocks have still to follow.
func (s *town) rebasing() (versions []int) {
	s.t.Helper()
	must(s.t, s.store.Read(s.t.Context(), func(sn *store.Snapshot) error {
		list, err := sn.Rebasing()
		for _, v := range list {
			versions = append(versions, v.Version)
		}
		return err
	}))
	return versions
}

func TestPublishingAYearMakesAVersion(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		old := s.newest().Calendar
		s.clock.Advance(time.Hour)
		done, err := s.PublishCalendar(t.Context(), s.as(s.top), next(), nil)
		must(t, err)
		if !done.New || done.Version() != 2 || done.Before.Version() != 1 || done.LastYear() != 2027 || !done.PublishedAt.Equal(s.clock.Now()) {
			t.Errorf("published %+v", done)
		}
		book := s.newest()
		if book.Calendar.Version() != 2 || len(book.Calendar.Arrangements(2027)) != 4 || book.Calendar.Holiday(next().Days[1].Date) != "元旦" {
			t.Errorf("the book has version %d", book.Calendar.Version())
		}
		if all := book.Calendars(); len(all) != 2 || !all[0].PublishedAt.Equal(storetest.Start) || !all[1].PublishedAt.Equal(s.clock.Now()) {
			t.Errorf("versions %+v", all)
		}
		if first := book.CalendarAt(1); first.LastYear() != 2026 || !slices.Equal(first.Arrangements(2026), old.Arrangements(2026)) {
			t.Error("the first version was overwritten")
		}
		if got := s.rebasing(); !slices.Equal(got, []int{2}) {
			t.Errorf("to be re-based: %v, want version 2 alone", got)
		}
	})
}

func TestTheFirstVersionLeavesNothingToRebase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		if got := newTown(t, dialect).rebasing(); len(got) > 0 {
			t.Errorf("to be re-based: %v", got)
		}
	})
}

func TestAnIdenticalYearChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		first, err := s.PublishCalendar(t.Context(), grievance.System, next(), nil)
		must(t, err)
		events := len(s.record())
		s.clock.Advance(time.Hour)
		same := next()
		slices.Reverse(same.Days)
		again, err := s.PublishCalendar(t.Context(), grievance.System, same, nil)
		must(t, err)
		if again.New || again.Version() != 2 || again.Before.Version() != 2 || !again.PublishedAt.Equal(first.PublishedAt) {
			t.Errorf("published again: %+v", again)
		}
		hours, err := s.SetOfficeHours(t.Context(), grievance.System, calendar.DefaultHours(), nil)
		must(t, err)
		if hours.New || len(s.record()) != events || len(s.newest().Calendars()) != 2 {
			t.Errorf("%d events, version %d", len(s.record())-events, hours.Version())
		}
	})
}

func TestAmendingAYear(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		revised := func(done office.PublishedCalendar, err error) office.PublishedCalendar {
			must(t, err)
			return done
		}
		revised(s.PublishCalendar(t.Context(), grievance.System, next(), nil))
		amended := next()
		amended.Days = append(amended.Days, dayOf("2027-02-05", true, "春节"))
		done := revised(s.PublishCalendar(t.Context(), grievance.System, amended, nil))
		first, last, ok := calendar.Changed(done.Before, done.Calendar)
		if done.Version() != 3 || !ok || first != last || first.String() != "2027-02-05" {
			t.Errorf("version %d changed from %s to %s", done.Version(), first, last)
		}
		done = revised(s.SetOfficeHours(t.Context(), s.as(s.top), summerHours, nil))
		if done.Version() != 4 || len(done.Arrangements(2027)) != 5 || len(done.Hours().Seasons) != 1 {
			t.Errorf("version %d: %+v", done.Version(), done.Hours())
		}
	})
}

func TestPublishingRefuses(t *testing.T) {
	t.Parallel()
	with := func(days ...calendar.Arrangement) office.Publication {
		return office.Publication{Year: 2027, Days: days}
	}
	many := with(slices.Repeat([]calendar.Arrangement{dayOf("2027-01-01", true, "元旦")}, 401)...)
	long := make([]calendar.Arrangement, 61)
	for i := range long {
		long[i] = calendar.Arrangement{Date: calendar.NewDate(2027, time.March, 1).AddDays(i), Off: true, Holiday: "春节"}
	}
	later := next()
	later.Year = 2028
	later.Days = []calendar.Arrangement{dayOf("2028-01-01", true, "元旦")}
	tests := []struct {
		name string
		in   office.Publication
		want string // each pointer with its code
	}{
		{"no days", with(), "/days calendar.no_days"},
		{"too many", many, "/days calendar.too_many_days"},
		{"a holiday of months", with(long...), "/days calendar.too_many_days"},
		{"a slip in the date of a make-up day", with(dayOf("2027-02-06", true, "春节"), dayOf("2027-02-15", false, "春节"), dayOf("2027-02-14", false, "春节")),
			"/days/1/date calendar.day_work_on_weekday"},
		{"twice in the same way", with(dayOf("2027-02-06", true, "春节"), dayOf("2027-02-06", true, "春节")), "/days/1/date calendar.day_twice"},
		{"a year left out", later, " calendar.year_left_out"},
		{"all at once", with(
			dayOf("2027-01-01", true, "元旦"), dayOf("2027-01-01", false, "元旦"), dayOf("2028-01-01", true, "元旦"),
			calendar.Arrangement{Date: calendar.Date{Year: 2027, Month: 2, Day: 29}, Holiday: "春节"}, dayOf("2027-05-01", true, ""),
			dayOf("2027-05-02", true, " 劳动节"), dayOf("2027-05-03", true, "劳动\u200b节"),
		), "/days/1/date calendar.day_twice, /days/2/date calendar.day_outside, /days/3/date calendar.no_such_date, " +
			"/days/4/holiday calendar.holiday, /days/5/holiday calendar.holiday, /days/6/holiday calendar.holiday"},
		{"source", office.Publication{Year: 2027, Source: strings.Repeat("文", 201), Days: next().Days}, "/source calendar.source"},
	}
	s := newTown(t, "sqlite")
	for _, tt := range tests {
		_, err := s.PublishCalendar(t.Context(), s.as(s.top), tt.in, nil)
		if got := faultsOf(err); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if _, err := s.PreviewCalendar(t.Context(), tt.in); faultsOf(err) != tt.want {
			t.Errorf("%s: the preview says %v", tt.name, err)
		}
	}
	if v := s.newest().Calendar.Version(); v != 1 {
		t.Errorf("version %d", v)
	}
	if _, err := s.PreviewCalendar(t.Context(), with(long[1:]...)); err != nil {
		t.Errorf("60 days off: %v", err)
	}
}

// What is built in can be published again as it is: a working Monday that the
// notice of 2020 names among it.
func TestTheYearsBuiltInCanBePublishedAgain(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	for year := 2007; year <= 2026; year++ {
		p := office.Publication{Year: year, Days: s.newest().Calendar.Arrangements(year)}
		if done, err := s.PreviewCalendar(t.Context(), p); err != nil || done.New {
			t.Errorf("%d: %v, new %v", year, err, done.New)
		}
	}
}

func TestOfficeHoursRefuse(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	bad := summerHours
	bad.Intervals = nil
	winter := calendar.Season{From: calendar.MonthDay{Month: 9, Day: 1}, Until: calendar.MonthDay{Month: 1, Day: 31}, Intervals: []calendar.Interval{{Start: 60, End: 120}}}
	bad.Seasons = append(slices.Clone(bad.Seasons), winter, calendar.Season{
		From: calendar.MonthDay{Month: 2, Day: 1}, Until: calendar.MonthDay{Month: 2, Day: 2}, Intervals: []calendar.Interval{{Start: 60, End: 120}, {Start: 100, End: 200}},
	})
	_, err := s.SetOfficeHours(t.Context(), s.as(s.top), bad, nil)
	if got := faultsOf(err); got != "/intervals hours.empty, /seasons/1 hours.season_overlap, /seasons/2/intervals hours.overlap" {
		t.Error(got)
	}
	_, err = s.SetOfficeHours(t.Context(), s.as(s.top), calendar.OfficeHours{Seasons: make([]calendar.Season, 13)}, nil)
	if got := faultsOf(err); got != "/seasons hours.too_many_seasons" {
		t.Error(got)
	}
	_, err = s.SetOfficeHours(t.Context(), s.as(s.top), calendar.OfficeHours{}, nil)
	if got := faultsOf(err); got != "/intervals hours.empty" {
		t.Error(got)
	}
}

func faultsOf(err error) string {
	refusal, ok := errors.AsType[*grievance.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	words := make([]string, len(refusal.Fields))
	for i, f := range refusal.Fields {
		words[i] = f.Pointer + " " + f.Code
	}
	return strings.Join(words, ", ")
}

func TestOnlyAdministratorsOfARootPublish(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		for _, by := range []grievance.Actor{s.as(s.local), {}} {
			_, err := s.PublishCalendar(t.Context(), by, next(), nil)
			refused(t, err, "office.forbidden")
			_, err = s.SetOfficeHours(t.Context(), by, summerHours, nil)
			refused(t, err, "office.forbidden")
		}
		if len(s.newest().Calendars()) != 1 {
			t.Error("a version was made")
		}
	})
}

func TestPublishingOnAnOlderVersionIsStale(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		one, two := int64(1), int64(2)
		_, err := s.PublishCalendar(t.Context(), s.as(s.top), next(), &two)
		refused(t, err, "calendar.stale")
		_, err = s.PublishCalendar(t.Context(), s.as(s.top), next(), &one)
		must(t, err)
		_, err = s.SetOfficeHours(t.Context(), s.as(s.top), summerHours, &one)
		refused(t, err, "calendar.stale")
		_, err = s.SetOfficeHours(t.Context(), s.as(s.top), summerHours, &two)
		must(t, err)
	})
}

// Versions of replicas whose clocks differ are published in their order.
func TestVersionsNeverGoBackInTime(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.clock.Advance(-time.Minute)
		done, err := s.PublishCalendar(t.Context(), grievance.System, next(), nil)
		must(t, err)
		if !done.PublishedAt.Equal(storetest.Start) {
			t.Errorf("published at %v, the version before at %v", done.PublishedAt, storetest.Start)
		}
	})
}

// Two administrators who publish at once make two versions, one on the other.
func TestTwoPublicationsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		failed := make(chan error, 2)
		go func() {
			_, err := s.PublishCalendar(t.Context(), grievance.System, next(), nil)
			failed <- err
		}()
		go func() {
			_, err := s.SetOfficeHours(t.Context(), grievance.System, summerHours, nil)
			failed <- err
		}()
		must(t, errors.Join(<-failed, <-failed))
		c := s.newest().Calendar
		if c.Version() != 3 || c.LastYear() != 2027 || len(c.Hours().Seasons) != 1 {
			t.Errorf("version %d until %d", c.Version(), c.LastYear())
		}
	})
}

func TestPreviewWritesNothing(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	events := len(s.record())
	seen, err := s.PreviewCalendar(t.Context(), next())
	must(t, err)
	if !seen.New || seen.Version() != 2 || seen.LastYear() != 2027 || seen.Before.Version() != 1 {
		t.Errorf("preview %+v", seen)
	}
	if s.newest().Calendar.Version() != 1 || len(s.record()) != events {
		t.Error("the preview changed something")
	}
	same, err := s.PreviewCalendar(t.Context(), office.Publication{Year: 2026, Days: calendar.Embedded().Arrangements(2026)})
	must(t, err)
	if same.New {
		t.Error("a known year is called new")
	}
}

func TestKeepSeesThePublication(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	full := errors.New("the disk is full")
	keep := func(_ *store.Tx, now office.Changed[office.PublishedCalendar]) error {
		if now.Of.Version() != 2 || !now.Of.New {
			t.Errorf("keep saw %+v", now.Of)
		}
		return full
	}
	if _, err := s.PublishCalendar(t.Context(), grievance.System, next(), nil, keep); !errors.Is(err, full) {
		t.Error(err)
	}
	if s.newest().Calendar.Version() != 1 {
		t.Error("the version is there without its answer")
	}
}
