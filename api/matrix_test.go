package api

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// unproved are the columns that are not judged yet, by the beginning of a path. It
// has to be empty.
var unproved map[string][]string

// judged reports whether a route is asked about a relation: not about what cannot be,
// since an accusation that is the inspectors' from the first nobody sends there.
func (p probe) judged(r relation) bool {
	sentThere := slices.ContainsFunc(lineOf(p.what), func(s stage) bool { return s.at != "" })
	if sentThere && r.others != "" {
		return false
	}
	for path, relations := range unproved {
		if strings.HasPrefix(p.path, path) && slices.Contains(relations, r.name) {
			return false
		}
	}
	return true
}

// Every route answers every role about what is its own, beside, above and below
// it, elsewhere, confidential, about itself and about its unit as the matrix says;
// and what the matrix may never say it does not say.
func TestMatrix(t *testing.T) {
	t.Parallel()
	_, policies := readMatrix(t)
	wantEveryRoute(t, policies)
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		preamble, policies := readMatrix(t)
		m := newMatrix(t, dialect)
		for _, p := range policies {
			m.judge(p)
		}
		if *update {
			writeMatrix(t, preamble, policies)
		}
	})
}

// wantEveryRoute wants each route of the table under exactly one policy, and no
// other.
func wantEveryRoute(t *testing.T, policies []*block) {
	t.Helper()
	under := map[string]string{}
	for _, p := range policies {
		for _, x := range p.probes {
			if at, twice := under[x.route()]; twice && at != p.name {
				t.Errorf("%s stands under [%s] and under [%s] of %s", x.route(), at, p.name, matrixFile)
			}
			under[x.route()] = p.name
		}
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		name := r.method + " " + strings.TrimPrefix(r.path, v1)
		if under[name] == "" {
			t.Errorf("%s is new: say in %s under which policy it stands, what it is about, and what it is sent", name, matrixFile)
		}
		delete(under, name)
	}
	for name, at := range under {
		t.Errorf("%s stands under [%s] of %s but is no route", name, at, matrixFile)
	}
}

// judge asks every route of a policy as everybody about everything, and wants of
// each what the policy says; with -update what the first route answered.
func (m *matrix) judge(p *block) {
	m.t.Helper()
	of := p.columns(m.t)
	p.rows = m.rows(p)
	for i, x := range p.probes {
		for _, who := range p.rows {
			cells := m.row(x, of, who)
			if *update && i == 0 {
				p.cells[who] = cells
			}
			if want := p.cells[who]; !slices.Equal(cells, want) {
				m.t.Errorf("[%s] %s as %s:\n      %v\n got  %v\n want %v", p.name, x.route(), who, namesOf(of), cells, want)
			}
			m.wantNever(x, of, who, cells)
		}
	}
}

// rows gives as whom a policy's routes are asked: where no login is looked at, as
// nobody, and as a clerk to see that it is not.
func (m *matrix) rows(p *block) []grievance.Role {
	for _, x := range p.probes {
		if !m.routeOf(x).gate.anonymous {
			return allAsking
		}
	}
	return []grievance.Role{allAsking[0], clerk}
}

func namesOf(of []relation) (names []string) {
	for _, r := range of {
		names = append(names, r.name)
	}
	return names
}

// unknown is the cell of what is not asked.
const unknown = "-"

// row asks one route as one asker about everything. Whatever is answered as not
// found has to be told as what does not exist.
func (m *matrix) row(x probe, of []relation, who grievance.Role) (cells []string) {
	m.t.Helper()
	if x.listed {
		return m.listedRow(x, of, who)
	}
	told := map[string]string{}
	for _, r := range of {
		if !x.judged(r) {
			cells = append(cells, unknown)
			continue
		}
		s := m.about(x.what, r, who)
		res := m.request(x, s, who)
		if res.StatusCode/100 == 2 && x.method != http.MethodGet {
			m.changed(x.what, s)
		}
		cells = append(cells, m.outcome(x, res))
		if res.StatusCode == http.StatusNotFound {
			p := problemOf(m.t, res)
			told[p.Code+p.Title+p.Detail] = r.name
		}
	}
	if len(told) > 1 {
		m.t.Errorf("%s as %s: what is not found is told as what it is: %v", x.route(), who, told)
	}
	return cells
}

