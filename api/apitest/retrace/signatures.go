package retrace

import (
	"cmp"
	"slices"
	"time"
)

// signature is one that was given, with the time that its file lay there.
type signature struct {
	who  string
	at   time.Time
	lay  time.Duration
	file string
	many bool // together with too many others
}

// hasty finds signatures given within a minute, and those that a leader gave by
// more than ten in three minutes.
func (x *Export) hasty() (list []Finding) {
	by := map[string][]*signature{}
	for _, f := range x.cases {
		for _, s := range f.signatures() {
			by[s.who] = append(by[s.who], s)
		}
	}
	for _, all := range by {
		slices.SortStableFunc(all, func(a, b *signature) int { return a.at.Compare(b.at) })
		for first, last := 0, 0; first < len(all); first++ {
			for last < len(all) && all[last].at.Sub(all[first].at) < 3*time.Minute {
				last++
			}
			for _, s := range all[first:last] {
				s.many = s.many || last-first > 10
			}
		}
		for _, s := range all {
			if s.many || s.lay < time.Minute {
				list = append(list, Finding{"rubber_stamp", s.file, s.at})
			}
		}
	}
	return list
}

// first is the number under which something was put before leaders.
func (s signOff) first() int { return cmp.Or(s.Request, s.N) }

// signatures are those by which something was approved in a case. A further step
// lay there since the step before was signed.
func (f *file) signatures() (list []*signature) {
	asked := map[int]time.Time{}  // by number
	signed := map[int]time.Time{} // the step before, by the number of the first
	for _, e := range f.events {
		s := e.Body.SignOff
		switch {
		case s == nil:
		case s.SeenSeq == 0:
			asked[s.N] = e.AboutAt
		case e.Kind != "returned" && e.Actor != "":
			since, ok := asked[s.N]
			if !ok {
				since = signed[s.first()]
			}
			list = append(list, &signature{who: e.Actor, at: e.AboutAt, lay: e.AboutAt.Sub(since), file: f.id})
			signed[s.first()] = e.AboutAt
		}
	}
	return list
}
