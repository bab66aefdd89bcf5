package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// finding is what the story reads of one.
type finding struct {
	ID      string     `json:"id"`
	CaseID  string     `json:"case_id"`
	Rule    string     `json:"rule"`
	AboutAt time.Time  `json:"about_at"`
	State   string     `json:"state"`
	Result  string     `json:"result"`
	Until   string     `json:"explain_due_on"`
	Gone    *time.Time `json:"unfounded_at"`
	Unit    struct {
		Code string `json:"code"`
	} `json:"unit"`
	UnitLine []struct {
		share
		Missed   []missed `json:"missed"`
		Unheeded []deed   `json:"unheeded"`
	} `json:"unit_line"`
	LeadershipLine []struct {
		share
		Knew []deed `json:"knew"`
	} `json:"leadership_line"`
}

// share is a person's share in one of the lines.
type share struct {
	Part   string     `json:"part"`
	Holder holder     `json:"holder"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"`
	Hours  float64    `json:"working_hours"`
	Did    []deed     `json:"did"`
}

type (
	deed   struct{ Kind string }
	missed struct{ Kind string }
)

// findings reads every finding that the user may see.
func (u *user) findings(query string) (list []finding) {
	u.Helper()
	var page struct {
		Items []finding
		Next  string
	}
	u.get("/findings?limit=200"+query, &page)
	if page.Next != "" {
		u.Errorf("there are more than %d findings", len(page.Items))
	}
	return page.Items
}

// 栖桥 is given ten working days to explain each finding. Its head explains the
// first, that it passed the buck, on Wednesday, 2 December.
func (s *backTrace) qiqiaoExplainsTheFirstFinding() {
	s.Helper()
	s.on("2026-12-02 10:00")
	found := s.as("leader2").findings("&rule=passing_the_buck")
	if len(found) != 1 || found[0].State != "opened" || found[0].Until != "2026-12-07" {
		s.Fatalf("passing the buck: %+v", found)
	}
	path, waiting := "/findings/"+found[0].ID, s.as("leader2").toExplain(s.id)
	want := []string{"group_after_neglect", "overdue_acceptance", "passing_the_buck", "petition_two_levels_up", "repeat_petition"}
	if !slices.Equal(waiting, want) {
		s.Errorf("栖桥's head has %v to explain, want %v", waiting, want)
	}
	s.as("clerk").refused(path+"/explain", object{"words": "与我镇无关"}, 404, "not_found")
	s.as("leader2").post(path+"/explain", object{"words": "权责清单以界河为界，窗口误判。"})
	if left := s.as("clerk2").toExplain(s.id); len(left) != len(want)-1 {
		s.Errorf("after one was explained there are %v left", left)
	}
	s.as("clerk2").refused(path+"/explain", object{"words": "补充说明"}, 409, "finding.state")
}

// The record of the case holds each of these once, and nothing else.
func (s *backTrace) theRecordTellsAllOfIt() {
	s.Helper()
	const taken = " escalation_acknowledged escalation_resolved"
	want := "registered forwarded served acknowledged objected objection_consented" +
		" forwarded served acknowledged objected objection_refused objection_raised reminded unit_designated" +
		" warned breached escalated escalated" + taken + " escalated" + taken + " ordered" + taken + " order_answered order_accepted" +
		" accepted served assigned acknowledged warned breached escalated" + taken + " escalated" + taken + " reminded warned" +
		" submitted closed served disputed escalated" + taken + " contacted submitted closed served rated"
	if got := kinds(s.as("city_supervisor").eventsOf(s.id)); got != want {
		s.Errorf("the record says\n%s\nwant\n%s", got, want)
	}
}

