package api

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

func keyed(*server) []route {
	answer := func(c echo.Context) error {
		key, err := idempotencyKey(c)
		if err != nil {
			return err
		}
		if _, err := readBody(c); err != nil {
			return err
		}
		sum, err := digest(c)
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, key+" "+hex.EncodeToString(sum))
	}
	return []route{{"POST", "/keyed/:id", answer, visitors}, {"PUT", "/keyed/:id", answer, visitors}}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, keyed)
	good := map[string]string{
		`abc`: "abc", `"abc"`: "abc", `8e03978e-40d5-43e8-bc93-6894a57f9324`: "8e03978e-40d5-43e8-bc93-6894a57f9324",
		`"a\"b\\c"`: `a"b\c`, `a=b;c`: "a=b;c", strings.Repeat("k", 255): strings.Repeat("k", 255),
	}
	for given, want := range good {
		got := string(bodyOf(t, r.call("POST", "/keyed/1", "{}", asJSON, "Idempotency-Key: "+given)))
		if key, _, _ := strings.Cut(got, " "); key != want {
			t.Errorf("%s is read as %s, want %s", given, key, want)
		}
	}
	bad := []string{"", `""`, `"abc`, `"a"b"`, `"a\n"`, `"a\`, "a b", "钥匙", "a\tb", strings.Repeat("k", 256)}
	for _, given := range bad {
		for _, language := range []string{"zh-CN", "en"} {
			p := problemOf(t, r.call("POST", "/keyed/1", "{}", asJSON, "Idempotency-Key: "+given, "Accept-Language: "+language))
			if p.Code != "request.idempotency_key" || p.Status != http.StatusBadRequest {
				t.Errorf("%q: %+v", given, p)
			}
			wantLanguage(t, p, language)
		}
	}
	p := problemOf(t, r.call("POST", "/keyed/1", "{}", asJSON, "Idempotency-Key: a", "Idempotency-Key: b"))
	if p.Code != "request.idempotency_key" {
		t.Errorf("two keys: %+v", p)
	}
}

func TestDigestOfARequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, keyed)
	sum := func(method, target, body string) string {
		return string(bodyOf(t, r.call(method, target, body, asJSON)))
	}
	first := sum("POST", "/keyed/1", `{"a":"路","b":[1,2]}`)
	for _, same := range []string{`{"b":[1,2],"a":"路"}`, "{ \"a\" : \"\\u8def\",\n\"b\":[1, 2]}"} {
		if sum("POST", "/keyed/1", same) != first {
			t.Errorf("%s is another request", same)
		}
	}
	others := map[string]string{
		"method": sum("PUT", "/keyed/1", `{"a":"路","b":[1,2]}`), "path": sum("POST", "/keyed/2", `{"a":"路","b":[1,2]}`),
		"order of a list": sum("POST", "/keyed/1", `{"a":"路","b":[2,1]}`), "value": sum("POST", "/keyed/1", `{"a":"街","b":[1,2]}`),
		"type": sum("POST", "/keyed/1", `{"a":"路","b":["1",2]}`),
	}
	for what, other := range others {
		if other == first {
			t.Errorf("another %s makes the same request", what)
		}
	}
	if sum("POST", "/keyed/1", "9007199254740993") == sum("POST", "/keyed/1", "9007199254740992") {
		t.Error("large numbers are rounded")
	}
}

// acting answers as a handler of a case does, with a Desk that has done it
// before where the path says so.
func acting(*server) []route {
	return []route{{"POST", "/cases/:id", func(c echo.Context) error {
		if _, err := decode[struct{}](c); err != nil {
			return err
		}
		req, err := request(c, http.StatusCreated, func(g *grievance.Case) any { return map[string]int64{"v": g.Version} })
		if err != nil {
			return err
		}
		var g grievance.Case
		g.ID, g.Version = grievance.CaseID(someUser), 8
		if req.IfVersion != nil {
			g.Version = *req.IfVersion + 1
		}
		answer, err := req.Render(&g)
		answer.Replayed = req.Key == "before"
		if err != nil || len(req.Digest) != 32 {
			return err
		}
		return respond(c, answer)
	}, visitors}}
}

func TestAnswersOfTheDesk(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, acting)
	res := r.call("POST", "/cases/1", "{}", asJSON, `If-Match: "4"`, "Idempotency-Key: now")
	if body := string(bodyOf(t, res)); res.StatusCode != http.StatusCreated || body != `{"v":5}` {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	for name, want := range map[string]string{
		"ETag": `"5"`, "Location": "/api/v1/cases/" + someUser.String(), "Content-Type": "application/json", "Idempotency-Replayed": "",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	again := r.call("POST", "/cases/1", "{}", asJSON, "Idempotency-Key: before")
	if again.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("a replay does not say so")
	}
	for header, code := range map[string]string{"If-Match: 4": "request.if_match", "Idempotency-Key: a b": "request.idempotency_key"} {
		if p := problemOf(t, r.call("POST", "/cases/1", "{}", asJSON, header)); p.Code != code {
			t.Errorf("%s: %+v", header, p)
		}
	}
}
