package grievance

import (
	"bytes"
	"slices"
	"time"
)

// SpeaksFor gives the post in which an actor speaks for a unit that a finding is
// held against: a leader or a clerk of it, or of the one that does its work today;
// where it has neither, whoever is on duty for it.
func (b *Book) SpeaksFor(a Actor, unit UnitID, t time.Time) (Post, bool) {
	u := b.Current(unit)
	if u == nil {
		return Post{}, false
	}
	if p, ok := a.PostAt(u.ID, RoleLeader, RoleClerk); ok {
		return p, true
	}
	user, post, ok := b.DutyPerson(u.ID, t)
	return post, ok && !user.IsZero() && user == a.UserID
}

// Explains gives the units for which an actor speaks.
func (b *Book) Explains(a Actor, t time.Time) (units []UnitID) {
	for _, u := range b.beneath(a, RoleLeader, RoleClerk) {
		if _, ok := b.SpeaksFor(a, u.ID, t); ok {
			units = append(units, u.ID)
		}
	}
	return units
}

// JudgingTurn is when it is an actor's turn to decide about some units: once all
// of those before are barred.
type JudgingTurn struct {
	Before []UserID
	Units  []UnitID
}

// JudgingTurns gives the turns at which an actor decides, by the judges of each unit.
func (b *Book) JudgingTurns(a Actor, t time.Time, judges func(*Book, UnitID, time.Time) [][]UserID) (turns []JudgingTurn) {
	for _, u := range b.beneath(a, RoleSupervisor, RoleInspector) {
		before, ok := ahead(judges(b, u.ID, t), a.UserID)
		if !ok {
			continue
		}
		i := slices.IndexFunc(turns, func(x JudgingTurn) bool { return slices.Equal(x.Before, before) })
		if i < 0 {
			i, turns = len(turns), append(turns, JudgingTurn{Before: before})
		}
		turns[i].Units = append(turns[i].Units, u.ID)
	}
	return turns
}

// ahead gives those whose turn is before somebody's, each once; false where that
// one has none.
func ahead(turns [][]UserID, who UserID) (before []UserID, ok bool) {
	for _, turn := range turns {
		if slices.Contains(turn, who) {
			slices.SortFunc(before, func(x, y UserID) int { return bytes.Compare(x[:], y[:]) })
			return slices.Compact(before), true
		}
		before = append(before, turn...)
	}
	return nil, false
}

// beneath gives the units at or below one in which an actor holds one of some
// roles, those whose work one of them does today included.
func (b *Book) beneath(a Actor, roles ...Role) (units []*Unit) {
	var tops []*Unit
	for _, p := range a.Posts {
		if u := b.units[p.UnitID]; u != nil && slices.Contains(roles, p.Role) {
			tops = append(tops, u)
		}
	}
	for _, u := range b.inOrder {
		if b.isBelow(u.ID, tops) {
			units = append(units, u)
		}
	}
	return units
}

// Judges gives those who decide what a unit is held to, in turns: the supervisors
// of the units above it, nearest first, then the inspectors there. The turn of
// each begins where everybody before is barred.
func (b *Book) Judges(unit UnitID, t time.Time) [][]UserID {
	return append(b.holdersAbove(unit, RoleSupervisor, t), b.holdersAbove(unit, RoleInspector, t)...)
}

// AppealJudges gives those who decide an appeal against what a unit's supervisor
// decided: who judges that unit, then those beside whoever decided.
func (b *Book) AppealJudges(unit UnitID, t time.Time) [][]UserID {
	var beside []UserID
	for _, role := range []Role{RoleInspector, RoleSupervisor} {
		beside = append(beside, b.Holders(Post{UnitID: unit, Role: role}, t)...)
	}
	return append(b.Judges(unit, t), beside)
}

// holdersAbove gives who holds a role in each of the units strictly above one,
// nearest first.
func (b *Book) holdersAbove(unit UnitID, role Role, t time.Time) (turns [][]UserID) {
	line := b.line(unit, t)
	for _, u := range line[min(1, len(line)):] {
		turns = append(turns, b.Holders(Post{UnitID: u.ID, Role: role}, t))
	}
	return turns
}

// Bar notes who decides nothing of the finding: whoever stands in the trace up to
// what it is about, and whose own matter the case is. Decide judges by the trace of
// its own time; this says for whom the finding waits meanwhile.
func (f *Finding) Bar(t Trace) {
	led := t.Before(f.AboutAt)
	who := []UserID{t.Petitioner}
	for _, s := range led.Units {
		who = append(who, s.Holder.User)
	}
	for _, l := range led.Leaders {
		who = append(who, l.Holder.User)
	}
	for _, id := range who {
		if !id.IsZero() && !slices.Contains(f.changes.Barred, id) {
			f.changes.Barred = append(f.changes.Barred, id)
		}
	}
}
