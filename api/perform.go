package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// action is a call of the Desk about one case.
type action[In any] func(ctx context.Context, req casework.Request, id grievance.CaseID, in In) (casework.Done, error)

// nothing is the body of an action that needs no words: none, or {}.
type nothing struct{}

// perform answers a POST that acts on the case of the path: it decodes the
// body, lets the Desk act, and sends the case as it is then, or the first answer
// again to a request that was made before.
func perform[In any](s *server, c echo.Context, act action[In]) error {
	id, err := pathID[grievance.Case](c, "id")
	if err != nil {
		return err
	}
	return performOn(s, c, id, s.showCase, act)
}

// performNumbered is perform for an action on the numbered part of a case that
// the path names as :n.
func performNumbered[In any](s *server, c echo.Context, act func(context.Context, casework.Request, grievance.CaseID, int, In) (casework.Done, error)) error {
	n, err := pathNumber(c, "n")
	if err != nil {
		return err
	}
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in In) (casework.Done, error) {
		return act(ctx, req, id, n, in)
	})
}

// view makes the body of an answer about a case.
type view func(*grievance.Case, *grievance.Book) any

func (s *server) showCase(g *grievance.Case, book *grievance.Book) any { return caseView(g, book) }

func performOn[In any](s *server, c echo.Context, id grievance.CaseID, shown view, act action[In]) error {
	in, err := decodeAction[In](c)
	if err != nil {
		return err
	}
	return s.carryOut(c, http.StatusOK, shown, func(ctx context.Context, req casework.Request) (casework.Done, error) {
		return act(ctx, req, id, in)
	})
}

// carryOut brings a decoded request before the Desk and sends what it answers.
func (s *server) carryOut(c echo.Context, status int, shown view, ask func(context.Context, casework.Request) (casework.Done, error)) error {
	ctx := c.Request().Context()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	req, err := request(c, status, func(g *grievance.Case) any { return shown(g, book) })
	if err != nil {
		return err
	}
	if faults := blamed(c); len(faults) > 0 { // nothing is kept once its answer fails
		req.Render = func(*grievance.Case) (answer.Response, error) {
			return answer.Response{}, &badInput{cause: errInvalid, faults: faults}
		}
	}
	done, err := ask(ctx, req)
	if err != nil {
		return alsoBlamed(c, err)
	}
	return respond(c, done.Response)
}

// decodeAction is decodeWhole, but where nothing has to be said there need be no
// body at all: that is {}.
func decodeAction[In any](c echo.Context) (In, error) {
	var none In
	if c.Request().ContentLength == 0 && len(check(none, voiceOf(c))) == 0 {
		c.Set(bodyKey, []byte("{}"))
		return none, nil
	}
	return decodeWhole[In](c)
}

// actedOn reads the id of what an action is about that needs no words.
func actedOn[T any](c echo.Context) (grievance.ID[T], error) {
	id, err := pathID[T](c, "id")
	if err == nil {
		_, err = decodeAction[nothing](c)
	}
	return id, err
}

// look is one reader's look at one case, in one snapshot. Inside says that the
// reader works on it, and may read what is not meant for the petitioner.
type look struct {
	*store.Snapshot
	about  *grievance.Case
	book   *grievance.Book
	actor  grievance.Actor
	inside bool
}

// lookAt reads about the case of the path what the actor may see of it.
// ErrNotFound where the actor may not see the case at all.
func lookAt[T any](s *server, c echo.Context, needs store.Needs, read func(look) (T, error)) (found T, err error) {
	id, err := pathID[grievance.Case](c, "id")
	if err != nil {
		return found, err
	}
	ctx, actor := c.Request().Context(), actorOf(c)
	book, err := s.Office.Book(ctx)
	if err != nil {
		return found, err
	}
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		viewer := store.ViewerOf(actor, book)
		about, err := sn.Case(id, viewer, needs)
		if err != nil {
			return err
		}
		inside, err := sn.WorksOn(id, viewer)
		if err != nil {
			return err
		}
		found, err = read(look{sn, about, book, actor, inside || answersAsStaff(about, actor.UserID)})
		return err
	})
	return found, err
}

// answersAsStaff tells who still answers for a case in a unit that they have
// left, which its participation does not show.
func answersAsStaff(g *grievance.Case, user grievance.UserID) bool {
	role := g.ResponsiblePost.Role
	return g.Responsible == user && role != grievance.RoleCourier && role != grievance.RoleGridWorker
}
