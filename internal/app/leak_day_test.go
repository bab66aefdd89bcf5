package app_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/config"
)

// play tells the day, chapter by chapter, with the replicas in turn, and the weeks
// after it, in which the engine finds what was left undone.
func (d *watchedDay) play() {
	d.Helper()
	d.as("admin").post("/users", object{"username": "control", "name": d.staff, "password": "not a common password 17", "posts": []object{{"unit_id": d.unitID(town1), "role": "handler"}}})
	for _, chapter := range []func(){
		d.anOrdinaryCaseGoesItsWay, d.aPetitionIsReviewed, d.unitsDisputeACase, d.peopleWriteWithoutALogin, d.aConfidentialAccusationIsHandled,
		d.messagesAreImported, d.requestsGoWrong, d.weeksGoBy, d.everybodyLooks, d.nothingWorks,
	} {
		chapter()
		d.turn()
	}
	d.metrics = string(d.scrape())
}

// person makes somebody of whom every field is a secret of the test.
func (d *watchedDay) person() object {
	n := len(d.numbers) / 2
	phone, id := fmt.Sprintf("%s%02d", phoneMark, n), fmt.Sprintf("%s%04d", idMark, n)
	d.numbers = append(d.numbers, phone, id)
	return object{"name": nameMark + string(rune('一'+37*n)), "phone": phone, "id_number": id, "address": fmt.Sprintf("%s%d号", addressMark, n)}
}

// party is a person as another party.
func (d *watchedDay) party(kind string) object {
	p := d.person()
	p["kind"] = kind
	return p
}

// words makes a text that is a secret of the test.
func (d *watchedDay) words() string {
	d.texts++
	return fmt.Sprintf("情况如下：%s%04d，请予核实。", textMark, d.texts)
}

func (d *watchedDay) grievance(channel string, more object) object {
	in := object{
		"channel": channel, "category": "030202", "title": d.words(), "body": d.words(), "petitioner": d.person(),
		"others": []object{d.party("representative"), d.party("named")}, "headcount": 3,
	}
	for name, value := range more {
		in[name] = value
	}
	return in
}

func (d *watchedDay) toHandler() object {
	return object{"unit_id": d.unitID("990121101-03"), "handler_id": d.idOf("handler")}
}

func (d *watchedDay) opinion() object {
	return object{"outcome": "supported", "request": d.words(), "facts": d.words(), "opinion": d.words(), "legal_basis": d.words()}
}

// handled takes a case on and brings it to its handler.
func (d *watchedDay) handled(id string) {
	d.Helper()
	path := "/cases/" + id
	d.as("clerk").post(path+"/accept", object{"notice": d.words(), "service": object{"how": "sms", "proof": d.words()}})
	d.as("clerk").post(path+"/assign", d.toHandler())
	d.as("handler").post(path+"/acknowledge", nil)
	d.as("handler").post(path+"/contact", object{"words": d.words()})
}

// answered submits an answer and signs it, with what comes before and after.
func (d *watchedDay) answered(id string, signOff, notice int) {
	d.Helper()
	path := "/cases/" + id
	d.as("handler").post(path+"/submit", d.opinion())
	d.as("leader").post(fmt.Sprintf("%s/sign-offs/%d/approve", path, signOff), object{"words": d.words()})
	d.as("clerk").post(fmt.Sprintf("%s/notices/%d/service", path, notice), object{"how": "phone", "proof": d.words()})
}

// revealed shows somebody in clear for each of the reasons.
func (d *watchedDay) revealed(account, id string, reasons ...string) {
	d.Helper()
	for _, reason := range reasons {
		d.turn()
		path := "/cases/" + id + "/parties/reveal"
		if a := d.as(account).do(d.servers[0], "POST", path, object{"reason": reason}); a.status != http.StatusOK || !strings.Contains(string(a.body), nameMark) {
			d.Errorf("%s for %s: %d %s", path, reason, a.status, a.body)
		}
	}
}

