package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/huiyin/huiyin/internal/almanac"
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// CalendarCommand works with the calendar of working days.
type CalendarCommand struct {
	Import CalendarImport `cmd:"" help:"Publish the arrangement of a year that stands in a file: JSON, CSV or iCalendar."`
	Show   CalendarShow   `cmd:"" help:"Show the days that a year's arrangement names, or how far the calendar reaches."`
}

// CalendarImport publishes what stands in a file.
type CalendarImport struct {
	File   string         `arg:"" type:"existingfile" help:"A file of the project's JSON, a CSV with date, status, holiday and arrangement_year, or an iCalendar file."`
	Year   int            `help:"The year, where the file names days of several."`
	DryRun bool           `help:"Tell what would change, and change nothing."`
	Format almanac.Format `enum:",json,csv,ics" default:"" help:"The file's form, where its name does not end in it: json, csv, ics."`
}

// Run publishes the year as a new version of the calendar and tells what changed.
func (i CalendarImport) Run(ctx context.Context, c *config.Common, std *IO) error {
	file, err := i.read()
	if err != nil {
		return err
	}
	if file.Hours != nil { // before the days are published without them
		if err := office.CheckHours(*file.Hours); err != nil {
			return tellHourFaults(std, err)
		}
	}
	p, err := i.publication(file)
	if err != nil {
		return err
	}
	return with(ctx, c, std, true, func(a *App) error {
		if file.Ignored > 0 {
			_, _ = fmt.Fprintf(std.Out, "ignored %d events that name no day off and no make-up day\n", file.Ignored)
		}
		if len(p.Days) > 0 {
			if err := i.publish(ctx, a, std, p); err != nil {
				return err
			}
		}
		if file.Hours == nil {
			return nil
		}
		return i.setHours(ctx, a, std, *file.Hours)
	})
}

func (i CalendarImport) read() (almanac.File, error) {
	format := i.Format
	if format == "" {
		var err error
		if format, err = almanac.FormatOf(i.File); err != nil {
			return almanac.File{}, fileRefused(err)
		}
	}
	file, err := os.Open(i.File)
	if err != nil {
		return almanac.File{}, err
	}
	read, err := almanac.Read(format, file)
	if err != nil {
		err = fileRefused(err)
	}
	return read, errors.Join(err, file.Close())
}

// fileRefused refuses a file in the words of its reader.
func fileRefused(err error) error {
	return grievance.Refuse(grievance.Invalid, "calendar.file", err.Error())
}

// publication chooses the year: the one that is asked for, or the only one.
func (i CalendarImport) publication(file almanac.File) (office.Publication, error) {
	years := file.Years()
	switch {
	case i.Year != 0 && !slices.Contains(years, i.Year):
		return office.Publication{}, fmt.Errorf("--year: the file names no day of %d, only of %d", i.Year, years)
	case i.Year == 0 && len(years) > 1:
		return office.Publication{}, fmt.Errorf("the file names days of %d: choose one with --year", years)
	case i.Year == 0 && len(years) == 1:
		i.Year = years[0]
	}
	return office.Publication{Year: i.Year, Source: file.Source, Days: file.Of(i.Year)}, nil
}

func (i CalendarImport) publish(ctx context.Context, a *App, std *IO, p office.Publication) error {
	done, err := a.Office.PreviewCalendar(ctx, p)
	if err == nil && !i.DryRun {
		done, err = a.Office.PublishCalendar(ctx, grievance.System, p, nil)
	}
	if err != nil {
		return tellDayFaults(std, p, err)
	}
	if !done.New {
		_, err = fmt.Fprintf(std.Out, "%d is known just so: version %d of the calendar stays\n", p.Year, done.Version())
		return err
	}
	tellDifference(std.Out, done.Before.Arrangements(p.Year), done.Arrangements(p.Year))
	_, _ = fmt.Fprintf(std.Out, "%d: %s\n", p.Year, countDays(done.Arrangements(p.Year)))
	return i.tellVersion(std, done)
}

func (i CalendarImport) setHours(ctx context.Context, a *App, std *IO, hours calendar.OfficeHours) error {
	if i.DryRun {
		_, err := fmt.Fprintln(std.Out, "the file sets the office hours too:", describeHours(hours))
		return err
	}
	done, err := a.Office.SetOfficeHours(ctx, grievance.System, hours, nil)
	if err != nil {
		return tellHourFaults(std, err)
	}
	if !done.New {
		_, err = fmt.Fprintln(std.Out, "the office hours are known just so")
		return err
	}
	_, _ = fmt.Fprintln(std.Out, "office hours:", describeHours(done.Hours()))
	return i.tellVersion(std, done)
}

