package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// Replay plays the messages of a file through the real operations, on a clock
// of its own, in a database without cases: at 留言时间 each is registered,
// accepted with its notice served, assigned, acknowledged and its petitioner
// contacted; at 答复时间 its opinion is submitted, approved and served. Whenever a
// clock needs anything in between, the engine runs at that very instant, so that
// what is late is warned, breached and escalated as it would have been.
type Replay struct {
	Store    *store.Store
	Log      *slog.Logger
	Profile  string                // petition if empty
	Unit     string                // code of the unit that receives the messages, where there are units
	Progress func(done, total int) // told after each receipt and reply, if set
}

// Played is what was played. Messages = Replayed + len(Skipped). Until is the
// instant at which the clock stopped, and at which what is open is judged: the
// last receipt or reply that was played.
type Played struct {
	Messages int
	Replayed int
	Skipped  []Refusal
	Until    time.Time
}

// ErrNotEmpty refuses to mix a replay with a database's own cases.
var ErrNotEmpty = errors.New("the database holds cases: a replay wants a fresh one")

// Run plays a file.
func (p Replay) Run(ctx context.Context, file io.Reader) (Played, error) {
	if p.Profile == "" {
		p.Profile = grievance.ProfilePetition
	}
	if err := checkProfile(p.Profile); err != nil {
		return Played{}, err
	}
	s, err := readScript(file)
	if err != nil {
		return Played{}, fmt.Errorf("reading the file: %w", err)
	}
	played := Played{Messages: s.messages, Replayed: s.messages - len(s.skipped), Skipped: s.skipped, Until: s.until()}
	if err := p.wantsEmpty(ctx); err != nil || len(s.acts) == 0 {
		return played, err
	}
	st, err := p.stage(ctx, s.acts[0].at)
	if err != nil {
		return played, err
	}
	return played, st.play(ctx, s.acts, p.Progress)
}

func (p Replay) wantsEmpty(ctx context.Context) error {
	return p.Store.Read(ctx, func(s *store.Snapshot) error {
		some, err := s.HasCases()
		if err == nil && some {
			err = ErrNotEmpty
		}
		return err
	})
}

// stage is the service as the replay runs it, at the instant of its clock.
type stage struct {
	crew
	profile string
	clock   *clock.Fake
	store   *store.Store
	office  *office.Office
	desk    *casework.Desk
	engine  *engine.Engine
	cases   map[string]grievance.CaseID // by the message's number
}

// stage puts the service together a day before the first act, with the
// organisation that is there, or a small one of its own.
func (p Replay) stage(ctx context.Context, first time.Time) (*stage, error) {
	since := first.AddDate(0, 0, -1)
	ck := clock.NewFake(since)
	o := office.New(p.Store, ck)
	if err := o.Seed(ctx); err != nil {
		return nil, fmt.Errorf("loading profiles and calendar: %w", err)
	}
	desk := casework.New(p.Store, o, ck)
	st := &stage{
		profile: p.Profile, clock: ck, store: p.Store, office: o, desk: desk,
		engine: engine.New(desk, p.Store, ck, p.Log), cases: map[string]grievance.CaseID{},
	}
	book, err := o.Book(ctx)
	if err != nil {
		return nil, err
	}
	code := p.Unit
	if len(book.Units()) == 0 {
		if code, err = foundTown(ctx, o, since); err != nil {
			return nil, err
		}
		if book, err = o.Book(ctx); err != nil {
			return nil, err
		}
	}
	st.crew, err = findCrew(book, code, first)
	return st, err
}

func (st *stage) play(ctx context.Context, acts []act, progress func(done, total int)) error {
	for i, a := range acts {
		if err := st.passTo(ctx, a.at); err != nil {
			return err
		}
		if err := st.perform(ctx, a); err != nil {
			return fmt.Errorf("message %s (line %d): %w", a.message.ID, a.message.Line, err)
		}
		if progress != nil {
			progress(i+1, len(acts))
		}
	}
	return st.runEngine(ctx)
}

// passTo lets time pass until an instant: the engine runs at each instant up to
// it at which a clock needs something.
func (st *stage) passTo(ctx context.Context, to time.Time) error {
	for {
		var next *time.Time
		err := st.store.Read(ctx, func(s *store.Snapshot) (err error) {
			_, next, err = s.Backlog(to)
			return err
		})
		if err != nil {
			return err
		}
		if next == nil {
			st.clock.Set(to)
			return nil
		}
		if next.After(st.clock.Now()) {
			st.clock.Set(*next)
		}
		if err := st.runEngine(ctx); err != nil {
			return err
		}
	}
}

var errSetAside = errors.New("the engine could not do everything that was due: see its log")

func (st *stage) runEngine(ctx context.Context) error {
	sum, err := st.engine.RunOnce(ctx)
	for _, r := range sum.Rules {
		if err == nil && r.SetAside > 0 {
			err = errSetAside
		}
	}
	return err
}
