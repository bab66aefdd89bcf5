package grievance

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// timed is a clock as a test tells it, with instants of Beijing's wall.
type timed struct {
	kind       ClockKind
	profile    string
	length     string
	source     string
	start      string
	event      EventKind
	nature     Nature // a demand on the regulation's own route where nothing is said
	pauses     []Pause
	extensions []Extension
	moves      []Move
	now        string
	met        string
	cancelled  bool
	fixed      bool   // does not roll
	off        string // a day of 2026 that is a holiday (特别假) besides
}

var approver = User{ID: userID("head"), Name: "顾长河"}

// explanation makes the clock, sets it by the embedded calendar, and explains it.
func (a timed) explanation(t *testing.T) Explanation {
	t.Helper()
	length, err := calendar.ParseLength(a.length)
	if err != nil {
		t.Fatal(err)
	}
	rule := ClockRule{Kind: a.kind, Length: length, Starts: moments[a.kind].starts, Stops: moments[a.kind].stops, Debtor: RoleHandler, Rolls: !a.fixed, Source: a.source}
	cal := a.calendar(t)
	b := NewBook(BookData{
		Version: 1, Calendar: cal, Users: []User{approver},
		Profiles: Profiles{a.profile: {Name: a.profile, Version: 1, Clocks: []ClockRule{rule}}},
	})
	k := &Clock{
		ID: id16[Clock]("k"), Kind: a.kind, Profile: a.profile, ProfileVersion: 1, CalendarVersion: 1, StartedAt: beijing(a.start),
		Length: length, State: Running, PauseCount: len(a.pauses), ExtensionCount: len(a.extensions),
	}
	row := Case{Nature: a.nature, Urgency: Ordinary}
	if row.Nature == "" {
		row.Nature, row.Route = Demand, PetitionRoute
	}
	c := Restore(row, Children{Clocks: []*Clock{k}, Pauses: of(k, a.pauses), Extensions: of(k, a.extensions)})
	k.setDue(cal.DueOf(k.term(rule)))
	a.stop(k)
	x, err := Explain(b, c, k)
	if err != nil {
		t.Fatal(err)
	}
	x.Start.Event, x.Moves = a.event, a.moves
	return x
}

