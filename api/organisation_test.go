package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

func passingCheck(context.Context) error { return nil }
func failingCheck(context.Context) error { return errors.New("password hunter2 refused") }

const password = "correct horse"

// town is the real interface over a real database, with a county, a township
// and an administrator of the county.
type town struct {
	*rig
	t                *testing.T
	clock            *clock.Fake
	vault            *vault.Vault
	county, township grievance.Unit
}

func newTown(t *testing.T, dialect string) *town {
	t.Helper()
	ck, v := clock.NewFake(storetest.Start), storetest.Vault(t)
	st := storetest.Open(t, dialect, storetest.WithClock(ck), storetest.WithVault(v))
	of := office.New(st, ck)
	must(t, of.Seed(t.Context()))
	service, err := auth.New(t.Context(), st, ck, v, auth.Settings{})
	must(t, err)
	s := &town{t: t, clock: ck, vault: v, rig: newRig(t, Deps{Auth: service, Office: of, Desk: casework.New(st, of, ck), Store: st}, (*server).routes)}
	s.server.Clock, s.who = ck, s.verify
	s.county = s.unit("430102", "芙蓉区", grievance.LevelCounty, grievance.UnitID{})
	s.township = s.unit("430102003", "朝阳街道", grievance.LevelTownship, s.county.ID)
	s.user("admin", s.county.ID, grievance.RoleAdmin)
	return s
}

func (s *town) unit(code, name string, level grievance.Level, parent grievance.UnitID) grievance.Unit {
	s.t.Helper()
	u, err := s.Office.CreateUnit(s.t.Context(), grievance.System, office.NewUnit{
		ParentID: parent, Code: code, Name: name, Level: level, Kind: "government", Organ: true,
	})
	must(s.t, err)
	return u
}

func (s *town) user(name string, unit grievance.UnitID, role grievance.Role) grievance.User {
	s.t.Helper()
	hash, err := auth.HashPassword(password)
	must(s.t, err)
	in := office.NewUser{Username: name, Name: "某人", PasswordHash: hash}
	if role == grievance.RolePetitioner {
		in.Name, in.Petitioner = "", true
	} else {
		in.Posts = []office.NewAppointment{{UnitID: unit, Role: role}}
	}
	u, err := s.Office.CreateUser(s.t.Context(), grievance.System, in)
	must(s.t, err)
	return u
}

// ask sends a request as the bearer of a token, checks the response against the
// contract, and reads its body into a T if it has the status.
func ask[T any](s *town, token, method, path, body string, status int) (out T) {
	s.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if body == "" {
		req.Body = http.NoBody
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	wantContract(s.t, req, w.Result())
	text, err := io.ReadAll(w.Body)
	must(s.t, err)
	if w.Code != status {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, status, text)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out, json.RejectUnknownMembers(true)); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return out
}

func (s *town) refused(token, method, path, body string, status int, code string) {
	s.t.Helper()
	if p := ask[Problem](s, token, method, path, body, status); p.Code != code {
		s.t.Errorf("%s %s: %s, want %s", method, path, p.Code, code)
	}
}

func (s *town) login(name string) Tokens {
	s.t.Helper()
	return ask[Tokens](s, "", "POST", "/api/v1/auth/token", fmt.Sprintf(`{"username":%q,"password":%q}`, name, password), 200)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLogins(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		first := s.login("admin")
		me := ask[Me](s, first.AccessToken, "GET", "/api/v1/auth/me", "", 200)
		if me.Username != "admin" || len(me.Posts) != 1 || me.Posts[0].UnitName != "芙蓉区" || me.Posts[0].Role != "admin" {
			t.Errorf("me: %+v", me)
		}
		if first.TokenType != "Bearer" || first.AccessExpiresAt != storetest.Start.Add(auth.AccessLifetime) {
			t.Errorf("tokens: %+v", first)
		}
		s.refused("", "POST", "/api/v1/auth/token", `{"username":"admin","password":"wrong horse"}`, 401, "auth.invalid_credentials")
		s.refused("", "POST", "/api/v1/auth/token", `{"username":"admin"}`, 422, "request.invalid")
		s.refused("", "POST", "/api/v1/auth/token", `{"username":"admin","password":"x","admin":true}`, 400, "request.unknown_field")

		s.clock.Advance(auth.AccessLifetime)
		s.refused(first.AccessToken, "GET", "/api/v1/auth/me", "", 401, "auth.token_expired")
		refresh := fmt.Sprintf(`{"refresh_token":%q}`, first.RefreshToken)
		second := ask[Tokens](s, "", "POST", "/api/v1/auth/refresh", refresh, 200)
		again := ask[Tokens](s, "", "POST", "/api/v1/auth/refresh", refresh, 200)
		if again.RefreshToken != second.RefreshToken {
			t.Error("a refresh that is repeated at once gives another successor")
		}
		ask[Me](s, second.AccessToken, "GET", "/api/v1/auth/me", "", 200)
		ask[any](s, "", "POST", "/api/v1/auth/logout", fmt.Sprintf(`{"refresh_token":%q}`, second.RefreshToken), 204)
		s.refused(second.AccessToken, "GET", "/api/v1/auth/me", "", 401, "auth.session_ended")
		s.refused("", "POST", "/api/v1/auth/refresh", `{"refresh_token":"x"}`, 401, "auth.refresh_invalid")

		keys := ask[JWKSet](s, "", "GET", "/.well-known/jwks.json", "", 200)
		if len(keys.Keys) != 1 || keys.Keys[0].Alg != "EdDSA" {
			t.Errorf("keys: %+v", keys)
		}
	})
}

func TestDisabledUserIsOutAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		clerk := s.user("clerk", s.township.ID, grievance.RoleClerk)
		admin, token := s.login("admin").AccessToken, s.login("clerk").AccessToken
		ask[Me](s, token, "GET", "/api/v1/auth/me", "", 200)
		ask[UserView](s, admin, "POST", "/api/v1/users/"+clerk.ID.String()+"/disable", "", 200)
		s.refused(token, "GET", "/api/v1/auth/me", "", 401, "auth.account_disabled")
		s.refused(admin, "POST", "/api/v1/users/"+clerk.ID.String()+"/disable", "", 409, "user.disabled")
		s.refused("", "POST", "/api/v1/auth/token", fmt.Sprintf(`{"username":"clerk","password":%q}`, password), 401, "auth.account_disabled")
	})
}

func TestUnits(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := s.login("admin").AccessToken
		body := fmt.Sprintf(`{"parent_id":%q,"code":"430102003-01","name":"综治办","level":"township","kind":"department","organ":false}`, s.township.ID)
		made := ask[UnitView](s, admin, "POST", "/api/v1/units", body, 201)
		s.refused(admin, "POST", "/api/v1/units", body, 409, "unit.code_taken")
		s.refused(admin, "POST", "/api/v1/units", `{"parent_id":"x"}`, 422, "request.wrong_type")
		s.refused(admin, "POST", "/api/v1/units", `{}`, 422, "request.invalid")

		got := ask[UnitView](s, admin, "GET", "/api/v1/units/"+made.ID, "", 200)
		if got != made || got.ParentID != s.township.ID.String() {
			t.Errorf("got %+v, made %+v", got, made)
		}
		renamed := ask[UnitView](s, admin, "POST", "/api/v1/units/"+made.ID+"/rename", `{"name":"平安办"}`, 200)
		if renamed.Name != "平安办" || renamed.Code != made.Code {
			t.Errorf("renamed: %+v", renamed)
		}
		page := ask[UnitPage](s, admin, "GET", "/api/v1/units?limit=2", "", 200)
		rest := ask[UnitPage](s, admin, "GET", "/api/v1/units?limit=2&cursor="+page.Next, "", 200)
		if codesOf(page) != "430102 430102003" || codesOf(rest) != "430102003-01" || rest.Next != "" {
			t.Errorf("pages: %s, then %s (next %q)", codesOf(page), codesOf(rest), rest.Next)
		}
		for query, want := range map[string]string{
			"parent=" + s.township.ID.String(): "430102003-01", "level=county": "430102", "q=%E5%B9%B3%E5%AE%89": "430102003-01",
			"q=430102003": "430102003 430102003-01", "q=%E6%97%A0": "",
		} {
			if got := codesOf(ask[UnitPage](s, admin, "GET", "/api/v1/units?"+query, "", 200)); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		merged := ask[UnitView](s, admin, "POST", "/api/v1/units/"+made.ID+"/merge", fmt.Sprintf(`{"successor_id":%q}`, s.township.ID), 200)
		if merged.SuccessorID != s.township.ID.String() || merged.EndedAt == nil {
			t.Errorf("merged: %+v", merged)
		}
		if got := codesOf(ask[UnitPage](s, admin, "GET", "/api/v1/units", "", 200)); got != "430102 430102003" {
			t.Errorf("after the merger: %s", got)
		}
		subtree := "/api/v1/units/" + s.township.ID.String() + "/subtree"
		if got := codesOf(ask[UnitPage](s, admin, "GET", subtree, "", 200)); got != "430102003 430102003-01" {
			t.Errorf("subtree: %s", got)
		}
		s.refused(admin, "GET", "/api/v1/units/"+someUser.String(), "", 404, "not_found")
		s.refused(admin, "GET", "/api/v1/units/7", "", 404, "not_found")
		s.refused(admin, "GET", "/api/v1/units?level=god", "", 400, "request.parameter")
		s.refused(admin, "GET", subtree+"?q=x", "", 400, "request.unknown_parameter")
	})
}

