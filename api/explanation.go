package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Explanation is why a deadline is due when it is, with all that is needed to
// count it again by hand. Days begin and end at 00:00 in Beijing (UTC+8).
type Explanation struct {
	ID     string              `json:"id" format:"uuid"`
	CaseID string              `json:"case_id" format:"uuid"`
	Kind   grievance.ClockKind `json:"kind" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	Round  int                 `json:"round"`
	// Who owes it now.
	Debtor HolderView       `json:"debtor"`
	Rule   ExplainedRule    `json:"rule"`
	Start  ExplainedStart   `json:"start"`
	Parts  []ExplainedPart  `json:"parts"`
	Rolled []ExplainedDay   `json:"rolled"`
	Hours  []ExplainedHours `json:"hours"`
	// In order; they do not overlap. Of a length in days each takes the days from
	// the one on which it begins up to, and not including, the one on which it ends;
	// of every other exactly its time.
	Pauses     []ExplainedPause     `json:"pauses"`
	Extensions []ExplainedExtension `json:"extensions"`
	Calendar   ExplainedCalendar    `json:"calendar"`
	Moves      []ExplainedMove      `json:"moves"`

	// The last day before it was rolled to a working day.
	UnrolledOn calendar.Date `json:"unrolled_on"`
	// The last day that is in time.
	DueOn calendar.Date `json:"due_on"`
	// The first instant that is late.
	DueAt      time.Time `json:"due_at"`
	DueVersion int       `json:"due_version"`
	// Reaches past what is published, which may still move it.
	Provisional bool `json:"provisional"`

	State      grievance.ClockState `json:"state" swaggertype:"string" enums:"running,met,cancelled"`
	MetAt      *time.Time           `json:"met_at,omitempty"`
	BreachedAt *time.Time           `json:"breached_at,omitempty"`
	Late       bool                 `json:"late"`
	// The same in words, in the language of the request, to be read out.
	Sentence string `json:"sentence" example:"根据《信访工作条例》第三十四条，自受理之日起60日内办结。2026年9月30日受理，当日不计，第60日为2026年11月29日（星期日），休息日顺延至2026年11月30日（星期一）。请在2026年11月30日24时前办结。"`
} // @name DeadlineExplanation

// ExplainedRule is the rule that set a deadline.
type ExplainedRule struct {
	Profile string `json:"profile" example:"petition"`
	Version int    `json:"version"`
	// As the profile names it.
	Source string `json:"source" example:"Art. 34"`
	// Of the Regulations (信访工作条例); none where the length rests on practice.
	Articles   []int         `json:"articles" example:"34"`
	Length     int           `json:"length" example:"60"`
	LengthUnit calendar.Unit `json:"length_unit" swaggertype:"string" enums:"minute,hour,working_minute,working_hour,day,working_day"`
	// By which the length was chosen, where the rule has several.
	Grade  grievance.Urgency `json:"grade,omitempty" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	Starts string            `json:"starts" example:"accepted"`
	Stops  string            `json:"stops" example:"opinion_approved"`
	// Whose duty it is.
	Debtor grievance.Role `json:"debtor" swaggertype:"string" example:"handler"`
	// A last day off ends on the next working day (Civil Code, Art. 203).
	Rolls bool `json:"rolls"`
} // @name DeadlineRule

// ExplainedStart is when and why a deadline started.
type ExplainedStart struct {
	At time.Time `json:"at"`
	// Its day, which does not count where days are counted.
	On calendar.Date `json:"on"`
	// What the rule starts with.
	Reason string `json:"reason" enums:"received,assigned,accepted,submitted,review_requested,re_review_requested,objected,brought_before_superior,co_handler_asked,ordered,sponsored"`
	// The event of the case that started it.
	Event    grievance.EventKind `json:"event,omitempty" swaggertype:"string" example:"accepted"`
	EventSeq int64               `json:"event_seq,omitempty,omitzero" example:"3"`
} // @name DeadlineStart

