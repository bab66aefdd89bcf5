// Package answer gives a request that is sent again its first answer again.
//
// It guarantees that the answer to a request with a key is kept in the
// transaction that has the request's effect, so that there are both or neither,
// on either database and whichever replica is asked; that a duplicate sent
// meanwhile waits, has no effect and gets the same answer; that a success which
// is sent again never meets its own refusal, and a refusal does not use the key
// up; and that nobody gets an answer that was given to somebody else.
package answer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Request is what there is to know of a request whose effect comes to a T: who
// asks, how its answer is made, and, if it may be sent again, the key that
// names it and a digest of what it asks. Without Render there is no answer.
type Request[T any] struct {
	Actor  grievance.Actor
	Key    string
	Digest []byte
	Render func(T) (Response, error)
}

// Response is an answer as the interface gives it. Replayed says that it is the
// first answer to an earlier request with the same key.
type Response struct {
	Status   int               `json:"status"`
	Header   map[string]string `json:"header,omitempty"`
	Body     []byte            `json:"body"`
	Replayed bool              `json:"-"`
}

// Keep answers for what came of a request, in the transaction of the effect. The
// transaction must not outlive its error.
type Keep[T any] func(tx *store.Tx, came T) error

// ErrKeyReused refuses a key that names another request.
var ErrKeyReused = &grievance.Error{
	Kind: grievance.Invalid, Code: "idempotency.key_reused", Message: "同一个 Idempotency-Key 不能用于不同的请求",
	Fields: []grievance.FieldError{{Pointer: "", Code: "idempotency.key_reused", Message: "请为新的请求使用新的 Idempotency-Key"}},
}

// errReplay ends a transaction whose effect is there already.
var errReplay = errors.New("the request was answered before")

// Once lets do have the effect of a request, unless the request was answered
// before, and gives what came of it with the answer; of a replay there is the
// answer only. do must call keep in each transaction that it means to commit.
func Once[T any](ctx context.Context, st *store.Store, now time.Time, req Request[T], do func(Keep[T]) error) (came T, r Response, err error) {
	err = do(func(tx *store.Tx, done T) (err error) {
		came = done
		r, err = req.answer(st, tx, now, done)
		return err
	})
	if err == nil {
		return came, r, nil
	}
	var nothing T
	r, err = req.settle(ctx, st, err)
	return nothing, r, err
}

// answer renders what came of the request, and keeps the answer under its key.
func (q Request[T]) answer(st *store.Store, tx *store.Tx, now time.Time, came T) (Response, error) {
	if q.Render == nil {
		return Response{}, nil
	}
	r, err := q.Render(came)
	if err != nil || q.Key == "" {
		return r, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("keeping the answer: %w", err)
	}
	first, err := tx.KeepAnswer(store.Answer{Actor: q.owner(), Key: q.Key, Digest: st.Digest(q.Digest), Body: body, CreatedAt: now})
	if err == nil && !first {
		err = errReplay
	}
	return r, err
}

// owner is whose keys they are.
func (q Request[T]) owner() string {
	switch {
	case !q.Actor.UserID.IsZero():
		return q.Actor.UserID.String()
	case !q.Actor.Proved.IsZero():
		return "case " + q.Actor.Proved.String()
	}
	return "anonymous"
}

// settle looks a request with a key up before its refusal is told.
func (q Request[T]) settle(ctx context.Context, st *store.Store, refusal error) (Response, error) {
	unsettled := errors.Is(refusal, errReplay) || grievance.KindOf(refusal) != ""
	if q.Key == "" || !unsettled || errors.Is(refusal, store.ErrUnknownOutcome) {
		return Response{}, unfinished(refusal)
	}
	before, found, err := q.before(ctx, st)
	switch {
	case errors.Is(err, ErrKeyReused): // whatever else there is against the request
		return Response{}, err
	case err != nil:
		return Response{}, errors.Join(unfinished(refusal), err)
	case !found:
		return Response{}, unfinished(refusal)
	}
	return before, nil
}

// unfinished tells an error that the caller can act on.
func unfinished(err error) error {
	if errors.Is(err, store.ErrStale) || errors.Is(err, errReplay) {
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return err
}

// before finds the first answer to the request.
func (q Request[T]) before(ctx context.Context, st *store.Store) (r Response, found bool, err error) {
	var kept store.Answer
	err = st.Read(ctx, func(s *store.Snapshot) error {
		var err error
		kept, found, err = s.Answered(q.owner(), q.Key)
		return err
	})
	if err != nil || !found {
		return Response{}, false, err
	}
	if !bytes.Equal(kept.Digest, st.Digest(q.Digest)) {
		return Response{}, false, ErrKeyReused
	}
	if err := json.Unmarshal(kept.Body, &r); err != nil {
		return Response{}, false, fmt.Errorf("reading a kept answer: %w", err)
	}
	r.Replayed = true
	return r, true, nil
}

// KeptFor is how long the first answer to a request is kept.
const KeptFor = 7 * 24 * time.Hour

// Forget drops up to limit answers that are older than KeptFor, and tells how
// many it dropped.
func Forget(ctx context.Context, st *store.Store, now time.Time, limit int) (n int, err error) {
	err = st.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.ForgetAnswers(now.Add(-KeptFor), limit)
		return err
	})
	return n, err
}
