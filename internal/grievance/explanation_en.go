package grievance

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The English of an explanation, by the codes of rules, events and causes: what
// the length runs from, and how the start is told.
var (
	enSince = map[string]string{
		"received": "receipt", "assigned": "assignment", "accepted": "acceptance", "submitted": "the request for a signature",
		"review_requested": "receipt of the request for review", "re_review_requested": "receipt of the request for re-review",
		"objected": "the objection", "brought_before_superior": "the superior's being asked", "co_handler_asked": "the request for help",
		"ordered": "receipt of the order", "sponsored": "the leader's taking charge",
		string(EvDisputed): "the reopening", string(EvForwarded): "receipt of the forwarded case",
		string(EvResumed): "the new assignment", string(EvHandedOn): "the new assignment",
		string(EvReturned): "the new assignment", string(EvObjectionConsented): "the case's being taken back", string(EvDesignated): "the unit's designation",
		string(EvFollowedUp): "the reopening", string(EvReviewDecided): "the reopening",
	}
	enOrigins = map[string]string{
		"received": "The case was received", "assigned": "The case was assigned", "accepted": "The case was accepted",
		"submitted": "The signature was requested", "review_requested": "The request for review was received",
		"re_review_requested": "The request for re-review was received",
		"objected":            "The unit objected", "brought_before_superior": "The superior was asked to decide",
		"co_handler_asked": "The unit was asked to help", "ordered": "The order was received", "sponsored": "A leader took charge",
		string(EvDisputed): "The case was disputed and reopened", string(EvForwarded): "The forwarded case was received",
		string(EvResumed): "The case was assigned anew", string(EvHandedOn): "The case was assigned anew",
		string(EvReturned): "The case was assigned anew", string(EvObjectionConsented): "The case was taken back", string(EvDesignated): "The unit was designated",
		string(EvFollowedUp): "The petitioner called the matter unresolved and it was reopened", string(EvReviewDecided): "The answer was not upheld and the case was reopened",
	}
	enDuties = map[ClockKind]string{
		Acceptance: "the decision on acceptance must be made and its notice served", Acknowledgement: "the case must be acknowledged",
		FirstContact: "the petitioner must be contacted", Handling: "the case must be closed", SignOffStep: "the leader must decide",
		Review: "the review must be decided", ReReview: "the re-review must be decided",
		Consent: "the objection must be answered", Jurisdiction: "the handling unit must be designated", CoHandling: "the request for help must be answered",
		OrderReply: "the order must be answered in writing", SponsorDuty: "the sponsor's duty must be done",
	}
	enTasks = map[ClockKind]string{
		Acceptance: "decide on acceptance and serve the notice", Acknowledgement: "acknowledge the case",
		FirstContact: "contact the petitioner", Handling: "close the case", SignOffStep: "decide on the signature",
		Review: "decide the review", ReReview: "decide the re-review",
		Consent: "answer the objection", Jurisdiction: "designate the handling unit", CoHandling: "answer the request for help",
		OrderReply: "answer the order in writing", SponsorDuty: "do the sponsor's duty",
	}
	enProfiles = map[string]string{ProfilePetitionSimple: "simple petition"} // the others are words as they are
	enCauses   = map[PauseCause]string{
		Hearing: "a hearing", ExpertOpinion: "an expert opinion", ForceMajeure: "force majeure", WaitingPetitioner: "waiting for the petitioner",
	}
	enReasons = map[Reason]string{
		"complex": "a complex matter", "investigation": "an investigation", "appraisal": "an appraisal", "coordination": "coordination", "other": "another reason",
	}
	enUnits = map[calendar.Unit]string{
		calendar.Minute: "minute", calendar.Hour: "hour", calendar.WorkingMinute: "working minute", calendar.WorkingHour: "working hour",
		calendar.Day: "day", calendar.WorkingDay: "working day",
	}
	enHolidays = map[string]string{
		"元旦": "New Year's Day", "春节": "Spring Festival", "清明节": "Qingming Festival", "劳动节": "Labour Day", "端午节": "Dragon Boat Festival",
		"中秋节": "Mid-Autumn Festival", "国庆节": "National Day",
	}
)

