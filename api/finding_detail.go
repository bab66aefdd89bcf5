package api

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FindingDetailView is a finding with all that it rests on, and both lines of the
// back-trace. Of the case it tells events by number and kind, and no words; to who
// may not see the case, neither numbers nor ids.
type FindingDetailView struct {
	FindingView
	Evidence []EvidenceView `json:"evidence"`
	Measures []MeasureView  `json:"measures"`
	// Who should have done it, stretch by stretch.
	UnitLine []UnitStretchView `json:"unit_line"`
	// Who should have led them, and what they knew.
	LeadershipLine []LeadingView      `json:"leadership_line"`
	Events         []FindingEventView `json:"events"`
} // @name FindingDetail

// EvidenceView names an event on which a finding rests.
type EvidenceView struct {
	// Both absent where the reader may not see the case.
	CaseID string `json:"case_id,omitempty" format:"uuid"`
	Seq    int64  `json:"seq,omitempty,omitzero"`
	// Of the finding's own case alone.
	Kind    grievance.EventKind `json:"kind,omitempty" swaggertype:"string"`
	AboutAt *time.Time          `json:"about_at,omitempty"`
} // @name Evidence

// MeasureView is what was decided about a person or a unit.
type MeasureView struct {
	N        int                   `json:"n"`
	Kind     grievance.MeasureKind `json:"kind" swaggertype:"string" enums:"bulletin,talk,admonishment,discipline"`
	Articles []int                 `json:"articles" example:"45"`
	// Absent for a measure about the unit.
	Person     *PersonRef `json:"person,omitempty"`
	Unit       UnitRef    `json:"unit"`
	DecidedAt  time.Time  `json:"decided_at"`
	DecidedBy  PersonRef  `json:"decided_by"`
	ReversedAt *time.Time `json:"reversed_at,omitempty"`
} // @name Measure

// DeedView is an event of the case by which somebody did something, or came to know it.
type DeedView struct {
	// Absent for who may not see the case.
	Seq  int64               `json:"seq,omitempty,omitzero"`
	Kind grievance.EventKind `json:"kind" swaggertype:"string"`
	At   time.Time           `json:"at"`
} // @name Deed

