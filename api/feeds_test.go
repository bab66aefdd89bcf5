package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/getkin/kin-openapi/openapi3filter"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func init() { openapi3filter.RegisterBodyDecoder(typeCalendar, openapi3filter.PlainBodyDecoder) }

const myFeeds = v1 + "/reports/upcoming/feeds"

// eachPhone runs a test in cities whose logins are real, on both dialects.
func eachPhone(t *testing.T, test func(t *testing.T, s *city)) {
	t.Helper()
	eachCity(t, func(t *testing.T, s *city) {
		var err error
		s.Auth, err = auth.New(t.Context(), s.Store, s.clock, storetest.Vault(t), auth.Settings{})
		must(t, err)
		test(t, s)
	})
}

// opened makes a feed and gives it with the path of its address.
func (s *city) opened(account string, days int) (FeedWithURL, string) {
	s.t.Helper()
	f := as[FeedWithURL](s, s.send(account, "POST", myFeeds, fmt.Sprintf(`{"days":%d}`, days)), http.StatusCreated)
	path, ok := strings.CutPrefix(f.URL, "http://example.com")
	if !ok || len(path) != len(feedsPath)+len(".ics")+43 {
		s.t.Fatalf("the address is %s", f.URL)
	}
	return f, path
}

// subscribed reads a feed as a telephone does.
func (s *city) subscribed(path string) (*ical.Calendar, string) {
	s.t.Helper()
	res := s.send("", "GET", path, "")
	body := string(bodyOf(s.t, res))
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		s.t.Fatalf("%d, %s: %s", res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	cal, err := ical.ParseCalendar(strings.NewReader(body))
	must(s.t, err)
	return cal, body
}

func property(e *ical.VEvent, name ical.ComponentProperty) string { return e.GetProperty(name).Value }

// A telephone shows what is coming to the leader's unit, and nobody's name.
func TestATelephoneSubscribes(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		id := s.handled("")
		_, path := s.opened("leader", 31)
		cal, body := s.subscribed(path)
		var told []string
		for _, e := range cal.Events() {
			at, err := e.GetStartAt()
			must(t, err)
			told = append(told, at.Format("01-02T15:04 ")+property(e, ical.ComponentPropertySummary))
			if stamp := property(e, ical.ComponentPropertyDtstamp); !strings.HasSuffix(stamp, "T160000Z") {
				t.Errorf("DTSTAMP is %s, not the beginning of a day", stamp)
			}
		}
		receipt := read[CaseDetail](s, "leader", "/cases/"+id).ReceiptNumber
		for _, want := range []string{"红牌：首次联系 " + receipt + " 霁川镇经济发展办公室 (升级至本单位负责人)", "黄牌：办理 " + receipt, "升级：办理 " + receipt} {
			if !strings.Contains(strings.Join(told, "\n"), want) {
				t.Errorf("no event says %q:\n%s", want, strings.Join(told, "\n"))
			}
		}
		for _, line := range []string{"X-WR-CALNAME:回音　时限预告\r\n", "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n", "METHOD:PUBLISH\r\n"} {
			if !strings.Contains(body, line) {
				t.Errorf("the calendar lacks %q", line)
			}
		}
		for _, secret := range []string{"张三丰", "路灯", "周远志", "顾长河", strings.TrimSuffix(strings.TrimPrefix(path, feedsPath), ".ics")} {
			if strings.Contains(body, secret) {
				t.Errorf("the calendar tells %s", secret)
			}
		}
		for line := range strings.SplitSeq(body, "\r\n") {
			if len(line) > 75 {
				t.Errorf("a line of %d bytes: %s", len(line), line)
			}
		}
		if _, english := s.subscribed(path + "?lang=en"); !strings.Contains(english, "Red: overdue: first contact") {
			t.Errorf("in English:\n%s", english)
		}
		s.refuses("", "GET", path+"?lang=fr", "", 400, "request.parameter")
		if other, _ := s.subscribed(pathOf(s.opened("leader2", 31))); len(other.Events()) != 0 {
			t.Errorf("another township's leader reads %d events", len(other.Events()))
		}
	})
}

func pathOf(_ FeedWithURL, path string) string { return path }

