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

var figures = []figure{
	newFigure("backlog_clocks", "Clocks that need something now.", func(s engine.Status) float64 { return float64(s.Backlog) }),
	newFigure("lag_seconds", "How long the first due clock has waited.", func(s engine.Status) float64 { return s.Lag.Seconds() }),
	newFigure("unsequenced_events", "Events without a place in the ledger.", func(s engine.Status) float64 { return float64(s.Unsequenced) }),
	newFigure("unroutable_escalations", "Unresolved escalations that no post can take.", func(s engine.Status) float64 { return float64(s.Unroutable) }),
}

// engineMetrics reads what stands in the database whenever somebody asks: once
// for all figures, so that they are of one instant. Where it cannot be read they
// are -1.
type engineMetrics struct{ engine *engine.Engine }

// Describe names the figures.
func (m engineMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, f := range figures {
		to <- f.desc
	}
}

// Collect reads the figures.
func (m engineMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := m.engine.Status(ctx)
	for _, f := range figures {
		value := -1.0
		if err == nil {
			value = f.of(st)
		}
		to <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, value)
	}
}
