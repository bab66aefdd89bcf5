package grievance_test

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

var (
	monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sunday = monday.AddDate(0, 0, -1)
)

// org builds a Book by names: one letter is a unit or a user. Units are given
// with their parents first.
type org struct{ data grievance.BookData }

func unitID(name string) grievance.UnitID { return grievance.UnitID{0: 'u', 15: name[0]} }
func userID(name string) grievance.UserID { return grievance.UserID{0: 'p', 15: name[0]} }

func (o *org) unit(name, parent string) *org {
	u := grievance.Unit{ID: unitID(name), Code: name, Name: name, Path: unitID(name).String() + "/"}
	if parent != "" {
		u.ParentID = unitID(parent)
		for _, p := range o.data.Units {
			if p.Code == parent {
				u.Path = p.Path + u.Path
			}
		}
	}
	o.data.Units = append(o.data.Units, u)
	return o
}

func (o *org) edit(name string, change func(*grievance.Unit)) *org {
	i := slices.IndexFunc(o.data.Units, func(u grievance.Unit) bool { return u.Code == name })
	change(&o.data.Units[i])
	return o
}

func (o *org) user(name string) *org {
	o.data.Users = append(o.data.Users, grievance.User{ID: userID(name), Username: name, Name: name})
	return o
}

func (o *org) disabled(name string, at time.Time) *org {
	o.user(name)
	o.data.Users[len(o.data.Users)-1].DisabledAt = &at
	return o
}

// post appoints a user, who is made where there is none, since last Sunday.
func (o *org) post(user, unit string, role grievance.Role, change ...func(*grievance.Appointment)) *org {
	if !slices.ContainsFunc(o.data.Users, func(u grievance.User) bool { return u.Username == user }) {
		o.user(user)
	}
	a := grievance.Appointment{
		ID: grievance.AppointmentID{15: byte(len(o.data.Appointments) + 1)}, UserID: userID(user), UnitID: unitID(unit),
		Role: role, From: sunday,
	}
	for _, c := range change {
		c(&a)
	}
	o.data.Appointments = append(o.data.Appointments, a)
	return o
}

func (o *org) answers(category, area, unit string) *org {
	o.data.Responsibilities = append(o.data.Responsibilities,
		grievance.Responsibility{Category: category, Area: area, UnitID: unitID(unit)})
	return o
}

func (o *org) book() *grievance.Book { return grievance.NewBook(o.data) }

func head(a *grievance.Appointment)   { a.Head = true }
func onDuty(a *grievance.Appointment) { a.OnDuty = true }
func since(t time.Time) func(*grievance.Appointment) {
	return func(a *grievance.Appointment) { a.From = t }
}
func until(t time.Time) func(*grievance.Appointment) {
	return func(a *grievance.Appointment) { a.Until = &t }
}

// tree is a county K with township T, villages V and W of it, and township S.
func tree() *org {
	return new(org).unit("K", "").unit("T", "K").unit("V", "T").unit("W", "T").unit("S", "K")
}

func TestPropose(t *testing.T) {
	t.Parallel()
	b := tree().
		answers("01", "", "K").answers("01", "T", "T").answers("0102", "K", "S").
		answers("02", "V", "V").answers("03", "S", "S").answers("0301", "W", "W").
		book()
	for name, c := range map[string]struct{ category, area, want string }{
		"its own line":                      {"01", "T", "T"},
		"the nearest area":                  {"0101", "V", "T"},
		"everywhere where nothing's nearer": {"0101", "S", "K"},
		"a longer prefix beats nearness":    {"010203", "V", "S"},
		"only within its area":              {"02", "W", ""},
		"its area's subtree":                {"0299", "V", "V"},
		"a longer prefix elsewhere":         {"0301", "S", "S"},
		"a prefix is no suffix":             {"0001", "T", ""},
		"an unknown area":                   {"01", "X", "K"},
		"no category":                       {"", "T", ""},
	} {
		got, ok := b.Propose(c.category, unitID(c.area))
		if ok != (c.want != "") || ok && got.UnitID != unitID(c.want) {
			t.Errorf("%s: %s in %s is answered by %v (%v), want %s", name, c.category, c.area, got.UnitID, ok, c.want)
		}
	}
}

func TestProposeFollowsSuccessors(t *testing.T) {
	t.Parallel()
	b := tree().answers("01", "", "T").answers("02", "", "V").
		edit("T", func(u *grievance.Unit) { u.SuccessorID = unitID("S") }).
		edit("V", func(u *grievance.Unit) { u.SuccessorID = unitID("W") }).
		edit("W", func(u *grievance.Unit) { u.SuccessorID = unitID("V") }).
		book()
	if got, ok := b.Propose("01", unitID("K")); !ok || got.UnitID != unitID("S") {
		t.Errorf("merged unit's line gives %v, %v", got.UnitID, ok)
	}
	if got, ok := b.Propose("02", unitID("K")); ok {
		t.Errorf("a circle of successors gives %v", got.UnitID)
	}
}

