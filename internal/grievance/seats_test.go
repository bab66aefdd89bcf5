package grievance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// described writes seats in short: "own=clerk@T,clerk@V leads=T", by code of
// unit, and without what is empty.
func described(b *grievance.Book, s grievance.Seats) string {
	posts := func(list []grievance.Post) (out []string) {
		for _, p := range list {
			at := "@"
			if p.Head {
				at = "!@"
			}
			out = append(out, string(p.Role)+at+b.Unit(p.UnitID).Code)
		}
		return out
	}
	units := func(list []grievance.UnitID) (out []string) {
		for _, id := range list {
			out = append(out, b.Unit(id).Code)
		}
		return out
	}
	var parts []string
	for _, p := range []struct {
		name string
		list []string
	}{
		{"own", posts(s.Own)}, {"called", posts(s.CalledOn)}, {"leads", units(s.Leads)}, {"signs", units(s.Signs)},
		{"oversees", units(s.Oversees)}, {"roots", units(s.Roots)}, {"admins", units(s.Admins)},
	} {
		if len(p.list) > 0 {
			parts = append(parts, fmt.Sprintf("%s=%s", p.name, strings.Join(p.list, ",")))
		}
	}
	return strings.Join(parts, " ")
}

func organ(u *grievance.Unit) { u.Organ = true }

func mergedInto(name string) func(*grievance.Unit) {
	return func(u *grievance.Unit) { u.SuccessorID = unitID(name) }
}

