package api

import (
	"context"
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
)

const (
	actorKey   = "actor"
	machineKey = "machine" // where the id of a machine's key is kept for the log
)

var (
	errLogin = grievance.Refuse(grievance.Unauthenticated, "auth.required", "请先登录")
	errRole  = grievance.Refuse(grievance.Forbidden, "auth.role", "您的岗位没有这项权限")
)

// gate says who may come in by a route. What may be done to one case, the
// domain decides; a gate only turns away whoever never could.
type gate struct {
	roles     []grievance.Role // one of these, in any unit; none: whoever has logged in
	anonymous bool             // no login is asked for, or looked at
	bucket    string           // which allowances of an address and a device it spends; none: it is not limited
	patient   bool             // may take minutes
	initially bool             // also with a password that has to be changed first
}

func only(roles ...grievance.Role) gate { return gate{roles: roles} }

const (
	petitioner = grievance.RolePetitioner
	courier    = grievance.RoleCourier
	gridWorker = grievance.RoleGridWorker
	clerk      = grievance.RoleClerk
	handler    = grievance.RoleHandler
	leader     = grievance.RoleLeader
	supervisor = grievance.RoleSupervisor
	inspector  = grievance.RoleInspector
	admin      = grievance.RoleAdmin
)

// The gates that stand in the route table: first those that ask for no login, then
// from the widest to the narrowest.
var (
	visitors    = gate{anonymous: true} // everybody without a limit: probes, documents, public keys
	logins      = gate{anonymous: true, bucket: "login"}
	senders     = gate{anonymous: true, bucket: "intake"} // the public with a new grievance
	askers      = gate{anonymous: true, bucket: "lookup"} // the public with a query code, which could be guessed
	subscribers = gate{anonymous: true, bucket: "feed"}   // a telephone's calendar, with the secret in its address
	passers     = gate{anonymous: true, bucket: "wall"}   // everybody before the echo wall
	newcomers   = gate{initially: true}                   // also who has not changed their first password yet
	loggedIn    = gate{}                                  // every account, petitioners too
	staff       = only(grievance.StaffRoles...)
	overseers   = only(report.Overseers...)
	intake      = only(clerk, courier, gridWorker)
	registrars  = only(clerk, courier, gridWorker, petitioner)
	desks       = only(clerk, leader, inspector) // the head acts for an empty desk, inspectors have what is shielded
	handlers    = only(handler, inspector)       // inspectors of what is shielded
	workers     = only(handler, clerk, leader, inspector)
	reporters   = only(handler, clerk, leader, supervisor, inspector)    // whoever has a hand in cases
	answerers   = only(petitioner, clerk, leader, inspector)             // the petitioner, or a desk for them
	informants  = only(petitioner, clerk, leader, supervisor, inspector) // of misconduct
	callers     = only(clerk, leader, supervisor, inspector)             // on the petitioner, after closure
	revealers   = only(handler, clerk, leader, supervisor, inspector)    // who may need to know who a petitioner is
	namers      = only(clerk, leader, supervisor, inspector)             // of whom a grievance is about
	searchers   = only(clerk, leader, supervisor, inspector)             // by person
	judges      = only(clerk, leader, supervisor, inspector)             // of objections: the sender's desk, a superior, a conference
	explainers  = only(clerk, leader)                                    // of findings, for their unit
	assessors   = only(supervisor, inspector)                            // who decide on findings
	urgers      = only(leader, supervisor, inspector)                    // who may remind, or judge the answer to an order
	superiors   = only(leader, supervisor)                               // who may order
	deputised   = only(leader, supervisor, admin)                        // who may have a deputy, or name one
	auditors    = only(admin, inspector)                                 // of the log of changes
	correctors  = only(supervisor, admin)                                // of bulletins
	leaders     = only(leader)
	supervisors = only(supervisor)
	inspectors  = only(inspector)
	admins      = only(admin)
)

// patiently gives the routes behind the gate minutes instead of seconds.
func (g gate) patiently() gate {
	g.patient = true
	return g
}

// admit lets a request pass its gate: without a valid token it is 401, with one
// that asks too often 429, without one of the roles 403. Behind it, actorOf gives
// who asks.
func (s *server) admit(g gate, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, err := bearer(c)
		if err != nil {
			return err
		}
		actor, err := s.known(c, token)
		if err != nil && !(g.initially && errors.Is(err, auth.ErrPasswordChange)) {
			return err
		}
		c.Set(actorKey, actor)
		account, login := memberOf(actor)
		if err := s.kept.spend(c, account, login); err != nil {
			return err
		}
		if len(g.roles) > 0 && !actor.Has(g.roles...) {
			return errRole
		}
		return s.noticed(c, next(c))
	}
}

// actorOf gives who asks; the zero Actor is nobody.
func actorOf(c echo.Context) grievance.Actor {
	a, _ := c.Get(actorKey).(grievance.Actor)
	return a
}

func bearer(c echo.Context) (string, error) {
	given := c.Request().Header.Values("Authorization")
	if len(given) == 0 {
		return "", errLogin
	}
	scheme, token, ok := strings.Cut(given[0], " ")
	if len(given) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", auth.ErrTokenInvalid
	}
	return token, nil
}

// known knows who bears a token, or whose key a machine has that may use it here.
func (s *server) known(c echo.Context, token string) (grievance.Actor, error) {
	if auth.IsKey(token) {
		return s.machine(c, token)
	}
	return s.who(c.Request().Context(), token)
}

// verify knows the bearer of a token, with the posts held at this instant. With
// auth.ErrPasswordChange it gives them too.
func (s *server) verify(ctx context.Context, token string) (grievance.Actor, error) {
	claims, err := s.Auth.Verify(ctx, token)
	if err != nil {
		return grievance.Actor{}, err
	}
	actor, err := s.inPost(ctx, claims.UserID)
	actor.Through = claims.Session.String()
	if err == nil && claims.MustChange {
		err = auth.ErrPasswordChange
	}
	return claims.Narrow(actor), err
}

// machine knows the owner of a key. It refuses a key that may not be used for the
// request's route.
func (s *server) machine(c echo.Context, key string) (grievance.Actor, error) {
	ctx := c.Request().Context()
	m, unnoted, err := s.Auth.VerifyKey(ctx, key)
	if err != nil {
		return grievance.Actor{}, err
	}
	if unnoted != nil {
		s.Log.WarnContext(ctx, "the use of a key was not noted", "key", m.Key.String(), "error", unnoted)
	}
	c.Set(machineKey, m.Key.String())
	if err := within(c, m.Scopes); err != nil {
		return grievance.Actor{}, err
	}
	actor, err := s.inPost(ctx, m.UserID)
	actor.Through = "key:" + m.Key.String()
	return actor, err
}

// machineOf gives the id of the key that the request came with, if it did.
func machineOf(c echo.Context) string {
	id, _ := c.Get(machineKey).(string)
	return id
}

// inPost gives a user with the posts held at this instant. auth.ErrDisabled for
// one who may not act.
func (s *server) inPost(ctx context.Context, user grievance.UserID) (grievance.Actor, error) {
	book, err := s.Office.Book(ctx)
	if err != nil {
		return grievance.Actor{}, err
	}
	now := s.Clock.Now()
	if !book.CanAct(user, now) {
		return grievance.Actor{}, auth.ErrDisabled
	}
	return book.Actor(user, now), nil
}
