package grievance

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The Chinese of an explanation, by the codes of rules, events and causes.
var (
	zhOrigins = map[string]string{
		"received": "收到", "assigned": "交办", "accepted": "受理", "submitted": "提请签批",
		"review_requested": "收到复查申请", "re_review_requested": "收到复核申请",
		"objected": "提出退单", "brought_before_superior": "提请上级指定", "co_handler_asked": "请求协办", "ordered": "收到督办", "sponsored": "确定包案",
		string(EvDisputed): "提出异议重新办理", string(EvForwarded): "收到转送", string(EvResumed): "重新交办", string(EvHandedOn): "重新交办",
		string(EvReturned): "退回后重新交办", string(EvObjectionConsented): "同意退单收回", string(EvDesignated): "上级指定承办",
		string(EvFollowedUp): "回访未解决重新办理", string(EvReviewDecided): "复查、复核后重新办理",
	}
	zhTasks = map[ClockKind]string{
		Acceptance: "作出是否受理的决定并送达告知书", Acknowledgement: "签收", FirstContact: "联系诉求人", Handling: "办结",
		SignOffStep: "作出签批决定", Review: "作出复查意见", ReReview: "作出复核意见",
		Consent: "答复退单", Jurisdiction: "指定承办单位", CoHandling: "答复协办", OrderReply: "书面答复督办", SponsorDuty: "履行包案职责",
	}
	zhProfiles = map[string]string{
		ProfilePetition: "信访", ProfilePetitionSimple: "简易办理", ProfileHotline: "热线", ProfileTownship: "镇街诉求", ProfileWall: "民情回音墙",
	}
	zhCauses = map[PauseCause]string{
		Hearing: "听证", ExpertOpinion: "鉴定评估", ForceMajeure: "不可抗力", WaitingPetitioner: "等待诉求人补充",
	}
	zhReasons = map[Reason]string{
		"complex": "情况复杂", "investigation": "需要调查核实", "appraisal": "需要鉴定评估", "coordination": "需要协调", "other": "其他原因",
	}
	zhUnits = map[calendar.Unit]string{
		calendar.Minute: "分钟", calendar.Hour: "小时", calendar.WorkingMinute: "个工作分钟", calendar.WorkingHour: "个工作小时",
		calendar.Day: "日", calendar.WorkingDay: "个工作日",
	}
	zhWeekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}
)

// zhFor follows the name of a deputy who signed (AB 角).
const zhFor = "（代%s）"

// InChinese tells in sentences that a clerk can read out why the clock is due
// when it is, and how it stands at now. Instants are told to the second, never
// later than they are.
func (x Explanation) InChinese(now time.Time) string {
	var s strings.Builder
	s.WriteString(x.zhRule())
	switch k := x.Clock; {
	case k.Length.ByDay():
		s.WriteString(x.zhDays(now))
	case k.Length.WorkingMinutes() > 0:
		s.WriteString(x.zhOffice(now))
	default:
		s.WriteString(x.zhWall(now))
	}
	for _, m := range rebases(x.Moves) {
		s.WriteString(zhRebase(m))
	}
	s.WriteString(x.zhState(now))
	return s.String()
}

func (x Explanation) zhRule() string {
	basis := fmt.Sprintf("按照“%s”办理模式的规定", or(zhProfiles, x.Clock.Profile))
	if len(x.Articles) > 0 {
		names := make([]string, len(x.Articles))
		for i, n := range x.Articles {
			names[i] = "第" + zhNumeral(n) + "条"
		}
		basis = "根据《信访工作条例》" + strings.Join(names, "、")
	}
	since := "时"
	if x.Clock.Length.ByDay() {
		since = "之日"
	}
	return fmt.Sprintf("%s，自%s%s起%s内%s。", basis, or(zhOrigins, x.origin()), since, zhLength(x.Clock.Length), zhTasks[x.Clock.Kind])
}

