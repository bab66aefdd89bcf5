package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/auth/authtest"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

const (
	mySessions = v1 + "/auth/sessions"
	whoAmI     = v1 + "/auth/me"
)

func (s *town) loggedIn(token string) SessionList {
	s.t.Helper()
	return ask[SessionList](s, token, "GET", mySessions, "", 200)
}

func revocation(token string) string { return fmt.Sprintf(`{"token":%q}`, token) }

func TestOnesOwnSessions(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.user("clerk", s.township.ID, grievance.RoleClerk)
		body := fmt.Sprintf(`{"username":"clerk","password":%q,"client":"窗口一号机"}`, password)
		mine := ask[Tokens](s, "", "POST", v1+"/auth/token", body, 200)
		s.clock.Advance(time.Minute)
		lost := s.login("clerk")
		admin := s.login("admin").AccessToken
		list := s.loggedIn(mine.AccessToken).Items
		if len(list) != 2 || list[0].Current || !list[1].Current || list[1].Client != "窗口一号机" ||
			!list[0].CreatedAt.Equal(s.clock.Now()) || !list[0].LastUsedAt.Equal(s.clock.Now()) || !list[0].ExpiresAt.Equal(lost.RefreshExpiresAt) {
			t.Fatalf("sessions: %+v", list)
		}
		end := mySessions + "/" + list[0].ID + "/revoke"
		s.refused(admin, "POST", end, "", 404, "not_found")
		s.refused("", "POST", end, "", 401, "auth.required")
		s.refused("", "GET", mySessions, "", 401, "auth.required")
		s.refused(mine.AccessToken, "POST", mySessions+"/1/revoke", "", 404, "not_found")
		s.refused(mine.AccessToken, "POST", mySessions+"/"+someUser.String()+"/revoke", "", 404, "not_found")
		s.refused(mine.AccessToken, "POST", end, `{"why":"x"}`, 400, "request.unknown_field")
		s.refused(mine.AccessToken, "GET", mySessions+"?user=x", "", 400, "request.unknown_parameter")
		for range 2 {
			ask[any](s, mine.AccessToken, "POST", end, "", 204)
		}
		s.refused(lost.AccessToken, "GET", whoAmI, "", 401, "auth.session_ended")
		if list := s.loggedIn(mine.AccessToken).Items; len(list) != 1 || !list[0].Current {
			t.Errorf("sessions afterwards: %+v", list)
		}
	})
}

func TestRevokingTokens(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		tokens, revoke := s.login("admin"), v1+"/auth/revoke"
		s.refused("", "POST", revoke, `{}`, 422, "request.invalid")
		s.refused("", "POST", revoke, `{"token":"x","client_id":"y"}`, 400, "request.unknown_field")
		for _, unknown := range []string{"x", tokens.AccessToken + "x", tokens.RefreshToken + "x"} {
			ask[any](s, "", "POST", revoke, revocation(unknown), 204)
		}
		ask[any](s, "", "POST", revoke, fmt.Sprintf(`{"token":%q,"token_type_hint":"refresh_token"}`, tokens.AccessToken), 204)
		s.refused(tokens.AccessToken, "GET", whoAmI, "", 401, "auth.token_revoked")
		next := ask[Tokens](s, "", "POST", v1+"/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, tokens.RefreshToken), 200)
		ask[Me](s, next.AccessToken, "GET", whoAmI, "", 200)
		ask[any](s, "", "POST", revoke, revocation(next.RefreshToken), 204)
		s.refused(next.AccessToken, "GET", whoAmI, "", 401, "auth.session_ended")
	})
}

func TestAnAdministratorRevokesLogins(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		clerk := s.user("clerk", s.township.ID, grievance.RoleClerk)
		leader := s.user("leader", s.county.ID, grievance.RoleLeader)
		s.user("local", s.township.ID, grievance.RoleAdmin)
		admin, local, token := s.login("admin").AccessToken, s.login("local").AccessToken, s.login("clerk").AccessToken
		of := func(id string) string { return v1 + "/users/" + id + "/revoke-logins" }
		s.refused(token, "POST", of(clerk.ID.String()), "", 403, "auth.role")
		s.refused(local, "POST", of(leader.ID.String()), "", 403, "office.forbidden")
		s.refused(admin, "POST", of(someUser.String()), "", 404, "user.unknown")
		s.refused(admin, "POST", of("1"), "", 404, "not_found")
		ask[Me](s, token, "GET", whoAmI, "", 200)
		if u := ask[UserView](s, local, "POST", of(clerk.ID.String()), "", 200); u.ID != clerk.ID.String() || u.DisabledAt != nil {
			t.Errorf("the user: %+v", u)
		}
		s.clock.Advance(5 * time.Second)
		s.refused(token, "GET", whoAmI, "", 401, "auth.session_ended")
		ask[Me](s, s.login("clerk").AccessToken, "GET", whoAmI, "", 200)
	})
}

