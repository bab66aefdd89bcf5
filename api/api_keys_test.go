package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// key issues a key of an account with scopes, and gives its text.
func (s *town) key(account string, scopes ...grievance.KeyScope) string {
	s.t.Helper()
	book, err := s.Office.Book(s.t.Context())
	must(s.t, err)
	drawn := s.Auth.DrawKey()
	_, err = s.Office.IssueAPIKey(s.t.Context(), grievance.System, office.NewAPIKey{
		UserID: book.UserByName(account).ID, Name: account, Scopes: scopes, ExpiresAt: s.clock.Now().AddDate(0, 6, 0),
		Prefix: drawn.Prefix, Digest: drawn.Digest,
	})
	must(s.t, err)
	return drawn.Text
}

func eachTown(t *testing.T, test func(*testing.T, *town)) {
	t.Helper()
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) { test(t, newTown(t, dialect)) })
}

func (s *town) wish(user grievance.User, scopes string) string {
	return fmt.Sprintf(`{"user_id":%q,"name":"12345 平台","scopes":[%s],"expires_at":%q}`,
		user.ID, scopes, s.clock.Now().AddDate(0, 6, 0).Format(time.RFC3339))
}

func TestAKeyIsMadeUsedListedAndRevoked(t *testing.T) {
	eachTown(t, func(t *testing.T, s *town) {
		machine := s.user("machine", s.township.ID, grievance.RoleClerk)
		token := s.login("admin").AccessToken
		made := ask[KeyWithSecret](s, token, "POST", v1+"/api-keys", s.wish(machine, `"cases:read","organisation:read"`), 201)
		if made.UserID != machine.ID.String() || !strings.HasPrefix(made.Key, "hyk_"+made.Prefix+"_") || len(made.Scopes) != 2 || made.LastUsedAt != nil {
			t.Fatalf("made %+v", made)
		}
		if cases := ask[CasePage](s, made.Key, "GET", v1+"/cases", "", 200); len(cases.Items) != 0 {
			t.Errorf("%d cases", len(cases.Items))
		}
		s.refused(made.Key, "POST", v1+"/cases", "{}", 403, "auth.scope")
		s.refused(made.Key, "GET", v1+"/reports/timeliness", "", 403, "auth.scope")
		s.refused(made.Key, "GET", v1+"/auth/me", "", 403, "auth.scope")
		s.refused(made.Key+"A", "GET", v1+"/cases", "", 401, "auth.key_invalid")

		for _, path := range []string{"/api-keys", "/api-keys?user=" + machine.ID.String()} {
			list := ask[KeyPage](s, token, "GET", v1+path, "", 200)
			if len(list.Items) != 1 || list.Items[0].ID != made.ID || list.Items[0].LastUsedAt == nil {
				t.Errorf("%s lists %+v", path, list)
			}
		}
		if list := ask[KeyPage](s, token, "GET", v1+"/api-keys?user="+someUser.String(), "", 200); len(list.Items) != 0 {
			t.Errorf("of somebody else: %+v", list)
		}
		gone := ask[KeyView](s, token, "POST", v1+"/api-keys/"+made.ID+"/revoke", "", 200)
		if gone.RevokedAt == nil {
			t.Errorf("revoked %+v", gone)
		}
		s.refused(made.Key, "GET", v1+"/cases", "", 401, "auth.key_revoked")
		s.refused(token, "POST", v1+"/api-keys/"+someUser.String()+"/revoke", "", 404, "api_key.unknown")
		if log := s.logs.String(); strings.Contains(log, made.Key[13:]) || !strings.Contains(log, `"key":"`+made.ID+`"`) {
			t.Error("the log tells the secret, or not which key was used")
		}
	})
}

