package office_test

import (
	"errors"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestKeepSeesTheChangeAndCanUndoIt(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		before := len(s.record())
		full := errors.New("the disk is full")
		var seen office.Changed[grievance.User]
		keep := func(_ *store.Tx, now office.Changed[grievance.User]) error {
			seen = now
			return full
		}
		in := office.NewUser{Username: "clerk", Name: "某人", Posts: []office.NewAppointment{{UnitID: s.township.ID, Role: grievance.RoleClerk}}}
		if _, err := s.CreateUser(t.Context(), grievance.System, in, keep); !errors.Is(err, full) {
			t.Errorf("the answer could not be kept: %v", err)
		}
		if posts := seen.Book.Actor(seen.Of.ID, s.clock.Now()).Posts; seen.Of.Username != "clerk" || len(posts) != 1 || posts[0].UnitID != s.township.ID {
			t.Errorf("keep saw %+v with the posts %+v", seen.Of, posts)
		}
		if len(s.record()) != before || s.newest().User(seen.Of.ID) != nil {
			t.Error("the change is there without its answer")
		}
		_, err := s.CreateUser(t.Context(), grievance.System, in)
		must(t, err)
	})
}
