package grievance

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/huiyin/huiyin/internal/calendar"
)

// ProfileNames lists the profiles in the order in which the documents show them.
var ProfileNames = []string{
	ProfilePetition, ProfilePetitionSimple, ProfileHotline, ProfileTownship, ProfileWall,
}

// shortLadder is the ladder of every length that is shorter than a day.
const shortLadder = "short"

// moments says at which moments of a case's life the clock of each kind starts
// and stops. Acceptance stops when the notice of acceptance or decline is
// served, or the case forwarded, and starts anew for the unit that receives it.
var moments = map[ClockKind]struct{ starts, stops string }{
	Acceptance:      {"received", "notice_served"},
	Acknowledgement: {"assigned", "acknowledged"},
	FirstContact:    {"accepted", "contacted"},
	Handling:        {"accepted", "opinion_approved"},
	SignOffStep:     {"submitted", "decided"},
	Review:          {"review_requested", "review_decided"},
	ReReview:        {"re_review_requested", "re_review_decided"},
	Consent:         {"objected", "consented_or_refused"},
	Jurisdiction:    {"brought_before_superior", "unit_designated"},
	CoHandling:      {"co_handler_asked", "co_handler_answered"},
	OrderReply:      {"ordered", "order_answered"},
	SponsorDuty:     {"sponsored", "duty_done"},
}

// mayExtend are the clocks that a profile may let be extended.
var mayExtend = []ClockKind{Handling, Review, ReReview}

// optional are the clocks that a profile may do without.
var optional = []ClockKind{FirstContact, Review, ReReview, Consent, Jurisdiction, CoHandling, OrderReply, SponsorDuty}

// mayBeGiven are the clocks of which whoever starts one may say how long it is.
var mayBeGiven = []ClockKind{CoHandling, OrderReply, SponsorDuty}

// Check refuses, with every fault at once, a profile that the engine could not
// follow to the end: each clock must have lengths, the start and stop of its
// kind, a debtor among the staff and a ladder; each ladder must run in order
// through exactly one breach, at the due instant, to an escalation.
func (p *Profile) Check() error {
	var f faults
	f.check(slices.Contains(ProfileNames, p.Name), "/name", "profile.name_unknown", "没有这种办理模式")
	f.check(p.Version > 0, "/version", "profile.version", "版本号须为正整数")
	f.check(p.DisputeDays >= 0 && p.DisputeDays <= 365, "/dispute_days", "profile.dispute_days", "异议期须在 0 至 365 天之间")
	seen := map[ClockKind]bool{}
	for i := range p.Clocks {
		at := fmt.Sprintf("/clocks/%d", i)
		f.check(!seen[p.Clocks[i].Kind], at+"/kind", "profile.clock_twice", "同一时限规定了两次")
		seen[p.Clocks[i].Kind] = true
		p.checkRule(&f, at, &p.Clocks[i])
	}
	for _, k := range ClockKinds {
		f.check(seen[k] || slices.Contains(optional, k), "/clocks", "profile.clock_missing", "缺少时限："+string(k))
	}
	p.checkSigning(&f)
	for _, cause := range slices.Sorted(maps.Keys(p.Suspensions)) {
		at, limit := "/suspensions/"+escape(string(cause)), p.Suspensions[cause]
		f.check(slices.Contains(PauseCauses, cause), at, "profile.cause_unknown", "没有这种中止原因："+string(cause))
		f.check(bounded(limit) && limit.ByDay(), at, "profile.suspension_limit", "中止的最长期限须以日或工作日计，且不超过 3650 日")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Ladders)) {
		at := "/ladders/" + escape(name)
		f.check(ladderName.MatchString(name), at, "profile.ladder_name", "阶梯名称须由小写字母、数字和下划线组成，不超过 30 个字符")
		checkLadder(&f, at, name == shortLadder, p.Ladders[name])
	}
	return f.err()
}

var ladderName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// escape writes a name as a part of a JSON pointer (RFC 6901).
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// maxDays is the longest that any length of a profile may be, in days of either
// kind, and in hours of so many whole days.
const maxDays = 3650

// bounded reports whether a length is one, and no longer than maxDays.
func bounded(l calendar.Length) bool {
	most := maxDays
	if l.Unit == calendar.Hour || l.Unit == calendar.WorkingHour {
		most *= 24
	}
	return l.Valid() && (l.N <= most || l.Unit == calendar.Minute || l.Unit == calendar.WorkingMinute)
}

func (p *Profile) checkRule(f *faults, at string, r *ClockRule) {
	m, known := moments[r.Kind]
	f.check(known, at+"/kind", "profile.clock_unknown", "没有这种时限")
	f.check(r.Starts == m.starts, at+"/starts", "profile.starts_unknown", "起算点与时限种类不符")
	f.check(r.Stops == m.stops, at+"/stops", "profile.stops_unknown", "终止点与时限种类不符")
	f.check(slices.Contains(StaffRoles, r.Debtor), at+"/debtor", "profile.debtor_unknown", "责任角色不存在")
	checkSource(f, at+"/source", r.Source)
	p.checkLeave(f, at, r)
	f.check(!r.Given || slices.Contains(mayBeGiven, r.Kind) && len(r.ByGrade) == 0 && r.Length.ByDay(), at+"/given", "profile.given_kind", "只有协办、督办和包案职责的时限可以由发起人指定，且须以日计")
	p.checkLength(f, at+"/length", at+"/ladder", r.Length, r.Ladder)
	f.check(!r.Rolls || !r.Length.Valid() || r.Length.ByDay(), at+"/rolls", "profile.rolls_unfit", "只有以日计的时限才能顺延至工作日")
	f.check((r.Ladder == shortLadder) == r.Length.ShorterThanDay(), at+"/ladder", "profile.ladder_unfit", "不足一日的时限须用短阶梯，其他时限不得使用")
	for _, grade := range slices.Sorted(maps.Keys(r.ByGrade)) {
		here, length := at+"/by_grade/"+escape(grade), r.ByGrade[grade]
		f.check(slices.Contains(Urgencies, Urgency(grade)), here, "profile.grade_unknown", "没有这种等级："+grade)
		f.check(grade != string(Ordinary) || length == r.Length, here, "profile.grade_default", "一般事项须与默认时限一致")
		p.checkLength(f, here, here, length, r.Ladder)
	}
}

