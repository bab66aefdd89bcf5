package almanac

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/huiyin/huiyin/internal/calendar"
)

// maxDepth is how deep components may be nested; an alarm in an event is 3.
const maxDepth = 16

// longest is how many days one event may last; no holiday lasts longer.
const longest = 31

var (
	errCutOff  = errors.New("文件不以 END:VCALENDAR 结尾，内容不完整")
	errTooDeep = errors.New("文件的嵌套层次过深")
	errNoMarks = errors.New("文件中没有写明放假（休）或上班（班）的日程")
)

// readICalendar reads the events that say that their days are off or worked,
// and counts the others. An event of a day after 25 December belongs to the next
// year's arrangement, as those days always have.
func readICalendar(text []byte) (File, error) {
	if err := checkShape(text); err != nil {
		return File{}, err
	}
	parsed, err := ics.ParseCalendarWithOptions(bytes.NewReader(text), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
	if err != nil {
		return File{}, fmt.Errorf("文件不合 iCalendar 格式（%w）", err)
	}
	out, days := File{}, daybook{}
	for i, e := range parsed.Events() {
		read, err := readEvent(e)
		if err == nil && read.mark == unmarked {
			out.Ignored++
			continue
		}
		if err == nil {
			err = days.add(read)
		}
		if err != nil {
			return File{}, fmt.Errorf("第 %d 个日程 %q：%w", i+1, read.title, err)
		}
	}
	if len(days) == 0 {
		return File{}, errNoMarks
	}
	out.Days = days.list()
	return out, nil
}

// checkShape refuses what the reader of iCalendar would take for whole or never
// come back from.
func checkShape(text []byte) error {
	depth := 0
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, []byte("BEGIN:")):
			depth++
		case bytes.HasPrefix(line, []byte("END:")):
			depth--
		}
		if depth > maxDepth {
			return errTooDeep
		}
	}
	if !bytes.HasSuffix(bytes.TrimSpace(text), []byte("END:VCALENDAR")) {
		return errCutOff
	}
	return nil
}

// event is what an event says that matters here.
type event struct {
	title, holiday string
	mark           mark
	first, last    calendar.Date
}

func readEvent(e *ics.VEvent) (read event, err error) {
	read.title = valueOf(e, ics.ComponentPropertySummary)
	if valueOf(e, ics.ComponentPropertyStatus) == string(ics.ObjectStatusCancelled) {
		return read, nil
	}
	if read.mark, read.holiday, err = markOf(e, read.title); err != nil || read.mark == unmarked {
		return read, err
	}
	for _, p := range []ics.ComponentProperty{ics.ComponentPropertyRrule, ics.ComponentPropertyRdate} {
		if e.GetProperty(p) != nil {
			return read, fmt.Errorf("日程会重复（%s），而年度安排须逐日列出", p)
		}
	}
	read.first, read.last, err = daysOf(e)
	return read, err
}

// markOf believes Apple's property and the summary, and neither if they differ.
func markOf(e *ics.VEvent, title string) (mark, string, error) {
	said, holiday, err := readSummary(title)
	apple := unmarked
	switch valueOf(e, "X-APPLE-SPECIAL-DAY") {
	case "WORK-HOLIDAY":
		apple = dayOff
	case "ALTERNATE-WORKDAY":
		apple = workday
	}
	switch {
	case apple == unmarked:
		return said, holiday, err
	case said != unmarked && said != apple:
		return unmarked, "", errors.New("标题与 X-APPLE-SPECIAL-DAY 相互矛盾")
	}
	if apple == workday {
		return workday, named(holiday, someMakeUp), nil
	}
	return dayOff, named(holiday, someHoliday), nil // Apple's property may say what 调休 leaves open
}

func valueOf(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// daybook is the days found so far, by date.
type daybook map[calendar.Date]calendar.Arrangement

// add puts the days of an event in. Two holidays may share a day off, as
// 国庆节、中秋节 do; a day cannot be off and worked.
func (b daybook) add(e event) error {
	for d := e.first; !d.After(e.last); d = d.AddDays(1) {
		a := calendar.Arrangement{Date: d, Off: e.mark == dayOff, Holiday: e.holiday, Year: yearOf(d)}
		if before, named := b[d]; named {
			if before.Off != a.Off {
				return fmt.Errorf("%s 既放假又上班", d)
			}
			a.Holiday = joined(before.Holiday, a.Holiday)
		}
		b[d] = a
		if len(b) > calendar.MaxDays {
			return calendar.ErrTooManyDays
		}
	}
	return nil
}

func joined(a, b string) string {
	if slices.Contains(strings.Split(a, "、"), b) {
		return a
	}
	return a + "、" + b
}

// yearOf is the year whose arrangement names d.
func yearOf(d calendar.Date) int {
	if d.AddDays(6).Year > d.Year {
		return d.Year + 1
	}
	return d.Year
}

func (b daybook) list() []calendar.Arrangement {
	days := make([]calendar.Arrangement, 0, len(b))
	for _, a := range b {
		days = append(days, a)
	}
	return days
}