// enFor follows the name of a deputy who signed (AB 角).
const enFor = " for %s"

// InEnglish tells the same as InChinese.
func (x Explanation) InEnglish(now time.Time) string {
	s := []string{x.enRule()}
	switch k := x.Clock; {
	case k.Length.ByDay():
		s = append(s, x.enDays(now)...)
	case k.Length.WorkingMinutes() > 0:
		s = append(s, x.enOffice(now)...)
	default:
		s = append(s, enOrigin(x)+" at "+enMoment(x.Clock.StartedAt)+"; time runs day and night.")
		s = append(s, x.enPausedTime(now)...)
		s = append(s, x.enFull())
	}
	for _, m := range rebases(x.Moves) {
		s = append(s, enRebase(m))
	}
	return strings.Join(append(s, x.enState(now)...), " ")
}

func enOrigin(x Explanation) string { return or(enOrigins, x.origin()) }

func (x Explanation) enRule() string {
	basis := fmt.Sprintf("By the rules of the profile %q", or(enProfiles, x.Clock.Profile))
	if len(x.Articles) > 0 {
		names := make([]string, len(x.Articles))
		for i, n := range x.Articles {
			names[i] = strconv.Itoa(n)
		}
		noun := "Article"
		if len(names) > 1 {
			noun = "Articles"
		}
		basis = fmt.Sprintf("Under %s %s of the Regulations on Petitioning (信访工作条例)", noun, enList(names))
	}
	return fmt.Sprintf("%s, %s within %s of %s.", basis, enDuties[x.Clock.Kind], enLength(x.Clock.Length), or(enSince, x.origin()))
}

func (x Explanation) enDays(now time.Time) []string {
	first, more := x.parts()
	s := []string{enOrigin(x) + " on " + enDate(first.After) + ", a day that is not counted."}
	for _, p := range x.Clock.pauses {
		s = append(s, x.enPausedDays(p, now))
	}
	s = enCounted(s, first)
	for i, part := range more {
		e := x.Clock.extensions[i]
		s = append(s, fmt.Sprintf("On %s %s approved an extension by %s (%s), counted from the day after %s.", enDate(calendar.DateOf(e.ApprovedAt)),
			x.signer(e.ApprovedBy, x.ExtensionSignedFor(e), enFor), enLength(e.Length), or(enReasons, e.Reason), enDate(part.After)))
		s = enCounted(s, part)
	}
	s[len(s)-1] = strings.TrimSuffix(s[len(s)-1], ".") + x.enRolled()
	return s
}

func enCounted(s []string, p calendar.Part) []string {
	s = append(s, enSkipped(outlineOf(p.Days), p.After.Year)...)
	return append(s, fmt.Sprintf("%s %d is %s.", enCapital(enUnits[p.Length.Unit]), p.Length.N, enDayOfWeek(p.Last)))
}

func enSkipped(o outline, year int) (s []string) {
	var off, added []string
	for _, h := range o.holidays {
		off = append(off, fmt.Sprintf("%s (%s), %s", enHoliday(h.name), enStretch(h.first, h.last, year), enCount(h.days, "day")))
	}
	if o.weekends > 0 {
		off = append(off, enCount(o.weekends, "weekend day"))
	}
	if len(off) > 0 {
		s = append(s, "Not counted in between: "+strings.Join(off, "; ")+".")
	}
	for _, n := range o.added {
		added = append(added, fmt.Sprintf("%s %s (made up for %s)", n.Date.Weekday(), enShort(n.Date, year), enHoliday(n.Holiday)))
	}
	if len(added) > 0 {
		s = append(s, "Counted, though at a weekend: "+strings.Join(added, "; ")+".")
	}
	return s
}

