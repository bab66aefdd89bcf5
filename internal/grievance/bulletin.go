package grievance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// BulletinKind says how long a bulletin looks back.
type BulletinKind string

// The kinds of bulletins: 通报, 讲评, 年终.
const (
	Monthly   BulletinKind = "monthly"
	Quarterly BulletinKind = "quarterly"
	Yearly    BulletinKind = "yearly"
)

// BulletinKinds lists them, the shortest first, in which order those of one
// instant are issued.
var BulletinKinds = []BulletinKind{Monthly, Quarterly, Yearly}

// months is how many months a kind's period has.
func (k BulletinKind) months() int {
	switch k {
	case Quarterly:
		return 3
	case Yearly:
		return 12
	}
	return 1
}

// BulletinPeriod is a month, a quarter or a year of the Chinese calendar, its
// first and its last day included. Its name is 2026-11, 2026-Q4 or 2026.
type BulletinPeriod struct {
	Kind BulletinKind
	Name string
	From calendar.Date
	To   calendar.Date
}

// BulletinPeriodOf gives the period of a kind in which a day lies.
func BulletinPeriodOf(kind BulletinKind, day calendar.Date) BulletinPeriod {
	n := kind.months()
	first := (int(day.Month)-1)/n*n + 1
	p := BulletinPeriod{
		Kind: kind, From: calendar.NewDate(day.Year, time.Month(first), 1),
		To: calendar.NewDate(day.Year, time.Month(first+n), 1).AddDays(-1),
	}
	switch kind {
	case Monthly:
		p.Name = fmt.Sprintf("%04d-%02d", day.Year, first)
	case Quarterly:
		p.Name = fmt.Sprintf("%04d-Q%d", day.Year, first/n+1)
	case Yearly:
		p.Name = fmt.Sprintf("%04d", day.Year)
	}
	return p
}

// ParseBulletinPeriod reads a period by its name; false for what is none.
func ParseBulletinPeriod(name string) (BulletinPeriod, bool) {
	year, rest, _ := strings.Cut(name, "-")
	y, err := strconv.Atoi(year)
	kind, month := Yearly, 1
	switch {
	case err != nil:
		return BulletinPeriod{}, false
	case strings.HasPrefix(rest, "Q"):
		quarter, _ := strconv.Atoi(rest[1:])
		kind, month = Quarterly, 3*quarter-2
	case rest != "":
		kind = Monthly
		month, _ = strconv.Atoi(rest)
	}
	if y < 1 || month < 1 || month > 12 {
		return BulletinPeriod{}, false
	}
	p := BulletinPeriodOf(kind, calendar.NewDate(y, time.Month(month), 1))
	return p, p.Name == name
}

// Next gives the period after this one.
func (p BulletinPeriod) Next() BulletinPeriod { return BulletinPeriodOf(p.Kind, p.To.AddDays(1)) }

// Over reports whether the period has ended at t.
func (p BulletinPeriod) Over(t time.Time) bool { return !t.Before(p.To.End()) }

// lateRecords is how many working days after the end of a period its bulletins
// wait: so long may what was done on the last day take to be written down by who
// was offline, or by a clerk with paper on the desk. What comes later is for a
// correction.
const lateRecords = 3

// DueAt gives the instant from which the bulletins of the period are issued.
func (p BulletinPeriod) DueAt(cal *calendar.Calendar) time.Time {
	return cal.AddWorkdays(p.To, lateRecords).End()
}

// IssuesBulletins reports whether bulletins of a period are about the unit: an
// organ of a township or above that existed when the period ended.
func (u *Unit) IssuesBulletins(p BulletinPeriod) bool {
	levels := []Level{LevelProvince, LevelCity, LevelCounty, LevelTownship}
	return u.Organ && slices.Contains(levels, u.Level) && u.CreatedAt.Before(p.To.End()) &&
		(u.EndedAt == nil || !u.EndedAt.Before(p.To.End()))
}

// At gives the unit that does a unit's work at t: itself, or the successor of one
// that was merged by then. It is nil for a unit that does not exist.
func (b *Book) At(id UnitID, t time.Time) *Unit {
	return b.succeeded(id, func(u *Unit) bool { return u.EndedAt == nil || !t.Before(*u.EndedAt) })
}

// BulletinReason says in a code why a bulletin is corrected.
type BulletinReason string

// The reasons of corrections.
const (
	LateRecords     BulletinReason = "late_records"     // facts were written down after it was issued
	WrongRecords    BulletinReason = "wrong_records"    // facts were put right by later ones
	DecisionChanged BulletinReason = "decision_changed" // a finding was decided, or a measure reversed, after it
)

// BulletinReasons lists them.
var BulletinReasons = []BulletinReason{LateRecords, WrongRecords, DecisionChanged}

// BulletinCorrection asks for a further edition of a bulletin.
type BulletinCorrection struct {
	Reason BulletinReason
	Words  string // for everybody who reads the bulletin
}

// Check refuses a correction that does not say why.
func (c BulletinCorrection) Check() error {
	var f faults
	f.check(slices.Contains(BulletinReasons, c.Reason), "/reason", "reason.unknown", "请选择更正原因")
	f.checkText(c.Words, "/words", MaxText, true)
	return f.err()
}
