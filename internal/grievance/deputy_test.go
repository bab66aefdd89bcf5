package grievance_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/grievance"
)

// deputy rests an appointment on the one made n-th, from 1.
func deputy(n byte) func(*grievance.Appointment) {
	return func(a *grievance.Appointment) { a.DeputyFor = grievance.AppointmentID{15: n} }
}

func TestDeputyFor(t *testing.T) {
	t.Parallel()
	const leader = grievance.RoleLeader
	later, end := monday.Add(time.Hour), monday.Add(2*time.Hour)
	b := tree().post("h", "T", leader, head).post("v", "T", leader).
		post("v", "T", leader, head, deputy(1), since(later), until(end)).
		post("w", "T", leader, head).post("w", "T", leader, head, deputy(1), since(later), until(end)).
		post("x", "T", leader, head, deputy(99), since(later), until(end)).book()
	post := func(head bool) grievance.Post { return grievance.Post{UnitID: unitID("T"), Role: leader, Head: head} }
	for name, c := range map[string]struct {
		user string
		post grievance.Post
		at   time.Time
		want string
	}{
		"before the period":      {"v", post(true), later.Add(-time.Microsecond), ""},
		"as it begins":           {"v", post(true), later, "h"},
		"to its last moment":     {"v", post(true), end.Add(-time.Microsecond), "h"},
		"as it ends":             {"v", post(true), end, ""},
		"in a post of their own": {"v", post(false), later, ""},
		"who holds it as well":   {"w", post(true), later, ""},
		"the leader":             {"h", post(true), later, ""},
		"resting on nothing":     {"x", post(true), later, ""},
		"somebody else":          {"z", post(true), later, ""},
	} {
		got, ok := b.DeputyFor(userID(c.user), c.post, c.at)
		if ok != (c.want != "") || ok && got != userID(c.want) {
			t.Errorf("%s: stands in for %v, %v", name, got, ok)
		}
	}
	of, _ := b.Appointment(grievance.AppointmentID{15: 1})
	if n := len(b.Deputies(of)); n != 2 {
		t.Errorf("%d deputies, want 2", n)
	}
	if n := len(b.Deputies(grievance.Appointment{UnitID: unitID("T")})); n != 0 {
		t.Errorf("%d deputies of nothing", n)
	}
}

// A deputy fills every seat that the leader fills, and no other.
func TestADeputyFillsTheLeadersSeats(t *testing.T) {
	t.Parallel()
	later := monday.Add(time.Hour)
	b := tree().edit("T", organ).post("h", "T", grievance.RoleLeader, head).post("t", "T", grievance.RoleClerk).
		post("d", "S", grievance.RoleHandler).post("d", "T", grievance.RoleLeader, head, deputy(1), until(later)).book()
	const leads = "leader!@T called=leader!@T,leader!@V,leader!@W leads=T,V,W signs=T"
	for who, want := range map[string]string{"h": "own=" + leads, "d": "own=handler@S," + leads} {
		if got := described(b, b.Seats(b.Actor(userID(who), monday), monday)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", who, got, want)
		}
	}
	if got := described(b, b.Seats(b.Actor(userID("d"), later), later)); got != "own=handler@S" {
		t.Errorf("when the period is over: %s", got)
	}
}

// TestSeatIsTheNearestOfANaiveWalk lets random trees, some of them circles, have
// random holders, deputies, leavers and disabled users.
func TestSeatIsTheNearestOfANaiveWalk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawnOrg(t)
		b := o.book()
		from := rapid.SampledFrom(o.data.Units).Draw(t, "from").ID
		role := rapid.SampledFrom(grievance.DeputyRoles).Draw(t, "role")
		mustLead := rapid.Bool().Draw(t, "head")
		excluded := rapid.SliceOfN(rapid.SampledFrom(drawnUsers), 0, 3).Draw(t, "excluded")
		var recused []grievance.UserID
		for _, who := range excluded {
			recused = append(recused, userID(who))
		}
		got, _, ok := b.Seat(from, role, mustLead, monday, recused...)
		want, found := naiveSeat(o.data, from, role, mustLead, recused)
		if ok != found || got.UnitID != want || ok && (got.Role != role || got.Head != mustLead) {
			t.Fatalf("from %v: %v (%v), want %v (%v)", from, got, ok, want, found)
		}
	})
}

