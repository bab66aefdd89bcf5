// Package recount counts a deadline again from nothing but the JSON of its
// explanation, as somebody with a wall calendar and a pencil would: day by day,
// and of office hours interval by interval.
//
// It guarantees that it shares no line with what it checks: it imports none of
// Huiyin's packages, and believes nothing that the JSON says of the outcome.
package recount

import (
	"encoding/json"
	"fmt"
	"time"
)

// Outcome is what a recount gives.
type Outcome struct {
	DueAt       time.Time
	DueOn       string // 2006-01-02, in Beijing
	UnrolledOn  string
	Provisional bool
}

type explanation struct {
	Rule struct {
		Length     int    `json:"length"`
		LengthUnit string `json:"length_unit"`
		Rolls      bool   `json:"rolls"`
	} `json:"rule"`
	Start struct {
		At time.Time `json:"at"`
		On string    `json:"on"`
	} `json:"start"`
	Parts  []part  `json:"parts"`
	Rolled []note  `json:"rolled"`
	Hours  []hours `json:"hours"`
	Pauses []struct {
		From  time.Time `json:"from"`
		Until time.Time `json:"until"`
	} `json:"pauses"`
	Extensions []struct {
		Length     int    `json:"length"`
		LengthUnit string `json:"length_unit"`
	} `json:"extensions"`
	Calendar struct {
		SettledUntil string `json:"settled_until"`
	} `json:"calendar"`
}

type part struct {
	Length     int    `json:"length"`
	LengthUnit string `json:"length_unit"`
	After      string `json:"after"`
	Last       string `json:"last"`
	Days       []note `json:"days"`
}

type note struct {
	Date, Effect, Cause, Holiday string
}

type hours struct {
	From      string   `json:"from"`
	Intervals []string `json:"intervals"`
}

var east8 = time.FixedZone("UTC+8", 8*60*60)

// FromJSON counts the deadline that the JSON explains. It fails where the JSON
// does not say what is needed, or says something that is of no use.
func FromJSON(text []byte) (Outcome, error) {
	var x explanation
	if err := json.Unmarshal(text, &x); err != nil {
		return Outcome{}, err
	}
	if on := x.Start.At.In(east8).Format(time.DateOnly); on != x.Start.On {
		return Outcome{}, fmt.Errorf("it started on %s, which is told as %s", on, x.Start.On)
	}
	switch x.Rule.LengthUnit {
	case "day", "working_day":
		return x.byDays()
	case "working_minute":
		return x.byOffice(time.Duration(x.Rule.Length) * time.Minute)
	case "working_hour":
		return x.byOffice(time.Duration(x.Rule.Length) * time.Hour)
	case "minute":
		return x.byWall(time.Duration(x.Rule.Length) * time.Minute)
	case "hour":
		return x.byWall(time.Duration(x.Rule.Length) * time.Hour)
	}
	return Outcome{}, fmt.Errorf("nobody can count in %q", x.Rule.LengthUnit)
}

// lengths are the length and, of a deadline by days, every extension.
func (x explanation) lengths() []part {
	list := []part{{Length: x.Rule.Length, LengthUnit: x.Rule.LengthUnit}}
	for _, e := range x.Extensions {
		list = append(list, part{Length: e.Length, LengthUnit: e.LengthUnit})
	}
	return list
}

func (x explanation) byDays() (Outcome, error) {
	lengths := x.lengths()
	if len(lengths) != len(x.Parts) {
		return Outcome{}, fmt.Errorf("%d lengths in %d parts", len(lengths), len(x.Parts))
	}
	day := midnight(x.Start.At)
	for i, l := range lengths {
		p := x.Parts[i]
		if p.Length != l.Length || p.LengthUnit != l.LengthUnit || p.After != name(day) {
			return Outcome{}, fmt.Errorf("part %d is %d %s after %s, counted are %d %s after %s", i, p.Length, p.LengthUnit, p.After, l.Length, l.LengthUnit, name(day))
		}
		notes := notesOf(p.Days)
		for left := l.Length; left > 0; {
			day = day.AddDate(0, 0, 1)
			counts, err := x.counts(day, l.LengthUnit == "working_day", notes)
			if err != nil {
				return Outcome{}, err
			}
			if counts {
				left--
			}
		}
		if p.Last != name(day) {
			return Outcome{}, fmt.Errorf("part %d is told to end on %s, and ends on %s", i, p.Last, name(day))
		}
		if err := notes.used(); err != nil {
			return Outcome{}, err
		}
	}
	return x.rolled(day, lengths[len(lengths)-1].LengthUnit)
}

// rolled moves the end on from the last day, which is fit to be one if working
// days were counted up to it.
func (x explanation) rolled(day time.Time, unit string) (Outcome, error) {
	unrolled, notes := name(day), notesOf(x.Rolled)
	if x.Rule.Rolls && unit == "day" {
		for {
			works, err := x.counts(day, true, notes)
			if err != nil {
				return Outcome{}, err
			}
			if works {
				break
			}
			day = day.AddDate(0, 0, 1)
		}
	}
	return Outcome{
		DueAt: day.AddDate(0, 0, 1).UTC(), DueOn: name(day), UnrolledOn: unrolled, Provisional: name(day) > x.Calendar.SettledUntil,
	}, notes.used()
}

// counts reports whether a day counts, and insists that what is unusual of it
// is told: that it is paused, and where working days count, that it is off, or a
// weekend day that is none.
func (x explanation) counts(day time.Time, working bool, notes notes) (bool, error) {
	n, told := notes.take(name(day))
	if x.paused(day) {
		if !told || n.Cause != "paused" || n.Effect != "skipped" {
			return false, fmt.Errorf("%s is paused and told as %+v", name(day), n)
		}
		return false, nil
	}
	if !working {
		if told {
			return false, fmt.Errorf("%s is told as %+v where every day counts", name(day), n)
		}
		return true, nil
	}
	return worksOn(day, n, told)
}

func worksOn(day time.Time, n note, told bool) (bool, error) {
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	if !told && !weekend {
		return true, nil
	}
	works, known := map[[2]string]bool{
		{"skipped", "weekend"}: false, {"skipped", "holiday"}: false, {"added", "make_up"}: true,
	}[[2]string{n.Effect, n.Cause}]
	onlyOfWeekends := n.Cause != "holiday"
	if !known || onlyOfWeekends && !weekend || (n.Holiday == "") != (n.Cause == "weekend") {
		return false, fmt.Errorf("%s, a %s, is told as %+v", name(day), day.Weekday(), n)
	}
	return works, nil
}

// paused reports whether a day lies in a pause: from its first day on, before
// its last.
func (x explanation) paused(day time.Time) bool {
	for _, p := range x.Pauses {
		if !day.Before(midnight(p.From)) && day.Before(midnight(p.Until)) {
			return true
		}
	}
	return false
}

func (x explanation) byWall(left time.Duration) (Outcome, error) {
	at := x.Start.At
	for _, p := range x.Pauses {
		if p.From.Sub(at) >= left {
			break
		}
		left -= p.From.Sub(at)
		at = p.Until
	}
	return x.at(at.Add(left), false)
}

// at is a deadline that an instant ends: the day is that of its last moment.
func (x explanation) at(due time.Time, byOffice bool) (Outcome, error) {
	on := due.Add(-time.Microsecond).In(east8).Format(time.DateOnly)
	return Outcome{DueAt: due.UTC(), DueOn: on, UnrolledOn: on, Provisional: byOffice && on > x.Calendar.SettledUntil}, nil
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(east8).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, east8)
}

func name(day time.Time) string { return day.Format(time.DateOnly) }
