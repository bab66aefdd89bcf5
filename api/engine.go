package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/engine"
)

// EngineStatus is how the engine stands.
type EngineStatus struct {
	// The last run in this process; absent before the first.
	LastRun *EngineRun `json:"last_run,omitempty"`
	// How many clocks need something now: the backlog of the rule climb.
	Backlog int64 `json:"backlog"`
	// How long the first of them has waited.
	LagSeconds float64 `json:"lag_seconds"`
	// How many events have no place in the ledger yet: the backlog of the rule sequence.
	Unsequenced int64 `json:"unsequenced"`
	// How many unresolved escalations no post up to the root can take.
	Unroutable int64 `json:"unroutable"`
	// How many cases stand aside because of an error.
	SetAside int `json:"set_aside"`
	// The rules, in the order in which they run.
	Rules []EngineRule `json:"rules"`
} // @name EngineStatus

// EngineRule is how one rule of the engine stands: what waits for it in the
// database, and what it has done since this process began.
type EngineRule struct {
	Name string `json:"name" example:"climb"`
	// How much is due and not done.
	Backlog int64 `json:"backlog"`
	// How long the first of it has been due.
	LagSeconds float64 `json:"lag_seconds"`
	Runs       int64   `json:"runs"`
	Done       int64   `json:"done"`
	// How often a case was put off because of an error.
	SetAside int64 `json:"set_aside"`
	// How many runs ended with an error.
	Errors     int64   `json:"errors"`
	TookMillis float64 `json:"took_millis"`
} // @name EngineRule

// EngineRun is what one run of the engine did.
type EngineRun struct {
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt time.Time       `json:"finished_at"`
	Rules      []EngineRunRule `json:"rules"`
} // @name EngineRun

// EngineRunRule is what one rule did in one run.
type EngineRunRule struct {
	Name       string  `json:"name" example:"climb"`
	Done       int     `json:"done"`
	TookMillis float64 `json:"took_millis"`
	// Cases put off because of an error.
	SetAside int `json:"set_aside"`
	// Whether an error ended it; the log says which.
	Failed bool `json:"failed"`
} // @name EngineRunRule

func engineRun(s engine.Summary) EngineRun {
	v := EngineRun{StartedAt: s.StartedAt, FinishedAt: s.FinishedAt, Rules: []EngineRunRule{}}
	for _, r := range s.Rules {
		v.Rules = append(v.Rules, EngineRunRule{
			Name: r.Name, Done: r.Done, TookMillis: millis(r.Took), SetAside: r.SetAside, Failed: r.Error != "",
		})
	}
	return v
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func engineRules(st engine.Status) []EngineRule {
	list := make([]EngineRule, len(st.Rules))
	for i, r := range st.Rules {
		list[i] = EngineRule{
			Name: r.Name, Backlog: r.Backlog, LagSeconds: r.Lag.Seconds(), Runs: r.Runs, Done: r.Done,
			SetAside: r.SetAside, Errors: r.Errors, TookMillis: millis(r.Took),
		}
	}
	return list
}

// engineStatus tells how the engine stands.
//
//	@Summary	引擎状态 / how the engine stands
//	@Tags		engine
//	@Produce	json
//	@Success	200	{object}	EngineStatus
//	@Failure	400,401,403,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/engine [get]
func (s *server) engineStatus(c echo.Context) error {
	st, err := s.Engine.Status(c.Request().Context())
	clocks, events := st.Rule("climb"), st.Rule("sequence")
	v := EngineStatus{
		Backlog: clocks.Backlog, LagSeconds: clocks.Lag.Seconds(), Unsequenced: events.Backlog,
		Unroutable: st.Unroutable, SetAside: st.SetAside, Rules: engineRules(st),
	}
	if !st.Last.StartedAt.IsZero() {
		last := engineRun(st.Last)
		v.LastRun = &last
	}
	return reply(c, v, err)
}

// runEngine runs the engine once, until nothing is due.
//
//	@Summary		运行引擎 / run the engine
//	@Description	立即运行一次，直至没有到期事项；可放心重复。 Runs every rule until nothing is due; it may be repeated safely.
//	@Tags			engine
//	@Produce		json
//	@Success		200	{object}	EngineRun
//	@Failure		400,401,403,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/engine/run [post]
func (s *server) runEngine(c echo.Context) error {
	if _, err := decodeAction[nothing](c); err != nil {
		return err
	}
	sum, err := s.Engine.RunOnce(c.Request().Context())
	return reply(c, engineRun(sum), err)
}