func TestKeysThatTheInterfaceRefuses(t *testing.T) {
	eachTown(t, func(t *testing.T, s *town) {
		machine := s.user("machine", s.township.ID, grievance.RoleClerk)
		s.user("local", s.township.ID, grievance.RoleAdmin)
		above := s.user("above", s.county.ID, grievance.RoleClerk)
		admin, local, clerk := s.login("admin").AccessToken, s.login("local").AccessToken, s.login("machine").AccessToken
		good := s.wish(machine, `"cases:read"`)
		for _, c := range []struct {
			token, body string
			status      int
			code        string
		}{
			{"", good, 401, "auth.required"},
			{clerk, good, 403, "auth.role"},
			{local, s.wish(above, `"cases:read"`), 403, "office.forbidden"},
			{admin, s.wish(grievance.User{ID: someUser}, `"cases:read"`), 404, "user.unknown"},
			{admin, s.wish(s.user("petitioner", grievance.UnitID{}, grievance.RolePetitioner), `"cases:read"`), 409, "api_key.owner"},
			{admin, s.wish(machine, ``), 422, "request.invalid"},
			{admin, s.wish(machine, `"cases:all"`), 422, "request.invalid"},
			{admin, s.wish(machine, `"cases:read","cases:read"`), 422, "request.invalid"},
			{admin, strings.Replace(good, "2027", "2028", 1), 422, "request.invalid"},
			{admin, strings.Replace(good, `"expires_at":"2027`, `"expires_at":"2020`, 1), 422, "request.invalid"},
			{admin, strings.Replace(good, `"name":"12345 平台",`, "", 1), 422, "request.invalid"},
			{admin, strings.Replace(good, "}", `,"secret":"mine"}`, 1), 400, "request.unknown_field"},
		} {
			s.refused(c.token, "POST", v1+"/api-keys", c.body, c.status, c.code)
		}
		if n := len(ask[KeyPage](s, admin, "GET", v1+"/api-keys", "", 200).Items); n != 0 {
			t.Errorf("%d keys were made", n)
		}
	})
}

// A request that is sent again gets the same key again, and there is one.
func TestAKeyIsMadeOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, s *town) {
		machine := s.user("machine", s.township.ID, grievance.RoleClerk)
		token := s.login("admin").AccessToken
		var said []string
		for range 2 {
			req := httptest.NewRequest("POST", v1+"/api-keys", strings.NewReader(s.wish(machine, `"cases:read"`)))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Idempotency-Key", "for-12345")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, req)
			wantContract(t, req, w.Result())
			said = append(said, string(bodyOf(t, w.Result())))
		}
		if said[0] != said[1] || !strings.Contains(said[0], "hyk_") {
			t.Errorf("first %s\nthen  %s", said[0], said[1])
		}
		var kept store.Answer
		must(t, s.Store.Read(t.Context(), func(sn *store.Snapshot) (err error) {
			admin, _, err := sn.AccountOf("admin")
			if err != nil {
				return err
			}
			kept, _, err = sn.Answered(admin.ID.String(), "for-12345")
			return err
		}))
		if n := len(ask[KeyPage](s, token, "GET", v1+"/api-keys", "", 200).Items); n != 1 || len(kept.Body) == 0 {
			t.Errorf("%d keys, and the answer kept is %q", n, kept.Body)
		}
	})
}

// A key acts in the posts that its owner holds now, and not at all once the owner
// is disabled: here at once, for no cache stands before the organisation.
func TestAKeyFollowsItsOwner(t *testing.T) {
	eachTown(t, func(t *testing.T, s *town) {
		machine := s.user("machine", s.township.ID, grievance.RoleClerk)
		s.user("other", s.county.ID, grievance.RoleAdmin)
		key, token := s.key("machine", grievance.KeyScopes...), s.login("admin").AccessToken
		ask[UserPage](s, key, "GET", v1+"/users", "", 200)
		s.refused(key, "POST", v1+"/units", "{}", 403, "auth.role") // which its scopes allow, and its owner may not
		ask[UserView](s, token, "POST", v1+"/users/"+machine.ID.String()+"/disable", "", 200)
		s.refused(key, "GET", v1+"/users", "", 401, "auth.account_disabled")
	})
}

func TestPagesOfKeys(t *testing.T) {
	eachTown(t, func(t *testing.T, s *town) {
		s.user("machine", s.township.ID, grievance.RoleClerk)
		for range 5 {
			s.key("machine", grievance.ScopeCasesRead)
		}
		token, path, seen := s.login("admin").AccessToken, "/api-keys?limit=2", map[string]bool{}
		for range 3 {
			page := ask[KeyPage](s, token, "GET", v1+path, "", 200)
			for _, k := range page.Items {
				seen[k.ID] = true
			}
			path = "/api-keys?limit=2&cursor=" + page.Next
		}
		if len(seen) != 5 || !strings.HasSuffix(path, "cursor=") {
			t.Errorf("%d keys on three pages, then %s", len(seen), path)
		}
	})
}
