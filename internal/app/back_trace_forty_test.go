package app_test

import (
	"fmt"
	"time"
)

// Monday, 7 December. 栖桥's hotline brings 39 other files; each is registered,
// accepted, assigned, acknowledged and talked over as it ought to be, and submitted
// on Tuesday at 16:00.
func (s *backTrace) thirtyNineOtherFilesAreWorkedThrough() {
	s.Helper()
	stations := []struct{ unit, handler string }{
		{town2 + "-01", "safety_handler2"}, {town2 + "-02", "social_handler2"}, {town2 + "-03", "economy_handler2"}, {team2, "handler2"},
	}
	clerk := s.as("clerk2")
	s.on("2026-12-07 09:00")
	for n := range 39 {
		to := stations[n%len(stations)]
		id := clerk.post("/cases", object{
			"channel": "hotline", "category": "030201", "urgency": "ordinary", "title": fmt.Sprintf("井盖松动（%d）", n+1), "body": "路口的井盖一压就响。",
			"petitioner": object{"name": "市民", "phone": fmt.Sprintf("100001%05d", n)},
		}).ID
		clerk.post("/cases/"+id+"/accept", object{"service": object{"how": "phone"}})
		clerk.post("/cases/"+id+"/assign", object{"unit_id": s.unitID(to.unit), "handler_id": s.idOf(to.handler)})
		s.as(to.handler).post("/cases/"+id+"/acknowledge", nil)
		s.as(to.handler).post("/cases/"+id+"/contact", object{"words": "电话核对位置。"})
		s.files = append(s.files, id)
	}
	s.on("2026-12-08 16:00")
	for n, id := range s.files {
		s.as(stations[n%len(stations)].handler).post("/cases/"+id+"/submit", opinion("井盖已加固。"))
	}
}

func opinion(words string) object {
	return object{"outcome": "supported", "request": "消除扰民。", "facts": "经现场核查，情况属实。", "opinion": words, "legal_basis": "《城市市容和环境卫生管理条例》。"}
}

// Tuesday, 8 December, the last of the seven days, 17:00. 秦岳, who has spoken to
// nobody, submits at last. At 17:25:24 栖桥's head opens his desk and signs forty
// files, one every four seconds; the last, at 17:28 sharp, two minutes before the
// office closes, is the night market.
func (s *backTrace) fortyFilesAreSignedInThreeMinutes() {
	s.Helper()
	s.on("2026-12-08 17:00")
	s.wantCase(s.as("handler2").post(s.path("/submit"), opinion("已要求夜市降低音量。")), "awaiting_signoff", "秦岳")
	s.files = append(s.files, s.id)
	var desk list[object]
	if s.as("leader2").get("/sign-offs", &desk); len(desk.Items) != 40 {
		s.Errorf("on the desk are %d files", len(desk.Items))
	}
	for n, id := range s.files {
		s.at(signedAt(n))
		if c := s.as("leader2").post("/cases/"+id+"/sign-offs/1/approve", object{}); c.Status != "closed" {
			s.Errorf("file %d is %s", n+1, c.Status)
		}
	}
	if d := s.as("handler2").deadlineOf(s.id, "handling"); d.State != "met" || d.Late || d.Breached != nil {
		s.Errorf("at the last minute, and in time: %+v", d)
	}
}

// signedAt is when the file of that place in the pile was signed.
func signedAt(n int) time.Time {
	return beijing("2026-12-08 17:28").Add(time.Duration(n-39) * 4 * time.Second)
}
