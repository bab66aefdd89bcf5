package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestTheEnginesFiguresAreMeasured(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		text := emptyTown(t, dialect).open().text("/metrics")
		lines := []string{
			"backlog_clocks 0", "lag_seconds 0", "unroutable_escalations 0", "unsequenced_events 0", "set_aside_cases 0",
		}
		for _, rule := range []string{"hand_on", "rebase", "climb", "sequence", "forget_answers"} {
			for _, name := range []string{"backlog", "lag_seconds", "set_aside_total", "errors_total"} {
				lines = append(lines, fmt.Sprintf("rule_%s{rule=%q} 0", name, rule))
			}
			lines = append(lines, fmt.Sprintf("rule_done_total{rule=%q} ", rule), fmt.Sprintf("rule_duration_seconds_count{rule=%q} ", rule))
		}
		for _, line := range lines {
			if !strings.Contains(text, "\nhuiyin_engine_"+line) {
				t.Errorf("the metrics have no line %q", line)
			}
		}
	})
}