// An address that has failed too often is told how long to wait, IPv6 by its /64;
// who has logged in from there before is not kept out.
func TestAnAddressIsToldHowLongToWait(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.user("clerk", s.township.ID, grievance.RoleClerk)
		from := func(address, name, password string) *http.Response {
			body := fmt.Sprintf(`{"username":%q,"password":%q}`, name, password)
			return s.callFrom(address, "POST", v1+"/auth/token", body, asJSON)
		}
		if res := from("[2001:db8:1:2::1]:1", "clerk", password); res.StatusCode != 200 {
			t.Fatalf("the clerk: %d", res.StatusCode)
		}
		must(t, s.Store.Write(t.Context(), func(tx *store.Tx) error { // 98 failures
			f, err := tx.HoldAddressFailures(s.vault.Derive("login-address", "2001:db8:1:2::/64"), s.clock.Now())
			f.FadedAt = f.FadedAt.Add(98 * 5 * time.Minute)
			return errors.Join(err, tx.PutAddressFailures(f))
		}))
		for i := range 2 {
			p := problemOf(t, from(fmt.Sprintf("[2001:db8:1:2::%x]:1", i+1), fmt.Sprintf("nobody%d", i), "wrong"))
			if p.Code != "auth.invalid_credentials" {
				t.Fatalf("failure %d: %+v", i+1, p)
			}
		}
		res := from("[2001:db8:1:2::ffff]:1", "admin", password)
		if p := problemOf(t, res); p.Status != 429 || p.Code != "auth.too_many_failures" || res.Header.Get("Retry-After") != "1" {
			t.Errorf("another of the house: %+v, Retry-After %q", p, res.Header.Get("Retry-After"))
		}
		for who, address := range map[string]string{"clerk": "[2001:db8:1:2::ffff]:1", "admin": "[2001:db8:1:3::1]:1"} {
			if res := from(address, who, password); res.StatusCode != 200 {
				t.Errorf("%s from %s: %d", who, address, res.StatusCode)
			}
		}
		s.clock.Advance(time.Second)
		if res := from("[2001:db8:1:2::ffff]:1", "admin", password); res.StatusCode != 200 {
			t.Errorf("after the wait: %d", res.StatusCode)
		}
	})
}

// replica is another process on the same database, with caches of its own.
func (s *town) replica(v auth.Settings) *town {
	s.t.Helper()
	of := office.New(s.Store, s.clock)
	service, err := auth.New(s.t.Context(), s.Store, s.clock, s.vault, v)
	must(s.t, err)
	other := &town{t: s.t, clock: s.clock, vault: s.vault, county: s.county, township: s.township}
	other.rig = newRig(s.t, Deps{Auth: service, Office: of, Desk: s.Desk, Store: s.Store}, (*server).routes)
	other.server.Clock, other.who = s.clock, other.verify
	return other
}

// What ends somebody's rights takes effect on every replica within five seconds.
func TestEndedRightsEndWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		other := s.replica(auth.Settings{})
		admin := s.login("admin").AccessToken
		inbox := v1 + "/inbox"
		for name, end := range map[string]struct {
			act  func(u grievance.User, tokens Tokens)
			code string
		}{
			"disabled": {func(u grievance.User, _ Tokens) {
				ask[UserView](s, admin, "POST", v1+"/users/"+u.ID.String()+"/disable", "", 200)
			}, "auth.account_disabled"},
			"appointment": {func(u grievance.User, _ Tokens) {
				posts := ask[AppointmentPage](s, admin, "GET", v1+"/appointments?user="+u.ID.String(), "", 200).Items
				ask[AppointmentView](s, admin, "POST", v1+"/appointments/"+posts[0].ID+"/end", `{}`, 200)
			}, "auth.role"},
			"password": {func(u grievance.User, _ Tokens) {
				elsewhere := s.login(u.Username).AccessToken
				change := fmt.Sprintf(`{"current_password":%q,"password":"柳树村的第九棵柳树"}`, password)
				ask[any](s, elsewhere, "POST", v1+"/auth/password", change, 204)
			}, "auth.session_ended"},
			"logins": {func(u grievance.User, _ Tokens) {
				ask[UserView](s, admin, "POST", v1+"/users/"+u.ID.String()+"/revoke-logins", "", 200)
			}, "auth.session_ended"},
			"session": {func(_ grievance.User, tokens Tokens) {
				id := s.loggedIn(tokens.AccessToken).Items[0].ID
				ask[any](s, tokens.AccessToken, "POST", mySessions+"/"+id+"/revoke", "", 204)
			}, "auth.session_ended"},
			"logout": {func(_ grievance.User, tokens Tokens) {
				ask[any](s, "", "POST", v1+"/auth/logout", fmt.Sprintf(`{"refresh_token":%q}`, tokens.RefreshToken), 204)
			}, "auth.session_ended"},
			"token": {func(_ grievance.User, tokens Tokens) {
				ask[any](s, "", "POST", v1+"/auth/revoke", revocation(tokens.AccessToken), 204)
			}, "auth.token_revoked"},
		} {
			u := s.user(name, s.township.ID, grievance.RoleClerk)
			other.clock.Advance(time.Second) // so that the other knows the user
			tokens := s.login(name)
			for _, r := range []*town{s, other} {
				ask[InboxPage](r, tokens.AccessToken, "GET", inbox, "", 200)
			}
			end.act(u, tokens)
			s.clock.Advance(5 * time.Second)
			for i, r := range []*town{s, other} {
				status := map[bool]int{true: 403, false: 401}[end.code == "auth.role"]
				if p := ask[Problem](r, tokens.AccessToken, "GET", inbox, "", status); p.Code != end.code {
					t.Errorf("%s, replica %d: %s, want %s", name, i, p.Code, end.code)
				}
			}
		}
	})
}

