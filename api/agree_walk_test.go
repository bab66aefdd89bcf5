package api

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/grievance"
)

// walks says for every GET of the route table how all that it can tell an account is
// asked for.
var walks = map[string]func(*agreement, string){
	"/": plainly, "/healthz": plainly, "/readyz": plainly, "/metrics": plainly, "/openapi.json": apart, "/docs": plainly,
	"/docs/:file": apart, "/.well-known/jwks.json": apart, // files and keys, which no case is in
	v1 + "/auth/me":                     plainly,
	v1 + "/auth/sessions":               plainly,
	v1 + "/api-keys":                    plainly,
	v1 + "/changes":                     listed,
	v1 + "/units":                       listed,
	v1 + "/units/:id":                   ofUnits,
	v1 + "/units/:id/subtree":           ofUnits,
	v1 + "/users":                       listed,
	v1 + "/users/:id":                   ofUsers,
	v1 + "/appointments":                listed,
	v1 + "/deputies":                    listed,
	v1 + "/categories":                  plainly,
	v1 + "/responsibilities":            plainly,
	v1 + "/calendar":                    plainly,
	v1 + "/calendar/:year":              (*agreement).calendar,
	v1 + "/calendar/hours":              plainly,
	v1 + "/calendar/add":                (*agreement).calendar,
	v1 + "/profiles":                    plainly,
	v1 + "/profiles/:name":              ofProfiles,
	v1 + "/profiles/:name/versions":     ofProfiles,
	v1 + "/cases":                       (*agreement).listsCases,
	v1 + "/inbox":                       listed,
	v1 + "/sign-offs":                   (*agreement).listsSignOffs,
	v1 + "/escalations":                 (*agreement).listsEscalations,
	v1 + "/findings":                    (*agreement).listsFindings,
	v1 + "/findings/:id":                (*agreement).opensFindings,
	v1 + "/reports/escalations":         (*agreement).reports,
	v1 + "/reports/timeliness":          (*agreement).reports,
	v1 + "/reports/upcoming":            (*agreement).upcoming,
	v1 + "/reports/upcoming/feeds":      plainly,
	feedsPath + ":file":                 (*agreement).subscribes,
	v1 + "/bulletins":                   listed,
	v1 + "/bulletins/scheme":            plainly,
	v1 + "/bulletins/:id":               (*agreement).bulletins,
	v1 + "/bulletins/:id/body":          (*agreement).bodies,
	v1 + "/bulletins/:id/figures/:name": (*agreement).figures,
	v1 + "/cases/:id":                   aboutCases,
	v1 + "/cases/:id/events":            aboutCases,
	v1 + "/cases/:id/deadlines":         aboutCases,
	v1 + "/deadlines/:id/explanation":   (*agreement).deadlines,
	v1 + "/cases/:id/notices":           aboutCases,
	v1 + "/cases/:id/parties":           aboutCases,
	v1 + "/cases/:id/sign-offs":         aboutCases,
	v1 + "/cases/:id/escalations":       aboutCases,
	v1 + "/cases/:id/suspensions":       aboutCases,
	v1 + "/cases/:id/objections":        aboutCases,
	v1 + "/cases/:id/co-handlers":       aboutCases,
	v1 + "/cases/:id/follow-ups":        aboutCases,
	v1 + "/cases/:id/reviews":           aboutCases,
	v1 + "/cases/:id/related":           aboutCases,
	v1 + "/cases/:id/sponsor":           aboutCases,
	v1 + "/cases/:id/recusals":          aboutCases,

	v1 + "/cases/:id/supervision-orders":  aboutCases,
	v1 + "/cases/:id/notices/:n/document": aboutCases,
	v1 + "/cases/:id/notices/:n/service":  aboutCases,
	v1 + "/public/wall":                   listed,
	v1 + "/public/units":                  plainly,
	v1 + "/engine":                        plainly,
}

// mayBeSilent are the routes that tell this account's questions nothing, or nothing
// with anything in it.
var mayBeSilent = []string{"/openapi.json", "/docs/:file", "/.well-known/jwks.json", v1 + "/reports/upcoming/feeds", "/readyz", "/healthz", "/", v1 + "/auth/sessions", v1 + "/api-keys"}

func apart(*agreement, string) {}

func plainly(a *agreement, path string) { a.tells(path, path) }

// tells asks for an address of a route, and notes when it had something to tell.
func (a *agreement) tells(route, path string, header ...string) (status int, body string) {
	a.t.Helper()
	status, body = a.get(path, header...)
	if status == 200 && body != `{"items":[]}` {
		a.told[route]++
	}
	return status, body
}

// listed goes through a list, its count with it where it has one.
func listed(a *agreement, path string) { a.pages(path, path) }

// pages goes through a list to its end by short pages, and gives what stands in it;
// nil where the account may not ask.
func (a *agreement) pages(route, href string) (items []anyItem) {
	a.t.Helper()
	seen := map[string]bool{}
	for cursor := ""; ; {
		status, body := a.tells(route, asking(href, "limit="+strconv.Itoa(1+a.IntN(8))+cursor))
		if status != 200 {
			if status != 401 && status != 403 {
				a.t.Errorf("%s as %q: %d %s", href, a.account, status, body)
			}
			return nil
		}
		var page struct {
			Items []anyItem `json:"items"`
			Next  string    `json:"next"`
		}
		must(a.t, json.Unmarshal([]byte(body), &page))
		for _, i := range page.Items {
			if id := i.ID + i.CaseID + i.FindingID + i.VacantAbove.ID; id != "" && seen[id+i.Reason] {
				a.t.Errorf("%s as %q: %s stands in it twice", href, a.account, id)
			} else {
				seen[id+i.Reason] = true
			}
		}
		if items = append(items, page.Items...); page.Next == "" {
			return items
		}
		cursor = "&cursor=" + url.QueryEscape(page.Next)
	}
}

