package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

const (
	otherTownship = "990121001"
	landOffice    = "990121-06"
	housing       = "990121-01"
	petitions     = "990121-09"
	discipline    = "990121-10"
)

var (
	notOurs = grievance.Objecting{Reason: "not_our_duty", Words: "属县里统一管护", Category: "0101", Area: "990121"}
	no      = false
	refusal = grievance.ObjectionDecision{Consent: &no, Words: "界线以对方一侧为准"}
)

func (w *town) unit(code string) grievance.UnitID {
	w.Helper()
	return officetest.Unit(w.T, w.office, code).ID
}

// objected registers a case, which the other township objects to.
func (w *town) objected() grievance.CaseID {
	w.Helper()
	id := w.register().ID
	w.must(w.desk.Forward(w.Context(), w.as("clerk"), id, grievance.Forwarding{Unit: w.unit(otherTownship), Reason: "other_area"}))
	w.must(w.desk.Object(w.Context(), w.as("clerk2"), id, notOurs))
	return id
}

func (w *town) designation() grievance.ObjectionDecision {
	return grievance.ObjectionDecision{Unit: w.unit(landOffice), Words: "由县局办理"}
}

// helped brings a case to its handler, who asks the land office to help.
func (w *town) helped() grievance.CaseID {
	w.Helper()
	id := w.handled()
	w.must(w.desk.AskCoHandler(w.Context(), w.as("handler"), id, w.request(landOffice)))
	return id
}

func (w *town) request(code string) grievance.CoHandlingRequest {
	return grievance.CoHandlingRequest{Unit: w.unit(code), Days: 10, Words: "请提供权属资料"}
}

// unitStatements go on with the table of statements_test.go.
var unitStatements = []operationCost{
	{"object: the words and the objection", strings.Replace(transition, "cases clocks events", "cases texts clocks objections events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Forward(w.Context(), w.as("clerk"), id, grievance.Forwarding{Unit: w.unit(otherTownship), Reason: "other_area"}))
			_, err := w.desk.Object(ctx, w.keyed("clerk2", "k", "r"), id, notOurs)
			return err
		}},
	{"note beside an objection: it is read", "BEGIN cases+ clocks+ objections+ cases texts events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.Note(ctx, w.keyed("clerk2", "k", "r"), w.objected(), grievance.Noting{Words: "已电话沟通"})
			return err
		}},
	{"refuse an objection: it is read and written, with its words", "BEGIN cases+ clocks+ objections+ cases texts clocks objections events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.DecideObjection(ctx, w.keyed("clerk", "k", "r"), w.objected(), 1, refusal)
			return err
		}},
	{"designate: the unit that joins too", "BEGIN cases+ clocks+ objections+ cases case_units texts clocks objections events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.objected()
			w.must(w.desk.DecideObjection(w.Context(), w.as("clerk"), id, 1, refusal))
			_, err := w.desk.DecideObjection(ctx, w.keyed("county_leader", "k", "r"), id, 1, w.designation())
			return err
		}},
	{"a batch of objections that nobody answered", "BEGIN cases+ clocks+ objections+ cases clocks rungs escalations objections events COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			for range 8 {
				w.objected()
			}
			w.clock.Advance(4 * 24 * time.Hour)
			_, err := w.desk.AdvanceDue(ctx, 200)
			return err
		}},
	{"ask to help: the unit that joins, the words and the row", strings.Replace(transition, "cases clocks events", "cases case_units texts clocks co_handlers events", 1),
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.AskCoHandler(ctx, w.keyed("handler", "k", "r"), w.handled(), w.request(landOffice))
			return err
		}},
	{"help: the row read and written, with the answer", "BEGIN cases+ clocks+ co_handlers+ cases texts clocks co_handlers events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.AnswerCoHandler(ctx, w.keyed("land_clerk", "k", "r"), w.helped(), 1, grievance.CoHandlerAnswer{Answer: "权属清楚"})
			return err
		}},
}

