package api

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

const keyMost = 255 // characters of an Idempotency-Key

var errKey = grievance.Refuse(grievance.Invalid, "request.idempotency_key", "Idempotency-Key 应为 1 至 255 个可见的 ASCII 字符")

// idempotencyKey reads the Idempotency-Key (IETF draft), a structured-field
// string in quotes or the same bare; "" when there is none.
func idempotencyKey(c echo.Context) (string, error) {
	given := c.Request().Header.Values("Idempotency-Key")
	if len(given) == 0 {
		return "", nil
	}
	key, ok := given[0], true
	if strings.HasPrefix(key, `"`) {
		key, ok = unquote(key)
	}
	if !ok || len(given) > 1 || key == "" || len(key) > keyMost || strings.ContainsFunc(key, invisible) {
		return "", errKey
	}
	return key, nil
}

func invisible(r rune) bool { return r <= ' ' || r > '~' }

// unquote reads an sf-string (RFC 9651), in which \ escapes only " and itself.
func unquote(s string) (string, bool) {
	inner, ok := strings.CutSuffix(s[1:], `"`)
	if !ok {
		return "", false
	}
	var out strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '"' {
			return "", false
		}
		if inner[i] == '\\' {
			i++
			if i == len(inner) || inner[i] != '"' && inner[i] != '\\' {
				return "", false
			}
		}
		out.WriteByte(inner[i])
	}
	return out.String(), true
}

// digest is what makes two requests with one key the same: method, path and
// the body, whatever its white space and the order of its members.
func digest(c echo.Context) ([]byte, error) {
	body, _ := c.Get(bodyKey).([]byte)
	canonical := jsontext.Value(body).Clone()
	if len(canonical) > 0 {
		if err := canonical.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false)); err != nil {
			return nil, errMalformed
		}
	}
	r := c.Request()
	sum := sha256.Sum256([]byte(r.Method + "\n" + r.URL.EscapedPath() + "\n" + string(canonical)))
	return sum[:], nil
}

// request makes of an HTTP request what the Desk wants to know of it. The body
// must have been decoded. render says what the answer is; it is kept with the
// effect and given again to whoever repeats the request.
func request(c echo.Context, status int, render func(*grievance.Case) any) (casework.Request, error) {
	version, err := ifMatch(c)
	if err != nil {
		return casework.Request{}, err
	}
	req, err := repeatable(c, func(g *grievance.Case) (answer.Response, error) { return rendered(g, status, render) })
	return casework.Request{Actor: req.Actor, IfVersion: version, Key: req.Key, Digest: req.Digest, Render: req.Render}, err
}

// repeatable makes of an HTTP request, whose body must have been decoded, one
// that may be sent again.
func repeatable[T any](c echo.Context, render func(T) (answer.Response, error)) (answer.Request[T], error) {
	key, err := idempotencyKey(c)
	if err != nil {
		return answer.Request[T]{}, err
	}
	sum, err := digest(c)
	return answer.Request[T]{Actor: actorOf(c), Key: key, Digest: sum, Render: render}, err
}

// rendered is the answer about a case: its body, and its version as ETag.
func rendered(g *grievance.Case, status int, render func(*grievance.Case) any) (answer.Response, error) {
	body, err := marshal(render(g))
	header := map[string]string{"ETag": entityTag(g.Version)}
	if status == http.StatusCreated {
		header["Location"] = v1 + "/cases/" + g.ID.String()
	}
	return answer.Response{Status: status, Header: header, Body: body}, err
}

// respond sends an answer, the first time or again.
func respond(c echo.Context, r answer.Response) error {
	h := c.Response().Header()
	for name, value := range r.Header {
		h.Set(name, value)
	}
	if r.Replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if len(r.Body) == 0 {
		return c.NoContent(r.Status)
	}
	return c.Blob(r.Status, "application/json", r.Body)
}
