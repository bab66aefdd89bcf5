package store_test

import (
	"errors"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// What one statement of a batch is refused for is told as it would be alone, and
// the connection is as good as before.
func TestBatchTellsWhatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	event := func(seq int64, actor grievance.UserID) grievance.Event {
		return grievance.Event{
			SubjectKind: "unit", SubjectID: grievance.CaseID{15: 1}, Seq: seq, Kind: "tested", ActorID: actor,
			AboutAt: storetest.Start, RecordedAt: storetest.Start, Body: []byte("{}"),
		}
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect, storetest.WithMaxConns(1))
		add := func(events ...grievance.Event) error {
			return s.Write(t.Context(), func(tx *store.Tx) error { return tx.AppendEvents(events) })
		}
		for _, test := range []struct {
			events []grievance.Event
			want   error
		}{
			{[]grievance.Event{event(1, grievance.UserID{}), event(1, grievance.UserID{})}, store.ErrDuplicate},
			{[]grievance.Event{event(1, grievance.UserID{15: 9})}, store.ErrForeignKey},
			{[]grievance.Event{event(1, grievance.UserID{}), event(2, grievance.UserID{})}, nil},
			{[]grievance.Event{event(2, grievance.UserID{})}, store.ErrDuplicate},
			{nil, nil},
		} {
			if err := add(test.events...); !errors.Is(err, test.want) {
				t.Errorf("%d events: %v, want %v", len(test.events), err, test.want)
			}
		}
	})
}