func codesOf(p UnitPage) string {
	codes := make([]string, len(p.Items))
	for i, u := range p.Items {
		codes[i] = u.Code
	}
	return strings.Join(codes, " ")
}

// Who failed too often is told how long to wait, whatever case the name is typed in.
func TestFailedLoginsSayHowLongToWait(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		attempt := func(name, password string) *http.Response {
			body := fmt.Sprintf(`{"username":%q,"password":%q}`, name, password)
			return s.call("POST", "/api/v1/auth/token", body, asJSON)
		}
		for range 6 {
			attempt("Admin ", "wrong")
			s.clock.Advance(time.Second)
		}
		res := attempt("admin", password)
		if p := problemOf(t, res); p.Code != "auth.too_many_failures" || res.Header.Get("Retry-After") != "1" {
			t.Errorf("%s, Retry-After %q", p.Code, res.Header.Get("Retry-After"))
		}
		s.clock.Advance(time.Second)
		s.login(" ADMIN")
	})
}

// changesFirstPassword lets who was just made do nothing before the password is
// changed, and everything after.
func (s *town) changesFirstPassword(username string) {
	s.t.Helper()
	first := s.login(username)
	if !first.MustChangePassword {
		s.t.Errorf("%s may keep the first password", username)
	}
	s.refused(first.AccessToken, "GET", "/api/v1/inbox", "", 403, "auth.password_change_required")
	ask[Me](s, first.AccessToken, "GET", "/api/v1/auth/me", "", 200)
	change := func(current, next string) string {
		return fmt.Sprintf(`{"current_password":%q,"password":%q}`, current, next)
	}
	s.refused(first.AccessToken, "POST", "/api/v1/auth/password", change("guess", "柳树村的第九棵柳树"), 422, "request.invalid")
	s.refused(first.AccessToken, "POST", "/api/v1/auth/password", change(password, "12345678"), 422, "request.invalid")
	s.refused("", "POST", "/api/v1/auth/password", change(password, "柳树村的第九棵柳树"), 401, "auth.required")
	ask[struct{}](s, first.AccessToken, "POST", "/api/v1/auth/password", change(password, "柳树村的第九棵柳树"), 204)
	ask[InboxPage](s, first.AccessToken, "GET", "/api/v1/inbox", "", 200)
}

func TestPeople(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		s.user("resident", grievance.UnitID{}, grievance.RolePetitioner)
		clerk := s.user("clerk", s.township.ID, grievance.RoleClerk)
		admin, other := s.login("admin").AccessToken, s.login("clerk").AccessToken
		body := fmt.Sprintf(`{"username":"handler","name":"王建国","password":%q,"posts":[{"unit_id":%q,"role":"handler"}]}`, password, s.township.ID)
		made := ask[UserView](s, admin, "POST", "/api/v1/users", body, 201)
		if len(made.Posts) != 1 || made.Posts[0].UnitCode != "430102003" || made.Posts[0].Role != grievance.RoleHandler {
			t.Errorf("made: %+v", made)
		}
		s.changesFirstPassword("handler")
		s.refused(admin, "POST", "/api/v1/users", body, 409, "user.username_taken")
		s.refused(other, "POST", "/api/v1/users", body, 403, "auth.role")
		s.refused(admin, "POST", "/api/v1/users", `{"username":"x","password":"short"}`, 422, "request.invalid")
		s.refused(admin, "POST", "/api/v1/users", `{"username":"x","password":"long enough","must_change_password":true}`, 400, "request.unknown_field")

		if n := len(ask[UserPage](s, admin, "GET", "/api/v1/users", "", 200).Items); n != 4 {
			t.Errorf("an administrator sees %d users", n)
		}
		if n := len(ask[UserPage](s, other, "GET", "/api/v1/users", "", 200).Items); n != 3 {
			t.Errorf("a clerk sees %d users", n)
		}
		found := ask[UserPage](s, other, "GET", "/api/v1/users?role=handler&unit="+s.township.ID.String(), "", 200)
		if len(found.Items) != 1 || found.Items[0].ID != made.ID {
			t.Errorf("handlers of the township: %+v", found)
		}
		resident := s.login("resident").AccessToken
		s.refused(resident, "GET", "/api/v1/users", "", 403, "auth.role")
		ask[UserView](s, other, "GET", "/api/v1/users/"+made.ID, "", 200)

		appointment := fmt.Sprintf(`{"user_id":%q,"unit_id":%q,"role":"handler","from":"2026-12-01T00:00:00+08:00"}`, clerk.ID, s.township.ID)
		post := ask[AppointmentView](s, admin, "POST", "/api/v1/appointments", appointment, 201)
		if post.From != time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC) {
			t.Errorf("from %v", post.From)
		}
		s.refused(admin, "POST", "/api/v1/appointments", appointment, 409, "appointment.held")
		of := "/api/v1/appointments?user=" + clerk.ID.String()
		if n := len(ask[AppointmentPage](s, other, "GET", of, "", 200).Items); n != 2 {
			t.Errorf("%d appointments", n)
		}
		if n := len(ask[AppointmentPage](s, other, "GET", of+"&at=2026-11-25T00:00:00Z", "", 200).Items); n != 1 {
			t.Errorf("%d appointments held on 25 November", n)
		}
		ended := ask[AppointmentView](s, admin, "POST", "/api/v1/appointments/"+post.ID+"/end", `{"until":"2026-12-02T00:00:00Z"}`, 200)
		if ended.Until == nil {
			t.Errorf("ended: %+v", ended)
		}
		s.refused(admin, "POST", "/api/v1/appointments/"+someUser.String()+"/end", `{}`, 404, "appointment.unknown")
	})
}

