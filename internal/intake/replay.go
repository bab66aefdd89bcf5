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
// contacted; at 答复时间 its opinion is submitted, approved and served. In between
// the engine runs in its rhythm: unless told otherwise at the very instant at
// which a clock needs anything, so that what is late is warned, breached and
// escalated as it would have been.
type Replay struct {
	Store    *store.Store
	Log      *slog.Logger
	Profile  string                // petition if empty
	Engine   Rhythm                // WhenDue if empty
	Unit     string                // code of the unit that receives the messages, where there are units
	Progress func(done, total int) // told after each receipt and reply, if set
}

// Played is what was played. Messages = Replayed + len(Skipped). Until is the
// instant at which the clock stopped, and at which what is open is judged: the
// last receipt or reply that was played where the engine ran WhenDue, and ten
// years later where it ran in another rhythm. Runs counts how often it ran.
type Played struct {
	Messages int
	Replayed int
	Skipped  []Refusal
	Until    time.Time
	Runs     int
}

// ErrNotEmpty refuses to mix a replay with a database's own cases.
var ErrNotEmpty = errors.New("the database holds cases: a replay wants a fresh one")

// Run plays a file.
func (p Replay) Run(ctx context.Context, file io.Reader) (Played, error) {
	if p.Profile == "" {
		p.Profile = grievance.ProfilePetition
	}
	if p.Engine == "" {
		p.Engine = WhenDue
	}
	if err := checkProfile(p.Profile); err != nil {
		return Played{}, err
	}
	s, err := readScript(file)
	if err != nil {
		return Played{}, fmt.Errorf("reading the file: %w", err)
	}
	played := Played{Messages: s.messages, Replayed: s.messages - len(s.skipped), Skipped: s.skipped, Until: p.Engine.end(s.until())}
	if err := p.wantsEmpty(ctx); err != nil || len(s.acts) == 0 {
		return played, err
	}
	st, err := p.stage(ctx, s.acts[0].at)
	if err != nil {
		return played, err
	}
	err = st.play(ctx, s.acts, p.Progress)
	if err == nil {
		err = st.fallSilent(ctx, played.Until)
	}
	played.Runs = st.runs
	return played, err
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
	rhythm  Rhythm
	runs    int // of the engine
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
		profile: p.Profile, rhythm: p.Engine, clock: ck, store: p.Store, office: o, desk: desk,
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
	return nil
}

var errSetAside = errors.New("the engine could not do everything that was due: see its log")

func (st *stage) runEngine(ctx context.Context) error {
	st.runs++
	sum, err := st.engine.RunOnce(ctx)
	for _, r := range sum.Rules {
		if err == nil && r.SetAside > 0 {
			err = errSetAside
		}
	}
	return err
}
