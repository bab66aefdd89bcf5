package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// year2027 is an arrangement invented for these tests.
const year2027 = `{"source":"为测试虚构的通知","days":[{"date":"2026-12-31","off":true,"holiday":"元旦"},` +
	`{"date":"2027-01-01","off":true,"holiday":"元旦"},{"date":"2027-02-14","off":false,"holiday":"春节"}]}`

const summerHours = `{"intervals":["09:00-12:00","14:00-17:30"],"seasons":[{"from":"06-01","until":"09-30","intervals":["08:00-12:00","15:00-18:00"]}]}`

// put sends a body with headers, and reads the answer into a T if it has the status.
func put[T any](s *town, token, path, body string, status int, headers ...string) (out T, res *http.Response) {
	s.t.Helper()
	res = s.call("PUT", v1+path, body, append(headers, asJSON, "Authorization: Bearer "+token)...)
	text, err := io.ReadAll(res.Body)
	must(s.t, err)
	if res.StatusCode != status {
		s.t.Fatalf("PUT %s: status %d, want %d: %s", path, res.StatusCode, status, text)
	}
	must(s.t, json.Unmarshal(text, &out))
	return out, res
}

func TestPublishingAYear(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := s.login("admin").AccessToken
		s.refused(admin, "GET", "/api/v1/calendar/2027", "", 404, "calendar.unpublished")
		for _, year := range []string{"99999999999999999999", "9223372036854775807", "-9223372036854775808", "x"} {
			s.refused(admin, "GET", "/api/v1/calendar/"+year, "", 404, "calendar.unpublished")
		}
		s.clock.Advance(time.Minute)
		done := ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/2027", year2027, 200)
		c := done.Calendar
		if !done.New || c.Version != 2 || c.LastYear != 2027 || fmt.Sprint(c.Years) != "[2027]" || c.HoursChanged || !c.PublishedAt.Equal(s.clock.Now()) {
			t.Errorf("published %+v", done)
		}
		if c.ChangedFrom.String() != "2026-12-26" || c.ChangedUntil.String() != "2027-12-25" {
			t.Errorf("changed from %s until %s", c.ChangedFrom, c.ChangedUntil)
		}
		year := ask[CalendarYear](s, admin, "GET", "/api/v1/calendar/2027", "", 200)
		if year.Version != 2 || len(year.Days) != 3 || year.Days[0].Holiday != "元旦" || !year.Days[0].Off || year.Days[2].Off {
			t.Errorf("2027: %+v", year)
		}
		sum := ask[CalendarSum](s, admin, "GET", "/api/v1/calendar/add?from=2026-12-30&days=1", "", 200)
		if sum.DueOn.String() != "2027-01-04" || sum.Provisional || sum.CalendarVersion != 2 {
			t.Errorf("a working day after 2026-12-30: %+v", sum)
		}
		again := ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/2027", year2027, 200)
		if again.New || again.Calendar.Version != 2 || len(again.Calendar.Years) != 0 {
			t.Errorf("published again: %+v", again)
		}
		s.refused(admin, "GET", "/api/v1/calendar/2027?version=1", "", 404, "calendar.unpublished")
		s.refused(admin, "GET", "/api/v1/calendar/2026?version=3", "", 404, "calendar.version_unknown")
		s.refused(admin, "GET", "/api/v1/calendar/2026?version=0", "", 400, "request.parameter")
		if old := ask[CalendarYear](s, admin, "GET", "/api/v1/calendar/2026?version=1", "", 200); old.Version != 1 || len(old.Days) < 20 {
			t.Errorf("2026 of version 1: %+v", old)
		}
	})
}

func TestOfficeHours(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := s.login("admin").AccessToken
		was := ask[CalendarHours](s, admin, "GET", "/api/v1/calendar/hours", "", 200)
		if was.Version != 1 || fmt.Sprint(was.Intervals) != "[09:00-12:00 14:00-17:30]" || len(was.Seasons) != 0 {
			t.Errorf("hours %+v", was)
		}
		done := ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/hours", summerHours, 200)
		if !done.New || !done.Calendar.HoursChanged || len(done.Calendar.Years) != 0 || !done.Calendar.ChangedUntil.IsZero() {
			t.Errorf("set %+v", done)
		}
		is := ask[CalendarHours](s, admin, "GET", "/api/v1/calendar/hours", "", 200)
		if is.Version != 2 || len(is.Seasons) != 1 || is.Seasons[0].From.String() != "06-01" || fmt.Sprint(is.Seasons[0].Intervals) != "[08:00-12:00 15:00-18:00]" {
			t.Errorf("hours %+v", is)
		}
		if old := ask[CalendarHours](s, admin, "GET", "/api/v1/calendar/hours?version=1", "", 200); len(old.Seasons) != 0 {
			t.Errorf("hours of version 1: %+v", old)
		}
		if again := ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/hours", summerHours, 200); again.New {
			t.Errorf("set again: %+v", again)
		}
	})
}