func TestSubjectsAndResponsibilities(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		admin := s.login("admin").AccessToken
		list := ask[CategoryList](s, admin, "PUT", "/api/v1/categories", `{"items":[{"code":"03","name":"城管","parent":""},{"code":"0301","name":"路灯","parent":"03"}]}`, 200)
		if len(list.Items) != 2 {
			t.Errorf("categories: %+v", list)
		}
		s.refused(admin, "PUT", "/api/v1/categories", `{"items":[{"code":"0901","name":"路灯","parent":"09"}]}`, 400, "category.parent_unknown")
		s.refused(admin, "PUT", "/api/v1/categories", `{"items":[{"code":"09","name":" "}]}`, 422, "request.invalid")
		line := fmt.Sprintf(`{"items":[{"category":"03","area":"430102","unit_id":%q,"note":"含夜间"}]}`, s.township.ID)
		lines := ask[ResponsibilityList](s, admin, "PUT", "/api/v1/responsibilities", line, 200)
		if len(lines.Items) != 1 || lines.Items[0].UnitID != s.township.ID {
			t.Errorf("responsibilities: %+v", lines)
		}
		ask[CategoryList](s, admin, "GET", "/api/v1/categories", "", 200)
		if n := len(ask[ResponsibilityList](s, admin, "GET", "/api/v1/responsibilities?unit="+s.county.ID.String(), "", 200).Items); n != 0 {
			t.Errorf("%d lines of the county", n)
		}
		res := s.call("GET", "/api/v1/categories", "", "Authorization: Bearer "+admin)
		same := s.call("GET", "/api/v1/categories", "", "Authorization: Bearer "+admin, "If-None-Match: "+res.Header.Get("ETag"))
		if same.StatusCode != http.StatusNotModified {
			t.Errorf("unchanged categories: status %d", same.StatusCode)
		}
	})
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	admin := s.login("admin").AccessToken
	year := ask[CalendarYear](s, admin, "GET", "/api/v1/calendar/2026", "", 200)
	if year.Year != 2026 || len(year.Days) < 20 {
		t.Errorf("2026 names %d days", len(year.Days))
	}
	s.refused(admin, "GET", "/api/v1/calendar/2031", "", 404, "calendar.unpublished")
	s.refused(admin, "GET", "/api/v1/calendar/next", "", 404, "calendar.unpublished")
	for query, want := range map[string]string{
		"from=2026-02-12&days=7": "2026-02-28 2026-02-28T16:00:00Z", "from=2025-01-20&days=5&unit=working_day": "2025-01-26 2025-01-26T16:00:00Z",
		"from=2026-09-17&days=15&unit=day": "2026-10-08 2026-10-08T16:00:00Z",
	} {
		sum := ask[CalendarSum](s, admin, "GET", "/api/v1/calendar/add?"+query, "", 200)
		if got := sum.DueOn.String() + " " + sum.DueAt.Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for _, bad := range []string{"days=7", "from=2026-02-12", "from=2026-02-12&days=0", "from=2026-02-12&days=7&unit=hour"} {
		s.refused(admin, "GET", "/api/v1/calendar/add?"+bad, "", 400, "request.parameter")
	}
}
