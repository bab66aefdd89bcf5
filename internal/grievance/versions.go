package grievance

import (
	"cmp"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// CalendarVersion is a version of the calendar and when it was published.
type CalendarVersion struct {
	*calendar.Calendar
	PublishedAt time.Time
}

// ProfileVersion is a version of a profile and when it was published. RebaseAt
// is when somebody ordered that the running clocks of older versions follow it,
// nil if nobody did: a new version alone moves no running clock.
type ProfileVersion struct {
	*Profile
	PublishedAt time.Time
	RebaseAt    *time.Time
}

// versions keeps every version of the calendar and of the profiles, for a clock
// is judged by those that it was set by.
type versions struct {
	calendars []CalendarVersion // in order
	profiles  map[string][]ProfileVersion
}

func newVersions(d BookData) versions {
	v := versions{slices.Clone(d.Calendars), map[string][]ProfileVersion{}}
	if len(v.calendars) == 0 && d.Calendar != nil {
		v.calendars = []CalendarVersion{{Calendar: d.Calendar}}
	}
	slices.SortFunc(v.calendars, func(a, b CalendarVersion) int { return cmp.Compare(a.Version(), b.Version()) })
	for _, p := range d.ProfileVersions {
		v.profiles[p.Name] = append(v.profiles[p.Name], p)
	}
	for name, p := range d.Profiles {
		if len(v.profiles[name]) == 0 {
			v.profiles[name] = []ProfileVersion{{Profile: p}}
		}
	}
	for _, list := range v.profiles {
		slices.SortFunc(list, func(a, b ProfileVersion) int { return cmp.Compare(a.Version, b.Version) })
	}
	return v
}

// CalendarAt gives a version of the calendar, or nil.
func (b *Book) CalendarAt(version int) *calendar.Calendar {
	for i := len(b.calendars) - 1; i >= 0; i-- {
		if b.calendars[i].Version() == version {
			return b.calendars[i].Calendar
		}
	}
	return nil
}

// rules gives the profile and the calendar by which a clock of a case is set
// that starts at an instant: the newest of now, but the newest of that instant
// for a clock that time alone started before now, for nobody noticed then.
func (c *Case) rules(m Moment, at time.Time) (*Profile, *calendar.Calendar) {
	p, cal := m.Book.Profiles[c.Profile], m.Book.Calendar
	at = c.known(at)
	if !at.Before(m.Now) {
		return p, cal
	}
	for _, v := range slices.Backward(m.Book.profiles[c.Profile]) {
		if p = v.Profile; !v.PublishedAt.After(at) {
			break
		}
	}
	for _, v := range slices.Backward(m.Book.calendars) {
		if cal = v.Calendar; !v.PublishedAt.After(at) {
			break
		}
	}
	return p, cal
}

// Calendars gives every version of the calendar, in order. The list is the Book's own.
func (b *Book) Calendars() []CalendarVersion { return b.calendars }

// ProfileAt gives a version of a profile, or nil.
func (b *Book) ProfileAt(name string, version int) *Profile {
	list := b.profiles[name]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Version == version {
			return list[i].Profile
		}
	}
	return nil
}

// ProfileVersions gives every version of a profile, in order. The list is the
// Book's own.
func (b *Book) ProfileVersions(name string) []ProfileVersion { return b.profiles[name] }

// Knows reports whether the book has the versions by which the running clocks
// of a case were set. A book that is a moment old may not: then a newer is
// needed to judge them.
func (b *Book) Knows(c *Case) bool {
	return !slices.ContainsFunc(c.running(), func(k *Clock) bool {
		return b.CalendarAt(k.CalendarVersion) == nil || b.ProfileAt(k.Profile, k.ProfileVersion) == nil
	})
}

// rule gives the rule that set a clock.
func (b *Book) rule(k *Clock) (ClockRule, bool) {
	return b.ProfileAt(k.Profile, k.ProfileVersion).Rule(k.Kind)
}