// Registered with a key and sent again, noted, extended, returned, answered, rated,
// disputed, followed up; the handler and the desk are shown who it is.
func (d *watchedDay) anOrdinaryCaseGoesItsWay() {
	d.Helper()
	clerk, in := d.as("clerk"), d.grievance("app", nil)
	var c caseView
	for range 2 {
		clerk.read(clerk.do(d.servers[0], "POST", "/cases", in, "Idempotency-Key: "+d.numbers[0]), &c)
		d.turn()
	}
	path := "/cases/" + c.ID
	d.handled(c.ID)
	d.revealed("handler", c.ID, "contact", "identity_check", "serve_notice", "site_visit", "named_check")
	d.as("handler").post(path+"/notes", object{"words": d.words(), "to_petitioner": true})
	clerk.post(path+"/co-handlers", object{"unit_id": d.unitID("990121101-02"), "words": d.words()})
	d.as("handler").post(path+"/extensions", object{"days": 3, "reason": "complex", "words": d.words()})
	d.as("leader").post(path+"/sign-offs/1/return", object{"reason": "facts_unclear", "words": d.words()})
	d.as("handler").post(path+"/escalate", object{"level": 2, "reason": "risk", "words": d.words()})
	clerk.post(path+"/named", object{"user_id": d.idOf("leader2")})
	d.as("supervisor").post(path+"/supervision-orders", object{"unit_id": d.unitID(town1), "days": 3, "words": d.words()})
	d.answered(c.ID, 2, 2)
	d.as("clerk").post(path+"/misconduct", object{"reason": "leak", "unit_id": d.unitID(town1), "words": d.words()})
	d.revealed("clerk", c.ID, "follow_up")
	clerk.post(path+"/follow-ups", object{"contacted": "yes", "resolved": "yes", "satisfied": "no", "words": d.words()})
	clerk.post(path+"/query-code", nil)
	d.search(in["petitioner"].(object))
}

func (d *watchedDay) search(p object) {
	d.Helper()
	for _, by := range []object{{"phone": p["phone"]}, {"id_number": p["id_number"]}} {
		if a := d.as("clerk").do(d.servers[0], "POST", "/cases/search", by); a.status != http.StatusOK || !strings.Contains(string(a.body), `"id"`) {
			d.Errorf("searching: %d %s", a.status, a.body)
		}
	}
}

// A petition by letter is declined, and another reviewed by the county.
func (d *watchedDay) aPetitionIsReviewed() {
	d.Helper()
	declined := d.as("clerk").post("/cases", d.grievance("letter", nil)).ID
	d.as("clerk").post("/cases/"+declined+"/decline", object{"reason": "other_procedure", "words": d.words()})
	d.as("leader").post("/cases/"+declined+"/sign-offs/1/approve", object{"words": d.words()})
	id := d.as("clerk").post("/cases", d.grievance("letter", nil)).ID
	d.handled(id)
	d.answered(id, 1, 2)
	path := "/cases/" + id
	d.as("clerk").post(path+"/reviews", object{"words": d.words()})
	d.as("county_clerk").post(path+"/reviews/1/decision", object{
		"decision": "upheld", "request": d.words(), "facts": d.words(), "opinion": d.words(), "legal_basis": d.words(),
	})
	d.as("county_leader").post(path+"/sign-offs/2/approve", object{"words": d.words()})
	if status := d.raw(d.servers[0], "county_clerk", "POST", path+"/notices/3/document", ""); status != http.StatusOK {
		d.Errorf("the county is shown to whom its decision is: %d", status)
	}
}

// Forwarded, objected to, refused and designated by the county.
func (d *watchedDay) unitsDisputeACase() {
	d.Helper()
	path := "/cases/" + d.as("clerk").post("/cases", d.grievance("hotline", nil)).ID
	d.as("clerk").post(path+"/forward", object{"unit_id": d.unitID(town2), "reason": "other_area", "words": d.words()})
	d.raw(d.servers[0], "clerk", "POST", path+"/notices/1/document", `{"reason":"serve_notice"}`)
	d.as("clerk2").post(path+"/acknowledge", nil)
	d.as("clerk2").post(path+"/objections", object{"reason": "other_area", "category": "1402", "area": town1, "words": d.words()})
	d.as("clerk").post(path+"/objections/1/decision", object{"consent": false, "words": d.words()})
	d.as("county_leader").post(path+"/objections/1/decision", object{"unit_id": d.unitID(town2), "words": d.words()})
}

