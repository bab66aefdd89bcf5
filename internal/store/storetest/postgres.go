package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/huiyin/huiyin/migrations"
)

// templateLock is the advisory lock under which a template is made, so that
// test binaries that run at once make it once.
const templateLock = 0x687579696e // "huyin"

// postgresTemplate names the migrated template of this schema on the server,
// making it if no other test binary has.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := "huiyin_template_" + migrations.Hash(migrations.Postgres)
	return name, onServer(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
			return err
		}
		return makeTemplate(ctx, conn, name)
	})
})

// makeTemplate migrates under another name first: a template that carries its
// name is complete, even if a test binary was killed while making it.
func makeTemplate(ctx context.Context, conn *pgx.Conn, name string) error {
	var made bool
	const find = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, find, name).Scan(&made); err != nil || made {
		return err
	}
	draft := name + "_draft"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)", "CREATE DATABASE " + draft} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrate(databaseURL(draft)); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
	return err
}

func postgresURL(t testing.TB) string {
	t.Helper()
	serverURL(t)
	template, err := postgresTemplate()
	if err != nil {
		t.Fatalf("making the PostgreSQL template: %v", err)
	}
	return createDatabase(t, template)
}

// createDatabase clones template for the test and drops the clone when it ends.
func createDatabase(t testing.TB, template string) string {
	t.Helper()
	serverURL(t)
	name := "huiyin_test_" + strings.ToLower(rand.Text())
	run(t, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, template))
	t.Cleanup(func() { run(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return databaseURL(name)
}

func run(t testing.TB, statement string) {
	t.Helper()
	err := onServer(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// onServer lends a connection to the server's own database; what is locked on
// it is released at the end.
func onServer(use func(context.Context, *pgx.Conn) error) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv(urlVariable))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return use(ctx, conn)
}

func databaseURL(name string) string {
	u, err := url.Parse(os.Getenv(urlVariable))
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}