// The UID of an event stays while its deadline does, and so does the file while
// nothing changes: a telephone that has it gets 304.
func TestAFeedThatStaysTheSame(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		s.handled("")
		_, path := s.opened("leader", 20)
		uids := func() (list []string) {
			cal, _ := s.subscribed(path)
			for _, e := range cal.Events() {
				list = append(list, e.Id())
			}
			slices.Sort(list)
			return list
		}
		before := uids()
		if len(before) == 0 || len(slices.Compact(slices.Clone(before))) != len(before) {
			t.Fatalf("UIDs: %v", before)
		}
		tag := s.send("", "GET", path, "").Header.Get("ETag")
		s.clock.Advance(time.Minute)
		if res := s.send("", "GET", path, "", "If-None-Match: "+tag); res.StatusCode != http.StatusNotModified {
			t.Errorf("a minute later it is %d", res.StatusCode)
		}
		s.clock.Advance(4 * time.Hour)
		s.runEngine()
		s.clock.Advance(24 * time.Hour)
		after := uids()
		kept := slices.DeleteFunc(slices.Clone(after), func(id string) bool { return !slices.Contains(before, id) })
		if len(kept) == 0 || len(after) >= len(before)+3 {
			t.Errorf("the next day %d of %d events are known, before there were %d", len(kept), len(after), len(before))
		}
		if res := s.send("", "GET", path, "", "If-None-Match: "+tag); res.StatusCode != http.StatusOK {
			t.Errorf("the next day it is %d", res.StatusCode)
		}
	})
}

// An address is good while its user oversees something and has not revoked it.
func TestAFeedEnds(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		gone := func(why, path string) {
			t.Helper()
			if p := problemOf(t, s.send("", "GET", path, "")); p.Code != "not_found" {
				t.Errorf("%s: %+v", why, p)
			}
		}
		mine, path := s.opened("leader", 7)
		_, disabled := s.opened("county_leader", 7)
		_, moved := s.opened("deputy", 7)
		for _, p := range []string{path, disabled, moved} {
			s.subscribed(p)
		}
		gone("another ending", strings.TrimSuffix(path, ".ics"))
		gone("a letter more", strings.TrimSuffix(path, ".ics")+"A.ics")
		gone("a made-up token", feedsPath+strings.Repeat("A", 43)+".ics")
		gone("no token", feedsPath+".ics")

		revoke := myFeeds + "/" + mine.ID + "/revoke"
		s.refuses("county_leader", "POST", revoke, "", 404, "not_found")
		s.refuses("leader", "POST", myFeeds+"/nothing/revoke", "", 404, "not_found")
		if v := as[FeedView](s, s.send("leader", "POST", revoke, "", "Idempotency-Key: r1"), 200); v.RevokedAt == nil {
			t.Errorf("%+v", v)
		}
		s.clock.Advance(time.Hour)
		if again := as[FeedView](s, s.send("leader", "POST", revoke, ""), 200); !again.RevokedAt.Before(s.clock.Now()) {
			t.Errorf("it was revoked again: %+v", again)
		}
		gone("revoked", path)
		if list := read[FeedList](s, "leader", "/reports/upcoming/feeds").Items; len(list) != 0 {
			t.Errorf("revoked, and listed: %+v", list)
		}

		_, err := s.Office.DisableUser(t.Context(), grievance.System, officer(s, "county_leader"))
		must(t, err)
		_, err = s.Office.EndAppointment(t.Context(), grievance.System, appointmentID(t, s.post("deputy", grievance.RoleLeader)), time.Time{})
		must(t, err)
		s.clock.Advance(time.Minute)
		gone("disabled", disabled)
		gone("no leader any more", moved)
	})
}

func appointmentID(t *testing.T, text string) grievance.AppointmentID {
	t.Helper()
	id, err := grievance.ParseID[grievance.Appointment](text)
	must(t, err)
	return id
}

func TestFeedsAreCountedAndListed(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		first := s.send("leader", "POST", myFeeds, `{"days":7}`, "Idempotency-Key: f1")
		f := as[FeedWithURL](s, first, 201)
		if again := as[FeedWithURL](s, s.send("leader", "POST", myFeeds, `{"days":7}`, "Idempotency-Key: f1"), 201); again != f {
			t.Errorf("sent again it makes %+v, was %+v", again, f)
		}
		path := strings.TrimPrefix(f.URL, "http://example.com")
		used := func() *time.Time { return read[FeedList](s, "leader", "/reports/upcoming/feeds").Items[0].LastUsedAt }
		if used() != nil {
			t.Errorf("used before anybody asked: %v", used())
		}
		start := s.clock.Advance(time.Minute)
		for _, step := range []struct{ wait, noted time.Duration }{{0, 0}, {time.Hour, 0}, {time.Second, time.Hour + time.Second}} {
			s.clock.Advance(step.wait)
			s.subscribed(path)
			if got := used(); got == nil || !got.Equal(start.Add(step.noted)) {
				t.Errorf("after %v more it was last used %v, want %v", step.wait, got, start.Add(step.noted))
			}
		}
		for range auth.MostFeeds - 1 {
			s.opened("leader", 1)
		}
		s.refuses("leader", "POST", myFeeds, `{"days":7}`, 409, "feed.limit")
		s.opened("leader2", 7)
		if n := len(read[FeedList](s, "leader", "/reports/upcoming/feeds").Items); n != auth.MostFeeds {
			t.Errorf("%d feeds are listed", n)
		}
		as[FeedView](s, s.send("leader", "POST", myFeeds+"/"+f.ID+"/revoke", ""), 200)
		s.opened("leader", 7)
	})
}

