package office_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func testdata(t *testing.T, name string) io.Reader {
	t.Helper()
	return open(t, filepath.Join("testdata", name))
}

func open(t *testing.T, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

// realData gives a file of the real data, or skips the test: the project is
// tested without it too, on small files of its own.
func realData(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("HUIYIN_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no real data: %v", err)
	}
	return path
}

func TestImportUnitsOfItsOwnColumns(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		r, err := s.ImportUnits(t.Context(), grievance.System, testdata(t, "units.csv"), office.UnitImport{})
		must(t, err)
		counts(t, r, office.Report{Rows: 4, Created: 4})
		b := s.newest()
		village, county := b.UnitByCode("9902001001"), b.UnitByCode("9902")
		if !village.Within(county) || b.Unit(village.ParentID).Code != "9902001" || village.Organ || !county.Organ {
			t.Errorf("village %+v of county %+v", village, county)
		}
		r, err = s.ImportUnits(t.Context(), grievance.System, testdata(t, "units.csv"), office.UnitImport{})
		must(t, err)
		counts(t, r, office.Report{Rows: 4, Unchanged: 4})
		r, err = s.ImportUnits(t.Context(), grievance.System,
			strings.NewReader("code,name,level,kind,parent_code,organ\n9902,北溪县,county,government,,true\n"), office.UnitImport{})
		must(t, err)
		counts(t, r, office.Report{Rows: 1, Changed: 1})
		if got := s.newest().UnitByCode("9902").Name; got != "北溪县" {
			t.Errorf("renamed to %s", got)
		}
	})
}

func counts(t *testing.T, got, want office.Report) {
	t.Helper()
	if got.Rows != want.Rows || got.Created != want.Created || got.Changed != want.Changed || got.Unchanged != want.Unchanged || len(got.Errors) != 0 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestImportUnitsOfTheOfficialLists(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		r, err := s.ImportUnits(t.Context(), grievance.System, testdata(t, "units_townships.csv"), office.UnitImport{})
		refused(t, err, "import.rows")
		if len(r.Errors) != 2 || r.Errors[0] != (office.RowError{Line: 2, Code: "unit.parent_unknown", Message: "上级单位不存在"}) {
			t.Errorf("without their county: %v", r.Errors)
		}
		under := office.UnitImport{Parent: s.county.Code}
		for range 2 {
			_, err = s.ImportUnits(t.Context(), s.as(s.top), testdata(t, "units_townships.csv"), under)
			must(t, err)
			_, err = s.ImportUnits(t.Context(), s.as(s.top), testdata(t, "units_villages.csv"), office.UnitImport{})
			must(t, err)
		}
		b := s.newest()
		village := b.UnitByCode("990203001002")
		town := b.Unit(village.ParentID)
		if village.Name != "桥头社区居委会" || village.Level != grievance.LevelVillage || village.Kind != "village" || village.Organ {
			t.Errorf("village %+v", village)
		}
		if town.Code != "990203001" || town.Level != grievance.LevelTownship || !town.Organ || town.ParentID != s.county.ID {
			t.Errorf("township %+v", town)
		}
		if len(b.Units()) != 6 {
			t.Errorf("%d units", len(b.Units()))
		}
	})
}

