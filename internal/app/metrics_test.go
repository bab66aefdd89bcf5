package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestTheEnginesFiguresAreMeasured(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := emptyTown(t, dialect).open()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"backlog_clocks", "lag_seconds", "unroutable_escalations", "unsequenced_events"} {
			if line := "\nhuiyin_engine_" + name + " 0\n"; !strings.Contains(string(text), line) {
				t.Errorf("the metrics have no line %q", line)
			}
		}
	})
}
