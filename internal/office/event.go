package office

import (
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/changes"
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
	SubjectUnit = changes.SubjectUnit
	SubjectUser = changes.SubjectUser
	SubjectBook = changes.SubjectBook
)

// EventKinds are all kinds of the organisation's events, those of the profiles
// too.
var EventKinds = []grievance.EventKind{
	EvUnitCreated, EvUnitRenamed, EvUnitMerged, EvUserCreated, EvUserDisabled, EvAPIKeyCreated, EvAPIKeyRevoked, EvAppointed, EvAppointmentEnded,
	EvCategoriesChanged, EvResponsibilitiesChanged, EvCalendarPublished, EvOfficeHoursChanged, EvProfileChanged, EvProfileRebaseOrdered,
}

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
	MustChange  bool                    `json:"must_change,omitempty"` // the initial password, before anything else
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
	Noted       []LineFact              `json:"noted,omitempty"`      // those whose note alone changed
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

// record adds an event, to be written when the change is decided.
func (c *change) record(s changes.Subject, kind grievance.EventKind, about time.Time, f Facts) error {
	f.V = 1
	return c.log.AddAbout(about, s, kind, f)
}

// The facts of each kind of event.

func (c *change) recordUnit(u grievance.Unit) error {
	s := changes.Unit(u.ID)
	c.log.Fresh(s)
	return c.record(s, EvUnitCreated, c.now, Facts{
		Parent: u.ParentID, Code: u.Code, Name: u.Name, Level: u.Level, Kind: u.Kind, Organ: u.Organ,
	})
}

func (c *change) recordUser(u grievance.User, mustChange bool) error {
	s := changes.User(u.ID)
	c.log.Fresh(s)
	return c.record(s, EvUserCreated, c.now, Facts{Petitioner: u.Petitioner, MustChange: mustChange})
}

func (c *change) recordAppointment(a grievance.Appointment) error {
	return c.record(changes.User(a.UserID), EvAppointed, a.From, Facts{
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
		err := c.record(changes.User(a.UserID), EvAppointmentEnded, until, Facts{
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
	return c.record(changes.Book, EvCategoriesChanged, c.now, f)
}

func (c *change) recordResponsibilities(lines []grievance.Responsibility) error {
	was, is := factsOf(c.book.Responsibilities()), factsOf(lines)
	f := Facts{Lines: without(is, was), Removed: without(was, is), Noted: renoted(c.book.Responsibilities(), lines)}
	if len(f.Lines)+len(f.Removed)+len(f.Noted) == 0 {
		return nil
	}
	return c.record(changes.Book, EvResponsibilitiesChanged, c.now, f)
}

func factsOf(lines []grievance.Responsibility) []LineFact {
	list := make([]LineFact, len(lines))
	for i, r := range lines {
		list[i] = LineFact{r.Category, r.Area, r.UnitID}
	}
	return list
}

// renoted gives the lines that say the same but for their note. What a note says
// is not in the record.
func renoted(was, is []grievance.Responsibility) []LineFact {
	notes := make(map[LineFact]string, len(was))
	for i, f := range factsOf(was) {
		notes[f] = was[i].Note
	}
	var list []LineFact
	for i, f := range factsOf(is) {
		if note, known := notes[f]; known && note != is[i].Note {
			list = append(list, f)
		}
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
