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

const actorKey = "actor"

var (
	errLogin = grievance.Refuse(grievance.Unauthenticated, "auth.required", "请先登录")
	errRole  = grievance.Refuse(grievance.Forbidden, "auth.role", "您的岗位没有这项权限")
)

// gate says who may come in by a route. What may be done to one case, the
// domain decides; a gate only turns away whoever never could.
type gate struct {
	roles     []grievance.Role // one of these, in any unit; none: whoever has logged in
	anonymous bool             // no login is asked for, or looked at
	bucket    string           // which allowance of its address it spends; none: it is not limited
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
	machines    = gate{anonymous: true} // probes and documents
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
	desks       = only(clerk, leader, inspector) // the head acts for a desk without clerks, inspectors of what accuses
	handlers    = only(handler, inspector)
	workers     = only(handler, clerk, leader, inspector)
	reporters   = only(handler, clerk, leader, supervisor, inspector)    // whoever has a hand in cases
	answerers   = only(petitioner, clerk, leader, inspector)             // the petitioner, or a desk for them
	informants  = only(petitioner, clerk, leader, supervisor, inspector) // of misconduct
	callers     = only(clerk, leader, supervisor, inspector)             // on the petitioner, after closure
	namers      = only(clerk, leader, supervisor, inspector)             // of whom a grievance is about
	searchers   = only(clerk, leader, supervisor, inspector)             // by person
	judges      = only(clerk, leader, supervisor, inspector)             // of objections: the sender's desk, a superior, a conference
	explainers  = only(clerk, leader)                                    // of findings, for their unit
	assessors   = only(supervisor, inspector)                            // who decide on findings
	urgers      = only(leader, supervisor, inspector)                    // who may remind, or judge the answer to an order
	superiors   = only(leader, supervisor)                               // who may order
	deputised   = only(leader, supervisor, admin)                        // who may have a deputy, or name one
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

// admit lets a request pass its gate: without a valid token it is 401, without
// one of the roles 403. Behind it, actorOf gives who asks.
func (s *server) admit(g gate, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, err := bearer(c)
		if err != nil {
			return err
		}
		actor, err := s.who(c.Request().Context(), token)
		if err != nil && !(g.initially && errors.Is(err, auth.ErrPasswordChange)) {
			return err
		}
		c.Set(actorKey, actor)
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

// verify knows the bearer of a token, with the posts held at this instant. With
// auth.ErrPasswordChange it gives them too.
func (s *server) verify(ctx context.Context, token string) (grievance.Actor, error) {
	claims, err := s.Auth.Verify(ctx, token)
	if err != nil {
		return grievance.Actor{}, err
	}
	book, err := s.Office.Book(ctx)
	if err != nil {
		return grievance.Actor{}, err
	}
	now := s.Clock.Now()
	if !book.CanAct(claims.UserID, now) {
		return grievance.Actor{}, auth.ErrDisabled
	}
	if claims.MustChange {
		return book.Actor(claims.UserID, now), auth.ErrPasswordChange
	}
	return book.Actor(claims.UserID, now), nil
}
