package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/huiyin/huiyin/internal/app"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Two replicas serve a day and the weeks after it with everything that people say
// and who they are marked; nothing of it is anywhere but where it was sealed: not in
// the database, the logs, the metrics, the traces, the addresses, the problems, the
// export of the ledger, and, of who people are, in no answer but to a reveal.
func TestNothingPersonalLeaks(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		d := newWatchedDay(t, dialect)
		d.play()
		for _, e := range d.evidence() {
			if leaks([]byte(e.content), e.known) == nil {
				t.Errorf("%s: %q is not in it: what was gathered is nothing, or the search finds nothing", e.name, e.known)
			}
			secrets := []string{nameMark, phoneMark, idMark, addressMark}
			if e.texts {
				secrets = append(secrets, textMark)
			}
			for _, found := range append(leaks([]byte(e.content), secrets...), byDigest([]byte(e.content), d.numbers...)...) {
				t.Errorf("%s: %s", e.name, found)
			}
		}
	})
}

// What everything begins with that is a secret of the test, so that one search
// finds all of a kind. Nothing else in the town begins so.
const (
	nameMark    = "张蘅芜"
	phoneMark   = "139876500"
	idMark      = "43012119800101"
	addressMark = "霁川镇蕤宾里"
	textMark    = "榫卯密语"
)

// evidence is something that outsiders may come to see. Known is what is in it for
// certain. Texts tells that what people wrote is looked for in it as well.
type evidence struct {
	name, content, known string
	texts                bool
}

// watchedDay is a town whose servers stand in the test itself, where everything
// that they let out is kept.
type watchedDay struct {
	*township
	dialect, url string
	apps         []*app.App
	text, json   *lines
	spans        *spans
	said         []string // by commands
	numbers      []string // of telephones and identities that went in
	texts        int      // that went in
	staff        string   // name of an account: not a secret

	mu                      sync.Mutex
	urls, problems, answers strings.Builder
	metrics                 string
}

func newWatchedDay(t *testing.T, dialect string) *watchedDay {
	t.Helper()
	d := &watchedDay{township: newTown(t, dialect), dialect: dialect, text: &lines{}, json: &lines{}, spans: &spans{}, staff: "纪明鉴"}
	d.url = d.setting("HUIYIN_DATABASE_URL")
	for format, log := range map[string]*lines{"text": d.text, "json": d.json} {
		common := config.Common{
			DatabaseURL: d.url, KeyFile: d.setting("HUIYIN_KEY_FILE"), ClockFile: d.setting("HUIYIN_CLOCK_FILE"),
			MaxConns: 4, LogLevel: "debug", LogFormat: format,
		}
		a, err := app.Open(t.Context(), common, false, common.Logger(log))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		a.Tracer = d.spans
		d.apps = append(d.apps, a)
		d.serve(a, config.Serve{RequestTimeout: patience})
	}
	return d
}

func (d *watchedDay) setting(name string) string {
	for _, v := range d.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	d.Fatalf("the town has no %s", name)
	return ""
}

// serve adds a server whose addresses and answers are kept.
func (d *watchedDay) serve(a *app.App, s config.Serve) *server {
	d.Helper()
	handler, err := a.Handler(s)
	if err != nil {
		d.Fatal(err)
	}
	web := httptest.NewServer(d.watch(handler))
	d.Cleanup(web.Close)
	d.servers = append(d.servers, &server{base: web.URL})
	return d.servers[len(d.servers)-1]
}

// watch keeps the address of each request, and the answers but those that show
// somebody in clear, which are for one reader alone.
func (d *watchedDay) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := &keeper{ResponseWriter: w}
		next.ServeHTTP(kept, r)
		d.mu.Lock()
		defer d.mu.Unlock()
		clear := r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/reveal") || strings.HasSuffix(r.URL.Path, "/document"))
		switch {
		case strings.Contains(w.Header().Get("Content-Type"), "problem"):
			d.problems.Write(kept.body.Bytes())
		case !clear:
			d.answers.Write(kept.body.Bytes())
		}
		if r.Header.Get("X-Careless") == "" {
			fmt.Fprintln(&d.urls, r.Method, r.URL)
		}
	})
}

// keeper keeps what is answered.
type keeper struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }

// turn lets the other replica answer from now on.
func (d *watchedDay) turn() { d.servers[0], d.servers[1] = d.servers[1], d.servers[0] }

// evidence is everything that was let out, when the day is over.
func (d *watchedDay) evidence() []evidence {
	d.Helper()
	exported := d.huiyin("", "export", "events").wantExit(0)
	const route = "/api/v1/cases/:id/parties/reveal"
	return []evidence{
		{"the database", string(storetest.Dump(d.T, d.url)), d.staff, true},
		{"the log as text", d.text.String(), route, true},
		{"the log as JSON", d.json.String(), route, true},
		{"the metrics", d.metrics, route, true},
		{"the traces", d.spans.String(), route, true},
		{"the addresses", d.urls.String(), "/parties/reveal", true},
		{"the problems", d.problems.String(), "request.unknown_field", true},
		{"the export of the ledger", exported, "parties_revealed", true},
		{"what commands say", strings.Join(d.said, "\n"), "refused 1", true},
		{"the answers", d.answers.String(), "张**", false},
	}
}

// lines keeps what is written to it.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// spans notes all that spans are told.
type spans struct {
	embedded.TracerProvider
	lines
}

func (s *spans) Tracer(string, ...trace.TracerOption) trace.Tracer { return spanMaker{spans: s} }

type spanMaker struct {
	embedded.Tracer
	spans *spans
}

func (m spanMaker) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(options...)
	fmt.Fprintln(m.spans, name, config.Attributes())
	s := span{Span: noop.Span{}, spans: m.spans}
	return trace.ContextWithSpan(ctx, s), s
}

type span struct {
	trace.Span
	spans *spans
}

func (s span) IsRecording() bool                             { return true }
func (s span) SetName(name string)                           { fmt.Fprintln(s.spans, name) }
func (s span) SetStatus(c codes.Code, words string)          { fmt.Fprintln(s.spans, c, words) }
func (s span) SetAttributes(all ...attribute.KeyValue)       { fmt.Fprintln(s.spans, all) }
func (s span) RecordError(err error, _ ...trace.EventOption) { fmt.Fprintln(s.spans, err) }
func (s span) AddEvent(name string, options ...trace.EventOption) {
	config := trace.NewEventConfig(options...)
	fmt.Fprintln(s.spans, name, config.Attributes())
}

// raw sends a body as it is, as an account or as nobody, and gives the status.
func (d *watchedDay) raw(s *server, account, method, path, body string, headers ...string) (status int) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), method, s.base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	if account != "" {
		d.as(account).start(s)
		headers = append(headers, d.as(account).bearer())
	}
	for _, h := range append(headers, "Content-Type: application/json") {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		d.Fatal(err)
	}
	return res.StatusCode
}
