package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// AnswersKept is how long the first answer to a keyed request is kept.
const AnswersKept = 7 * 24 * time.Hour

// keyOwner is whose keys they are: nobody can be given an answer to somebody else.
func (r Request) keyOwner() string {
	switch {
	case !r.Actor.UserID.IsZero():
		return r.Actor.UserID.String()
	case !r.Actor.Proved.IsZero():
		return "case " + r.Actor.Proved.String()
	}
	return "anonymous"
}

func (d *Desk) encodeAnswer(req Request, r Response) (store.Answer, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return store.Answer{}, fmt.Errorf("keeping the answer: %w", err)
	}
	return store.Answer{Actor: req.keyOwner(), Key: req.Key, Digest: d.store.Digest(req.Digest), Body: body, CreatedAt: d.clock.Now()}, nil
}

// answered finds the first answer to the request. ErrKeyReused when the key
// named another request.
func (d *Desk) answered(ctx context.Context, req Request) (r Response, found bool, err error) {
	var kept store.Answer
	err = d.store.Read(ctx, func(s *store.Snapshot) error {
		var err error
		kept, found, err = s.Answered(req.keyOwner(), req.Key)
		return err
	})
	if err != nil || !found {
		return Response{}, false, err
	}
	if !bytes.Equal(kept.Digest, d.store.Digest(req.Digest)) {
		return Response{}, false, ErrKeyReused
	}
	if err := json.Unmarshal(kept.Body, &r); err != nil {
		return Response{}, false, fmt.Errorf("reading a kept answer: %w", err)
	}
	r.Replayed = true
	return r, true, nil
}

// ForgetAnswers drops up to limit answers that are older than AnswersKept.
func (d *Desk) ForgetAnswers(ctx context.Context, limit int) (n int, err error) {
	before := d.clock.Now().Add(-AnswersKept)
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.ForgetAnswers(before, limit)
		return err
	})
	return n, err
}
