package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

const (
	town2  = "990121001"    // 栖桥街道
	team2  = "990121001-04" // 栖桥街道综合行政执法队
	bureau = "990121-09"    // 禾汀县信访局
)

// A case is passed on, neglected, carried to the city by eleven people, closed in
// a hurry and disputed: the two-way back-trace (两倒查) names what went wrong and
// who answers for it, and the months' bulletins add up.
//
// Each chapter is told by what people do and by what the clock does. Nobody looks
// into the database, and all times are Beijing's, from Monday, 2026-11-23.
func TestTheStoryOfACaseThatWasPassedOnAndTracedBack(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		s := &backTrace{township: w}
		s.aResidentWritesAndTheCaseIsForwarded()
		s.qiqiaoObjectsAndTheCaseComesBack()
		s.qiqiaoObjectsAgainAndIsRefused()
		s.theCountyDesignatesQiqiao()
		s.nobodyAcceptsIt()
		s.elevenPeopleGoToTheCity()
		s.theCityOrdersAnAnswerAndGetsIt()
		s.qiqiaoAcceptsAndNobodyCallsThePetitioner()
		s.qiqiaoExplainsTheFirstFinding()
		s.novemberIsPublished()
		s.thirtyNineOtherFilesAreWorkedThrough()
		s.fortyFilesAreSignedInThreeMinutes()
		s.thePetitionerDisputesTheAnswer()
		s.itIsHandledAgainAndClosed()

		s.theRecordTellsAllOfIt()
		s.theseFindingsAndNoOthers()
		s.theTracesNameThePeopleAndTheirHours()
		s.theRightSupervisorsDecide()
		s.decemberIsPublished()
		s.theCaseOfTheElevenIsInGoodHands()
	})
}

// backTrace is the story while it is told: the case, what its petitioner keeps, the
// case of the eleven, the forty files, the case last, and what was found of the case.
type backTrace struct {
	*township
	id      string
	receipt object
	visit   string
	files   []string
	found   map[string]finding // by rule
}

// beijing reads an instant as people there write it.
func beijing(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("Asia/Shanghai", 8*3600))
	if err != nil {
		panic(err)
	}
	return at
}

// on lets the time come that is told.
func (s *backTrace) on(when string) {
	s.Helper()
	s.at(beijing(when))
}

func (s *backTrace) path(action string) string { return "/cases/" + s.id + action }

// night is the grievance: the night market on the boundary of two townships.
func night() object {
	return object{
		"channel": "app", "category": "140203", "urgency": "ordinary", "title": "夜市音响扰民",
		"body":       "界河桥头的夜市每晚放音响到一点，两岸的住户都睡不着。",
		"petitioner": object{"name": "岑桂香", "phone": "10000005566"},
	}
}

// Monday, 23 November, 10:00. A resident writes by the app; 霁川's desk registers it
// and forwards it to 栖桥, where the market is, and tells the resident so.
func (s *backTrace) aResidentWritesAndTheCaseIsForwarded() {
	s.Helper()
	clerk := s.as("clerk")
	c := clerk.post("/cases", night())
	s.id, s.receipt = c.ID, object{"receipt_number": c.Receipt, "query_code": c.Code}
	s.on("2026-11-23 10:10")
	s.forwardToQiqiao(1)
	s.on("2026-11-23 10:20")
	s.wantCase(s.as("clerk2").post(s.path("/acknowledge"), nil), "registered", "叶知秋")
}

// forwardToQiqiao sends the case to 栖桥 and tells the petitioner by a notice.
func (s *backTrace) forwardToQiqiao(notice int) {
	s.Helper()
	c := s.as("clerk").post(s.path("/forward"), object{"unit_id": s.unitID(town2), "reason": "other_area", "words": "夜市在栖桥一侧。"})
	s.wantCase(c, "registered", "许晚晴")
	s.as("clerk").post(s.path(fmt.Sprintf("/notices/%d/service", notice)), object{"how": "app"})
}

