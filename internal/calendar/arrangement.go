package calendar

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Arrangement is one day named by the State Council's yearly arrangement of
// holidays. A yearly arrangement may name days after 25 December of the year
// before; such a day has the Year of the arrangement that names it.
type Arrangement struct {
	Date Date `json:"date"`
	// Off is true for a day off and false for a working day, which is mostly a
	// make-up weekend (调休).
	Off bool `json:"off"`
	// Holiday is the holiday that the day belongs to, or makes up for.
	Holiday string `json:"holiday"`
	// Year is the year of the arrangement.
	Year int `json:"year"`
}

// The bounds of a file of arrangements, whatever its form: far more than the
// State Council will name in a lifetime.
const (
	MaxFile = 1 << 20 // bytes
	MaxDays = 5000
)

// The refusals of a file that is out of bounds, in Chinese as all that is told of
// a file: who imports it reads them.
var (
	ErrFileTooLarge = errors.New("文件大于 1 MiB")
	ErrTooManyDays  = fmt.Errorf("文件中的日期多于 %d 个", MaxDays)
)

var columns = []string{"date", "status", "holiday", "arrangement_year"}

// ReadArrangements reads a CSV with the columns date, status (off or work),
// holiday and arrangement_year; a byte order mark, as spreadsheets write it, may
// stand before them. It checks the form of each row, and tells in Chinese the
// line of one that is wrong; New checks that the rows agree.
func ReadArrangements(r io.Reader) ([]Arrangement, error) {
	text, err := ReadFile(r)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(bytes.NewReader(text))
	header, err := rows.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	if !slices.Equal(header, columns) {
		return nil, wrongHeader(header)
	}
	return readRows(rows)
}

// mostShown is how many characters of a wrong header are shown.
const mostShown = 80

// wrongHeader tells what stands in the first row, and what should.
func wrongHeader(found []string) error {
	shown := []rune(strings.ToValidUTF8(strings.Join(found, ","), "?"))
	if len(shown) > mostShown {
		shown = append(shown[:mostShown], '…')
	}
	return fmt.Errorf("第 1 行是 %q，应是 %q，以逗号分隔，UTF-8 编码", string(shown), strings.Join(columns, ","))
}

func unreadable(err error) error {
	broken, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case ok && errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("第 %d 行的列数与表头不符", broken.Line)
	case ok:
		return fmt.Errorf("第 %d 行起无法读取，请检查引号", broken.Line)
	}
	return fmt.Errorf("reading arrangements: %w", err)
}

func readRows(rows *csv.Reader) (days []Arrangement, err error) {
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return days, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		a, err := readArrangement(row)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("第 %d 行：%w", line, err)
		}
		if days = append(days, a); len(days) > MaxDays {
			return nil, ErrTooManyDays
		}
	}
}

// ReadFile reads the text of a file of arrangements within its bounds, without
// a byte order mark.
func ReadFile(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("calendar: reading arrangements: %w", err)
	}
	if len(text) > MaxFile {
		return nil, ErrFileTooLarge
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

func readArrangement(row []string) (Arrangement, error) {
	date, err := ParseDate(row[0])
	if err != nil {
		return Arrangement{}, fmt.Errorf("%q 不是日期，日期写作 2027-01-01", row[0])
	}
	if row[1] != "off" && row[1] != "work" {
		return Arrangement{}, fmt.Errorf("%q 既不是 off（放假）也不是 work（上班）", row[1])
	}
	year, err := strconv.Atoi(row[3])
	if err != nil {
		return Arrangement{}, fmt.Errorf("%q 不是年份", row[3])
	}
	return Arrangement{Date: date, Off: row[1] == "off", Holiday: row[2], Year: year}, nil
}

// lastYear is the last year that the text form of a date can hold.
const lastYear = 9999

// Why New refuses days; its errors wrap one of these.
var (
	ErrNoSuchDate    = errors.New("no year has such a date")
	ErrOutsideYear   = errors.New("it is neither in the year nor after 25 December of the year before")
	ErrContradiction = errors.New("the day is named twice, in different ways")
	ErrYearLeftOut   = errors.New("the arrangement of a year before is not known")
	ErrNoDays        = errors.New("an arrangement names at least one day")
)

// What Misfits finds besides, though New takes it.
var (
	ErrNamedTwice    = errors.New("the day is named twice")
	ErrWorkOnWeekday = errors.New("a Monday to Friday is a working day without being named")
)

// check refuses a date that does not exist or that no arrangement of that year
// can name. The lower bound is what makes Due.Provisional right.
func (a Arrangement) check() error {
	d := a.Date
	if d.Year < 1 || d.Year > lastYear || NewDate(d.Year, d.Month, d.Day) != d {
		return fmt.Errorf("calendar: the arrangement of %d names %d-%d-%d: %w", a.Year, d.Year, d.Month, d.Day, ErrNoSuchDate)
	}
	if !d.After(settledUntil(a.Year-1)) || d.Year > a.Year {
		return fmt.Errorf("calendar: the arrangement of %d names %s: %w", a.Year, d, ErrOutsideYear)
	}
	return nil
}

// settledUntil is the last day on which later arrangements cannot touch a
// calendar whose last published year is year.
func settledUntil(year int) Date { return Date{year, time.December, 25} }

// settle orders the days by year and date, drops repetitions and refuses days
// that contradict each other within a year, and years left out.
func settle(days []Arrangement) ([]Arrangement, error) {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b Arrangement) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), a.Date.Compare(b.Date))
	})
	days = slices.Compact(days)
	for i, a := range days {
		if err := a.check(); err != nil {
			return nil, err
		}
		if i == 0 {
			continue
		}
		if err := a.checkAfter(days[i-1]); err != nil {
			return nil, err
		}
	}
	return days, nil
}

func (a Arrangement) checkAfter(previous Arrangement) error {
	if a.Year > previous.Year+1 {
		return fmt.Errorf("calendar: nothing names a day of %d: %w", previous.Year+1, ErrYearLeftOut)
	}
	if a.Year == previous.Year && a.Date == previous.Date {
		return fmt.Errorf("calendar: the arrangement of %d names %s: %w", a.Year, a.Date, ErrContradiction)
	}
	return nil
}
