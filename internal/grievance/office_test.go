package grievance

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// testUnits is the city of the tests. Of these only the governments and the
// bureau are organs: they alone may sign.
//
//	city ── county ─┬─ river ─┬─ station        (a township, its office)
//	                │         └─ willow ── grid (a village, its grid)
//	                ├─ hill ──── stone          (a township, its village)
//	                └─ bureau                   (a department of the county)
var testUnits = []struct {
	name, parent, code string
	level              Level
	kind               string
	organ              bool
}{
	{"city", "", "9901", LevelCity, "government", true},
	{"county", "city", "990121", LevelCounty, "government", true},
	{"river", "county", "990121101", LevelTownship, "government", true},
	{"hill", "county", "990121102", LevelTownship, "government", true},
	{"bureau", "county", "990121-03", LevelCounty, "department", true},
	{"station", "river", "990121101-05", LevelTownship, "station", false},
	{"willow", "river", "990121101201", LevelVillage, "village", false},
	{"grid", "willow", "990121101201001", LevelGrid, "grid", false},
	{"stone", "hill", "990121102201", LevelVillage, "village", false},
}

// testPeople is who holds which post: "role unit", with "head" and "duty".
var testPeople = map[string][]string{
	"clerk":            {"clerk river duty"},
	"clerk_b":          {"clerk river"},
	"hill_clerk":       {"clerk hill duty"},
	"county_clerk":     {"clerk county duty"},
	"bureau_clerk":     {"clerk bureau duty"},
	"station_clerk":    {"clerk station duty"},
	"handler":          {"handler station"},
	"handler_b":        {"handler station"},
	"hill_handler":     {"handler hill"},
	"bureau_handler":   {"handler bureau"},
	"leader":           {"leader river head"},
	"deputy":           {"leader river"},
	"station_head":     {"leader station head"},
	"hill_leader":      {"leader hill head"},
	"bureau_head":      {"leader bureau head"},
	"county_leader":    {"leader county head"},
	"city_leader":      {"leader city head"},
	"supervisor":       {"supervisor county"},
	"city_supervisor":  {"supervisor city"},
	"inspector":        {"inspector county"},
	"hill_inspector":   {"inspector hill"},
	"courier":          {"courier willow"},
	"town_courier":     {"courier river"},
	"grid_worker":      {"grid_worker grid"},
	"village_head":     {"leader stone head"},
	"jack_of_all":      {"handler station", "clerk river", "leader river"},
	"admin":            {"admin city"},
	"petitioner":       {"petitioner"},
	"other_petitioner": {"petitioner"},
}

// tb is what a test and a property both offer.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// testOffice is the city with its people, who may leave, and a mint.
type testOffice struct {
	data  BookData
	book  *Book
	names map[string]string // the id's text to the name
	n     uint64
}

func newTestOffice(t tb) *testOffice {
	t.Helper()
	o := &testOffice{names: map[string]string{"": "-"}}
	o.data = BookData{Version: 1, Calendar: calendar.Embedded(), Profiles: readProfiles(t)}
	for _, u := range testUnits {
		unit := Unit{ID: named16[Unit](o, u.name), Code: u.code, Name: u.name, Level: u.level, Kind: u.kind, Organ: u.organ}
		if u.parent != "" {
			unit.ParentID = unitID(u.parent)
			i := slices.IndexFunc(o.data.Units, func(p Unit) bool { return p.ID == unit.ParentID })
			unit.Path = o.data.Units[i].Path
		}
		unit.Path += unit.ID.String() + "/"
		o.data.Units = append(o.data.Units, unit)
	}
	for _, name := range slices.Sorted(mapKeys(testPeople)) {
		o.employ(name, testPeople[name])
	}
	o.data.Categories = []Category{{Code: "01", Name: "城乡建设"}, {Code: "0101", Name: "道路", Parent: "01"}, {Code: "02", Name: "劳动"}}
	o.data.Responsibilities = []Responsibility{
		{Category: "01", UnitID: unitID("bureau")},
		{Category: "0101", Area: "990121101", UnitID: unitID("station")},
	}
	o.book = NewBook(o.data)
	return o
}

