package recount

import (
	"fmt"
	"time"
)

// stretch is time from one instant up to another.
type stretch struct{ from, until time.Time }

// byOffice uses the length up in the office hours of working days, from the
// start on, less the pauses.
func (x explanation) byOffice(left time.Duration) (Outcome, error) {
	if len(x.Parts) != 1 {
		return Outcome{}, fmt.Errorf("office hours in %d parts", len(x.Parts))
	}
	notes := notesOf(x.Parts[0].Days)
	for day := midnight(x.Start.At); ; day = day.AddDate(0, 0, 1) {
		n, told := notes.take(name(day))
		works, err := worksOn(day, n, told)
		if err != nil {
			return Outcome{}, err
		}
		open, err := x.open(day)
		if err != nil {
			return Outcome{}, err
		}
		for _, s := range open {
			if !works {
				continue
			}
			if length := s.until.Sub(s.from); length < left {
				left -= length
				continue
			}
			if err := notes.used(); err != nil {
				return Outcome{}, err
			}
			return x.at(s.from.Add(left), true)
		}
	}
}

// open is the stretches of a day in which time runs, if it is a working day.
func (x explanation) open(day time.Time) ([]stretch, error) {
	var intervals []string
	for _, h := range x.Hours {
		if h.From <= name(day) {
			intervals = h.Intervals
		}
	}
	if len(intervals) == 0 {
		return nil, fmt.Errorf("nobody knows the office hours of %s", name(day))
	}
	var list []stretch
	for _, text := range intervals {
		var h1, m1, h2, m2 int
		if _, err := fmt.Sscanf(text, "%02d:%02d-%02d:%02d", &h1, &m1, &h2, &m2); err != nil {
			return nil, fmt.Errorf("%q is no interval: %w", text, err)
		}
		s := stretch{day.Add(time.Duration(h1*60+m1) * time.Minute), day.Add(time.Duration(h2*60+m2) * time.Minute)}
		if s.from.Before(x.Start.At) {
			s.from = x.Start.At
		}
		list = append(list, x.unpaused(s)...)
	}
	return list, nil
}

// unpaused cuts the pauses out of a stretch.
func (x explanation) unpaused(s stretch) (list []stretch) {
	for _, p := range x.Pauses {
		if p.From.Before(s.until) && p.Until.After(s.from) {
			if p.From.After(s.from) {
				list = append(list, stretch{s.from, p.From})
			}
			s.from = p.Until
		}
	}
	if s.from.Before(s.until) {
		list = append(list, s)
	}
	return list
}

// notes are the days told of a part; take strikes one out.
type notes map[string]note

func notesOf(list []note) notes {
	m := notes{}
	for i, n := range list {
		if i > 0 && list[i-1].Date >= n.Date {
			m["out of order"] = n
		}
		m[n.Date] = n
	}
	return m
}

func (m notes) take(day string) (note, bool) {
	n, ok := m[day]
	delete(m, day)
	return n, ok
}

// used refuses days that were told and are of no use.
func (m notes) used() error {
	if len(m) > 0 {
		return fmt.Errorf("told besides: %v", m)
	}
	return nil
}
