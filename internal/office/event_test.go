package office_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// record gives every event of the organisation in the order of the ledger.
func (s *town) record() (events []grievance.Event) {
	s.t.Helper()
	must(s.t, s.store.Write(s.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Sequence(1000)
		return err
	}))
	must(s.t, s.store.Read(s.t.Context(), func(snap *store.Snapshot) (err error) {
		events, err = snap.Ledger(0, 1000)
		return err
	}))
	return events
}

// everything does each thing once that the record speaks of.
func (s *town) everything(ctx context.Context) {
	s.t.Helper()
	by := s.as(s.top)
	village, err := s.CreateUnit(ctx, by, office.NewUnit{
		ParentID: s.township.ID, Code: "430102003001", Name: "东湖村", Level: grievance.LevelVillage, Kind: "village",
	})
	must(s.t, err)
	_, err = s.RenameUnit(ctx, by, village.ID, "西湖村")
	must(s.t, err)
	later := s.clock.Now().AddDate(1, 0, 0)
	u, err := s.CreateUser(ctx, by, office.NewUser{Username: "clerk", Name: "许晚晴", Posts: []office.NewAppointment{
		{UnitID: village.ID, Role: grievance.RoleClerk, OnDuty: true}, {UnitID: s.county.ID, Role: grievance.RoleLeader, Head: true, Until: &later},
	}})
	must(s.t, err)
	deputy, err := s.NameDeputy(ctx, by, office.NewDeputy{
		DeputyFor: s.newest().AppointmentsOf(u.ID)[1].ID, UserID: s.local.ID, Until: s.clock.Now().AddDate(0, 1, 0),
	})
	must(s.t, err)
	_, err = s.EndDeputy(ctx, by, deputy.ID, s.clock.Now().AddDate(0, 0, 1))
	must(s.t, err)
	key, err := s.IssueAPIKey(ctx, by, aKey(s, u))
	must(s.t, err)
	_, err = s.RevokeAPIKey(ctx, by, key.ID)
	must(s.t, err)
	_, err = s.MergeUnit(ctx, by, village.ID, s.township.ID)
	must(s.t, err)
	_, err = s.RevokeLogins(ctx, by, u.ID)
	must(s.t, err)
	_, err = s.DisableUser(ctx, by, u.ID)
	must(s.t, err)
	must(s.t, s.SetCategories(ctx, by, twoCategories))
	line := grievance.Responsibility{Category: "01", Area: "430102", UnitID: s.county.ID}
	must(s.t, s.SetResponsibilities(ctx, by, []grievance.Responsibility{line}))
	line.UnitID = s.township.ID
	must(s.t, s.SetResponsibilities(ctx, by, []grievance.Responsibility{line}))
	s.reviseCalendar(ctx, by)
	s.reviseProfile(ctx, by)
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// nameIDs replaces ids, which differ each time, by their order of appearance.
func nameIDs(body []byte) string {
	names := map[string]string{}
	return anyID.ReplaceAllStringFunc(string(body), func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprintf("id%d", len(names)+1)
		}
		return names[id]
	})
}

// The shapes that the events of appointments have for a deputyship.
const (
	deputyNamed = office.EvAppointed + "_deputy"
	deputyEnded = office.EvAppointmentEnded + "_deputy"
)

// shape names the golden file of an event.
func (s *town) shape(e grievance.Event) grievance.EventKind {
	if !s.facts(e).DeputyFor.IsZero() {
		return e.Kind + "_deputy"
	}
	return e.Kind
}

func (s *town) facts(e grievance.Event) (f office.Facts) {
	s.t.Helper()
	must(s.t, json.Unmarshal(e.Body, &f))
	return f
}

func TestEachKindOfEventHasItsBody(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.everything(t.Context())
		last := map[grievance.EventKind]string{}
		for _, e := range s.record() {
			if e.ActorID == s.top.ID {
				last[s.shape(e)] = nameIDs(e.Body) + "\n"
			}
		}
		for _, kind := range []grievance.EventKind{
			office.EvUnitCreated, office.EvUnitRenamed, office.EvUnitMerged, office.EvUserCreated, office.EvUserDisabled, office.EvAPIKeyCreated, office.EvAPIKeyRevoked,
			office.EvAppointed, office.EvAppointmentEnded, deputyNamed, deputyEnded, office.EvCategoriesChanged, office.EvResponsibilitiesChanged,
			office.EvCalendarPublished, office.EvOfficeHoursChanged, office.EvProfileChanged, office.EvProfileRebaseOrdered,
		} {
			path := filepath.Join("testdata", "events", string(kind)+".json")
			if *update {
				must(t, os.MkdirAll(filepath.Dir(path), 0o755))
				must(t, os.WriteFile(path, []byte(last[kind]), 0o644))
			}
			want, err := os.ReadFile(path)
			must(t, err)
			if last[kind] != string(want) {
				t.Errorf("%s: got %s want %s", kind, last[kind], want)
			}
			delete(last, kind)
		}
		if len(last) > 0 {
			t.Errorf("kinds without a golden file: %v", last)
		}
	})
}

func TestTheRecordIsWholeAndNumbered(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.everything(t.Context())
		next := map[string]int64{}
		var kinds []string
		for _, e := range s.record() {
			key := e.SubjectKind + e.SubjectID.String()
			next[key]++
			if e.Seq != next[key] {
				t.Errorf("event %d of %s stands %d.", e.Seq, key, next[key])
			}
			if e.ActorID == s.top.ID {
				kinds = append(kinds, e.SubjectKind+" "+string(e.Kind))
				if e.Post != (grievance.Post{UnitID: s.county.ID, Role: grievance.RoleAdmin}) {
					t.Errorf("%s by post %v", e.Kind, e.Post)
				}
			}
		}
		slices.Sort(kinds)
		want := []string{
			"book calendar_published", "book categories_changed", "book office_hours_changed",
			"book profile_changed", "book profile_rebase_ordered", "book responsibilities_changed", "book responsibilities_changed",
			"unit unit_created", "unit unit_merged", "unit unit_renamed",
			"user api_key_created", "user api_key_revoked",
			"user appointed", "user appointed", "user appointed",
			"user appointment_ended", "user appointment_ended", "user appointment_ended", "user appointment_ended", "user logins_revoked", "user user_created", "user user_disabled",
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("recorded %v", kinds)
		}
	})
}

func TestTheRecordNeverGoesBackInTime(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		start := s.clock.Now()
		s.clock.Advance(-time.Minute) // another replica's clock is slow
		_, err := s.RenameUnit(t.Context(), grievance.System, s.county.ID, "新县")
		must(t, err)
		for _, e := range s.record() {
			if e.Kind == office.EvUnitRenamed && (e.Seq != 2 || !e.RecordedAt.Equal(start) || !e.AboutAt.Equal(start.Add(-time.Minute))) {
				t.Errorf("event %d about %v recorded at %v", e.Seq, e.AboutAt, e.RecordedAt)
			}
		}
	})
}

func TestWhatStaysTheSameIsNotRecorded(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.everything(t.Context())
		before := len(s.record())
		must(t, s.SetCategories(t.Context(), grievance.System, twoCategories))
		must(t, s.SetResponsibilities(t.Context(), grievance.System, s.newest().Responsibilities()))
		if after := len(s.record()); after != before {
			t.Errorf("%d events about nothing", after-before)
		}
	})
}
