package office

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The events of the organisation.
const (
	EvUnitCreated             grievance.EventKind = "unit_created"
	EvUnitRenamed             grievance.EventKind = "unit_renamed"
	EvUnitMerged              grievance.EventKind = "unit_merged"
	EvUserCreated             grievance.EventKind = "user_created"
	EvUserDisabled            grievance.EventKind = "user_disabled"
	EvAPIKeyCreated           grievance.EventKind = "api_key_created"
	EvAPIKeyRevoked           grievance.EventKind = "api_key_revoked"
	EvAppointed               grievance.EventKind = "appointed"
	EvAppointmentEnded        grievance.EventKind = "appointment_ended"
	EvCategoriesChanged       grievance.EventKind = "categories_changed"
	EvResponsibilitiesChanged grievance.EventKind = "responsibilities_changed"
	EvCalendarPublished       grievance.EventKind = "calendar_published"
	EvOfficeHoursChanged      grievance.EventKind = "office_hours_changed"
)

// The subject kinds of the organisation's events. The book, of which there is
// one, is the subject of changes to the lists.
const (
	SubjectUnit = "unit"
	SubjectUser = "user"
	SubjectBook = "book"
)

// theBook is the id of the book as a subject.
var theBook = [16]byte{15: 1}

// Facts is the body of the organisation's events; which fields an event of a
// kind has is shown by its golden file. It names people by id only: staff's
// names and usernames are not in the record. V is the version of this shape.
type Facts struct {
	V           int                     `json:"v"`
	Unit        grievance.UnitID        `json:"unit,omitzero"`
	Parent      grievance.UnitID        `json:"parent,omitzero"`
	Successor   grievance.UnitID        `json:"successor,omitzero"`
	Code        string                  `json:"code,omitempty"`
	Name        string                  `json:"name,omitempty"` // a unit's
	Level       grievance.Level         `json:"level,omitempty"`
	Kind        string                  `json:"kind,omitempty"`
	Organ       bool                    `json:"organ,omitempty"`
	Petitioner  bool                    `json:"petitioner,omitempty"`
	Appointment grievance.AppointmentID `json:"appointment,omitzero"`
	Role        grievance.Role          `json:"role,omitempty"`
	Head        bool                    `json:"head,omitempty"`
	OnDuty      bool                    `json:"on_duty,omitempty"`
	From        time.Time               `json:"from,omitzero"`
	Until       *time.Time              `json:"until,omitempty"`
	DeputyFor   grievance.AppointmentID `json:"deputy_for,omitzero"`  // the appointment that it rests on
	Categories  []CategoryFact          `json:"categories,omitempty"` // those added or renamed
	Lines       []LineFact              `json:"lines,omitempty"`      // those added, or whose unit changed
	Removed     []LineFact              `json:"removed,omitempty"`    // those that fell away
	Calendar    int                     `json:"calendar,omitempty"`   // the version
	Year        int                     `json:"year,omitempty"`       // of the arrangement
	Source      string                  `json:"source,omitempty"`     // the document that it stands in
	Days        []DayFact               `json:"days,omitempty"`       // the whole arrangement of the year
	Hours       *calendar.OfficeHours   `json:"hours,omitempty"`
	Profile     string                  `json:"profile,omitempty"` // its name
	Version     int                     `json:"version,omitempty"` // the profile's
	Digest      string                  `json:"digest,omitempty"`  // SHA-256 of the profile as it is stored
	Key         store.APIKeyID          `json:"key,omitzero"`      // of a machine
	Prefix      string                  `json:"prefix,omitempty"`  // the key's, which is no secret
	Scopes      []grievance.KeyScope    `json:"scopes,omitempty"`  // the key's
}

// CategoryFact is what an event says of a category.
type CategoryFact struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// LineFact is what an event says of a line of the responsibility list.
type LineFact struct {
	Category string           `json:"category"`
	Area     string           `json:"area,omitempty"`
	Unit     grievance.UnitID `json:"unit"`
}

// DayFact is what an event says of a day that an arrangement names.
type DayFact struct {
	Date    calendar.Date `json:"date"`
	Off     bool          `json:"off"`
	Holiday string        `json:"holiday"`
}

// subject is what an event is about.
type subject struct {
	kind string
	id   [16]byte
}

// position is where the record of a subject ends.
type position struct {
	seq      int64
	recorded time.Time
}

