package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A Monday morning, so that working minutes run.
var monday = time.Date(2026, 9, 14, 1, 30, 0, 0, time.UTC)

// town is the first township of the demo city, at work.
type town struct {
	*testing.T
	store  *store.Store
	office *office.Office
	desk   *casework.Desk
	clock  *clock.Fake
}

func newTown(t *testing.T, dialect string) *town {
	t.Helper()
	ck := clock.NewFake(monday)
	st := storetest.Open(t, dialect, storetest.WithClock(ck))
	of := officetest.Load(t, st, ck)
	return &town{t, st, of, casework.New(st, of, ck), ck}
}

// as is a request of an account, without a key.
func (w *town) as(account string) casework.Request {
	w.Helper()
	return casework.Request{Actor: officetest.Actor(w.T, w.office, w.clock, account)}
}

// keyed is a request that may be sent again.
func (w *town) keyed(account, key, asks string) casework.Request {
	w.Helper()
	req := w.as(account)
	req.Key, req.Digest = key, []byte(asks)
	req.Render = func(c *grievance.Case) (casework.Response, error) {
		return casework.Response{Status: 200, Body: []byte(c.ID.String() + "/" + string(c.Status))}, nil
	}
	return req
}

func (w *town) user(account string) grievance.UserID {
	w.Helper()
	return w.as(account).Actor.UserID
}

func (w *town) registration() grievance.Registration {
	return grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: "村口路灯不亮", Body: "村口路灯坏了三个月，老人夜里摔倒过。",
		Petitioner: grievance.Party{Name: "陈一", Phone: "10012345678"},
	}
}

// must fails the test on an error.
func (w *town) must(done casework.Done, err error) *grievance.Case {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	return done.Case
}

func (w *town) register() *grievance.Case {
	w.Helper()
	return w.must(w.desk.Register(w.Context(), w.as("clerk"), w.registration()))
}

// handled registers a case and moves it until its handler has it.
func (w *town) handled() grievance.CaseID {
	w.Helper()
	id := w.register().ID
	w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	w.must(w.desk.Assign(w.Context(), w.as("clerk"), id, w.toHandler()))
	w.must(w.desk.Acknowledge(w.Context(), w.as("handler"), id, grievance.Acknowledging{}))
	return id
}

func (w *town) toHandler() grievance.Assignment {
	post := w.as("handler").Actor.Posts[0]
	return grievance.Assignment{Unit: post.UnitID, Handler: w.user("handler")}
}

var opinion = grievance.Submission{
	Outcome: grievance.Supported, Request: "修复路灯", Facts: "经查属实", Opinion: "已更换灯具", LegalBasis: "《信访工作条例》第三十四条",
}

func (w *town) events(ctx context.Context, id grievance.CaseID) (events []grievance.Event) {
	w.Helper()
	err := w.store.Read(ctx, func(s *store.Snapshot) (err error) {
		events, err = s.EventsOf(id, 0, 1000)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return events
}