func TestFeedsAreRefused(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		for _, who := range []string{"handler", "petitioner", "clerk"} {
			s.refuses(who, "POST", myFeeds, `{"days":7}`, 403, "auth.role")
			s.refuses(who, "GET", myFeeds, "", 403, "auth.role")
		}
		s.refuses("", "POST", myFeeds, `{"days":7}`, 401, "auth.required")
		for _, body := range []string{`{}`, `{"days":0}`, `{"days":32}`, `{"days":"7"}`} {
			s.refuses("leader", "POST", myFeeds, body, 422, map[bool]string{true: "request.wrong_type", false: "request.invalid"}[strings.Contains(body, `"7"`)])
		}
	})
}

// attributes notes all that spans are told.
type attributes struct {
	embedded.TracerProvider
	all *strings.Builder
}

func (a attributes) Tracer(string, ...trace.TracerOption) trace.Tracer { return tracer{all: a.all} }

type tracer struct {
	embedded.Tracer
	noop noop.Tracer
	all  *strings.Builder
}

func (a tracer) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(options...)
	fmt.Fprintln(a.all, name, config.Attributes())
	return a.noop.Start(ctx, name, options...)
}

// The secret of an address is in no log line, no metric and no trace, whatever
// becomes of the request.
func TestTheSecretOfAFeedIsToldNobody(t *testing.T) {
	t.Parallel()
	eachPhone(t, func(t *testing.T, s *city) {
		traced := &strings.Builder{}
		s.Tracer, s.Metrics = attributes{all: traced}, NewMetrics()
		s.Handler = s.handler(s.routes())
		_, path := s.opened("leader", 7)
		token := strings.TrimSuffix(strings.TrimPrefix(path, feedsPath), ".ics")
		s.subscribed(path)
		s.call("HEAD", path, "")
		s.call("POST", path, "")
		s.call("GET", path+"/more", "")
		s.call("GET", path+"?unknown=1", "")
		s.call("GET", feedsPath+token, "")
		failing := errors.New("the database is gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(failing)
		s.ServeHTTP(&discarded{}, must1(http.NewRequestWithContext(ctx, "GET", path, http.NoBody)))
		metrics := string(bodyOf(t, s.call("GET", "/metrics", "")))
		for name, text := range map[string]string{"log": s.logs.String(), "metrics": metrics, "traces": traced.String()} {
			if strings.Contains(text, token) {
				t.Errorf("the %s tells the secret:\n%s", name, text)
			}
		}
		if log := s.logs.String(); !strings.Contains(log, `"route":"/api/v1/feeds/:file"`) || !strings.Contains(traced.String(), "POST "+myFeeds) {
			t.Errorf("nothing was logged or traced:\n%s\n%s", log, traced)
		}
	})
}

// discarded is a client that takes nothing.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (*discarded) Write(b []byte) (int, error) { return len(b), nil }
func (*discarded) WriteHeader(int)             {}

func must1(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}

// Addresses are guessed from somewhere: each address has its allowance.
func TestFeedsAreLimited(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newCity(t, dialect)
		var err error
		s.Auth, err = auth.New(t.Context(), s.Store, s.clock, storetest.Vault(t), auth.Settings{})
		must(t, err)
		s.Rates.Address, s.Metrics = Rate{Burst: 2, Refill: time.Minute, Holders: 10}, NewMetrics()
		s.Handler = s.handler(s.routes())
		guess := feedsPath + strings.Repeat("A", 43) + ".ics"
		s.refuses("", "GET", guess, "", 404, "not_found")
		s.refuses("", "GET", guess, "", 429, "request.rate")
	})
}
