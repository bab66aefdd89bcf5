package retrace

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

func (f *file) first() event { return f.events[0] }

func (f *file) known() Case { return Case{f.id, f.first().AboutAt} }

// matter is what a case is about, as it was classified last; and whether it is one
// that may be told beside another of its petitioner.
func (f *file) matter() (category string, may bool) {
	may = true
	for _, e := range f.events {
		if e.Kind == "registered" || e.Kind == "classified" {
			category, may = e.Body.Category, e.Body.Nature != "accusation"
		}
	}
	return category, may
}

// again finds what a petitioner brought once more: the same matter, or the matter
// as one of a group.
func (x *Export) again(in Inspection) (list []Finding, err error) {
	files := slices.Clone(x.cases)
	slices.SortFunc(files, func(a, b *file) int {
		return cmp.Or(a.first().AboutAt.Compare(b.first().AboutAt), cmp.Compare(a.id, b.id))
	})
	for i, later := range files {
		list = append(list, grown(later, later)...)
		_, may := later.matter()
		last := true // nothing of the same category lies between
		for _, earlier := range slices.Backward(files[:i]) {
			_, told := earlier.matter()
			if !may || !told || in.Same == nil || !in.Same(earlier.known(), later.known()) {
				continue
			}
			list = append(list, grown(earlier, later)...)
			at := later.first().AboutAt
			if later.first().Body.Channel == "visit" && earlier.anyRun(func(k *run) bool { return k.late(at) }) {
				err = errors.New("a petitioner came in person while a case was late: how far above, no event tells")
			}
			if last && later.repeats(earlier) {
				list = append(list, Finding{"repeat_petition", earlier.id, at})
			}
			was, _ := earlier.matter()
			is, _ := later.matter()
			last = last && was != is
		}
	}
	return list, err
}

func (f *file) anyRun(is func(*run) bool) bool { return slices.ContainsFunc(f.runs(len(f.events)), is) }

// repeats reports whether a case brings the matter of another again, which was
// answered or late.
func (f *file) repeats(o *file) bool {
	is, _ := f.matter()
	was, _ := o.matter()
	if is == "" || is != was || slices.ContainsFunc(f.events, func(e event) bool { return e.Kind == "declined" && e.Body.Reason == "duplicate" }) {
		return false
	}
	at := f.first().AboutAt
	return o.answered(at) || o.anyRun(func(k *run) bool { return k.late(at) })
}

// answered reports whether a case had its answer at an instant, which nobody had
// disputed.
func (f *file) answered(at time.Time) (yes bool) {
	for _, e := range f.events {
		if e.AboutAt.After(at) {
			break
		}
		reopened := e.Kind == "review_decided" && e.Body.Status != "" && e.Body.Status != "closed" && e.Body.Status != "finalised"
		yes = e.answer() || yes && e.Kind != "disputed" && !reopened
	}
	return yes
}

// grown finds a matter that ran late before it came back, or grew, as one of five
// people or more.
func grown(earlier, later *file) []Finding {
	for _, e := range later.events {
		if e.Body.Headcount < 5 || e.Kind != "registered" && e.Kind != "corrected" {
			continue
		}
		if earlier.anyRun(func(k *run) bool { return k.breached(e.AboutAt) }) {
			return []Finding{{"group_after_neglect", earlier.id, e.AboutAt}}
		}
		break
	}
	return nil
}
