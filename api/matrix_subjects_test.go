package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// nowhere is a relation to what does not exist: whatever is invisible must be
// answered as that is.
const nowhere = "nowhere"

// The columns of the matrix. Mine is what who may send in has sent in themselves;
// everybody else's cases a clerk has registered.
var (
	caseRelations = []relation{
		{name: "own", place: atOwn, mine: true},
		{name: "sibling", place: atSibling},
		{name: "parent", place: atParent},
		{name: "child", place: atChild},
		{name: "other", place: atOther},
		{name: "confidential", place: atOwn, more: `,"confidential":true`, mine: true},
		{name: "recused", place: atOwn, named: (*matrix).namesStaff, mine: true},
		{name: "accused", place: atOwn, more: accusing, named: (*matrix).namesEverybody},
		{name: "unit", place: atOwn, more: accusing, named: (*matrix).namesUnit, mine: true},
		{name: "inspected", place: atOwn, more: accusing, others: atChild},
		{name: nowhere},
	}
	placeRelations = []relation{
		{name: "own", place: atOwn}, {name: "sibling", place: atSibling}, {name: "parent", place: atParent},
		{name: "child", place: atChild}, {name: "other", place: atOther},
	}
	noRelation = []relation{{name: "any", place: atOwn}}
)

const accusing = `,"nature":"accusation"`

// subject is what a request is about, by the names that its path and body use.
type subject map[string]string

type subjectKey struct{ what, relation, sender string }

// subjects makes what is no case, for a place.
var subjects = map[string]func(*matrix, place) subject{
	"-":        func(*matrix, place) subject { return subject{"file": "init.js", "name": "township"} },
	"place":    (*matrix).ofPlace,
	"spare":    (*matrix).spare,
	"login":    (*matrix).login,
	"feed":     (*matrix).feedOf,
	"bulletin": (*matrix).bulletinOf,
}

// columns gives the relations in which something can stand to who asks.
func columns(what string) []relation {
	switch what {
	case "-", "login":
		return noRelation
	case "place", "spare", "feed", "bulletin":
		return placeRelations
	}
	return caseRelations
}

// about gives what a request of an asker is about. It is the same as long as
// nobody has changed it.
func (m *matrix) about(what string, r relation, asker grievance.Role) subject {
	m.t.Helper()
	if r.name == nowhere {
		return m.nothing()
	}
	key := subjectKey{what, r.name, "clerk"}
	if r.mine && (asker == petitioner || asker == courier) {
		key.sender = string(asker)
	}
	if m.held[key] == nil {
		m.held[key] = m.made(key, r)
	}
	return m.held[key]
}

func (m *matrix) made(key subjectKey, r relation) subject {
	m.t.Helper()
	if make, ok := subjects[key.what]; ok {
		return make(m, r.place)
	}
	made := m.bring(key.what, r, key.sender)
	if r.named != nil {
		r.named(m, made)
	}
	return made
}

// changed says that a request has changed what it was about: the next one gets
// another.
func (m *matrix) changed(what string, of subject) {
	for key, s := range m.held {
		if key.what == what && fmt.Sprint(s) == fmt.Sprint(of) {
			delete(m.held, key)
		}
	}
}

// nothing is what does not exist, by every name.
func (m *matrix) nothing() subject {
	const id = "01939e7c-0000-7000-8000-00000000ffff"
	return subject{
		"case": id, "clock": id, "finding": id, "escalation": id, "receipt": "980201101-20261204-9999", "code": "4KH-70M-2X9R",
		"unit": m.at(atOwn).String(), "handler": m.user("own.handler"),
	}
}

// naming names people, or a unit, in a case: by who watches over everything.
func (m *matrix) naming(s subject, members ...string) {
	m.t.Helper()
	for _, member := range members {
		m.does(atOwn, act{"top.supervisor", "/named", "{" + member + "}"}, s)
	}
}

func (m *matrix) namesStaff(s subject) {
	for _, role := range grievance.StaffRoles {
		m.naming(s, fmt.Sprintf(`"user_id":%q`, m.user("own."+string(role))))
	}
}

