package report

import (
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Act is what time alone does to a case.
type Act string

// The acts, from the mildest. What is counted again was to be moved to a newer
// version of the calendar or of its profile when the forecast was made.
const (
	Remind     Act = "remind"     // 提醒
	Warn       Act = "warn"       // 黄牌
	Breach     Act = "breach"     // 红牌
	Escalate   Act = "escalate"   // 升级
	Unroutable Act = "unroutable" // 升级, and nobody up to the root can take it
	Raise      Act = "raise"      // 退单逾期未答复，提请上级
	Resume     Act = "resume"     // 恢复办理
	Rebase     Act = "rebase"     // 重新计算
)

// Acts lists them.
var Acts = []Act{Remind, Warn, Breach, Escalate, Unroutable, Raise, Resume, Rebase}

var actOf = map[grievance.EventKind]Act{
	grievance.EvReminded: Remind, grievance.EvWarned: Warn, grievance.EvBreached: Breach,
	grievance.EvEscalated: Escalate, grievance.EvResumed: Resume, grievance.EvRebased: Rebase,
	grievance.EvObjectionRaised: Raise,
}

// UpcomingQuery asks what time alone will do until the end of a period, if
// nobody does anything: what the engine records when it runs at that instant,
// all of it and nothing else, as long as nobody leaves a post but by an end that
// is planned already, no calendar and no profile changes and no unit is merged
// until then. That a case is handed on is itself no act. It is found by letting
// the very rules that the engine follows judge a copy of each case. A case that
// only a move to a newer version, published already, makes due is foretold once
// the engine has made the move, which takes it minutes.
//
// An act belongs to the units of which one owes what is late, or has the case that
// is resumed, or to which it objects. What the viewer may not see is left out.
type UpcomingQuery struct {
	Units  []grievance.UnitID // with all below; none for all
	Period store.Period       // From is today, To the last day
	Acts   []Act              // none for all
	Titles bool               // tell the cases' titles, which are sealed
	Most   int                // rows; those that come first are kept
	Now    time.Time
}

// MostUpcoming is how many rows a forecast has at most. Memory is bounded by it,
// however many cases there are.
const MostUpcoming = 100_000

// UpcomingReport is what is coming, in order of time.
type UpcomingReport struct {
	Query UpcomingQuery
	Unit  Branch // where the query names one unit
	Rows  []UpcomingRow
	// CompleteUntil is set where there were more rows than asked for: up to it,
	// not including, nothing is left out.
	CompleteUntil *time.Time
	// Unforetold are cases that the rules cannot judge; the engine will set them
	// aside. No more than Most are told.
	Unforetold []grievance.CaseID
}

// UpcomingRow is one act. Of Unit, ClockID, Kind, DueAt and DueVersion those of
// the clock are meant, which a case that is resumed, or an objection that is
// raised, has none of; ClockID is zero
// for a clock that is yet to start. Level and Cause are those of an escalation.
type UpcomingRow struct {
	Act        Act
	At         time.Time
	CaseID     grievance.CaseID
	Receipt    string
	Title      string
	Unit       *grievance.Unit
	Kind       grievance.ClockKind
	ClockID    grievance.ClockID
	DueVersion int
	Rung       int
	DueAt      time.Time
	Level      int
	Cause      grievance.Cause
	To         []Addressee
	seq        int64
}

// Addressee is a post that an act reaches, and who holds it then, by the
// appointments known now.
type Addressee struct {
	Unit   *grievance.Unit
	Role   grievance.Role
	Head   bool
	People []*grievance.User
}

// Day is the date in Beijing to which the row belongs, as 2006-01-02. Midnight
// ends a day, as it does for deadlines: what is due on a day is breached on it.
func (r UpcomingRow) Day() string { return lastDay(r.At) }

// DueOn is the date due in Beijing, "" where the row has no clock.
func (r UpcomingRow) DueOn() string {
	if r.DueAt.IsZero() {
		return ""
	}
	return lastDay(r.DueAt)
}

// lastDay is the date of the last moment before an instant.
func lastDay(t time.Time) string { return t.Add(-time.Microsecond).In(beijing).Format(time.DateOnly) }

// Upcoming makes the forecast for a viewer, by one version of the organisation
// and on one snapshot, into which it writes nothing. ErrNotFound for a unit that
// does not exist.
func Upcoming(ctx context.Context, st *store.Store, book *grievance.Book, v store.Viewer, q UpcomingQuery) (UpcomingReport, error) {
	var f *forecast
	err := st.Read(ctx, func(s *store.Snapshot) (err error) {
		if f, err = newForecast(book, q); err != nil {
			return err
		}
		if err := f.run(s, v); err != nil {
			return err
		}
		return f.addTitles(s)
	})
	if err != nil {
		return UpcomingReport{}, err
	}
	return f.UpcomingReport, nil
}

// UpcomingFigure counts the rows of one act, with the cases that they are about,
// each once.
type UpcomingFigure struct {
	Act   Act
	Count int
	Cases []grievance.CaseID
}

// UpcomingDay is what is coming on one day.
type UpcomingDay struct {
	Day     string
	Figures []UpcomingFigure
	Rows    []UpcomingRow
}

// Days divides the rows by day; days without any are left out.
func (r UpcomingReport) Days() []UpcomingDay {
	var days []UpcomingDay
	for from := 0; from < len(r.Rows); {
		day := r.Rows[from].Day()
		to := from + 1
		for to < len(r.Rows) && r.Rows[to].Day() == day {
			to++
		}
		days = append(days, UpcomingDay{day, figuresOf(r.Rows[from:to]), r.Rows[from:to]})
		from = to
	}
	return days
}

// Figures counts all rows.
func (r UpcomingReport) Figures() []UpcomingFigure { return figuresOf(r.Rows) }

func figuresOf(rows []UpcomingRow) []UpcomingFigure {
	var figures []UpcomingFigure
	for _, act := range Acts {
		f, seen := UpcomingFigure{Act: act}, map[grievance.CaseID]bool{}
		for _, r := range rows {
			if r.Act != act {
				continue
			}
			f.Count++
			if !seen[r.CaseID] {
				seen[r.CaseID] = true
				f.Cases = append(f.Cases, r.CaseID)
			}
		}
		if f.Count > 0 {
			figures = append(figures, f)
		}
	}
	return figures
}

// wants reports whether a row is asked for.
func (q UpcomingQuery) wants(r UpcomingRow, areas []store.Area) bool {
	if len(q.Acts) > 0 && !slices.Contains(q.Acts, r.Act) {
		return false
	}
	if len(areas) == 0 {
		return true
	}
	return r.Unit != nil && slices.ContainsFunc(areas, func(a store.Area) bool { return a.Holds(r.Unit.Path) })
}
