// Package api is everything that a client can see of Huiyin: routes, requests,
// responses and refusals. It is the only package that knows Echo.
//
// It guarantees that a request is read strictly or refused with a stable code,
// that every route stands in the table below with who may use it beside it,
// that every error becomes one problem document in the reader's language, with
// nothing internal in it, and that its logs and metrics hold no personal data.
//
//	@title						回音 Huiyin
//	@version					1.0
//	@description				群众诉求办理：每件诉求都有回音。 Case tracking for public grievances: every grievance gets an answer, on time, from a named person.
//	@license.name				Apache-2.0
//	@license.url				https://www.apache.org/licenses/LICENSE-2.0
//	@BasePath					/
//	@accept						json
//	@produce					json
//	@securityDefinitions.apikey	bearer
//	@in							header
//	@name						Authorization
package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// Deps is what the interface stands on. Those of the second group have defaults.
type Deps struct {
	Clock   clock.Clock // legal time
	Auth    *auth.Service
	Office  *office.Office
	Desk    *casework.Desk // every operation on cases
	Store   *store.Store   // for reading, and for answering the same again
	Engine  *engine.Engine
	OpenAPI []byte  // the contract, as generated from this package
	Checks  []Check // what /readyz asks
	// What /readyz tells beside its checks; none: nothing.
	Warnings func(context.Context) []Warning

	Log            *slog.Logger         // none: silence
	Metrics        *prometheus.Registry // a new one
	Tracer         trace.TracerProvider // none: nothing is traced
	TrustedProxies []*net.IPNet         // none: the connection's address is the client's
	Rates          Rates                // DefaultRates, for each that is not set
	Origins        []string             // whose pages may use the interface; none: no other site's
	Timeout        time.Duration        // 30 s for a request that is not patient
	Pace           clock.Clock          // the machine's time, for logs and rates
}

// server answers; its methods are the handlers.
type server struct {
	Deps
	who  func(ctx context.Context, token string) (grievance.Actor, error)
	kept *limiter // of requests with a login
}

// route is a line of the table: a method and a path, what answers, and who may ask.
type route struct {
	method, path string
	handle       echo.HandlerFunc
	gate         gate
}

const (
	v1       = "/api/v1"
	patience = 10 * time.Minute // for the few routes that work through a lot
)

