package changes_test

import (
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files again")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// house is a database with an organisation of one unit and one user.
type house struct {
	*office.Office
	store *store.Store
	clock *clock.Fake
	unit  grievance.Unit
	user  grievance.User
}

func newHouse(t *testing.T, dialect string) *house {
	t.Helper()
	h := &house{clock: clock.NewFake(storetest.Start)}
	h.store = storetest.Open(t, dialect, storetest.WithClock(h.clock), storetest.WithMaxConns(20))
	h.Office = office.New(h.store, h.clock)
	must(t, h.Seed(t.Context()))
	var err error
	h.unit, err = h.CreateUnit(t.Context(), grievance.System, office.NewUnit{
		Code: "430102", Name: "区", Level: grievance.LevelCounty, Kind: "government", Organ: true,
	})
	must(t, err)
	h.user, err = h.CreateUser(t.Context(), grievance.System, office.NewUser{Username: "clerk", Name: "某人"})
	must(t, err)
	return h
}

// listed gives what the log has about a subject, the oldest first.
func (h *house) listed(t *testing.T, s changes.Subject) (events []grievance.Event) {
	t.Helper()
	must(t, h.store.Read(t.Context(), func(sn *store.Snapshot) (err error) {
		events, err = sn.ListChanges(store.ChangesFor(grievance.System, nil), store.ChangeFilter{SubjectKind: s.Kind, SubjectID: s.ID}, nil, 1000)
		return err
	}))
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
		events[i], events[j] = events[j], events[i]
	}
	return events
}

var (
	login = store.LoginSessionID{6: 0x70, 8: 0x80, 15: 3}
	feed  = store.FeedID{6: 0x70, 8: 0x80, 15: 4}
)

// bodies are the facts of each kind, as whoever writes one gives them.
var bodies = map[grievance.EventKind]changes.Facts{
	changes.PasswordSet:       {MustChange: true},
	changes.PasswordChanged:   {},
	changes.LoginsRevoked:     {Login: login, Logins: 1, Reason: "lost_device"},
	changes.FeedOpened:        {Feed: feed, Days: 7},
	changes.FeedRevoked:       {Feed: feed},
	changes.SigningKeyRotated: {Key: "kid", From: storetest.Start, Dropped: 2},
	changes.VaultKeyAdded:     {Key: "8848"},
	changes.VaultResealed:     {Key: "8848", Rows: 123456},
	changes.VaultKeyPromoted:  {Key: "8848"},
	changes.KeyFileWrapped:    {Reason: "rewrap"},
	changes.VaultKeyDropped:   {Key: "8844", Dropped: 1},
}

func TestEachKindOfEventHasItsBody(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		for _, kind := range changes.Kinds {
			must(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
				return changes.Record(tx, grievance.System, h.clock.Now(), changes.Keys, kind, bodies[kind])
			}))
		}
		for i, e := range h.listed(t, changes.Keys) {
			path := filepath.Join("testdata", "events", string(changes.Kinds[i])+".json")
			if *update {
				must(t, os.WriteFile(path, append(e.Body, '\n'), 0o644))
			}
			want, err := os.ReadFile(path)
			must(t, err)
			if got := string(e.Body) + "\n"; got != string(want) || e.Kind != changes.Kinds[i] || e.Seq != int64(i+1) {
				t.Errorf("event %d, %s: %s, want %s", e.Seq, e.Kind, got, want)
			}
		}
	})
}

// However many write at once, by way of the office and beside it, the events of
// a subject are numbered without gaps, and nobody waits for nothing.
func TestChangesAtOnceAreNumbered(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		const each = 8
		var all sync.WaitGroup
		errs := make([]error, 3*each)
		for i := range each {
			all.Go(func() {
				errs[3*i] = h.store.Write(t.Context(), func(tx *store.Tx) error {
					err := changes.Record(tx, grievance.Actor{UserID: h.user.ID}, h.clock.Now(), changes.User(h.user.ID), changes.PasswordChanged, changes.Facts{})
					if err != nil {
						return err
					}
					return tx.SetAccount(h.user.ID, store.Account{PasswordHash: "another"})
				})
			})
			all.Go(func() {
				from := h.clock.Now().AddDate(i+1, 0, 0)
				until := from.AddDate(0, 1, 0)
				_, errs[3*i+1] = h.Appoint(t.Context(), grievance.System, h.user.ID, office.NewAppointment{
					UnitID: h.unit.ID, Role: grievance.RoleClerk, From: from, Until: &until,
				})
			})
			all.Go(func() {
				_, errs[3*i+2] = h.RenameUnit(t.Context(), grievance.System, h.unit.ID, "区"+string(rune('一'+i)))
			})
		}
		all.Wait()
		for _, err := range errs {
			must(t, err)
		}
		for s, want := range map[changes.Subject]int{changes.User(h.user.ID): 2*each + 1, changes.Unit(h.unit.ID): each + 1} {
			events := h.listed(t, s)
			if len(events) != want {
				t.Errorf("%d events of the %s, want %d", len(events), s.Kind, want)
			}
			for i, e := range events {
				if e.Seq != int64(i+1) {
					t.Errorf("event %d of the %s stands %d.", e.Seq, s.Kind, i+1)
				}
			}
		}
	})
}

// A change that does not happen has no event, and one of a replica whose clock
// is slow stands after what was written before.
func TestAnEventIsWrittenWithItsChange(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		err := h.store.Write(t.Context(), func(tx *store.Tx) error {
			must(t, changes.Record(tx, grievance.System, h.clock.Now(), changes.Keys, changes.VaultKeyAdded, changes.Facts{Key: "8848"}))
			return grievance.ErrNotFound
		})
		if len(h.listed(t, changes.Keys)) != 0 || err == nil {
			t.Errorf("%v, and an event of it", err)
		}
		early := h.clock.Now().Add(-time.Minute)
		must(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
			return changes.Record(tx, grievance.System, early, changes.User(h.user.ID), changes.PasswordSet, changes.Facts{})
		}))
		events := h.listed(t, changes.User(h.user.ID))
		if last := events[len(events)-1]; !last.AboutAt.Equal(early) || !last.RecordedAt.Equal(h.clock.Now()) || last.Post.Role != grievance.RoleSystem {
			t.Errorf("%+v", last)
		}
	})
}
