package bench

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/app"
	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

const (
	units    = 50 // each with a clerk at its desk
	workers  = 8  // at once, on every side
	maxConns = 10 // of a pool, on every side: what the service takes by default
	password = "correct horse battery staple"
)

// town is the service over a database of its own, and fifty desks to use it at.
type town struct {
	*app.App
	url   string // of the database
	site  string // of the server
	desks []desk
}

// desk is a clerk in a unit. token is what the clerk logged in with.
type desk struct {
	clerk grievance.User
	unit  grievance.Unit
	token string
}

// newTown puts the service together as `huiyin serve` does, without its engine,
// whose work is not intake's.
func newTown(b testing.TB, dialect string) *town {
	b.Helper()
	key, err := vault.Generate()
	if err != nil {
		b.Fatal(err)
	}
	t := &town{url: storetest.URL(b, dialect)}
	settings := config.Common{DatabaseURL: t.url, Key: string(key), MaxConns: maxConns}
	t.App, err = app.Open(b.Context(), settings, false, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := t.Close(); err != nil {
			b.Error(err)
		}
	})
	t.makeDesks(b)
	return t
}

func (t *town) makeDesks(b testing.TB) {
	b.Helper()
	hash, err := auth.HashPassword(password)
	if err != nil {
		b.Fatal(err)
	}
	csv := bytes.NewBufferString("code,name,level,kind,parent_code,organ\n99,测试县,county,government,,true\n")
	for i := range units {
		fmt.Fprintf(csv, "99%03d,第%d街道,township,government,99,true\n", i, i)
	}
	report, err := t.Office.ImportUnits(b.Context(), grievance.System, csv, office.UnitImport{})
	if err != nil {
		b.Fatalf("importing units: %v, %+v", err, report)
	}
	book, err := t.Office.Book(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for i := range units {
		unit := book.UnitByCode(fmt.Sprintf("99%03d", i))
		clerk, err := t.Office.CreateUser(b.Context(), grievance.System, office.NewUser{
			Username: fmt.Sprintf("clerk%d", i), Name: "王建国", PasswordHash: hash,
			Posts: []office.NewAppointment{{UnitID: unit.ID, Role: grievance.RoleClerk, OnDuty: true}},
		})
		if err != nil {
			b.Fatal(err)
		}
		t.desks = append(t.desks, desk{clerk: clerk, unit: *unit})
	}
}

// serve lets the town's clerks log in over HTTP.
func (t *town) serve(b testing.TB) {
	b.Helper()
	handler, err := t.Handler(config.Serve{UserPerMinute: unlimited, LoginPerMinute: unlimited})
	if err != nil {
		b.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	b.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	t.site = l.Addr().String()
	t.logIn(b)
}

// unlimited is more requests a minute than a benchmark makes of one account.
const unlimited = 1 << 40