func readProfiles(t tb) Profiles {
	t.Helper()
	file, err := os.ReadFile("../office/profiles.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []*Profile
	if err := json.Unmarshal(file, &list); err != nil {
		t.Fatal(err)
	}
	all := Profiles{}
	for _, p := range list {
		if err := p.Check(); err != nil {
			t.Fatalf("profile %s: %v", p.Name, err)
		}
		all[p.Name] = p
	}
	return all
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var longAgo = beijing("2020-01-01 00:00")

func (o *testOffice) employ(name string, posts []string) {
	user := User{ID: named16[User](o, name), Username: name, Name: name, CreatedAt: longAgo}
	for i, post := range posts {
		words := strings.Fields(post)
		if words[0] == "petitioner" {
			user.Petitioner = true
			continue
		}
		o.data.Appointments = append(o.data.Appointments, Appointment{
			ID: id16[Appointment](name + string(rune('0'+i))), UserID: user.ID, UnitID: unitID(words[1]), Role: Role(words[0]),
			Head: slices.Contains(words, "head"), OnDuty: slices.Contains(words, "duty"), From: longAgo,
		})
	}
	o.data.Users = append(o.data.Users, user)
}

// leaves ends every appointment of the person at the instant.
func (o *testOffice) leaves(name string, at time.Time) {
	o.data.Appointments = slices.Clone(o.data.Appointments)
	for i, a := range o.data.Appointments {
		if a.UserID == userID(name) && (a.Until == nil || a.Until.After(at)) {
			o.data.Appointments[i].Until = &at
		}
	}
	o.data.Version++
	o.book = NewBook(o.data)
}

// promotes makes the person a leader of a unit besides.
func (o *testOffice) promotes(name, unit string, at time.Time) {
	o.data.Appointments = append(slices.Clone(o.data.Appointments), Appointment{
		ID: id16[Appointment](name + "+"), UserID: userID(name), UnitID: unitID(unit), Role: RoleLeader, From: at,
	})
	o.data.Version++
	o.book = NewBook(o.data)
}

// employs gives the person another post.
func (o *testOffice) employs(name, unit string, role Role, at time.Time) {
	o.data.Appointments = append(slices.Clone(o.data.Appointments), Appointment{
		ID: id16[Appointment](name + unit + string(role)), UserID: userID(name), UnitID: unitID(unit), Role: role, From: at,
	})
	o.data.Version++
	o.book = NewBook(o.data)
}

// founds adds organs, each the superior of the next, beside the city.
func (o *testOffice) founds(names ...string) {
	o.data.Units = slices.Clone(o.data.Units)
	var above Unit
	for i, name := range names {
		u := Unit{ID: named16[Unit](o, name), ParentID: above.ID, Code: "98" + strings.Repeat("01", i), Name: name, Level: Levels[i], Organ: true}
		u.Path = above.Path + u.ID.String() + "/"
		o.data.Units = append(o.data.Units, u)
		above = u
	}
	o.data.Version++
	o.book = NewBook(o.data)
}

// merges makes a unit the successor of another, whose posts all end.
func (o *testOffice) merges(from, into string, at time.Time) {
	o.data.Units, o.data.Appointments = slices.Clone(o.data.Units), slices.Clone(o.data.Appointments)
	for i, u := range o.data.Units {
		if u.ID == unitID(from) {
			o.data.Units[i].SuccessorID, o.data.Units[i].EndedAt = unitID(into), &at
		}
	}
	for i, a := range o.data.Appointments {
		if a.UnitID == unitID(from) && (a.Until == nil || a.Until.After(at)) {
			o.data.Appointments[i].Until = &at
		}
	}
	o.data.Version++
	o.book = NewBook(o.data)
}

// profile changes a profile for this office alone.
func (o *testOffice) profile(name string, change func(*Profile)) {
	p := *o.data.Profiles[name]
	p.Clocks = slices.Clone(p.Clocks)
	p.Version++
	change(&p)
	profiles := Profiles{}
	for k, v := range o.data.Profiles {
		profiles[k] = v
	}
	profiles[name] = &p
	o.data.Profiles = profiles
	o.data.Version++
	o.book = NewBook(o.data)
}

// amends publishes a version of the calendar in which days are off besides.
func (o *testOffice) amends(at time.Time, off ...string) {
	next := o.data.Calendar
	version := next.Version() + 1
	for _, day := range off {
		d := calendar.DateOf(beijing(day + " 00:00"))
		days := slices.DeleteFunc(next.Arrangements(d.Year), func(a calendar.Arrangement) bool { return a.Date == d })
		with, err := next.With(version, d.Year, append(days, calendar.Arrangement{Date: d, Off: true, Holiday: "抗震救灾", Year: d.Year}))
		if err != nil {
			panic(err)
		}
		next = with
	}
	if len(o.data.Calendars) == 0 {
		o.data.Calendars = []CalendarVersion{{Calendar: o.data.Calendar, PublishedAt: longAgo}}
	}
	o.data.Calendars = append(slices.Clone(o.data.Calendars), CalendarVersion{Calendar: next, PublishedAt: at})
	o.data.Calendar = next
	o.data.Version++
	o.book = NewBook(o.data)
}

// rewrites publishes a version of a profile; ordered is when running clocks were
// ordered to follow it, zero where nobody did.
func (o *testOffice) rewrites(name string, ordered time.Time, change func(*Profile)) {
	was := o.data.Profiles[name]
	if !slices.ContainsFunc(o.data.ProfileVersions, func(v ProfileVersion) bool { return v.Profile == was }) {
		o.data.ProfileVersions = append(slices.Clone(o.data.ProfileVersions), ProfileVersion{Profile: was})
	}
	o.profile(name, change)
	v := ProfileVersion{Profile: o.data.Profiles[name]}
	if !ordered.IsZero() {
		v.RebaseAt = &ordered
	}
	o.data.ProfileVersions = append(slices.Clone(o.data.ProfileVersions), v)
	o.book = NewBook(o.data)
}

// mint numbers everything, so that a test run gives the same ids each time.
func (o *testOffice) mint() Mint {
	next := func() (id [16]byte) {
		o.n++
		binary.BigEndian.PutUint64(id[8:], o.n)
		id[0] = 1
		return id
	}
	return Mint{ID: next, Salt: next}
}

func (o *testOffice) moment(who string, now time.Time) Moment {
	m := Moment{Now: now, Book: o.book, Mint: o.mint()}
	switch who {
	case "system":
		m.By = System
	case "anonymous":
	default:
		m.By = o.book.Actor(userID(who), now)
	}
	return m
}

// post writes a post as "role@unit", with a star for the head.
func (o *testOffice) post(p Post) string {
	if p.IsZero() {
		return "-"
	}
	s := string(p.Role)
	if p.Head {
		s += "*"
	}
	if !p.UnitID.IsZero() {
		s += "@" + o.names[p.UnitID.String()]
	}
	return s
}

func (o *testOffice) user(id UserID) string { return o.names[id.String()] }

func id16[T any](name string) ID[T] {
	sum := sha256.Sum256([]byte(name))
	return ID[T](sum[:16])
}

// unitID and userID make ids from names; a unit and a person never share one.
func unitID(name string) UnitID { return id16[Unit](name) }
func userID(name string) UserID { return id16[User](name) }

func named16[T any](o *testOffice, name string) ID[T] {
	id := id16[T](name)
	o.names[id.String()] = name
	return id
}

// beijing reads an instant as people write it in Shanghai.
func beijing(s string) time.Time {
	layout := "2006-01-02 15:04:05.000000"[:len(s)]
	t, err := time.ParseInLocation(layout, s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func inBeijing(t time.Time) string {
	return strings.TrimSuffix(t.In(calendar.Zone).Format("2006-01-02 15:04:05.999999"), ":00")
}

// lets lets somebody do something to a case as the case's own book has it.
func (o *testOffice) lets(who string, now time.Time, c *Case, do deed) error {
	return do(c, o.moment(who, now).For(c))
}