func (m *matrix) namesEverybody(s subject) {
	m.naming(s, fmt.Sprintf(`"user_id":%q`, m.user("own.petitioner")))
	m.namesStaff(s)
}

func (m *matrix) namesUnit(s subject) { m.naming(s, fmt.Sprintf(`"unit_id":%q`, m.at(atOwn))) }

// ofPlace is a unit, with a clerk of it, and the post of its leader.
func (m *matrix) ofPlace(p place) subject {
	b := officetest.Book(m.t, m.Office)
	user := b.UserByName(string(p) + ".clerk")
	boss := b.AppointmentsOf(b.UserByName(string(p) + ".leader").ID)
	return subject{"unit": m.at(p).String(), "user": user.ID.String(), "post": boss[0].ID.String()}
}

// spare is a new station of a place, with a new leader there, who has a deputy and
// a key for machines.
func (m *matrix) spare(p place) subject {
	m.t.Helper()
	ctx, serial := m.t.Context(), m.fill("$serial", nil)
	unit, err := m.Office.CreateUnit(ctx, grievance.System, office.NewUnit{
		ParentID: m.at(p), Code: "980" + serial + "-66", Name: "站" + serial, Level: grievance.LevelGrid, Kind: "station",
	})
	must(m.t, err)
	hired := func(name string, role grievance.Role) grievance.UserID {
		user, err := m.Office.CreateUser(ctx, grievance.System, office.NewUser{
			Username: name + serial, Name: name, PasswordHash: "-", Posts: []office.NewAppointment{{UnitID: unit.ID, Role: role}},
		})
		must(m.t, err)
		return user.ID
	}
	user, other := hired("spare", leader), hired("deputy", clerk)
	post := officetest.Book(m.t, m.Office).AppointmentsOf(user)[0].ID
	deputy, err := m.Office.NameDeputy(ctx, grievance.System, office.NewDeputy{DeputyFor: post, UserID: other, Until: m.clock.Now().AddDate(0, 0, 7)})
	must(m.t, err)
	made := subject{
		"unit": m.at(p).String(), "spare": unit.ID.String(), "user": user.String(),
		"appointment": post.String(), "deputy": deputy.ID.String(),
	}
	made["key"] = as[KeyWithSecret](m.city, m.send("top.admin", "POST", v1+"/api-keys", m.fill(newKey, made)), 201).ID
	return made
}

const newKey = `{"user_id":"$user","name":"平台","scopes":["cases:read"],"expires_at":"2027-06-01T00:00:00Z"}`

// login is a login of somebody who does not ask.
func (m *matrix) login(place) subject {
	m.t.Helper()
	body := fmt.Sprintf(`{"username":"top.clerk","password":%q}`, officetest.Password)
	tokens := as[Tokens](m.city, m.send("", "POST", v1+"/auth/token", body), 200)
	for _, one := range read[SessionList](m.city, tokens.AccessToken, "/auth/sessions").Items {
		if one.Current {
			return subject{"refresh": tokens.RefreshToken, "session": one.ID}
		}
	}
	m.t.Fatal("a login is none of its account's")
	return nil
}

// feedOf is a calendar of a place's leader.
func (m *matrix) feedOf(p place) subject {
	m.t.Helper()
	f, path := m.opened(string(p)+".leader", 7)
	return subject{"feed": f.ID, "file": strings.TrimPrefix(path, feedsPath)}
}

// bulletinOf is the newest edition of last month's bulletin of a place, of which a
// case has been registered late.
func (m *matrix) bulletinOf(p place) subject {
	m.t.Helper()
	m.registerAt(p, string(p)+".clerk", `,"received_at":"2026-11-25T02:00:00Z"`)
	found := m.bulletins("top.supervisor", "?period=2026-11&unit="+m.at(p).String())
	if len(found) == 0 {
		m.t.Fatalf("%s has no bulletin", p)
	}
	newest := slices.MaxFunc(found, func(x, y BulletinView) int { return x.Edition - y.Edition })
	return subject{"bulletin": newest.ID, "name": "registered", "unit": m.at(p).String()}
}