func (x Explanation) enRolled() string {
	o, worked := x.rolled(), "."
	for _, n := range o.added {
		worked = ", a working day made up for " + enHoliday(n.Holiday) + "."
	}
	if x.Count.On == x.Count.UnrolledOn {
		return worked
	}
	var why []string
	if o.weekends > 0 {
		why = append(why, "the weekend")
	}
	for _, h := range o.holidays {
		why = append(why, fmt.Sprintf("%s (%s)", enHoliday(h.name), enStretch(h.first, h.last, x.Clock.DueOn.Year)))
	}
	if o.paused > 0 {
		why = append(why, "the suspension")
	}
	return fmt.Sprintf("; for %s the period ends on the next working day, %s%s", enList(why), enDayOfWeek(x.Count.On), worked)
}

func (x Explanation) enPausedDays(p *Pause, now time.Time) string {
	first, last := p.Days()
	if last.Before(first) {
		return fmt.Sprintf("It was suspended on %s for %s and resumed on the same day, which takes nothing off.", enDate(first), or(enCauses, p.Cause))
	}
	stretch := enSuspended(p, now, enDate(first), enDate(last))
	if first == last {
		stretch = "Suspended on " + enDate(first)
	}
	return fmt.Sprintf("%s, for %s and approved by %s: %s.", stretch, or(enCauses, p.Cause), x.signer(p.ApprovedBy, x.PauseSignedFor(p), enFor), x.enDaysOff(p))
}

func (x Explanation) enDaysOff(p *Pause) string {
	days, counted := x.Clock.DaysOff(p, x.Calendar.Calendar)
	var but, verb string
	if counted < days {
		but = fmt.Sprintf(" (%d days with those off)", days)
	}
	if verb = " are not counted"; counted == 1 {
		verb = " is not counted"
	}
	if x.fromTheStart(p) {
		verb += ", besides the day of the start, which would not count anyway"
	}
	switch {
	case days == 0:
		return "it is the day of the start, which would not count anyway"
	case counted == 0:
		return "there is no working day in it, which takes nothing off"
	}
	return enCount(counted, enUnits[x.Clock.Length.Unit]) + but + verb
}

func (x Explanation) enPausedTime(now time.Time) (s []string) {
	for _, p := range x.Clock.pauses {
		if p.brief() {
			s = append(s, fmt.Sprintf("Suspended at %s, for %s and approved by %s, and resumed at once.", enMoment(p.FromAt),
				or(enCauses, p.Cause), x.signer(p.ApprovedBy, x.PauseSignedFor(p), enFor)))
			continue
		}
		s = append(s, fmt.Sprintf("%s, for %s and approved by %s: that time does not count.", enSuspended(p, now, enMoment(p.FromAt), enInstant(p.Until)),
			or(enCauses, p.Cause), x.signer(p.ApprovedBy, x.PauseSignedFor(p), enFor)))
	}
	return s
}

func enSuspended(p *Pause, now time.Time, from, until string) string {
	if now.Before(p.Until) {
		return "Suspended from " + from + ", as planned to " + until
	}
	return "Suspended from " + from + " to " + until
}

func (x Explanation) enOffice(now time.Time) []string {
	part, _ := x.parts()
	s := []string{enOrigin(x) + " at " + enMoment(x.Clock.StartedAt) + "; only office hours on working days count: " + x.enHours() + "."}
	s = append(s, x.enPausedTime(now)...)
	s = append(s, enSkipped(outlineOf(part.Days), part.After.Year)...)
	return append(s, x.enFull())
}

func (x Explanation) enFull() string {
	verb := "are"
	if x.Clock.Length.N == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s %s full at %s.", enCapital(enLength(x.Clock.Length)), verb, enInstant(x.Clock.DueAt))
}

func (x Explanation) enHours() string {
	var seasons []string
	for _, h := range x.Count.Hours {
		var spans []string
		for _, i := range h.Intervals {
			spans = append(spans, fmt.Sprintf("%02d:%02d–%02d:%02d", i.Start/60, i.Start%60, i.End/60, i.End%60))
		}
		from := ""
		if len(x.Count.Hours) > 1 {
			from = "from " + enDate(h.From) + " "
		}
		seasons = append(seasons, from+enList(spans))
	}
	return strings.Join(seasons, "; ")
}