func TestCurrent(t *testing.T) {
	t.Parallel()
	b := tree().
		edit("V", func(u *grievance.Unit) { u.SuccessorID = unitID("W") }).
		edit("W", func(u *grievance.Unit) { u.SuccessorID = unitID("S") }).
		edit("T", func(u *grievance.Unit) { u.SuccessorID = unitID("T") }).
		edit("K", func(u *grievance.Unit) { u.SuccessorID = unitID("X") }).
		book()
	for from, want := range map[string]string{"S": "S", "W": "S", "V": "S", "T": "", "K": "", "X": ""} {
		got := b.Current(unitID(from))
		if (got == nil) != (want == "") || got != nil && got.Code != want {
			t.Errorf("the current unit of %s is %v, want %q", from, got, want)
		}
	}
}

func TestAncestorsEndInACircle(t *testing.T) {
	t.Parallel()
	b := new(org).unit("A", "C").unit("B", "A").unit("C", "B").unit("D", "D").book()
	for unit, want := range map[string]int{"A": 3, "B": 3, "C": 3, "D": 1, "X": 0} {
		if got := b.Ancestors(unitID(unit)); len(got) != want {
			t.Errorf("%s has %d in its line, want %d", unit, len(got), want)
		}
	}
	if _, _, ok := b.DutyPerson(unitID("A"), monday); ok {
		t.Error("somebody is on duty in an empty circle")
	}
	if _, _, ok := b.Seat(unitID("A"), grievance.RoleLeader, true, monday); ok {
		t.Error("a seat is taken in an empty circle")
	}
	if _, ok := b.Propose("01", unitID("A")); ok {
		t.Error("somebody answers in an empty circle")
	}
}

func TestRootAndOrgan(t *testing.T) {
	t.Parallel()
	b := tree().edit("K", func(u *grievance.Unit) { u.Organ = true }).
		edit("S", func(u *grievance.Unit) { u.Organ = true }).book()
	if got := b.Root(unitID("V")); got == nil || got.Code != "K" {
		t.Errorf("root %v", got)
	}
	if got := b.Root(unitID("X")); got != nil {
		t.Errorf("root of nothing is %v", got)
	}
	for unit, want := range map[string]string{"V": "K", "S": "S", "K": "K"} {
		if got := b.Organ(unitID(unit)); got == nil || got.Code != want {
			t.Errorf("organ of %s is %v, want %s", unit, got, want)
		}
	}
}

func TestDutyPerson(t *testing.T) {
	t.Parallel()
	const clerk, leader = grievance.RoleClerk, grievance.RoleLeader
	for name, c := range map[string]struct {
		org        *org
		want, unit string
		role       grievance.Role
	}{
		"the duty clerk":           {tree().post("a", "T", clerk).post("b", "T", clerk, onDuty).post("h", "T", leader, head), "b", "T", clerk},
		"else any clerk":           {tree().post("h", "T", leader, head).post("a", "T", clerk), "a", "T", clerk},
		"the first appointed":      {tree().post("a", "T", clerk).post("b", "T", clerk, since(sunday.AddDate(-1, 0, 0))), "b", "T", clerk},
		"else the head":            {tree().post("l", "T", leader).post("h", "T", leader, head).post("k", "K", clerk), "h", "T", leader},
		"not a leader who is none": {tree().post("l", "T", leader).post("k", "K", clerk), "k", "K", clerk},
		"else the superior's":      {tree().post("k", "K", clerk, onDuty), "k", "K", clerk},
		"not who left":             {tree().post("a", "T", clerk, onDuty, until(monday)).post("k", "K", clerk), "k", "K", clerk},
		"not who comes later":      {tree().post("a", "T", clerk, since(monday.Add(1))).post("k", "K", clerk), "k", "K", clerk},
		"not who is disabled":      {tree().disabled("a", sunday).post("a", "T", clerk, onDuty).post("h", "T", leader, head), "h", "T", leader},
		"not another branch's":     {tree().post("s", "S", clerk), "", "", ""},
		"nobody":                   {tree(), "", "", ""},
	} {
		user, post, ok := c.org.book().DutyPerson(unitID("T"), monday)
		if ok != (c.want != "") {
			t.Errorf("%s: found %v, %v", name, user, ok)
			continue
		}
		if ok && (user != userID(c.want) || post.UnitID != unitID(c.unit) || post.Role != c.role) {
			t.Errorf("%s: %v as %v, want %s", name, user, post, c.want)
		}
	}
}

