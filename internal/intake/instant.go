package intake

import (
	"errors"
	"time"
)

// beijing is the zone of every time that is written without one. There has been
// no summer time since 1991.
var beijing = time.FixedZone("+08:00", 8*60*60)

// spellings are the ways in which exports write an instant; Go reads "1", "2"
// and "15" with one digit or two. A date alone is its first instant.
var spellings = []string{
	"2006/1/2 15:4:5", "2006-1-2 15:4:5", "2006/1/2 15:4", "2006-1-2 15:4", "2006/1/2", "2006-1-2",
}

var errInstant = errors.New("not an instant")

// ReadInstant reads a time of Beijing as an instant in UTC, in microseconds.
func ReadInstant(s string) (time.Time, error) {
	for _, layout := range spellings {
		if t, err := time.ParseInLocation(layout, s, beijing); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, errInstant
}
