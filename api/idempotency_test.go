package api

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
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
	return []route{{"POST", "/keyed/:id", answer, machines}, {"PUT", "/keyed/:id", answer, machines}}
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
