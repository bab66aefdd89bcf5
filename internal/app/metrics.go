package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/huiyin/huiyin/internal/engine"
)

// figure is one of the figures that the engine's status has.
type figure struct {
	desc *prometheus.Desc
	of   func(engine.Status) float64
}

func newFigure(name, help string, of func(engine.Status) float64) figure {
	return figure{prometheus.NewDesc(prometheus.BuildFQName("huiyin", "engine", name), help, nil, nil), of}
}

// figures are read from the database.
var figures = []figure{
	newFigure("backlog_clocks", "Clocks that need something now.", func(s engine.Status) float64 { return float64(s.Rule("climb").Backlog) }),
	newFigure("lag_seconds", "How long the first due clock has waited.", func(s engine.Status) float64 { return s.Rule("climb").Lag.Seconds() }),
	newFigure("unsequenced_events", "Events without a place in the ledger.", func(s engine.Status) float64 { return float64(s.Rule("sequence").Backlog) }),
	newFigure("unroutable_escalations", "Unresolved escalations that no post can take.", func(s engine.Status) float64 { return float64(s.Unroutable) }),
	newFigure("set_aside_cases", "Cases that stand aside because of an error.", func(s engine.Status) float64 { return float64(s.SetAside) }),
}

// ruleFigure is one of the figures that every rule has.
type ruleFigure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	known bool // by this process, whatever the database says
	of    func(engine.RuleStatus) float64
}

func ruleDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName("huiyin", "engine_rule", name), help, []string{"rule"}, nil)
}

var ruleFigures = []ruleFigure{
	{ruleDesc("backlog", "What is due for the rule and not done."), prometheus.GaugeValue, false,
		func(r engine.RuleStatus) float64 { return float64(r.Backlog) }},
	{ruleDesc("lag_seconds", "How long the first of the rule's backlog has been due."), prometheus.GaugeValue, false,
		func(r engine.RuleStatus) float64 { return r.Lag.Seconds() }},
	{ruleDesc("done_total", "What the rule has done."), prometheus.CounterValue, true,
		func(r engine.RuleStatus) float64 { return float64(r.Done) }},
	{ruleDesc("set_aside_total", "How often the rule put a case off because of an error."), prometheus.CounterValue, true,
		func(r engine.RuleStatus) float64 { return float64(r.SetAside) }},
	{ruleDesc("errors_total", "Runs of the rule that ended with an error."), prometheus.CounterValue, true,
		func(r engine.RuleStatus) float64 { return float64(r.Errors) }},
}

// ruleDuration counts a rule's runs and adds up how long they took.
var ruleDuration = ruleDesc("duration_seconds", "How long the runs of the rule took.")

// engineMetrics reads what stands in the database whenever somebody asks: once
// for all figures, so that they are of one instant. Where it cannot be read they
// are -1; what this process has done it knows in any case.
type engineMetrics struct{ engine *engine.Engine }

// Describe names the figures.
func (m engineMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, f := range figures {
		to <- f.desc
	}
	for _, f := range ruleFigures {
		to <- f.desc
	}
	to <- ruleDuration
}

// Collect reads the figures.
func (m engineMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := m.engine.Status(ctx)
	known := func(value float64) float64 {
		if err != nil {
			return -1
		}
		return value
	}
	for _, f := range figures {
		to <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, known(f.of(st)))
	}
	for _, r := range st.Rules {
		for _, f := range ruleFigures {
			value := f.of(r)
			if !f.known {
				value = known(value)
			}
			to <- prometheus.MustNewConstMetric(f.desc, f.kind, value, r.Name)
		}
		to <- prometheus.MustNewConstSummary(ruleDuration, uint64(r.Runs), r.Took.Seconds(), nil, r.Name)
	}
}
