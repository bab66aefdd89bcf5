// Package almanac reads the files in which a year's arrangement of holidays
// comes: the project's own JSON, CSV, and the iCalendar files that telephones
// subscribe to.
//
// It guarantees that a file is read whole or refused with the line or the event
// that is wrong, in Chinese as every other fault of a publication, that nothing is guessed (a day is off or worked because the
// file says so), and that no file costs more than a moment. It knows no database
// and no clock. It stands apart from package calendar because that one is pure
// and sees the standard library alone, while these files need a strict reader of
// JSON and one of iCalendar. Whether the days agree is for package calendar to
// say.
package almanac

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Format is the form of a file.
type Format string

// The forms that are read.
const (
	JSON      Format = "json"
	CSV       Format = "csv"
	ICalendar Format = "ics"
)

// FormatOf tells the form of a file by the end of its name.
func FormatOf(name string) (Format, error) {
	f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")))
	if _, known := readers[f]; !known {
		return "", fmt.Errorf("%q 不以 .json、.csv 或 .ics 结尾，须指明格式", filepath.Base(name))
	}
	return f, nil
}

// File is what a file publishes.
type File struct {
	// Source is the document that the arrangement stands in, where the file says.
	Source string
	// Days are in order of year and date. A date stands in a year as often as the
	// file says; events of one day are one.
	Days []calendar.Arrangement
	// Hours are the office hours, nil where the file says nothing of them.
	Hours *calendar.OfficeHours
	// Ignored counts the events that name no day off and no make-up day.
	Ignored int
}

var readers = map[Format]func([]byte) (File, error){
	JSON: readJSON, CSV: readCSV, ICalendar: readICalendar,
}

// Read reads a file of that form, of at most calendar.MaxFile bytes and
// calendar.MaxDays days.
func Read(f Format, r io.Reader) (File, error) {
	read, known := readers[f]
	if !known {
		return File{}, fmt.Errorf("不能读取 %q 格式的文件", f)
	}
	text, err := calendar.ReadFile(r)
	if err != nil {
		return File{}, err
	}
	file, err := read(text)
	if err != nil {
		return File{}, err
	}
	if len(file.Days) > calendar.MaxDays {
		return File{}, calendar.ErrTooManyDays
	}
	slices.SortStableFunc(file.Days, byYearAndDate)
	return file, nil
}

func byYearAndDate(a, b calendar.Arrangement) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), a.Date.Compare(b.Date))
}

// Years gives the years of which the file names days, in order.
func (f File) Years() (years []int) {
	for _, d := range f.Days {
		if n := len(years); n == 0 || years[n-1] != d.Year {
			years = append(years, d.Year)
		}
	}
	return years
}

// Of gives the days of one year, in order of date.
func (f File) Of(year int) []calendar.Arrangement {
	return slices.DeleteFunc(slices.Clone(f.Days), func(d calendar.Arrangement) bool { return d.Year != year })
}

func readCSV(text []byte) (File, error) {
	days, err := calendar.ReadArrangements(strings.NewReader(string(text)))
	return File{Days: days}, err
}
