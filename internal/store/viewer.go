package store

import (
	"strings"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Viewer is who looks: the one thing that decides which cases a query sees.
// Clerks and handlers see what their own unit takes part in; leaders,
// supervisors and inspectors what any unit of their subtree does; grid workers
// also what lies in their grid, accusations apart; and everybody who holds any
// post, or is a petitioner, what they sent in themselves and what they answer for
// in a post that they hold. Whoever the shield of an accusation bars sees nothing of
// it in any way but as its petitioner (Art. 30); of what is shielded the clerks and
// handlers of the inspectors' own unit see as little, unless they are asked to help or
// to review. The engine sees all.
type Viewer struct {
	self     grievance.UserID // who it is, whatever way the viewer looks
	user     grievance.UserID // the same, zero where own cases do not count
	left     bool             // holds no post any more: sees findings about them, and no case
	proved   grievance.CaseID // whose query code was shown
	all      bool
	posts    []grievance.UnitID // units of the posts held
	own      []string           // paths of units seen exactly
	subtrees []string           // paths seen with all below
	grids    []string           // paths whose area is seen
	desks    []string           // paths of units at whose desk the viewer sits
	lines    []grievance.UnitID // the units of the posts held, those above, and what was merged into any of them
	known    bool               // barred is all from which shields keep the viewer (see knowing)
	barred   []grievance.CaseID
}

// ViewerOf makes the viewer that an actor is, by the units of the book.
func ViewerOf(a grievance.Actor, b *grievance.Book) Viewer {
	if a.IsSystem() {
		return Viewer{all: true}
	}
	v := Viewer{proved: a.Proved, self: a.UserID, lines: b.Lines(a)}
	if len(a.Posts) > 0 {
		v.user = a.UserID
	}
	for _, p := range a.Posts {
		u := b.Unit(p.UnitID)
		if u == nil {
			continue
		}
		v.posts = append(v.posts, u.ID)
		switch p.Role {
		case grievance.RoleClerk, grievance.RoleHandler:
			v.own = append(v.own, u.Path)
		case grievance.RoleLeader, grievance.RoleSupervisor, grievance.RoleInspector:
			v.subtrees = append(v.subtrees, u.Path)
		case grievance.RoleGridWorker:
			v.grids = append(v.grids, u.Path)
		}
	}
	return v
}

// visibleTo narrows a query over cases to those that the viewer may see. It is
// the one visibility predicate: whatever a query may not see does not exist.
func visibleTo(v Viewer) func(*gorm.DB) *gorm.DB {
	if v.all {
		return func(db *gorm.DB) *gorm.DB { return db }
	}
	ways, work := v.asPetitioner(), v.atWork()
	if len(work.parts) > 0 {
		free := v.notBarred()
		ways.add("("+free.sql()+" AND ("+strings.Join(work.parts, " OR ")+"))", append(free.args, work.args...)...)
	}
	if len(ways.parts) == 0 {
		return func(db *gorm.DB) *gorm.DB { return db.Where("1 = 0") }
	}
	return func(db *gorm.DB) *gorm.DB { return db.Where("("+strings.Join(ways.parts, " OR ")+")", ways.args...) }
}

// asPetitioner are the ways to one's own cases, which no shield closes.
func (v Viewer) asPetitioner() *conditions {
	w := &conditions{}
	is(w, "cases.petitioner_user_id", v.user)
	is(w, "cases.id", v.proved)
	return w
}

// atWork are the other ways in which the viewer comes to see cases.
func (v Viewer) atWork() *conditions {
	w := &conditions{}
	is(w, "cases.filed_by", v.user)
	if len(v.posts) > 0 {
		w.add("(cases.responsible_id = ? AND cases.responsible_unit_id IN ?)", v.user, v.posts)
	}
	if units, args := v.participates(); units != "" {
		w.add("EXISTS (SELECT 1 FROM case_units cu WHERE cu.case_id = cases.id AND ("+units+"))", args...)
	}
	return w
}

func (v Viewer) participates() (string, []any) {
	var where []string
	var args []any
	if len(v.own) > 0 {
		where, args = append(where, "(cu.part <> 'area' AND (NOT cases.shielded OR cu.part IN ('co_handler', 'reviewer')) AND cu.unit_path IN ?)"), append(args, v.own)
	}
	for _, path := range v.subtrees {
		low, high := subtree(path)
		where = append(where, "(cu.part <> 'area' AND cu.unit_path >= ? AND cu.unit_path < ?)")
		args = append(args, low, high)
	}
	for _, path := range v.grids {
		low, high := subtree(path)
		where = append(where, "(cases.nature <> 'accusation' AND cu.unit_path >= ? AND cu.unit_path < ?)")
		args = append(args, low, high)
	}
	return strings.Join(where, " OR "), args
}

// subtree gives the range of paths of a unit and all below it: from its own
// path up to, not including, the path with the character after "/" at its end.
func subtree(path string) (low, high string) {
	return path, strings.TrimSuffix(path, "/") + "0"
}
