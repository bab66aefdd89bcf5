package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// deadline gives a clock of a case as its list shows it.
func (s *city) deadline(id string, kind grievance.ClockKind) ClockView {
	s.t.Helper()
	all := read[ClockList](s, "handler", "/cases/"+id+"/deadlines").Items
	i := slices.IndexFunc(all, func(k ClockView) bool { return k.Kind == kind })
	if i < 0 {
		s.t.Fatalf("case %s has no clock of %s", id, kind)
	}
	return all[i]
}

// explained reads the explanation of a clock and counts it again.
func (s *city) explained(account string, k ClockView) Explanation {
	s.t.Helper()
	res := s.send(account, "GET", k.Explanation, "")
	text := bodyOf(s.t, s.send(account, "GET", k.Explanation, ""))
	wantRecount(s.t, &grievance.Clock{DueAt: k.DueAt, DueOn: k.DueOn, DueUnrolled: k.UnrolledOn, Provisional: k.Provisional}, text)
	return as[Explanation](s, res, http.StatusOK)
}

func TestWhoReadsAnExplanation(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		here := fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
		id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(here)), http.StatusCreated).ID
		k := read[ClockList](s, "clerk", "/cases/"+id+"/deadlines").Items[0]
		s.refuses("", "GET", k.Explanation, "", 401, "auth.required")
		for _, stranger := range []string{"clerk2", "handler2", "leader2", "petitioner2", "admin"} {
			s.refuses(stranger, "GET", k.Explanation, "", 404, "not_found")
		}
		for _, insider := range []string{"petitioner", "clerk", "leader", "supervisor", "city_supervisor"} {
			if x := s.explained(insider, k); x.ID != k.ID || x.CaseID != id || x.Rule.Source != k.Source {
				t.Errorf("%s reads %+v", insider, x)
			}
		}
		for _, nowhere := range []string{id, "1", "00000000-0000-0000-0000-000000000000"} {
			s.refuses("clerk", "GET", v1+"/deadlines/"+nowhere+"/explanation", "", 404, "not_found")
		}
		s.refuses("clerk", "GET", k.Explanation+"?a=b", "", 400, "request.unknown_parameter")
	})
}

func TestExplanationInBothLanguages(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	k := s.deadline(s.handled(""), grievance.Acceptance)
	for language, want := range map[string]string{
		"": "按照“镇街诉求”办理模式的规定，自收到之日起1个工作日内作出是否受理的决定并送达告知书。2026年11月23日收到，当日不计，第1个工作日为2026年11月24日（星期二）。期限至2026年11月24日24时，已于2026年11月23日10时按期完成。",
		"en": `By the rules of the profile "township", the decision on acceptance must be made and its notice served within 1 working day of receipt. ` +
			"The case was received on 23 November 2026, a day that is not counted. Working day 1 is Tuesday 24 November 2026. " +
			"The time ran until 24:00 on 24 November 2026; it was done in time, at 10:00 on 23 November 2026.",
	} {
		res := s.send("clerk", "GET", k.Explanation, "", "Accept-Language: "+language)
		wanted := map[string]string{"": "zh-CN", "en": "en"}[language]
		if got := res.Header.Get("Content-Language"); got != wanted || !slices.Contains(res.Header.Values("Vary"), "Accept-Language") {
			t.Errorf("Content-Language %q, Vary %q", got, res.Header.Values("Vary"))
		}
		x := as[Explanation](s, res, http.StatusOK)
		if x.Sentence != want {
			t.Errorf("%q:\n got %s\nwant %s", language, x.Sentence, want)
		}
		if x.Start.Event != grievance.EvRegistered || x.Start.EventSeq != 1 || x.Start.Reason != "received" || x.Calendar.SettledUntil.String() != "2026-12-25" {
			t.Errorf("started %+v by %+v", x.Start, x.Calendar)
		}
	}
}