// Whose work is whose: a vacant seat's is that of the nearest like it above.
func TestSeats(t *testing.T) {
	t.Parallel()
	const clerk, handler, leader = grievance.RoleClerk, grievance.RoleHandler, grievance.RoleLeader
	const supervisor, admin = grievance.RoleSupervisor, grievance.RoleAdmin
	// a holds the post of each case; whoever else there is keeps a from a seat.
	for name, c := range map[string]struct {
		org  *org
		want string
	}{
		"nobody":                            {tree().user("a"), ""},
		"a handler fills only the own post": {tree().post("a", "T", handler), "own=handler@T"},
		"a clerk the empty desks below": {tree().post("a", "T", clerk).post("w", "W", clerk),
			"own=clerk@T,clerk@V"},
		"not while another is on duty": {tree().post("a", "T", clerk).post("b", "T", clerk, onDuty),
			"own=clerk@T"},
		"nor where the unit has a head": {tree().post("a", "T", clerk).post("w", "W", leader, head),
			"own=clerk@T,clerk@V"},
		"a head is on duty at a desk without a clerk": {tree().post("a", "V", leader, head).post("t", "T", clerk),
			"own=leader!@V,clerk@V called=leader!@V leads=V"},
		"a head leads below as far as the next head": {tree().post("a", "T", leader, head).post("w", "W", leader, head).post("t", "T", clerk).post("x", "W", clerk),
			"own=leader!@T called=leader!@T,leader!@V leads=T,V"},
		"a deputy leads nobody, yet signs": {tree().edit("T", organ).edit("V", organ).post("a", "T", leader),
			"own=leader@T signs=T,V"},
		"both leaders of an organ sign": {tree().edit("T", organ).post("a", "T", leader).post("b", "T", leader),
			"own=leader@T signs=T"},
		"what is the head's is no deputy's": {tree().post("a", "T", leader).post("h", "T", leader, head),
			"own=leader@T"},
		"not for what has a leader of its own": {tree().edit("T", organ).edit("V", organ).post("a", "T", leader).post("v", "V", leader),
			"own=leader@T signs=T"},
		"a supervisor all that has none nearer": {tree().post("a", "T", supervisor).post("w", "W", supervisor),
			"own=supervisor@T called=supervisor@T,supervisor@V oversees=V,W"},
		"at the root, what is unroutable": {new(org).unit("K", "").unit("T", "K").post("a", "K", supervisor).post("t", "T", supervisor),
			"own=supervisor@K called=supervisor@K oversees=T roots=K"},
		"a leader of the root as well": {new(org).unit("K", "").post("a", "K", leader), "own=leader@K roots=K"},
		"an admin of the root":         {tree().post("a", "K", admin), "own=admin@K admins=K"},
		"an admin elsewhere":           {tree().post("a", "T", admin), "own=admin@T"},
		"the holder gone": {tree().post("a", "T", leader, head).post("t", "T", clerk).post("v", "V", leader, head, until(monday)).post("w", "W", leader, head),
			"own=leader!@T called=leader!@T,leader!@V leads=T,V"},
		"the holder disabled": {tree().post("a", "T", clerk).disabled("v", monday).post("v", "V", clerk).post("w", "W", clerk),
			"own=clerk@T,clerk@V"},
		"a merged unit's seats, with the successor's": {tree().edit("V", mergedInto("S")).post("a", "S", leader, head).post("s", "S", clerk),
			"own=leader!@S called=leader!@S,leader!@V leads=S,V"},
		"not with the old superior's": {tree().edit("V", mergedInto("S")).post("a", "T", clerk).post("w", "W", clerk),
			"own=clerk@T"},
		"a merged unit is overseen where its successor is": {tree().edit("V", mergedInto("S")).post("a", "K", supervisor).post("t", "T", supervisor),
			"own=supervisor@K called=supervisor@K,supervisor@S,supervisor@V oversees=S,T,V roots=K"},
		"none in a circle of mergers": {tree().edit("V", mergedInto("W")).edit("W", mergedInto("V")).post("a", "T", clerk),
			"own=clerk@T"},
		"each of many posts": {tree().post("a", "V", clerk).post("a", "S", supervisor),
			"own=clerk@V,supervisor@S called=supervisor@S"},
	} {
		b := c.org.book()
		if got := described(b, b.Seats(b.Actor(userID("a"), monday), monday)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Of every seat that anybody fills, exactly the holders of one post fill it.
func TestEverySeatIsFilledOnce(t *testing.T) {
	t.Parallel()
	b := tree().edit("T", organ).post("k", "K", grievance.RoleLeader, head).post("t", "T", grievance.RoleLeader, head).
		post("s", "K", grievance.RoleSupervisor).post("u", "T", grievance.RoleSupervisor).post("c", "K", grievance.RoleClerk).book()
	leads, called := map[grievance.UnitID]int{}, map[grievance.Post]int{}
	for _, u := range b.Users() {
		s := b.Seats(b.Actor(u.ID, monday), monday)
		for _, id := range s.Leads {
			leads[id]++
		}
		for _, p := range s.CalledOn {
			called[p]++
		}
	}
	for _, u := range b.Units() {
		for _, n := range []int{leads[u.ID], called[grievance.Post{UnitID: u.ID, Role: grievance.RoleSupervisor}]} {
			if n != 1 {
				t.Errorf("a seat of %s is filled %d times", u.Code, n)
			}
		}
	}
}

// Nobody signs their own work: it rises past them to the nearest other leader.
func TestSigns(t *testing.T) {
	t.Parallel()
	const leader = grievance.RoleLeader
	b := tree().post("v", "V", leader).post("w", "V", leader).post("t", "T", leader).post("k", "K", leader, head).
		post("s", "S", leader).post("c", "V", grievance.RoleClerk).book()
	for name, c := range map[string]struct {
		interested string
		want       string // who of all signs for V
	}{
		"every leader of the unit":   {"", "vw"},
		"but for whose work it is":   {"v", "w"},
		"rises past them all":        {"vw", "t"},
		"and past the next":          {"vwt", "k"},
		"a clerk's interest is none": {"c", "vw"},
		"a leader's above neither":   {"t", "vw"},
		"nobody left":                {"vwtk", ""},
	} {
		var interested []grievance.UserID
		for _, who := range c.interested {
			interested = append(interested, userID(string(who)))
		}
		var got []string
		for _, u := range b.Users() {
			if b.Signs(b.Actor(u.ID, monday), unitID("V"), monday, interested...) {
				got = append(got, u.Username)
			}
		}
		if want := strings.Split(c.want, ""); !slices.Equal(got, want) {
			t.Errorf("%s: %v sign, want %v", name, got, want)
		}
	}
}
