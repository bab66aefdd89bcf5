package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// The floor is a fair one only while it leaves in the database what an intake
// leaves there.
func TestFloorLeavesWhatAnIntakeLeaves(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		starts := map[string]func(context.Context) (intake, error){"desk": w.atTheDesk, "floor": w.floor(t)}
		left := map[string]string{}
		for name, start := range starts {
			in, err := start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			before := w.rows(t)
			if err := in.once(t.Context(), numbers.Add(1)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			left[name] = added(before, w.rows(t))
		}
		if left["desk"] != left["floor"] || left["desk"] == "" {
			t.Errorf("an intake leaves\n%s\nand the floor\n%s", left["desk"], left["floor"])
		}
	})
}

var tables = []string{
	"counters", "cases", "case_units", "parties", "texts", "clocks", "events", "idempotency",
	"notices", "sign_offs", "rungs", "escalations",
}

func (t *town) rows(tb testing.TB) []int {
	tb.Helper()
	driver, url := "pgx", t.url
	if path, ok := strings.CutPrefix(url, migrations.SQLite+":"); ok {
		driver, url = "sqlite", "file:"+path
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	counts := make([]int, len(tables))
	for i, table := range tables {
		if err := db.QueryRowContext(tb.Context(), "SELECT count(*) FROM "+table).Scan(&counts[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return counts
}

func added(before, after []int) string {
	var list []string
	for i, table := range tables {
		if n := after[i] - before[i]; n != 0 {
			list = append(list, fmt.Sprintf("%s %d", table, n))
		}
	}
	return strings.Join(list, ", ")
}
