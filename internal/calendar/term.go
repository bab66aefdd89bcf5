package calendar

import "time"

// Term is the whole time that a clock is given: its length from its start, the
// stretches that do not count, and what was added to it.
type Term struct {
	Start  time.Time
	Length Length
	Roll   bool // a last day off ends on the next working day (Civil Code Art. 203)
	// Pauses are in order and do not overlap. Of a length by day each pause takes
	// the days from the one on which it begins up to, and not including, the one
	// on which it ends: they are not counted, and nothing ends on them. Of every
	// other length it takes exactly its time.
	Pauses []Stretch
	// Extensions are lengths by day, added one after another to the last day
	// before it is rolled; the sum is rolled once. A length that is not by day has
	// none.
	Extensions []Length
}

// Stretch is the time from From up to, and not including, Until.
type Stretch struct{ From, Until time.Time }

// DueOf gives the end of a term. Without pauses and extensions it is that of Due.
func (c *Calendar) DueOf(t Term) Due {
	switch {
	case !t.Length.Valid():
		return dueAt(t.Start.UnixMicro())
	case t.Length.ByDay():
		return c.dueByDay(t)
	case t.Length.WorkingMinutes() > 0:
		return c.dueByOffice(t)
	}
	return dueByWall(t)
}

// gap is paused days, until exclusive.
type gap struct{ from, until int }

func gapsOf(pauses []Stretch) []gap {
	var gaps []gap
	for _, p := range pauses {
		if g := (gap{dayOf(p.From.UnixMicro()), dayOf(p.Until.UnixMicro())}); g.from < g.until {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

func (c *Calendar) dueByDay(t Term) Due {
	gaps := gapsOf(t.Pauses)
	last := c.nth(dayOf(t.Start.UnixMicro()), t.Length, gaps)
	for _, more := range t.Extensions {
		last = c.nth(last, more, gaps)
	}
	due := c.ended(c.rolled(last, t.Roll, gaps))
	due.UnrolledOn = dateOfDay(last)
	return due
}

// nth is the last day of a length after a day, which itself is not counted; nor
// are the days of gaps.
func (c *Calendar) nth(day int, l Length, gaps []gap) int {
	n := l.N
	last := c.step(day, n, l.Unit)
	for _, g := range gaps {
		from := max(g.from, day+1)
		if from >= g.until {
			continue // over by then
		}
		if from > last {
			break
		}
		n += c.countable(from, g.until, l.Unit)
		last = c.step(day, n, l.Unit)
	}
	return last
}

func (c *Calendar) step(day, n int, u Unit) int {
	if u == WorkingDay {
		return c.index.walk(day, n)
	}
	return day + n
}

func (c *Calendar) countable(from, until int, u Unit) int {
	if u == WorkingDay {
		return c.index.rank(until) - c.index.rank(from)
	}
	return until - from
}

// rolled is the day on which a period ends whose last day is last: with roll,
// the first working day from then on that lies in no gap.
func (c *Calendar) rolled(last int, roll bool, gaps []gap) int {
	if !roll {
		return last
	}
	day := c.index.roll(last)
	for _, g := range gaps {
		if g.from <= day && day < g.until {
			day = c.index.roll(g.until)
		}
	}
	return day
}

func dueByWall(t Term) Due {
	from := t.Start.UnixMicro()
	end := from + t.Length.micros()
	for _, p := range t.Pauses {
		start := max(p.From.UnixMicro(), from)
		if start >= end {
			break
		}
		end += max(0, p.Until.UnixMicro()-start)
	}
	return dueAt(end)
}

func (c *Calendar) dueByOffice(t Term) Due {
	from, need := t.Start.UnixMicro(), t.Length.micros()
	end := c.afterWorking(from, need)
	for _, p := range t.Pauses {
		start := max(p.From.UnixMicro(), from)
		if start >= end {
			break
		}
		need += c.officeTime(start, p.Until.UnixMicro())
		end = c.afterWorking(from, need)
	}
	due := dueAt(end)
	due.Provisional = c.unsettled(due.On)
	return due
}
