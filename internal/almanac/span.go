package almanac

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/huiyin/huiyin/internal/calendar"
)

// zones are the names under which files know the zone of calendar.Zone.
var zones = []string{"", "Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Beijing", "PRC", "China Standard Time"}

// earliest is the first year that is taken for one and not for a slip.
const earliest = 1900

var lasting = regexp.MustCompile(`^P(\d{1,3})([DW])$`)

// daysOf gives the first and the last day of an event, both included. An
// all-day event ends before its DTEND; one with hours, as make-up days may have
// (09:00 to 18:00), takes each day that it touches.
func daysOf(e *ics.VEvent) (first, last calendar.Date, err error) {
	start := e.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		return first, last, errors.New("没有开始日期（DTSTART）")
	}
	begin, err := momentOf(start)
	if err != nil {
		return first, last, err
	}
	end, err := endOf(e, begin)
	if err != nil {
		return first, last, err
	}
	first, last = calendar.DateOf(begin), calendar.DateOf(end.Add(-time.Second))
	if !end.After(begin) {
		last = first // some files write a day's end as its start
	}
	switch {
	case end.Before(begin):
		return first, last, errors.New("结束早于开始")
	case last.After(first.AddDays(longest - 1)):
		return first, last, fmt.Errorf("超过 %d 天", longest)
	}
	return first, last, nil
}

// endOf is the instant at which an event is over: by its DTEND, its DURATION in
// days or weeks, or the end of its first day.
func endOf(e *ics.VEvent, begin time.Time) (time.Time, error) {
	if p := e.GetProperty(ics.ComponentPropertyDtEnd); p != nil {
		return momentOf(p)
	}
	p := e.GetProperty(ics.ComponentPropertyDuration)
	if p == nil {
		return calendar.DateOf(begin).End(), nil
	}
	found := lasting.FindStringSubmatch(p.Value)
	if found == nil {
		return time.Time{}, fmt.Errorf("持续时间（DURATION）%q 不是若干天或若干周", p.Value)
	}
	n, err := strconv.Atoi(found[1])
	if found[2] == "W" {
		n *= 7
	}
	return begin.AddDate(0, 0, n), err
}

// momentOf reads a DATE, which is its midnight, or a DATE-TIME.
func momentOf(p *ics.IANAProperty) (time.Time, error) {
	if zone := p.ICalParameters["TZID"]; len(zone) > 0 && !slices.Contains(zones, zone[0]) {
		return time.Time{}, fmt.Errorf("时区是 %q，不是 Asia/Shanghai", zone[0])
	}
	for layout, zone := range map[string]*time.Location{"20060102": calendar.Zone, "20060102T150405": calendar.Zone, "20060102T150405Z": time.UTC} {
		at, err := time.ParseInLocation(layout, p.Value, zone)
		if err == nil && len(p.Value) == len(layout) && at.Year() >= earliest {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q 不是日期，日期写作 20270101", p.IANAToken, p.Value)
}
