package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// stage is how far a case has come: from which stage, and by what acts. An actor
// without a place is of the case's own; up is the place above it.
type stage struct {
	from string
	more string // members of its registration
	at   place  // where it begins, if that is not its place
	acts []act

	audited bool // the engine finds fault with it
}

type act struct{ account, path, body string }

const fourParts = `{"outcome":"supported","request":"修路灯","facts":"线路老化","opinion":"本周修好","legal_basis":"《条例》第三十一条"}`

// stages are the stages of a case at which something may be done to it.
var stages = map[string]stage{
	"registered": {},
	"inquiry":    {from: "registered", more: `,"nature":"inquiry"`},
	"accepted":   {from: "registered", acts: []act{{"clerk", "/accept", `{}`}}},
	"assigned":   {from: "accepted", acts: []act{{"clerk", "/assign", `{"unit_id":"$unit","handler_id":"$handler"}`}}},
	"handling": {from: "assigned", acts: []act{
		{"handler", "/acknowledge", `{}`}, {"handler", "/contact", `{"words":"电话联系"}`},
	}},
	"suspended": {from: "handling", acts: []act{
		{"handler", "/suspend", `{"cause":"force_majeure","until":"2026-12-18","words":"山洪冲断道路"}`},
		{"leader", "/sign-offs/1/approve", `{}`},
	}},
	"awaiting": {from: "handling", acts: []act{{"handler", "/submit", fourParts}}},
	"closed":   {from: "awaiting", acts: []act{{"leader", "/sign-offs/1/approve", `{}`}}},
	"answered": {from: "closed", more: `,"petition":true`, acts: []act{{"clerk", "/notices/2/service", `{"how":"mail"}`}}},
	"reviewed": {from: "answered", acts: []act{{"", "public/review", `{"receipt_number":"$receipt","query_code":"$code","words":"认定事实有误"}`}}},
	"hearing":  {from: "reviewed", acts: []act{{"up.clerk", "/reviews/1/hearing", `{"until":"2026-12-18"}`}}},
	"forwarded": {from: "registered", at: atTop, acts: []act{
		{"top.clerk", "/forward", `{"unit_id":"$unit","reason":"other_area"}`},
	}},
	"objected": {from: "registered", acts: []act{
		{"clerk", "/forward", `{"unit_id":"$top","reason":"superior_matter"}`},
		{"top.clerk", "/objections", `{"reason":"not_our_duty","words":"属地办理","category":"01","area":""}`},
	}},
	"helping": {from: "registered", at: atTop, acts: []act{
		{"top.clerk", "/accept", `{}`}, {"top.clerk", "/assign", `{"unit_id":"$top","handler_id":"$tophandler"}`},
		{"top.handler", "/acknowledge", `{}`}, {"top.handler", "/co-handlers", `{"unit_id":"$unit","words":"请协助"}`},
	}},
	"helped":    {from: "handling", acts: []act{{"handler", "/co-handlers", `{"unit_id":"$beside","words":"请协助"}`}}},
	"escalated": {from: "handling", acts: []act{{"handler", "/escalate", `{"level":1,"reason":"risk"}`}}},
	"ordered":   {from: "handling", acts: []act{{"up.supervisor", "/supervision-orders", `{"words":"请说明进展"}`}}},
	"replied":   {from: "ordered", acts: []act{{"leader", "/supervision-orders/1/reply", `{"words":"已排定工期"}`}}},
	"listed":    {from: "handling", acts: []act{{"up.supervisor", "/listing", `{"reason":"repeated"}`}}},
	"sponsored": {from: "handling", acts: []act{{"leader", "/sponsor", `{}`}}},
	"posted":    {from: "handling", more: `,"channel":"wall"`},
	"found":     {from: "closed", audited: true, acts: []act{{"", "public/dispute", `{"receipt_number":"$receipt","query_code":"$code","words":"路灯还是不亮"}`}}},
	"explained": {from: "found", acts: []act{{"leader", "finding/explain", `{"words":"已整改"}`}}},
	"decided": {from: "explained", acts: []act{
		{"up.supervisor", "finding/decide", `{"measures":[{"kind":"bulletin","unit_id":"$unit","articles":[45]}],"words":"情况属实"}`},
	}},
	"appealed": {from: "decided", acts: []act{{"leader", "finding/appeal", `{"words":"处理过重"}`}}},
}

// relation is how a case stands to whoever asks: at which place it is, and what
// more is said of it.
type relation struct {
	name   string
	place  place
	more   string                 // members of its registration
	named  func(*matrix, subject) // makes it be about somebody
	others place                  // whose unit it accuses from the first; inspectors work on it
	mine   bool                   // who may send cases in themselves has sent it in
}

// whole is the path of what is done to the case.
func (x act) whole(vars subject) string {
	if rest, ok := strings.CutPrefix(x.path, "finding"); ok {
		return v1 + "/findings/" + vars["finding"] + rest
	}
	if rest, ok := strings.CutPrefix(x.path, "public"); ok {
		return v1 + "/public/cases" + rest
	}
	return v1 + "/cases/" + vars["case"] + x.path
}

// bring makes a case of a relation and brings it to a stage. A courier and a
// petitioner send theirs in themselves.
func (m *matrix) bring(name string, r relation, sender string) subject {
	m.t.Helper()
	line := lineOf(name)
	i := slices.IndexFunc(line, func(s stage) bool { return s.audited })
	if i < 0 {
		return m.along(line, m.sent(line, r, sender), r)
	}
	return m.along(line[i+1:], m.disputed(line[:i+1], r, sender), r)
}