// record adds an event, to be written when the change is decided. A subject
// made by this change is fresh: nothing is looked up for it.
func (c *change) record(s subject, kind grievance.EventKind, about time.Time, f Facts) error {
	last, err := c.last(s)
	if err != nil {
		return err
	}
	f.V = 1
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	recorded := c.now
	if recorded.Before(last.recorded) { // replicas' clocks differ; the record's order must not
		recorded = last.recorded
	}
	c.ends[s] = position{last.seq + 1, recorded}
	c.events = append(c.events, grievance.Event{
		SubjectKind: s.kind, SubjectID: s.id, Seq: last.seq + 1, Kind: kind, ActorID: c.by.UserID, Post: c.post(),
		AboutAt: about, RecordedAt: recorded, Body: body,
	})
	return nil
}

func (c *change) last(s subject) (position, error) {
	if p, ok := c.ends[s]; ok {
		return p, nil
	}
	seq, recorded, err := c.tx.LastEvent(s.kind, s.id)
	return position{seq, recorded}, err
}

// post gives the post in which the actor acts: the one whose deputy is named;
// else the system's, or the first of an administrator.
func (c *change) post() grievance.Post {
	if !c.as.IsZero() {
		return c.as
	}
	for _, p := range c.by.Posts {
		if p.Role == grievance.RoleSystem || p.Role == grievance.RoleAdmin {
			return p
		}
	}
	return grievance.Post{}
}

// The facts of each kind of event.

func (c *change) recordUnit(u grievance.Unit) error {
	s := subject{SubjectUnit, u.ID}
	c.ends[s] = position{} // it is new
	return c.record(s, EvUnitCreated, c.now, Facts{
		Parent: u.ParentID, Code: u.Code, Name: u.Name, Level: u.Level, Kind: u.Kind, Organ: u.Organ,
	})
}

func (c *change) recordUser(u grievance.User) error {
	s := subject{SubjectUser, u.ID}
	c.ends[s] = position{} // it is new
	return c.record(s, EvUserCreated, c.now, Facts{Petitioner: u.Petitioner})
}

func (c *change) recordAppointment(a grievance.Appointment) error {
	return c.record(subject{SubjectUser, a.UserID}, EvAppointed, a.From, Facts{
		Appointment: a.ID, Unit: a.UnitID, Role: a.Role, Head: a.Head, OnDuty: a.OnDuty, From: a.From, Until: a.Until,
		DeputyFor: a.DeputyFor,
	})
}

// recordEnds records that appointments end at an instant, each no sooner than
// it began.
func (c *change) recordEnds(list []grievance.Appointment, at time.Time) error {
	for _, a := range list {
		until := at
		if until.Before(a.From) {
			until = a.From
		}
		err := c.record(subject{SubjectUser, a.UserID}, EvAppointmentEnded, until, Facts{
			Appointment: a.ID, Unit: a.UnitID, Role: a.Role, Head: a.Head, OnDuty: a.OnDuty, Until: &until,
			DeputyFor: a.DeputyFor,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *change) recordCategories(list []grievance.Category) error {
	var f Facts
	for _, x := range list {
		if old, ok := c.book.Category(x.Code); !ok || old != x {
			f.Categories = append(f.Categories, CategoryFact{x.Code, x.Name})
		}
	}
	if len(f.Categories) == 0 {
		return nil
	}
	return c.record(subject{SubjectBook, theBook}, EvCategoriesChanged, c.now, f)
}

func (c *change) recordResponsibilities(lines []grievance.Responsibility) error {
	was, is := factsOf(c.book.Responsibilities()), factsOf(lines)
	f := Facts{Lines: without(is, was), Removed: without(was, is)}
	if len(f.Lines)+len(f.Removed) == 0 {
		return nil
	}
	return c.record(subject{SubjectBook, theBook}, EvResponsibilitiesChanged, c.now, f)
}

func factsOf(lines []grievance.Responsibility) []LineFact {
	list := make([]LineFact, len(lines))
	for i, r := range lines {
		list[i] = LineFact{r.Category, r.Area, r.UnitID}
	}
	return list
}

// without gives what of list is not in other.
func without(list, other []LineFact) (rest []LineFact) {
	in := make(map[LineFact]bool, len(other))
	for _, l := range other {
		in[l] = true
	}
	for _, l := range list {
		if !in[l] {
			rest = append(rest, l)
		}
	}
	return rest
}
