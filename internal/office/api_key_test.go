package office_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// aKey is a good key for a user; its prefix is the next that is free.
func aKey(s *town, owner grievance.User) office.NewAPIKey {
	s.keys++
	return office.NewAPIKey{
		UserID: owner.ID, Name: "12345 平台", Prefix: fmt.Sprintf("PREFIX%02d", s.keys), Digest: []byte("digest"),
		Scopes: []grievance.KeyScope{grievance.ScopeCasesRead, grievance.ScopeCasesWrite}, ExpiresAt: s.clock.Now().AddDate(0, 1, 0),
	}
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := grievance.CodeOf(err); got != code {
		t.Errorf("%s: %v (%s), want %s", what, err, got, code)
	}
}

func TestAKeyIsIssuedAndRevoked(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		machine := s.user("machine", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk})
		in := aKey(s, machine)
		k, err := s.IssueAPIKey(t.Context(), s.as(s.local), in)
		must(t, err)
		if k.UserID != machine.ID || k.CreatedBy != s.local.ID || !k.ExpiresAt.Equal(in.ExpiresAt) || k.Prefix != in.Prefix {
			t.Errorf("issued %+v", k)
		}
		s.clock.Advance(time.Minute)
		for range 2 { // the second does nothing
			k, err = s.RevokeAPIKey(t.Context(), s.as(s.top), k.ID)
			must(t, err)
			if k.RevokedAt == nil || !k.RevokedAt.Equal(storetest.Start.Add(time.Minute)) {
				t.Errorf("revoked %+v", k)
			}
			s.clock.Advance(time.Minute)
		}
		var told []string
		for _, e := range s.record() {
			if e.SubjectKind == office.SubjectUser && e.SubjectID == grievance.CaseID(machine.ID) && strings.HasPrefix(string(e.Kind), "api_key") {
				told = append(told, string(e.Kind))
				if f := s.facts(e); f.Key != k.ID || strings.Contains(string(e.Body), "digest") || strings.Contains(string(e.Body), in.Name) {
					t.Errorf("the record says %s", e.Body)
				}
			}
		}
		if fmt.Sprint(told) != "[api_key_created api_key_revoked]" {
			t.Errorf("recorded %v", told)
		}
	})
}

func TestKeysThatAreNotIssued(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		here := office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk}
		above := office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleHandler}
		machine, both := s.user("machine", here), s.user("both", here, above)
		gone := s.user("gone", here)
		_, err := s.DisableUser(t.Context(), grievance.System, gone.ID)
		must(t, err)
		public, err := s.CreateUser(t.Context(), grievance.System, office.NewUser{Username: "public", Petitioner: true})
		must(t, err)
		for name, c := range map[string]struct {
			by    grievance.User
			of    grievance.User
			spoil func(*office.NewAPIKey)
			code  string
		}{
			"by nobody's administrator":        {machine, machine, nil, "office.forbidden"},
			"of whoever has a post above":      {s.local, both, nil, "office.forbidden"},
			"of whoever is above":              {s.local, s.top, nil, "office.forbidden"},
			"of nobody":                        {s.top, grievance.User{}, nil, "user.unknown"},
			"of whoever has no post":           {s.top, s.user("idle"), nil, "api_key.owner"},
			"of the disabled":                  {s.top, gone, nil, "api_key.owner"},
			"of an account of the public":      {s.top, public, nil, "api_key.owner"},
			"without scopes":                   {s.top, machine, func(k *office.NewAPIKey) { k.Scopes = nil }, "request.invalid"},
			"with a scope twice":               {s.top, machine, func(k *office.NewAPIKey) { k.Scopes = append(k.Scopes, k.Scopes[0]) }, "request.invalid"},
			"with a scope that is none":        {s.top, machine, func(k *office.NewAPIKey) { k.Scopes[0] = "everything" }, "request.invalid"},
			"without a name":                   {s.top, machine, func(k *office.NewAPIKey) { k.Name = "" }, "name.length"},
			"without an end":                   {s.top, machine, func(k *office.NewAPIKey) { k.ExpiresAt = time.Time{} }, "request.invalid"},
			"that has expired":                 {s.top, machine, func(k *office.NewAPIKey) { k.ExpiresAt = storetest.Start }, "request.invalid"},
			"that lasts longer than a year":    {s.top, machine, func(k *office.NewAPIKey) { k.ExpiresAt = storetest.Start.Add(office.LongestKey + time.Second) }, "request.invalid"},
			"with an expiry beyond all clocks": {s.top, machine, func(k *office.NewAPIKey) { k.ExpiresAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "request.invalid"},
		} {
			in := aKey(s, c.of)
			if c.spoil != nil {
				c.spoil(&in)
			}
			_, err := s.IssueAPIKey(t.Context(), s.as(c.by), in)
			wantCode(t, "a key "+name, err, c.code)
		}
	})
}

// Of keys asked for at once no more are issued than a user may have; what has
// expired or was revoked makes room.
func TestAUserHasTenLiveKeys(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		wishes := make([]office.NewAPIKey, 12)
		for i := range wishes {
			wishes[i] = aKey(s, s.local)
		}
		refusals := make([]string, len(wishes))
		var all sync.WaitGroup
		for i, in := range wishes {
			all.Go(func() {
				_, err := s.IssueAPIKey(t.Context(), s.as(s.top), in)
				refusals[i] = grievance.CodeOf(err)
			})
		}
		all.Wait()
		count := map[string]int{}
		for _, code := range refusals {
			count[code]++
		}
		if count[""] != 10 || count["api_key.limit"] != 2 {
			t.Errorf("%v", count)
		}
		keys := s.keysSeenBy(s.top)
		_, err := s.RevokeAPIKey(t.Context(), s.as(s.top), keys[0].ID)
		must(t, err)
		_, err = s.IssueAPIKey(t.Context(), s.as(s.top), aKey(s, s.local))
		must(t, err)
	})
}

func (s *town) keysSeenBy(u grievance.User) []store.APIKey {
	s.t.Helper()
	list, err := s.APIKeys(s.t.Context(), s.as(u))
	must(s.t, err)
	return list
}

// An administrator sees and revokes the keys of whoever has a post in their
// units, and of whoever has left; others are as if there were none.
func TestWhoseKeysAnAdministratorSees(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		here := s.user("here", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleClerk})
		var made []store.APIKey
		for _, owner := range []grievance.User{here, s.top} {
			k, err := s.IssueAPIKey(t.Context(), s.as(s.top), aKey(s, owner))
			must(t, err)
			made = append(made, k)
		}
		for user, n := range map[*grievance.User]int{&s.top: 2, &s.local: 1, &here: 0} {
			if got := s.keysSeenBy(*user); len(got) != n {
				t.Errorf("%s sees %d keys, want %d", user.Username, len(got), n)
			}
		}
		for _, id := range []store.APIKeyID{made[1].ID, {0: 9}} {
			_, err := s.RevokeAPIKey(t.Context(), s.as(s.local), id)
			wantCode(t, "revoking what is not seen", err, "api_key.unknown")
		}
		_, err := s.RevokeAPIKey(t.Context(), s.as(here), made[0].ID)
		wantCode(t, "by a clerk", err, "api_key.unknown")
		_, err = s.DisableUser(t.Context(), grievance.System, here.ID)
		must(t, err)
		_, err = s.RevokeAPIKey(t.Context(), s.as(s.local), made[0].ID)
		must(t, err)
	})
}
