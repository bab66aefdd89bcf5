package samples

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	city      = "9901"
	county    = "990121"
	jichuan   = "990121101" // 霁川镇, the first township
	qiqiao    = "990121001" // 栖桥街道, the second
	authority = "-10"       // 纪委监委, as a department of the county
)

var codeOfLevel = map[string]*regexp.Regexp{
	"city":     regexp.MustCompile(`^\d{4}$`),
	"county":   regexp.MustCompile(`^\d{6}(-\d\d)?$`),
	"township": regexp.MustCompile(`^\d{9}(-\d\d)?$`),
	"village":  regexp.MustCompile(`^\d{12}$`),
	"grid":     regexp.MustCompile(`^\d{15}$`),
}

var levelOfParent = map[string]string{"county": "city", "township": "county", "village": "township", "grid": "village"}

func TestUnitsAreATree(t *testing.T) {
	t.Parallel()
	c := load(t)
	byCode := unitsByCode(t, c)
	seen := map[string]bool{}
	for _, u := range c.Units {
		switch {
		case u.ParentCode == "" && u.Code != city:
			t.Errorf("%s is a second root", u.Code)
		case u.ParentCode != "" && !seen[u.ParentCode]:
			t.Errorf("%s stands before its superior %q, or that does not exist", u.Code, u.ParentCode)
		case !strings.HasPrefix(u.Code, u.ParentCode):
			t.Errorf("%s does not start with its superior's code", u.Code)
		}
		seen[u.Code] = true
		checkUnit(t, u, byCode[u.ParentCode])
	}
}

func checkUnit(t *testing.T, u, parent Unit) {
	t.Helper()
	if p := codeOfLevel[u.Level]; p == nil || !p.MatchString(u.Code) {
		t.Errorf("%s is no code of level %q", u.Code, u.Level)
	}
	if !strings.HasPrefix(u.Code, "99") {
		t.Errorf("%s may belong to a real place: no province has the number 99", u.Code)
	}
	hangs := strings.Contains(u.Code, "-")
	if hangs != oneOf(u.Kind, "department", "station") {
		t.Errorf("%s: kind %q does not fit the code", u.Code, u.Kind)
	}
	if want := map[bool]string{true: u.Level, false: levelOfParent[u.Level]}[hangs]; parent.Level != want {
		t.Errorf("%s hangs under a unit of level %q, want %q", u.Code, parent.Level, want)
	}
	if u.Organ != oneOf(u.Kind, "government", "department") {
		t.Errorf("%s: organ is %v for kind %q", u.Code, u.Organ, u.Kind)
	}
	if u.Name == "" || !oneOf(u.Kind, "government", "department", "station", "village", "grid") {
		t.Errorf("%s: name %q, kind %q", u.Code, u.Name, u.Kind)
	}
}

func TestCategoriesAreATreeOfThreeLevels(t *testing.T) {
	t.Parallel()
	c := load(t)
	byCode := categoriesByCode(t, c)
	perLevel := map[int]int{}
	for _, cat := range c.Categories {
		perLevel[len(cat.Code)]++
		if len(cat.Code) > 2 && cat.Parent != cat.Code[:len(cat.Code)-2] || len(cat.Code) == 2 && cat.Parent != "" {
			t.Errorf("%s: parent %q is not its prefix", cat.Code, cat.Parent)
		}
		if _, ok := byCode[cat.Parent]; cat.Parent != "" && !ok {
			t.Errorf("%s: no parent %q", cat.Code, cat.Parent)
		}
		if cat.Name == "" {
			t.Errorf("%s has no name", cat.Code)
		}
	}
	if len(perLevel) != 3 || perLevel[2] < 12 || perLevel[4] < 45 || perLevel[6] < 120 {
		t.Errorf("nodes by length of code: %v", perLevel)
	}
}

func TestEveryMatterHasAUnitInEveryTownship(t *testing.T) {
	t.Parallel()
	c := load(t)
	units, categories := unitsByCode(t, c), categoriesByCode(t, c)
	lines := index(t, c.Responsibilities, func(r Responsibility) string { return r.CategoryCode + "@" + r.AreaCode })
	for k, r := range lines {
		if _, ok := categories[r.CategoryCode]; !ok {
			t.Errorf("%s: no such category", k)
		}
		if units[r.UnitCode].Code == "" || units[r.AreaCode].Code == "" || r.Note == "" {
			t.Errorf("%s: unknown unit %q or area, or no note", k, r.UnitCode)
		}
		if !within(units, r.UnitCode, r.AreaCode) {
			t.Errorf("%s: %s lies outside the area", k, r.UnitCode)
		}
	}
	for code := range categories {
		for _, area := range []string{jichuan, qiqiao} {
			if proposed(lines, units, code, area) == "" {
				t.Errorf("nobody answers for %s in %s", code, area)
			}
		}
	}
}

// proposed gives the unit of the longest category prefix, then of the nearest
// area at or above the one given; "" when no line covers it.
func proposed(lines map[string]Responsibility, units map[string]Unit, category, area string) string {
	for n := len(category); n > 0; n-- {
		for a := area; a != ""; a = units[a].ParentCode {
			if r, ok := lines[category[:n]+"@"+a]; ok {
				return r.UnitCode
			}
		}
	}
	return ""
}

