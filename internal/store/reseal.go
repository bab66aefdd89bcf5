package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/vault"
)

// Resealing tells how far Reseal has come.
type Resealing struct {
	Table, Column string
	Done          int64 // values of all columns so far
	Unreadable    int64 // values that do not open, and stay as they are
}

// ErrUnreadable says that values were left as they are, because no key of the
// file opens them or they were altered.
var ErrUnreadable = errors.New("some sealed values do not open")

// resealPasses bounds how often Reseal begins anew where others still seal by an
// older key meanwhile.
const resealPasses = 5

// Reseal seals everything by the primary key that another key has sealed, at most
// batch values in a transaction, and tells after each how far it has come. It
// may run while others read and write, be ended at any moment and begun again:
// no value is lost that somebody writes meanwhile, and what is done is not done
// again. Values that do not open stay as they are; ErrUnreadable follows when all
// others are done.
func (s *Store) Reseal(ctx context.Context, batch int, tell func(Resealing)) (Resealing, error) {
	var so Resealing
	for range resealPasses {
		done := so.Done
		so.Unreadable = 0
		for _, c := range sealedColumns {
			if err := s.resealColumn(ctx, c, batch, &so, tell); err != nil {
				return so, err
			}
		}
		if so.Done == done {
			break
		}
	}
	if so.Unreadable > 0 {
		return so, fmt.Errorf("%w: %d", ErrUnreadable, so.Unreadable)
	}
	return so, nil
}

func (s *Store) resealColumn(ctx context.Context, c sealedColumn, batch int, so *Resealing, tell func(Resealing)) error {
	so.Table, so.Column = c.table, c.column
	var after []string
	for {
		primary, _ := s.vault.Look()
		var page []sealedValue
		err := s.Read(ctx, func(r *Snapshot) (err error) {
			page, err = r.sealedOtherwise(c, primary, after, batch)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].key
		done, unreadable, err := s.resealPage(ctx, c, page)
		if err != nil {
			return err
		}
		so.Done += done
		so.Unreadable += unreadable
		tell(*so)
	}
}

func (s *Store) resealPage(ctx context.Context, c sealedColumn, page []sealedValue) (done, unreadable int64, err error) {
	var was []sealedValue
	var is [][]byte
	for _, v := range page {
		field := c.field(v.key)
		plain, err := s.vault.Open(field, v.sealed)
		if errors.Is(err, vault.ErrSealed) {
			unreadable++
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		sealed, err := s.vault.Seal(field, plain)
		if err != nil {
			return 0, 0, err
		}
		was, is = append(was, v), append(is, sealed)
	}
	err = s.Write(ctx, func(tx *Tx) (err error) {
		done, err = tx.swapSealed(c, was, is)
		return err
	})
	return done, unreadable, err
}
