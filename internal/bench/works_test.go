package bench

import (
	"database/sql"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// works is the demo city with an engine, whose clock is moved by hand, and a
// way to its database past the store.
type works struct {
	url    string
	store  *store.Store
	office *office.Office
	desk   *casework.Desk
	clock  *clock.Fake
	engine *engine.Engine
	raw    *sql.DB
}

func newWorks(b testing.TB, dialect string, now time.Time) *works {
	b.Helper()
	ck := clock.NewFake(now)
	w := &works{url: storetest.URL(b, dialect), clock: ck}
	w.store = storetest.OpenURL(b, w.url, storetest.WithClock(ck), storetest.WithMaxConns(maxConns))
	w.office = officetest.Load(b, w.store, ck)
	w.desk = casework.New(w.store, w.office, ck)
	w.engine = engine.New(w.desk, w.store, ck, slog.New(slog.DiscardHandler))
	w.raw = openRaw(b, w.url)
	return w
}

// openRaw opens a database with the bare driver, as the service opens it.
func openRaw(b testing.TB, url string) *sql.DB {
	b.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, migrations.SQLite+":"); ok {
		driver, dsn = "sqlite", sqliteDSN(path)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// register takes a case in at an instant, as an ordinary visit.
func (w *works) register(b testing.TB, at time.Time) grievance.CaseID {
	b.Helper()
	w.clock.Set(at)
	done, err := w.desk.Register(b.Context(), casework.Request{Actor: officetest.Actor(b, w.office, w.clock, "clerk")}, grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: title, Body: story,
		Petitioner: grievance.Party{Name: "陈志强", Phone: "13800000000"},
	})
	if err != nil {
		b.Fatal(err)
	}
	return done.Case.ID
}

// cohort registers a case at an instant and gives it n-1 copies, each with the
// one running clock.
func (w *works) cohort(b testing.TB, at time.Time, n int) {
	b.Helper()
	storetest.CopyCase(b, w.url, w.register(b, at), n-1)
}

func (w *works) run(b testing.TB) engine.Summary {
	b.Helper()
	sum, err := w.engine.RunOnce(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

// one reads the single row of a query.
func (w *works) one(b testing.TB, query string, into ...any) {
	b.Helper()
	if err := w.raw.QueryRowContext(b.Context(), query).Scan(into...); err != nil {
		b.Fatalf("%s: %v", query, err)
	}
}

// allAudited lets copies be no news to the audit.
const allAudited = "UPDATE followers SET ledger_pos = (SELECT last FROM ledger)"

// analyse lets PostgreSQL know how much there is now, as the server does by itself,
// sooner or later.
func (w *works) analyse(b testing.TB) {
	b.Helper()
	if w.store.Dialect() == migrations.Postgres {
		w.exec(b, "VACUUM ANALYZE")
	}
}

func (w *works) exec(b testing.TB, statements ...string) {
	b.Helper()
	for _, text := range statements {
		if _, err := w.raw.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
}

// settle runs the engine until it finds nothing more.
func (w *works) settle(b testing.TB) {
	b.Helper()
	for !w.run(b).Idle() {
		continue
	}
}