func TestImportUnitsTellsEachWrongRowAndImportsNone(t *testing.T) {
	t.Parallel()
	const head = "code,name,level,kind,parent_code,organ\n"
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		before := s.newest().Version
		for name, c := range map[string]struct {
			by   grievance.Actor
			file string
			want []string // line:code
		}{
			"a good row and bad ones": {grievance.System, head +
				"9902,南溪县,county,government,,true\n9903,\"两\n行\",county,government,,true\n9902,又一县,county,government,,true\n" +
				"9904,县,county,club,,true\n9905,县,county,government,,yes\n", []string{"3:text.unprintable", "5:import.twice", "6:unit.kind", "7:unit.organ"}},
			"a row too short":       {grievance.System, head + "9902,县\n", []string{"2:import.fields"}},
			"a circle":              {grievance.System, head + "9902,甲,county,government,9903,true\n9903,乙,county,government,9902,true\n", []string{"2:unit.circle", "3:unit.circle"}},
			"its own superior":      {grievance.System, head + "9902,甲,county,government,9902,true\n", []string{"2:unit.circle"}},
			"below a wrong row":     {grievance.System, head + "9902001,镇,township,government,9902,true\n9902,县,county,club,,true\n", []string{"2:unit.parent_refused", "3:unit.kind"}},
			"known as another":      {grievance.System, head + "430102003,镇,village,village,430102,false\n", []string{"2:unit.differs"}},
			"a root by a person":    {s.as(s.top), head + "9902,县,county,government,,true\n", []string{"2:office.forbidden"}},
			"outside of their own":  {s.as(s.local), head + "430102004,乡,township,government,430102,true\n", []string{"2:office.forbidden"}},
			"a name not theirs":     {s.as(s.local), head + "430102,新县,county,government,,true\n", []string{"2:office.forbidden"}},
			"an official odd code":  {grievance.System, "code,name,provinceCode\n43010,县,43\n", []string{"2:unit.code_format"}},
			"zero width in a field": {grievance.System, head + "9902,县\u200b,county,government,,true\n", []string{"2:text.unprintable"}},
		} {
			r, err := s.ImportUnits(t.Context(), c.by, strings.NewReader(c.file), office.UnitImport{})
			if got := grievance.CodeOf(err); got != "import.rows" {
				t.Errorf("%s: got %v", name, err)
			}
			if got := told(r); !slices.Equal(got, c.want) {
				t.Errorf("%s: told %v, want %v", name, got, c.want)
			}
		}
		if s.newest().Version != before {
			t.Error("a refused file changed something")
		}
	})
}

func told(r office.Report) (list []string) {
	for _, e := range r.Errors {
		list = append(list, string(rune('0'+e.Line))+":"+e.Code)
	}
	return list
}

func TestImportRefusesWhatIsNoTable(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	for name, c := range map[string]struct{ file, code string }{
		"nothing":       {"", "import.columns"},
		"other columns": {"a,b\n1,2\n", "import.columns"},
		"a bare quote":  {"code,name,provinceCode\n43\"01,县,43\n", "import.unreadable"},
		"an open quote": {"code,name,provinceCode\n\"4301,县,43\n", "import.unreadable"},
	} {
		_, err := s.ImportUnits(t.Context(), grievance.System, strings.NewReader(c.file), office.UnitImport{})
		if got := grievance.CodeOf(err); got != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
}

func TestReadCategoriesNumbersNamesInOrder(t *testing.T) {
	t.Parallel()
	list, r, err := office.ReadCategories(testdata(t, "categories_named.csv"))
	must(t, err)
	want := []grievance.Category{
		{Code: "01", Name: "土地"}, {Code: "0101", Name: "承包", Parent: "01"},
		{Code: "010101", Name: "权属", Parent: "0101"}, {Code: "010102", Name: "合同", Parent: "0101"},
		{Code: "02", Name: "供水"}, {Code: "0201", Name: "其他", Parent: "02"}, {Code: "020101", Name: "水质", Parent: "0201"},
		{Code: "0102", Name: "其他", Parent: "01"}, {Code: "010201", Name: "其他", Parent: "0102"},
	}
	if !slices.Equal(list, want) || r.Rows != 4 {
		t.Errorf("%d rows gave %v", r.Rows, list)
	}
}

func TestReadCategoriesTellsWrongRows(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	many.WriteString("一级分类,二级分类,三级分类\n")
	for i := range 100 {
		many.WriteString("土地,承包," + strings.Repeat("一", i+1) + "\n")
	}
	for name, c := range map[string]struct{ file, code string }{
		"a gap":          {"一级分类,二级分类,三级分类\n土地,,权属\n", "name.length"},
		"a repeated row": {"一级分类,二级分类,三级分类\n土地,承包,权属\n土地,承包,权属\n", "import.twice"},
		"a hundred":      {many.String(), "category.too_many"},
		"an orphan":      {"code,name,parent\n0101,承包,01\n", "category.parent_unknown"},
		"a wrong prefix": {"code,name,parent\n01,土地,\n0201,水,01\n", "category.code_format"},
	} {
		list, r, err := office.ReadCategories(strings.NewReader(c.file))
		if list != nil || grievance.CodeOf(err) != "import.rows" || len(r.Errors) != 1 || r.Errors[0].Code != c.code {
			t.Errorf("%s: %v, %v, want one %s", name, err, r.Errors, c.code)
		}
	}
}

func TestImportLists(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		_, err := s.ImportUnits(t.Context(), grievance.System, testdata(t, "units.csv"), office.UnitImport{})
		must(t, err)
		r, err := s.ImportResponsibilities(t.Context(), s.as(s.top), testdata(t, "responsibilities.csv"))
		refused(t, err, "import.rows") // no categories yet
		if len(r.Errors) != 3 || r.Errors[2].Line != 4 || r.Errors[2].Code != "category.unknown" {
			t.Errorf("told %v", r.Errors)
		}
		for _, want := range []office.Report{{Rows: 3, Created: 3}, {Rows: 3, Unchanged: 3}} {
			r, err = s.ImportCategories(t.Context(), s.as(s.top), testdata(t, "categories_coded.csv"))
			must(t, err)
			counts(t, r, want)
			r, err = s.ImportResponsibilities(t.Context(), s.as(s.top), testdata(t, "responsibilities.csv"))
			must(t, err)
			counts(t, r, want)
		}
		r, err = s.ImportResponsibilities(t.Context(), s.as(s.top),
			strings.NewReader("category_code,area_code,unit_code,note\n01,,9902-01,总责\n"))
		must(t, err)
		counts(t, r, office.Report{Rows: 1, Changed: 1})
		b := s.newest()
		if got, ok := b.Propose("0101", b.UnitByCode("9902001001").ID); !ok || got.UnitID != b.UnitByCode("9902001").ID {
			t.Errorf("near the village answers %v, %v", got, ok)
		}
		if got, ok := b.Propose("0101", s.county.ID); !ok || got.UnitID != b.UnitByCode("9902-01").ID {
			t.Errorf("elsewhere answers %v, %v", got, ok)
		}
		for _, by := range []grievance.Actor{s.as(s.local), {}} {
			_, err = s.ImportCategories(t.Context(), by, testdata(t, "categories_coded.csv"))
			refused(t, err, "office.forbidden")
			_, err = s.ImportResponsibilities(t.Context(), by, testdata(t, "responsibilities.csv"))
			refused(t, err, "office.forbidden")
		}
	})
}