// Monday, 10:30. 栖桥 objects by a line of the responsibility list: 霁川's own team
// sees to noise in 霁川. 霁川 consents at 10:50, and answers for it again.
func (s *backTrace) qiqiaoObjectsAndTheCaseComesBack() {
	s.Helper()
	s.on("2026-11-23 10:30")
	s.object("other_area", "1402")
	s.as("clerk").waits(s.id, "awaiting", "deadline")
	s.on("2026-11-23 10:50")
	c := s.as("clerk").post(s.path("/objections/1/decision"), object{"consent": true, "words": "先行核实。"})
	s.wantCase(c, "registered", "许晚晴")
}

func (s *backTrace) object(reason, category string) {
	s.Helper()
	c := s.as("clerk2").post(s.path("/objections"), object{"reason": reason, "words": "按权责清单应由霁川镇办理。", "category": category, "area": town1})
	s.wantCase(c, "registered", "叶知秋") // who objects keeps it
}

// Monday, 11:00. 霁川 has looked: the market is 栖桥's. It forwards again, 栖桥 takes
// it at 11:10, objects again at 11:20, and is refused at 11:40: the county decides.
func (s *backTrace) qiqiaoObjectsAgainAndIsRefused() {
	s.Helper()
	s.on("2026-11-23 11:00")
	s.forwardToQiqiao(2)
	s.on("2026-11-23 11:10")
	s.wantCase(s.as("clerk2").post(s.path("/acknowledge"), nil), "registered", "叶知秋")
	s.on("2026-11-23 11:20")
	s.object("not_our_duty", "14")
	s.on("2026-11-23 11:40")
	s.as("clerk2").refused(s.path("/accept"), object{}, 409, "objection.pending")
	c := s.as("clerk").post(s.path("/objections/2/decision"), object{"consent": false, "words": "现场在界河桥以东，属栖桥街道。"})
	s.wantCase(c, "registered", "叶知秋")
	s.as("clerk").refused(s.path("/objections/2/decision"), object{"consent": true}, 403, "case.not_permitted")
}

// Tuesday, 24 November, 09:30. The county's head designates 栖桥 (Art. 24), which
// cannot object a third time.
func (s *backTrace) theCountyDesignatesQiqiao() {
	s.Helper()
	s.on("2026-11-24 09:30")
	s.as("county_leader").waits(s.id, "awaiting", "deadline")
	c := s.as("county_leader").post(s.path("/objections/2/decision"), object{"unit_id": s.unitID(town2), "words": "由栖桥街道承办。"})
	s.wantCase(c, "registered", "叶知秋")
	again := object{"reason": "not_our_duty", "words": "仍不属我街道。", "category": "14", "area": town1}
	s.as("clerk2").refused(s.path("/objections"), again, 409, "objection.designated")
}

// The one working day to accept ends with Tuesday, and nobody has. 栖桥's head is
// called on at once, the county's supervisor when Wednesday is over, the city's
// when Friday is. The server fails on Wednesday and is back on Thursday.
func (s *backTrace) nobodyAcceptsIt() {
	s.Helper()
	clerk, head, county, city := s.as("clerk2"), s.as("leader2"), s.as("supervisor"), s.as("city_supervisor")
	s.on("2026-11-24 23:59")
	clerk.waits(s.id, "awaiting", "warning")
	head.waits(s.id, "warning")
	s.on("2026-11-25 00:00")
	head.waits(s.id, "escalation")
	county.waits(s.id)
	s.reopen(beijing("2026-11-25 23:59"))
	s.settle()
	county.waits(s.id)
	s.reopen(beijing("2026-11-26 09:00"))
	s.settle()
	county.waits(s.id, "escalation")
	city.waits(s.id)
	s.on("2026-11-26 09:30")
	county.takeEscalation(s.id)
	s.on("2026-11-27 23:59")
	city.waits(s.id)
	s.on("2026-11-28 00:00")
	city.waits(s.id, "escalation")
	if d := clerk.deadlineOf(s.id, "acceptance"); !d.Late || d.DueOn != "2026-11-24" || d.Rung != 5 {
		s.Errorf("acceptance: %+v", d)
	}
}

