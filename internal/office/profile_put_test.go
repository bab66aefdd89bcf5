package office_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// profile gives a copy of an embedded profile that may be changed.
func profile(t *testing.T, name string) grievance.Profile {
	t.Helper()
	for _, p := range embedded(t) {
		if p.Name == name {
			return *p
		}
	}
	t.Fatalf("there is no profile %s", name)
	return grievance.Profile{}
}

// reviseProfile does each thing once that the record says of a profile.
func (s *town) reviseProfile(ctx context.Context, by grievance.Actor) {
	s.t.Helper()
	p := profile(s.t, grievance.ProfileWall)
	p.DisputeDays = 30
	_, err := s.PutProfile(ctx, by, p, nil)
	must(s.t, err)
	_, err = s.OrderRebase(ctx, by, p.Name, nil)
	must(s.t, err)
}

func TestAChangedProfileIsTheNextVersion(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.clock.Advance(time.Hour)
		p := profile(t, grievance.ProfileHotline)
		first := p.Version
		p.DisputeDays, p.Version = 20, 77
		seen := int64(first)
		done, err := s.PutProfile(t.Context(), s.as(s.top), p, &seen)
		must(t, err)
		if done.Version != first+1 || done.DisputeDays != 20 || done.RebaseAt != nil || !done.CreatedAt.Equal(s.clock.Now()) {
			t.Errorf("put %+v", done)
		}
		book := s.newest()
		if got := book.Profiles[p.Name]; got.Version != first+1 || got.DisputeDays != 20 {
			t.Errorf("the book has version %d", got.Version)
		}
		if old := book.ProfileAt(p.Name, first); old == nil || old.DisputeDays != 15 {
			t.Errorf("the older version is %+v", old)
		}
		events := len(s.record())
		again, err := s.PutProfile(t.Context(), s.as(s.top), p, nil)
		must(t, err)
		if again.Version != first+1 || len(s.record()) != events {
			t.Errorf("the same again makes version %d, with an event", again.Version)
		}
		_, err = s.PutProfile(t.Context(), s.as(s.top), p, &seen)
		refused(t, err, "profile.stale")
		list, err := s.Profiles(t.Context(), p.Name)
		must(t, err)
		if len(list) != 2 || list[1].Version != first+1 {
			t.Errorf("listed: %+v", list)
		}
	})
}

func TestAnOrderIsGivenOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		ordered, err := s.OrderRebase(t.Context(), s.as(s.top), grievance.ProfileWall, nil)
		must(t, err)
		at := s.clock.Now()
		if ordered.RebaseAt == nil || !ordered.RebaseAt.Equal(at) {
			t.Errorf("ordered %+v", ordered)
		}
		events := len(s.record())
		s.clock.Advance(time.Hour)
		again, err := s.OrderRebase(t.Context(), s.as(s.top), grievance.ProfileWall, nil)
		must(t, err)
		if !again.RebaseAt.Equal(at) || len(s.record()) != events {
			t.Errorf("ordered again: %v, %d events", again.RebaseAt, len(s.record())-events)
		}
		versions := s.newest().ProfileVersions(grievance.ProfileWall)
		if got := versions[len(versions)-1].RebaseAt; got == nil || !got.Equal(at) {
			t.Errorf("the book knows of an order of %v", got)
		}
		stale := int64(1)
		_, err = s.OrderRebase(t.Context(), s.as(s.top), grievance.ProfileWall, &stale)
		refused(t, err, "profile.stale")
	})
}

func TestProfilesAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		valid := profile(t, grievance.ProfileWall)
		other := valid
		other.Name = "express"
		_, err := s.PutProfile(t.Context(), s.as(s.top), other, nil)
		refused(t, err, "profile.unknown")
		_, err = s.OrderRebase(t.Context(), s.as(s.top), "express", nil)
		refused(t, err, "profile.unknown")
		_, err = s.Profiles(t.Context(), "express")
		refused(t, err, "profile.unknown")
		for _, by := range []grievance.Actor{{}, s.as(s.local)} { // nobody, and the administrator of a lower unit
			_, err = s.PutProfile(t.Context(), by, valid, nil)
			refused(t, err, "office.forbidden")
			_, err = s.OrderRebase(t.Context(), by, valid.Name, nil)
			refused(t, err, "office.forbidden")
		}
		broken := valid
		broken.Clocks = slices.Clone(valid.Clocks)
		broken.Clocks[0].Length = calendar.Length{}
		broken.Ladders = map[string][]grievance.Rung{"day": valid.Ladders["day"][:3]}
		_, err = s.PutProfile(t.Context(), s.as(s.top), broken, nil)
		refusal, _ := errors.AsType[*grievance.Error](err)
		if refusal == nil || len(refusal.Fields) != 2 {
			t.Fatalf("two faults: %v", err)
		}
		if n := len(s.newest().ProfileVersions(valid.Name)); n != 1 {
			t.Errorf("%d versions after refusals", n)
		}
	})
}

func TestAPreviewChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		p := profile(t, grievance.ProfileWall)
		_, isNew, err := s.PreviewProfile(t.Context(), p, nil)
		must(t, err)
		p.DisputeDays = 9
		next, changes, err := s.PreviewProfile(t.Context(), p, nil)
		must(t, err)
		if isNew || !changes || next.Version != p.Version+1 || s.newest().Profiles[p.Name].Version != p.Version {
			t.Errorf("previewed %v, %v, version %d", isNew, changes, next.Version)
		}
	})
}

func TestReadProfileIsStrict(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		`{"name":"wall","version":2,"clocks":[],"ladders":{},"dispute_days":0}`:    true,
		`{"name":"wall","version":2,"clocks":[],"ladders":{},"dispute_days":null}`: false,
		`{"name":"wall","version":2,"clocks":[],"ladders":{}}`:                     false,
		`{"name":"wall","dispute_days":0,"clocks":[{"rolls":false}]}`:              true,
		`{"name":"wall","dispute_days":0,"clocks":[{"rolls":null}]}`:               false,
		`{"name":"wall","dispute_days":0,"clocks":[{}]}`:                           false,
		`{"name":"wall","extra":1}`:                                                false,
		`{"name":"wall","name":"wall"}`:                                            false,
		`{"name":"express"}`:                                                       false,
		`{"name":"wall","clocks":[{"length":"1 day"}]}`:                            false,
		`{"name":"wall"} {}`:                                                       false,
		``:                                                                         false,
		`{"name":"wall","Dispute_days":1}`:                                         false,
		`{"name":"wall","ladders":{"day":[{"at":5}]}}`:                             false,
		`{"name":"wall","suspensions":{"hearing":"30x"}}`:                          false,
	} {
		if _, err := office.ReadProfile([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
