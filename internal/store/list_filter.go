package store

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// Area is a unit with all below it, or with Alone the unit by itself, by its
// path. The zero Area is everywhere.
type Area struct {
	Path  string
	Alone bool
}

// Period is the time from the beginning of one date of the Chinese calendar to
// the end of another, both included; a zero date leaves its side open.
type Period struct{ From, To calendar.Date }

// EscalationFilter says which escalations are meant; the zero value means all.
type EscalationFilter struct {
	From       Area // the unit that owes
	Opened     Period
	Levels     []int
	Causes     []grievance.Cause
	States     []grievance.EscalationState
	Unroutable *bool
	Target     []grievance.Post // one of these posts was reached
}

// Standing is how a clock stands at an instant: the three exclude each other.
type Standing string

// The standings. A clock that was cancelled without a breach has none, because
// what it timed was not owed any more.
const (
	OnTime    Standing = "on_time"  // met before it was due
	Breached  Standing = "breached" // met late, cancelled late, or running late
	NotYetDue Standing = "open"     // running, and still in time
)

// Standings lists them.
var Standings = []Standing{OnTime, Breached, NotYetDue}

// ClockFilter says which clocks are meant, at the instant Now. Of clocks that
// have no standing none is meant.
type ClockFilter struct {
	Debtor    Area // the unit that owes, or owed when it stopped
	Started   Period
	Kinds     []grievance.ClockKind
	Standings []Standing
	Paused    bool // only those that are in time and stand still at Now, while their case rests
	Extended  bool // only those that were extended
	Now       time.Time
}

// conditions is a conjunction under construction.
type conditions struct {
	parts []string
	args  []any
}

func (w *conditions) add(part string, args ...any) {
	w.parts, w.args = append(w.parts, part), append(w.args, args...)
}

// either adds the condition or its opposite, or nothing where yes is nil.
func (w *conditions) either(yes *bool, part string, args ...any) {
	switch {
	case yes == nil:
	case *yes:
		w.add("("+part+")", args...)
	default:
		w.add("NOT ("+part+")", args...)
	}
}

// is adds equality with what the filter names, or nothing where it names nothing.
func is[T comparable](w *conditions, column string, wanted T) {
	var none T
	if wanted != none {
		w.add(column+" = ?", wanted)
	}
}

func isOneOf[T any](w *conditions, column string, wanted []T) {
	if len(wanted) > 0 {
		w.add(column+" IN ?", wanted)
	}
}

// in narrows a column of paths to an area.
func (w *conditions) in(column string, a Area) {
	switch {
	case a.Path == "":
	case a.Alone:
		w.add(column+" = ?", a.Path)
	default:
		low, high := subtree(a.Path)
		w.add(column+" >= ? AND "+column+" < ?", low, high)
	}
}

// during narrows a column of instants to a period.
func (w *conditions) during(column string, p Period) {
	if !p.From.IsZero() {
		w.add(column+" >= ?", p.From.Start())
	}
	if !p.To.IsZero() {
		w.add(column+" < ?", p.To.End())
	}
}

func (w *conditions) sql() string {
	if len(w.parts) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.parts, " AND ")
}

func (w *conditions) scope(db *gorm.DB) *gorm.DB { return db.Where(w.sql(), w.args...) }

// conditions are those of escalations.
func (f EscalationFilter) conditions() *conditions {
	w := &conditions{}
	w.in("escalations.from_path", f.From)
	w.during("escalations.opened_at", f.Opened)
	isOneOf(w, "escalations.level", f.Levels)
	isOneOf(w, "escalations.cause", f.Causes)
	isOneOf(w, "escalations.state", f.States)
	w.either(f.Unroutable, "escalations.unroutable = ?", true)
	if f.Target != nil {
		w.add(postsMatch("escalations.target", f.Target))
		w.args = append(w.args, postsArgs(f.Target)...)
	}
	return w
}

// conditions are those of clocks, joined with the unit of their debtor as "debtors".
func (f ClockFilter) conditions() *conditions {
	w := &conditions{}
	w.in("debtors.path", f.Debtor)
	w.during("clocks.started_at", f.Started)
	isOneOf(w, "clocks.kind", f.Kinds)
	wanted := f.Standings
	if len(wanted) == 0 {
		wanted = Standings
	}
	any := &conditions{}
	for _, s := range wanted {
		any.add(s.sql(), s.args(f.Now)...)
	}
	w.add("("+strings.Join(any.parts, " OR ")+")", any.args...)
	if f.Paused {
		w.add(NotYetDue.sql()+" AND "+pausedSQL, f.Now, f.Now, f.Now)
	}
	if f.Extended {
		w.add(extendedSQL)
	}
	return w
}

// The clocks that stand still at an instant, which is named twice, and those
// that were extended.
const (
	pausedSQL   = "clocks.pause_count > 0 AND EXISTS (SELECT 1 FROM pauses WHERE pauses.clock_id = clocks.id AND pauses.from_at <= ? AND pauses.until > ?)"
	extendedSQL = "clocks.extension_count > 0"
)

const joinDebtors = "JOIN units debtors ON debtors.id = clocks.debtor_unit_id"

// sql is the definition of a standing.
func (s Standing) sql() string {
	switch s {
	case OnTime:
		return "(clocks.state = 'met' AND clocks.breached_at IS NULL)"
	case Breached:
		return "(clocks.breached_at IS NOT NULL OR clocks.state = 'running' AND clocks.due_at <= ?)"
	}
	return "(clocks.state = 'running' AND clocks.breached_at IS NULL AND clocks.due_at > ?)"
}

func (s Standing) args(now time.Time) []any {
	if s == OnTime {
		return nil
	}
	return []any{now}
}

// postsMatch is the condition that a post in columns with a prefix is one of
// the posts. The head's matters reach the head alone; all others everybody of
// the role in the unit.
func postsMatch(prefix string, posts []grievance.Post) string {
	if len(posts) == 0 {
		return "1 = 0"
	}
	one := "(" + prefix + "_role = ? AND " + prefix + "_unit_id IN ? AND " + prefix + "_head IN ?)"
	return "(" + strings.Repeat(one+" OR ", len(byRole(posts))-1) + one + ")"
}

func postsArgs(posts []grievance.Post) []any {
	var args []any
	for _, g := range byRole(posts) {
		args = append(args, g.role, g.units, g.heads)
	}
	return args
}

// peers are the units in which somebody holds a role alike.
type peers struct {
	role  grievance.Role
	heads []bool
	units []grievance.UnitID
}

func byRole(posts []grievance.Post) []peers {
	var groups []peers
next:
	for _, p := range posts {
		for i := range groups {
			if groups[i].role == p.Role && len(groups[i].heads) == len(headsOf(p)) {
				groups[i].units = append(groups[i].units, p.UnitID)
				continue next
			}
		}
		groups = append(groups, peers{p.Role, headsOf(p), []grievance.UnitID{p.UnitID}})
	}
	return groups
}

// headsOf says which marks of headship a post answers to.
func headsOf(p grievance.Post) []bool {
	if p.Head {
		return []bool{true, false}
	}
	return []bool{false}
}