// Monday, 30 November, 10:00. Eleven neighbours bring the matter to the city in
// person, two levels up, with two representatives. The city registers it and
// forwards it to the county's petitions office, which does everything in time.
func (s *backTrace) elevenPeopleGoToTheCity() {
	s.Helper()
	s.on("2026-11-30 10:00")
	visit := night()
	visit["channel"], visit["headcount"], visit["title"] = "visit", 11, "夜市音响扰民，街道一直无人受理"
	visit["others"] = []object{
		{"kind": "representative", "name": "岑桂香", "phone": "10000005566"},
		{"kind": "representative", "name": "戚大海", "phone": "10000005577"},
	}
	clerk := s.as("petitions_clerk")
	s.visit = s.as("city_clerk").post("/cases", visit).ID
	s.on("2026-11-30 10:30")
	at := "/cases/" + s.visit
	s.as("city_clerk").post(at+"/forward", object{"unit_id": s.unitID(bureau), "reason": "not_our_duty", "words": "转禾汀县信访局。"})
	s.as("city_clerk").post(at+"/notices/1/service", object{"how": "in_person"})
	s.on("2026-11-30 11:00")
	s.wantCase(clerk.post(at+"/acknowledge", nil), "registered", "阮慧")
	s.on("2026-11-30 14:30")
	clerk.post(at+"/accept", object{"service": object{"how": "in_person"}})
	clerk.post(at+"/assign", object{"unit_id": s.unitID(bureau), "handler_id": s.idOf("petitions_clerk")})
	s.wantCase(clerk.post(at+"/acknowledge", nil), "handling", "阮慧")
	clerk.post(at+"/contact", object{"words": "已与两名代表座谈，说明办理安排。"})
}

// Monday, 15:00. The city's supervisor orders 栖桥 to answer in writing; its head
// answers on Tuesday, three working days before the time is over.
func (s *backTrace) theCityOrdersAnAnswerAndGetsIt() {
	s.Helper()
	head, city := s.as("leader2"), s.as("city_supervisor")
	s.on("2026-11-30 15:00")
	city.takeEscalation(s.id)
	city.post(s.path("/supervision-orders"), object{"words": "说明为何至今未受理，限期书面答复。"})
	head.waits(s.id, "escalation", "deadline")
	s.on("2026-12-01 09:30")
	head.takeEscalation(s.id, "warning", "deadline") // it is late still
	head.post(s.path("/supervision-orders/1/reply"), object{"words": "窗口误以为退单未决，今日受理。"})
	s.on("2026-12-01 09:45")
	city.post(s.path("/supervision-orders/1/accept"), object{"words": "请抓紧办理。"})
}

// Tuesday, 1 December. 栖桥 accepts at 10:00 and assigns at 10:20 to its team, where
// 秦岳 takes it at 10:40. He ought to speak to the petitioner within two working
// hours, until 12:00; by 16:00, two working hours more, he still has not.
func (s *backTrace) qiqiaoAcceptsAndNobodyCallsThePetitioner() {
	s.Helper()
	clerk, handler, head, county := s.as("clerk2"), s.as("handler2"), s.as("enforcement_head2"), s.as("supervisor")
	s.on("2026-12-01 10:00")
	s.wantCase(clerk.post(s.path("/accept"), object{"service": object{"how": "app"}}), "accepted", "叶知秋")
	s.on("2026-12-01 10:20")
	clerk.post(s.path("/assign"), object{"unit_id": s.unitID(team2), "handler_id": s.idOf("handler2")})
	s.on("2026-12-01 10:40")
	s.wantCase(handler.post(s.path("/acknowledge"), nil), "handling", "秦岳")
	s.on("2026-12-01 11:59")
	handler.waits(s.id, "awaiting", "warning", "deadline")
	head.waits(s.id, "warning")
	s.on("2026-12-01 12:00")
	head.waits(s.id, "escalation")
	s.on("2026-12-01 14:30")
	head.takeEscalation(s.id, "warning")
	s.on("2026-12-01 15:59")
	county.waits(s.id)
	s.on("2026-12-01 16:00")
	county.waits(s.id, "escalation")
	s.on("2026-12-02 09:00")
	county.takeEscalation(s.id)
	if d := handler.deadlineOf(s.id, "handling"); d.DueOn != "2026-12-08" {
		s.Errorf("seven days from acceptance: %+v", d)
	}
}