// ExplainedPart is how the length, and after it each extension, was counted: from
// the day after one to another. Neither is there for minutes and hours by the wall.
type ExplainedPart struct {
	Length     int           `json:"length" example:"60"`
	LengthUnit calendar.Unit `json:"length_unit" swaggertype:"string" enums:"minute,hour,working_minute,working_hour,day,working_day"`
	// The day before the first that is counted, which itself is not.
	After calendar.Date `json:"after,omitempty"`
	// The last that is counted.
	Last calendar.Date `json:"last,omitempty"`
	// Where working days count: every day off between them and every weekend day
	// that counts; days paused in any case.
	Days []ExplainedDay `json:"days"`
} // @name DeadlinePart

// ExplainedDay is a day that is not counted though it lies in between, or counted
// though it is a Saturday or Sunday; of a roll, a day on which it could not end.
type ExplainedDay struct {
	Date   calendar.Date   `json:"date"`
	Effect calendar.Effect `json:"effect" swaggertype:"string" enums:"skipped,added"`
	Cause  calendar.Cause  `json:"cause" swaggertype:"string" enums:"weekend,holiday,make_up,paused"`
	// The holiday that it belongs to, or makes up for.
	Holiday string `json:"holiday,omitempty" example:"国庆节"`
} // @name DeadlineDay

// ExplainedHours is the office hours from a day on, of a length in working minutes
// or hours.
type ExplainedHours struct {
	From      calendar.Date       `json:"from"`
	Intervals []calendar.Interval `json:"intervals" swaggertype:"array,string" example:"09:00-12:00"`
} // @name DeadlineHours

// ExplainedPause is a stretch that does not count, and why.
type ExplainedPause struct {
	N     int                  `json:"n"`
	Cause grievance.PauseCause `json:"cause" swaggertype:"string" enums:"hearing,expert_opinion,force_majeure,petitioner"`
	From  time.Time            `json:"from"`
	// Exclusive; fixed in advance while it lasts.
	Until time.Time `json:"until"`
	// Of a length in days: how many of those that would have counted it takes, so
	// never the start's; of a length in working days, working days.
	Days       *int       `json:"days,omitempty"`
	Suspension int        `json:"suspension"`
	ApprovedBy *SignerRef `json:"approved_by,omitempty"`
} // @name DeadlinePause

// SignerRef names who signed.
type SignerRef struct {
	PersonRef
	// The leader, where a deputy signed (AB 角).
	For *PersonRef `json:"for,omitempty"`
} // @name SignerRef

// ExplainedExtension is what was added, why and by whom (延期).
type ExplainedExtension struct {
	N           int              `json:"n"`
	Length      int              `json:"length" example:"30"`
	LengthUnit  calendar.Unit    `json:"length_unit" swaggertype:"string" enums:"day,working_day"`
	Reason      grievance.Reason `json:"reason" swaggertype:"string" enums:"complex,investigation,appraisal,coordination,other"`
	RequestedBy *PersonRef       `json:"requested_by,omitempty"`
	RequestedAt time.Time        `json:"requested_at"`
	ApprovedBy  *SignerRef       `json:"approved_by,omitempty"`
	ApprovedAt  time.Time        `json:"approved_at"`
	SignOff     int              `json:"sign_off"`
	// The number of the notice that tells the petitioner.
	Notice int `json:"notice"`
} // @name DeadlineExtension

// ExplainedCalendar is the version of the calendar that a deadline was counted by.
type ExplainedCalendar struct {
	Version     int       `json:"version"`
	PublishedAt time.Time `json:"published_at"`
	// The last day that no arrangement still to come can name; what is counted in
	// days or office hours past it is provisional. Absent where nothing is published.
	SettledUntil calendar.Date `json:"settled_until,omitempty"`
} // @name DeadlineCalendar