// told is the life of one case whose handling is suspended, resumed, extended and
// counted again by a newly published year.
type told struct {
	*city
	id   grievance.CaseID
	path string
}

func (s *told) as(account string) casework.Request {
	return casework.Request{Actor: officetest.Actor(s.t, s.Office, s.city.clock, account)}
}

// handling reads the handling clock and checks when it is due, by which moves, and
// what is said of it.
func (s *told) handling(due, unrolled string, moves []grievance.EventKind, says ...string) Explanation {
	s.t.Helper()
	k := s.deadline(s.path, grievance.Handling)
	x := s.explained("handler", k)
	if x.DueOn.String() != due || x.UnrolledOn.String() != unrolled {
		s.t.Errorf("due on %s, unrolled %s, want %s and %s", x.DueOn, x.UnrolledOn, due, unrolled)
	}
	var moved []grievance.EventKind
	was := time.Time{}
	for _, m := range x.Moves {
		if !was.IsZero() && m.WasDueAt != was {
			s.t.Errorf("%s moved it from %s, it was due at %s", m.Event, m.WasDueAt, was)
		}
		moved, was = append(moved, m.Event), m.DueAt
	}
	if !slices.Equal(moved, moves) || len(moves) > 0 && was != x.DueAt {
		s.t.Errorf("moved by %v to %s, want %v to %s", moved, was, moves, x.DueAt)
	}
	for _, words := range says {
		if !strings.Contains(x.Sentence, words) {
			s.t.Errorf("%q is not said: %s", words, x.Sentence)
		}
	}
	return x
}

func TestAClockExplainsItselfAfterEachStep(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, c *city) {
		s := &told{city: c, path: c.handled(`,"urgency":"complex"`)}
		var err error
		s.id, err = grievance.ParseID[grievance.Case](s.path)
		must(t, err)
		s.handling("2026-12-08", "2026-12-08", nil, "自受理之日起15日内办结。", "第15日为2026年12月8日（星期二）", "请在2026年12月8日24时前办结。")

		c.clock.Advance(2 * 24 * time.Hour) // 25 November
		_, err = s.Desk.Suspend(t.Context(), s.as("handler"), s.id, grievance.Suspending{Cause: grievance.ExpertOpinion, Until: calendar.NewDate(2026, 12, 2), Words: "送鉴"})
		must(t, err)
		s.act("leader", s.path, "/sign-offs/1/approve", `{}`)
		x := s.handling("2026-12-16", "2026-12-16", []grievance.EventKind{grievance.EvSuspended},
			"经顾长河批准，因鉴定评估自2026年11月25日起，预计至2026年12月2日中止计时，扣除8日")
		if len(x.Pauses) != 1 || *x.Pauses[0].Days != 8 || x.Pauses[0].ApprovedBy.Name != "顾长河" || len(x.Parts[0].Days) != 8 {
			t.Errorf("paused: %+v", x.Pauses)
		}

		c.clock.Advance(5 * 24 * time.Hour) // 30 November
		_, err = s.Desk.Resume(t.Context(), s.as("handler"), s.id, grievance.Resuming{Words: "鉴定完成"})
		must(t, err)
		s.handling("2026-12-14", "2026-12-13", []grievance.EventKind{grievance.EvSuspended, grievance.EvResumed},
			"因鉴定评估自2026年11月25日至2026年11月29日中止计时，扣除5日", "第15日为2026年12月13日（星期日），休息日顺延至2026年12月14日（星期一）")

		_, err = s.Desk.Extend(t.Context(), s.as("handler"), s.id, grievance.Extending{N: 15, Reason: "complex", Words: "情况复杂"})
		must(t, err)
		s.act("leader", s.path, "/sign-offs/2/approve", `{}`)
		x = s.handling("2026-12-28", "2026-12-28", []grievance.EventKind{grievance.EvSuspended, grievance.EvResumed, grievance.EvExtended},
			"2026年11月30日经顾长河批准延长15日（情况复杂），自2026年12月13日的次日起续计，第15日为2026年12月28日（星期一）", "2027年放假安排尚未公布，该日期为暂定。")
		if e := x.Extensions; !x.Provisional || len(e) != 1 || e[0].RequestedBy.Name != "周远志" || e[0].ApprovedBy.Name != "顾长河" || e[0].Notice == 0 || x.DueVersion != 4 {
			t.Errorf("extended: %+v", x)
		}
		s.publishAndSay()
		s.closesInTime()
	})
}