var drawnUsers = []string{"a", "b", "c", "d", "e", "f"}

func drawnOrg(t *rapid.T) *org {
	names := []string{"A", "B", "C", "D", "E", "F", "G"}[:rapid.IntRange(1, 7).Draw(t, "units")]
	o := new(org)
	for i, name := range names {
		above := append([]string{""}, names[:i]...)
		if rapid.IntRange(0, 9).Draw(t, "circle") == 0 {
			above = names
		}
		o.unit(name, "").edit(name, func(u *grievance.Unit) {
			if p := rapid.SampledFrom(above).Draw(t, "parent"); p != "" {
				u.ParentID = unitID(p)
			}
			if rapid.IntRange(0, 9).Draw(t, "merged") == 0 {
				u.SuccessorID = unitID(rapid.SampledFrom(names).Draw(t, "successor"))
				ended := monday.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "ended")))
				u.EndedAt = &ended
			}
		})
	}
	for _, who := range drawnUsers {
		if rapid.IntRange(0, 4).Draw(t, "disabled") == 0 {
			o.disabled(who, monday.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "when"))))
		} else {
			o.user(who)
		}
	}
	for range rapid.IntRange(0, 8).Draw(t, "posts") {
		o.post(rapid.SampledFrom(drawnUsers).Draw(t, "who"), rapid.SampledFrom(names).Draw(t, "where"),
			rapid.SampledFrom(grievance.DeputyRoles).Draw(t, "as"), func(a *grievance.Appointment) {
				a.Head = a.Role == grievance.RoleLeader && rapid.Bool().Draw(t, "head")
				drawnTerm(t, a)
			})
	}
	for range rapid.IntRange(0, 4).Draw(t, "deputies") {
		if len(o.data.Appointments) == 0 {
			break
		}
		of := rapid.SampledFrom(o.data.Appointments).Draw(t, "of")
		o.post(rapid.SampledFrom(drawnUsers).Draw(t, "stands in"), "A", of.Role, func(a *grievance.Appointment) {
			a.UnitID, a.Head, a.DeputyFor = of.UnitID, of.Head, of.ID
			drawnTerm(t, a)
		})
	}
	return o
}

// drawnTerm lets an appointment begin and end within nanoseconds of the search.
func drawnTerm(t *rapid.T, a *grievance.Appointment) {
	a.From = monday.Add(time.Duration(rapid.IntRange(-2, 1).Draw(t, "begins")))
	if rapid.Bool().Draw(t, "ends") {
		end := a.From.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "lasts")))
		a.Until = &end
	}
}

// naiveSeat walks up from the unit that does its work today, by the data alone.
func naiveSeat(d grievance.BookData, from grievance.UnitID, role grievance.Role, head bool, recused []grievance.UserID) (grievance.UnitID, bool) {
	unit := func(id grievance.UnitID) *grievance.Unit {
		for i := range d.Units {
			if d.Units[i].ID == id {
				return &d.Units[i]
			}
		}
		return nil
	}
	over := func(u *grievance.Unit) bool { return !u.SuccessorID.IsZero() && !monday.Before(*u.EndedAt) }
	at := from
	for range len(d.Units) {
		if u := unit(at); over(u) {
			at = u.SuccessorID
		}
	}
	if over(unit(at)) {
		at = from // nobody does its work in a circle of mergers
	}
	for range len(d.Units) {
		for _, a := range d.Appointments {
			takes := a.UnitID == at && a.Role == role && (a.Head || !head) && !slices.Contains(recused, a.UserID)
			if takes && !monday.Before(a.From) && (a.Until == nil || monday.Before(*a.Until)) && ableNow(d, a.UserID) {
				return at, true
			}
		}
		if at = unit(at).ParentID; at.IsZero() {
			break
		}
	}
	return grievance.UnitID{}, false
}

func ableNow(d grievance.BookData, id grievance.UserID) bool {
	return slices.ContainsFunc(d.Users, func(u grievance.User) bool {
		return u.ID == id && (u.DisabledAt == nil || monday.Before(*u.DisabledAt))
	})
}