func TestUsersHoldKnownPosts(t *testing.T) {
	t.Parallel()
	c := load(t)
	units := unitsByCode(t, c)
	usersByAccount(t, c)
	roles := []string{"courier", "grid_worker", "clerk", "handler", "leader", "supervisor", "inspector", "admin"}
	var held []string
	for _, u := range c.Users {
		if u.Petitioner != (len(u.Posts) == 0) || u.Name == "" {
			t.Errorf("%s: a petitioner holds no post, everybody else does; all have names", u.Account)
		}
		for _, p := range u.Posts {
			held = append(held, p.Role)
			_, known := units[p.UnitCode]
			if !known || !slices.Contains(roles, p.Role) || p.From.IsZero() {
				t.Errorf("%s: post %+v", u.Account, p)
			}
			if p.Head && p.Role != "leader" || p.Duty && p.Role != "clerk" {
				t.Errorf("%s: only leaders are heads and only clerks are on duty: %+v", u.Account, p)
			}
		}
	}
	for _, r := range roles {
		if !slices.Contains(held, r) {
			t.Errorf("nobody is %s", r)
		}
	}
}

// TestUnitsAreStaffed finds one duty clerk and one head in every organ, a head
// and a handler in every station and village, but for the seats that are left
// vacant on purpose.
func TestUnitsAreStaffed(t *testing.T) {
	t.Parallel()
	c := load(t)
	n := seats(c)
	for _, u := range c.Units {
		wants := map[string]int{}
		switch {
		case u.Organ:
			wants = map[string]int{"head": 1, "duty": 1}
		case oneOf(u.Kind, "station", "village"):
			wants = map[string]int{"head": 1, "duty": 0, "handler": 1}
		}
		if u.Code == qiqiao+"-01" {
			wants["head"] = 0
		}
		for seat, want := range wants {
			if got := n[u.Code+" "+seat]; got != want {
				t.Errorf("%s %s: %d hold the seat %q, want %d", u.Code, u.Name, got, seat, want)
			}
		}
		wantSupervisors := map[bool]int{true: 1, false: 0}[u.Code == city || u.Code == county]
		if got := n[u.Code+" supervisor"]; got != wantSupervisors {
			t.Errorf("%s: %d supervisors, want %d", u.Code, got, wantSupervisors)
		}
	}
}

func seats(c *whole) map[string]int {
	n := map[string]int{}
	for _, u := range c.Users {
		for _, p := range u.Posts {
			n[p.UnitCode+" "+p.Role]++
			if p.Head {
				n[p.UnitCode+" head"]++
			}
			if p.Duty {
				n[p.UnitCode+" duty"]++
			}
		}
	}
	return n
}

func TestFixedAccountsHoldTheirPosts(t *testing.T) {
	t.Parallel()
	users := usersByAccount(t, load(t))
	for account, want := range map[string]string{
		"admin":           city + " admin",
		"city_supervisor": city + " supervisor",
		"county_leader":   county + " leader head",
		"supervisor":      county + " supervisor",
		"inspector":       county + authority + " inspector",
		"clerk":           jichuan + " clerk duty",
		"courier":         jichuan + " courier",
		"leader":          jichuan + " leader head",
		"deputy":          jichuan + " leader",
		"handler":         jichuan + "-03 handler",
		"handler3":        jichuan + "-04 handler",
		"grid_worker":     jichuan + "201001 grid_worker",
		"clerk2":          qiqiao + " clerk duty",
		"leader2":         qiqiao + " leader head",
		"handler2":        qiqiao + "-04 handler",
		"petitioner":      "",
	} {
		u, ok := users[account]
		if got := describe(u.Posts); !ok || got != want {
			t.Errorf("%s holds %q, want %q", account, got, want)
		}
	}
}

func describe(posts []Post) string {
	var all []string
	for _, p := range posts {
		s := p.UnitCode + " " + p.Role
		if p.Head {
			s += " head"
		}
		if p.Duty {
			s += " duty"
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

// TestReadmeTellsWhoHoldsWhat reads the table of the README back: the line of
// each account begins "| `account` | name | posts |".
func TestReadmeTellsWhoHoldsWhat(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| ([^|]+) \\| ([^|]*?) ?\\|")
	told := map[string]string{}
	for _, m := range line.FindAllStringSubmatch(string(readme), -1) {
		told[m[1]] = m[2] + ": " + m[3]
	}
	users := usersByAccount(t, load(t))
	for account, u := range users {
		if want := u.Name + ": " + describe(u.Posts); told[account] != want {
			t.Errorf("README says of %s %q, want %q", account, told[account], want)
		}
	}
	for account := range told {
		if _, ok := users[account]; !ok {
			t.Errorf("README names %s, who does not exist", account)
		}
	}
}

// TestReadmeTellsWhereStoriesEnd reads back the lines "| ending | m01, m02 | … |".
func TestReadmeTellsWhereStoriesEnd(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string][]string{}
	for _, m := range load(t).Messages {
		ends[m.Story.Until] = append(ends[m.Story.Until], m.ID)
	}
	for _, end := range endings {
		if line := "\n| " + end + " | " + strings.Join(ends[end], ", ") + " |"; !strings.Contains(string(readme), line) {
			t.Errorf("README has no line %q", line)
		}
	}
}