// publishAndSay publishes a year in which the deadline's last day and those after
// it are holidays.
func (s *told) publishAndSay() {
	s.t.Helper()
	s.city.clock.Advance(24 * time.Hour)
	p := office.Publication{Year: 2027, Source: "为测试虚构的通知"}
	for d := calendar.NewDate(2026, 12, 28); d.Before(calendar.NewDate(2027, 1, 3)); d = d.AddDays(1) {
		p.Days = append(p.Days, calendar.Arrangement{Date: d, Off: true, Holiday: "元旦", Year: 2027})
	}
	p.Days = append(p.Days, calendar.Arrangement{Date: calendar.NewDate(2027, 1, 3), Holiday: "元旦", Year: 2027})
	_, err := s.Office.PublishCalendar(s.t.Context(), s.as("admin").Actor, p, nil)
	must(s.t, err)
	s.handling("2026-12-28", "2026-12-28", []grievance.EventKind{grievance.EvSuspended, grievance.EvResumed, grievance.EvExtended}, "该日期为暂定")
	as[EngineRun](s.city, s.send("admin", "POST", v1+"/engine/run", ""), http.StatusOK)
	x := s.handling("2027-01-03", "2026-12-28", []grievance.EventKind{grievance.EvSuspended, grievance.EvResumed, grievance.EvExtended, grievance.EvRebased},
		"适逢元旦放假（2026年12月28日至2027年1月2日），顺延至2027年1月3日（星期日），该日为元旦调休上班日",
		"2026年12月1日按第2版工作日历重新推算，届满时间由2026年12月28日24时改为2027年1月3日24时。")
	if x.Provisional || x.Calendar.Version != 2 || !x.Calendar.PublishedAt.Equal(s.city.clock.Now()) || x.Calendar.SettledUntil.String() != "2027-12-25" || x.Moves[3].CalendarVersion != 2 {
		s.t.Errorf("re-based: %+v", x)
	}
}

func (s *told) closesInTime() {
	s.t.Helper()
	s.act("handler", s.path, "/contact", `{"words":"电话联系"}`)
	s.act("handler", s.path, "/submit", opinion)
	s.act("leader", s.path, "/sign-offs/3/approve", `{"words":"同意"}`)
	x := s.handling("2027-01-03", "2026-12-28", []grievance.EventKind{grievance.EvSuspended, grievance.EvResumed, grievance.EvExtended, grievance.EvRebased},
		"期限至2027年1月3日24时，已于2026年12月1日10时按期完成。")
	if x.State != grievance.Met || x.Late || x.MetAt == nil {
		s.t.Errorf("met: %+v", x)
	}
}

// A case that was disputed is handled again from then on, by an explanation of
// its own.
func TestExplanationOfASecondRound(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := s.closed("")
	s.act("clerk", id, "/notices/2/service", `{"how":"sms","proof":"短信回执"}`)
	s.act("clerk", id, "/dispute", `{"words":"没有修好"}`)
	var second *ClockView
	for _, k := range read[ClockList](s, "handler", "/cases/"+id+"/deadlines").Items {
		if k.Kind == grievance.Handling && k.Round == 2 {
			second = &k
		}
	}
	if second == nil {
		t.Fatal("the second round has no handling clock")
	}
	if x := s.explained("handler", *second); x.Start.Event != grievance.EvDisputed || !strings.Contains(x.Sentence, "2026年11月23日提出异议重新办理，当日不计") {
		t.Errorf("%+v", x)
	}
}