// What units do with one another is read back as it was written, and counted for
// each unit.
func TestObjectionsAreKept(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id, began := w.objected(), w.clock.Now()
		w.clock.Advance(time.Hour)
		w.must(w.desk.DecideObjection(t.Context(), w.as("clerk"), id, 1, refusal))
		w.must(w.desk.DecideObjection(t.Context(), w.as("county_leader"), id, 1, w.designation()))
		c := w.readWith(id, store.Needs{Objections: true})
		o := c.Objections()[0]
		if o.State != grievance.ObjectionDesignated || o.On != grievance.ByForward || !o.ObjectedAt.Equal(began) || !o.RaisedAt.Equal(w.clock.Now()) ||
			o.DecidedBy != w.user("county_leader") || o.DesignatedUnitID != w.unit(landOffice) || o.Area != "990121" || c.LeadUnitID != o.DesignatedUnitID {
			t.Errorf("kept %+v", o)
		}
		w.objected()
		units := []grievance.UnitID{w.unit(otherTownship), w.unit(landOffice)}
		for until, want := range map[time.Time]int{w.clock.Now(): 1, w.clock.Now().Add(time.Microsecond): 2} {
			var counts []store.UnitObjections
			err := w.store.Read(t.Context(), func(s *store.Snapshot) (err error) {
				counts, err = s.CountObjections(store.ViewerOf(grievance.System, nil), units, began, until)
				return err
			})
			if err != nil || len(counts) != 1 || counts[0].UnitID != units[0] || counts[0].N != want {
				t.Errorf("until %s %+v are counted (%v), want %d", until, counts, err, want)
			}
		}
	})
}

// readWith reads a case with what an operation may need.
func (w *town) readWith(id grievance.CaseID, needs store.Needs) (c *grievance.Case) {
	w.Helper()
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		c, err = s.Case(id, store.ViewerOf(grievance.System, officetest.Book(w.T, w.office)), needs)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// A unit that is merged takes the sender's place in an objection, the superior's,
// or that of a unit asked to help, though the case is not with it; once only.
func TestUnitsThatTheCaseIsNotWithAreMerged(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		objected, helped := w.must(w.desk.Register(t.Context(), w.as("petitions_clerk"), w.registration())).ID, w.helped()
		w.must(w.desk.Forward(t.Context(), w.as("petitions_clerk"), objected, grievance.Forwarding{Unit: w.unit(otherTownship), Reason: "other_area"}))
		w.must(w.desk.Object(t.Context(), w.as("clerk2"), objected, notOurs))
		for from, into := range map[string]string{landOffice: housing, petitions: discipline} {
			if _, err := w.office.MergeUnit(t.Context(), grievance.System, w.unit(from), w.unit(into)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.desk.HandOnAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := w.desk.HandOnAll(t.Context()); n != 0 || err != nil {
			t.Errorf("%d cases are handed on a second time (%v)", n, err)
		}
		if o := w.readWith(objected, store.Needs{}).Objections()[0]; o.SenderUnitID != w.unit(discipline) || o.State != grievance.ObjectionPending {
			t.Errorf("the objection: %+v", o)
		}
		if h := w.readWith(helped, store.Needs{}).CoHandlers()[0]; h.UnitID != w.unit(housing) {
			t.Errorf("the co-handler: %+v", h)
		}
		w.must(w.desk.DecideObjection(t.Context(), w.as("discipline_clerk"), objected, 1, refusal))
		w.must(w.desk.AnswerCoHandler(t.Context(), w.as("housing_handler"), helped, 1, grievance.CoHandlerAnswer{Answer: "权属清楚"}))
	})
}

// Five working days later it is too late, by the calendar in force.
func TestAnObjectionTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.register().ID
		w.must(w.desk.Forward(w.Context(), w.as("clerk"), id, grievance.Forwarding{Unit: w.unit(otherTownship), Reason: "other_area"}))
		last := officetest.Book(t, w.office).Calendar.AddWorkdays(calendar.DateOf(w.clock.Now()), 5).End()
		w.clock.Advance(last.Sub(w.clock.Now()))
		if _, err := w.desk.Object(t.Context(), w.as("clerk2"), id, notOurs); grievance.CodeOf(err) != "objection.too_late" {
			t.Errorf("at %s: %v", w.clock.Now(), err)
		}
		w.clock.Advance(-time.Microsecond)
		w.must(w.desk.Object(t.Context(), w.as("clerk2"), id, notOurs))
	})
}