// A year is written in one way, and no date lies after the last that can be written.
func TestYearsOfTheCalendar(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := s.login("admin").AccessToken
		for _, year := range []string{"+2026", "%2B2026", "02026", "0", "-2026", "10000", "9223372036854775807", "9223372036854775808", "x"} {
			s.refused(admin, "GET", "/api/v1/calendar/"+year, "", 404, "calendar.unpublished")
			s.refused(admin, "PUT", "/api/v1/calendar/"+year, year2027, 404, "not_found")
		}
		for _, query := range []string{"from=9999-12-31&days=5", "from=9999-12-31&days=1&unit=day", "from=9990-01-01&days=3660&unit=day"} {
			s.refused(admin, "GET", "/api/v1/calendar/add?"+query, "", 400, "request.parameter")
		}
		sum := ask[CalendarSum](s, admin, "GET", "/api/v1/calendar/add?from=9999-12-30&days=1&unit=day", "", 200)
		if sum.DueOn.String() != "9999-12-31" { // a Friday
			t.Errorf("the day after 9999-12-30 is %s", sum.DueOn)
		}
	})
}

func TestVersionsOfTheCalendar(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	admin := s.login("admin").AccessToken
	ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/2027", year2027, 200)
	ask[CalendarPublication](s, admin, "PUT", "/api/v1/calendar/hours", summerHours, 200)
	list := ask[CalendarVersions](s, admin, "GET", "/api/v1/calendar", "", 200).Items
	if len(list) != 3 || list[0].Version != 3 || !list[0].HoursChanged || list[1].LastYear != 2027 || fmt.Sprint(list[1].Years) != "[2027]" {
		t.Errorf("versions %+v", list)
	}
	if first := list[2]; first.Version != 1 || len(first.Years) != 20 || first.Years[0] != 2007 || first.HoursChanged || !first.ChangedFrom.IsZero() {
		t.Errorf("the first version: %+v", first)
	}
	res := s.call("GET", "/api/v1/calendar", "", "Authorization: Bearer "+admin)
	same := s.call("GET", "/api/v1/calendar", "", "Authorization: Bearer "+admin, "If-None-Match: "+res.Header.Get("ETag"))
	if res.Header.Get("ETag") != `"3"` || same.StatusCode != http.StatusNotModified {
		t.Errorf("ETag %s, again: status %d", res.Header.Get("ETag"), same.StatusCode)
	}
}

func TestPublishingOnAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	admin := s.login("admin").AccessToken
	if p, _ := put[Problem](s, admin, "/calendar/2027", year2027, 412, `If-Match: "2"`); p.Code != "calendar.stale" {
		t.Errorf("refused with %s", p.Code)
	}
	if p, _ := put[Problem](s, admin, "/calendar/2027", year2027, 400, `If-Match: two`); p.Code != "request.if_match" {
		t.Errorf("refused with %s", p.Code)
	}
	key := "Idempotency-Key: publish-2027"
	_, res := put[CalendarPublication](s, admin, "/calendar/2027", year2027, 200, `If-Match: "1"`, key)
	if res.Header.Get("ETag") != `"2"` {
		t.Errorf("ETag %s", res.Header.Get("ETag"))
	}
	again, res := put[CalendarPublication](s, admin, "/calendar/2027", year2027, 200, `If-Match: "1"`, key)
	if !again.New || again.Calendar.Version != 2 || res.Header.Get("Idempotency-Replayed") != "true" || res.Header.Get("ETag") != `"2"` {
		t.Errorf("sent again: %+v, %v", again, res.Header)
	}
	if p, _ := put[Problem](s, admin, "/calendar/hours", summerHours, 412, `If-Match: "1"`); p.Code != "calendar.stale" {
		t.Errorf("refused with %s", p.Code)
	}
	put[CalendarPublication](s, admin, "/calendar/hours", summerHours, 200, `If-Match: "2"`)
}