func (x Explanation) zhDays(now time.Time) string {
	first, more := x.parts()
	clauses := []string{zhDate(first.After) + or(zhOrigins, x.origin()) + "，当日不计"}
	for _, p := range x.Clock.pauses {
		clauses = append(clauses, x.zhPausedDays(p, now))
	}
	s := zhCounted(clauses, first)
	for i, part := range more {
		e := x.Clock.extensions[i]
		clause := fmt.Sprintf("%s经%s批准延长%s（%s），自%s的次日起续计", zhDate(calendar.DateOf(e.ApprovedAt)),
			x.signer(e.ApprovedBy, x.ExtensionSignedFor(e), zhFor), zhLength(e.Length), or(zhReasons, e.Reason), zhDate(part.After))
		s += "。" + zhCounted([]string{clause}, part)
	}
	return s + x.zhRolled() + "。"
}

// zhCounted tells what was not counted and which day the last one is.
func zhCounted(clauses []string, p calendar.Part) string {
	clauses = append(clauses, zhSkipped(outlineOf(p.Days), p.After.Year)...)
	glue := "，"
	if len(clauses) > 1 {
		glue = "；"
	}
	return fmt.Sprintf("%s%s第%d%s为%s", strings.Join(clauses, "；"), glue, p.Length.N, zhUnits[p.Length.Unit], zhDayOfWeek(p.Last))
}

func zhSkipped(o outline, year int) (clauses []string) {
	var off, added []string
	for _, h := range o.holidays {
		off = append(off, fmt.Sprintf("%s（%s）放假%d日", h.name, zhStretch(h.first, h.last, year), h.days))
	}
	if o.weekends > 0 {
		off = append(off, fmt.Sprintf("周末%d日", o.weekends))
	}
	if len(off) > 0 {
		clauses = append(clauses, "其间"+strings.Join(off, "、")+"不计")
	}
	for _, n := range o.added {
		added = append(added, fmt.Sprintf("%s（星期%s，%s调休）", zhShort(n.Date, year), zhWeekdays[n.Date.Weekday()], n.Holiday))
	}
	if len(added) > 0 {
		clauses = append(clauses, strings.Join(added, "、")+"上班，计入")
	}
	return clauses
}

func (x Explanation) zhRolled() string {
	o, worked := x.rolled(), ""
	for _, n := range o.added {
		worked = "，该日为" + n.Holiday + "调休上班日"
	}
	if x.Count.On == x.Count.UnrolledOn {
		return worked
	}
	return "，" + zhRollers(o, x.Clock.DueOn.Year) + "顺延至" + zhDayOfWeek(x.Count.On) + worked
}

// zhRollers names all that an end was rolled over.
func zhRollers(o outline, year int) string {
	verb, weekend, names := "遇", "休息日", []string{}
	if len(o.holidays) > 0 {
		verb, weekend = "适逢", "周末"
	} else if o.paused == 0 {
		return weekend
	}
	if o.weekends > 0 {
		names = append(names, weekend)
	}
	for _, h := range o.holidays {
		names = append(names, fmt.Sprintf("%s放假（%s）", h.name, zhStretch(h.first, h.last, year)))
	}
	if o.paused > 0 {
		names = append(names, "中止")
	}
	return verb + zhList(names) + "，"
}

func (x Explanation) zhPausedDays(p *Pause, now time.Time) string {
	first, last := p.Days()
	if last.Before(first) {
		return fmt.Sprintf("因%s于%s中止计时，当日恢复，不足一日，不扣除", or(zhCauses, p.Cause), zhDate(first))
	}
	stretch := "自" + zhDate(first) + zhUntil(p, now) + zhDate(last)
	if first == last {
		stretch = "于" + zhDate(first)
	}
	return fmt.Sprintf("经%s批准，因%s%s中止计时，%s", x.signer(p.ApprovedBy, x.PauseSignedFor(p), zhFor), or(zhCauses, p.Cause), stretch, x.zhDaysOff(p))
}