func TestImportTheSamples(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		samples := filepath.Join("..", "..", "samples")
		r, err := s.ImportUnits(t.Context(), grievance.System, open(t, filepath.Join(samples, "units.csv")), office.UnitImport{})
		if err != nil || r.Created != r.Rows || r.Rows == 0 {
			t.Fatalf("units: %v, %+v", err, r)
		}
		r, err = s.ImportCategories(t.Context(), grievance.System, open(t, filepath.Join(samples, "categories.csv")))
		if err != nil || r.Created != r.Rows || r.Rows == 0 {
			t.Fatalf("categories: %v, %+v", err, r)
		}
		r, err = s.ImportResponsibilities(t.Context(), grievance.System, open(t, filepath.Join(samples, "responsibilities.csv")))
		if err != nil || r.Created != r.Rows || r.Rows == 0 {
			t.Fatalf("responsibilities: %v, %+v", err, r)
		}
	})
}

func TestImportTheRealLists(t *testing.T) {
	t.Parallel()
	townships := realData(t, "units_townships_430102.csv")
	villages, categories := realData(t, "units_villages_430102.csv"), realData(t, "categories.csv")
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := office.New(storetest.Open(t, dialect), storetestClock())
		must(t, s.Seed(t.Context()))
		_, err := s.CreateUnit(t.Context(), grievance.System, office.NewUnit{
			Code: "430102", Name: "县", Level: grievance.LevelCounty, Kind: "government", Organ: true,
		})
		must(t, err)
		for _, c := range []struct {
			path string
			want office.Report
		}{
			{townships, office.Report{Rows: 14, Created: 14}},
			{villages, office.Report{Rows: 83, Created: 83}},
			{villages, office.Report{Rows: 83, Unchanged: 83}},
		} {
			r, err := s.ImportUnits(t.Context(), grievance.System, open(t, c.path), office.UnitImport{})
			must(t, err)
			counts(t, r, c.want)
		}
		r, err := s.ImportCategories(t.Context(), grievance.System, open(t, categories))
		must(t, err)
		counts(t, r, office.Report{Rows: 517, Created: 15 + 118 + 517})
		b, err := s.Book(t.Context())
		must(t, err)
		for _, u := range b.Units() {
			if len(u.Code) > 6 && !strings.HasPrefix(u.Code, b.Unit(u.ParentID).Code) {
				t.Errorf("%s lies below %s", u.Code, b.Unit(u.ParentID).Code)
			}
		}
	})
}