// anyItem is what tells items of any list apart.
type anyItem struct {
	ID          string `json:"id"`
	CaseID      string `json:"case_id"`
	Reason      string `json:"reason"`
	FindingID   string `json:"finding_id"`
	VacantAbove struct {
		ID string `json:"id"`
	} `json:"vacant_above"`
}

func asking(href, more string) string {
	if strings.Contains(href, "?") {
		return href + "&" + more
	}
	return href + "?" + more
}

// counts goes through a list that counts itself, and holds the count against it.
func (a *agreement) counts(route, href string) []anyItem {
	a.t.Helper()
	items := a.pages(route, href)
	status, body := a.get(asking(href, "count=true&limit=1"))
	if status != 200 {
		return items
	}
	var page anyPage
	must(a.t, json.Unmarshal([]byte(body), &page))
	if page.Total == nil || *page.Total != len(items) {
		a.t.Errorf("%s as %q lists %d: %s", href, a.account, len(items), body)
	}
	return items
}

func (a *agreement) listsCases(route string) {
	a.t.Helper()
	for _, sort := range []string{"", "?sort=due_at", "?sort=received_at"} {
		a.hasAll(route+sort, a.counts(route, route+sort))
	}
	for range 3 {
		a.counts(route, route+"?"+pick(a.population, "nature=accusation", "overdue=true", "overdue=false", "status=closed,registered", "unassigned=true",
			"escalated=true", "escalated=false", "clock_kind=acceptance", "channel=wall", "unit="+a.unit(jichuan), "listed=true", "category=01", "responsible="+a.user("clerk")))
	}
}

// hasAll wants a list to have every case that the account may open, and no other.
func (a *agreement) hasAll(href string, items []anyItem) {
	a.t.Helper()
	listed := map[grievance.CaseID]bool{}
	for _, i := range items {
		listed[a.of[i.ID]] = true
	}
	if a.account != "" && !maps.Equal(listed, a.sees) {
		a.t.Errorf("%s as %q lists %d cases, %d may be opened", href, a.account, len(listed), len(a.sees))
	}
}

func (a *agreement) search() {
	a.t.Helper()
	for n := range 6 {
		for _, question := range []string{"?limit=200&count=true", "?limit=1"} {
			w := a.ask(a.account, "POST", v1+"/cases/search"+question, fmt.Sprintf(`{"phone":"138000%05d"}`, n))
			a.hears("/cases/search", w.Body.String())
			var page anyPage
			if w.Code != 200 || n > 3 {
				continue
			}
			must(a.t, json.Unmarshal(w.Body.Bytes(), &page))
			if page.Total != nil && *page.Total != len(page.Items) {
				a.t.Errorf("a search as %s counts %d and lists %d", a.account, *page.Total, len(page.Items))
			}
		}
	}
}

func (a *agreement) listsSignOffs(route string) {
	a.pages(route, route)
	a.pages(route, route+"?state=decided")
}

func (a *agreement) listsEscalations(route string) {
	a.t.Helper()
	a.counts(route, route)
	a.counts(route, route+"?"+pick(a.population, "target=mine", "unroutable=true", "state=open", "level=2,3", "unit="+a.unit("990121")))
}

// aboutCases asks for something of every case: of one that is denied there is none, for
// whoever may ask for it at all.
func aboutCases(a *agreement, route string) {
	a.t.Helper()
	for id, c := range a.cases {
		if !a.sees[id] && a.IntN(4) > 0 {
			continue
		}
		path := strings.Replace(route, ":id", id.String(), 1)
		paths := []string{path}
		if strings.Contains(path, ":n") {
			paths = []string{strings.Replace(path, ":n", "1", 1), strings.Replace(path, ":n", strconv.Itoa(1+a.IntN(4)), 1)}
		}
		for _, path := range paths {
			status, body := a.tells(route, path)
			if !a.sees[id] && status < 400 {
				a.t.Errorf("GET %s tells %q of a case which is denied: %d %s", path, a.account, status, body)
			}
			if next := strings.HasSuffix(route, "/events") || strings.HasSuffix(route, "/related"); next && status == 200 {
				a.pages(route, path)
			}
			_ = c
		}
	}
}

// deadlines asks why some deadlines are due when they are.
func (a *agreement) deadlines(route string) {
	a.t.Helper()
	for id, c := range a.cases {
		for _, k := range c.Clocks() {
			if a.IntN(6) > 0 {
				continue
			}
			status, body := a.tells(route, strings.Replace(route, ":id", k.ID.String(), 1))
			if a.sees[id] != (status == 200) && a.account != "" {
				a.t.Errorf("a deadline explained to %q: %d %s", a.account, status, body)
			}
		}
	}
}

func ofUnits(a *agreement, route string) {
	for _, code := range []string{"9901", jichuan, township2} {
		a.tells(route, strings.Replace(route, ":id", a.unit(code), 1))
	}
}

func ofUsers(a *agreement, route string) {
	for _, account := range []string{"clerk", "handler", "petitioner"} {
		a.tells(route, strings.Replace(route, ":id", a.user(account), 1))
	}
}

func ofProfiles(a *agreement, route string) {
	a.tells(route, strings.Replace(route, ":name", "petition", 1))
}

func (a *agreement) calendar(route string) {
	a.tells(route, strings.NewReplacer(":year", "2026", "/add", "/add?from=2026-11-23&days=3&unit=working_day").Replace(route))
}
