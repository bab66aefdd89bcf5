package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// caseFilter declares and reads the conditions of the list of cases.
func caseFilter(q *query, book *grievance.Book, now time.Time) store.CaseFilter {
	f := store.CaseFilter{
		Statuses: setParam(q, "status", grievance.Statuses...), Unit: areaParam(q, book, ""),
		Handler: idParam[grievance.User](q, "handler"), Responsible: idParam[grievance.User](q, "responsible"),
		Channels: setParam(q, "channel", grievance.Channels...), Natures: setParam(q, "nature", grievance.Natures...),
		Category: q.text("category", 20), Urgencies: setParam(q, "urgency", grievance.Urgencies...), Profile: q.text("profile", 50),
		Received: q.period("received_from", "received_to"), DueBefore: q.instant("due_before"),
		Overdue: q.boolean("overdue"), Unrouted: q.boolean("unrouted"), Unassigned: q.boolean("unassigned"),
		Listed: q.boolean("listed"), Sponsor: idParam[grievance.User](q, "sponsor"),
		Escalated: q.boolean("escalated"), Escalation: escalationFilter(q, book, escalationPrefix),
		Clocked: casesClocked(q, book, now), Now: now,
	}
	if f.Escalated == nil && q.prefixed(escalationPrefix) {
		escalated := true
		f.Escalated = &escalated
	}
	return f
}

// setParam reads a set of the allowed words: separated by commas, or in a
// parameter that stands several times.
func setParam[E ~string](q *query, name string, allowed ...E) (set []E) {
	if len(q.values[name]) > 1 {
		q.values[name] = []string{strings.Join(q.values[name], ",")}
	}
	return enumsParam(q, name, allowed...)
}

// areaParam reads a unit with all below it, or alone; a prefix stands before the
// names of both parameters. A unit that does not exist is not found.
func areaParam(q *query, book *grievance.Book, prefix string) store.Area {
	id, alone := idParam[grievance.Unit](q, prefix+"unit"), yes(q.boolean(prefix+"unit_alone"))
	if id.IsZero() {
		return store.Area{}
	}
	unit := book.Unit(id)
	if unit == nil {
		q.broken = grievance.ErrNotFound
		return store.Area{}
	}
	return store.Area{Path: unit.Path, Alone: alone}
}

// prefixed reports whether any parameter has a name that begins so.
func (q *query) prefixed(prefix string) bool {
	for name := range q.values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

const (
	escalationPrefix = "escalation_"
	clockPrefix      = "clock_"
)

// escalationFilter declares and reads the conditions on escalations.
func escalationFilter(q *query, book *grievance.Book, prefix string) store.EscalationFilter {
	return store.EscalationFilter{
		From:   areaParam(q, book, prefix),
		Opened: q.period(prefix+"opened_from", prefix+"opened_to"),
		Levels: levelsParam(q, prefix+"level"), Causes: setParam(q, prefix+"cause", grievance.Causes...),
		States: setParam(q, prefix+"state", grievance.EscalationStates...), Unroutable: q.boolean(prefix + "unroutable"),
	}
}

func levelsParam(q *query, name string) (levels []int) {
	var words []string
	for level := 1; level <= grievance.MaxLevel; level++ {
		words = append(words, strconv.Itoa(level))
	}
	for _, word := range setParam(q, name, words...) {
		levels = append(levels, 1+slices.Index(words, word))
	}
	return levels
}

// casesClocked reads which clocks a case must have one of; nil for none.
func casesClocked(q *query, book *grievance.Book, now time.Time) *store.ClockFilter {
	f := store.ClockFilter{
		Debtor:    areaParam(q, book, clockPrefix),
		Started:   q.period(clockPrefix+"started_from", clockPrefix+"started_to"),
		Kinds:     setParam(q, clockPrefix+"kind", grievance.ClockKinds...),
		Standings: setParam(q, clockPrefix+"standing", store.Standings...),
		Paused:    yes(q.boolean(clockPrefix + "paused")), Extended: yes(q.boolean(clockPrefix + "extended")), Now: now,
	}
	if !q.prefixed(clockPrefix) {
		return nil
	}
	return &f
}

// A link writes a filter as the query that is read back as the same filter.
type link struct{ url.Values }

func newLink() link { return link{url.Values{}} }

func (l link) to(path string) string {
	if len(l.Values) == 0 {
		return v1 + path
	}
	return v1 + path + "?" + l.Encode()
}

func (l link) area(prefix string, b report.Branch) {
	if b.Unit == nil {
		return
	}
	l.Set(prefix+"unit", b.Unit.ID.String())
	if b.Alone {
		l.Set(prefix+"unit_alone", "true")
	}
}

func (l link) period(prefix string, p store.Period) {
	for name, day := range map[string]calendar.Date{prefix + "_from": p.From, prefix + "_to": p.To} {
		if !day.IsZero() {
			l.Set(name, day.String())
		}
	}
}

func putSet[E ~string](l link, name string, set []E) {
	if len(set) > 0 {
		l.Set(name, strings.Join(texts(set), ","))
	}
}

// escalations writes a filter of escalations that came from a branch.
func (l link) escalations(prefix string, b report.Branch, f store.EscalationFilter) link {
	l.area(prefix, b)
	l.period(prefix+"opened", f.Opened)
	levels := make([]string, len(f.Levels))
	for i, level := range f.Levels {
		levels[i] = strconv.Itoa(level)
	}
	putSet(l, prefix+"level", levels)
	putSet(l, prefix+"cause", f.Causes)
	putSet(l, prefix+"state", f.States)
	return l
}

// clocks writes a filter of clocks that a branch owes, in one standing or, for
// "", in any.
func (l link) clocks(b report.Branch, f store.ClockFilter, standing store.Standing) link {
	l.area(clockPrefix, b)
	l.period(clockPrefix+"started", f.Started)
	putSet(l, clockPrefix+"kind", f.Kinds)
	if standing == "" {
		putSet(l, clockPrefix+"standing", store.Standings)
	} else {
		l.Set(clockPrefix+"standing", string(standing))
	}
	if f.Paused {
		l.Set(clockPrefix+"paused", "true")
	}
	if f.Extended {
		l.Set(clockPrefix+"extended", "true")
	}
	return l
}
