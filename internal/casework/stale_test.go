package casework_test

import (
	"errors"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// mint makes identifiers without order and salts that anybody can guess.
var mint = grievance.Mint{
	ID:   func() [16]byte { return uuid.Must(uuid.NewV4()) },
	Salt: func() [16]byte { return [16]byte{} },
}

// Many cases are written column by column; what somebody else has changed since
// they were read is never written over.
func TestManyAreSwappedOnlyAsTheyWereRead(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		ids := []grievance.CaseID{w.register().ID, w.register().ID}
		w.clock.Advance(30 * 24 * 3600e9)
		book := officetest.Book(t, w.office)
		m := grievance.Moment{By: grievance.System, Now: w.clock.Now(), Book: book, Mint: mint}
		advance := func(cases []*grievance.Case) {
			for _, c := range cases {
				if n, err := c.Advance(m); n == 0 || err != nil {
					t.Fatalf("%d rungs were due: %v", n, err)
				}
			}
		}
		err := w.store.Write(t.Context(), func(tx *store.Tx) error {
			read := func(ids ...grievance.CaseID) []*grievance.Case {
				cases, err := tx.LockCases(ids, store.ViewerOf(grievance.System, book), store.Needs{})
				if err != nil {
					t.Fatal(err)
				}
				advance(cases)
				return cases
			}
			stale, fresh := read(ids...), read(ids[1])
			if err := tx.SaveCases(fresh); err != nil {
				return err
			}
			return tx.SaveCases(stale)
		})
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("writing two cases of which one had changed: %v, want %v", err, store.ErrStale)
		}
	})
}
