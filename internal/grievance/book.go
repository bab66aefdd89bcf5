package grievance

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Category is a node of the subject tree; a code starts with its parent's.
type Category struct {
	Code   string
	Name   string
	Parent string
}

// Responsibility is a line of the responsibility list (权责清单): what a unit
// answers for, by category and area. Area is a unit code; "" is everywhere.
type Responsibility struct {
	Category string
	Area     string
	UnitID   UnitID
	Note     string
}

// Book is what a decision may consult besides the case itself: an immutable
// snapshot of the organisation, the profiles and the calendar. Version changes
// whenever any of them does.
type Book struct {
	Version  int64
	Calendar *calendar.Calendar // the newest
	Profiles Profiles           // the newest of each

	versions
	units       map[UnitID]*Unit
	inOrder     []*Unit // by code
	byCode      map[string]*Unit
	users       map[UserID]*User
	byUser      map[UserID][]Appointment
	byUnit      map[UnitID][]Appointment
	categories  map[string]Category
	responsible map[string][]Responsibility
	merged      map[UnitID][]UnitID // into the unit that does their work today
	bar         *barrier            // of the one case that the book is for, else nil
}

// BookData is what a Book is made from. Calendar and Profiles are the newest;
// Calendars and ProfileVersions hold every version, the newest among them, and
// may be left out where there is no other.
type BookData struct {
	Version          int64
	Calendar         *calendar.Calendar
	Calendars        []CalendarVersion
	Profiles         Profiles
	ProfileVersions  []ProfileVersion
	Units            []Unit
	Users            []User
	Appointments     []Appointment
	Categories       []Category
	Responsibilities []Responsibility
}

// NewBook indexes the data. It keeps what it is given: nobody may change it after.
func NewBook(d BookData) *Book {
	b := &Book{
		Version: d.Version, Calendar: d.Calendar, Profiles: d.Profiles, versions: newVersions(d),
		units: map[UnitID]*Unit{}, byCode: map[string]*Unit{}, users: map[UserID]*User{},
		byUser: map[UserID][]Appointment{}, byUnit: map[UnitID][]Appointment{},
		categories: map[string]Category{}, responsible: map[string][]Responsibility{}, merged: map[UnitID][]UnitID{},
	}
	for i := range d.Units {
		b.units[d.Units[i].ID], b.byCode[d.Units[i].Code] = &d.Units[i], &d.Units[i]
	}
	b.inOrder = slices.SortedFunc(maps.Values(b.units), func(x, y *Unit) int { return strings.Compare(x.Code, y.Code) })
	for _, u := range b.inOrder {
		if now := b.Current(u.ID); now != nil && now.ID != u.ID {
			b.merged[now.ID] = append(b.merged[now.ID], u.ID)
		}
	}
	for i := range d.Users {
		b.users[d.Users[i].ID] = &d.Users[i]
	}
	slices.SortStableFunc(d.Appointments, func(a, c Appointment) int {
		return cmp.Or(a.From.Compare(c.From), strings.Compare(a.ID.String(), c.ID.String()))
	})
	for _, a := range d.Appointments {
		b.byUser[a.UserID] = append(b.byUser[a.UserID], a)
		b.byUnit[a.UnitID] = append(b.byUnit[a.UnitID], a)
	}
	for _, c := range d.Categories {
		b.categories[c.Code] = c
	}
	for _, r := range d.Responsibilities {
		b.responsible[r.Category] = append(b.responsible[r.Category], r)
	}
	return b
}

// Unit gives a unit by id, or nil.
func (b *Book) Unit(id UnitID) *Unit { return b.units[id] }

// UnitByCode gives a unit by its official code, or nil.
func (b *Book) UnitByCode(code string) *Unit { return b.byCode[code] }

// Current follows successors to the unit that does a merged unit's work today.
// No chain of successors, not even a circular one, can hold it up.
func (b *Book) Current(id UnitID) *Unit {
	return b.succeeded(id, func(*Unit) bool { return true })
}

// succeeded follows the successors of units that are over, from unit to unit.
func (b *Book) succeeded(id UnitID, over func(*Unit) bool) *Unit {
	u := b.units[id]
	for range len(b.units) {
		if u == nil || u.SuccessorID.IsZero() || !over(u) {
			return u
		}
		u = b.units[u.SuccessorID]
	}
	return nil
}

// Ancestors gives the unit, its superior, and so on up to the root; a cycle ends it.
func (b *Book) Ancestors(id UnitID) []*Unit {
	var line []*Unit
	for u := b.units[id]; u != nil && !slices.Contains(line, u); u = b.units[u.ParentID] {
		line = append(line, u)
	}
	return line
}

// line is the line of command of whoever did the unit's work at t: what is told
// late of a unit that has been merged since calls on those who led it then.
func (b *Book) line(id UnitID, t time.Time) []*Unit {
	over := func(u *Unit) bool { return u.EndedAt == nil || !t.Before(*u.EndedAt) }
	if u := b.succeeded(id, over); u != nil {
		id = u.ID
	}
	return b.Ancestors(id)
}

// Root gives the top of the unit's tree, or nil.
func (b *Book) Root(id UnitID) *Unit {
	line := b.Ancestors(id)
	if len(line) == 0 {
		return nil
	}
	return line[len(line)-1]
}

// Units gives every unit, by code. The list is the Book's own.
func (b *Book) Units() []*Unit { return b.inOrder }

// User gives a user by id, or nil.
func (b *Book) User(id UserID) *User { return b.users[id] }

// Users gives every user, by username.
func (b *Book) Users() []*User {
	return slices.SortedFunc(maps.Values(b.users), func(x, y *User) int { return strings.Compare(x.Username, y.Username) })
}