func TestSeatClimbs(t *testing.T) {
	t.Parallel()
	const leader = grievance.RoleLeader
	full := func() *org {
		return tree().post("v", "V", leader, head).post("t", "T", leader, head).post("k", "K", leader, head)
	}
	for name, c := range map[string]struct {
		org      *org
		excluded []grievance.UserID
		want     string
		climbed  int
	}{
		"the unit's own":        {full(), nil, "V", 0},
		"past a vacancy":        {tree().post("k", "K", leader, head), nil, "K", 2},
		"past the excluded":     {full(), []grievance.UserID{userID("v")}, "T", 1},
		"past all of them":      {full(), []grievance.UserID{userID("v"), userID("t")}, "K", 2},
		"nobody left":           {full(), []grievance.UserID{userID("v"), userID("t"), userID("k")}, "", 0},
		"one of two excluded":   {full().post("w", "V", leader, head), []grievance.UserID{userID("v")}, "V", 0},
		"not a leader, a head":  {tree().post("l", "V", leader).post("t", "T", leader, head), nil, "T", 1},
		"past the disabled":     {tree().disabled("v", sunday).post("v", "V", leader, head).post("t", "T", leader, head), nil, "T", 1},
		"past the term's end":   {tree().post("v", "V", leader, head, until(monday)).post("t", "T", leader, head), nil, "T", 1},
		"nobody anywhere":       {tree(), nil, "", 0},
		"not in another branch": {tree().post("s", "S", leader, head), nil, "", 0},
	} {
		post, climbed, ok := c.org.book().Seat(unitID("V"), leader, true, monday, c.excluded...)
		if ok != (c.want != "") || climbed != c.climbed {
			t.Errorf("%s: %v, climbed %d, %v", name, post, climbed, ok)
		}
		if ok && post != (grievance.Post{UnitID: unitID(c.want), Role: leader, Head: true}) {
			t.Errorf("%s: seat %v, want %s", name, post, c.want)
		}
	}
}

func TestDutyAndSeatsPassToTheSuccessor(t *testing.T) {
	t.Parallel()
	b := tree().edit("T", func(u *grievance.Unit) { u.SuccessorID = unitID("S") }).
		post("s", "S", grievance.RoleClerk).post("h", "S", grievance.RoleLeader, head).post("k", "K", grievance.RoleClerk).book()
	if user, post, ok := b.DutyPerson(unitID("T"), monday); !ok || user != userID("s") || post.UnitID != unitID("S") {
		t.Errorf("for the merged unit answers %v as %v, %v", user, post, ok)
	}
	if post, climbed, ok := b.Seat(unitID("T"), grievance.RoleLeader, true, monday); !ok || post.UnitID != unitID("S") || climbed != 0 {
		t.Errorf("the merged unit's seat is %v after %d, %v", post, climbed, ok)
	}
}

func TestSeatLeavesTheBookAsItWas(t *testing.T) {
	t.Parallel()
	b := tree().post("a", "V", grievance.RoleLeader).post("b", "V", grievance.RoleLeader).book()
	p := grievance.Post{UnitID: unitID("V"), Role: grievance.RoleLeader}
	b.Seat(unitID("V"), grievance.RoleLeader, false, monday, userID("a"))
	if got := b.Holders(p, monday); !slices.Equal(got, []grievance.UserID{userID("a"), userID("b")}) {
		t.Errorf("holders after a search: %v", got)
	}
}

func TestActor(t *testing.T) {
	t.Parallel()
	o := tree().post("a", "T", grievance.RoleClerk).post("a", "K", grievance.RoleInspector, until(monday)).
		disabled("b", monday).post("b", "T", grievance.RoleHandler).user("p")
	o.data.Users[len(o.data.Users)-1].Petitioner = true
	b := o.book()
	clerk := grievance.Post{UnitID: unitID("T"), Role: grievance.RoleClerk}
	inspector := grievance.Post{UnitID: unitID("K"), Role: grievance.RoleInspector}
	for name, c := range map[string]struct {
		user string
		at   time.Time
		want []grievance.Post
	}{
		"every post":         {"a", sunday, []grievance.Post{clerk, inspector}},
		"what is left":       {"a", monday, []grievance.Post{clerk}},
		"before appointment": {"a", sunday.Add(-1), nil},
		"until disabled":     {"b", monday.Add(-1), []grievance.Post{{UnitID: unitID("T"), Role: grievance.RoleHandler}}},
		"disabled":           {"b", monday, nil},
		"of the public":      {"p", monday, []grievance.Post{{Role: grievance.RolePetitioner}}},
		"unknown":            {"x", monday, nil},
	} {
		if got := b.Actor(userID(c.user), c.at); got.UserID != userID(c.user) || !slices.Equal(got.Posts, c.want) {
			t.Errorf("%s: %v, want posts %v", name, got, c.want)
		}
	}
}

func TestListsAreInOrder(t *testing.T) {
	t.Parallel()
	o := tree().user("z").user("a").answers("02", "", "K").answers("01", "T", "T").answers("01", "", "K")
	o.data.Categories = []grievance.Category{{Code: "02"}, {Code: "01"}, {Code: "0101", Parent: "01"}}
	b := o.book()
	var got []string
	for _, u := range b.Units() {
		got = append(got, u.Code)
	}
	for _, u := range b.Users() {
		got = append(got, u.Username)
	}
	for _, c := range b.Categories() {
		got = append(got, c.Code)
	}
	for _, r := range b.Responsibilities() {
		got = append(got, r.Category+r.Area)
	}
	want := []string{"K", "S", "T", "V", "W", "a", "z", "01", "0101", "02", "01", "01T", "02"}
	if !slices.Equal(got, want) {
		t.Errorf("lists are %v, want %v", got, want)
	}
}
