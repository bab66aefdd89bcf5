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

type queryAnswer struct {
	Unit  grievance.UnitID `json:"unit"`
	Text  string           `json:"text"`
	N     int              `json:"n"`
	Yes   *bool            `json:"yes"`
	At    *time.Time       `json:"at"`
	On    calendar.Date    `json:"on"`
	Role  grievance.Role   `json:"role"`
	Roles []grievance.Role `json:"roles"`
}

func querying(*server) []route {
	return []route{{"GET", "/find", func(c echo.Context) error {
		q := readQuery(c)
		a := queryAnswer{
			idParam[grievance.Unit](q, "unit"), q.text("text", 4), q.integer("n", 1, 9, 5), q.boolean("yes"),
			q.instant("at"), q.date("on"), enumParam(q, "role", grievance.StaffRoles...), enumsParam(q, "roles", grievance.StaffRoles...),
		}
		q.require("n")
		if err := q.err(); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, a)
	}, visitors}}
}

func TestQueryIsRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, querying)
	res := r.call("GET", "/find?unit=01939E7C-0000-7000-8000-000000000001&text=%E8%B7%AF%E7%81%AF&n=3&yes=false"+
		"&at=2026-11-22T08:00:00%2B08:00&on=2026-11-22&role=clerk&roles=clerk,leader", "")
	want := `{"unit":"01939e7c-0000-7000-8000-000000000001","text":"路灯","n":3,"yes":false,"at":"2026-11-22T00:00:00Z",` +
		`"on":"2026-11-22","role":"clerk","roles":["clerk","leader"]}`
	if got := string(bodyOf(t, res)); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	res = r.call("GET", "/find?n=9", "")
	want = `{"unit":"","text":"","n":9,"yes":null,"at":null,"on":"","role":"","roles":[]}`
	if got := string(bodyOf(t, res)); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestQueryIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, querying)
	tests := []struct{ query, code, faults string }{
		{"n=1&nn=1", "request.unknown_parameter", "nn unknown_parameter"},
		{"n=x&b=1&a=1", "request.unknown_parameter", "a unknown_parameter b unknown_parameter"},
		{"N=1", "request.unknown_parameter", "N unknown_parameter"},
		{"n=1&n=2", "request.parameter", "n repeated"},
		{"n=1&unit=7", "request.parameter", "unit wrong_type"},
		{"n=10", "request.parameter", "n out_of_range"},
		{"n=", "request.parameter", "n wrong_type"},
		{"", "request.parameter", "n required"},
		{"n=1&yes=1", "request.parameter", "yes wrong_type"},
		{"n=1&at=2026-11-22", "request.parameter", "at wrong_type"},
		{"n=1&on=2026-02-30", "request.parameter", "on wrong_type"},
		{"n=1&role=god", "request.parameter", "role not_one_of"},
		{"n=1&roles=clerk,,leader", "request.parameter", "roles not_one_of"},
		{"n=1&text=12345", "request.parameter", "text too_long"},
		{"n=1&text=", "request.parameter", "text wrong_type"},
		{"n=1&text=%00", "request.parameter", "text wrong_type"},
		{"n=1&text=%ff", "request.parameter", "text wrong_type"},
		{"n=x&yes=x&role=x", "request.parameter", "n wrong_type yes wrong_type role not_one_of"},
		{"n=1&text=%zz", "request.query", ""},
		{"n=1;yes=true", "request.query", ""},
	}
	for _, tt := range tests {
		for _, language := range []string{"zh-CN", "en"} {
			p := problemOf(t, r.call("GET", "/find?"+tt.query, "", "Accept-Language: "+language))
			if p.Code != tt.code || p.Status != http.StatusBadRequest || faultsOf(p) != tt.faults {
				t.Errorf("%s: got %d %s [%s], want %s [%s]", tt.query, p.Status, p.Code, faultsOf(p), tt.code, tt.faults)
			}
			wantLanguage(t, p, language)
			if strings.Contains(p.Instance, "?") {
				t.Errorf("the instance holds a query: %s", p.Instance)
			}
		}
	}
}

// Of a parameter the refusal tells what it should be, also where it is empty.
func TestAQuerysRefusalsTellWhatIsExpected(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, querying)
	for query, want := range map[string]string{
		"n=": "应为整数", "n=x": "应为整数", "n=1&yes=": "应为 true 或 false", "n=1&unit=": "应为 UUID",
		"n=1&on=": "应为表示日期的文本，如 2026-11-22", "n=1&text=": "应为不含控制字符的非空文本",
		"n=1&role=god": "应为以下之一：" + strings.Join(texts(grievance.StaffRoles), "、"),
	} {
		if p := problemOf(t, r.call("GET", "/find?"+query, "")); len(p.Errors) != 1 || p.Errors[0].Detail != want {
			t.Errorf("%s: got %+v, want %q", query, p.Errors, want)
		}
	}
}

// What shows one thing takes no parameters, and says so.
func TestSingleThingsTakeNoParameters(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		for _, path := range []string{
			"/auth/me", "/units/" + s.unit(jichuan), "/users/" + s.user("clerk"), "/cases/" + id, "/cases/" + id + "/deadlines",
			"/cases/" + id + "/notices", "/cases/" + id + "/parties", "/cases/" + id + "/sign-offs", "/cases/" + id + "/escalations",
		} {
			if res := s.send("clerk", "GET", v1+path, ""); res.StatusCode != 200 {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
			s.refuses("clerk", "GET", v1+path+"?expand=all", "", 400, "request.unknown_parameter")
		}
		s.refuses("admin", "GET", v1+"/engine?expand=all", "", 400, "request.unknown_parameter")
	})
}
