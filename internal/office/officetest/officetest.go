// Package officetest gives tests the organisation of the demo city.
//
// It guarantees that the organisation of every test is the same, as samples
// tells it, but for its identifiers, that every account can log in with
// Password, and that loading it costs milliseconds.
package officetest

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/samples"
)

// Password is what every account logs in with.
const Password = "correct horse battery staple"

// passwordHash is made once for each test binary, because it costs 50 ms.
var passwordHash = sync.OnceValues(func() (string, error) { return auth.HashPassword(Password) })

// Load fills an empty database with the demo city's organisation, its accounts
// included, and gives the Office over it.
func Load(t testing.TB, st *store.Store, ck clock.Clock) *office.Office {
	t.Helper()
	city, err := samples.Load()
	if err != nil {
		t.Fatalf("reading the samples: %v", err)
	}
	if err := load(t.Context(), office.New(st, ck), st, ck, city); err != nil {
		t.Fatalf("loading the demo city: %v", err)
	}
	return office.New(st, ck) // which has not seen it without its users
}

// load lets the office import what it has importers for. The users are written
// in one transaction, past the office: one each would take seconds.
func load(ctx context.Context, o *office.Office, st *store.Store, ck clock.Clock, city *samples.City) error {
	if err := o.Seed(ctx); err != nil {
		return err
	}
	imports := []struct {
		file string
		read func(*bytes.Reader) error
	}{
		{"units.csv", func(f *bytes.Reader) error {
			_, err := o.ImportUnits(ctx, grievance.System, f, office.UnitImport{})
			return err
		}},
		{"categories.csv", func(f *bytes.Reader) error {
			_, err := o.ImportCategories(ctx, grievance.System, f)
			return err
		}},
		{"responsibilities.csv", func(f *bytes.Reader) error {
			_, err := o.ImportResponsibilities(ctx, grievance.System, f)
			return err
		}},
	}
	for _, i := range imports {
		file, err := samples.Files.ReadFile(i.file)
		if err != nil {
			return err
		}
		if err := i.read(bytes.NewReader(file)); err != nil {
			return err
		}
	}
	book, err := o.Book(ctx)
	if err != nil {
		return err
	}
	return addUsers(ctx, st, book, ck.Now(), city.Users)
}

func addUsers(ctx context.Context, st *store.Store, book *grievance.Book, now time.Time, users []samples.User) error {
	hash, err := passwordHash()
	if err != nil {
		return err
	}
	ids := uuid.NewGen()
	return st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.BumpBook(); err != nil {
			return err
		}
		var held []grievance.Appointment
		for _, u := range users {
			user, posts, err := makeUser(ids, book, now, u)
			if err != nil {
				return err
			}
			if err := tx.InsertUser(user, store.Account{PasswordHash: hash}); err != nil {
				return err
			}
			held = append(held, posts...)
		}
		return tx.InsertAppointments(held)
	})
}

func makeUser(ids *uuid.Gen, book *grievance.Book, now time.Time, u samples.User) (grievance.User, []grievance.Appointment, error) {
	id, err := ids.NewV7AtTime(now)
	user := grievance.User{ID: grievance.UserID(id), Username: u.Account, Name: u.Name, Petitioner: u.Petitioner, CreatedAt: now}
	if u.Petitioner {
		user.Name = "" // it is personal data
	}
	var held []grievance.Appointment
	for _, p := range u.Posts {
		id, idErr := ids.NewV7AtTime(now)
		if idErr != nil {
			return user, nil, idErr
		}
		held = append(held, grievance.Appointment{
			ID: grievance.AppointmentID(id), UserID: user.ID, UnitID: book.UnitByCode(p.UnitCode).ID,
			Role: grievance.Role(p.Role), Head: p.Head, OnDuty: p.Duty, From: p.From.Start(), CreatedAt: now,
		})
	}
	return user, held, err
}

// Actor gives the user of an account as an actor of now, with the posts that
// the account holds then.
func Actor(t testing.TB, o *office.Office, ck clock.Clock, account string) grievance.Actor {
	t.Helper()
	book := Book(t, o)
	for _, u := range book.Users() {
		if u.Username == account {
			return book.Actor(u.ID, ck.Now())
		}
	}
	t.Fatalf("the demo city has no account %q", account)
	return grievance.Actor{}
}

// Unit gives a unit of the demo city by its code.
func Unit(t testing.TB, o *office.Office, code string) *grievance.Unit {
	t.Helper()
	u := Book(t, o).UnitByCode(code)
	if u == nil {
		t.Fatalf("the demo city has no unit %q", code)
	}
	return u
}

// Book gives the organisation as it is now.
func Book(t testing.TB, o *office.Office) *grievance.Book {
	t.Helper()
	book, err := o.Book(t.Context())
	if err != nil {
		t.Fatalf("reading the organisation: %v", err)
	}
	return book
}