// ExplainedMove is one time that a deadline was counted again.
type ExplainedMove struct {
	Event    grievance.EventKind `json:"event" swaggertype:"string" enums:"classified,extended,suspended,resumed,rebased,hearing_ordered,hearing_held"`
	EventSeq int64               `json:"event_seq"`
	At       time.Time           `json:"at"`
	WasDueAt time.Time           `json:"was_due_at"`
	DueAt    time.Time           `json:"due_at"`
	// Of a re-basing: the version that it follows from then on.
	CalendarVersion int `json:"calendar_version,omitempty,omitzero"`
	ProfileVersion  int `json:"profile_version,omitempty,omitzero"`
} // @name DeadlineMove

// explainDeadline tells why a deadline is due when it is.
//
//	@Summary		时限说明 / why a deadline is when it is
//	@Description	依据、起算、逐日跳过和计入的日子、中止、延期、顺延、日历版本和届满时间，均由存档重新推算且与存档一致；sentence 可照读。 Everything that is needed to count the deadline again, counted from what is stored and equal to it; in words too.
//	@Tags			cases
//	@Produce		json
//	@Param			id				path	string	true	"deadline"	format(uuid)
//	@Param			Accept-Language	header	string	false	"the language of the sentence: zh-CN, the default, or en"
//	@Success		200	{object}	Explanation
//	@Header			200	{string}	Content-Language	"of the sentence"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/deadlines/{id}/explanation [get]
func (s *server) explainDeadline(c echo.Context) error {
	id, err := pathID[grievance.Clock](c, "id")
	if err != nil {
		return err
	}
	x, book, err := s.explain(c.Request().Context(), id, actorOf(c))
	if err != nil {
		return err
	}
	now, v := s.Clock.Now(), voiceOf(c)
	header := c.Response().Header()
	header.Set("Content-Language", v.tag)
	header.Add("Vary", "Accept-Language")
	return c.JSON(http.StatusOK, explanationView(x, book, now, v))
}

// explain reads a clock and its record, and explains it by a book that knows its
// versions.
func (s *server) explain(ctx context.Context, id grievance.ClockID, actor grievance.Actor) (x grievance.Explanation, book *grievance.Book, err error) {
	if book, err = s.Office.Book(ctx); err != nil {
		return x, book, err
	}
	var about *grievance.Case
	var k *grievance.Clock
	var events []grievance.Event
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		if about, k, err = sn.Clock(id, store.ViewerOf(actor, book)); err != nil {
			return err
		}
		events, err = sn.EventsOfKinds(about.ID, grievance.ClockEvents...)
		return err
	})
	if err != nil {
		return x, book, err
	}
	if book.CalendarAt(k.CalendarVersion) == nil || book.ProfileAt(k.Profile, k.ProfileVersion) == nil {
		if book, err = s.Office.Reload(ctx); err != nil {
			return x, book, err
		}
	}
	if x, err = grievance.Explain(book, about, k); err != nil {
		return x, book, err
	}
	return x, book, x.Trace(events)
}

func explanationView(x grievance.Explanation, book *grievance.Book, now time.Time, v *voice) Explanation {
	k := x.Clock
	return Explanation{
		ID: k.ID.String(), CaseID: k.CaseID.String(), Kind: k.Kind, Round: k.Round, Debtor: holderView(book, k.DebtorPost, k.DebtorUser),
		Rule: explainedRule(x),
		Start: ExplainedStart{
			At: k.StartedAt, On: calendar.DateOf(k.StartedAt), Reason: x.Start.Reason, Event: x.Start.Event, EventSeq: x.Start.Seq,
		},
		Parts: explainedParts(x.Count.Parts), Rolled: explainedDays(x.Count.Rolled), Hours: explainedHours(x.Count.Hours),
		Pauses: explainedPauses(x, book), Extensions: explainedExtensions(x, book),
		Calendar: ExplainedCalendar{
			Version: x.Calendar.Version(), PublishedAt: x.Calendar.PublishedAt, SettledUntil: x.Calendar.Settled(),
		},
		Moves:      explainedMoves(x.Moves),
		UnrolledOn: k.DueUnrolled, DueOn: k.DueOn, DueAt: k.DueAt, DueVersion: k.DueVersion, Provisional: k.Provisional,
		State: k.State, MetAt: k.MetAt, BreachedAt: k.BreachedAt, Late: k.Late(now), Sentence: v.sentence(x, now),
	}
}

