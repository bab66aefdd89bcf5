// Package officetest gives tests the organisation of the demo city.
//
// It guarantees that the organisation of every test is the same, as samples
// tells it, but for its identifiers, that every account can log in with
// Password, and that loading it costs milliseconds.
package officetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/demo"
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

// load lets demo load what is loaded in milliseconds. The users are written in
// one transaction, past the office: one each takes a third of a second.
func load(ctx context.Context, o *office.Office, st *store.Store, ck clock.Clock, city *samples.City) error {
	if err := o.Seed(ctx); err != nil {
		return err
	}
	if err := demo.LoadOrganisation(ctx, o); err != nil {
		return err
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
			account := demo.Account(book, u, hash)
			user, posts, err := makeUser(ids, now, account)
			if err != nil {
				return err
			}
			if err := tx.InsertUser(user, store.Account{PasswordHash: account.PasswordHash}); err != nil {
				return err
			}
			held = append(held, posts...)
		}
		return tx.InsertAppointments(held)
	})
}

func makeUser(ids *uuid.Gen, now time.Time, in office.NewUser) (grievance.User, []grievance.Appointment, error) {
	id, err := ids.NewV7AtTime(now)
	user := grievance.User{
		ID: grievance.UserID(id), Username: in.Username, Name: in.Name, Petitioner: in.Petitioner, CreatedAt: now,
	}
	var held []grievance.Appointment
	for _, p := range in.Posts {
		id, idErr := ids.NewV7AtTime(now)
		if idErr != nil {
			return user, nil, idErr
		}
		held = append(held, grievance.Appointment{
			ID: grievance.AppointmentID(id), UserID: user.ID, UnitID: p.UnitID,
			Role: p.Role, Head: p.Head, OnDuty: p.OnDuty, From: p.From, CreatedAt: now,
		})
	}
	return user, held, err
}

// Actor gives the user of an account as an actor of now, with the posts that
// the account holds then.
func Actor(t testing.TB, o *office.Office, ck clock.Clock, account string) grievance.Actor {
	t.Helper()
	book := Book(t, o)
	u := book.UserByName(account)
	if u == nil {
		t.Fatalf("the demo city has no account %q", account)
	}
	return book.Actor(u.ID, ck.Now())
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
