package bench

import (
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/migrations"
)

// The ten statements of an intake and their values, taken once from the real
// service on 2026-11-22 and left alone since: the service is measured against
// the same list whatever becomes of its own statements. Where a schema that has
// moved on refuses them, what it refuses is changed by hand.
//
// A value "$case" is another one for each intake (see values), "time:…" an
// instant, "base64:…" bytes; all others are themselves.
//
//go:embed testdata/intake_*.json
var frozen embed.FS

// statement is one of the list, its arguments as the driver takes them. named
// says which of them are another each time.
type statement struct {
	text  string
	args  []any
	named map[int]string
}

// frozenStatements gives the list for a dialect: BEGIN, eight, COMMIT.
func frozenStatements(dialect string) ([]statement, error) {
	file, err := frozen.ReadFile("testdata/intake_" + dialect + ".json")
	if err != nil {
		return nil, err
	}
	var written []struct {
		SQL  string
		Args []any
	}
	if err := json.Unmarshal(file, &written); err != nil {
		return nil, err
	}
	list := make([]statement, len(written))
	for i, w := range written {
		list[i] = statement{text: w.SQL, args: w.Args, named: map[int]string{}}
		for j, arg := range w.Args {
			if name, ok := arg.(string); ok && strings.HasPrefix(name, "$") {
				list[i].named[j] = name
			} else if list[i].args[j], err = value(arg); err != nil {
				return nil, fmt.Errorf("argument %d of %s: %w", j, w.SQL, err)
			}
		}
	}
	return list, nil
}

func value(written any) (any, error) {
	switch v := written.(type) {
	case float64:
		return int64(v), nil
	case string:
		if text, ok := strings.CutPrefix(v, "time:"); ok {
			return time.Parse(time.RFC3339Nano, text)
		}
		if text, ok := strings.CutPrefix(v, "base64:"); ok {
			return base64.StdEncoding.DecodeString(text)
		}
	}
	return written, nil
}

// with gives the arguments of one intake.
func (s statement) with(values map[string]any) []any {
	args := make([]any, len(s.args))
	copy(args, s.args)
	for i, name := range s.named {
		args[i] = values[name]
	}
	return args
}

// floorIntake has the values of one intake at a desk that are its own. The
// receipt number is missing until the counter has given it.
func (t *town) floorIntake(n int64) map[string]any {
	d, now := t.desks[n%units], clock.System{}.Now()
	id := func() any { return uuid.Must(uuid.NewV7AtTime(now)).String() }
	return map[string]any{
		"$case": id(), "$text1": id(), "$text2": id(), "$clock1": id(),
		"$unit": d.unit.ID.String(), "$path": d.unit.Path, "$clerk": d.clerk.ID.String(),
		"$day": calendar.DateOf(now).String(), "$key": fmt.Sprintf("floor-%d", n),
	}
}

func (t *town) receipt(n int64, number int64) string {
	return fmt.Sprintf("%s-20261122-%04d", t.desks[n%units].unit.Code, number)
}

// floor is intake by the bare driver.
func (t *town) floor(b testing.TB) func(context.Context) (intake, error) {
	b.Helper()
	if t.Store.Dialect() == migrations.SQLite {
		return t.sqliteFloor(b)
	}
	return t.postgresFloor(b)
}

var errFrozen = errors.New("the frozen list is not BEGIN, eight statements, COMMIT")

func thawed(b testing.TB, dialect string) []statement {
	b.Helper()
	list, err := frozenStatements(dialect)
	if err == nil && (len(list) != 10 || list[0].text != "BEGIN" || list[9].text != "COMMIT") {
		err = errFrozen
	}
	if err != nil {
		b.Fatal(err)
	}
	return list[1:9]
}