// calendar is the embedded one, with the day that is a holiday besides.
func (a timed) calendar(t *testing.T) *calendar.Calendar {
	t.Helper()
	cal := calendar.Embedded()
	if a.off == "" {
		return cal
	}
	day := calendar.DateOf(beijing(a.off + " 00:00"))
	days := append(cal.Arrangements(day.Year), calendar.Arrangement{Date: day, Off: true, Holiday: "特别假", Year: day.Year})
	cal, err := cal.With(1, day.Year, days)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func (a timed) stop(k *Clock) {
	met := beijing(a.met)
	switch {
	case a.cancelled:
		k.State = Cancelled
	case a.met != "":
		k.State, k.MetAt = Met, &met
	}
	if due := k.DueAt; a.met != "" && !met.Before(due) {
		k.BreachedAt = &due
	}
}

// of gives a clock its rows.
func of[T Pause | Extension](k *Clock, rows []T) (list []*T) {
	for i := range rows {
		switch row := any(&rows[i]).(type) {
		case *Pause:
			row.ClockID, row.ApprovedBy = k.ID, approver.ID
		case *Extension:
			row.ClockID, row.ApprovedBy = k.ID, approver.ID
		}
		list = append(list, &rows[i])
	}
	return list
}

func hearing(from, until string) Pause {
	return Pause{Cause: Hearing, FromAt: beijing(from), Until: beijing(until)}
}

func thirtyDays(approved string) Extension {
	return Extension{Length: calendar.Length{N: 30, Unit: calendar.Day}, Reason: "complex", ApprovedAt: beijing(approved)}
}

const art34 = "Art. 34 for route 31(6); house cap for the other routes"

// Each was counted by hand on a paper calendar with the State Council's notices
// for 2025 and 2026 beside it.
func TestSentences(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		timed
		zh, en string
	}{
		"60 days, rolled over a Sunday": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-10-15 00:00"},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。请在2026年11月30日24时前办结。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. Please close the case before 24:00 on 30 November 2026.`,
		},
		"15 days that end in the National Day holidays": {
			timed{kind: Acceptance, profile: "petition", length: "15d", source: "Art. 22, 23", start: "2026-09-17 09:00", now: "2026-09-18 00:00"},
			`根据《信访工作条例》第二十二条、第二十三条，自收到之日起15日内作出是否受理的决定并送达告知书。2026年9月17日收到，当日不计，第15日为2026年10月2日（星期五），适逢国庆节放假（10月2日至7日），顺延至2026年10月8日（星期四）。请在2026年10月8日24时前作出是否受理的决定并送达告知书。`,
			`Under Articles 22 and 23 of the Regulations on Petitioning (信访工作条例), the decision on acceptance must be made and its notice served within 15 days of receipt. The case was received on 17 September 2026, a day that is not counted. Day 15 is Friday 2 October 2026; for National Day (2–7 October) the period ends on the next working day, Thursday 8 October 2026. Please decide on acceptance and serve the notice before 24:00 on 8 October 2026.`,
		},
		"7 days that end on a Sunday before a holiday": {
			timed{kind: Handling, profile: "hotline", length: "7d", source: "12345 practice", start: "2026-11-22 09:00", now: "2026-11-22 10:00", off: "2026-11-30"},
			`按照“热线”办理模式的规定，自受理之日起7日内办结。2026年11月22日受理，当日不计，第7日为2026年11月29日（星期日），适逢周末和特别假放假（11月30日），顺延至2026年12月1日（星期二）。请在2026年12月1日24时前办结。`,
			`By the rules of the profile "hotline", the case must be closed within 7 days of acceptance. The case was accepted on 22 November 2026, a day that is not counted. Day 7 is Sunday 29 November 2026; for the weekend and 特别假 (30 November) the period ends on the next working day, Tuesday 1 December 2026. Please close the case before 24:00 on 1 December 2026.`,
		},
		"7 working days over Spring Festival to a working Saturday": {
			timed{kind: Handling, profile: "wall", length: "7wd", source: "practice: echo wall reply", start: "2026-02-12 09:00", now: "2026-02-13 00:00"},
			`按照“民情回音墙”办理模式的规定，自受理之日起7个工作日内办结。2026年2月12日受理，当日不计；其间春节（2月15日至23日）放假9日不计；2月14日（星期六，春节调休）、2月28日（星期六，春节调休）上班，计入；第7个工作日为2026年2月28日（星期六）。请在2026年2月28日24时前办结。`,
			`By the rules of the profile "wall", the case must be closed within 7 working days of acceptance. The case was accepted on 12 February 2026, a day that is not counted. Not counted in between: Spring Festival (15–23 February), 9 days. Counted, though at a weekend: Saturday 14 February (made up for Spring Festival); Saturday 28 February (made up for Spring Festival). Working day 7 is Saturday 28 February 2026. Please close the case before 24:00 on 28 February 2026.`,
		},
		"5 working days to a working Sunday": {
			timed{kind: Handling, profile: "wall", length: "5wd", source: "practice", start: "2025-01-20 09:00", now: "2025-01-20 10:00"},
			`按照“民情回音墙”办理模式的规定，自受理之日起5个工作日内办结。2025年1月20日受理，当日不计；其间周末1日不计；1月26日（星期日，春节调休）上班，计入；第5个工作日为2025年1月26日（星期日）。请在2025年1月26日24时前办结。`,
			`By the rules of the profile "wall", the case must be closed within 5 working days of acceptance. The case was accepted on 20 January 2025, a day that is not counted. Not counted in between: 1 weekend day. Counted, though at a weekend: Sunday 26 January (made up for Spring Festival). Working day 5 is Sunday 26 January 2025. Please close the case before 24:00 on 26 January 2025.`,
		},
		"7 working days over two months": {
			timed{kind: Handling, profile: "wall", length: "7wd", source: "practice", start: "2025-01-20 09:00", now: "2025-01-20 10:00"},
			`按照“民情回音墙”办理模式的规定，自受理之日起7个工作日内办结。2025年1月20日受理，当日不计；其间春节（1月28日至2月4日）放假8日、周末1日不计；1月26日（星期日，春节调休）上班，计入；第7个工作日为2025年2月5日（星期三）。请在2025年2月5日24时前办结。`,
			`By the rules of the profile "wall", the case must be closed within 7 working days of acceptance. The case was accepted on 20 January 2025, a day that is not counted. Not counted in between: Spring Festival (28 January – 4 February), 8 days; 1 weekend day. Counted, though at a weekend: Sunday 26 January (made up for Spring Festival). Working day 7 is Wednesday 5 February 2025. Please close the case before 24:00 on 5 February 2025.`,
		},
		"7 working days with make-up days on both sides": {
			timed{kind: Handling, profile: "wall", length: "7wd", source: "practice", start: "2025-09-26 09:00", now: "2025-09-26 10:00"},
			`按照“民情回音墙”办理模式的规定，自受理之日起7个工作日内办结。2025年9月26日受理，当日不计；其间国庆节、中秋节（10月1日至8日）放假8日、周末2日不计；9月28日（星期日，国庆节、中秋节调休）、10月11日（星期六，国庆节、中秋节调休）上班，计入；第7个工作日为2025年10月13日（星期一）。请在2025年10月13日24时前办结。`,
			`By the rules of the profile "wall", the case must be closed within 7 working days of acceptance. The case was accepted on 26 September 2025, a day that is not counted. Not counted in between: National Day and Mid-Autumn Festival (1–8 October), 8 days; 2 weekend days. Counted, though at a weekend: Sunday 28 September (made up for National Day and Mid-Autumn Festival); Saturday 11 October (made up for National Day and Mid-Autumn Festival). Working day 7 is Monday 13 October 2025. Please close the case before 24:00 on 13 October 2025.`,
		},
		"7 working days over National Day 2026": {
			timed{kind: Handling, profile: "wall", length: "7wd", source: "practice", start: "2026-09-30 09:00", now: "2026-09-30 10:00"},
			`按照“民情回音墙”办理模式的规定，自受理之日起7个工作日内办结。2026年9月30日受理，当日不计；其间国庆节（10月1日至7日）放假7日、周末1日不计；10月10日（星期六，国庆节调休）上班，计入；第7个工作日为2026年10月15日（星期四）。请在2026年10月15日24时前办结。`,
			`By the rules of the profile "wall", the case must be closed within 7 working days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Not counted in between: National Day (1–7 October), 7 days; 1 weekend day. Counted, though at a weekend: Saturday 10 October (made up for National Day). Working day 7 is Thursday 15 October 2026. Please close the case before 24:00 on 15 October 2026.`,
		},
		"7 days that end on a working Saturday": {
			timed{kind: Handling, profile: "hotline", length: "7d", source: "12345 practice", start: "2026-10-03 09:00", now: "2026-10-03 10:00"},
			`按照“热线”办理模式的规定，自受理之日起7日内办结。2026年10月3日受理，当日不计，第7日为2026年10月10日（星期六），该日为国庆节调休上班日。请在2026年10月10日24时前办结。`,
			`By the rules of the profile "hotline", the case must be closed within 7 days of acceptance. The case was accepted on 3 October 2026, a day that is not counted. Day 7 is Saturday 10 October 2026, a working day made up for National Day. Please close the case before 24:00 on 10 October 2026.`,
		},
		"3 days that do not roll": {
			timed{kind: Handling, profile: "hotline", length: "3d", source: "12345 practice", start: "2026-10-29 09:00", now: "2026-10-30 10:00", fixed: true},
			`按照“热线”办理模式的规定，自受理之日起3日内办结。2026年10月29日受理，当日不计，第3日为2026年11月1日（星期日）。请在2026年11月1日24时前办结。`,
			`By the rules of the profile "hotline", the case must be closed within 3 days of acceptance. The case was accepted on 29 October 2026, a day that is not counted. Day 3 is Sunday 1 November 2026. Please close the case before 24:00 on 1 November 2026.`,
		},
		"one working day": {
			timed{kind: Acknowledgement, profile: "petition", length: "1wd", source: "practice", start: "2026-10-12 09:00", now: "2026-10-12 10:00"},
			`按照“信访”办理模式的规定，自交办之日起1个工作日内签收。2026年10月12日交办，当日不计，第1个工作日为2026年10月13日（星期二）。请在2026年10月13日24时前签收。`,
			`By the rules of the profile "petition", the case must be acknowledged within 1 working day of assignment. The case was assigned on 12 October 2026, a day that is not counted. Working day 1 is Tuesday 13 October 2026. Please acknowledge the case before 24:00 on 13 October 2026.`,
		},
		"24 hours, met within the second after": {
			timed{kind: FirstContact, profile: "hotline", length: "24h", source: "12345 practice", start: "2026-09-30 17:25:32.25", now: "2026-10-02 18:00", fixed: true, met: "2026-10-01 17:25:32.75"},
			`按照“热线”办理模式的规定，自受理时起24小时内联系诉求人。2026年9月30日17时25分32秒受理，昼夜连续计算，至2026年10月1日17时25分32秒满24小时。期限于2026年10月1日17时25分32秒届满，实际完成迟于期限不足一秒，已逾期。`,
			`By the rules of the profile "hotline", the petitioner must be contacted within 24 hours of acceptance. The case was accepted at 17:25:32 on 30 September 2026; time runs day and night. 24 hours are full at 17:25:32 on 1 October 2026. The time was over at 17:25:32 on 1 October 2026; it was done less than a second later, overdue.`,
		},
		"24 hours, met within the second before, with a hearing that was over at once": {
			timed{kind: FirstContact, profile: "hotline", length: "24h", source: "12345 practice", start: "2026-09-30 17:25:32.75", now: "2026-10-02 18:00", fixed: true, met: "2026-10-01 17:25:32.25",
				pauses: []Pause{hearing("2026-10-01 00:58:01.5", "2026-10-01 00:58:01.5")}},
			`按照“热线”办理模式的规定，自受理时起24小时内联系诉求人。2026年9月30日17时25分32秒受理，昼夜连续计算；经顾长河批准，因听证于2026年10月1日0时58分1秒中止计时，当即恢复，至2026年10月1日17时25分32秒满24小时。期限至2026年10月1日17时25分32秒，已于届满前不足一秒按期完成。`,
			`By the rules of the profile "hotline", the petitioner must be contacted within 24 hours of acceptance. The case was accepted at 17:25:32 on 30 September 2026; time runs day and night. Suspended at 00:58:01 on 1 October 2026, for a hearing and approved by 顾长河, and resumed at once. 24 hours are full at 17:25:32 on 1 October 2026. The time ran until 17:25:32 on 1 October 2026; it was done in time, less than a second before.`,
		},
		"7 days that rest from the day of the start": {
			timed{kind: Handling, profile: "hotline", length: "7d", source: "12345 practice", start: "2026-11-23 09:00", now: "2026-12-07 10:00",
				pauses: []Pause{hearing("2026-11-23 10:00", "2026-12-07 00:00")}},
			`按照“热线”办理模式的规定，自受理之日起7日内办结。2026年11月23日受理，当日不计；经顾长河批准，因听证自2026年11月23日至2026年12月6日中止计时，扣除13日（起算当日本不计入）；第7日为2026年12月13日（星期日），休息日顺延至2026年12月14日（星期一）。请在2026年12月14日24时前办结。`,
			`By the rules of the profile "hotline", the case must be closed within 7 days of acceptance. The case was accepted on 23 November 2026, a day that is not counted. Suspended from 23 November 2026 to 6 December 2026, for a hearing and approved by 顾长河: 13 days are not counted, besides the day of the start, which would not count anyway. Day 7 is Sunday 13 December 2026; for the weekend the period ends on the next working day, Monday 14 December 2026. Please close the case before 24:00 on 14 December 2026.`,
		},
		"7 days that rest on the day of the start": {
			timed{kind: Handling, profile: "hotline", length: "7d", source: "12345 practice", start: "2026-11-23 09:00", now: "2026-11-24 10:00",
				pauses: []Pause{hearing("2026-11-23 10:00", "2026-11-24 00:00")}},
			`按照“热线”办理模式的规定，自受理之日起7日内办结。2026年11月23日受理，当日不计；经顾长河批准，因听证于2026年11月23日中止计时，起算当日本不计入，不扣除；第7日为2026年11月30日（星期一）。请在2026年11月30日24时前办结。`,
			`By the rules of the profile "hotline", the case must be closed within 7 days of acceptance. The case was accepted on 23 November 2026, a day that is not counted. Suspended on 23 November 2026, for a hearing and approved by 顾长河: it is the day of the start, which would not count anyway. Day 7 is Monday 30 November 2026. Please close the case before 24:00 on 30 November 2026.`,
		},
		"7 working days that rest over a weekend, and on another": {
			timed{kind: Handling, profile: "wall", length: "7wd", source: "practice", start: "2026-11-02 09:00", now: "2026-11-20 10:00",
				pauses: []Pause{hearing("2026-11-05 09:00", "2026-11-10 09:00"), hearing("2026-11-14 09:00", "2026-11-16 09:00")}},
			`按照“民情回音墙”办理模式的规定，自受理之日起7个工作日内办结。2026年11月2日受理，当日不计；经顾长河批准，因听证自2026年11月5日至2026年11月9日中止计时，扣除3个工作日（连休息日共5日）；经顾长河批准，因听证自2026年11月14日至2026年11月15日中止计时，其间没有工作日，不扣除；第7个工作日为2026年11月16日（星期一）。期限已于2026年11月16日24时届满，至今尚未完成，已逾期。`,
			`By the rules of the profile "wall", the case must be closed within 7 working days of acceptance. The case was accepted on 2 November 2026, a day that is not counted. Suspended from 5 November 2026 to 9 November 2026, for a hearing and approved by 顾长河: 3 working days (5 days with those off) are not counted. Suspended from 14 November 2026 to 15 November 2026, for a hearing and approved by 顾长河: there is no working day in it, which takes nothing off. Working day 7 is Monday 16 November 2026. The time was over at 24:00 on 16 November 2026 and it is not done yet: it is overdue.`,
		},
		"24 hours by the wall": {
			timed{kind: FirstContact, profile: "hotline", length: "24h", source: "12345 practice", start: "2026-09-30 17:10", now: "2026-09-30 18:00", fixed: true},
			`按照“热线”办理模式的规定，自受理时起24小时内联系诉求人。2026年9月30日17时10分受理，昼夜连续计算，至2026年10月1日17时10分满24小时。请在2026年10月1日17时10分前联系诉求人。`,
			`By the rules of the profile "hotline", the petitioner must be contacted within 24 hours of acceptance. The case was accepted at 17:10 on 30 September 2026; time runs day and night. 24 hours are full at 17:10 on 1 October 2026. Please contact the petitioner before 17:10 on 1 October 2026.`,
		},
		"24 hours from midnight to midnight, with a hearing": {
			timed{kind: FirstContact, profile: "hotline", length: "24h", source: "12345 practice", start: "2026-10-12 00:00", now: "2026-10-13 18:00", fixed: true,
				pauses: []Pause{hearing("2026-10-12 06:30", "2026-10-13 06:30")}},
			`按照“热线”办理模式的规定，自受理时起24小时内联系诉求人。2026年10月12日0时受理，昼夜连续计算；经顾长河批准，因听证自2026年10月12日6时30分至2026年10月13日6时30分中止计时，至2026年10月13日24时满24小时。请在2026年10月13日24时前联系诉求人。`,
			`By the rules of the profile "hotline", the petitioner must be contacted within 24 hours of acceptance. The case was accepted at 00:00 on 12 October 2026; time runs day and night. Suspended from 06:30 on 12 October 2026 to 06:30 on 13 October 2026, for a hearing and approved by 顾长河: that time does not count. 24 hours are full at 24:00 on 13 October 2026. Please contact the petitioner before 24:00 on 13 October 2026.`,
		},
		"30 working minutes over National Day": {
			timed{kind: Acknowledgement, profile: "township", length: "30wm", source: "township practice", start: "2026-09-30 17:20:30", now: "2026-09-30 17:21", fixed: true},
			`按照“镇街诉求”办理模式的规定，自交办时起30个工作分钟内签收。2026年9月30日17时20分30秒交办，只计工作日的工作时间：9时至12时、14时至17时30分；其间国庆节（10月1日至7日）放假7日不计；至2026年10月8日9时20分30秒满30个工作分钟。请在2026年10月8日9时20分30秒前签收。`,
			`By the rules of the profile "township", the case must be acknowledged within 30 working minutes of assignment. The case was assigned at 17:20:30 on 30 September 2026; only office hours on working days count: 09:00–12:00 and 14:00–17:30. Not counted in between: National Day (1–7 October), 7 days. 30 working minutes are full at 09:20:30 on 8 October 2026. Please acknowledge the case before 09:20:30 on 8 October 2026.`,
		},
		"1 working hour in the morning": {
			timed{kind: FirstContact, profile: "township", length: "1wh", source: "township practice", start: "2026-10-12 09:15", now: "2026-10-12 09:21", fixed: true},
			`按照“镇街诉求”办理模式的规定，自受理时起1个工作小时内联系诉求人。2026年10月12日9时15分受理，只计工作日的工作时间：9时至12时、14时至17时30分；至2026年10月12日10时15分满1个工作小时。请在2026年10月12日10时15分前联系诉求人。`,
			`By the rules of the profile "township", the petitioner must be contacted within 1 working hour of acceptance. The case was accepted at 09:15 on 12 October 2026; only office hours on working days count: 09:00–12:00 and 14:00–17:30. 1 working hour is full at 10:15 on 12 October 2026. Please contact the petitioner before 10:15 on 12 October 2026.`,
		},
		"a hearing of four days, and the end on a Sunday": {
			timed{kind: ReReview, profile: "petition", length: "30d", source: "Art. 36: time spent on a hearing does not count", start: "2026-11-02 09:00", now: "2026-11-20 00:00",
				pauses: []Pause{hearing("2026-11-10 09:00", "2026-11-14 00:00")}},
			`根据《信访工作条例》第三十六条，自收到复核申请之日起30日内作出复核意见。2026年11月2日收到复核申请，当日不计；经顾长河批准，因听证自2026年11月10日至2026年11月13日中止计时，扣除4日；第30日为2026年12月6日（星期日），休息日顺延至2026年12月7日（星期一）。请在2026年12月7日24时前作出复核意见。`,
			`Under Article 36 of the Regulations on Petitioning (信访工作条例), the re-review must be decided within 30 days of receipt of the request for re-review. The request for re-review was received on 2 November 2026, a day that is not counted. Suspended from 10 November 2026 to 13 November 2026, for a hearing and approved by 顾长河: 4 days are not counted. Day 30 is Sunday 6 December 2026; for the weekend the period ends on the next working day, Monday 7 December 2026. Please decide the re-review before 24:00 on 7 December 2026.`,
		},
		"a hearing that lasts, over the day on which the period was to end": {
			timed{kind: ReReview, profile: "petition", length: "30d", source: "Art. 36", start: "2026-10-01 09:00", now: "2026-11-01 00:00",
				pauses: []Pause{hearing("2026-10-09 09:00", "2026-10-09 17:00"), hearing("2026-11-02 08:00", "2026-11-04 00:00")}},
			`根据《信访工作条例》第三十六条，自收到复核申请之日起30日内作出复核意见。2026年10月1日收到复核申请，当日不计；因听证于2026年10月9日中止计时，当日恢复，不足一日，不扣除；经顾长河批准，因听证自2026年11月2日起，预计至2026年11月3日中止计时，扣除2日；第30日为2026年10月31日（星期六），遇休息日和中止，顺延至2026年11月4日（星期三）。请在2026年11月4日24时前作出复核意见。`,
			`Under Article 36 of the Regulations on Petitioning (信访工作条例), the re-review must be decided within 30 days of receipt of the request for re-review. The request for re-review was received on 1 October 2026, a day that is not counted. It was suspended on 9 October 2026 for a hearing and resumed on the same day, which takes nothing off. Suspended from 2 November 2026, as planned to 3 November 2026, for a hearing and approved by 顾长河: 2 days are not counted. Day 30 is Saturday 31 October 2026; for the weekend and the suspension the period ends on the next working day, Wednesday 4 November 2026. Please decide the re-review before 24:00 on 4 November 2026.`,
		},
		"an extension into the year that is not published": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-11-25 00:00",
				extensions: []Extension{thirtyDays("2026-11-20 09:00")}},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日）。2026年11月20日经顾长河批准延长30日（情况复杂），自2026年11月29日的次日起续计，第30日为2026年12月29日（星期二）。请在2026年12月29日24时前办结。2027年放假安排尚未公布，该日期为暂定。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026. On 20 November 2026 顾长河 approved an extension by 30 days (a complex matter), counted from the day after 29 November 2026. Day 30 is Tuesday 29 December 2026. Please close the case before 24:00 on 29 December 2026. The holidays of 2027 are not published yet: the date is provisional.`,
		},
		"late": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-12-01 00:00"},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。期限已于2026年11月30日24时届满，至今尚未完成，已逾期。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. The time was over at 24:00 on 30 November 2026 and it is not done yet: it is overdue.`,
		},
		"met in time": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-12-05 00:00", met: "2026-11-30 23:59:59"},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。期限至2026年11月30日24时，已于2026年11月30日23时59分59秒按期完成。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. The time ran until 24:00 on 30 November 2026; it was done in time, at 23:59:59 on 30 November 2026.`,
		},
		"met at the instant at which it was due": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-12-05 00:00", met: "2026-12-01 00:00"},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。期限于2026年11月30日24时届满，实际完成恰在届满之时，未在届满前完成，已逾期。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. The time was over at 24:00 on 30 November 2026; it was done at that very instant and not before, overdue.`,
		},
		"cancelled, of an accusation": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-12-05 00:00", cancelled: true, nature: Accusation},
			`按照“信访”办理模式的规定，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。期限至2026年11月30日24时，该时限已取消。`,
			`By the rules of the profile "petition", the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. The time ran until 24:00 on 30 November 2026; the deadline has been cancelled.`,
		},
		"cancelled when it was late": {
			timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00", now: "2026-12-05 00:00", met: "2026-12-03 00:00", cancelled: true},
			`根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。期限已于2026年11月30日24时届满，当时尚未完成，已逾期；该时限现已取消。`,
			`Under Article 34 of the Regulations on Petitioning (信访工作条例), the case must be closed within 60 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 60 is Sunday 29 November 2026; for the weekend the period ends on the next working day, Monday 30 November 2026. The time was over at 24:00 on 30 November 2026 and it was not done: it was overdue. The deadline has since been cancelled.`,
		},
		"a hearing of one day into a long holiday": {
			timed{kind: ReReview, profile: "petition", length: "30d", source: "Art. 36", start: "2026-08-31 09:00", now: "2026-09-29 00:00",
				pauses: []Pause{hearing("2026-09-28 09:00", "2026-09-29 00:00"), hearing("2026-10-08 08:00", "2026-10-09 00:00")}},
			`根据《信访工作条例》第三十六条，自收到复核申请之日起30日内作出复核意见。2026年8月31日收到复核申请，当日不计；经顾长河批准，因听证于2026年9月28日中止计时，扣除1日；经顾长河批准，因听证于2026年10月8日中止计时，扣除1日；第30日为2026年10月1日（星期四），适逢国庆节放假（10月1日至7日）和中止，顺延至2026年10月9日（星期五）。请在2026年10月9日24时前作出复核意见。`,
			`Under Article 36 of the Regulations on Petitioning (信访工作条例), the re-review must be decided within 30 days of receipt of the request for re-review. The request for re-review was received on 31 August 2026, a day that is not counted. Suspended on 28 September 2026, for a hearing and approved by 顾长河: 1 day is not counted. Suspended on 8 October 2026, for a hearing and approved by 顾长河: 1 day is not counted. Day 30 is Thursday 1 October 2026; for National Day (1–7 October) and the suspension the period ends on the next working day, Friday 9 October 2026. Please decide the re-review before 24:00 on 9 October 2026.`,
		},
		"500 days over years that are not published": {
			timed{kind: Handling, profile: "petition", length: "500d", source: "practice", start: "2026-09-30 15:00", now: "2026-10-01 00:00"},
			`按照“信访”办理模式的规定，自受理之日起500日内办结。2026年9月30日受理，当日不计，第500日为2028年2月12日（星期六），休息日顺延至2028年2月14日（星期一）。请在2028年2月14日24时前办结。2027年至2028年放假安排尚未公布，该日期为暂定。`,
			`By the rules of the profile "petition", the case must be closed within 500 days of acceptance. The case was accepted on 30 September 2026, a day that is not counted. Day 500 is Saturday 12 February 2028; for the weekend the period ends on the next working day, Monday 14 February 2028. Please close the case before 24:00 on 14 February 2028. The holidays of 2027 to 2028 are not published yet: the date is provisional.`,
		},
		"reopened, and counted again by a newer calendar": {
			timed{kind: Handling, profile: "township", length: "7d", source: "township practice", start: "2026-10-12 15:00", now: "2026-10-13 00:00", event: EvDisputed,
				moves: []Move{
					{Event: EvRebased, At: beijing("2026-10-12 16:00"), WasDue: beijing("2026-10-21 00:00"), DueAt: beijing("2026-10-20 00:00"), Calendar: 2},
					{Event: EvRebased, At: beijing("2026-10-12 17:00"), WasDue: beijing("2026-10-20 00:00"), DueAt: beijing("2026-10-20 00:00"), Profile: 3},
				}},
			`按照“镇街诉求”办理模式的规定，自提出异议重新办理之日起7日内办结。2026年10月12日提出异议重新办理，当日不计，第7日为2026年10月19日（星期一）。2026年10月12日按第2版工作日历重新推算，届满时间由2026年10月20日24时改为2026年10月19日24时。2026年10月12日按第3版办理模式重新推算，届满时间不变。请在2026年10月19日24时前办结。`,
			`By the rules of the profile "township", the case must be closed within 7 days of the reopening. The case was disputed and reopened on 12 October 2026, a day that is not counted. Day 7 is Monday 19 October 2026. It was counted again by version 2 of the calendar on 12 October 2026; the end moved from 24:00 on 20 October 2026 to 24:00 on 19 October 2026. It was counted again by version 3 of the profile on 12 October 2026; the end stayed the same. Please close the case before 24:00 on 19 October 2026.`,
		},
	} {
		x, now := tt.explanation(t), beijing(tt.now)
		if got := x.InChinese(now); got != tt.zh {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.zh)
		}
		if got := x.InEnglish(now); got != tt.en {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.en)
		}
	}
}

