package grievance

import (
	"slices"
	"strings"
	"time"
)

// Role is what somebody may do in a unit.
type Role string

// The roles. RoleSystem is the engine's; it is never appointed.
const (
	RolePetitioner Role = "petitioner"
	RoleCourier    Role = "courier"
	RoleGridWorker Role = "grid_worker"
	RoleClerk      Role = "clerk"
	RoleHandler    Role = "handler"
	RoleLeader     Role = "leader"
	RoleSupervisor Role = "supervisor"
	RoleInspector  Role = "inspector"
	RoleAdmin      Role = "admin"
	RoleSystem     Role = "system"
)

// StaffRoles lists the roles that an appointment can give.
var StaffRoles = []Role{
	RoleCourier, RoleGridWorker, RoleClerk, RoleHandler, RoleLeader,
	RoleSupervisor, RoleInspector, RoleAdmin,
}

// Level is a unit's place in the administration.
type Level string

// The levels, from the top.
const (
	LevelProvince Level = "province"
	LevelCity     Level = "city"
	LevelCounty   Level = "county"
	LevelTownship Level = "township"
	LevelVillage  Level = "village"
	LevelGrid     Level = "grid"
)

// Levels lists the levels from the top.
var Levels = []Level{LevelProvince, LevelCity, LevelCounty, LevelTownship, LevelVillage, LevelGrid}

// below reports whether a level is lower than another.
func (l Level) below(other Level) bool { return slices.Index(Levels, l) > slices.Index(Levels, other) }

// Unit is a unit (单位) of the tree. Path is made of the ids of its ancestors and
// its own, each followed by "/": it never changes by renaming, and a subtree is
// the range of paths that start with it. An organ may issue decisions and
// opinions; who must sign elsewhere is found by climbing to the next organ.
type Unit struct {
	ID          UnitID
	ParentID    UnitID
	Path        string
	Code        string // GB/T 2260 or township statistical code; departments add "-NN"
	Name        string
	Level       Level
	Kind        string // government, department, station, village, grid
	Organ       bool
	SuccessorID UnitID // set when the unit was merged into another
	EndedAt     *time.Time
	CreatedAt   time.Time
}

// Within reports whether u lies in the subtree of top, top included.
func (u *Unit) Within(top *Unit) bool { return strings.HasPrefix(u.Path, top.Path) }

// User is a person who can log in, or who answers for cases.
type User struct {
	ID         UserID
	Username   string
	Name       string
	Petitioner bool // an account of the public: no appointment, own cases only
	DisabledAt *time.Time
	CreatedAt  time.Time
}

// Appointment says that a user holds a post from one instant until another
// (任职); Until is nil while it lasts. OnDuty marks the unit's duty clerk (值班).
//
// DeputyFor makes it a deputyship (AB 角): the user holds the very post of the
// appointment that it names, for a period and no longer than that one lasts.
// Whose appointment it rests on keeps the post too, so each of the two can act.
type Appointment struct {
	ID         AppointmentID
	UserID     UserID
	UnitID     UnitID
	Role       Role
	Head       bool
	OnDuty     bool
	From       time.Time `gorm:"column:from_at"`
	Until      *time.Time
	HandedOnAt *time.Time // when the open cases of an ended appointment had all been handed on
	DeputyFor  AppointmentID
	CreatedAt  time.Time
}

// Post gives what is held.
func (a *Appointment) Post() Post { return Post{UnitID: a.UnitID, Role: a.Role, Head: a.Head} }

// HeldAt reports whether the post is held at t: from From, before Until.
func (a *Appointment) HeldAt(t time.Time) bool {
	return !t.Before(a.From) && (a.Until == nil || t.Before(*a.Until))
}

// Post is a role in a unit. Work is addressed to posts, not to persons, so that
// it survives a change of staff.
type Post struct {
	UnitID UnitID `json:"unit,omitzero"`
	Role   Role   `json:"role,omitempty"`
	Head   bool   `json:"head,omitempty"`
}

// IsZero reports whether p names no post.
func (p Post) IsZero() bool { return p == Post{} }

// Covers reports whether who holds p may do what is asked of q: the head's post
// is the head's alone, any other everybody's who has the role in the unit.
func (p Post) Covers(q Post) bool {
	return p.UnitID == q.UnitID && p.Role == q.Role && (p.Head || !q.Head)
}

// Actor is who acts: a user with all the posts held at the instant, or the
// engine, or somebody without an account who has proved by a case's query code
// to be its petitioner.
type Actor struct {
	UserID UserID
	Name   string
	Posts  []Post
	Proved CaseID

	// Through names the login or the key by which the actor came, if there is one.
	// No decision looks at it: it tells one device of somebody from another.
	Through string

	held  []Post // all posts, also those that Narrow has taken from Posts
	roles []Role // to which Narrow has narrowed it
}

// Narrow gives the actor in posts of these roles alone, nil for all. What bars any
// post that is held bars the actor as before.
func (a Actor) Narrow(roles []Role) Actor {
	if roles != nil {
		a.held, a.roles = a.Posts, roles
		a.Posts = slices.DeleteFunc(slices.Clone(a.Posts), func(p Post) bool { return !slices.Contains(roles, p.Role) })
	}
	return a
}

// As gives the actor as a book knows them, as narrow as this one is.
func (a Actor) As(known Actor) Actor { return known.Narrow(a.roles) }

// System is the engine as an actor.
var System = Actor{Posts: []Post{{Role: RoleSystem}}}

// IsSystem reports whether the engine acts.
func (a Actor) IsSystem() bool { return len(a.Posts) == 1 && a.Posts[0].Role == RoleSystem }

// Has reports whether the actor holds one of the roles anywhere.
func (a Actor) Has(roles ...Role) bool {
	_, ok := a.firstPost(roles...)
	return ok
}

// PostAt gives the post with one of the roles that the actor holds in the unit itself.
func (a Actor) PostAt(unit UnitID, roles ...Role) (Post, bool) {
	for _, p := range a.Posts {
		if p.UnitID == unit && slices.Contains(roles, p.Role) {
			return p, true
		}
	}
	return Post{}, false
}
