package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// rulesOf gives the rules of a profile as a client reads them.
func rulesOf(s *city, name string) ProfileView {
	s.t.Helper()
	return read[ProfileView](s, "petitioner", "/profiles/"+name)
}

func (s *city) json(v any) string {
	s.t.Helper()
	body, err := marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		list := read[ProfileList](s, "petitioner", "/profiles").Items
		if len(list) != len(grievance.ProfileNames) {
			t.Fatalf("%d profiles", len(list))
		}
		for i, p := range list {
			if one := rulesOf(s, p.Name); p.Name != grievance.ProfileNames[i] || s.json(one) != s.json(p) {
				t.Errorf("%s alone is %+v, in the list %+v", p.Name, one, p)
			}
		}
		was := rulesOf(s, "wall")
		tag := entityTag(int64(was.Version))
		if res := s.send("clerk", "GET", v1+"/profiles/wall", "", "If-None-Match: "+tag); res.StatusCode != 304 {
			t.Errorf("read again: %d", res.StatusCode)
		}
		s.refuses("clerk", "GET", v1+"/profiles/express", "", 404, "profile.unknown")
		s.refuses("clerk", "GET", v1+"/profiles/wall?version=99", "", 404, "profile.unknown")
		s.refuses("clerk", "GET", v1+"/profiles/express/versions", "", 404, "profile.unknown")
	})
}

func TestAProfileIsChangedByVersions(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const path = v1 + "/profiles/wall"
		was := rulesOf(s, "wall")
		tag := entityTag(int64(was.Version))
		same := s.send("admin", "PUT", path, s.json(was.Rules), "If-Match: "+tag)
		if got := as[ProfileView](s, same, 200); got.Version != was.Version || same.Header.Get("ETag") != tag {
			t.Errorf("the same rules made version %d, %s", got.Version, same.Header.Get("ETag"))
		}
		s.clock.Advance(time.Minute)
		rules := rulesOf(s, "wall").Rules
		rules.DisputeDays = 30
		res := s.send("admin", "PUT", path, s.json(rules), "If-Match: "+tag, `Idempotency-Key: "p1"`)
		if got := as[ProfileView](s, res, 200); got.Version != was.Version+1 || got.Rules.DisputeDays != 30 {
			t.Errorf("changed to %+v", got)
		}
		if again := s.send("admin", "PUT", path, s.json(rules), "If-Match: "+tag, `Idempotency-Key: "p1"`); again.Header.Get("Idempotency-Replayed") == "" {
			t.Error("sent again it is not answered as before")
		}
		s.refuses("admin", "PUT", path, s.json(rules), 412, "profile.stale", "If-Match: "+tag)
		if old := read[ProfileView](s, "clerk", fmt.Sprintf("/profiles/wall?version=%d", was.Version)); s.json(old) != s.json(was) {
			t.Errorf("the older version is now %+v", old)
		}
		s.clock.Advance(time.Minute)
		s.refuses("admin", "POST", path+"/rebase", "", 412, "profile.stale", "If-Match: "+tag)
		ordered := as[ProfileVersionView](s, s.send("admin", "POST", path+"/rebase", "", `Idempotency-Key: "r1"`), 200)
		if ordered.Version != was.Version+1 || ordered.RebaseAt == nil || !ordered.RebaseAt.Equal(s.clock.Now()) {
			t.Errorf("ordered %+v", ordered)
		}
		s.clock.Advance(time.Minute)
		s.send("admin", "POST", v1+"/engine/run", "")
		versions := read[ProfileVersionList](s, "clerk", "/profiles/wall/versions").Items
		if len(versions) != 2 || versions[0].RebaseAt != nil || versions[1].RebasedAt == nil || !versions[1].RebasedAt.Equal(s.clock.Now()) {
			t.Errorf("versions %+v", versions)
		}
	})
}

func TestProfilesAreRefused(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const path = v1 + "/profiles/wall"
		rules := rulesOf(s, "wall").Rules
		s.appoint("deputy", jichuan, grievance.RoleAdmin, false) // of a lower unit
		for account, code := range map[string]string{"": "auth.required", "clerk": "auth.role", "deputy": "office.forbidden"} {
			status := http.StatusForbidden
			if account == "" {
				status = http.StatusUnauthorized
			}
			s.refuses(account, "PUT", path, s.json(rules), status, code)
			s.refuses(account, "POST", path+"/rebase", "", status, code)
		}
		s.refuses("", "GET", path, "", 401, "auth.required")
		s.refuses("admin", "PUT", v1+"/profiles/express", s.json(rules), 404, "profile.unknown")
		s.refuses("admin", "POST", v1+"/profiles/express/rebase", "", 404, "profile.unknown")
		s.refuses("admin", "PUT", path, `{"name":"wall"}`, 400, "request.unknown_field")
		s.refuses("admin", "PUT", path, `{"clocks":[{"length":"a week"}]}`, 422, "request.wrong_type")
		s.refuses("admin", "POST", path+"/rebase", `{"all":true}`, 400, "request.unknown_field")
		p := s.refuses("admin", "PUT", path, `{"dispute_days":400,"clocks":[],"ladders":{"day":[{"at":"0d","act":"breach","level":1}]}}`, 422, "request.invalid")
		if len(p.Errors) != 6 {
			t.Errorf("faults %+v", p.Errors)
		}
	})
}

// No rule is made of silence: false and 0 are said, or they are refused.
func TestAProfileLeavesNothingUnsaid(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const path = v1 + "/profiles/wall"
		was := rulesOf(s, "wall")
		whole := s.json(was.Rules)
		days := fmt.Sprintf(`"dispute_days":%d,`, was.Rules.DisputeDays)
		rolls := fmt.Sprintf(`"rolls":%t,`, was.Rules.Clocks[0].Rolls)
		for body, faults := range map[string]string{
			strings.Replace(whole, days, "", 1):                     "/dispute_days profile.unsaid",
			strings.Replace(whole, days, `"dispute_days":null,`, 1): "/dispute_days profile.unsaid",
			strings.Replace(whole, rolls, "", 1):                    "/clocks/0/rolls profile.unsaid",
			strings.Replace(whole, rolls, `"rolls":null,`, 1):       "/clocks/0/rolls profile.unsaid",
		} {
			if p := s.refuses("admin", "PUT", path, body, 422, "request.invalid"); faultsOf(p) != faults {
				t.Errorf("%s: got %s, want %s", body, faultsOf(p), faults)
			}
		}
		both := strings.Replace(strings.Replace(whole, days, `"dispute_days":400,`, 1), rolls, "", 1)
		if p := s.refuses("admin", "PUT", path, both, 422, "request.invalid"); faultsOf(p) != "/clocks/0/rolls profile.unsaid /dispute_days profile.dispute_days" {
			t.Errorf("both faults: %s", faultsOf(p))
		}
		if is := rulesOf(s, "wall"); s.json(is) != s.json(was) {
			t.Errorf("what was refused made %+v", is)
		}
	})
}