func (v *voice) sentence(x grievance.Explanation, now time.Time) string {
	if v == english {
		return x.InEnglish(now)
	}
	return x.InChinese(now)
}

func explainedRule(x grievance.Explanation) ExplainedRule {
	k, r := x.Clock, x.Rule
	return ExplainedRule{
		Profile: k.Profile, Version: k.ProfileVersion, Source: r.Source, Articles: append([]int{}, x.Articles...),
		Length: k.Length.N, LengthUnit: k.Length.Unit, Grade: x.Grade, Starts: r.Starts, Stops: r.Stops, Debtor: r.Debtor, Rolls: r.Rolls,
	}
}

func explainedParts(parts []calendar.Part) []ExplainedPart {
	views := []ExplainedPart{}
	for _, p := range parts {
		views = append(views, ExplainedPart{
			Length: p.Length.N, LengthUnit: p.Length.Unit, After: p.After, Last: p.Last, Days: explainedDays(p.Days),
		})
	}
	return views
}

func explainedDays(notes []calendar.DayNote) []ExplainedDay {
	views := []ExplainedDay{}
	for _, n := range notes {
		views = append(views, ExplainedDay(n))
	}
	return views
}

func explainedHours(hours []calendar.OfficeDay) []ExplainedHours {
	views := []ExplainedHours{}
	for _, h := range hours {
		views = append(views, ExplainedHours(h))
	}
	return views
}

func explainedPauses(x grievance.Explanation, book *grievance.Book) []ExplainedPause {
	k, views := x.Clock, []ExplainedPause{}
	for _, p := range k.Pauses() {
		v := ExplainedPause{
			N: p.N, Cause: p.Cause, From: p.FromAt, Until: p.Until, Suspension: p.Suspension,
			ApprovedBy: signedBy(book, p.ApprovedBy, x.PauseSignedFor(p)),
		}
		if k.Length.ByDay() {
			_, days := k.DaysOff(p, x.Calendar.Calendar)
			v.Days = &days
		}
		views = append(views, v)
	}
	return views
}

// signedBy names who signed, and for whom a deputy did.
func signedBy(book *grievance.Book, by, leader grievance.UserID) *SignerRef {
	if by.IsZero() {
		return nil
	}
	return &SignerRef{PersonRef: personRef(book, by), For: optionalPerson(book, leader)}
}

func explainedExtensions(x grievance.Explanation, book *grievance.Book) []ExplainedExtension {
	views := []ExplainedExtension{}
	for _, e := range x.Clock.Extensions() {
		views = append(views, ExplainedExtension{
			N: e.N, Length: e.Length.N, LengthUnit: e.Length.Unit, Reason: e.Reason,
			RequestedBy: optionalPerson(book, e.RequestedBy), RequestedAt: e.RequestedAt,
			ApprovedBy: signedBy(book, e.ApprovedBy, x.ExtensionSignedFor(e)), ApprovedAt: e.ApprovedAt, SignOff: e.SignOff, Notice: e.Notice,
		})
	}
	return views
}

func explainedMoves(moves []grievance.Move) []ExplainedMove {
	views := []ExplainedMove{}
	for _, m := range moves {
		views = append(views, ExplainedMove{
			Event: m.Event, EventSeq: m.Seq, At: m.At, WasDueAt: m.WasDue, DueAt: m.DueAt, CalendarVersion: m.Calendar, ProfileVersion: m.Profile,
		})
	}
	return views
}
