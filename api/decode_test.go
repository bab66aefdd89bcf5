package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

type sampleParty struct {
	Phone string `json:"phone" validate:"required,max=20"`
}

type sampleRest struct {
	Days *int                `json:"days" validate:"required,min=1"`
	Open []calendar.Interval `json:"open"`
	From calendar.MonthDay   `json:"from"`
}

type sampleRequest struct {
	ID      grievance.CaseID `json:"id"`
	Title   string           `json:"title" validate:"required,notblank,max=5"`
	Urgency grievance.Role   `json:"urgency" validate:"omitempty,oneof=clerk leader"`
	At      time.Time        `json:"at,omitzero"`
	On      calendar.Date    `json:"on,omitzero"`
	Count   int              `json:"count" validate:"max=9"`
	Length  calendar.Length  `json:"length,omitzero"`
	Rest    *sampleRest      `json:"rest,omitempty"`
	Urgent  bool             `json:"urgent"`
	Parties []sampleParty    `json:"parties" validate:"max=2,dive"`
}

func decoding(*server) []route {
	return []route{{"POST", "/sample", func(c echo.Context) error {
		in, err := decode[sampleRequest](c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, in)
	}, visitors}}
}

const asJSON = "Content-Type: application/json"

func TestDecodeAccepts(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	res := r.call("POST", "/sample", ` {"title":"路灯\n坏","at":"2026-11-22T12:00:00.1234567+08:00","on":"2026-11-22","parties":[{"phone":"1"}]} `,
		"Content-Type: application/json; charset=UTF-8")
	want := `{"id":"","title":"路灯\n坏","urgency":"","at":"2026-11-22T04:00:00.123456Z","on":"2026-11-22","count":0,"urgent":false,"parties":[{"phone":"1"}]}`
	if got := string(bodyOf(t, res)); res.StatusCode != http.StatusOK || got != want {
		t.Errorf("status %d\n got %s\nwant %s", res.StatusCode, got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	big := `{"title":"` + strings.Repeat("a", maxBody) + `"}`
	tests := []struct {
		name, body, kind string
		status           int
		code             string
		fault            string // pointer and code of each
	}{
		{"no content type", `{}`, "", 415, "request.media_type", ""},
		{"form", `a=b`, "application/x-www-form-urlencoded", 415, "request.media_type", ""},
		{"other charset", `{}`, "application/json; charset=gbk", 415, "request.media_type", ""},
		{"problem json", `{}`, "application/problem+json", 415, "request.media_type", ""},
		{"too large", big, "", 413, "request.too_large", ""},
		{"empty", "", "", 400, "request.empty", ""},
		{"blank", " \n", "", 400, "request.empty", ""},
		{"cut off", `{"title":`, "", 400, "request.malformed", ""},
		{"single quotes", `{'title':1}`, "", 400, "request.malformed", ""},
		{"comment", `{} // x`, "", 400, "request.trailing_data", ""},
		{"trailing object", `{"title":"a"}{}`, "", 400, "request.trailing_data", ""},
		{"trailing bracket", `{"title":"a"}]`, "", 400, "request.trailing_data", ""},
		{"NaN", `{"count":NaN}`, "", 400, "request.malformed", ""},
		{"raw control character", "{\"title\":\"a\x01\"}", "", 400, "request.malformed", ""},
		{"bad utf-8", "{\"title\":\"\xff\"}", "", 400, "request.bad_utf8", ""},
		{"lone surrogate", `{"title":"\ud800"}`, "", 400, "request.bad_utf8", ""},
		{"too deep", strings.Repeat("[", 20000), "", 400, "request.malformed", ""},
		{"duplicate key", `{"title":"a","title":"b"}`, "", 400, "request.duplicate_key", "/title duplicate_key"},
		{"duplicate key, escaped", `{"title":"a","titl\u0065":"b"}`, "", 400, "request.duplicate_key", "/title duplicate_key"},
		{"duplicate key inside", `{"parties":[{"phone":"1","phone":"2"}]}`, "", 400, "request.duplicate_key", "/parties/0/phone duplicate_key"},
		{"unknown field", `{"title":"a","nickname":1}`, "", 400, "request.unknown_field", "/nickname unknown_field"},
		{"case-folded key", `{"Title":"a"}`, "", 400, "request.unknown_field", "/Title unknown_field"},
		{"unknown field inside", `{"parties":[{"mail":"1"}]}`, "", 400, "request.unknown_field", "/parties/0/mail unknown_field"},
		{"null", `null`, "", 422, "request.wrong_type", " wrong_type"},
		{"list for object", `[]`, "", 422, "request.wrong_type", " wrong_type"},
		{"number for text", `{"title":1}`, "", 422, "request.wrong_type", "/title wrong_type"},
		{"text for number", `{"count":"1"}`, "", 422, "request.wrong_type", "/count wrong_type"},
		{"fraction for integer", `{"count":1.5}`, "", 422, "request.wrong_type", "/count wrong_type"},
		{"overflow", `{"count":99999999999999999999}`, "", 422, "request.wrong_type", "/count wrong_type"},
		{"bad instant", `{"at":"2026-11-22"}`, "", 422, "request.wrong_type", "/at wrong_type"},
		{"number for instant", `{"at":17}`, "", 422, "request.wrong_type", "/at wrong_type"},
		{"bad date", `{"on":"2026-02-30"}`, "", 422, "request.wrong_type", "/on wrong_type"},
		{"bad length", `{"length":"a week"}`, "", 422, "request.wrong_type", "/length wrong_type"},
		{"nothing where a number must be", `{"title":"a","rest":{"days":null}}`, "", 422, "request.invalid", "/rest/days required"},
		{"0 where it must be more", `{"title":"a","rest":{"days":0}}`, "", 422, "request.invalid", "/rest/days too_small"},
		{"bad id", `{"id":"7"}`, "", 422, "request.wrong_type", "/id wrong_type"},
		{"wrong type inside", `{"parties":[{"phone":"1"},{"phone":true}]}`, "", 422, "request.wrong_type", "/parties/1/phone wrong_type"},
		{"NUL", `{"title":"a\u0000"}`, "", 422, "request.control_char", "/title control_char"},
		{"carriage return and C1", `{"title":"a\r","parties":[{"phone":"\u0085"}]}`, "", 422, "request.control_char", "/title control_char /parties/0/phone control_char"},
		{"every rule at once", `{"title":" ","urgency":"god","count":10,"parties":[{},{"phone":"123456789012345678901"}]}`, "", 422, "request.invalid",
			"/title required /urgency not_one_of /count too_large /parties/0/phone required /parties/1/phone too_long"},
		{"required", `{}`, "", 422, "request.invalid", "/title required"},
		{"too long in characters", `{"title":"路灯坏了很久"}`, "", 422, "request.invalid", "/title too_long"},
		{"too many", `{"title":"a","parties":[{"phone":"1"},{"phone":"1"},{"phone":"1"}]}`, "", 422, "request.invalid", "/parties too_many"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			header := []string{asJSON}
			if tt.code == "request.media_type" {
				header = []string{"Content-Type: " + tt.kind}
			}
			for _, language := range []string{"zh-CN", "en"} {
				p := problemOf(t, r.call("POST", "/sample", tt.body, append(header, "Accept-Language: "+language)...))
				if p.Status != tt.status || p.Code != tt.code || faultsOf(p) != tt.fault {
					t.Errorf("got %d %s [%s], want %d %s [%s]", p.Status, p.Code, faultsOf(p), tt.status, tt.code, tt.fault)
				}
				wantLanguage(t, p, language)
			}
		})
	}
	if logged := r.logs.String(); strings.Contains(logged, `"ERROR"`) {
		t.Errorf("a refusal was logged as an error: %s", logged)
	}
}

// Whoever is refused is told which form is expected.
func TestRefusalsTellWhatIsExpected(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	for body, want := range map[string]string{
		`{"length":"a week"}`:           "应为表示时长的文本，如 90m、24h、30wm、2wh、15d 或 7wd",
		`{"length":7}`:                  "应为表示时长的文本，如 90m、24h、30wm、2wh、15d 或 7wd",
		`{"length":{"n":7}}`:            "应为表示时长的文本，如 90m、24h、30wm、2wh、15d 或 7wd",
		`{"on":20261122}`:               "应为表示日期的文本，如 2026-11-22",
		`{"on":"22.11.2026"}`:           "应为表示日期的文本，如 2026-11-22",
		`{"rest":{"open":["9-12"]}}`:    "应为表示一日之内起止时间的文本，如 09:00-12:00",
		`{"rest":{"open":[9]}}`:         "应为表示一日之内起止时间的文本，如 09:00-12:00",
		`{"rest":{"from":"1 May"}}`:     "应为表示月和日的文本，如 05-01",
		`{"rest":{"from":{"month":5}}}`: "应为表示月和日的文本，如 05-01",
		`{"rest":"7d"}`:                 "应为对象",
		`{"title":"a","urgency":"god"}`: "应为以下之一：clerk、leader",
	} {
		if p := problemOf(t, r.call("POST", "/sample", body, asJSON)); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Detail != want {
			t.Errorf("%s: %d %+v, want %q", body, p.Status, p.Errors, want)
		}
	}
	const english = "must be one of: clerk, leader"
	if p := problemOf(t, r.call("POST", "/sample", `{"title":"a","urgency":"god"}`, asJSON, "Accept-Language: en")); p.Errors[0].Detail != english {
		t.Errorf("got %q, want %q", p.Errors[0].Detail, english)
	}
}

func faultsOf(p Problem) string {
	all := make([]string, len(p.Errors))
	for i, f := range p.Errors {
		all[i] = f.Pointer + f.Parameter + " " + f.Code
	}
	return strings.Join(all, " ")
}

// wantLanguage checks that every sentence of p is Chinese, or none is.
func wantLanguage(t *testing.T, p Problem, language string) {
	t.Helper()
	said := []string{p.Title, p.Detail}
	for _, f := range p.Errors {
		said = append(said, f.Detail)
	}
	for _, s := range said {
		if s == "" || hasHan(s) != (language == "zh-CN") {
			t.Errorf("%s said in %s: %q", p.Code, language, s)
		}
	}
}

func TestBodyIsLimitedWithoutContentLength(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	for size, want := range map[int]int{maxBody - 14: http.StatusUnprocessableEntity, maxBody: http.StatusRequestEntityTooLarge} {
		res := r.callChunked("/sample", `{"title":"`+strings.Repeat("a", size)+`"}`)
		if res.StatusCode != want {
			t.Errorf("%d characters: status %d, want %d", size, res.StatusCode, want)
		}
	}
}
