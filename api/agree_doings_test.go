package api

import (
	"fmt"
	"strings"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// doing is something that is done to a case: by whom, and what is asked for.
type doing struct {
	by   []grievance.Role
	what func(*throng, *grievance.Case) (path, body string)
}

// said is a doing whose words are always the same.
func said(path, body string, by ...grievance.Role) doing {
	return doing{by, func(*throng, *grievance.Case) (string, string) { return path, body }}
}

// toUnit is a doing that names one of some units, after which more is said.
func toUnit(path, more string, units []string, by ...grievance.Role) doing {
	return doing{by, func(p *throng, _ *grievance.Case) (string, string) {
		return path, p.to(pick(p.population, units...), more)
	}}
}

// nth is a doing to the last of several things of a case.
func nth(path, body string, last func(*grievance.Case) int, by ...grievance.Role) doing {
	return doing{by, func(_ *throng, c *grievance.Case) (string, string) {
		return fmt.Sprintf(path, max(1, last(c))), body
	}}
}

func lastNotice(c *grievance.Case) int    { return len(c.Notices()) }
func lastSignOff(c *grievance.Case) int   { return len(c.SignOffs()) }
func lastObjection(c *grievance.Case) int { return len(c.Objections()) }
func lastHelp(c *grievance.Case) int      { return len(c.CoHandlers()) }
func lastReview(c *grievance.Case) int    { return c.OpenReview }
func lastOrder(c *grievance.Case) int     { return len(c.Orders()) }

var (
	towns    = []string{jichuan, qiqiao, township2, "990121-01", "990121"}
	branches = []string{economy, "990121101-04", "990121101201", "990121001-04", "990121001001", "990121-01", village2, township2}
)

// doings are all that is done to cases.
var doings = map[string]doing{
	"accept":      said("/accept", `{"notice":"已受理","service":{"how":"sms","proof":"短信回执"}}`, clerk, leader, inspector),
	"answer":      said("/answer", `{"answer":"已答复"}`, clerk),
	"assign":      {[]grievance.Role{clerk, leader, inspector}, assigning},
	"acknowledge": said("/acknowledge", "", handler, clerk, leader, inspector),
	"contact":     said("/contact", `{"words":"电话联系"}`, handler, inspector),
	"note":        said("/notes", `{"words":"已到现场","to_petitioner":true}`, handler, clerk),
	"submit":      said("/submit", opinion, handler, inspector),
	"sign":        nth("/sign-offs/%d/approve", `{}`, lastSignOff, leader, inspector),
	"refuse sign": nth("/sign-offs/%d/return", `{"reason":"facts_unclear","words":"事实不清"}`, lastSignOff, leader),
	"serve":       nth("/notices/%d/service", `{"how":"mail"}`, lastNotice, clerk, leader, inspector),
	"rate":        said("/rating", `{"contacted":true,"resolved":false,"satisfied":false}`, petitioner, clerk),
	"dispute":     said("/dispute", `{"words":"没有修好"}`, petitioner, clerk),
	"follow up":   said("/follow-ups", notDone, clerk, supervisor, inspector),
	"review":      said("/reviews", objecting, petitioner, clerk),
	"decide":      nth("/reviews/%d/decision", reviewOpinion("upheld"), lastReview, clerk, leader),
	"forward":     toUnit("/forward", `,"reason":"not_our_duty","words":"不属本单位"`, towns, clerk, leader, inspector),
	"object":      said("/objections", notOurs, clerk, leader),
	"no consent":  nth("/objections/%d/decision", `{"consent":false,"words":"不同意"}`, lastObjection, clerk, leader),
	"consent":     nth("/objections/%d/decision", `{"consent":true,"words":"退回"}`, lastObjection, clerk, leader),
	"designate": {[]grievance.Role{leader, supervisor}, func(p *throng, c *grievance.Case) (string, string) {
		return fmt.Sprintf("/objections/%d/decision", max(1, lastObjection(c))), p.to(pick(p.population, jichuan, qiqiao), `,"words":"由你单位办理"`)
	}},
	"decline": said("/decline", `{"reason":"other_procedure","words":"应当起诉"}`, clerk, inspector),
	"extend":  {[]grievance.Role{handler, clerk}, extending},
	"suspend": {[]grievance.Role{handler, clerk}, func(p *throng, _ *grievance.Case) (string, string) {
		return "/suspend", fmt.Sprintf(`{"cause":"expert_opinion","until":%q,"words":"等待鉴定"}`, calendar.DateOf(p.clock.Now()).AddDays(20))
	}},
	"resume":     said("/resume", `{"words":"鉴定已出"}`, handler, clerk),
	"help":       toUnit("/co-handlers", `,"words":"请协助"`, []string{"990121-06", "990121-01", qiqiao, township2}, handler, clerk, inspector),
	"help given": nth("/co-handlers/%d/answer", `{"answer":"资料随附"}`, lastHelp, clerk, handler, leader),
	"release":    nth("/co-handlers/%d/release", `{"words":"已无必要"}`, lastHelp, clerk, handler),
	"withdraw":   said("/withdraw", `{"words":"不再反映"}`, petitioner, clerk),
	"escalate": {[]grievance.Role{handler, clerk, supervisor}, func(p *throng, _ *grievance.Case) (string, string) {
		return "/escalate", fmt.Sprintf(`{"level":%d,"reason":"risk","words":"存在风险"}`, 1+p.IntN(3))
	}},
	"order":        said("/supervision-orders", `{"days":3,"words":"请说明进展"}`, supervisor, leader),
	"reply":        nth("/supervision-orders/%d/reply", `{"words":"已排定工期"}`, lastOrder, leader),
	"accept reply": nth("/supervision-orders/%d/accept", `{"words":"可以"}`, lastOrder, supervisor, leader),
	"recommend":    said("/recommendations", `{"kind":"improve_work","words":"建议定期巡查"}`, inspector),
	"remind":       said("/reminders", `{"words":"请抓紧"}`, supervisor, leader),
	"list":         said("/listing", `{"reason":"repeated","words":"多次反映"}`, supervisor),
	"lift":         said("/listing/lift", `{"words":"已化解"}`, supervisor),
	"sponsor":      said("/sponsor", `{"duties":[{"kind":"meet","days":3},{"kind":"report"}],"words":"包案"}`, leader),
	"duty":         said("/duties/1/done", `{"words":"已约见"}`, leader),
	"misconduct":   said("/misconduct", `{"reason":"retaliation","words":"上门威胁"}`, clerk, supervisor),
	"take down":    said("/take-down", `{"reason":"personal_information","words":"文中有住址"}`, clerk),
	"name":         {[]grievance.Role{clerk, inspector, leader}, naming},
	"interest":     said("/interest", `{"words":"与诉求人有亲属关系"}`, handler, clerk, supervisor),
	"demand": {[]grievance.Role{petitioner, clerk}, func(p *throng, _ *grievance.Case) (string, string) {
		return "/recusals", fmt.Sprintf(`{"user_id":%q,"words":"要求其回避"}`, p.user(pick(p.population, accused...)))
	}},
	"classify": {[]grievance.Role{clerk, inspector, leader}, classifying},
}

// way is what happens to a case that is of a kind, or of any.
type way struct {
	of    string
	deeds []string
}

// ways are those that cases go; some go none.
var ways = wayList(`
	accept, assign, acknowledge, contact, help, help given, note, submit, sign, serve, rate, dispute
	petition: accept, assign, acknowledge, submit, sign, serve, review, decide, sign, serve, review, decide, sign
	petition: forward, object, no consent, designate, accept, assign
	wall: accept, assign, acknowledge, submit, sign, rate, take down, sign
	inquiry: answer
	petition: accept, assign, acknowledge, contact, help, help given, suspend, sign, note, resume, submit, refuse sign, submit
	accept, assign, acknowledge, contact, submit, sign, serve, follow up, assign, acknowledge, remind
	accept, assign, acknowledge, submit, refuse sign, submit, sign, serve, rate
	forward, object, no consent, designate, accept, assign, acknowledge, submit, sign
	forward, acknowledge, object, consent, accept, assign
	forward, forward, accept, assign, acknowledge, contact
	decline, sign, serve
	accept, assign, acknowledge, extend, sign, suspend, sign, resume, submit
	accept, assign, acknowledge, escalate, help, release, name
	accept, assign, acknowledge, order, reply, accept reply, remind, list, sponsor, duty, lift, misconduct
	accept, assign, recommend, list, sponsor
	withdraw, sign
	wall: accept, take down, sign
	wall: accept, assign, acknowledge
	name, accept, assign, acknowledge
	forward, name, accept
	accept, classify, assign
	petition: accept, demand, sign, interest, assign
	accusation: accept, assign, acknowledge, contact, submit, sign, serve
	accusation: classify, accept, assign
	accusation: forward, name
	accusation: name, accept, assign
	accusation:
	escalate`)

func wayList(lines string) (list []way) {
	for line := range strings.SplitSeq(lines, "\n") {
		w := way{}
		if of, rest, ok := strings.Cut(line, ":"); ok {
			w.of, line = strings.TrimSpace(of), rest
		}
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" {
				w.deeds = append(w.deeds, name)
			}
		}
		list = append(list, w)
	}
	return list
}