// Wednesday, 9 December: the answers are served. Thursday, 10 December, 10:00: the
// music plays as before, and the petitioner disputes at the public door.
func (s *backTrace) thePetitionerDisputesTheAnswer() {
	s.Helper()
	s.on("2026-12-09 09:30")
	for _, id := range s.files {
		s.serveTheOpinion(id, 1)
	}
	s.on("2026-12-10 10:00")
	got := s.asPetitioner("dispute", s.receipt, object{"words": "没有任何人联系过我，昨晚照样放到一点。"}, 200)
	if got.Status != "handling" {
		s.Errorf("disputed, the case is %s", got.Status)
	}
	s.as("enforcement_head2").waits(s.id, "escalation")
	s.on("2026-12-10 10:30")
	s.as("enforcement_head2").takeEscalation(s.id)
}

// serveTheOpinion tells the petitioner the answer of a round.
func (s *backTrace) serveTheOpinion(id string, round int) {
	s.Helper()
	var notices list[struct {
		N, Round int
		Kind     string
	}]
	s.as("clerk2").get("/cases/"+id+"/notices", &notices)
	for _, n := range notices.Items {
		if n.Kind == "opinion" && n.Round == round {
			s.as("clerk2").post(fmt.Sprintf("/cases/%s/notices/%d/service", id, n.N), object{"how": "phone"})
			return
		}
	}
	s.Errorf("no answer of round %d: %+v", round, notices.Items)
}

// Thursday, 14:30, and Friday, 11 December. 秦岳 calls, the market gives up its
// loudspeakers, 曾淑媛 reads the file for an hour and signs it; on Monday the
// petitioner says that it is over.
func (s *backTrace) itIsHandledAgainAndClosed() {
	s.Helper()
	s.on("2026-12-10 14:30")
	s.as("handler2").post(s.path("/contact"), object{"words": "上门当面听取意见，约定晚间一起到现场。"})
	s.reopen(beijing("2026-12-11 10:00")) // and the server failed once more, overnight
	s.as("handler2").post(s.path("/submit"), opinion("夜市已撤除音响，设置分贝显示屏，零点收摊。"))
	s.on("2026-12-11 11:00")
	s.wantCase(s.as("deputy2").post(s.path("/sign-offs/2/approve"), object{}), "closed", "秦岳")
	s.on("2026-12-11 11:30")
	s.serveTheOpinion(s.id, 2)
	s.on("2026-12-14 09:00")
	s.asPetitioner("rating", s.receipt, object{"contacted": true, "resolved": true, "satisfied": true}, 200)
}

// 7 January. The petitions office still has sixty days until the end of the month,
// has been late with nothing, and bears no finding.
func (s *backTrace) theCaseOfTheElevenIsInGoodHands() {
	s.Helper()
	clerk := s.as("petitions_clerk")
	var deadlines list[deadline]
	clerk.get("/cases/"+s.visit+"/deadlines", &deadlines)
	for _, d := range deadlines.Items {
		if d.Breached != nil || d.Late || d.Kind == "handling" && d.DueOn != "2027-01-29" {
			s.Errorf("the case of the eleven: %+v", d)
		}
	}
	var c caseView
	clerk.get("/cases/"+s.visit, &c)
	s.wantCase(c, "handling", "阮慧")
}