// A hostile token gets its refusal and nothing else: no word of it comes back, or
// stands in a log, and nothing fails.
func TestHostileTokens(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		good, another := s.login("admin"), s.login("admin")
		tokens := auth.Tokens{Access: good.AccessToken, Refresh: good.RefreshToken}
		f := authtest.NewForger(t, s.Store, s.vault, s.Auth.JWKS(t.Context()), tokens)
		for _, hostile := range f.Hostile(s.clock.Now(), another.AccessToken) {
			res := s.call("GET", whoAmI, "", "Authorization: Bearer "+hostile.Token)
			challenge := res.Header.Get("WWW-Authenticate")
			if challenge != `Bearer realm="huiyin", error="invalid_token"` {
				t.Errorf("%s: challenged with %q", hostile.Name, challenge)
			}
			body := string(bodyOf(t, res))
			if res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `"code":"`+hostile.Code+`"`) {
				t.Errorf("%s: %d %s", hostile.Name, res.StatusCode, body)
			}
			if len(hostile.Token) > 20 && strings.Contains(body, hostile.Token[:20]) || strings.Contains(body, "evil") {
				t.Errorf("%s is reflected: %s", hostile.Name, body)
			}
		}
		for name, res := range map[string]*http.Response{
			"in the query":     s.call("GET", whoAmI+"?access_token="+good.AccessToken, ""),
			"in a cookie":      s.call("GET", whoAmI, "", "Cookie: access_token="+good.AccessToken),
			"in a form":        s.call("GET", whoAmI, "access_token="+good.AccessToken, "Content-Type: application/x-www-form-urlencoded"),
			"in another place": s.call("GET", whoAmI, "", "X-Access-Token: "+good.AccessToken),
		} {
			if p := problemOf(t, res); p.Code != "auth.required" {
				t.Errorf("a good token %s: %+v", name, p)
			}
		}
		for _, token := range []string{good.AccessToken, another.AccessToken} {
			ask[Me](s, token, "GET", whoAmI, "", 200)
		}
		log := s.logs.String()
		if strings.Contains(log, `"level":"`+slog.LevelError.String()) || strings.Contains(log, `"level":"`+slog.LevelWarn.String()) {
			t.Errorf("something failed: %s", log)
		}
		for _, part := range strings.Split(good.AccessToken, ".") {
			if strings.Contains(log, part) {
				t.Errorf("the log tells %s", part)
			}
		}
		if strings.Contains(log, "evil") || !strings.Contains(log, whoAmI) {
			t.Error("the log tells too much, or nothing")
		}
	})
}

// A token of another deployment, made in all honesty, is none of ours.
func TestAnotherDeploymentsTokens(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s, neighbour := newTown(t, dialect), newTown(t, dialect)
		mine, theirs := s.login("admin"), neighbour.login("admin")
		s.refused(theirs.AccessToken, "GET", whoAmI, "", 401, "auth.token_invalid")
		s.refused("", "POST", v1+"/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, theirs.RefreshToken), 401, "auth.refresh_invalid")
		s.refused("", "POST", v1+"/auth/logout", fmt.Sprintf(`{"refresh_token":%q}`, theirs.RefreshToken), 401, "auth.refresh_invalid")
		ask[any](s, "", "POST", v1+"/auth/revoke", revocation(theirs.RefreshToken), 204)
		ask[Me](s, mine.AccessToken, "GET", whoAmI, "", 200)
		ask[Me](neighbour, theirs.AccessToken, "GET", whoAmI, "", 200)

		// Not even with the same key, where it is for others.
		elsewhere := s.replica(auth.Settings{Audience: "elsewhere"}).login("admin")
		s.refused(elsewhere.AccessToken, "GET", whoAmI, "", 401, "auth.token_invalid")
		s.refused(s.replica(auth.Settings{Issuer: "elsewhere"}).login("admin").AccessToken, "GET", whoAmI, "", 401, "auth.token_invalid")
	})
}