// tellVersion tells of the new version and what becomes of the open deadlines.
func (i CalendarImport) tellVersion(std *IO, done office.PublishedCalendar) error {
	if i.DryRun {
		_, err := fmt.Fprintf(std.Out, "nothing was changed: this would be version %d of the calendar\n", done.Version())
		return err
	}
	_, _ = fmt.Fprintf(std.Out, "version %d of the calendar is published\n", done.Version())
	first, last, moves := calendar.Changed(done.Before, done.Calendar)
	if !moves {
		_, err := fmt.Fprintln(std.Out, "no working day changed: no deadline moves")
		return err
	}
	which := fmt.Sprintf("that count a day from %s to %s", first, last)
	if first.IsZero() {
		which = "in working minutes and hours"
	}
	_, err := fmt.Fprintf(std.Out, "the engine counts the open deadlines %s again, each with an event; breaches that have happened stay\n", which)
	return err
}

// tellDifference prints the days that fell away and those that came.
func tellDifference(to io.Writer, was, is []calendar.Arrangement) {
	for _, d := range was {
		if !slices.Contains(is, d) {
			tellDay(to, "- ", d)
		}
	}
	for _, d := range is {
		if !slices.Contains(was, d) {
			tellDay(to, "+ ", d)
		}
	}
}

func tellDay(to io.Writer, sign string, d calendar.Arrangement) {
	status := "work"
	if d.Off {
		status = "off"
	}
	_, _ = fmt.Fprintf(to, "%s%s %.3s  %-4s  %s\n", sign, d.Date, d.Date.Weekday(), status, d.Holiday)
}

func countDays(days []calendar.Arrangement) string {
	off := 0
	for _, d := range days {
		if d.Off {
			off++
		}
	}
	return fmt.Sprintf("%d days off, %d make-up days", off, len(days)-off)
}

// tellDayFaults prints what is wrong with a publication, with the day that it is
// about.
func tellDayFaults(std *IO, p office.Publication, err error) error {
	return tellFaults(std, err, func(f grievance.FieldError) string {
		var n int
		if _, err := fmt.Sscanf(f.Pointer, "/days/%d/", &n); err == nil && n < len(p.Days) {
			return p.Days[n].Date.String()
		}
		return fmt.Sprint(p.Year)
	})
}

func tellHourFaults(std *IO, err error) error {
	return tellFaults(std, err, func(f grievance.FieldError) string { return "hours" + f.Pointer })
}

func tellFaults(std *IO, err error, place func(grievance.FieldError) string) error {
	if refusal, ok := errors.AsType[*grievance.Error](err); ok {
		for _, f := range refusal.Fields {
			_, _ = fmt.Fprintf(std.Out, "%s  %s (%s)\n", place(f), f.Message, f.Code)
		}
	}
	return err
}

// CalendarShow shows the calendar.
type CalendarShow struct {
	Year int `arg:"" optional:"" help:"The year; without it, the versions and how far they reach."`
}

// Run prints the days of a year, or the versions.
func (s CalendarShow) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		book, err := a.Office.Book(ctx)
		if err != nil {
			return err
		}
		if s.Year == 0 {
			return a.tellVersions(std, book)
		}
		days := book.Calendar.Arrangements(s.Year)
		if len(days) == 0 {
			return fmt.Errorf("the arrangement of %d is not known: the calendar reaches until %d", s.Year, book.Calendar.LastYear())
		}
		for _, d := range days {
			tellDay(std.Out, "", d)
		}
		_, err = fmt.Fprintf(std.Out, "%d: %s (version %d of the calendar)\n", s.Year, countDays(days), book.Calendar.Version())
		return err
	})
}

func (a *App) tellVersions(std *IO, book *grievance.Book) error {
	for _, v := range book.Calendars() {
		_, _ = fmt.Fprintf(std.Out, "version %d  published %s  until %d\n",
			v.Version(), v.PublishedAt.In(calendar.Zone).Format("2006-01-02 15:04"), v.LastYear())
	}
	_, err := fmt.Fprintln(std.Out, "office hours:", describeHours(book.Calendar.Hours()))
	if year, missing := book.Calendar.Unpublished(a.Clock.Now()); missing {
		_, err = fmt.Fprintf(std.Out, "%d is missing: publish it with `huiyin calendar import`\n", year)
	}
	return err
}

func describeHours(h calendar.OfficeHours) string {
	text := fmt.Sprint(h.Intervals)
	for _, s := range h.Seasons {
		text += fmt.Sprintf("; from %s until %s %s", s.From, s.Until, s.Intervals)
	}
	return text
}
