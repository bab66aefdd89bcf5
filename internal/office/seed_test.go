package office_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A new release brings its profiles as the next version of those that an older
// one brought; what somebody has put stays the newest, whatever their numbers.
func TestSeedLeavesWhatSomebodyHasPut(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		st := storetest.Open(t, dialect)
		own := map[string]store.ProfileRow{
			grievance.ProfileHotline:  {Version: 3, Release: 0}, // put
			grievance.ProfileTownship: {Version: 5, Release: 1}, // of an older release
			grievance.ProfileWall:     {Version: 9, Release: 3}, // of this one
		}
		must(t, st.Write(t.Context(), func(tx *store.Tx) error {
			for _, p := range embedded(t) {
				row, ok := own[p.Name]
				if !ok {
					continue
				}
				p.Version = row.Version
				body, err := json.Marshal(p)
				must(t, err)
				row.Name, row.Body, row.CreatedAt = p.Name, body, storetest.Start
				must(t, tx.InsertProfile(row))
			}
			return nil
		}))
		of := office.New(st, clock.NewFake(storetest.Start))
		for range 2 {
			must(t, of.Seed(t.Context()))
		}
		var told []grievance.Event
		must(t, st.Read(t.Context(), func(sn *store.Snapshot) (err error) {
			told, err = sn.ListChanges(store.ChangesFor(grievance.System, nil), store.ChangeFilter{}, nil, 10)
			return err
		}))
		if len(told) != 1 || told[0].Kind != office.EvProfileChanged || !strings.Contains(string(told[0].Body), `"township","version":6`) {
			t.Errorf("the log tells %+v", told)
		}
		book, err := of.Book(t.Context())
		must(t, err)
		for name, version := range map[string]int{
			grievance.ProfileHotline: 3, grievance.ProfileTownship: 6, grievance.ProfileWall: 9, grievance.ProfilePetition: 3,
		} {
			if got := book.Profiles[name].Version; got != version {
				t.Errorf("%s is version %d, want %d", name, got, version)
			}
		}
	})
}

// A profile that a newer program has put is read by one that does not know all
// of its clocks.
func TestClocksOfANewerProgramAreLeftOut(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		p := *s.newest().Profiles[grievance.ProfilePetition]
		p.Version++
		body, err := json.Marshal(p)
		must(t, err)
		newer := strings.Replace(string(body), `"kind":"re_review"`, `"kind":"ombudsman"`, 1)
		must(t, s.store.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.BumpBook(); err != nil {
				return err
			}
			return tx.InsertProfile(store.ProfileRow{Name: p.Name, Version: p.Version, Body: []byte(newer), CreatedAt: s.clock.Now()})
		}))
		book, err := s.Reload(t.Context())
		must(t, err)
		if got := book.Profiles[p.Name]; got.Version != p.Version || len(got.Clocks) != len(p.Clocks)-1 {
			t.Errorf("read as version %d with %d clocks", got.Version, len(got.Clocks))
		}
	})
}
