package intake

import (
	"errors"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/clock"
)

// spellings are the ways in which exports write an instant; Go reads "1", "2"
// and "15" with one digit or two. A date alone is its first instant.
var spellings = []string{
	"2006/1/2 15:4:5", "2006-1-2 15:4:5", "2006/1/2 15:4", "2006-1-2 15:4", "2006/1/2", "2006-1-2",
}

var errInstant = errors.New("not an instant")

// ReadInstant reads a time of Beijing as an instant in UTC, in microseconds.
func ReadInstant(s string) (time.Time, error) {
	for _, layout := range spellings {
		if t, err := time.ParseInLocation(layout, s, calendar.Zone); err == nil {
			return clock.Normal(t), nil
		}
	}
	return time.Time{}, errInstant
}