func enRebase(m Move) string {
	by := fmt.Sprintf("version %d of the calendar", m.Calendar)
	if m.Profile > 0 {
		by = fmt.Sprintf("version %d of the profile", m.Profile)
	}
	if m.WasDue.Equal(m.DueAt) {
		return fmt.Sprintf("It was counted again by %s on %s; the end stayed the same.", by, enDate(calendar.DateOf(m.At)))
	}
	return fmt.Sprintf("It was counted again by %s on %s; the end moved from %s to %s.", by, enDate(calendar.DateOf(m.At)), enInstant(m.WasDue), enInstant(m.DueAt))
}

var enClose = map[int]string{ // as zhClose
	-1: "The time ran until %s; it was done in time, less than a second before.",
	0:  "The time was over at %s; it was done at that very instant and not before, overdue.",
	1:  "The time was over at %s; it was done less than a second later, overdue.",
}

func (x Explanation) enState(now time.Time) []string {
	k := x.Clock
	due := enInstant(k.DueAt)
	switch {
	case k.State == Running && !k.Late(now):
		return append([]string{fmt.Sprintf("Please %s before %s.", enTasks[k.Kind], due)}, x.enProvisional()...)
	case k.State == Running:
		return []string{fmt.Sprintf("The time was over at %s and it is not done yet: it is overdue.", due)}
	case k.State == Met && k.closeCall():
		return []string{fmt.Sprintf(enClose[k.MetAt.Compare(k.DueAt)], due)}
	case k.State == Met && k.MetAt != nil && k.BreachedAt != nil:
		return []string{fmt.Sprintf("The time was over at %s; it was done at %s, overdue.", due, enMoment(*k.MetAt))}
	case k.State == Met && k.MetAt != nil:
		return []string{fmt.Sprintf("The time ran until %s; it was done in time, at %s.", due, enMoment(*k.MetAt))}
	case k.BreachedAt != nil:
		return []string{fmt.Sprintf("The time was over at %s and it was not done: it was overdue. The deadline has since been cancelled.", due)}
	}
	return []string{fmt.Sprintf("The time ran until %s; the deadline has been cancelled.", due)}
}

func (x Explanation) enProvisional() []string {
	if !x.Clock.Provisional {
		return nil
	}
	from, to := x.unpublished()
	if to > from {
		return []string{fmt.Sprintf("The holidays of %d to %d are not published yet: the date is provisional.", from, to)}
	}
	return []string{fmt.Sprintf("The holidays of %d are not published yet: the date is provisional.", from)}
}

func enLength(l calendar.Length) string { return enCount(l.N, enUnits[l.Unit]) }

func enCount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// enList joins with commas and, before the last, an "and".
func enList(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return strings.Join(names, "")
}

func enHoliday(name string) string {
	parts := strings.Split(name, "、")
	for i, p := range parts {
		parts[i] = or(enHolidays, p)
	}
	return enList(parts)
}

func enCapital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func enDate(d calendar.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

func enDayOfWeek(d calendar.Date) string { return d.Weekday().String() + " " + enDate(d) }

func enShort(d calendar.Date, year int) string {
	if d.Year != year {
		return enDate(d)
	}
	return fmt.Sprintf("%d %s", d.Day, d.Month)
}

func enStretch(first, last calendar.Date, year int) string {
	switch {
	case first == last:
		return enShort(first, year)
	case first.Year == last.Year && first.Month == last.Month:
		return fmt.Sprintf("%d–%s", first.Day, enShort(last, year))
	}
	if first.Year != last.Year {
		return enDate(first) + " – " + enDate(last)
	}
	return enShort(first, first.Year) + " – " + enShort(last, year)
}

// enInstant tells the end of something: a midnight is that of the day before.
func enInstant(t time.Time) string {
	if d := calendar.DateOf(t); d.Start().Equal(t) {
		return "24:00 on " + enDate(d.AddDays(-1))
	}
	return enMoment(t)
}

// enMoment tells when something happened.
func enMoment(t time.Time) string {
	layout := "15:04"
	if t.Second() != 0 {
		layout = "15:04:05"
	}
	return t.In(calendar.Zone).Format(layout) + " on " + enDate(calendar.DateOf(t))
}