// A clock that is not what its rule, its ledgers and its calendar make of it has
// no explanation.
func TestNoStoryOfAClockThatDiffers(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Clock, *Case){
		"another instant":   func(k *Clock, _ *Case) { k.DueAt = k.DueAt.Add(time.Microsecond) },
		"another day":       func(k *Clock, _ *Case) { k.DueOn = k.DueOn.AddDays(1) },
		"another last day":  func(k *Clock, _ *Case) { k.DueUnrolled = k.DueOn },
		"not provisional":   func(k *Clock, _ *Case) { k.Provisional = !k.Provisional },
		"a pause missing":   func(k *Clock, _ *Case) { k.PauseCount++ },
		"no such extension": func(k *Clock, _ *Case) { k.ExtensionCount++ },
		"another length":    func(k *Clock, _ *Case) { k.Length.N++ },
		"another start":     func(k *Clock, _ *Case) { k.StartedAt = k.StartedAt.AddDate(0, 0, 2) },
		"no such calendar":  func(k *Clock, _ *Case) { k.CalendarVersion++ },
		"no such profile":   func(k *Clock, _ *Case) { k.ProfileVersion++ },
	} {
		x := timed{kind: Handling, profile: "petition", length: "60d", source: art34, start: "2026-09-30 15:00"}.explanation(t)
		spoil(x.Clock, x.Case)
		if _, err := Explain(x.book, x.Case, x.Clock); err == nil || KindOf(err) != "" || !strings.Contains(err.Error(), x.Clock.ID.String()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestArticles(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Art. 22, 23": "22 23", "Art. 36: time": "36", art34: "34", "practice": "", "Art. ": "", "Art. x": "", "Art. 9, y": "", "see Art. 3": "",
	} {
		var got []string
		for _, n := range (ClockRule{Source: source}).articles(&Case{Nature: Demand, Route: PetitionRoute}) {
			got = append(got, zhNumeral(n))
		}
		var words []string
		for _, n := range strings.Fields(want) {
			words = append(words, map[string]string{"22": "二十二", "23": "二十三", "36": "三十六", "34": "三十四"}[n])
		}
		if strings.Join(got, " ") != strings.Join(words, " ") {
			t.Errorf("%q names the articles %v, want %v", source, got, words)
		}
	}
	for n, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 45: "四十五", 99: "九十九", 100: "100", 0: "0"} {
		if got := zhNumeral(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}

// A grade that the case has no more still explains the clock that it set.
func TestGradeOfALength(t *testing.T) {
	t.Parallel()
	length := func(s string) calendar.Length {
		l, err := calendar.ParseLength(s)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	r := ClockRule{Length: length("7d"), ByGrade: map[string]calendar.Length{"simple": length("24h"), "ordinary": length("7d"), "complex": length("15d")}}
	for _, tt := range []struct {
		now  Urgency
		l    string
		want Urgency
		ok   bool
	}{
		{Simple, "24h", Simple, true}, {Complex, "24h", Simple, true}, {Simple, "15d", Complex, true},
		{LifeProperty, "7d", Ordinary, true}, {Ordinary, "8d", "", false},
	} {
		if got, ok := r.gradeOf(tt.now, length(tt.l)); got != tt.want || ok != tt.ok {
			t.Errorf("%s of a case that is %s is of grade %q, %t", tt.l, tt.now, got, ok)
		}
	}
}

// The example of the document is what a clerk would read out.
func TestTheDocumentsExample(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/deadlines.md")
	if err != nil {
		t.Fatal(err)
	}
	x := timed{kind: Handling, profile: "wall", length: "7wd", source: "practice: echo wall reply", start: "2026-09-30 09:00"}.explanation(t)
	for _, sentence := range []string{x.InChinese(x.Clock.StartedAt), x.InEnglish(x.Clock.StartedAt)} {
		if !strings.Contains(string(page), "> "+sentence+"\n") {
			t.Errorf("docs/deadlines.md has another sentence than %s", sentence)
		}
	}
}

// What the pauses take is the same number wherever it is told.
func TestDaysOffAreThoseThatWouldHaveCounted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		timed
		days, counted int
		sum           string
	}{
		"from the start": {timed{kind: Handling, profile: "hotline", length: "7d", start: "2026-11-23 09:00", pauses: []Pause{hearing("2026-11-23 10:00", "2026-12-07 00:00")}}, 13, 13, "13d"},
		"working days":   {timed{kind: Handling, profile: "wall", length: "7wd", start: "2026-11-05 09:00", pauses: []Pause{hearing("2026-11-05 10:00", "2026-11-10 00:00")}}, 4, 2, "2wd"},
		"the day after":  {timed{kind: Handling, profile: "hotline", length: "7d", start: "2026-11-23 09:00", pauses: []Pause{hearing("2026-11-24 10:00", "2026-11-25 00:00")}}, 1, 1, "1d"},
	} {
		x := tt.explanation(t)
		days, counted := x.Clock.DaysOff(x.Clock.pauses[0], x.Calendar.Calendar)
		if sum := x.Clock.Paused(x.Calendar.Calendar).String(); days != tt.days || counted != tt.counted || sum != tt.sum {
			t.Errorf("%s: %d days, %d counted, %s in sum", name, days, counted, sum)
		}
	}
}

// A deputy's signature names the leader for whom it was given, by the post of the
// event and the appointments of its time; one that is the signer's own does not.
func TestADeputySignsForTheLeader(t *testing.T) {
	t.Parallel()
	more := thirtyDays("2026-11-20 09:00")
	more.SignOff = 3
	rest := hearing("2026-10-09 09:00", "2026-10-11 00:00")
	rest.Suspension = 1
	x := timed{
		kind: ReReview, profile: "petition", length: "60d", source: "Art. 36", start: "2026-09-30 15:00", extensions: []Extension{more}, pauses: []Pause{rest},
	}.explanation(t)
	vice, post := User{ID: userID("vice"), Name: "唐有田"}, Post{UnitID: unitID("river"), Role: RoleLeader, Head: true}
	since, until := beijing("2026-01-01 00:00"), beijing("2026-11-20 09:00")
	held := Appointment{ID: AppointmentID{1}, UserID: approver.ID, UnitID: post.UnitID, Role: post.Role, Head: true, From: since}
	deputy := held
	deputy.ID, deputy.UserID, deputy.DeputyFor, deputy.Until = AppointmentID{2}, vice.ID, held.ID, &until
	x.book = NewBook(BookData{
		Version: 1, Calendar: calendar.Embedded(), Users: []User{approver, vice}, Units: []Unit{{ID: post.UnitID, Path: "river/"}},
		Appointments: []Appointment{held, deputy},
	})
	x.Clock.pauses[0].ApprovedBy, x.Clock.extensions[0].ApprovedBy = vice.ID, vice.ID
	signed := func(kind EventKind, at time.Time, facts string) Event {
		return Event{Kind: kind, ActorID: vice.ID, Post: post, AboutAt: at, RecordedAt: at, Body: []byte(facts)}
	}
	for name, tt := range map[string]struct {
		extended time.Time
		zh, en   string
	}{
		"in the period": {until.Add(-time.Microsecond), "经唐有田（代顾长河）批准延长30日", "唐有田 for 顾长河 approved an extension by 30 days"},
		"after it":      {until, "经唐有田批准延长30日", "唐有田 approved an extension by 30 days"},
	} {
		events := []Event{signed(EvSuspended, rest.FromAt, `{"suspension":{"n":1}}`), signed(EvExtended, tt.extended, `{"sign_off":{"n":3}}`)}
		if err := x.Trace(events); err != nil {
			t.Fatal(err)
		}
		zh, en := x.InChinese(until), x.InEnglish(until)
		if !strings.Contains(zh, tt.zh) || !strings.Contains(zh, "经唐有田（代顾长河）批准，因听证自2026年10月9日") {
			t.Errorf("%s: %s", name, zh)
		}
		if !strings.Contains(en, tt.en) || !strings.Contains(en, "for a hearing and approved by 唐有田 for 顾长河: 2 days") {
			t.Errorf("%s: %s", name, en)
		}
	}
}
