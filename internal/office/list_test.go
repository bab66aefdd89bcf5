package office_test

import (
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var twoCategories = []grievance.Category{{Code: "01", Name: "土地"}, {Code: "0101", Name: "承包", Parent: "01"}}

func TestSetCategories(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		must(t, s.SetCategories(t.Context(), s.as(s.top), twoCategories))
		must(t, s.SetCategories(t.Context(), s.as(s.top), []grievance.Category{{Code: "0101", Name: "土地承包", Parent: "01"}}))
		got := s.newest().Categories()
		if len(got) != 2 || got[1].Name != "土地承包" {
			t.Errorf("categories %v", got)
		}
		for name, c := range map[string]struct {
			by   grievance.Actor
			in   grievance.Category
			code string
		}{
			"not a root's":     {s.as(s.local), grievance.Category{Code: "02", Name: "水"}, "office.forbidden"},
			"another's prefix": {s.as(s.top), grievance.Category{Code: "0201", Name: "水", Parent: "01"}, "category.code_format"},
			"its own parent":   {s.as(s.top), grievance.Category{Code: "01", Name: "水", Parent: "01"}, "category.code_format"},
			"letters":          {s.as(s.top), grievance.Category{Code: "ab", Name: "水"}, "category.code_format"},
			"unknown parent":   {s.as(s.top), grievance.Category{Code: "0201", Name: "水", Parent: "02"}, "category.parent_unknown"},
			"nameless":         {s.as(s.top), grievance.Category{Code: "02"}, "name.length"},
		} {
			err := s.SetCategories(t.Context(), c.by, []grievance.Category{c.in})
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
		twice := []grievance.Category{{Code: "02", Name: "水"}, {Code: "02", Name: "电"}}
		refused(t, s.SetCategories(t.Context(), s.as(s.top), twice), "category.twice")
	})
}

func TestSetResponsibilities(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		must(t, s.SetCategories(t.Context(), s.as(s.top), twoCategories))
		line := grievance.Responsibility{Category: "01", Area: "430102", UnitID: s.county.ID, Note: "土地"}
		near := grievance.Responsibility{Category: "01", Area: "430102003", UnitID: s.township.ID}
		must(t, s.SetResponsibilities(t.Context(), s.as(s.top), []grievance.Responsibility{line, near}))
		if r, ok := s.newest().Propose("0101", s.township.ID); !ok || r != near {
			t.Errorf("proposed %v, %v", r, ok)
		}
		must(t, s.SetResponsibilities(t.Context(), s.as(s.top), []grievance.Responsibility{line}))
		if r, ok := s.newest().Propose("0101", s.township.ID); !ok || r != line {
			t.Errorf("after the replacement proposed %v, %v", r, ok)
		}
		for name, c := range map[string]struct {
			by   grievance.Actor
			edit func(*grievance.Responsibility)
			code string
		}{
			"not a root's":     {s.as(s.local), func(*grievance.Responsibility) {}, "office.forbidden"},
			"unknown category": {s.as(s.top), func(r *grievance.Responsibility) { r.Category = "09" }, "category.unknown"},
			"unknown area":     {s.as(s.top), func(r *grievance.Responsibility) { r.Area = "99" }, "responsibility.area_unknown"},
			"unknown unit":     {s.as(s.top), func(r *grievance.Responsibility) { r.UnitID = grievance.UnitID{1} }, "responsibility.unit_unknown"},
			"long note":        {s.as(s.top), func(r *grievance.Responsibility) { r.Note = strings.Repeat("注", 501) }, "responsibility.note"},
			"note with a tab":  {s.as(s.top), func(r *grievance.Responsibility) { r.Note = "a\tb" }, "text.unprintable"},
		} {
			wrong := line
			c.edit(&wrong)
			err := s.SetResponsibilities(t.Context(), c.by, []grievance.Responsibility{wrong})
			if got := grievance.CodeOf(err); got != c.code {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, c.code)
			}
		}
		err := s.SetResponsibilities(t.Context(), s.as(s.top), []grievance.Responsibility{line, line})
		refused(t, err, "responsibility.twice")
	})
}

func TestResponsibilitiesFollowAMerger(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		must(t, s.SetCategories(t.Context(), grievance.System, twoCategories))
		line := grievance.Responsibility{Category: "01", UnitID: s.township.ID}
		must(t, s.SetResponsibilities(t.Context(), grievance.System, []grievance.Responsibility{line}))
		other := s.unit("430102004", "乡", grievance.LevelTownship, s.county.ID)
		_, err := s.MergeUnit(t.Context(), grievance.System, s.township.ID, other.ID)
		must(t, err)
		if r, ok := s.newest().Propose("0101", s.county.ID); !ok || r.UnitID != other.ID {
			t.Errorf("proposed %v, %v", r, ok)
		}
		must(t, s.SetResponsibilities(t.Context(), grievance.System, []grievance.Responsibility{line}))
		line.Area = "430102"
		err = s.SetResponsibilities(t.Context(), grievance.System, []grievance.Responsibility{line})
		refused(t, err, "responsibility.unit_unknown")
		_, err = s.ImportResponsibilities(t.Context(), grievance.System, strings.NewReader("category_code,area_code,unit_code,note\n0101,,430102003,\n"))
		refused(t, err, "import.rows")
	})
}
