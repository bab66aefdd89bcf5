package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

var errScope = grievance.Refuse(grievance.Forbidden, "auth.scope", "此密钥的权限范围不包括这项操作")

// keyRoutes says what a machine's key opens, by scope. A route that does not stand
// here is closed to every key; a test fails for one that stands neither here nor among
// its personal ones, so that a new route is closed until it is placed.
var keyRoutes = map[grievance.KeyScope][]string{
	grievance.ScopeCasesRead: {
		"GET /cases", "GET /cases/:id", "GET /cases/:id/events", "GET /cases/:id/deadlines", "GET /deadlines/:id/explanation",
		"GET /cases/:id/notices", "GET /cases/:id/notices/:n/document", "GET /cases/:id/notices/:n/service",
		"GET /cases/:id/parties", // masked, as for everybody
		"GET /cases/:id/sign-offs", "GET /cases/:id/escalations", "GET /cases/:id/suspensions", "GET /cases/:id/objections",
		"GET /cases/:id/co-handlers", "GET /cases/:id/follow-ups", "GET /cases/:id/reviews",
		"GET /cases/:id/supervision-orders", "GET /cases/:id/sponsor",
		"GET /inbox", "GET /sign-offs", "GET /escalations",
	},
	grievance.ScopeCasesWrite: {
		"POST /cases", "POST /cases/:id/accept", "POST /cases/:id/classify", "POST /cases/:id/correct",
		"POST /cases/:id/forward", "POST /cases/:id/assign", "POST /cases/:id/acknowledge", "POST /cases/:id/contact",
		"POST /cases/:id/notes", "POST /cases/:id/objections", "POST /cases/:id/notices/:n/service",
		"POST /cases/:id/co-handlers", "POST /cases/:id/co-handlers/:n/answer", "POST /cases/:id/co-handlers/:n/release",
		"POST /cases/:id/rating", "POST /cases/:id/dispute", "POST /cases/:id/follow-ups", "POST /cases/:id/reviews",
		"POST /cases/:id/escalate", "POST /cases/:id/resume",
		// What a leader has to sign before it counts.
		"POST /cases/:id/submit", "POST /cases/:id/decline", "POST /cases/:id/withdraw", "POST /cases/:id/extensions", "POST /cases/:id/suspend",
	},
	grievance.ScopeReportsRead: {
		"GET /reports/escalations", "GET /reports/timeliness", "GET /reports/upcoming", "GET /findings", "GET /findings/:id",
		"GET /bulletins", "GET /bulletins/scheme", "GET /bulletins/:id", "GET /bulletins/:id/body", "GET /bulletins/:id/figures/:name",
	},
	grievance.ScopeOrganisationRead: {
		"GET /units", "GET /units/:id", "GET /units/:id/subtree", "GET /users", "GET /users/:id", "GET /appointments", "GET /deputies",
		"GET /categories", "GET /responsibilities", "GET /calendar", "GET /calendar/:year", "GET /calendar/hours", "GET /calendar/add",
		"GET /profiles", "GET /profiles/:name", "GET /profiles/:name/versions", "GET /changes",
	},
	grievance.ScopeOrganisationWrite: {
		"POST /units", "POST /units/:id/rename", "POST /units/:id/merge", "POST /users/:id/disable", "POST /appointments",
		"POST /appointments/:id/end", "PUT /categories", "PUT /responsibilities", "PUT /calendar/:year", "PUT /calendar/hours",
	},
	grievance.ScopeEngineRun: {"GET /engine", "POST /engine/run"},
}

// scopeOf has the scope of each route that stands in keyRoutes.
var scopeOf = func() map[string]grievance.KeyScope {
	of := map[string]grievance.KeyScope{}
	for scope, routes := range keyRoutes {
		for _, name := range routes {
			of[name] = scope
		}
	}
	return of
}()

// routeName is how the lists above name a route: HEAD goes wherever GET does.
func routeName(method, path string) string {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return method + " " + strings.TrimPrefix(path, v1)
}

// within refuses a key without the scope that the request's route asks for, and
// says in the challenge which that is (RFC 6750).
func within(c echo.Context, scopes []grievance.KeyScope) error {
	needed, placed := scopeOf[routeName(c.Request().Method, c.Path())]
	if placed && slices.Contains(scopes, needed) {
		return nil
	}
	challenge := `Bearer realm="huiyin", error="insufficient_scope"`
	if placed {
		challenge += `, scope="` + string(needed) + `"`
	}
	c.Response().Header().Set("WWW-Authenticate", challenge)
	return errScope
}
