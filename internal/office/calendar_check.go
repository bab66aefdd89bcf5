package office

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// The most that a publication may hold. No year has had more than 33 days off by
// an arrangement, week-ends among them: twice as many are a slip.
const (
	maxDays    = 400
	maxOff     = 60
	maxSeasons = 12
	maxHoliday = 50  // characters
	maxSource  = 200 // characters
)

// The faults of a publication and of office hours, each told at its place.
var (
	faultNoDays        = grievance.FieldError{Code: "calendar.no_days", Message: "至少须有一个放假或上班的日期"}
	faultTooManyDays   = grievance.FieldError{Code: "calendar.too_many_days", Message: "一年的安排最多放假 60 天，总共最多 400 个日期，请核对"}
	faultYearLeftOut   = grievance.FieldError{Code: "calendar.year_left_out", Message: "须逐年公布，不得跳过年份"}
	faultNoSuchDate    = grievance.FieldError{Code: "calendar.no_such_date", Message: "没有这个日期"}
	faultOutside       = grievance.FieldError{Code: "calendar.day_outside", Message: "日期须在该年内，或在上一年 12 月 25 日之后"}
	faultTwice         = grievance.FieldError{Code: "calendar.day_twice", Message: "同一日期不得出现两次"}
	faultWeekday       = grievance.FieldError{Code: "calendar.day_work_on_weekday", Message: "该日是星期一至星期五，本就上班，无须列入，请核对日期"}
	faultHoliday       = grievance.FieldError{Code: "calendar.holiday", Message: "节日名称须为 1 至 50 个字，首尾不得有空格，不得有不可见字符"}
	faultSource        = grievance.FieldError{Code: "calendar.source", Message: "文件名称不得超过 200 个字，不得有不可见字符"}
	faultHoursEmpty    = grievance.FieldError{Code: "hours.empty", Message: "须有办公时间"}
	faultHoursOutside  = grievance.FieldError{Code: "hours.outside", Message: "办公时间须在一日之内，且结束晚于开始"}
	faultHoursOverlap  = grievance.FieldError{Code: "hours.overlap", Message: "办公时间相互重叠"}
	faultSeasonOverlap = grievance.FieldError{Code: "hours.season_overlap", Message: "季节相互重叠"}
	faultTooManySeason = grievance.FieldError{Code: "hours.too_many_seasons", Message: "一年最多分 12 个季节"}
)

// faultOf says what package calendar found wrong in the words of a refusal.
var faultOf = map[error]grievance.FieldError{
	calendar.ErrNoSuchDate: faultNoSuchDate, calendar.ErrOutsideYear: faultOutside, calendar.ErrContradiction: faultTwice,
	calendar.ErrNamedTwice: faultTwice, calendar.ErrWorkOnWeekday: faultWeekday,
	calendar.ErrHoursEmpty: faultHoursEmpty, calendar.ErrHoursOutside: faultHoursOutside,
	calendar.ErrHoursOverlap: faultHoursOverlap, calendar.ErrSeasonOverlap: faultSeasonOverlap,
}

// calendarFaults collects what is wrong with a request about the calendar.
type calendarFaults []grievance.FieldError

func (f *calendarFaults) add(pointer string, fault grievance.FieldError) {
	fault.Pointer = pointer
	*f = append(*f, fault)
}

func (f calendarFaults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &grievance.Error{Kind: grievance.Invalid, Code: "request.invalid", Message: "提交的内容有误，请按提示修改", Fields: f}
}

// check finds all that is wrong with a publication on top of a calendar.
func (p Publication) check(c *calendar.Calendar) error {
	var f calendarFaults
	if utf8.RuneCountInString(p.Source) > maxSource || printable(p.Source) != nil {
		f.add("/source", faultSource)
	}
	switch {
	case len(p.Days) == 0:
		f.add("/days", faultNoDays)
	case len(p.Days) > maxDays:
		f.add("/days", faultTooManyDays)
	default:
		p.checkDays(c, &f)
	}
	if len(f) == 0 {
		if _, err := c.With(c.Version()+1, p.Year, p.Days); errors.Is(err, calendar.ErrYearLeftOut) {
			f.add("", faultYearLeftOut)
		}
	}
	return f.err()
}

func (p Publication) checkDays(c *calendar.Calendar, f *calendarFaults) {
	if p.daysOff() > maxOff {
		f.add("/days", faultTooManyDays)
	}
	for _, m := range c.Misfits(p.Year, p.Days) {
		f.add(fmt.Sprintf("/days/%d/date", m.Index), faultOf[m.Err])
	}
	for i, d := range p.Days {
		n := utf8.RuneCountInString(d.Holiday)
		if n == 0 || n > maxHoliday || strings.TrimSpace(d.Holiday) != d.Holiday || printable(d.Holiday) != nil {
			f.add(fmt.Sprintf("/days/%d/holiday", i), faultHoliday)
		}
	}
}

func (p Publication) daysOff() (n int) {
	for _, d := range p.Days {
		if d.Off {
			n++
		}
	}
	return n
}

// CheckHours finds all that is wrong with office hours, each fault at its place,
// as SetOfficeHours refuses it.
func CheckHours(hours calendar.OfficeHours) error {
	var f calendarFaults
	if len(hours.Seasons) > maxSeasons {
		f.add("/seasons", faultTooManySeason)
		return f.err()
	}
	for _, m := range hours.Misfits() {
		f.add(hoursPlace(m), faultOf[m.Err])
	}
	return f.err()
}

// hoursPlace points at what is wrong with office hours.
func hoursPlace(m calendar.Misfit) string {
	ofSeason := slices.Contains([]error{calendar.ErrSeasonOverlap, calendar.ErrNoSuchDate}, m.Err)
	switch {
	case m.Index < 0:
		return "/intervals"
	case ofSeason:
		return fmt.Sprintf("/seasons/%d", m.Index)
	}
	return fmt.Sprintf("/seasons/%d/intervals", m.Index)
}
