package calendar

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
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

var columns = []string{"date", "status", "holiday", "arrangement_year"}

// ReadArrangements reads a CSV with the columns date, status (off or work),
// holiday and arrangement_year. It checks the form of each row; New checks that
// the rows agree.
func ReadArrangements(r io.Reader) ([]Arrangement, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("calendar: reading arrangements: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], columns) {
		return nil, fmt.Errorf("calendar: the first row of arrangements must be %v", columns)
	}
	days := make([]Arrangement, 0, len(rows)-1)
	for i, row := range rows[1:] {
		a, err := readArrangement(row)
		if err != nil {
			return nil, fmt.Errorf("calendar: row %d of arrangements: %w", i+2, err)
		}
		days = append(days, a)
	}
	return days, nil
}

func readArrangement(row []string) (Arrangement, error) {
	date, err := ParseDate(row[0])
	if err != nil {
		return Arrangement{}, err
	}
	if row[1] != "off" && row[1] != "work" {
		return Arrangement{}, fmt.Errorf("%q is neither off nor work", row[1])
	}
	year, err := strconv.Atoi(row[3])
	if err != nil {
		return Arrangement{}, fmt.Errorf("%q is not a year", row[3])
	}
	return Arrangement{Date: date, Off: row[1] == "off", Holiday: row[2], Year: year}, nil
}

// lastYear is the last year that the text form of a date can hold.
const lastYear = 9999

// check refuses a date that does not exist or that no arrangement of that year
// can name. The lower bound is what makes Due.Provisional right.
func (a Arrangement) check() error {
	d := a.Date
	if d.Year < 1 || d.Year > lastYear || NewDate(d.Year, d.Month, d.Day) != d {
		return fmt.Errorf("calendar: arrangement of %d names the date %d-%d-%d, which does not exist",
			a.Year, d.Year, d.Month, d.Day)
	}
	if !d.After(settledUntil(a.Year-1)) || d.Year > a.Year {
		return fmt.Errorf("calendar: the arrangement of %d cannot name %s", a.Year, d)
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
		return fmt.Errorf("calendar: the arrangements leave out %d", previous.Year+1)
	}
	if a.Year == previous.Year && a.Date == previous.Date {
		return fmt.Errorf("calendar: the arrangement of %d contradicts itself on %s", a.Year, a.Date)
	}
	return nil
}
