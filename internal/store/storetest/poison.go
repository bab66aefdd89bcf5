package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // for statements of the tests' own
	_ "modernc.org/sqlite"
)

// Poison makes the database itself refuse every insert into the table whose
// column has the value, until heal is called: a fault that no code above can
// see coming.
func Poison(t testing.TB, url, table, column, value string) (heal func()) {
	t.Helper()
	raw := rawSQL(t, url)
	name := "poison_" + table
	heals := []string{"DROP TRIGGER " + name}
	if strings.HasPrefix(url, "sqlite:") {
		execRaw(t, raw, fmt.Sprintf("CREATE TRIGGER %s BEFORE INSERT ON %s WHEN NEW.%s = '%s' BEGIN SELECT RAISE(ABORT, 'poisoned'); END",
			name, table, column, value))
	} else {
		execRaw(t, raw, fmt.Sprintf(`CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN RAISE EXCEPTION 'poisoned'; END $$`, name))
		execRaw(t, raw, fmt.Sprintf("CREATE TRIGGER %s BEFORE INSERT ON %s FOR EACH ROW WHEN (NEW.%s = '%s') EXECUTE FUNCTION %s()",
			name, table, column, value, name))
		heals = []string{"DROP TRIGGER " + name + " ON " + table, "DROP FUNCTION " + name}
	}
	return func() {
		t.Helper()
		execRaw(t, raw, strings.Join(heals, "; "))
	}
}

// rawSQL opens the database past the store.
func rawSQL(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatalf("opening the database past the store: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execRaw(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Exec runs a statement past the store, for faults that the store cannot make.
func Exec(t testing.TB, url, statement string) {
	t.Helper()
	execRaw(t, rawSQL(t, url), statement)
}

// Scan reads the one row of a query past the store.
func Scan(t testing.TB, url, query string, into ...any) {
	t.Helper()
	if err := rawSQL(t, url).QueryRowContext(t.Context(), query).Scan(into...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Try is Exec for a statement that the database shall refuse: it gives its error.
func Try(t testing.TB, url, statement string) error {
	t.Helper()
	_, err := rawSQL(t, url).ExecContext(t.Context(), statement)
	return err
}
