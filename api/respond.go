package api

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/clock"
)

// marshal writes v as every response is written: instants in UTC with Z, nil
// slices as [].
func marshal(v any) ([]byte, error) { return json.Marshal(v, outputOptions) }

var outputOptions = json.JoinOptions(
	json.Deterministic(true),
	json.WithMarshalers(json.MarshalFunc(func(t time.Time) ([]byte, error) {
		if t.IsZero() {
			return []byte("null"), nil
		}
		return clock.Normal(t).AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
	})),
)

// serializer lets echo's c.JSON write with marshal. It reads nothing: bodies
// are decode's.
type serializer struct{}

// Serialize writes v; the indent is ignored.
func (serializer) Serialize(c echo.Context, v any, _ string) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	_, err = c.Response().Write(body)
	return err
}

// Deserialize refuses: a body that was read without decode was not checked.
func (serializer) Deserialize(echo.Context, any) error {
	return errors.New("request bodies are read with decode")
}
