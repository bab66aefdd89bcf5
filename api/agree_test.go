package api

import (
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
)

// Whatever GET /cases/{id} denies somebody, nothing else tells them of either: no
// list, count, search, report, table, feed, cursor, finding or bulletin, for random
// people and random cases; and what it grants, the lists have. A few people are
// asked for each city, with HUIYIN_TEST_SCALE=full a few more of two, and with
// HUIYIN_TEST_SCALE=exhaustive, in half an hour, everybody of six.
func TestNothingTellsOfWhatIsDenied(t *testing.T) {
	t.Parallel()
	cities, cases, people := 1, 40, 3
	switch {
	case exhaustive():
		cities, cases, people = 6, 80, 1000
	case os.Getenv("HUIYIN_TEST_SCALE") == "full":
		cities, people = 2, 6
	}
	for seed := range uint64(cities) {
		eachPhone(t, func(t *testing.T, s *city) {
			a := agreeing(s, seed+11, cases)
			for _, account := range a.some(people) {
				a.checkAll(account)
			}
			a.wantThorough()
		})
	}
}

// everywhere are those who ask in every city: nobody, who sees much, little and nothing, and
// those who left.
var everywhere = []string{"", "admin", "city_leader", "clerk", "leader", "courier", "inspector", "handler", "courier2"}

// some gives those, the overseers and the others who are barred from most, and so many
// at random.
func (a *agreement) some(people int) []string {
	rest := slices.DeleteFunc(a.accounts(), func(name string) bool { return slices.Contains(everywhere, name) })
	a.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	barred := map[string]int{}
	for _, name := range rest {
		barred[name] = len(a.barredOf(name))
		if officetest.Actor(a.t, a.Office, a.clock, name).Has(overseers.roles...) {
			barred[name] *= 100
		}
	}
	slices.SortStableFunc(rest, func(x, y string) int { return barred[y] - barred[x] })
	most := min(3, len(rest))
	a.Shuffle(len(rest)-most, func(i, j int) { rest[most+i], rest[most+j] = rest[most+j], rest[most+i] })
	return append(slices.Clone(everywhere), rest[:min(most+people, len(rest))]...)
}

func exhaustive() bool { return os.Getenv("HUIYIN_TEST_SCALE") == "exhaustive" }

// agreement is a throng at one instant at which it does nothing any more, and what
// tells of each of its cases.
type agreement struct {
	*throng
	of    map[string]grievance.CaseID // by what tells of a case: ids, receipt number, mark
	cases map[grievance.CaseID]*grievance.Case
	found []*grievance.Finding
	press []store.WholeBulletin
	feeds map[string]string // the paths of calendars, by account

	account string // who asks, and
	sees    map[grievance.CaseID]bool
	barred  map[grievance.CaseID]bool
	reads   []store.WholeBulletin // some of the press
	told    map[string]int        // how often each route has told something
	met     map[string]int        // how often what matters most was met
}

func agreeing(s *city, seed uint64, cases int) *agreement {
	p := assembled(s, seed, cases)
	p.departs()
	for _, at := range []time.Time{time.Date(2026, 12, 4, 1, 0, 0, 0, time.UTC), time.Date(2027, 1, 8, 1, 0, 0, 0, time.UTC)} {
		p.clock.Advance(max(0, at.Sub(p.clock.Now())))
		p.wholeEngine()
		p.judgeFindings()
	}
	p.correctBulletins()
	p.runEngine()
	a := &agreement{throng: p, feeds: map[string]string{}, told: map[string]int{}, met: map[string]int{}}
	a.gather()
	return a
}

const markPattern = `#M\d{4}#`

// markOf is what stands in the title and the text of the nth case.
func markOf(n int) string { return fmt.Sprintf("#M%04d#", n) }

// gather notes all that tells of cases.
func (a *agreement) gather() {
	a.t.Helper()
	a.of, a.cases = map[string]grievance.CaseID{}, map[grievance.CaseID]*grievance.Case{}
	all := store.ViewerOf(grievance.System, nil)
	must(a.t, a.Store.Read(a.t.Context(), func(sn *store.Snapshot) (err error) {
		for i, id := range a.ids {
			c, err := sn.Case(id, all, store.Needs{SignOffs: true, Orders: true})
			must(a.t, err)
			a.cases[id], a.of[id.String()], a.of[c.ReceiptNumber], a.of[markOf(i)] = c, id, id, id
			for _, k := range c.Clocks() {
				a.of[k.ID.String()] = id
			}
			for _, x := range c.SignOffs() {
				a.of[x.ID.String()] = id
			}
			escalations, err := sn.EscalationsOf(id)
			must(a.t, err)
			for _, e := range escalations {
				a.of[e.ID.String()] = id
			}
			texts, err := sn.Texts(id)
			must(a.t, err)
			for _, x := range texts {
				if !strings.HasPrefix(string(x.Kind), "finding_") {
					a.of[x.ID.String()] = id
				}
			}
		}
		if a.found, err = sn.ListFindings(all, store.FindingFilter{}, nil, 1000); err != nil {
			return err
		}
		paths := store.BulletinFilter{Paths: []string{book(a.city).UnitByCode("9901").Path}}
		list, err := sn.ListBulletins(paths, store.BulletinID{}, 1000)
		for _, b := range list {
			whole, err := sn.Bulletin(b.ID, paths.Paths)
			must(a.t, err)
			a.press = append(a.press, whole)
		}
		return err
	}))
}

