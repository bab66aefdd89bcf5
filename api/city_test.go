package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Units of the demo city: the township, an office of it, the other township.
const (
	jichuan = "990121101"
	economy = "990121101-03"
	qiqiao  = "990121001"
	village = "990121101001" // whose head is leader and handler both
)

// city is the real interface over a real database with the demo city in it. A
// token is an account's name.
type city struct {
	*rig
	t     *testing.T
	clock *clock.Fake
}

func newCity(t *testing.T, dialect string) *city {
	t.Helper()
	ck := clock.NewFake(storetest.Start)
	st := storetest.Open(t, dialect, storetest.WithClock(ck))
	of := officetest.Load(t, st, ck)
	desk := casework.New(st, of, ck)
	d := Deps{Office: of, Desk: desk, Store: st, Engine: engine.New(desk, st, ck, slog.New(slog.DiscardHandler))}
	s := &city{t: t, clock: ck, rig: newRig(t, d, (*server).routes)}
	s.server.Clock, s.who = ck, s.account
	return s
}

func (s *city) account(ctx context.Context, token string) (grievance.Actor, error) {
	book, err := s.Office.Book(ctx)
	if err != nil {
		return grievance.Actor{}, err
	}
	for _, u := range book.Users() {
		if u.Username == token {
			return book.Actor(u.ID, s.clock.Now()), nil
		}
	}
	return grievance.Actor{}, auth.ErrTokenInvalid
}

// eachCity runs a test in a city of its own on both dialects.
func eachCity(t *testing.T, test func(t *testing.T, s *city)) {
	t.Helper()
	storetest.Dialects(t, func(t *testing.T, dialect string) { test(t, newCity(t, dialect)) })
}

// send sends a request as an account, or as nobody, and checks the response
// against the contract.
func (s *city) send(account, method, path, body string, header ...string) *http.Response {
	s.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if account != "" {
		req.Header.Set("Authorization", "Bearer "+account)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	wantContract(s.t, req, w.Result())
	return w.Result()
}

// as reads the body of a response with that status.
func as[T any](s *city, res *http.Response, status int) (out T) {
	s.t.Helper()
	body := bodyOf(s.t, res)
	if res.StatusCode != status {
		s.t.Fatalf("status %d, want %d: %s", res.StatusCode, status, body)
	}
	if err := json.Unmarshal(body, &out, json.RejectUnknownMembers(true)); err != nil {
		s.t.Fatalf("%v: %s", err, body)
	}
	return out
}

func read[T any](s *city, account, path string) T {
	s.t.Helper()
	return as[T](s, s.send(account, "GET", v1+path, ""), http.StatusOK)
}

func (s *city) unit(code string) string { return officetest.Unit(s.t, s.Office, code).ID.String() }

func (s *city) user(account string) string {
	return officetest.Actor(s.t, s.Office, s.clock, account).UserID.String()
}

// grievanceOf is the body of a registration, with more members at its end.
func grievanceOf(more string) string {
	return `{"channel":"app","title":"村口路灯不亮","body":"坏了三个月，老人夜里摔倒过。","category":"0101",` +
		`"petitioner":{"name":"张三丰","phone":"13800001234","id_number":"430102195001011234","address":"霁川镇上渡村四组"}` + more + `}`
}

func (s *city) register(more string) CaseWithCode {
	s.t.Helper()
	return as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", grievanceOf(more)), http.StatusCreated)
}

// act does one action on a case and gives the case after it.
func (s *city) act(account, id, action, body string) CaseView {
	s.t.Helper()
	return as[CaseView](s, s.send(account, "POST", v1+"/cases/"+id+action, body), http.StatusOK)
}

const opinion = `{"outcome":"supported","request":"修路灯","facts":"线路老化","opinion":"本周修好","legal_basis":"《条例》第三十一条"}`

func (s *city) toHandler() string {
	return fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit(economy), s.user("handler"))
}

// handled brings a new case to its handler.
func (s *city) handled(more string) string {
	s.t.Helper()
	id := s.register(more).ID
	s.act("clerk", id, "/accept", `{"notice":"已受理","service":{"how":"sms","proof":"短信回执"}}`)
	s.act("clerk", id, "/assign", s.toHandler())
	s.act("handler", id, "/acknowledge", "")
	return id
}

// closed brings a new case to its end.
func (s *city) closed(more string) string {
	s.t.Helper()
	id := s.handled(more)
	s.act("handler", id, "/contact", `{"words":"电话联系"}`)
	s.act("handler", id, "/submit", opinion)
	s.act("leader", id, "/sign-offs/1/approve", `{"words":"同意"}`)
	return id
}

// refuses expects a problem of a stable code in both languages.
func (s *city) refuses(account, method, path, body string, status int, code string, header ...string) Problem {
	s.t.Helper()
	var p Problem
	for _, language := range []string{"en", "zh-CN"} {
		p = problemOf(s.t, s.send(account, method, path, body, append(header, "Accept-Language: "+language)...))
		if p.Status != status || p.Code != code {
			s.t.Errorf("%s %s as %q: %d %s %+v, want %d %s", method, path, account, p.Status, p.Code, p.Errors, status, code)
		}
		wantLanguage(s.t, p, language)
	}
	return p
}
