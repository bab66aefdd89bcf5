package office_test

import (
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestCreateUnit(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		village, err := s.CreateUnit(t.Context(), s.as(s.local), office.NewUnit{
			ParentID: s.township.ID, Code: "430102003001", Name: "东湖村", Level: grievance.LevelVillage, Kind: "village",
		})
		must(t, err)
		got := s.newest().Unit(village.ID)
		if got == nil || got.Code != "430102003001" || got.ParentID != s.township.ID || got.Organ {
			t.Fatalf("stored %+v", got)
		}
		if got.Path != s.township.Path+village.ID.String()+"/" || !got.Within(&s.county) {
			t.Errorf("path %s", got.Path)
		}
		if !got.CreatedAt.Equal(s.clock.Now()) || got.CreatedAt.Location() != s.clock.Now().Location() {
			t.Errorf("created at %v", got.CreatedAt)
		}
	})
}

func TestCreateUnitRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		for name, c := range map[string]struct {
			by   grievance.Actor
			edit func(*office.NewUnit)
			code string
		}{
			"taken code":       {grievance.System, func(u *office.NewUnit) { u.Code = "430102" }, "unit.code_taken"},
			"unknown parent":   {grievance.System, func(u *office.NewUnit) { u.ParentID = grievance.UnitID{6: 0x70} }, "unit.parent_unknown"},
			"code of letters":  {grievance.System, func(u *office.NewUnit) { u.Code = "43010x" }, "unit.code_format"},
			"level above":      {grievance.System, func(u *office.NewUnit) { u.Level = grievance.LevelCounty }, "unit.level"},
			"unknown level":    {grievance.System, func(u *office.NewUnit) { u.Level = "empire" }, "unit.level"},
			"unknown kind":     {grievance.System, func(u *office.NewUnit) { u.Kind = "club" }, "unit.kind"},
			"no name":          {grievance.System, func(u *office.NewUnit) { u.Name = "" }, "name.length"},
			"blank around":     {grievance.System, func(u *office.NewUnit) { u.Name = "村 " }, "name.length"},
			"long name":        {grievance.System, func(u *office.NewUnit) { u.Name = strings.Repeat("村", 101) }, "name.length"},
			"zero width space": {grievance.System, func(u *office.NewUnit) { u.Name = "东\u200b村" }, "text.unprintable"},
			"line break":       {grievance.System, func(u *office.NewUnit) { u.Name = "东\n村" }, "text.unprintable"},
			"bad UTF-8":        {grievance.System, func(u *office.NewUnit) { u.Name = "东\xff村" }, "text.unprintable"},
			"nobody's":         {grievance.Actor{}, func(*office.NewUnit) {}, "office.forbidden"},
			"above their own":  {s.as(s.local), func(u *office.NewUnit) { u.ParentID = s.county.ID }, "office.forbidden"},
			"root by a person": {s.as(s.top), func(u *office.NewUnit) { u.ParentID = grievance.UnitID{} }, "office.forbidden"},
		} {
			in := office.NewUnit{ParentID: s.township.ID, Code: "430102003002", Name: "西村", Level: grievance.LevelVillage, Kind: "village"}
			c.edit(&in)
			_, err := s.CreateUnit(t.Context(), c.by, in)
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
	})
}

func TestRenameUnitKeepsItsPath(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		_, err := s.RenameUnit(t.Context(), s.as(s.local), s.township.ID, "新镇")
		must(t, err)
		got := s.newest().Unit(s.township.ID)
		if got.Name != "新镇" || got.Path != s.township.Path || got.Code != s.township.Code {
			t.Errorf("renamed to %+v", got)
		}
		_, err = s.RenameUnit(t.Context(), s.as(s.local), s.county.ID, "新县")
		refused(t, err, "office.forbidden")
		_, err = s.RenameUnit(t.Context(), grievance.System, grievance.UnitID{1}, "无")
		refused(t, err, "unit.unknown")
	})
}

func TestMergeUnitNamesItsSuccessorAndEndsItsPosts(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := s.unit("430102004", "乡", grievance.LevelTownship, s.county.ID)
		clerk := s.user("clerk", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk, OnDuty: true})
		u, err := s.MergeUnit(t.Context(), s.as(s.top), s.township.ID, other.ID)
		must(t, err)
		b := s.newest()
		if u.SuccessorID != other.ID || b.Current(s.township.ID).ID != other.ID || b.Unit(u.ID).EndedAt == nil {
			t.Errorf("merged into %+v", b.Current(s.township.ID))
		}
		if a := b.Actor(clerk.ID, s.clock.Now()); len(a.Posts) != 0 {
			t.Errorf("the clerk still holds %v", a.Posts)
		}
		due := s.appointmentsToHandOn(s.clock.Now(), 10)
		if len(due) != 2 {
			t.Errorf("%d appointments to hand on, want the clerk's and the administrator's", len(due))
		}
		_, err = s.RenameUnit(t.Context(), grievance.System, s.township.ID, "旧镇")
		refused(t, err, "unit.ended")
		_, err = s.Appoint(t.Context(), grievance.System, clerk.ID, office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk})
		refused(t, err, "unit.ended")
	})
}

func TestMergeUnitRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := s.unit("430102004", "乡", grievance.LevelTownship, s.county.ID)
		s.unit("430102004001", "村", grievance.LevelVillage, other.ID)
		for name, c := range map[string]struct {
			by       grievance.Actor
			id, into grievance.UnitID
			code     string
		}{
			"units below it":     {s.as(s.top), other.ID, s.township.ID, "unit.has_units"},
			"into itself":        {s.as(s.top), s.township.ID, s.township.ID, "unit.successor"},
			"into its own":       {s.as(s.top), s.county.ID, s.township.ID, "unit.successor"},
			"into another's":     {s.as(s.local), s.township.ID, other.ID, "office.forbidden"},
			"into what is not":   {s.as(s.top), s.township.ID, grievance.UnitID{1}, "unit.unknown"},
			"what does not live": {s.as(s.top), grievance.UnitID{1}, s.township.ID, "unit.unknown"},
		} {
			_, err := s.MergeUnit(t.Context(), c.by, c.id, c.into)
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
	})
}
