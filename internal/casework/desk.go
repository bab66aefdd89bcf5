package casework

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

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

// Response is an answer as the interface gives it. Replayed says that it is the
// first answer to an earlier request with the same key.
type Response struct {
	Status   int               `json:"status"`
	Header   map[string]string `json:"header,omitempty"`
	Body     []byte            `json:"body"`
	Replayed bool              `json:"-"`
}

// Done is what an operation leaves: the case as it is now, and the answer where
// the request said how to make one. A replay has no case.
type Done struct {
	Case     *grievance.Case
	Response Response
}

// Refusals of the Desk itself.
var (
	ErrStale     = grievance.Refuse(grievance.Stale, "case.stale", "事项已被他人更新，请刷新后重试")
	ErrKeyReused = &grievance.Error{
		Kind: grievance.Invalid, Code: "idempotency.key_reused", Message: "同一个 Idempotency-Key 不能用于不同的请求",
		Fields: []grievance.FieldError{{Pointer: "", Code: "idempotency.key_reused", Message: "请为新的请求使用新的 Idempotency-Key"}},
	}
	ErrIDTaken = grievance.Refuse(grievance.Conflict, "case.id_taken", "该编号已用于另一事项")
)

// errReplay ends a transaction whose effect is there already.
var errReplay = errors.New("the request was answered before")

// change lets decide change one case.
func (d *Desk) change(ctx context.Context, req Request, id grievance.CaseID, needs store.Needs,
	decide func(*grievance.Case, grievance.Moment) error,
) (Done, error) {
	var done Done
	err := d.changeAll(ctx, req, []grievance.CaseID{id}, needs, decide, func(tx *store.Tx, cases []*grievance.Case) error {
		done.Case = cases[0]
		var err error
		done.Response, err = d.answer(tx, req, cases[0])
		return err
	})
	return d.settle(ctx, req, done, err)
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
}

func decideOne(c *grievance.Case, m grievance.Moment, req Request, decide func(*grievance.Case, grievance.Moment) error) error {
	if req.IfVersion != nil && *req.IfVersion != c.Version {
		return ErrStale
	}
	return decide(c, m)
}

// moment is one instant for one transaction, with the actor as the book knows
// them then.
func (d *Desk) moment(req Request, book *grievance.Book) grievance.Moment {
	now := d.clock.Now()
	by := req.Actor
	if !by.IsSystem() && !by.UserID.IsZero() {
		by = book.Actor(by.UserID, now)
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

// answer renders the case and keeps the answer under the request's key, in the
// transaction that has the effect.
func (d *Desk) answer(tx *store.Tx, req Request, c *grievance.Case) (Response, error) {
	if req.Render == nil {
		return Response{}, nil
	}
	r, err := req.Render(c)
	if err != nil || req.Key == "" {
		return r, err
	}
	kept, err := d.encodeAnswer(req, r)
	if err != nil {
		return r, err
	}
	first, err := tx.KeepAnswer(kept)
	if err == nil && !first {
		err = errReplay
	}
	return r, err
}

// settle looks a keyed request up before an error is answered, so that a success
// that is sent again never meets its own refusal.
func (d *Desk) settle(ctx context.Context, req Request, done Done, err error) (Done, error) {
	if err == nil {
		return done, nil
	}
	if req.Key == "" || !errors.Is(err, errReplay) && grievance.KindOf(err) == "" || errors.Is(err, store.ErrUnknownOutcome) {
		return Done{}, unfinished(err)
	}
	before, found, lookup := d.answered(ctx, req)
	if errors.Is(lookup, ErrKeyReused) {
		return Done{}, lookup // whatever else there is against the request
	}
	if lookup != nil {
		return Done{}, errors.Join(unfinished(err), lookup)
	}
	if found {
		return Done{Response: before}, nil
	}
	return Done{}, unfinished(err)
}

// unfinished tells an error that the caller can act on.
func unfinished(err error) error {
	if errors.Is(err, store.ErrStale) || errors.Is(err, errReplay) {
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return err
}