// routes is every address of Huiyin. HEAD goes wherever GET does.
func (s *server) routes() []route { //nolint:funlen // one table, so that nothing is overlooked
	return []route{
		{"GET", "/", s.home, visitors},
		{"GET", "/healthz", s.alive, visitors},
		{"GET", "/readyz", s.ready, visitors},
		{"GET", "/metrics", s.metrics(), visitors},
		{"GET", "/openapi.json", s.contract(), visitors},
		{"GET", "/docs", s.page, visitors},
		{"GET", "/docs/:file", s.pageFile, visitors},
		{"GET", "/.well-known/jwks.json", s.jwks, visitors},

		{"POST", v1 + "/auth/token", s.login, logins},
		{"POST", v1 + "/auth/refresh", s.refresh, logins},
		{"POST", v1 + "/auth/logout", s.logout, logins},
		{"POST", v1 + "/auth/revoke", s.revokeToken, logins},
		{"POST", v1 + "/auth/password", s.changePassword, newcomers},
		{"GET", v1 + "/auth/me", bare(s.me), newcomers},
		{"GET", v1 + "/auth/sessions", bare(s.listSessions), loggedIn},
		{"POST", v1 + "/auth/sessions/:id/revoke", s.revokeSession, loggedIn},

		{"GET", v1 + "/units", s.listUnits, loggedIn},
		{"POST", v1 + "/units", s.createUnit, admins},
		{"GET", v1 + "/units/:id", bare(s.getUnit), loggedIn},
		{"GET", v1 + "/units/:id/subtree", s.unitSubtree, loggedIn},
		{"POST", v1 + "/units/:id/rename", s.renameUnit, admins},
		{"POST", v1 + "/units/:id/merge", s.mergeUnit, admins},
		{"GET", v1 + "/users", s.listUsers, staff},
		{"POST", v1 + "/users", s.createUser, admins},
		{"GET", v1 + "/users/:id", bare(s.getUser), staff},
		{"POST", v1 + "/users/:id/disable", s.disableUser, admins},
		{"POST", v1 + "/users/:id/revoke-logins", s.revokeLogins, admins},
		{"GET", v1 + "/api-keys", s.listAPIKeys, admins},
		{"POST", v1 + "/api-keys", s.createAPIKey, admins},
		{"POST", v1 + "/api-keys/:id/revoke", s.revokeAPIKey, admins},
		{"GET", v1 + "/appointments", s.listAppointments, staff},
		{"POST", v1 + "/appointments", s.appoint, admins},
		{"POST", v1 + "/appointments/:id/end", s.endAppointment, admins},
		{"GET", v1 + "/deputies", s.listDeputies, staff},
		{"POST", v1 + "/deputies", s.nameDeputy, deputised},
		{"POST", v1 + "/deputies/:id/end", s.endDeputy, deputised},
		{"GET", v1 + "/changes", s.listChanges, auditors},
		{"GET", v1 + "/categories", s.listCategories, loggedIn},
		{"PUT", v1 + "/categories", s.putCategories, admins},
		{"GET", v1 + "/responsibilities", s.listResponsibilities, staff},
		{"PUT", v1 + "/responsibilities", s.putResponsibilities, admins},
		{"GET", v1 + "/calendar", s.calendarVersions, loggedIn},
		{"GET", v1 + "/calendar/:year", s.calendarYear, loggedIn},
		{"PUT", v1 + "/calendar/:year", s.publishYear, admins},
		{"GET", v1 + "/calendar/hours", s.calendarHours, loggedIn},
		{"PUT", v1 + "/calendar/hours", s.setOfficeHours, admins},
		{"GET", v1 + "/calendar/add", s.calendarAdd, loggedIn},
		{"GET", v1 + "/profiles", s.listProfiles, loggedIn},
		{"GET", v1 + "/profiles/:name", s.getProfile, loggedIn},
		{"PUT", v1 + "/profiles/:name", s.putProfile, admins},
		{"GET", v1 + "/profiles/:name/versions", s.profileVersions, loggedIn},
		{"POST", v1 + "/profiles/:name/rebase", s.rebaseProfile, admins},

		{"POST", v1 + "/cases", s.registerCase, registrars},
		{"GET", v1 + "/cases", s.listCases, loggedIn},
		{"POST", v1 + "/cases/search", s.searchCases, searchers},
		{"GET", v1 + "/inbox", s.inbox, staff},
		{"GET", v1 + "/sign-offs", s.listSignOffs, leaders},
		{"GET", v1 + "/escalations", s.listEscalations, staff},
		{"GET", v1 + "/findings", s.listFindings, staff},
		{"GET", v1 + "/findings/:id", bare(s.getFinding), staff},
		{"POST", v1 + "/findings/:id/explain", s.explainFinding, explainers},
		{"POST", v1 + "/findings/:id/decide", s.decideFinding, assessors},
		{"POST", v1 + "/findings/:id/appeal", s.appealFinding, staff},
		{"POST", v1 + "/findings/:id/decide-appeal", s.decideAppeal, assessors},
		{"GET", v1 + "/reports/escalations", s.escalationReport, overseers},
		{"GET", v1 + "/reports/timeliness", s.timelinessReport, overseers},
		{"GET", v1 + "/reports/upcoming", s.upcomingReport, overseers},
		{"POST", v1 + "/reports/upcoming/feeds", s.openFeed, overseers},
		{"GET", v1 + "/reports/upcoming/feeds", bare(s.listFeeds), overseers},
		{"POST", v1 + "/reports/upcoming/feeds/:id/revoke", s.revokeFeed, overseers},
		{"GET", feedsPath + ":file", s.feed, subscribers},
		{"GET", v1 + "/bulletins", s.listBulletins, overseers},
		{"GET", v1 + "/bulletins/scheme", bare(s.bulletinScheme), overseers},
		{"GET", v1 + "/bulletins/:id", bare(s.getBulletin), overseers},
		{"GET", v1 + "/bulletins/:id/body", bare(s.bulletinBody), overseers},
		{"GET", v1 + "/bulletins/:id/figures/:name", s.bulletinFigure, overseers},
		{"POST", v1 + "/bulletins/:id/correct", s.correctBulletin, correctors.patiently()},
		{"GET", v1 + "/cases/:id", bare(s.getCase), loggedIn},
		{"GET", v1 + "/cases/:id/events", s.caseEvents, loggedIn},
		{"GET", v1 + "/cases/:id/deadlines", bare(s.caseDeadlines), loggedIn},
		{"GET", v1 + "/deadlines/:id/explanation", bare(s.explainDeadline), loggedIn},
		{"GET", v1 + "/cases/:id/notices", bare(s.caseNotices), loggedIn},
		{"GET", v1 + "/cases/:id/parties", bare(s.caseParties), loggedIn},
		{"POST", v1 + "/cases/:id/parties/reveal", s.revealParties, revealers},
		{"GET", v1 + "/cases/:id/sign-offs", bare(s.caseSignOffs), staff},
		{"GET", v1 + "/cases/:id/escalations", bare(s.caseEscalations), staff},
		{"GET", v1 + "/cases/:id/suspensions", bare(s.caseSuspensions), loggedIn},
		{"GET", v1 + "/cases/:id/objections", bare(s.caseObjections), staff},
		{"POST", v1 + "/cases/:id/objections", s.objectToCase, workers},
		{"POST", v1 + "/cases/:id/objections/:n/decision", s.decideObjection, judges},
		{"GET", v1 + "/cases/:id/co-handlers", bare(s.caseCoHandlers), staff},
		{"POST", v1 + "/cases/:id/co-handlers", s.askCoHandler, workers},
		{"POST", v1 + "/cases/:id/co-handlers/:n/answer", s.answerCoHandler, workers},
		{"POST", v1 + "/cases/:id/co-handlers/:n/release", s.releaseCoHandler, workers},
		{"POST", v1 + "/cases/:id/accept", s.acceptCase, desks},
		{"POST", v1 + "/cases/:id/answer", s.answerCase, desks},
		{"POST", v1 + "/cases/:id/classify", s.classifyCase, desks},
		{"POST", v1 + "/cases/:id/correct", s.correctCase, desks},
		{"POST", v1 + "/cases/:id/decline", s.declineCase, desks},
		{"POST", v1 + "/cases/:id/forward", s.forwardCase, desks},
		{"POST", v1 + "/cases/:id/query-code", s.reissueQueryCode, desks},
		{"POST", v1 + "/cases/:id/assign", s.assignCase, desks},
		{"POST", v1 + "/cases/:id/acknowledge", s.acknowledgeCase, workers},
		{"POST", v1 + "/cases/:id/contact", s.contactCase, workers},
		{"POST", v1 + "/cases/:id/notes", s.noteCase, loggedIn},
		{"POST", v1 + "/cases/:id/extensions", s.extendCase, workers},
		{"POST", v1 + "/cases/:id/suspend", s.suspendCase, workers},
		{"POST", v1 + "/cases/:id/resume", s.resumeCase, workers},
		{"POST", v1 + "/cases/:id/submit", s.submitCase, handlers},
		{"POST", v1 + "/cases/:id/withdraw", s.withdrawCase, answerers},
		{"GET", v1 + "/cases/:id/notices/:n/document", bare(s.noticeDocument), loggedIn},
		{"POST", v1 + "/cases/:id/notices/:n/document", s.addressNotice, workers},
		{"GET", v1 + "/cases/:id/notices/:n/service", bare(s.noticeService), loggedIn},
		{"POST", v1 + "/cases/:id/notices/:n/service", s.serveNotice, workers},
		{"POST", v1 + "/cases/:id/sign-offs/:n/approve", s.approveSignOff, leaders},
		{"POST", v1 + "/cases/:id/sign-offs/:n/return", s.returnSignOff, leaders},
		{"POST", v1 + "/cases/:id/rating", s.rateCase, answerers},
		{"POST", v1 + "/cases/:id/dispute", s.disputeCase, answerers},
		{"POST", v1 + "/cases/:id/follow-ups", s.followUpCase, callers},
		{"GET", v1 + "/cases/:id/follow-ups", bare(s.caseFollowUps), staff},
		{"POST", v1 + "/cases/:id/reviews", s.requestReview, answerers},
		{"GET", v1 + "/cases/:id/reviews", bare(s.caseReviews), loggedIn},
		{"POST", v1 + "/cases/:id/reviews/:n/decision", s.decideReview, desks},
		{"POST", v1 + "/cases/:id/reviews/:n/hearing", s.orderHearing, desks},
		{"POST", v1 + "/cases/:id/reviews/:n/hearing/record", s.recordHearing, desks},
		{"GET", v1 + "/cases/:id/related", s.relatedCases, desks},
		{"POST", v1 + "/cases/:id/escalate", s.escalateCase, reporters},
		{"POST", v1 + "/escalations/:id/acknowledge", s.acknowledgeEscalation, overseers},
		{"POST", v1 + "/escalations/:id/resolve", s.resolveEscalation, overseers},
		{"POST", v1 + "/cases/:id/sign-offs/:n/amend", s.amendOpinion, handlers},
		{"POST", v1 + "/cases/:id/take-down", s.takeDownCase, desks},
		{"POST", v1 + "/cases/:id/named", s.namePerson, namers},
		{"POST", v1 + "/cases/:id/interest", s.declareInterest, reporters},
		{"GET", v1 + "/cases/:id/recusals", bare(s.caseRecusals), staff},
		{"POST", v1 + "/cases/:id/recusals", s.demandRecusal, answerers},
		{"POST", v1 + "/cases/:id/misconduct", s.reportMisconduct, informants},
		{"POST", v1 + "/cases/:id/reminders", s.remindCase, urgers},
		{"GET", v1 + "/cases/:id/supervision-orders", bare(s.caseOrders), staff},
		{"POST", v1 + "/cases/:id/supervision-orders", s.orderCase, superiors},
		{"POST", v1 + "/cases/:id/supervision-orders/:n/reply", s.replyToOrder, leaders},
		{"POST", v1 + "/cases/:id/supervision-orders/:n/accept", s.acceptReply, urgers},
		{"POST", v1 + "/cases/:id/supervision-orders/:n/return", s.returnReply, urgers},
		{"POST", v1 + "/cases/:id/recommendations", s.recommendCase, inspectors},
		{"POST", v1 + "/cases/:id/listing", s.listCase, supervisors},
		{"POST", v1 + "/cases/:id/listing/lift", s.liftListing, supervisors},
		{"GET", v1 + "/cases/:id/sponsor", bare(s.caseSponsor), staff},
		{"POST", v1 + "/cases/:id/sponsor", s.nameSponsor, leaders},
		{"POST", v1 + "/cases/:id/sponsor/release", s.releaseSponsor, leaders},
		{"POST", v1 + "/cases/:id/duties/:n/done", s.doDuty, leaders},
		{"GET", v1 + "/public/wall", s.publicWall, passers},
		{"GET", v1 + "/public/units", s.publicUnits, senders},
		{"POST", v1 + "/public/cases", s.registerPublic, senders},
		{"POST", v1 + "/public/cases/lookup", s.lookupPublic, askers},
		{"POST", v1 + "/public/cases/rating", s.ratePublic, askers},
		{"POST", v1 + "/public/cases/dispute", s.disputePublic, askers},
		{"POST", v1 + "/public/cases/review", s.reviewPublic, askers},
		{"GET", v1 + "/engine", bare(s.engineStatus), admins},
		{"POST", v1 + "/engine/run", bare(s.runEngine), admins.patiently()},
	}
}