// sent registers a case that is to go a line of stages.
func (m *matrix) sent(line []stage, r relation, sender string) subject {
	m.t.Helper()
	more, begin := r.more, r.place
	for _, s := range line {
		if !strings.Contains(more, `"nature"`) || !strings.Contains(s.more, `"nature"`) {
			more += s.more
		}
		if s.at != "" {
			begin = s.at
		}
	}
	account := string(atOwn) + "." + sender
	if sender == "clerk" || sender == "courier" && begin != atOwn {
		account = string(begin) + ".clerk"
	}
	if r.others != "" {
		more += fmt.Sprintf(`,"others":[{"kind":"named","unit_id":%q}]`, m.at(r.others))
	}
	of := m.registerAt(begin, account, more)
	of["unit"], of["handler"] = m.at(r.place).String(), m.user(string(r.place)+".handler")
	if r.others != "" {
		of["handler"] = m.user(string(r.place) + ".inspector")
	}
	return of
}

// along brings a case along a line of stages.
func (m *matrix) along(line []stage, of subject, r relation) subject {
	m.t.Helper()
	for _, s := range line {
		for _, x := range s.acts {
			if r.others != "" {
				x.account = strings.NewReplacer("clerk", "inspector", "handler", "inspector").Replace(x.account)
			}
			m.does(r.place, x, of)
		}
		m.learns(r.place, s, of)
	}
	return of
}

// disputed gives a case with a finding. They are made many at once, because the
// engine looks for findings in everything that has happened.
func (m *matrix) disputed(line []stage, r relation, sender string) subject {
	m.t.Helper()
	key := subjectKey{"disputed", r.name, sender}
	if len(m.spares[key]) == 0 {
		for range 4 {
			m.spares[key] = append(m.spares[key], m.along(line, m.sent(line, r, sender), r))
		}
	}
	of := m.spares[key][0]
	m.spares[key] = m.spares[key][1:]
	found := func() []FindingView {
		return read[FindingPage](m.city, "top.supervisor", "/findings?rule=false_closure&case="+of["case"]).Items
	}
	list := found()
	if len(list) == 0 {
		m.wholeEngine()
		list = found()
	}
	of["finding"] = list[0].ID
	return of
}

// lineOf gives the stages up to one, from the first.
func lineOf(name string) (line []stage) {
	for name != "" {
		s := stages[name]
		line, name = append([]stage{s}, line...), s.from
	}
	return line
}

func (m *matrix) does(p place, x act, vars subject) {
	m.t.Helper()
	account := x.account
	if rest, ok := strings.CutPrefix(account, "up."); ok {
		account = string(superior(p)) + "." + rest
	} else if account != "" && !strings.Contains(account, ".") {
		account = string(p) + "." + account
	}
	path := x.whole(vars)
	if res := m.send(account, "POST", path, m.fill(x.body, vars)); res.StatusCode/100 != 2 {
		m.t.Fatalf("%s %s: %d %s", account, path, res.StatusCode, bodyOf(m.t, res))
	}
}

// learns notes what the stage has made that has an identifier of its own.
func (m *matrix) learns(p place, s stage, vars subject) {
	m.t.Helper()
	for _, x := range s.acts {
		switch x.path {
		case "/escalate":
			vars["escalation"] = read[EscalationList](m.city, string(p)+".inspector", "/cases/"+vars["case"]+"/escalations").Items[0].ID
		case "/acknowledge":
			vars["clock"] = read[ClockList](m.city, string(p)+".inspector", "/cases/"+vars["case"]+"/deadlines").Items[0].ID
		}
	}
}

// registerAt registers a case at a place.
func (m *matrix) registerAt(p place, sender, more string) subject {
	m.t.Helper()
	area := p
	if p == atOwn || p == atChild {
		area += ".grid"
	}
	if !strings.Contains(more, `"channel"`) {
		more += `,"channel":"app"`
	}
	body := fmt.Sprintf(`{"title":"村口路灯不亮","body":"坏了三个月。","category":"01","unit_id":%q,"area_id":%q,`+
		`"petitioner":{"name":"张三丰","phone":"13800001234"}%s}`, m.at(p), m.at(area), more)
	c := as[CaseWithCode](m.city, m.send(sender, "POST", v1+"/cases", body), http.StatusCreated)
	return subject{"case": c.ID, "receipt": c.ReceiptNumber, "code": c.QueryCode}
}

// fill puts what a request is about into its body, path or question.
func (m *matrix) fill(text string, vars subject) string {
	if !strings.Contains(text, "$") {
		return text
	}
	m.serial++
	from := m.clock.Now().AddDate(0, 0, 8*m.serial)
	pairs := []string{
		"$serial", fmt.Sprint(m.serial), "$from", from.Format(time.RFC3339), "$until", from.AddDate(0, 0, 7).Format(time.RFC3339),
		"$now", m.clock.Now().Format(time.RFC3339), "$tophandler", m.user("top.handler"), "$top", m.at(atTop).String(),
		"$beside", m.at(atBeside).String(), "$bystander", m.user("beside.clerk"),
	}
	for name, value := range vars {
		pairs = append(pairs, "$"+name, value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
