package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func officeOf(t *testing.T, s *store.Store) (rows store.OfficeRows) {
	t.Helper()
	err := s.Read(t.Context(), func(snap *store.Snapshot) (err error) {
		rows, err = snap.Office()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestOfficeReadsEveryVersionInOrder(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		if rows := officeOf(t, s); len(rows.Profiles) != 0 || len(rows.Calendars) != 0 {
			t.Errorf("a new database holds %v", rows)
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(
				tx.InsertProfile(store.ProfileRow{Name: "a", Version: 2, Body: []byte("a2"), CreatedAt: storetest.Start}), tx.InsertProfile(store.ProfileRow{Name: "a", Version: 1, Body: []byte("a1"), CreatedAt: storetest.Start}),
				tx.InsertProfile(store.ProfileRow{Name: "b", Version: 1, Body: []byte("b1"), CreatedAt: storetest.Start}), tx.InsertProfile(store.ProfileRow{Name: "b", Version: 1, Body: []byte("other"), CreatedAt: storetest.Start}),
				tx.InsertCalendar(10, []byte("c10"), storetest.Start), tx.InsertCalendar(9, []byte("c9"), storetest.Start),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		rows := officeOf(t, s)
		var bodies []string
		for _, p := range rows.Profiles {
			bodies = append(bodies, string(p.Body))
		}
		for _, c := range rows.Calendars {
			bodies = append(bodies, string(c.Body))
		}
		if got := strings.Join(bodies, " "); got != "a1 a2 b1 c9 c10" {
			t.Errorf("versions %s", got)
		}
	})
}

func TestBumpBookHappensWithItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		before := officeOf(t, s).Version
		broken := errors.New("broken")
		bump := func(fail error) error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				if v, err := tx.BumpBook(); err != nil || v != before+1 {
					t.Errorf("version %d, %v", v, err)
				}
				return fail
			})
		}
		if err := bump(broken); !errors.Is(err, broken) || officeOf(t, s).Version != before {
			t.Errorf("after a failure: version %d, %v", officeOf(t, s).Version, err)
		}
		if err := bump(nil); err != nil || officeOf(t, s).Version != before+1 {
			t.Errorf("after a success: version %d, %v", officeOf(t, s).Version, err)
		}
	})
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		u := grievance.User{ID: grievance.UserID{6: 0x70, 15: 1}, Username: "a", Name: "某", CreatedAt: storetest.Start}
		want := store.Account{PasswordHash: "new", MustChangePassword: true}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.InsertUser(u, store.Account{PasswordHash: "old"}), tx.SetAccount(u.ID, want))
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Read(t.Context(), func(snap *store.Snapshot) error {
			byName, a, err1 := snap.AccountOf("a")
			byID, b, err2 := snap.Account(u.ID)
			if byName != u || byID != u || a != want || b != want {
				t.Errorf("by name %v %v, by id %v %v", byName, a, byID, b)
			}
			if _, _, err := snap.AccountOf("A"); !errors.Is(err, grievance.ErrNotFound) {
				t.Errorf("another name: %v", err)
			}
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestOfficeRowsHoldTogether(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		root := grievance.Unit{ID: grievance.UnitID{15: 1}, Path: "1/", Code: "1", CreatedAt: storetest.Start}
		write := func(fn func(*store.Tx) error) error { return s.Write(t.Context(), fn) }
		if err := write(func(tx *store.Tx) error { return tx.InsertUnits([]grievance.Unit{root}) }); err != nil {
			t.Fatal(err)
		}
		again := grievance.Unit{ID: grievance.UnitID{15: 2}, Path: "2/", Code: "1", CreatedAt: storetest.Start}
		orphan := grievance.Unit{ID: grievance.UnitID{15: 3}, ParentID: grievance.UnitID{9}, Path: "3/", Code: "3", CreatedAt: storetest.Start}
		named := grievance.User{ID: grievance.UserID{15: 1}, Username: "p", Name: "某", Petitioner: true, CreatedAt: storetest.Start}
		nobodys := grievance.Appointment{ID: grievance.AppointmentID{15: 1}, UserID: grievance.UserID{9}, UnitID: root.ID, From: storetest.Start, CreatedAt: storetest.Start}
		for name, c := range map[string]struct {
			want error
			fn   func(*store.Tx) error
		}{
			"a code twice":           {store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertUnits([]grievance.Unit{again}) }},
			"an unknown parent":      {store.ErrForeignKey, func(tx *store.Tx) error { return tx.InsertUnits([]grievance.Unit{orphan}) }},
			"a petitioner's name":    {store.ErrCheck, func(tx *store.Tx) error { return tx.InsertUser(named, store.Account{}) }},
			"an unknown user's post": {store.ErrForeignKey, func(tx *store.Tx) error { return tx.InsertAppointments([]grievance.Appointment{nobodys}) }},
			"an unknown unit's category": {store.ErrForeignKey, func(tx *store.Tx) error {
				return tx.ReplaceResponsibilities([]grievance.Responsibility{{Category: "1", UnitID: grievance.UnitID{9}}})
			}},
		} {
			if err := write(c.fn); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if rows := officeOf(t, s); len(rows.Units) != 1 || rows.Units[0] != root {
			t.Errorf("units %v", rows.Units)
		}
	})
}

func TestManyUnitsAreInsertedWhole(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		units := make([]grievance.Unit, 450)
		for i := range units {
			id := grievance.UnitID{13: 1, 14: byte(i / 256), 15: byte(i % 256)}
			units[i] = grievance.Unit{ID: id, Path: id.String() + "/", Code: id.String(), CreatedAt: storetest.Start.Add(time.Microsecond)}
		}
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.InsertUnits(units) }); err != nil {
			t.Fatal(err)
		}
		if got := officeOf(t, s).Units; !slices.Equal(got, units) {
			t.Errorf("%d units came back, or changed", len(got))
		}
	})
}
