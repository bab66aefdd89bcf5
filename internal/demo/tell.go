package demo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/samples"
)

// storyteller plays the stories through the Desk on a clock that is moved back.
type storyteller struct {
	desk  *casework.Desk
	clock *clock.Fake
	book  *grievance.Book
	plan  []scene
}

// scene is one step of a story at its instant.
type scene struct {
	at  time.Time
	act func(context.Context) error
}

// tellStories plays the scenes of all stories in the order of their instants,
// and then lets the engine catch up with the present.
func tellStories(ctx context.Context, p Place, messages []samples.Message) error {
	book, err := p.Office.Book(ctx)
	if err != nil {
		return err
	}
	now := p.Clock.Now()
	past := clock.NewFake(now)
	s := &storyteller{desk: casework.New(p.Store, office.New(p.Store, past), past), clock: past, book: book}
	for _, m := range messages {
		s.tell(m, now)
	}
	slices.SortStableFunc(s.plan, func(x, y scene) int { return cmp.Compare(x.at.UnixMicro(), y.at.UnixMicro()) })
	for _, scene := range s.plan {
		past.Set(scene.at)
		if err := scene.act(ctx); err != nil {
			return err
		}
	}
	past.Set(now)
	_, err = engine.New(s.desk, p.Store, past, p.Log).RunOnce(ctx)
	return err
}

// user gives the user of an account, nobody for none.
func (s *storyteller) user(account string) grievance.UserID {
	if u := s.book.UserByName(account); u != nil {
		return u.ID
	}
	return grievance.UserID{}
}