// By the public door, on the echo wall, with a query code, rated and disputed.
func (d *watchedDay) peopleWriteWithoutALogin() {
	d.Helper()
	for _, channel := range []string{"web", "wall"} {
		in := d.grievance(channel, object{"unit_id": d.unitID(town1)})
		delete(in, "others")
		c := d.asPetitioner("", in, nil, 201)
		receipt := object{"receipt_number": c.Receipt, "query_code": c.Code}
		d.asPetitioner("lookup", receipt, nil, 200)
		var found list[caseView]
		d.as("clerk").get("/cases?channel="+channel, &found)
		id := found.Items[0].ID
		d.handled(id)
		d.answered(id, 1, 2)
		d.asPetitioner("rating", receipt, object{"contacted": true, "resolved": false, "satisfied": false}, 200)
		d.asPetitioner("dispute", receipt, object{"words": d.words()}, 200)
	}
}

// An accusation that is confidential: even the handler is not shown whose it is.
func (d *watchedDay) aConfidentialAccusationIsHandled() {
	d.Helper()
	secret := d.as("clerk").post("/cases", d.grievance("app", object{"confidential": true})).ID
	d.handled(secret)
	d.as("handler").refused("/cases/"+secret+"/parties/reveal", object{"reason": "contact"}, http.StatusForbidden, "case.confidential")
	d.revealed("clerk", secret, "contact", "named_check")
	for _, more := range []object{{"nature": "accusation"}, {"nature": "accusation", "confidential": true}} {
		id := d.as("clerk").post("/cases", d.grievance("app", more)).ID
		d.as("clerk").post("/cases/"+id+"/notes", object{"words": d.words()})
	}
}

// Messages of another system, of which one is refused.
func (d *watchedDay) messagesAreImported() {
	d.Helper()
	p := d.person()
	file := textFile(d.T, "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间\n"+
		fmt.Sprintf("1,%s,%s,2026/3/2 8:00:00,%s,%s,2026/3/9 8:00:00\n", p["name"], d.words(), d.words(), d.words())+
		fmt.Sprintf("2,%s,%s,%s,%s,%s,%s\n", p["name"], d.words(), d.words(), d.words(), p["phone"], p["phone"]))
	command := launch(d.T, append(d.env, "HUIYIN_LOG_LEVEL=debug"), "", "import", "messages", file, "--unit", town1)
	d.said = append(d.said, command.wantExit(3))
}

// Requests that carry what they should, and are wrong all the same.
func (d *watchedDay) requestsGoWrong() {
	d.Helper()
	p, words, s := d.person(), d.words(), d.servers[0]
	name, phone := p["name"].(string), p["phone"].(string)
	for _, body := range []string{
		fmt.Sprintf(`{"channel":"app","title":%q,"body":%q,"telephone":%q}`, words, words, phone),
		fmt.Sprintf(`{"channel":%q,"title":%q,"body":%q,"category":%q}`, words, words, words, phone),
		fmt.Sprintf(`{"channel":"app","title":%q,"body":%q,"petitioner":%q}`, words, words, name),
		fmt.Sprintf(`{"channel":"app","title":%q,"body":%q,"urgency":%q,"area_id":%q}`, words, words, name, phone),
		fmt.Sprintf(`{"channel":"app","title":%q,"body":%q,"petitioner":{"name":%q,"phone":"%s"}}`, words, words, name, strings.Repeat(phone, 50)),
		fmt.Sprintf(`{"channel":"app","title":%q,"title":%q}`, words, name),
		fmt.Sprintf(`{"channel":"app","title":%q} %s`, words, phone),
		fmt.Sprintf(`{"channel":"app","title":"%s`, words+name+phone),
		fmt.Sprintf(`[%q,%q]`, name, phone),
		fmt.Sprintf(`{"channel":"app","received_at":%q,"headcount":%s}`, name, phone),
	} {
		for account, path := range map[string]string{"clerk": "/cases", "": "/public/cases"} {
			if status := d.raw(s, account, "POST", path, body); status < 400 || status >= 500 {
				d.Errorf("%s is answered with %d", body, status)
			}
		}
	}
	for path, body := range map[string]string{
		"/cases/search":        fmt.Sprintf(`{"phone":%q,"name":%q}`, phone, name),
		"/public/cases/lookup": fmt.Sprintf(`{"receipt_number":%q,"query_code":%q}`, name, phone),
		"/auth/token":          fmt.Sprintf(`{"username":%q,"password":%q}`, phone, name),
	} {
		if status := d.raw(s, "clerk", "POST", path, body); status < 400 || status >= 500 {
			d.Errorf("%s with %s is answered with %d", path, body, status)
		}
	}
	d.raw(s, "clerk", "GET", "/cases?telephone="+phone, "", "X-Careless: yes")
}

