package api

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
)

func tagged(*server) []route {
	return []route{
		{"GET", "/seven", func(c echo.Context) error { return show(c, 7, "seven") }, visitors},
		{"POST", "/seven", func(c echo.Context) error {
			version, err := ifMatch(c)
			if err != nil {
				return err
			}
			return c.JSON(http.StatusOK, version)
		}, visitors},
	}
}

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, tagged)
	tests := map[string]int{
		"": 200, `"6"`: 200, `7`: 200, `"77"`: 200,
		`"7"`: 304, `W/"7"`: 304, `"5", "7"`: 304, `*`: 304,
	}
	for given, want := range tests {
		res := r.call("GET", "/seven", "", "If-None-Match: "+given)
		if res.StatusCode != want || res.Header.Get("ETag") != `"7"` {
			t.Errorf("If-None-Match: %s gives %d with ETag %s, want %d", given, res.StatusCode, res.Header.Get("ETag"), want)
		}
		if body := string(bodyOf(t, res)); (body == "") != (want == 304) {
			t.Errorf("If-None-Match: %s: body %q", given, body)
		}
	}
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, tagged)
	for given, want := range map[string]string{`"7"`: "7", `"0"`: "0", `*`: "null"} {
		if got := string(bodyOf(t, r.call("POST", "/seven", "", "If-Match: "+given))); got != want {
			t.Errorf("If-Match: %s gives %s, want %s", given, got, want)
		}
	}
	if got := string(bodyOf(t, r.call("POST", "/seven", ""))); got != "null" {
		t.Errorf("no If-Match gives %s", got)
	}
	for _, given := range []string{`7`, `W/"7"`, `"7", "8"`, `"07"`, `"-1"`, `"+7"`, `"x"`, `""`, ``, `"99999999999999999999"`, `" 7"`} {
		for _, language := range []string{"zh-CN", "en"} {
			p := problemOf(t, r.call("POST", "/seven", "", "If-Match: "+given, "Accept-Language: "+language))
			if p.Code != "request.if_match" || p.Status != http.StatusBadRequest {
				t.Errorf("If-Match: %s: %+v", given, p)
			}
			wantLanguage(t, p, language)
		}
	}
}
