package calendar

import "time"

// Due is when a clock ends.
type Due struct {
	// At is the first instant that is late: UTC, microseconds. A period that ends
	// with a day has the next day's 00:00 in Zone.
	At time.Time
	// On is the date in Zone of the last moment that is still in time.
	On Date
	// UnrolledOn is the last day before it was rolled to a working day, to which
	// an extension adds its days. It equals On where nothing is rolled.
	UnrolledOn Date
	// Provisional is true if the days or office hours counted reach past 25
	// December of the last published year: an arrangement not yet published may
	// still name any day after it. Minutes and hours by the wall are final.
	Provisional bool
}

// Due gives the end of a clock of length l that starts at start.
//
// Days and working days: the start day does not count and the last day counts
// whole (Civil Code Art. 201, 203). If roll is set, calendar days that end on a
// day off end on the next working day instead; working days cannot end on one.
// Minutes and hours are exact, by the wall or within office hours, and never
// rolled. A length that is not Valid is due at once.
func (c *Calendar) Due(start time.Time, l Length, roll bool) Due {
	return c.DueOf(Term{Start: start, Length: l, Roll: roll})
}

// ended is due at the end of that day, and not rolled.
func (c *Calendar) ended(day int) Due {
	on := dateOfDay(day)
	return Due{At: startOfDay(day + 1), On: on, UnrolledOn: on, Provisional: c.unsettled(on)}
}

// dueAt is due at an exact instant, in microseconds since 1970 UTC.
func dueAt(micros int64) Due {
	on := dateOfDay(dayOf(micros - 1))
	return Due{At: time.UnixMicro(micros).UTC(), On: on, UnrolledOn: on}
}

// unsettled reports whether a later arrangement may still name d.
func (c *Calendar) unsettled(d Date) bool { return d.After(settledUntil(c.LastYear())) }

// afterWorking is the instant by which office hours have run for need, which is
// more than 0, since from: all three in microseconds.
func (c *Calendar) afterWorking(from, need int64) int64 {
	day := c.index.roll(dayOf(from))
	if day == dayOf(from) {
		hours, _ := c.table.on(day)
		need += hours.opened(timeOfDay(from))
	}
	for {
		hours, _ := c.table.on(day)
		if need <= hours.total {
			return midnight(day) + hours.after(need)
		}
		need -= hours.total
		day = c.index.walk(day, 1)
	}
}

// WorkingMinutesBetween gives the whole minutes of office hours on working days
// from a up to b, 0 if b is not after a.
func (c *Calendar) WorkingMinutesBetween(a, b time.Time) int {
	return int(c.officeTime(a.UnixMicro(), b.UnixMicro()) / minuteMicros)
}

// officeTime is how much of office hours lies from one instant up to another,
// all in microseconds; 0 if the other is not after the one.
func (c *Calendar) officeTime(from, to int64) int64 {
	if to <= from {
		return 0
	}
	open := c.openOn(to) - c.openOn(from)
	for day := dayOf(from); day < dayOf(to); {
		hours, next := c.table.on(day)
		next = min(next, dayOf(to))
		open += int64(c.index.rank(next)-c.index.rank(day)) * hours.total
		day = next
	}
	return open
}

// openOn is how much of its own day's office hours lie before the instant.
func (c *Calendar) openOn(micros int64) int64 {
	day := dayOf(micros)
	if !c.index.isWorking(day) {
		return 0
	}
	hours, _ := c.table.on(day)
	return hours.opened(timeOfDay(micros))
}

// dayOf numbers the day in Zone on which an instant falls, in microseconds since
// 1970 UTC.
func dayOf(micros int64) int { return int(floorDiv(micros+zoneMicros, dayMicros)) }

func timeOfDay(micros int64) int64 { return floorMod(micros+zoneMicros, dayMicros) }

func midnight(day int) int64 { return int64(day)*dayMicros - zoneMicros }
