package retrace

import "time"

// findings finds what one case alone shows.
func (f *file) findings(in Inspection) (list []Finding) {
	for _, more := range [][]Finding{f.overdue(in), f.orders(in), f.extensions(), f.rested(), f.passed(), f.unresolved(), f.misconduct()} {
		list = append(list, more...)
	}
	return list
}

// work is what shows that somebody worked on the matter.
var work = map[string]bool{
	"contacted": true, "submitted": true, "opinion_amended": true, "answered": true, "closed": true,
	"co_handler_answered": true, "duty_done": true, "hearing_held": true, "mediated": true,
}

// passed finds where a case was objected to or assigned anew twice without work.
func (f *file) passed() (list []Finding) {
	passes, unit, handler, had := 0, "", "", false
	for _, e := range f.events {
		again := e.Kind == "assigned" && had && (e.Body.Unit != unit || handler != "" && e.Body.Handler != handler)
		if work[e.Kind] {
			passes, had = 0, false
		}
		if again || e.Kind == "objected" {
			if passes++; passes == 2 {
				list = append(list, Finding{"passing_the_buck", f.id, e.AboutAt})
			}
		}
		if e.Kind == "assigned" {
			unit, handler, had = e.Body.Unit, e.Body.Handler, true
		}
	}
	return list
}

// answer reports whether an event gave the petitioner an answer.
func (e event) answer() bool {
	return e.Kind == "closed" || (e.Kind == "answered" || e.Kind == "imported") && e.Body.Status == "closed"
}

// doubt reports whether an event says that nothing was resolved.
func (e event) doubt() bool {
	switch {
	case e.Kind == "disputed":
		return true
	case e.Kind == "rated":
		return e.Body.Rating != nil && !e.Body.Rating.Resolved
	}
	return e.Kind == "followed_up" && e.Body.FollowUp != nil && e.Body.FollowUp.Resolved == "no"
}

// unresolved finds the answers that resolved nothing.
func (f *file) unresolved() (list []Finding) {
	believed := false
	for _, e := range f.events {
		if believed && e.doubt() {
			list = append(list, Finding{"false_closure", f.id, e.AboutAt})
			believed = false
		}
		believed = believed || e.answer()
	}
	return list
}

func (f *file) misconduct() (list []Finding) {
	for _, e := range f.events {
		if e.Kind == "misconduct_reported" {
			list = append(list, Finding{"leak_or_retaliation", f.id, e.AboutAt})
		}
	}
	return list
}

// rested finds third suspensions, the one that brought the rest above ninety days,
// and those that waited for a petitioner who had been there for a day.
func (f *file) rested() (list []Finding) {
	var sum time.Duration
	n, from := 0, 0
	for i, e := range f.events {
		s := e.Body.Suspension
		switch {
		case s == nil:
		case e.Kind == "suspended":
			if n, from = n+1, i; n > 2 {
				list = append(list, Finding{"suspension_abuse", f.id, e.AboutAt})
			}
		case n > 0 && s.N == f.events[from].Body.Suspension.N:
			const most = 90 * 24 * time.Hour
			was := sum
			sum += e.AboutAt.Sub(f.events[from].Body.Suspension.From)
			if n <= 2 && (was <= most && sum > most || f.needless(from, i)) {
				list = append(list, Finding{"suspension_abuse", f.id, e.AboutAt})
			}
		}
	}
	return list
}

// needless reports whether a petitioner who was waited for was reached more than a
// day before the end.
func (f *file) needless(from, to int) bool {
	for _, e := range f.events[from+1 : to] {
		reached := e.Kind == "contacted" || e.Post.Role == "petitioner"
		if reached && f.events[from].Body.Suspension.Cause == "petitioner" && f.events[to].AboutAt.Sub(e.AboutAt) > 24*time.Hour {
			return true
		}
	}
	return false
}