// checkAll asks everything as an account.
func (a *agreement) checkAll(account string) {
	a.t.Helper()
	a.account, a.sees, a.barred = account, map[grievance.CaseID]bool{}, a.barredOf(account)
	a.reads = part(a, a.press, 10)
	for _, b := range a.press {
		if slices.ContainsFunc(marks.FindAllString(string(b.Body), -1), func(mark string) bool { return a.barred[a.of[mark]] }) {
			a.reads = append(slices.Clip(a.reads), b)
		}
	}
	for id := range a.cases {
		w := a.ask(account, "GET", v1+"/cases/"+id.String(), "")
		switch {
		case w.Code == 200:
			a.sees[id] = true
		case account != "" && w.Code != 404:
			a.t.Errorf("%s opens a case: %d", account, w.Code)
		}
		if a.barred[id] {
			a.met["barred"]++
		}
		if a.sees[id] && a.barred[id] && !a.owns(account, id) {
			a.t.Errorf("%s opens a case from which they are barred", account)
		}
	}
	for _, r := range a.routes() {
		walk, placed := walks[r.path]
		switch {
		case r.method != "GET":
		case !placed:
			a.t.Errorf("%s is new: say in walks how it is walked", r.path)
		default:
			walk(a, r.path)
		}
	}
	a.search()
}

// part gives so many of a list that stand together, or with HUIYIN_TEST_SCALE=exhaustive all.
func part[T any](a *agreement, list []T, n int) []T {
	if exhaustive() || len(list) <= n {
		return list
	}
	from := a.IntN(len(list) - n)
	return list[from : from+n]
}

// owns reports whether a case is the account's own, which nothing hides from it.
func (a *agreement) owns(account string, id grievance.CaseID) bool {
	u := book(a.city).UserByName(account)
	return u != nil && a.cases[id].PetitionerUserID == u.ID
}

// barredOf tells from which cases an account is barred.
func (a *agreement) barredOf(account string) (barred map[grievance.CaseID]bool) {
	if account == "" {
		return nil
	}
	must(a.t, a.Store.Read(a.t.Context(), func(sn *store.Snapshot) (err error) {
		actor := officetest.Actor(a.t, a.Office, a.clock, account)
		barred, err = sn.CasesBarred(store.FindingViewerOf(actor, book(a.city), a.clock.Now()), a.ids)
		return err
	}))
	return barred
}

var (
	marks   = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b9901[0-9-]*-20\d{6}-\d{4,}|` + markPattern)
	cursors = regexp.MustCompile(`"next":"([^"]+)"`)
)

// hears looks for anything in what a path told that tells of a case which is denied.
// What anybody may read on the echo wall may stand there, but no id and no number.
func (a *agreement) hears(path, body string) {
	a.t.Helper()
	body = strings.ReplaceAll(body, "\r\n ", "") // lines that a calendar has folded
	for _, c := range cursors.FindAllStringSubmatch(body, -1) {
		raw, _ := base64.RawURLEncoding.DecodeString(c[1])
		body += string(raw)
	}
	for _, mark := range marks.FindAllString(body, -1) {
		id, known := a.of[mark]
		public := strings.HasPrefix(path, v1+"/public/wall") && strings.HasPrefix(mark, "#") && onPublicWall(a.cases[id])
		asked := strings.Contains(path, mark) // and said again
		if known && !a.sees[id] && !public && !asked {
			a.t.Errorf("GET %s tells %q of %s, a case which is denied: %s", path, a.account, mark, around(body, mark))
		}
	}
}

// onPublicWall is what may be read by everybody: no accusation, and nothing that is
// confidential.
func onPublicWall(c *grievance.Case) bool {
	return c != nil && c.Channel == grievance.ByWall && c.Nature != grievance.Accusation && !c.Confidential
}

func around(body, mark string) string {
	i := strings.Index(body, mark)
	return strings.ToValidUTF8(body[max(0, i-120):min(len(body), i+120)], "")
}

// get asks for something and hears the answer, whatever it is.
func (a *agreement) get(path string, header ...string) (status int, body string) {
	a.t.Helper()
	w := a.ask(a.account, "GET", path, "", header...)
	if w.Code >= 500 {
		a.t.Fatalf("%s as %s: %d %s", path, a.account, w.Code, w.Body)
	}
	a.hears(path, w.Body.String())
	for _, link := range w.Result().Header.Values("Link") {
		a.hears(path, link)
	}
	return w.Code, w.Body.String()
}

// wantThorough wants something told by everything that can tell, and everything
// done that can be done: else the property says nothing of it.
func (a *agreement) wantThorough() {
	a.t.Helper()
	var silent, undone []string
	for path := range walks {
		if a.told[path] == 0 && !slices.Contains(mayBeSilent, path) {
			silent = append(silent, path)
		}
	}
	for name := range doings {
		if a.done[name] == 0 {
			undone = append(undone, fmt.Sprintf("%s (%d)", name, a.refused[name]))
		}
	}
	if len(silent)+len(undone) > 0 {
		a.t.Errorf("nothing told by %v; nobody did %v", silent, undone)
	}
	for _, what := range []string{"barred", "a finding without its case", "less in a bulletin", "a body withheld", "a body"} {
		if a.met[what] == 0 {
			a.t.Errorf("nobody met %s: %v", what, a.met)
		}
	}
}