// New makes the handler of the whole interface.
func New(d Deps) http.Handler {
	s := newServer(d)
	return s.handler(s.routes())
}

// handler puts the middleware around the routes: from the outside in, the
// request's id, its trace, its measure, its record with the answer to errors,
// headers, other sites' pages and panics; then, for each route, the time limit and
// the gate.
func (s *server) handler(routes []route) http.Handler {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.HTTPErrorHandler, e.JSONSerializer, e.IPExtractor = s.fail, serializer{}, addresses(s.TrustedProxies)
	e.Use(identify)
	if s.Tracer != nil {
		e.Use(otelecho.Middleware("huiyin", otelecho.WithTracerProvider(s.Tracer),
			otelecho.WithPropagators(propagation.TraceContext{}), otelecho.WithSkipper(secret)))
	}
	e.Use(measure(s.Metrics), s.record, guard)
	if len(s.Origins) > 0 {
		e.Use(share(s.Origins))
	}
	e.Use(survive)
	limiters := map[string]*limiter{}
	s.kept = s.members()
	for _, r := range routes {
		if r.gate.bucket != "" && limiters[r.gate.bucket] == nil {
			limiters[r.gate.bucket] = s.strangers(r.gate.bucket)
		}
		answer := s.behind(r.gate, limiters[r.gate.bucket], r.handle)
		e.Add(r.method, r.path, answer)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, answer)
		}
	}
	return e
}

// behind puts a handler behind its gate, and both under a time limit; l holds the
// allowances that the gate's bucket spends, nil where there is none.
func (s *server) behind(g gate, l *limiter, handle echo.HandlerFunc) echo.HandlerFunc {
	if !g.anonymous {
		handle = s.admit(g, handle)
	}
	if l != nil {
		handle = l.limit(handle)
	}
	if g.patient {
		return hurry(patience, handle)
	}
	return hurry(s.Timeout, handle)
}

func newServer(d Deps) *server {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Metrics == nil {
		d.Metrics = NewMetrics()
	}
	d.Rates = d.Rates.or(DefaultRates)
	if d.Timeout == 0 {
		d.Timeout = 30 * time.Second
	}
	if d.Pace == nil {
		d.Pace = clock.System{}
	}
	s := &server{Deps: d}
	s.who = s.verify
	return s
}