// zhDaysOff tells how many days a pause takes off, and why not all of them.
func (x Explanation) zhDaysOff(p *Pause) string {
	days, counted := x.Clock.DaysOff(p, x.Calendar.Calendar)
	var but []string
	if counted < days {
		but = append(but, fmt.Sprintf("连休息日共%d日", days))
	}
	if x.fromTheStart(p) {
		but = append(but, "起算当日本不计入")
	}
	switch {
	case days == 0:
		return "起算当日本不计入，不扣除"
	case counted == 0:
		return "其间没有工作日，不扣除"
	case len(but) > 0:
		return fmt.Sprintf("扣除%d%s（%s）", counted, zhUnits[x.Clock.Length.Unit], strings.Join(but, "，"))
	}
	return fmt.Sprintf("扣除%d%s", counted, zhUnits[x.Clock.Length.Unit])
}

func (x Explanation) zhPausedTime(p *Pause, now time.Time) string {
	if p.brief() {
		return fmt.Sprintf("经%s批准，因%s于%s中止计时，当即恢复", x.signer(p.ApprovedBy, x.PauseSignedFor(p), zhFor), or(zhCauses, p.Cause), zhMoment(p.FromAt))
	}
	return fmt.Sprintf("经%s批准，因%s自%s%s%s中止计时", x.signer(p.ApprovedBy, x.PauseSignedFor(p), zhFor), or(zhCauses, p.Cause),
		zhMoment(p.FromAt), zhUntil(p, now), zhInstant(p.Until))
}

// zhUntil tells an end that has come from one that is planned.
func zhUntil(p *Pause, now time.Time) string {
	if now.Before(p.Until) {
		return "起，预计至"
	}
	return "至"
}

func (x Explanation) zhWall(now time.Time) string {
	clauses := []string{zhMoment(x.Clock.StartedAt) + or(zhOrigins, x.origin()) + "，昼夜连续计算"}
	for _, p := range x.Clock.pauses {
		clauses = append(clauses, x.zhPausedTime(p, now))
	}
	return strings.Join(clauses, "；") + fmt.Sprintf("，至%s满%s。", zhInstant(x.Clock.DueAt), zhLength(x.Clock.Length))
}

func (x Explanation) zhOffice(now time.Time) string {
	part, _ := x.parts()
	clauses := []string{zhMoment(x.Clock.StartedAt) + or(zhOrigins, x.origin()) + "，只计工作日的工作时间：" + x.zhHours()}
	for _, p := range x.Clock.pauses {
		clauses = append(clauses, x.zhPausedTime(p, now))
	}
	clauses = append(clauses, zhSkipped(outlineOf(part.Days), part.After.Year)...)
	return strings.Join(clauses, "；") + fmt.Sprintf("；至%s满%s。", zhInstant(x.Clock.DueAt), zhLength(x.Clock.Length))
}

func (x Explanation) zhHours() string {
	var seasons []string
	for _, h := range x.Count.Hours {
		var spans []string
		for _, i := range h.Intervals {
			spans = append(spans, zhMinute(i.Start)+"至"+zhMinute(i.End))
		}
		from := ""
		if len(x.Count.Hours) > 1 {
			from = zhDate(h.From) + "起"
		}
		seasons = append(seasons, from+strings.Join(spans, "、"))
	}
	return strings.Join(seasons, "，")
}

func zhRebase(m Move) string {
	by := fmt.Sprintf("第%d版工作日历", m.Calendar)
	if m.Profile > 0 {
		by = fmt.Sprintf("第%d版办理模式", m.Profile)
	}
	outcome := "届满时间不变"
	if !m.WasDue.Equal(m.DueAt) {
		outcome = fmt.Sprintf("届满时间由%s改为%s", zhInstant(m.WasDue), zhInstant(m.DueAt))
	}
	return fmt.Sprintf("%s按%s重新推算，%s。", zhDate(calendar.DateOf(m.At)), by, outcome)
}

// zhClose tells of what was done in the very second at which it was due, which
// is the same in both instants as they are told: before, at or after it.
var zhClose = map[int]string{
	-1: "期限至%s，已于届满前不足一秒按期完成。",
	0:  "期限于%s届满，实际完成恰在届满之时，未在届满前完成，已逾期。",
	1:  "期限于%s届满，实际完成迟于期限不足一秒，已逾期。",
}