func TestPublishingRefusesAtEachPlace(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	admin := s.login("admin").AccessToken
	day := func(date, off string) string {
		return fmt.Sprintf(`{"date":%q,"off":%s,"holiday":"元旦"}`, date, off)
	}
	days := func(list ...string) string { return `{"days":[` + strings.Join(list, ",") + `]}` }
	tests := []struct{ path, body, want string }{
		{"/calendar/2027", `{}`, "/days required"},
		{"/calendar/2027", days(), "/days too_few"},
		{"/calendar/2027", days(`{"date":"2027-01-01","holiday":" "}`), "/days/0/off required, /days/0/holiday required"},
		{"/calendar/2027", days(`{"off":true,"holiday":"元旦"}`), "/days/0/date required"},
		{"/calendar/2027", days(day("2027-02-29", "true")), "/days/0/date wrong_type"},
		{"/calendar/2027", days(day("2027-01-01", "true"), day("2027-01-01", "false"), day("2028-01-01", "true")),
			"/days/1/date calendar.day_twice, /days/2/date calendar.day_outside"},
		{"/calendar/2028", days(day("2028-01-01", "true")), " calendar.year_left_out"},
		{"/calendar/2027", days(strings.Repeat(day("2027-01-01", "true")+",", 400) + day("2027-01-01", "true")), "/days too_many"},
		{"/calendar/hours", `{}`, "/intervals required"},
		{"/calendar/hours", `{"intervals":["9-12"]}`, "/intervals/0 wrong_type"},
		{"/calendar/hours", `{"intervals":["09:00-12:00","11:00-13:00"],"seasons":[{"from":"02-01","until":"01-31","intervals":["08:00-12:00"]},{"from":"05-01","until":"05-02","intervals":["08:00-12:00"]}]}`,
			"/intervals hours.overlap, /seasons/1 hours.season_overlap"},
	}
	for _, tt := range tests {
		p, _ := put[Problem](s, admin, tt.path, tt.body, 422)
		faults := make([]string, len(p.Errors))
		for i, f := range p.Errors {
			faults[i] = f.Pointer + " " + f.Code
		}
		if got := strings.Join(faults, ", "); got != tt.want {
			t.Errorf("PUT %s %.120s: %s, want %s", tt.path, tt.body, got, tt.want)
		}
	}
	s.refused(admin, "PUT", "/api/v1/calendar/2027", `{"days":[],"hours":{}}`, 400, "request.unknown_field")
	s.refused(admin, "PUT", "/api/v1/calendar/next", year2027, 404, "not_found")
}

func TestWhoPublishes(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	s.user("below", s.township.ID, grievance.RoleAdmin)
	s.user("clerk", s.county.ID, grievance.RoleClerk)
	s.user("resident", grievance.UnitID{}, grievance.RolePetitioner)
	for _, path := range []string{"/api/v1/calendar/2027", "/api/v1/calendar/hours"} {
		body := year2027
		if strings.HasSuffix(path, "hours") {
			body = summerHours
		}
		s.refused("", "PUT", path, body, 401, "auth.required")
		s.refused(s.login("clerk").AccessToken, "PUT", path, body, 403, "auth.role")
		s.refused(s.login("below").AccessToken, "PUT", path, body, 403, "office.forbidden")
	}
	resident := s.login("resident").AccessToken
	ask[CalendarVersions](s, resident, "GET", "/api/v1/calendar", "", 200)
	ask[CalendarHours](s, resident, "GET", "/api/v1/calendar/hours", "", 200)
}

// A warning keeps nobody from being served, and is told in the reader's language.
func TestReadinessWarns(t *testing.T) {
	t.Parallel()
	missing := func(context.Context) []Warning {
		return []Warning{{Code: "calendar.year_missing", Subject: "2027", Message: "请公布该年度的安排"}}
	}
	r := newRig(t, Deps{Checks: []Check{{"database", passingCheck}}, Warnings: missing}, (*server).routes)
	want := `{"status":"ok","checks":[{"name":"database","status":"ok"}],"warnings":[{"code":"calendar.year_missing","subject":"2027","detail":"请公布该年度的安排"}]}`
	res := r.call("GET", "/readyz", "")
	if got := string(bodyOf(t, res)); res.StatusCode != http.StatusOK || got != want {
		t.Errorf("status %d: %s", res.StatusCode, got)
	}
	if english := string(bodyOf(t, r.call("GET", "/readyz", "", "Accept-Language: en"))); !strings.Contains(english, `"detail":"The arrangement`) {
		t.Error(english)
	}
}
