package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// performOnFinding is perform for an action on the finding of the path. The answer
// is the finding as it is then.
func performOnFinding[In any](s *server, c echo.Context, act func(context.Context, casework.FindingRequest, grievance.FindingID, In) (casework.FindingDone, error)) error {
	id, err := pathID[grievance.Finding](c, "id")
	if err != nil {
		return err
	}
	in, err := decodeWhole[In](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	req, err := findingRequest(c, book)
	if err != nil {
		return err
	}
	done, err := act(ctx, req, id, in)
	if err != nil {
		return alsoBlamed(c, err)
	}
	return respond(c, done.Response)
}

// findingRequest makes of an HTTP request what the Desk wants to know of it.
func findingRequest(c echo.Context, book *grievance.Book) (casework.FindingRequest, error) {
	version, err := ifMatch(c)
	if err != nil {
		return casework.FindingRequest{}, err
	}
	faults := blamed(c)
	req, err := repeatable(c, func(f casework.SeenFinding) (answer.Response, error) {
		if len(faults) > 0 { // nothing is kept once its answer fails
			return answer.Response{}, &badInput{cause: errInvalid, faults: faults}
		}
		body, err := marshal(findingView(f.Finding, f.Cases, book))
		return answer.Response{Status: http.StatusOK, Header: map[string]string{"ETag": entityTag(f.Version)}, Body: body}, err
	})
	return casework.FindingRequest{Actor: req.Actor, IfVersion: version, Key: req.Key, Digest: req.Digest, Render: req.Render}, err
}