// outcome is what a cell says of an answer: its status, or that the gate let
// nobody of that role pass.
func (m *matrix) outcome(x probe, res *http.Response) string {
	m.t.Helper()
	body := bodyOf(m.t, res)
	res.Body = io.NopCloser(bytes.NewReader(body))
	if res.StatusCode >= http.StatusInternalServerError {
		m.t.Errorf("%s: %d %s", x.route(), res.StatusCode, body)
	}
	var p Problem
	if res.StatusCode == http.StatusForbidden && json.Unmarshal(body, &p) == nil && p.Code == errRole.Code {
		return "gate"
	}
	return strconv.Itoa(res.StatusCode)
}

// request sends a probe about a subject.
func (m *matrix) request(x probe, s subject, who grievance.Role) *http.Response {
	m.t.Helper()
	path := x.path
	for _, part := range []string{"file", "name"} {
		path = strings.Replace(path, ":"+part, s[part], 1)
	}
	path = strings.NewReplacer(":id", s[x.id], ":n/", "1/", ":year", "2026").Replace(path)
	if !strings.HasPrefix(m.routeOf(x).path, v1) {
		return m.call(x.method, path, "", "Authorization: Bearer "+m.token(who))
	}
	question, body := "", m.fill(x.said, s)
	if strings.HasPrefix(body, "?") {
		question, body, _ = strings.Cut(body, " ")
	}
	if strings.HasPrefix(body, "text/") {
		return m.send(m.token(who), x.method, v1+path+question, "", "Accept: "+body)
	}
	return m.send(m.token(who), x.method, v1+path+question, body)
}

func (m *matrix) routeOf(x probe) route {
	m.t.Helper()
	for _, r := range m.routes() {
		if r.method == x.method && strings.TrimPrefix(r.path, v1) == x.path {
			return r
		}
	}
	m.t.Fatalf("%s is no route", x.route())
	return route{}
}

// listedRow asks for a list once and tells what stands in it.
func (m *matrix) listedRow(x probe, of []relation, who grievance.Role) (cells []string) {
	m.t.Helper()
	subjects := map[string]subject{}
	for _, r := range of {
		if x.judged(r) {
			subjects[r.name] = m.about(x.what, r, who)
		}
	}
	refused, text := m.wholeList(x, who)
	for _, r := range of {
		s, known := subjects[r.name]
		switch {
		case !known:
			cells = append(cells, unknown)
		case refused != "":
			cells = append(cells, refused)
		case strings.Contains(text, s[x.id]):
			cells = append(cells, "listed")
		default:
			cells = append(cells, "absent")
		}
	}
	return cells
}

// wholeList reads a list to its end, if it is not refused, and wants as many in it
// as it says, where it counts them.
func (m *matrix) wholeList(x probe, who grievance.Role) (refused, text string) {
	m.t.Helper()
	said, n := x.said, 0
	for {
		res := m.request(x, subject{}, who)
		if res.StatusCode != http.StatusOK {
			return m.outcome(x, res), ""
		}
		body := bodyOf(m.t, res)
		text += string(body)
		var p anyPage
		if json.Unmarshal(body, &p) != nil {
			return "", text
		}
		n += len(p.Items)
		if p.Next == "" {
			if p.Total != nil && *p.Total != n {
				m.t.Errorf("%s as %s: %d in the list, which counts %d", x.route(), who, n, *p.Total)
			}
			return "", text
		}
		x.said = strings.Replace(said, "?", "?cursor="+p.Next+"&", 1)
	}
}
