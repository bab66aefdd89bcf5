package samples

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// whole is the demo city with all of its files.
type whole struct {
	*City
	Units            []Unit     // superiors before their subordinates
	Categories       []Category // parents before their children
	Responsibilities []Responsibility
}

func load(t *testing.T) *whole {
	t.Helper()
	city, err := Load()
	units, errUnits := loadUnits()
	categories, errCategories := loadCategories()
	responsibilities, errResponsibilities := loadResponsibilities()
	if err := errors.Join(err, errUnits, errCategories, errResponsibilities); err != nil {
		t.Fatal(err)
	}
	return &whole{city, units, categories, responsibilities}
}

// index gives the elements by key, and fails where two share one.
func index[T any](t *testing.T, all []T, key func(T) string) map[string]T {
	t.Helper()
	byKey := make(map[string]T, len(all))
	for _, v := range all {
		k := key(v)
		if _, twice := byKey[k]; twice || k == "" {
			t.Errorf("%T: key %q is empty or used twice", v, k)
		}
		byKey[k] = v
	}
	return byKey
}

func unitsByCode(t *testing.T, c *whole) map[string]Unit {
	t.Helper()
	return index(t, c.Units, func(u Unit) string { return u.Code })
}

func usersByAccount(t *testing.T, c *whole) map[string]User {
	t.Helper()
	return index(t, c.Users, func(u User) string { return u.Account })
}

func categoriesByCode(t *testing.T, c *whole) map[string]Category {
	t.Helper()
	return index(t, c.Categories, func(c Category) string { return c.Code })
}

// within climbs from code and reports whether it meets top.
func within(units map[string]Unit, code, top string) bool {
	for ; code != ""; code = units[code].ParentCode {
		if code == top {
			return true
		}
	}
	return false
}

func TestFilesAreCleanText(t *testing.T) {
	t.Parallel()
	entries, err := fs.ReadDir(Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := Files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(data) {
			t.Errorf("%s is not NFC", e.Name())
		}
		unclean := func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == '\u3000')
		}
		for n, line := range strings.Split(string(data), "\n") {
			if strings.ContainsFunc(line, unclean) || line != strings.TrimRight(line, " ") {
				t.Errorf("%s:%d has control characters or trailing space", e.Name(), n+1)
			}
		}
		if strings.Contains(string(data), `\n`) || strings.Contains(string(data), `\u`) {
			t.Errorf("%s hides characters behind escapes", e.Name())
		}
	}
}

func TestDecodeJSONIsStrict(t *testing.T) {
	t.Parallel()
	const post = `{"unit_code":"9901","role":"clerk","from":"2024-01-02"}`
	for name, tc := range map[string]struct{ in, wants string }{
		"good":          {`[{"account":"a","name":"b","posts":[` + post + `]}]`, ""},
		"unknown field": {`[{"account":"a","colour":1}]`, "unknown"},
		"duplicate key": {`[{"account":"a","account":"b"}]`, "duplicate"},
		"other case":    {`[{"Account":"a"}]`, "unknown"},
		"trailing data": {`[] []`, "after top-level value"},
		"not an array":  {`{}`, "unmarshal"},
		"bad UTF-8":     {"[{\"account\":\"\xff\"}]", "UTF-8"},
		"bad date":      {`[{"account":"a","posts":[` + strings.Replace(post, "-02", "-32", 1) + `]}]`, "date"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeJSON[User]("users.json", []byte(tc.in))
			checkRefusal(t, err, tc.wants)
		})
	}
}

func TestDecodeTableIsStrict(t *testing.T) {
	t.Parallel()
	columns := []string{"code", "organ"}
	for name, tc := range map[string]struct{ in, wants string }{
		"good":           {"code,organ\n1,true\n2,false\n", ""},
		"empty":          {"", "first line"},
		"renamed column": {"code,Organ\n1,true\n", "first line"},
		"missing cell":   {"code,organ\n1\n", "wrong number of fields"},
		"extra cell":     {"code,organ\n1,true,x\n", "wrong number of fields"},
		"spreadsheet":    {"code,organ\n1,TRUE\n", "neither true nor false"},
		"space":          {"code,organ\n1 ,true\n", "surrounding space"},
		"byte order":     {"\ufeffcode,organ\n1,true\n", "first line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeTable("x.csv", []byte(tc.in), columns, func(f []string) (bool, error) { return parseBool(f[1]) })
			checkRefusal(t, err, tc.wants)
		})
	}
}

func checkRefusal(t *testing.T, err error, wants string) {
	t.Helper()
	switch {
	case wants == "" && err != nil:
		t.Errorf("refused: %v", err)
	case wants != "" && (err == nil || !strings.Contains(err.Error(), wants)):
		t.Errorf("error is %v, want one with %q", err, wants)
	}
}

func oneOf(s string, all ...string) bool { return slices.Contains(all, s) }