// MissedView is a deadline that ran out.
type MissedView struct {
	// Absent, like the event, for who may not see the case.
	ClockID string              `json:"clock_id,omitempty" format:"uuid"`
	Kind    grievance.ClockKind `json:"kind" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	DueAt   time.Time           `json:"due_at"`
	// The event of the breach.
	Seq int64 `json:"seq,omitempty,omitzero"`
} // @name Missed

// UnitStretchView is a stretch in which one person had the case, in one post.
type UnitStretchView struct {
	Part grievance.PartInTrace `json:"part" swaggertype:"string" enums:"responsible,assigned"`
	// Without a person where an assignment named nobody.
	Holder HolderView `json:"holder"`
	// For whom they stood in (AB 角).
	DeputyFor *PersonRef `json:"deputy_for,omitempty"`
	From      time.Time  `json:"from"`
	// Absent while it lasts.
	Until *time.Time `json:"until,omitempty"`
	// In hours of office time.
	WorkingHours float64      `json:"working_hours" example:"12.5"`
	Did          []DeedView   `json:"did"`
	Missed       []MissedView `json:"missed"`
	// Reminders after which they did nothing.
	Unheeded []DeedView `json:"unheeded"`
} // @name UnitStretch

// LeadingView is one person's share in the leadership line.
type LeadingView struct {
	Part         grievance.PartInTrace `json:"part" swaggertype:"string" enums:"head,superior,sponsor,signer,called"`
	Holder       HolderView            `json:"holder"`
	DeputyFor    *PersonRef            `json:"deputy_for,omitempty"`
	From         time.Time             `json:"from"`
	Until        time.Time             `json:"until"`
	WorkingHours float64               `json:"working_hours" example:"40"`
	Knew         []DeedView            `json:"knew"`
	Did          []DeedView            `json:"did"`
} // @name Leading

// FindingEventView is an event of a finding.
type FindingEventView struct {
	Seq        int64               `json:"seq"`
	Kind       grievance.EventKind `json:"kind" swaggertype:"string" enums:"finding_opened,finding_evidence_added,finding_unfounded,finding_explained,finding_explanation_overdue,finding_decided,finding_appealed,finding_appeal_decided,finding_closed"`
	Actor      *PersonRef          `json:"actor,omitempty"`
	Post       *HolderView         `json:"post,omitempty"`
	AboutAt    time.Time           `json:"about_at"`
	RecordedAt time.Time           `json:"recorded_at"`
	Texts      []FindingTextView   `json:"texts"`
} // @name FindingEvent

// FindingTextView is what was said about a finding.
type FindingTextView struct {
	ID     string             `json:"id" format:"uuid"`
	Kind   grievance.TextKind `json:"kind" swaggertype:"string" enums:"finding_explanation,finding_decision,finding_appeal,finding_appeal_decision"`
	Digest string             `json:"digest"`
	Body   string             `json:"body,omitempty"`
} // @name FindingText

// getFinding shows a finding with both lines of the back-trace.
//
//	@Summary		问题线索与两倒查 / a finding with both traces
//	@Description	证据为事件编号；单位线为每一段时间由谁负责、在何岗位、历时多少工作小时、做了什么、漏了什么；领导线为其上级当时的负责人知道什么、做了什么。不含诉求的任何文字；不能查看该诉求的，也不显示其编号。 Evidence by event number; who should have done it, and who should have led them, by the appointments of that time. No words of the case, and no number of its events to who may not see it.
//	@Tags			accountability
//	@Produce		json
//	@Param			id	path		string	true	"finding"	format(uuid)
//	@Success		200	{object}	FindingDetailView
//	@Header			200	{string}	ETag	"the version"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings/{id} [get]
func (s *server) getFinding(c echo.Context) error {
	id, err := pathID[grievance.Finding](c, "id")
	if err != nil {
		return err
	}
	ctx, now := c.Request().Context(), s.Clock.Now()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	l := lookAtFinding{book: book, now: now}
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		l.Snapshot = sn
		return l.read(id, store.FindingViewerOf(actorOf(c), book, now))
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", entityTag(l.found.Version)) // never 304: the traces follow the case, not the finding
	return c.JSON(http.StatusOK, l.view)
}

// lookAtFinding is one reader's look at one finding, in one snapshot.
type lookAtFinding struct {
	*store.Snapshot
	book  *grievance.Book
	now   time.Time
	found *grievance.Finding
	open  openCases
	view  FindingDetailView
}

func (l *lookAtFinding) read(id grievance.FindingID, v store.Viewer) (err error) {
	if l.found, err = l.Finding(id, v); err != nil {
		return err
	}
	if l.open, err = l.CasesOfFindings(v, l.found); err != nil {
		return err
	}
	l.view.FindingView = findingView(l.found, l.open, l.book)
	for _, m := range l.found.Measures() {
		l.view.Measures = append(l.view.Measures, MeasureView{
			m.N, m.Kind, m.Articles, optionalPerson(l.book, m.UserID), unitRef(l.book, m.UnitID), m.DecidedAt, personRef(l.book, m.DecidedBy), m.ReversedAt,
		})
	}
	if err := l.evidence(); err != nil {
		return err
	}
	trace, err := casework.Trace(l, l.found.CaseID, grievance.Moment{Now: l.now, Book: l.book})
	if err != nil {
		return err
	}
	l.lines(trace)
	return l.told()
}

// evidence shows what the finding rests on. What another case has to do with it is
// named and no more, and that only to who may see that case.
func (l *lookAtFinding) evidence() error {
	events, err := l.EventsOfCases([]grievance.CaseID{l.found.CaseID})
	if err != nil {
		return err
	}
	own := events[l.found.CaseID]
	for _, ref := range l.found.Evidence() {
		v := EvidenceView{CaseID: l.open.name(ref.CaseID)}
		if l.open.has(ref.CaseID) {
			v.Seq = ref.Seq
		}
		if ref.CaseID == l.found.CaseID && ref.Seq <= int64(len(own)) {
			e := own[ref.Seq-1]
			v.Kind, v.AboutAt = e.Kind, &e.AboutAt
		}
		l.view.Evidence = append(l.view.Evidence, v)
	}
	return nil
}

func (l *lookAtFinding) lines(t grievance.Trace) {
	deeds, named := deeds, l.open.has(l.found.CaseID)
	if !named {
		deeds = unnumbered
	}
	for _, s := range t.Units {
		v := UnitStretchView{
			Part: s.Part, Holder: holderView(l.book, s.Holder.Post, s.Holder.User), DeputyFor: optionalPerson(l.book, s.DeputyFor),
			From: s.From, Until: s.Until, WorkingHours: hours(s.WorkingMinutes), Did: deeds(s.Did), Unheeded: deeds(s.Unheeded),
		}
		for _, m := range s.Missed {
			if !named {
				m.Clock, m.Seq = grievance.ClockID{}, 0
			}
			v.Missed = append(v.Missed, MissedView{m.Clock.String(), m.Kind, m.DueAt, m.Seq})
		}
		l.view.UnitLine = append(l.view.UnitLine, v)
	}
	for _, x := range t.Leaders {
		l.view.LeadershipLine = append(l.view.LeadershipLine, LeadingView{
			Part: x.Part, Holder: holderView(l.book, x.Holder.Post, x.Holder.User), DeputyFor: optionalPerson(l.book, x.DeputyFor),
			From: x.From, Until: x.Until, WorkingHours: hours(x.WorkingMinutes), Knew: deeds(x.Knew), Did: deeds(x.Did),
		})
	}
}

// hours gives minutes in hours, to a hundredth.
func hours(minutes int) float64 { return float64(minutes*100/60) / 100 }

func deeds(list []grievance.Deed) []DeedView {
	views := make([]DeedView, len(list))
	for i, d := range list {
		views[i] = DeedView(d)
	}
	return views
}

// unnumbered are deeds without the numbers of their events.
func unnumbered(list []grievance.Deed) []DeedView {
	views := deeds(list)
	for i := range views {
		views[i].Seq = 0
	}
	return views
}

// told shows the events of the finding with what was said in them.
func (l *lookAtFinding) told() error {
	events, err := l.FindingEvents(l.found.ID)
	if err != nil {
		return err
	}
	var refs [][]grievance.TextRef
	var ids []grievance.TextID
	for _, e := range events {
		f, err := grievance.ReadFindingFacts(e)
		if err != nil {
			return fmt.Errorf("reading event %d of finding %s: %w", e.Seq, l.found.ID, err)
		}
		refs = append(refs, f.Texts)
		for _, t := range f.Texts {
			ids = append(ids, t.ID)
		}
	}
	texts, err := l.TextsNamed(ids)
	if err != nil {
		return err
	}
	bodies := map[grievance.TextID]string{}
	for _, t := range texts {
		bodies[t.ID] = t.Body
	}
	for i, e := range events {
		v := FindingEventView{
			Seq: e.Seq, Kind: e.Kind, Actor: optionalPerson(l.book, e.ActorID), Post: optionalHolder(l.book, e.Post, e.ActorID), AboutAt: e.AboutAt, RecordedAt: e.RecordedAt,
		}
		for _, t := range refs[i] {
			v.Texts = append(v.Texts, FindingTextView{t.ID.String(), t.Kind, hex.EncodeToString(t.Digest), bodies[t.ID]})
		}
		l.view.Events = append(l.view.Events, v)
	}
	return nil
}
