package office

import (
	"fmt"

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

func (o *Office) seedCalendar(tx *store.Tx) error {
	c := calendar.Embedded()
	b := calendarBody{Version: c.Version(), Hours: c.Hours()}
	for year := c.LastYear(); len(c.Arrangements(year)) > 0; year-- {
		b.Days = append(b.Days, c.Arrangements(year)...)
	}
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	return tx.InsertCalendar(b.Version, body, o.clock.Now())
}

func calendarOf(body []byte) (*calendar.Calendar, error) {
	var b calendarBody
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, fmt.Errorf("reading the stored calendar: %w", err)
	}
	return calendar.New(b.Version, b.Days, b.Hours)
}