// Nobody does anything for six weeks: reminders, breaches, escalations, findings,
// bulletins. Then a finding is explained.
func (d *watchedDay) weeksGoBy() {
	d.Helper()
	d.advance(day)
	d.turn()
	d.advance(42 * day)
	found := d.as("leader").findings("")
	if len(found) == 0 {
		d.Fatal("nothing was found")
	}
	for _, f := range found[:min(len(found), 3)] {
		path := "/findings/" + f.ID
		d.as("leader").do(d.servers[0], "POST", path+"/explain", object{"words": d.words()})
		d.as("supervisor").do(d.servers[0], "POST", path+"/decide", object{"dismiss": true, "reason": "other", "words": d.words()})
		d.as("supervisor").get(path, nil)
	}
}

// All that is read: cases with everything of theirs, lists, reports in both forms,
// a telephone's calendar, bulletins, the inbox.
func (d *watchedDay) everybodyLooks() {
	d.Helper()
	var all list[caseView]
	d.as("clerk").get("/cases?limit=200&count=true", &all)
	for _, c := range all.Items {
		for _, of := range []string{"", "/events?limit=200", "/deadlines", "/notices", "/parties", "/sign-offs", "/escalations", "/objections", "/co-handlers", "/follow-ups", "/reviews", "/supervision-orders", "/sponsor"} {
			d.as("clerk").get("/cases/"+c.ID+of, nil)
		}
		d.as("clerk").do(d.servers[0], "GET", "/cases/"+c.ID+"/related", nil)
		for _, page := range []string{"document", "service"} {
			d.raw(d.servers[0], "clerk", "GET", "/cases/"+c.ID+"/notices/1/"+page, "")
			d.raw(d.servers[0], "clerk", "POST", "/cases/"+c.ID+"/notices/1/document", `{"reason":"serve_notice"}`)
		}
	}
	for _, account := range []string{"clerk", "handler", "leader", "supervisor", "inspector"} {
		d.as(account).get("/inbox?limit=200", nil)
	}
	for _, path := range []string{"/reports/escalations", "/reports/timeliness", "/reports/upcoming", "/bulletins", "/findings?limit=200", "/escalations", "/engine"} {
		who := d.as("supervisor")
		if path == "/engine" {
			who = d.as("admin")
		}
		for _, accept := range []string{"application/json", "text/csv"} {
			if a := who.do(d.servers[0], "GET", path, nil, "Accept: "+accept); a.status >= 500 {
				d.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	}
	var feed struct {
		URL string `json:"url"`
	}
	leader := d.as("leader")
	leader.read(leader.do(d.servers[0], "POST", "/reports/upcoming/feeds", object{"days": 31}), &feed)
	if status := d.raw(d.servers[0], "", "GET", strings.TrimPrefix(feed.URL, d.servers[0].base+"/api/v1"), ""); status != http.StatusOK {
		d.Errorf("the calendar of %s: %d", feed.URL, status)
	}
	d.raw(d.servers[0], "", "GET", "/public/wall", "")
}

// A replica that has no time, and one that is broken, get the same requests.
func (d *watchedDay) nothingWorks() {
	d.Helper()
	body := fmt.Sprintf(`{"channel":"app","unit_id":%q,"title":%q,"body":%q,"petitioner":{"name":%q,"phone":%q}}`,
		d.unitID(town1), d.words(), d.words(), d.person()["name"], d.person()["phone"])
	hurried := d.serve(d.apps[0], config.Serve{RequestTimeout: time.Nanosecond})
	if status := d.raw(hurried, "", "POST", "/public/cases", body); status != http.StatusServiceUnavailable {
		d.Errorf("without time: %d", status)
	}
	broken := *d.apps[1]
	broken.Desk = nil
	if status := d.raw(d.serve(&broken, config.Serve{RequestTimeout: patience}), "", "POST", "/public/cases", body); status != http.StatusInternalServerError {
		d.Errorf("broken: %d", status)
	}
}

// scrape reads the metrics of both replicas.
func (d *watchedDay) scrape() (all []byte) {
	d.Helper()
	for _, s := range d.servers[:2] {
		res, err := http.Get(s.base + "/metrics")
		if err != nil {
			d.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			d.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}
