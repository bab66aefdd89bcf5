package app_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Somebody without an account writes in, is forwarded to the township whose duty
// it is, is answered there, disputes the answer and is answered again. Nobody is
// late, so that nobody is reminded; and whoever does not take part sees nothing.
func TestACaseFromThePublicDoorForwardedAndDisputed(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		id, receipt := w.writeIn()
		w.forward(id)
		w.handle(id, 1)
		w.asPetitioner("rating", receipt, object{"contacted": true, "resolved": false, "satisfied": false}, 200)
		w.asPetitioner("dispute", receipt, object{"words": "只修了两盏，其余还是不亮。"}, 200)
		w.as("enforcement_head2").waits(id, "escalation")
		w.handle(id, 2)
		w.asPetitioner("dispute", receipt, object{"words": "还是不满意。"}, 409)
		w.asPetitioner("lookup", object{"receipt_number": receipt["receipt_number"], "query_code": "000-000-0000"}, nil, 404)
		if got := w.asPetitioner("lookup", receipt, nil, 200); got.Status != "closed" {
			t.Errorf("the petitioner is told %+v", got)
		}
		const round = " submitted closed served"
		want := "registered forwarded served acknowledged accepted served assigned acknowledged contacted" + round + " rated disputed escalated" + round
		if got := kinds(w.as("supervisor").eventsOf(id)); got != want {
			t.Errorf("the record says\n%s\nwant\n%s", got, want)
		}
		if a := w.as("grid_worker").do(w.servers[0], "GET", "/cases/"+id, nil); a.status != 404 {
			t.Errorf("a grid worker elsewhere is told %d %s", a.status, a.body)
		}
	})
}

// writeIn registers a case at the wrong township and gives what its petitioner
// keeps.
func (w *township) writeIn() (id string, receipt object) {
	w.Helper()
	c := w.asPetitioner("", object{
		"channel": "web", "category": "030202", "unit_id": w.unitID(town1), "title": "沿河步道路灯不亮",
		"body": "河埠社区沿河步道的路灯黑了一个多星期。", "petitioner": object{"name": "李四", "phone": "10000004321"},
	}, nil, 201)
	var found list[caseView]
	w.as("clerk").get("/cases?channel=web", &found)
	if len(found.Items) != 1 || found.Items[0].Receipt != c.Receipt {
		w.Fatalf("the desk sees %+v, the petitioner has %+v", found.Items, c)
	}
	return found.Items[0].ID, object{"receipt_number": c.Receipt, "query_code": c.Code}
}

// forward sends a case to the other township, and tells the petitioner where it
// went. The first clerk answers for it until the second has acknowledged.
func (w *township) forward(id string) {
	w.Helper()
	w.advance(minute)
	c := w.as("clerk").post("/cases/"+id+"/forward", object{"unit_id": w.unitID("990121001"), "reason": "other_area", "words": "属栖桥街道河埠社区。"})
	w.wantCase(c, "registered", "许晚晴")
	w.as("clerk").post("/cases/"+id+"/notices/1/service", object{"how": "phone", "proof": "已告知转送栖桥街道。"})
	w.advance(minute)
	w.wantCase(w.as("clerk2").post("/cases/"+id+"/acknowledge", nil), "registered", "叶知秋")
	c = w.as("clerk2").post("/cases/"+id+"/accept", object{"service": object{"how": "sms"}})
	w.wantCase(c, "accepted", "叶知秋")
	w.as("clerk2").post("/cases/"+id+"/assign", object{"unit_id": w.unitID("990121001-04"), "handler_id": w.idOf("handler2")})
	w.advance(minute)
	w.wantCase(w.as("handler2").post("/cases/"+id+"/acknowledge", nil), "handling", "秦岳")
	w.as("handler2").post("/cases/"+id+"/contact", object{"words": "电话联系，当晚到现场。"})
}

// handle brings a round from handling to its answer, served.
func (w *township) handle(id string, round int) {
	w.Helper()
	w.advance(minute)
	w.as("handler2").post("/cases/"+id+"/submit", object{
		"outcome": "supported", "request": "修复路灯。", "facts": "十四盏路灯不亮，系配电箱进水。",
		"opinion": "已更换配电箱，路灯全部恢复。", "legal_basis": "《城市道路照明管理规定》。",
	})
	n := string(rune('0' + round))
	w.wantCase(w.as("leader2").post("/cases/"+id+"/sign-offs/"+n+"/approve", object{}), "closed", "秦岳")
	w.as("clerk2").post("/cases/"+id+"/notices/"+string(rune('2'+round))+"/service", object{"how": "phone"})
}

// asPetitioner asks at the public door, without a login, and wants a status.
func (w *township) asPetitioner(what string, proof, words object, status int) (c caseView) {
	w.Helper()
	body := object{}
	for _, part := range []object{proof, words} {
		for name, value := range part {
			body[name] = value
		}
	}
	path := "/public/cases"
	if what != "" {
		path += "/" + what
	}
	u := newUser(w, "", "")
	a, err := u.ask(w.servers[0], "POST", path, body)
	if err != nil {
		w.Fatal(err)
	}
	if a.status != status {
		w.Errorf("%s: %d %s, want %d", path, a.status, a.body, status)
	}
	if status/100 == 2 {
		u.read(a, &c)
	}
	return c
}

// unitID gives the id of a unit by its code.
func (w *township) unitID(code string) string {
	w.Helper()
	var all list[struct {
		ID   string `json:"id"`
		Code string `json:"code"`
	}]
	w.as("clerk").get("/units?limit=200", &all)
	for _, u := range all.Items {
		if u.Code == code {
			return u.ID
		}
	}
	w.Fatalf("no unit has the code %s", code)
	return ""
}