// assigning chooses a unit below the desk's.
func assigning(p *throng, c *grievance.Case) (string, string) {
	b := book(p.city)
	var below []string
	for _, code := range branches {
		if u := b.UnitByCode(code); u.Within(b.Unit(c.LeadUnitID)) {
			below = append(below, code)
		}
	}
	if len(below) == 0 {
		return "/assign", `{}`
	}
	return "/assign", p.to(pick(p.population, below...), "")
}

func extending(_ *throng, c *grievance.Case) (string, string) {
	for _, k := range c.Clocks() {
		if k.Kind == grievance.Handling && k.State == grievance.Running {
			return "/extensions", fmt.Sprintf(`{"clock_id":%q,"days":10,"reason":"complex","words":"情况复杂"}`, k.ID)
		}
	}
	return "/extensions", `{}`
}

func naming(p *throng, _ *grievance.Case) (string, string) {
	switch p.IntN(4) {
	case 0:
		return "/named", p.to(pick(p.population, accusedUnits...), "")
	case 1:
		return "/named", `{"name":"薛雯"}`
	}
	return "/named", fmt.Sprintf(`{"user_id":%q}`, p.user(pick(p.population, accused...)))
}

// Whom grievances are about.
var (
	accused      = []string{"handler2", "leader", "housing_handler", "leader2", "head_qiqiao", "south_town_leader", "county_leader", "clerk", "admin", "courier"}
	accusedUnits = []string{jichuan, qiqiao, economy, "990121-01", township2, village2, county2, "990121"}
)

func classifying(p *throng, _ *grievance.Case) (string, string) {
	return "/classify", fmt.Sprintf(`{"nature":%q}`, pick(p.population, "accusation", "demand", "suggestion"))
}