// zhState tells until when, whether that may still move, and how it stands.
func (x Explanation) zhState(now time.Time) string {
	k := x.Clock
	due := zhInstant(k.DueAt)
	switch {
	case k.State == Running && !k.Late(now):
		return fmt.Sprintf("请在%s前%s。%s", due, zhTasks[k.Kind], x.zhProvisional())
	case k.State == Running:
		return fmt.Sprintf("期限已于%s届满，至今尚未完成，已逾期。", due)
	case k.State == Met && k.closeCall():
		return fmt.Sprintf(zhClose[k.MetAt.Compare(k.DueAt)], due)
	case k.State == Met && k.MetAt != nil && k.BreachedAt != nil:
		return fmt.Sprintf("期限于%s届满，实际完成于%s，已逾期。", due, zhMoment(*k.MetAt))
	case k.State == Met && k.MetAt != nil:
		return fmt.Sprintf("期限至%s，已于%s按期完成。", due, zhMoment(*k.MetAt))
	case k.BreachedAt != nil:
		return fmt.Sprintf("期限已于%s届满，当时尚未完成，已逾期；该时限现已取消。", due)
	}
	return fmt.Sprintf("期限至%s，该时限已取消。", due)
}

func (x Explanation) zhProvisional() string {
	if !x.Clock.Provisional {
		return ""
	}
	from, to := x.unpublished()
	years := fmt.Sprintf("%d年", from)
	if to > from {
		years = fmt.Sprintf("%d年至%d年", from, to)
	}
	return years + "放假安排尚未公布，该日期为暂定。"
}

func zhLength(l calendar.Length) string { return strconv.Itoa(l.N) + zhUnits[l.Unit] }

func zhDate(d calendar.Date) string { return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day) }

func zhDayOfWeek(d calendar.Date) string {
	return fmt.Sprintf("%s（星期%s）", zhDate(d), zhWeekdays[d.Weekday()])
}

// zhShort leaves the year out where it goes without saying.
func zhShort(d calendar.Date, year int) string {
	if d.Year != year {
		return zhDate(d)
	}
	return fmt.Sprintf("%d月%d日", d.Month, d.Day)
}

func zhStretch(first, last calendar.Date, year int) string {
	switch {
	case first == last:
		return zhShort(first, year)
	case first.Year == last.Year && first.Month == last.Month:
		return fmt.Sprintf("%s至%d日", zhShort(first, year), last.Day)
	}
	return zhShort(first, year) + "至" + zhShort(last, first.Year)
}

// zhInstant tells the end of something: a midnight is that of the day before.
func zhInstant(t time.Time) string {
	if d := calendar.DateOf(t); d.Start().Equal(t) {
		return zhDate(d.AddDays(-1)) + "24时"
	}
	return zhMoment(t)
}

// zhMoment tells when something happened.
func zhMoment(t time.Time) string {
	h, m, s := t.In(calendar.Zone).Clock()
	if s != 0 {
		return fmt.Sprintf("%s%d时%d分%d秒", zhDate(calendar.DateOf(t)), h, m, s)
	}
	return zhDate(calendar.DateOf(t)) + zhMinute(h*60+m)
}

// zhList joins with 、 and, before the last, 和.
func zhList(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], "、") + "和" + names[n]
	}
	return strings.Join(names, "")
}

func zhMinute(minute int) string {
	if minute%60 == 0 {
		return fmt.Sprintf("%d时", minute/60)
	}
	return fmt.Sprintf("%d时%d分", minute/60, minute%60)
}

// zhNumeral writes 1 to 99 as articles are numbered.
func zhNumeral(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch tens, ones := n/10, n%10; {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case tens == 0:
		return digits[ones]
	case tens == 1:
		return "十" + digits[ones]
	default:
		return digits[tens] + "十" + digits[ones]
	}
}

// or gives the words of a code, the code itself where it has none.
func or[K ~string](words map[K]string, code K) string {
	if w, ok := words[code]; ok {
		return w
	}
	return string(code)
}
