package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// answered is all of a response that a repeated request must give again.
type answered struct{ status, etag, location, body string }

func answerOf(t *testing.T, res *http.Response) answered {
	t.Helper()
	return answered{res.Status, res.Header.Get("ETag"), res.Header.Get("Location"), string(bodyOf(t, res))}
}

func TestARepeatedRequestIsAnsweredAsBefore(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		first := s.send("clerk", "POST", v1+"/cases", grievanceOf(""), "Idempotency-Key: one")
		if first.StatusCode != http.StatusCreated || first.Header.Get("Idempotency-Replayed") != "" {
			t.Fatalf("status %d, replayed %q", first.StatusCode, first.Header.Get("Idempotency-Replayed"))
		}
		made := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", grievanceOf(""), "Idempotency-Key: one"), http.StatusCreated)
		accept := v1 + "/cases/" + made.ID + "/accept"
		accepted := s.send("clerk", "POST", accept, `{"notice":"受理"}`, "Idempotency-Key: two", `If-Match: "1"`)
		s.act("clerk", made.ID, "/assign", s.toHandler())

		again := s.send("clerk", "POST", v1+"/cases", grievanceOf(""), "Idempotency-Key: one", "Accept-Language: en")
		if again.Header.Get("Idempotency-Replayed") != "true" {
			t.Error("the repetition is not marked")
		}
		if got, want := answerOf(t, again), answerOf(t, first); got != want {
			t.Errorf("registration again:\n%+v\nfirst:\n%+v", got, want)
		}
		// Neither its own version nor its own state stand in the way of a repetition.
		again = s.send("clerk", "POST", accept, `{ "notice": "受理" }`, `Idempotency-Key: "two"`, `If-Match: "1"`)
		if got, want := answerOf(t, again), answerOf(t, accepted); got != want || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("acceptance again:\n%+v\nfirst:\n%+v", got, want)
		}
		if c := read[CaseDetail](s, "clerk", "/cases/"+made.ID); c.Status != grievance.Assigned {
			t.Errorf("the repetitions changed the case to %s", c.Status)
		}
	})
}

func TestAKeyNamesOneRequestOfOnePerson(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		note := v1 + "/cases/" + id + "/notes"
		s.send("clerk", "POST", note, `{"words":"一"}`, "Idempotency-Key: k")
		for path, body := range map[string]string{note: `{"words":"二"}`, v1 + "/cases/" + id + "/accept": `{"notice":"一"}`} {
			s.refuses("clerk", "POST", path, body, 422, "idempotency.key_reused", "Idempotency-Key: k")
		}
		other := s.send("leader", "POST", note, `{"words":"一"}`, "Idempotency-Key: k")
		if other.StatusCode != http.StatusOK || other.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("another person's key: status %d", other.StatusCode)
		}
		s.refuses("clerk", "POST", note, `{"words":" "}`, 422, "request.invalid", "Idempotency-Key: refused")
		if ok := s.send("clerk", "POST", note, `{"words":"改好了"}`, "Idempotency-Key: refused"); ok.StatusCode != http.StatusOK {
			t.Errorf("a refusal used the key up: status %d", ok.StatusCode)
		}
	})
}

func TestDuplicatesAtOnceHaveOneEffect(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		for path, body := range map[string]string{"/cases": grievanceOf(""), "/cases/" + id + "/notes": `{"words":"同时"}`} {
			answers, replayed := s.atOnce("clerk", "at-once-"+fmt.Sprint(len(path)), path, body)
			for _, a := range answers {
				if a != answers[0] {
					t.Errorf("%s: %+v, and %+v", path, answers[0], a)
				}
			}
			if replayed != len(answers)-1 {
				t.Errorf("%s: %d of %d were repetitions", path, replayed, len(answers))
			}
		}
		if next := s.register(""); !strings.HasSuffix(next.ReceiptNumber, "-0003") {
			t.Errorf("eight requests made more than one case: the next is %s", next.ReceiptNumber)
		}
		if n := len(read[EventPage](s, "clerk", "/cases/"+id+"/events").Items); n != 2 {
			t.Errorf("%d events, want the registration and one note", n)
		}
	})
}

// atOnce sends the same keyed request twenty times and waits for all answers.
func (s *city) atOnce(account, key, path, body string) (answers []answered, replayed int) {
	s.t.Helper()
	responses := make([]*http.Response, 20)
	var all sync.WaitGroup
	for i := range responses {
		all.Go(func() {
			responses[i] = s.send(account, "POST", v1+path, body, "Idempotency-Key: "+key)
		})
	}
	all.Wait()
	for _, res := range responses {
		answers = append(answers, answerOf(s.t, res))
		if res.Header.Get("Idempotency-Replayed") == "true" {
			replayed++
		}
	}
	return answers, replayed
}

func TestVersions(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		path := v1 + "/cases/" + id
		first := s.send("handler", "GET", path, "")
		tag := first.Header.Get("ETag")
		if same := s.send("handler", "GET", path, "", "If-None-Match: "+tag); same.StatusCode != http.StatusNotModified || len(bodyOf(t, same)) > 0 {
			t.Errorf("unchanged: status %d", same.StatusCode)
		}
		s.clock.Advance(365 * 24 * time.Hour)
		if run := as[EngineRun](s, s.send("admin", "POST", v1+"/engine/run", ""), http.StatusOK); len(run.Rules) == 0 {
			t.Error("the engine did nothing")
		}
		engine := s.send("handler", "GET", path, "")
		if engine.Header.Get("ETag") != tag || !bytes.Equal(bodyOf(t, engine), bodyOf(t, first)) {
			t.Error("the engine's rungs changed what people edit")
		}
		s.act("handler", id, "/notes", `{"words":"记一笔"}`)
		changed := s.send("handler", "GET", path, "", "If-None-Match: "+tag)
		if changed.StatusCode != http.StatusOK || changed.Header.Get("ETag") == tag {
			t.Errorf("after a note: status %d, %s", changed.StatusCode, changed.Header.Get("ETag"))
		}
		s.refuses("handler", "POST", path+"/contact", `{"words":"电话"}`, 412, "case.stale", "If-Match: "+tag)
		s.refuses("handler", "POST", path+"/contact", `{"words":"电话"}`, 400, "request.if_match", "If-Match: W/"+tag)
		if ok := s.send("handler", "POST", path+"/contact", `{"words":"电话"}`, "If-Match: "+changed.Header.Get("ETag")); ok.StatusCode != http.StatusOK {
			t.Errorf("with the newest version: status %d", ok.StatusCode)
		}
	})
}

// A phone that sends its registration many times, with an id of its own and no
// key, has made one case.
func TestTheSameIdAtOnceIsOneCase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		body := grievanceOf(`,"id":"01939e7c-0000-7000-8000-000000000003"`)
		receipts := make([]string, 6)
		var all sync.WaitGroup
		for i := range receipts {
			all.Go(func() {
				res := s.send("courier", "POST", v1+"/cases", body)
				receipts[i] = fmt.Sprint(res.StatusCode, " ", res.Header.Get("Location"), " ", string(bodyOf(t, res)))
			})
		}
		all.Wait()
		for _, r := range receipts {
			if r != receipts[0] || !strings.HasPrefix(r, "201 /api/v1/cases/01939e7c-0000-7000-8000-000000000003 ") {
				t.Errorf("%s, and %s", receipts[0], r)
			}
		}
	})
}
