package grievance_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

func TestAppointmentIsHeldFromItsStartUntilItsEnd(t *testing.T) {
	t.Parallel()
	end := monday.Add(time.Hour)
	dated := grievance.Appointment{From: monday, Until: &end}
	lasting := grievance.Appointment{From: monday}
	never := grievance.Appointment{From: monday, Until: &monday}
	for name, c := range map[string]struct {
		a    grievance.Appointment
		at   time.Time
		want bool
	}{
		"just before it begins": {dated, monday.Add(-time.Microsecond), false},
		"as it begins":          {dated, monday, true},
		"just before it ends":   {dated, end.Add(-time.Microsecond), true},
		"as it ends":            {dated, end, false},
		"while it lasts":        {lasting, monday.AddDate(30, 0, 0), true},
		"ended as it began":     {never, monday, false},
	} {
		if got := c.a.HeldAt(c.at); got != c.want {
			t.Errorf("%s: held %v", name, got)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	b := tree().book()
	unit := func(name string) *grievance.Unit { return b.Unit(unitID(name)) }
	for _, c := range []struct {
		unit, top string
		want      bool
	}{{"V", "K", true}, {"V", "T", true}, {"V", "V", true}, {"T", "V", false}, {"V", "S", false}, {"S", "T", false}} {
		if got := unit(c.unit).Within(unit(c.top)); got != c.want {
			t.Errorf("%s within %s: %v", c.unit, c.top, got)
		}
	}
}

func TestActorsPosts(t *testing.T) {
	t.Parallel()
	clerk := grievance.Post{UnitID: unitID("T"), Role: grievance.RoleClerk}
	a := grievance.Actor{UserID: userID("a"), Posts: []grievance.Post{clerk, {UnitID: unitID("K"), Role: grievance.RoleLeader, Head: true}}}
	if !a.Has(grievance.RoleHandler, grievance.RoleLeader) || a.Has(grievance.RoleHandler) || a.Has() {
		t.Error("Has is wrong")
	}
	if p, ok := a.PostAt(unitID("T"), grievance.RoleLeader, grievance.RoleClerk); !ok || p != clerk {
		t.Errorf("post at T: %v, %v", p, ok)
	}
	if p, ok := a.PostAt(unitID("T"), grievance.RoleLeader); ok {
		t.Errorf("a leader of K is %v of T", p)
	}
	if a.IsSystem() || !grievance.System.IsSystem() || (grievance.Actor{}).IsSystem() {
		t.Error("IsSystem is wrong")
	}
}

func TestNobodyIsAppointedToWhatIsNoPost(t *testing.T) {
	t.Parallel()
	for _, r := range grievance.StaffRoles {
		if r == grievance.RoleSystem || r == grievance.RolePetitioner {
			t.Errorf("%s is a staff role", r)
		}
	}
}

func TestIDsRoundTrip(t *testing.T) {
	t.Parallel()
	const text = "0193563e-8000-7abc-8def-0123456789ab"
	id, err := grievance.ParseID[grievance.Unit](text)
	if err != nil || id.String() != text || !id.IsV7() {
		t.Fatalf("%v, %v", id, err)
	}
	for _, src := range []any{text, []byte(text), [16]byte(id), id[:]} {
		var got grievance.UnitID
		if err := got.Scan(src); err != nil || got != id {
			t.Errorf("scanning %T gave %v, %v", src, got, err)
		}
	}
	none := id
	if err := none.Scan(nil); err != nil || !none.IsZero() || none.String() != "" {
		t.Errorf("NULL is %v, %v", none, err)
	}
	if v, err := none.Value(); v != nil || err != nil {
		t.Errorf("none is stored as %v, %v", v, err)
	}
	if err := none.Scan(7); err == nil {
		t.Error("a number was read as an id")
	}
}

func TestParseIDRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "0193563e80007abc8def0123456789ab", "0193563e-8000-7abc-8def-0123456789a", "0193563e-8000-7abc-8def-0123456789abc",
		"0193563g-8000-7abc-8def-0123456789ab", "{193563e-8000-7abc-8def-0123456789ab", "0193563e-8000-7abc-8def_0123456789ab",
	} {
		if id, err := grievance.ParseID[grievance.Case](s); err == nil || !id.IsZero() {
			t.Errorf("ParseID(%q) = %v, %v", s, id, err)
		}
	}
}