// Exactly these findings, each about its instant and against the unit that it is
// due to; the case of the eleven and all that 霁川 did bear none.
func (s *backTrace) theseFindingsAndNoOthers() {
	s.Helper()
	want := []string{
		"passing_the_buck the case 栖 2026-11-23 11:20:00",       // the second objection, and no work in between
		"overdue_acceptance the case 栖 2026-11-28 00:00:00",     // Friday is over: three working days late
		"petition_two_levels_up the case 栖 2026-11-30 10:00:00", // received at the city while acceptance was late
		"group_after_neglect the case 栖 2026-11-30 10:00:00",    // by eleven
		"repeat_petition the case 栖 2026-11-30 10:00:00",        // of the same category
		"no_first_contact the case 队 2026-12-01 16:00:00",       // as long again as the two working hours
		"false_closure the case 队 2026-12-10 10:00:00",          // disputed
	}
	for n, id := range s.files {
		want = append(want, fmt.Sprintf("rubber_stamp %s 栖 %s", s.name(id), signedAt(n).Format(time.DateTime)))
	}
	s.found = map[string]finding{}
	var got []string
	for _, f := range s.as("city_supervisor").findings("") {
		unit := map[string]string{town2: "栖", team2: "队"}[f.Unit.Code]
		got = append(got, fmt.Sprintf("%s %s %s %s", f.Rule, s.name(f.CaseID), unit, inBeijing(f.AboutAt).Format(time.DateTime)))
		if f.CaseID == s.id {
			s.found[f.Rule] = f
		}
		if f.Gone != nil {
			s.Errorf("%s of %s is unfounded since %v", f.Rule, s.name(f.CaseID), f.Gone)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// name tells the cases of the story apart.
func (s *backTrace) name(id string) string {
	switch n := slices.Index(s.files, id); {
	case id == s.id:
		return "the case"
	case id == s.visit:
		return "the case of the eleven"
	case n >= 0:
		return fmt.Sprintf("file %d", n+1)
	}
	return id
}

func inBeijing(at time.Time) time.Time { return at.In(time.FixedZone("Asia/Shanghai", 8*3600)) }

// Both lines of the case, the same behind each of its findings. The office is open
// from 9:00 to 12:00 and from 14:00 to 17:30: 6.5 hours, 390 minutes a day.
func (s *backTrace) theTracesNameThePeopleAndTheirHours() {
	s.Helper()
	for _, rule := range []string{"overdue_acceptance", "false_closure"} {
		var f finding
		s.as("city_supervisor").get("/findings/"+s.found[rule].ID, &f)
		if got := f.unitLine(); got != theUnitLine {
			s.Errorf("%s: the unit line is\n%s\nwant\n%s", rule, got, theUnitLine)
		}
		if got := f.leadershipLine(); got != theLeadershipLine {
			s.Errorf("%s: the leadership line is\n%s\nwant\n%s", rule, got, theLeadershipLine)
		}
	}
}

// Who should have done it.
//
//   - 许晚晴 had it for 20 minutes until 栖桥 took it, and for 20 after the consent;
//     叶知秋 for 30 in between.
//   - 叶知秋 had it from Monday, 23 November, 11:10 (50 + 210 minutes), over the four
//     days to Friday (1560) and all of Monday, 30 November (390), to Tuesday, 1
//     December, 10:40 (100): 2310 minutes are 38.5 hours.
//   - 秦岳 had it from then (80 + 210), over three days to Friday (1170), Monday (390),
//     to Tuesday, 8 December, 17:28 (180 + 208): 2238 minutes are 37.3 hours; and again
//     from Thursday, 10 December, 10:00 (120 + 210) to Friday, 11:00 (120): 7.5 hours.
const theUnitLine = `responsible 许晚晴 clerk@霁川镇 11-23 10:00–11-23 10:20 0.33h did registered forwarded served
responsible 叶知秋 clerk@栖桥街道 11-23 10:20–11-23 10:50 0.50h did acknowledged objected
responsible 许晚晴 clerk@霁川镇 11-23 10:50–11-23 11:10 0.33h did objection_consented forwarded served
responsible 叶知秋 clerk@栖桥街道 11-23 11:10–12-01 10:40 38.50h did acknowledged objected accepted served assigned missed acceptance
assigned 秦岳 handler@栖桥街道综合行政执法队 12-01 10:20–12-01 10:40 0.33h did acknowledged
responsible 秦岳 handler@栖桥街道综合行政执法队 12-01 10:40–12-08 17:28 37.30h did acknowledged submitted missed first_contact
responsible 秦岳 handler@栖桥街道综合行政执法队 12-10 10:00–12-11 11:00 7.50h did contacted submitted
`

// Who should have led them, what they knew and what they did. Heads stand in it for
// as long as their people had the case; others from being called on until that was
// settled.
//
//   - 程大勇, over the team: 20 + 2238 + 450 minutes are 45.13 hours.
//   - 顾长河, over 霁川's desk: 20 + 20. 彭一鸣, over 栖桥's: 30 + 2310 + 2238 + 450.
//   - 曾淑媛 could have signed too: 28 minutes of the one, 60 of the other.
//   - 沈砚青 and 傅怀远, over the county and the city: all of it, 5068 minutes.
//   - 罗景明, 沈砚青's deputy, could have designated too, from Monday, 11:40, to Tuesday,
//     9:30 (20 + 210 + 30).
//   - 严守正 was called on Thursday at 0:00, which he settled at 9:30 (30), and on 1
//     December at 16:00, which he settled the next morning (90). 陆知行 was called on
//     Saturday and settled it on Monday at 15:00 (180 + 60); then he ordered, and
//     accepted the answer on Tuesday at 9:45 (150 + 45).
const theLeadershipLine = `head 程大勇 leader@栖桥街道综合行政执法队 12-01 10:20–12-11 11:00 45.13h knew warned escalated reminded warned escalated did escalation_acknowledged escalation_resolved escalation_acknowledged escalation_resolved
head 顾长河 leader@霁川镇 11-23 10:00–11-23 11:10 0.66h
head 彭一鸣 leader@栖桥街道 11-23 10:20–12-11 11:00 83.80h knew reminded warned escalated ordered submitted submitted did escalation_acknowledged escalation_resolved order_answered closed
signer 曾淑媛 leader@栖桥街道 12-08 17:00–12-11 11:00 1.46h knew submitted submitted did closed
superior 沈砚青 leader@禾汀县 11-23 10:00–12-11 11:00 84.46h knew objection_raised did unit_designated
called 罗景明 leader@禾汀县 11-23 11:40–11-24 09:30 4.33h knew objection_raised
called 严守正 supervisor@禾汀县 11-26 00:00–12-02 09:00 2.00h knew escalated escalated did escalation_acknowledged escalation_resolved escalation_acknowledged escalation_resolved
superior 傅怀远 leader@澄澜市 11-23 10:00–12-11 11:00 84.46h
called 陆知行 supervisor@澄澜市 11-28 00:00–12-01 09:45 7.25h knew escalated did escalation_acknowledged escalation_resolved ordered order_accepted
`

func (f finding) unitLine() string {
	var b strings.Builder
	for _, x := range f.UnitLine {
		b.WriteString(x.String() + told("did", x.Did))
		for i, m := range x.Missed {
			b.WriteString([]string{" missed", ""}[min(i, 1)] + " " + m.Kind)
		}
		b.WriteString(told("unheeded", x.Unheeded) + "\n")
	}
	return b.String()
}

func (f finding) leadershipLine() string {
	var b strings.Builder
	for _, x := range f.LeadershipLine {
		b.WriteString(x.String() + told("knew", x.Knew) + told("did", x.Did) + "\n")
	}
	return b.String()
}

func (x share) String() string {
	until := "…"
	if x.Until != nil {
		until = inBeijing(*x.Until).Format("01-02 15:04")
	}
	return fmt.Sprintf("%s %s %s@%s %s–%s %.2fh", x.Part, x.Holder.Name, x.Holder.Role, x.Holder.Unit, inBeijing(x.From).Format("01-02 15:04"), until, x.Hours)
}

func told(what string, list []deed) (text string) {
	for i, d := range list {
		if i == 0 {
			text = " " + what
		}
		text += " " + d.Kind
	}
	return text
}

// Monday, 14 December. Of the supervisors above 栖桥 the county's may decide on what
// showed before anybody called on him; on the overdue acceptance the city's alone,
// for the county's knew of it; and on what showed later neither, so that the city
// has an inspector decide.
func (s *backTrace) theRightSupervisorsDecide() {
	s.Helper()
	s.on("2026-12-14 10:00")
	s.qiqiaoAppealsOnce()
	s.theOverdueAcceptanceIsForTheCity()
	s.anInspectorDismissesTheRepeat()
}

func (s *backTrace) finding(rule, action string) string {
	return "/findings/" + s.found[rule].ID + action
}

// The county's supervisor decides on passing the buck: a talk with 叶知秋, and 栖桥
// in the bulletin. 栖桥 appeals; the city's supervisor takes the second back.
func (s *backTrace) qiqiaoAppealsOnce() {
	s.Helper()
	measures := object{"words": "两次退单之间未做任何工作。", "measures": []object{
		{"kind": "talk", "user_id": s.idOf("clerk2"), "articles": []int{45}},
		{"kind": "bulletin", "unit_id": s.unitID(town2), "articles": []int{45}},
	}}
	s.as("leader2").refused(s.finding("passing_the_buck", "/decide"), measures, 403, "auth.role")
	s.wantFinding(s.as("supervisor"), "passing_the_buck", "/decide", measures, "decided", "measures")
	s.as("supervisor").refused(s.finding("passing_the_buck", "/decide"), measures, 409, "finding.state")
	appeal := object{"words": "请求撤销通报。"}
	s.wantFinding(s.as("leader2"), "passing_the_buck", "/appeal", appeal, "appealed", "measures")
	s.as("clerk2").refused(s.finding("passing_the_buck", "/appeal"), appeal, 409, "finding.state")
	partly := object{"reverse": []int{2}, "words": "约谈维持，通报撤销。"}
	s.as("supervisor").refused(s.finding("passing_the_buck", "/decide-appeal"), partly, 403, "finding.not_permitted")
	s.wantFinding(s.as("city_supervisor"), "passing_the_buck", "/decide-appeal", partly, "closed", "measures")
	s.as("leader2").refused(s.finding("passing_the_buck", "/appeal"), appeal, 409, "finding.state")
}

// 栖桥 has let the time for its explanation pass, which ended with Friday, 11
// December. Nobody appeals: the finding is closed when 29 December is over.
func (s *backTrace) theOverdueAcceptanceIsForTheCity() {
	s.Helper()
	talk := object{"words": "受理逾期四个工作日。", "measures": []object{{"kind": "talk", "user_id": s.idOf("leader2"), "articles": []int{44}}}}
	s.as("supervisor").refused(s.finding("overdue_acceptance", "/decide"), talk, 403, "finding.in_trace")
	s.wantFinding(s.as("city_supervisor"), "overdue_acceptance", "/decide", talk, "decided", "measures")
}

// That the eleven came is two findings already; the third, that the same petitioner
// came again, is dismissed.
func (s *backTrace) anInspectorDismissesTheRepeat() {
	s.Helper()
	dismiss := object{"dismiss": "not_founded", "words": "同一次走访已另列两条线索。"}
	for _, account := range []string{"supervisor", "city_supervisor"} {
		s.as(account).refused(s.finding("repeat_petition", "/decide"), dismiss, 403, "finding.in_trace")
	}
	s.as("clerk2").post(s.finding("repeat_petition", "/explain"), object{"words": "信访人系同一人，诉求相同。"})
	s.as("inspector").refused(s.finding("repeat_petition", "/decide"), dismiss, 404, "not_found") // of the county's own commission
	s.wantFinding(s.as("city_inspector"), "repeat_petition", "/decide", dismiss, "closed", "dismissed")
}

// wantFinding does something to a finding of the case, and checks what it comes to.
func (s *backTrace) wantFinding(u *user, rule, action string, body object, state, result string) {
	s.Helper()
	a := u.do(s.servers[0], "POST", s.finding(rule, action), body)
	var f finding
	if u.read(a, &f); a.status != http.StatusOK || f.State != state || f.Result != result {
		s.Errorf("%s %s as %s: %d %s", rule, action, u.account, a.status, a.body)
	}
}
