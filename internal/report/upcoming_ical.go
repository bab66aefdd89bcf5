package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	ical "github.com/arran4/golang-ical"

	"github.com/huiyin/huiyin/internal/grievance"
)

// feedRefresh is how often a calendar should ask again.
const feedRefresh = "PT1H"

// FeedActs are the acts that a calendar shows. Reminders are for those who owe.
var FeedActs = []Act{Warn, Breach, Escalate, Unroutable}

// feedWords are those of a calendar in one language.
type feedWords struct {
	name string
	acts map[Act]string
	// summary is of the act, the clock, the receipt number and the unit's name.
	summary string
	level   map[int]string
	vacant  string
	kinds   map[grievance.ClockKind]string
}

var feedLanguages = map[string]feedWords{
	"zh-CN": {
		name: "回音　时限预告", kinds: kindWords, summary: "%s：%s %s %s",
		acts:  map[Act]string{Warn: "黄牌", Breach: "红牌", Escalate: "升级", Unroutable: "升级"},
		level: map[int]string{1: "升级至本单位负责人", 2: "升级至上级督查", 3: "升级至再上级督查"}, vacant: "无人可接",
	},
	"en": {
		name: "Huiyin: upcoming deadlines", summary: "%s: %s %s %s",
		acts: map[Act]string{Warn: "Yellow warning", Breach: "Red: overdue", Escalate: "Escalation", Unroutable: "Escalation"},
		kinds: map[grievance.ClockKind]string{
			grievance.Acceptance: "acceptance", grievance.Acknowledgement: "acknowledgement", grievance.FirstContact: "first contact",
			grievance.Handling: "handling", grievance.SignOffStep: "sign-off", grievance.Review: "review", grievance.ReReview: "re-review",
			grievance.Consent: "answer to an objection", grievance.Jurisdiction: "designation of a unit", grievance.CoHandling: "co-handling",
			grievance.OrderReply: "answer to an order", grievance.SponsorDuty: "sponsor's duty",
		},
		level: map[int]string{1: "to the unit's head", 2: "to the superior's supervisor", 3: "to the next level's supervisor"}, vacant: "nobody can take it",
	},
}

// FeedLanguages lists the languages in which a calendar is given, the usual one
// first.
var FeedLanguages = []string{"zh-CN", "en"}

// WriteICalendar writes the warnings, breaches and escalations of a report as an
// iCalendar file (RFC 5545) in one of FeedLanguages. What one rung of one clock
// does is one event, whose UID stays as long as the clock is due when it is. An
// event names the receipt number, the clock, the act and the unit: nobody, and
// nothing that a petitioner said. The file is the same all day long as long as
// what it tells is.
func WriteICalendar(w io.Writer, r UpcomingReport, language string) error {
	words := feedLanguages[language]
	stamp := r.Query.Period.From.Start()
	cal := ical.NewCalendarFor("Huiyin")
	cal.SetProductId("-//Huiyin//Upcoming//" + language)
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName(words.name)
	cal.SetRefreshInterval(feedRefresh)
	cal.SetXPublishedTTL(feedRefresh)
	for _, e := range feedEvents(r.Rows) {
		event := cal.AddEvent(e.uid())
		event.SetDtStampTime(stamp)
		event.SetStartAt(e.At)
		event.SetSummary(words.summarise(e))
		event.AddCategory(word(words.acts, e.Act))
		event.SetTimeTransparency(ical.TransparencyTransparent)
	}
	if err := cal.SerializeTo(w, ical.WithNewLine("\r\n")); err != nil {
		return fmt.Errorf("writing a calendar: %w", err)
	}
	return nil
}

// feedEvent is what one rung of one clock does; vacant says that nobody can take
// the escalation.
type feedEvent struct {
	UpcomingRow
	vacant bool
}

// feedEvents makes one of the breach and the escalation of one rung.
func feedEvents(rows []UpcomingRow) []feedEvent {
	var events []feedEvent
	at := map[string]int{}
	for _, r := range rows {
		if !slices.Contains(FeedActs, r.Act) {
			continue
		}
		i, seen := at[r.uid()]
		if !seen {
			at[r.uid()] = len(events)
			events = append(events, feedEvent{UpcomingRow: r, vacant: r.Act == Unroutable})
			continue
		}
		events[i].Level, events[i].vacant = max(events[i].Level, r.Level), events[i].vacant || r.Act == Unroutable
	}
	return events
}

// uid names the rung: by its clock, or, where that is yet to start, by its case.
func (r UpcomingRow) uid() string {
	clock := r.ClockID.String()
	if clock == "" {
		clock = r.CaseID.String() + "-" + string(r.Kind)
	}
	return clock + "-" + strconv.Itoa(r.DueVersion) + "-" + strconv.Itoa(r.Rung) + "@huiyin"
}

func (w feedWords) summarise(r feedEvent) string {
	unit := ""
	if r.Unit != nil {
		unit = r.Unit.Name
	}
	s := fmt.Sprintf(w.summary, word(w.acts, r.Act), word(w.kinds, r.Kind), r.Receipt, unit)
	if to := w.level[r.Level]; to != "" {
		s += " (" + to + ")"
	}
	if r.vacant {
		s += " (" + w.vacant + ")"
	}
	return s
}
