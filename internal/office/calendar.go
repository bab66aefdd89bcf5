package office

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/store"
)

// calendarBody is how a version of the calendar is stored.
type calendarBody struct {
	Version int                    `json:"version"`
	Days    []calendar.Arrangement `json:"days"`
	Hours   calendar.OfficeHours   `json:"hours"`
}

// seedCalendar stores the first version. No clock can be older than it, so there
// is none to be counted again.
func (o *Office) seedCalendar(tx *store.Tx) error {
	c, now := calendar.Embedded(), o.clock.Now()
	if err := storeCalendar(tx, c, now); err != nil {
		return err
	}
	return tx.MarkCalendarRebased(c.Version(), now)
}

func storeCalendar(tx *store.Tx, c *calendar.Calendar, at time.Time) error {
	b := calendarBody{Version: c.Version(), Hours: c.Hours()}
	for year := c.LastYear(); len(c.Arrangements(year)) > 0; year-- {
		b.Days = append(b.Days, c.Arrangements(year)...)
	}
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	if err := tx.InsertCalendar(b.Version, body, at); err != nil {
		return fmt.Errorf("storing version %d of the calendar: %w", b.Version, err)
	}
	return nil
}

func calendarOf(body []byte) (*calendar.Calendar, error) {
	var b calendarBody
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, fmt.Errorf("reading the stored calendar: %w", err)
	}
	return calendar.New(b.Version, b.Days, b.Hours)
}
