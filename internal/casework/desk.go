package casework

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// Desk is where every operation on cases happens. It is safe for concurrent use.
type Desk struct {
	store  *store.Store
	office *office.Office
	clock  clock.Clock
	ids    *uuid.Gen

	exposed atomic.Pointer[lookedAt] // how shields were last looked at; nil: not yet
}

// New makes a Desk over a database and its organisation.
func New(st *store.Store, of *office.Office, ck clock.Clock) *Desk {
	return &Desk{store: st, office: of, clock: ck, ids: uuid.NewGen()}
}

// Request is what a caller brings to an operation: who asks, the version that
// the caller has seen (nil for any), and, for a request that may be sent again,
// the key that names it, a digest of what it asks, and how its answer is made.
type Request struct {
	Actor     grievance.Actor
	IfVersion *int64
	Key       string
	Digest    []byte
	Render    func(*grievance.Case) (Response, error)
}

// Response is the answer to a request.
type Response = answer.Response

// Done is what an operation leaves: the case as it is now, and the answer where
// the request said how to make one. A replay has no case.
type Done struct {
	Case     *grievance.Case
	Response Response
}

// Refusals of the Desk itself.
var (
	ErrStale     = grievance.Refuse(grievance.Stale, "case.stale", "事项已被他人更新，请刷新后重试")
	ErrKeyReused = answer.ErrKeyReused
	ErrIDTaken   = grievance.Refuse(grievance.Conflict, "case.id_taken", "该编号已用于另一事项")
)

// once lets do have its effect unless the request was answered before.
func (d *Desk) once(ctx context.Context, req Request, do func(answer.Keep[*grievance.Case]) error) (Done, error) {
	asked := answer.Request[*grievance.Case]{Actor: req.Actor, Key: req.Key, Digest: req.Digest, Render: req.Render}
	c, r, err := answer.Once(ctx, d.store, d.clock.Now(), asked, do)
	return Done{c, r}, err
}

// change lets decide change one case.
func (d *Desk) change(ctx context.Context, req Request, id grievance.CaseID, needs store.Needs,
	decide func(*grievance.Case, grievance.Moment) error,
) (Done, error) {
	return d.once(ctx, req, func(keep answer.Keep[*grievance.Case]) error {
		return d.changeAll(ctx, req, []grievance.CaseID{id}, needs, decide, func(tx *store.Tx, cases []*grievance.Case) error {
			return keep(tx, cases[0])
		})
	})
}

// changeAll is the only way in which existing cases change: it locks them, lets
// decide look at each and change it, and writes everything once. Whatever it
// returns an error for has not happened. finish, the last thing in the
// transaction, may be nil.
func (d *Desk) changeAll(ctx context.Context, req Request, ids []grievance.CaseID, needs store.Needs,
	decide func(*grievance.Case, grievance.Moment) error, finish func(*store.Tx, []*grievance.Case) error,
) error {
	book, err := d.office.Book(ctx)
	if err != nil {
		return err
	}
	return d.onBook(ctx, book, func(book *grievance.Book) error {
		return d.store.Write(ctx, func(tx *store.Tx) error {
			m := d.moment(req, book)
			cases, err := tx.LockCases(ids, store.ViewerOf(m.By, book), needs)
			if err != nil {
				return err
			}
			if len(cases) != len(ids) {
				return grievance.ErrNotFound
			}
			for _, c := range cases {
				if err := decideOne(c, m, req, decide); err != nil {
					return err
				}
			}
			if err := tx.SaveCases(cases); err != nil {
				return err
			}
			if finish == nil {
				return nil
			}
			return finish(tx, cases)
		})
	})
}

// errOldBook says that a case follows a version of the calendar or of a profile
// that the Book does not have.
var errOldBook = errors.New("a case follows a version that the organisation as it was read does not have")

// onBook lets do decide by a Book, and once more by a newer one where do finds a
// case that the first cannot judge: another replica may have published a version
// within the second that a Book may be old.
func (d *Desk) onBook(ctx context.Context, book *grievance.Book, do func(*grievance.Book) error) error {
	err := do(book)
	if !errors.Is(err, errOldBook) {
		return err
	}
	if book, err = d.office.Reload(ctx); err != nil {
		return err
	}
	return do(book)
}

// decideOne lets decide change a case that is held. Whoever was barred from it while
// this waited for the case finds none: PostgreSQL looks again whether it holds a row
// that may be seen, but at who is barred as that was before.
func decideOne(c *grievance.Case, m grievance.Moment, req Request, decide func(*grievance.Case, grievance.Moment) error) error {
	if !m.Book.Knows(c) {
		return errOldBook
	}
	if c.HiddenFrom(m) {
		return grievance.ErrNotFound
	}
	if req.IfVersion != nil && *req.IfVersion != c.Version {
		return ErrStale
	}
	return decide(c, m.For(c))
}

// moment is one instant for one transaction, with the actor as the book knows
// them then.
func (d *Desk) moment(req Request, book *grievance.Book) grievance.Moment {
	now := d.clock.Now()
	by := req.Actor
	if !by.IsSystem() && !by.UserID.IsZero() {
		by = by.As(book.Actor(by.UserID, now))
	}
	return grievance.Moment{By: by, Now: now, Book: book, Mint: d.mint(now)}
}

// mint makes identifiers at the transaction's instant, in order.
func (d *Desk) mint(now time.Time) grievance.Mint {
	return grievance.Mint{
		ID: func() [16]byte { return d.newID(now) },
		Salt: func() (salt [16]byte) {
			_, _ = rand.Read(salt[:]) // never fails: it ends the process instead
			return salt
		},
	}
}

func (d *Desk) newID(now time.Time) [16]byte {
	id, err := d.ids.NewV7AtTime(now)
	if err != nil {
		return uuid.Must(uuid.NewV4()) // without order, but unique
	}
	return id
}

// ForgetAnswers drops up to limit answers whose time is over.
func (d *Desk) ForgetAnswers(ctx context.Context, limit int) (int, error) {
	return answer.Forget(ctx, d.store, d.clock.Now(), limit)
}
