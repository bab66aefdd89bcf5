package casework

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
)

// guard makes an error of a panic in the engine's decision on a case: the case
// is set aside like any other that fails, and the rest goes on.
func guard(decide func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return decide()
}

// stopped reports whether an error says nothing about a case: the database cannot
// be used, or nobody waits any more. There is no point in trying the next one.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || grievance.KindOf(err) == grievance.Unavailable
}

// errStillDue says that a case needs something at this instant though everything
// was done that can be: without it the engine would take up the case for ever.
var errStillDue = errors.New("a clock of the case is due still after all its steps were taken")

// advance is Case.Advance for a case that the Book can judge.
func advance(c *grievance.Case, m grievance.Moment) (n int, err error) {
	if !m.Book.Knows(c) {
		return 0, errOldBook
	}
	err = guard(func() (err error) {
		n, err = c.Advance(m.For(c))
		return err
	})
	if err != nil {
		return n, err
	}
	for _, k := range c.Clocks() {
		if k.NextAt != nil && !k.NextAt.After(m.Now) {
			return n, errStillDue
		}
	}
	return n, nil
}

// reason is what is kept of an error beside the case: its first line.
func reason(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