const maxSource = 500 // characters

func checkSource(f *faults, at, source string) {
	f.check(strings.TrimSpace(source) != "", at, "profile.source_missing", "须注明依据")
	f.checkText(source, at, maxSource, false)
}

// checkLeave refuses an extension without bounds, of a clock that no day ends,
// and a pause for a cause without a limit.
func (p *Profile) checkLeave(f *faults, at string, r *ClockRule) {
	if x := r.Extension; x != nil {
		f.check(slices.Contains(mayExtend, r.Kind), at+"/extension", "profile.extension_kind", "只有办理、复查和复核时限可以延长")
		f.check(bounded(x.Max) && x.Max.ByDay() && r.Length.ByDay(), at+"/extension/max", "profile.extension_max", "只有以日计的时限可以延长，且须规定最多延长几日，不超过 3650 日")
		f.check(x.Times >= 1 && x.Times <= 9, at+"/extension/times", "profile.extension_times", "延长次数须在 1 至 9 次之间")
		checkSource(f, at+"/extension/source", x.Source)
	}
	for i, cause := range r.Pauses {
		_, limited := p.Suspensions[cause]
		f.check(limited && !slices.Contains(r.Pauses[:i], cause), fmt.Sprintf("%s/pauses/%d", at, i), "profile.pause_unlimited", "中止计时的原因须在本模式的中止原因之列，且不得重复")
	}
}

// checkLength refuses no length, one without end, and one without a ladder to
// climb.
func (p *Profile) checkLength(f *faults, at, ladderAt string, l calendar.Length, ladder string) {
	if l.ShorterThanDay() {
		ladder = shortLadder
	}
	_, ok := p.Ladders[ladder]
	f.check(l.Valid(), at, "profile.length_missing", "缺少时限长度")
	f.check(!l.Valid() || bounded(l), at, "profile.length_long", "时限不得超过 3650 日")
	f.check(ok, ladderAt, "profile.ladder_unknown", "没有这种升级阶梯："+ladder)
}

// rungStep is Rung.At, read: a part of the way to due in percent, or after due
// so many working days or times the clock's length. Due itself is all zero.
type rungStep struct{ percent, workdays, times int }

func (r Rung) step() (s rungStep, ok bool) {
	if r.At == "0d" {
		return s, true
	}
	if n, found := strings.CutSuffix(r.At, "%"); found {
		s.percent, ok = plainNumber(n)
		return s, ok && s.percent < 100
	}
	if r.At == "1x" {
		return rungStep{times: 1}, true
	}
	n, found := strings.CutSuffix(r.At, "wd")
	s.workdays, ok = plainNumber(n)
	return s, ok && found && s.workdays <= maxDays
}

// plainNumber reads a positive number as people write it: no sign, no leading zero.
func plainNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && strconv.Itoa(n) == s
}

// before reports whether s certainly comes before t on every clock.
func (s rungStep) before(t rungStep) bool {
	switch {
	case s.percent > 0:
		return t.percent == 0 || s.percent < t.percent
	case s == rungStep{}:
		return t.workdays+t.times > 0
	}
	return s.times == 0 && s.workdays < t.workdays
}

func checkLadder(f *faults, at string, short bool, rungs []Rung) {
	breaches, level := 0, 0
	var last rungStep
	for i, r := range rungs {
		here := fmt.Sprintf("%s/%d", at, i)
		step, ok := r.step()
		f.check(ok, here+"/at", "profile.rung_unreadable", "无法识别的阶梯时点："+r.At)
		f.check(i == 0 || last.before(step), here+"/at", "profile.rung_order", "阶梯须按时间先后排列")
		f.check(r.fits(step, level), here, "profile.rung_act", "该时点不能有此动作或级别")
		f.check(!short || step.workdays == 0, here+"/at", "profile.ladder_long", "短阶梯不得以工作日计")
		if r.Act == Breach {
			breaches++
		}
		last, level = step, r.Level
	}
	f.check(breaches == 1, at, "profile.ladder_breach", "阶梯须恰有一次到期（红牌）")
	f.check(len(rungs) > 0 && rungs[len(rungs)-1].Act == Escalate, at, "profile.ladder_end", "阶梯须以升级结束")
}

// fits reports whether the act belongs to the step: reminders before due reach
// nobody above, the breach is at due and reaches level 1, and each escalation
// after it one level more than the rung before.
func (r Rung) fits(s rungStep, previous int) bool {
	switch r.Act {
	case Remind, Warn:
		return s.percent > 0 && r.Level == 0
	case Breach:
		return s == rungStep{} && r.Level == 1
	case Escalate:
		return s.workdays+s.times > 0 && r.Level == previous+1 && r.Level <= MaxLevel
	}
	return false
}
