package casework

import (
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// lookedAt says by which version of the Book all shields were looked at, and when
// they have to be again by the same.
type lookedAt struct {
	version int64
	again   time.Time // zero: never
}

func (l *lookedAt) isOver(book *grievance.Book, now time.Time) bool {
	return l == nil || l.version != book.Version || !l.again.IsZero() && !now.Before(l.again)
}

// then is the look at an instant that follows: the next one is due when somebody comes
// to a post, and after a change of the Book once more when no other replica can decide
// by the one before.
func (l *lookedAt) then(book *grievance.Book, now time.Time) *lookedAt {
	next := &lookedAt{version: book.Version}
	if l == nil || l.version != book.Version {
		next.again = now.Add(settled)
	}
	for _, u := range book.Units() {
		for _, a := range book.Appointments(u.ID) {
			if a.From.After(now) && (next.again.IsZero() || a.From.Before(next.again)) {
				next.again = a.From
			}
		}
	}
	return next
}

// allExposed takes accusations away from whoever has come behind their shield, and
// tells whether all of them were looked at: those that nobody else could take, too,
// which stay where they are and keep none of the others.
func (p *handingOn) allExposed(ctx context.Context) bool {
	var seen []grievance.CaseID
	failed := len(p.aside)
	for {
		var page []grievance.CaseID
		n, err := p.handOver(ctx, func(h *handover) (int, error) {
			h.some.But = slices.Concat(p.aside, seen)
			n, err := h.exposed()
			page = h.looked
			return n, err
		})
		p.n += n
		if err != nil {
			p.refused = append(p.refused, err)
			return false
		}
		if len(page) == 0 {
			return len(p.aside) == failed
		}
		seen = append(seen, page...)
	}
}

// exposed hands on the next accusations that are with whom they bar.
func (h *handover) exposed() (int, error) {
	ids, err := h.tx.LockExposed(h.m.Now, h.some)
	if err != nil {
		return 0, err
	}
	return h.each(ids)
}
