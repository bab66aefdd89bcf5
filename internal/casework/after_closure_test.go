package casework_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var (
	reached = grievance.FollowingUp{
		Contacted: grievance.AnswerYes, Resolved: grievance.AnswerYes, Satisfied: grievance.AnswerNo, Words: "路灯已亮",
	}
	upheld = grievance.ReviewOpinion{
		Decision: grievance.Upheld, Request: "撤销原意见", Facts: "经查属实", Opinion: "予以维持", LegalBasis: "《信访工作条例》第三十五条",
	}
)

// closedAs brings a new case of a channel to its end.
func (w *town) closedAs(channel grievance.Channel) grievance.CaseID {
	w.Helper()
	in := w.registration()
	in.Channel = channel
	id := w.must(w.desk.Register(w.Context(), w.as("clerk"), in)).ID
	w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	w.must(w.desk.Assign(w.Context(), w.as("clerk"), id, w.toHandler()))
	w.must(w.desk.Acknowledge(w.Context(), w.as("handler"), id, grievance.Acknowledging{}))
	w.must(w.desk.Submit(w.Context(), w.as("handler"), id, opinion))
	w.must(w.desk.Approve(w.Context(), w.as("leader"), id, 1, grievance.Approval{}))
	return id
}

// answered brings a new petition to an answer that is served.
func (w *town) answered() grievance.CaseID {
	w.Helper()
	id := w.closedAs(grievance.ByVisit)
	w.must(w.desk.Serve(w.Context(), w.as("clerk"), id, 2, grievance.Service{How: "mail"}))
	return id
}

// underReview brings a new petition before the county.
func (w *town) underReview() grievance.CaseID {
	w.Helper()
	id := w.answered()
	w.must(w.desk.RequestReview(w.Context(), w.as("clerk"), id, grievance.ReviewRequest{Words: "不服"}))
	return id
}

// What is stored of a review and of its hearing is read back as it was written.
func TestReviewsAreKept(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.underReview()
		w.must(w.desk.OrderHearing(t.Context(), w.as("county_clerk"), id, 1, grievance.HearingOrder{Until: w.rest().Until}))
		w.clock.Advance(3600e9)
		held := grievance.HearingRecord{HeldAt: w.clock.Now(), Attended: 7, Words: "笔录"}
		w.must(w.desk.RecordHearing(t.Context(), w.as("county_clerk"), id, 1, held))
		w.must(w.desk.SubmitReview(t.Context(), w.as("county_clerk"), id, 1, upheld))
		w.must(w.desk.Approve(t.Context(), w.as("county_leader"), id, 2, grievance.Approval{}))
		p := w.read(id).Proceedings()[0]
		if p.Kind != grievance.Review || p.Decision != grievance.Upheld || p.DecidedBy != w.user("county_leader") || !p.DecidedAt.Equal(w.clock.Now()) ||
			p.HearingAttended != 7 || !p.HearingHeldAt.Equal(held.HeldAt) || p.HearingOrderedBy != w.user("county_clerk") || p.RequestedBy != w.user("clerk") || !p.OnBehalf {
			t.Errorf("%+v", p)
		}
	})
}

// A petition that is before an organ is handed on with whoever leaves it, and so
// is one before an organ that is merged, though it lies elsewhere.
func TestAReviewIsHandedOn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.underReview()
		for _, a := range officetest.Book(t, w.office).AppointmentsOf(w.user("county_clerk")) {
			if _, err := w.office.EndAppointment(t.Context(), grievance.System, a.ID, w.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Advance(5e9)
		if _, err := w.desk.HandOnAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := w.read(id)
		if c.Responsible != w.user("county_leader") || debtorOf(t, c, grievance.Review) != w.user("county_leader") {
			t.Errorf("%s answers for the case", c.Responsible)
		}
		var found []grievance.CaseID
		err := w.store.Write(t.Context(), func(tx *store.Tx) (err error) {
			found, err = tx.LockIn([]grievance.UnitID{c.ReviewUnitID}, store.Some{Limit: 10})
			return err
		})
		if err != nil || len(found) != 1 || found[0] != id {
			t.Errorf("before the county are %v, %v", found, err)
		}
	})
}

func debtorOf(t *testing.T, c *grievance.Case, kind grievance.ClockKind) grievance.UserID {
	t.Helper()
	for _, k := range c.Clocks() {
		if k.Kind == kind && k.State == grievance.Running {
			return k.DebtorUser
		}
	}
	t.Fatalf("no clock %s runs", kind)
	return grievance.UserID{}
}