// CanAct reports whether the user exists and is neither disabled at t nor barred from
// the case that the book is for.
func (b *Book) CanAct(id UserID, t time.Time) bool {
	u := b.users[id]
	return u != nil && (u.DisabledAt == nil || t.Before(*u.DisabledAt)) && !b.Bars(id, t)
}

// Actor gives the user as an actor at t, with the posts held then. A user who
// is disabled or unknown has none.
func (b *Book) Actor(id UserID, t time.Time) Actor {
	u := b.users[id]
	if !b.CanAct(id, t) {
		return Actor{UserID: id}
	}
	a := Actor{UserID: id, Name: u.Name}
	if u.Petitioner {
		a.Posts = append(a.Posts, Post{Role: RolePetitioner})
	}
	for _, ap := range b.byUser[id] {
		if ap.HeldAt(t) {
			a.Posts = append(a.Posts, Post{UnitID: ap.UnitID, Role: ap.Role, Head: ap.Head})
		}
	}
	return a
}

// Holders gives the users who hold a post at t and can act, in order of
// appointment. Head narrows it to heads.
func (b *Book) Holders(p Post, t time.Time) []UserID {
	var out []UserID
	for _, a := range b.byUnit[p.UnitID] {
		if a.Role == p.Role && (!p.Head || a.Head) && a.HeldAt(t) && b.CanAct(a.UserID, t) {
			out = append(out, a.UserID)
		}
	}
	return out
}

// Appointments gives every appointment a unit ever had.
func (b *Book) Appointments(unit UnitID) []Appointment { return b.byUnit[unit] }

// AppointmentsOf gives every appointment a user ever had.
func (b *Book) AppointmentsOf(user UserID) []Appointment { return b.byUser[user] }

// Responsibilities gives the whole responsibility list, by category and area.
func (b *Book) Responsibilities() []Responsibility {
	var all []Responsibility
	for _, lines := range b.responsible {
		all = append(all, lines...)
	}
	slices.SortFunc(all, func(x, y Responsibility) int {
		return cmp.Or(strings.Compare(x.Category, y.Category), strings.Compare(x.Area, y.Area))
	})
	return all
}

// DutyPerson is who answers for what reaches a unit with nobody's name on it:
// its duty clerk, else a clerk, else its head, else the same of the next
// superior. For a merged unit its successor's answers. It fails only where no
// unit up to the root has anybody.
func (b *Book) DutyPerson(unit UnitID, t time.Time) (UserID, Post, bool) {
	for _, u := range b.line(unit, t) {
		if b.bar != nil {
			if held := b.Holders(Post{UnitID: u.ID, Role: RoleInspector}, t); len(held) > 0 {
				return held[0], Post{UnitID: u.ID, Role: RoleInspector}, true
			}
		}
		if user, ok := b.dutyClerk(u.ID, t); ok {
			return user, Post{UnitID: u.ID, Role: RoleClerk}, true
		}
		head := Post{UnitID: u.ID, Role: RoleLeader, Head: true}
		if held := b.Holders(head, t); len(held) > 0 {
			return held[0], head, true
		}
	}
	return UserID{}, Post{}, false
}

func (b *Book) dutyClerk(unit UnitID, t time.Time) (UserID, bool) {
	var any UserID
	for _, a := range b.byUnit[unit] {
		if a.Role != RoleClerk || !a.HeldAt(t) || !b.CanAct(a.UserID, t) {
			continue
		}
		if a.OnDuty {
			return a.UserID, true
		}
		if any.IsZero() {
			any = a.UserID
		}
	}
	return any, !any.IsZero()
}

// Seat finds the nearest post, at or above unit, with the role that somebody
// who is not excluded can fill at t; for a merged unit the search begins at its
// successor. Climbed counts the vacant units passed; ok is false when there is
// none up to the root.
func (b *Book) Seat(unit UnitID, role Role, head bool, t time.Time, excluded ...UserID) (p Post, climbed int, ok bool) {
	for i, u := range b.line(unit, t) {
		p = Post{UnitID: u.ID, Role: role, Head: head}
		free := slices.DeleteFunc(b.Holders(p, t), func(id UserID) bool { return slices.Contains(excluded, id) })
		if len(free) > 0 {
			return p, i, true
		}
	}
	return Post{}, 0, false
}

// Organ gives the nearest unit at or above id that may issue decisions, or nil.
func (b *Book) Organ(id UnitID) *Unit {
	for _, u := range b.Ancestors(id) {
		if u.Organ {
			return u
		}
	}
	return nil
}

// Category gives a category by code.
func (b *Book) Category(code string) (Category, bool) {
	c, ok := b.categories[code]
	return c, ok
}

// Categories gives the whole subject tree, by code.
func (b *Book) Categories() []Category {
	return slices.SortedFunc(maps.Values(b.categories), func(x, y Category) int { return strings.Compare(x.Code, y.Code) })
}

// Propose finds who answers for a category in an area: the longest category
// prefix wins, then the area nearest to the case's own.
func (b *Book) Propose(category string, area UnitID) (Responsibility, bool) {
	line := b.Ancestors(area)
	for n := len(category); n > 0; n-- {
		best, depth := Responsibility{}, len(line)+1
		for _, r := range b.responsible[category[:n]] {
			d := slices.IndexFunc(line, func(u *Unit) bool { return u.Code == r.Area })
			if r.Area == "" {
				d = len(line)
			}
			if now := b.Current(r.UnitID); d >= 0 && d < depth && now != nil && !b.BarsUnit(now.ID) {
				best, depth = r, d
			}
		}
		if depth <= len(line) {
			best.UnitID = b.Current(best.UnitID).ID
			return best, true
		}
	}
	return Responsibility{}, false
}
