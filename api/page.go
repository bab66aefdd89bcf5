package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

const (
	pageDefault = 50
	pageMost    = 200
	cursorSum   = 6 // bytes of checksum before the position
)

var errCursor = grievance.Refuse(grievance.Invalid, "request.cursor", "翻页标记无效，请从第一页重新查询")

// limit declares ?limit=: how many items a page may hold.
func (q *query) limit() int { return q.integer("limit", 1, pageMost, pageDefault) }

// cursorParam declares ?cursor= of a list and reads it into the position after
// which the page begins, nil for the first page. List names the list and its
// order: the cursor of another one is refused, and so is one that was altered.
// A cursor grants nothing; whoever forges one only chooses where to begin, and is
// held to what a body may say.
func cursorParam[K any](q *query, list string) *K {
	s, ok := q.take("cursor", "string")
	if !ok {
		return nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) < cursorSum || !bytes.Equal(raw[:cursorSum], sumOf(list, raw[cursorSum:])) {
		q.broken = errCursor
		return nil
	}
	position := new(K)
	if inspect(raw[cursorSum:], voiceOf(q.c)) != nil || json.Unmarshal(raw[cursorSum:], position, inputOptions) != nil {
		q.broken = errCursor
		return nil
	}
	return position
}

// pageOf makes a page of what a store returned for limit+1: its items, each as
// the list shows it, and the cursor of the next page, as nextPage gives it.
func pageOf[T, K, V any](c echo.Context, list string, found []T, limit int, position func(T) K, view func(T) V) ([]V, string, error) {
	found, last := cut(found, limit, position)
	items := make([]V, len(found))
	for i, one := range found {
		items[i] = view(one)
	}
	next, err := nextPage(c, list, last)
	return items, next, err
}

// nextPage gives the cursor of the page after the item at last, and names that
// page in the Link header, with every other parameter as it was. It gives ""
// when last is nil, for there is no next page.
func nextPage[K any](c echo.Context, list string, last *K) (string, error) {
	if last == nil {
		return "", nil
	}
	position, err := json.Marshal(last)
	if err != nil {
		return "", err
	}
	cursor := base64.RawURLEncoding.EncodeToString(append(sumOf(list, position), position...))
	values := c.QueryParams()
	values.Set("cursor", cursor)
	next := url.URL{Path: c.Request().URL.Path, RawQuery: values.Encode()}
	c.Response().Header().Add("Link", "<"+next.String()+`>; rel="next"`)
	return cursor, nil
}

// sumOf ties a position to its list and to this version of cursors.
func sumOf(list string, position []byte) []byte {
	sum := sha256.Sum256([]byte(strings.Join([]string{"cursor.v1", list, string(position)}, "\x00")))
	return sum[:cursorSum]
}

// cut divides what a store returned for limit+1 into the page and the last
// item's position, which is nil when nothing follows.
func cut[T, K any](items []T, limit int, position func(T) K) ([]T, *K) {
	if len(items) <= limit {
		return items, nil
	}
	last := position(items[limit-1])
	return items[:limit], &last
}
