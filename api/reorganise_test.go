package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// call is a request of the administrator.
type call struct{ path, body string }

// reorganisations are the calls that change the organisation: each with another
// request to which its key does not belong, the status of its answer, and how
// many events it records.
var reorganisations = map[string]struct {
	of     func(*city) (first, other call)
	status int
	events int
}{
	"create unit": {func(s *city) (call, call) {
		body := `{"parent_id":%q,"code":"990121101-77","name":%q,"level":"township","kind":"department"}`
		return call{"/units", fmt.Sprintf(body, s.unit(jichuan), "信访科")}, call{"/units", fmt.Sprintf(body, s.unit(jichuan), "接访科")}
	}, http.StatusCreated, 1},
	"rename unit": {func(s *city) (call, call) {
		path := "/units/" + s.unit(qiqiao) + "/rename"
		return call{path, `{"name":"新桥镇"}`}, call{path, `{"name":"旧桥镇"}`}
	}, http.StatusOK, 1},
	"merge unit": {func(s *city) (call, call) {
		path := "/units/" + s.newUnit("990121101-78") + "/merge"
		return call{path, fmt.Sprintf(`{"successor_id":%q}`, s.unit(economy))}, call{path, fmt.Sprintf(`{"successor_id":%q}`, s.unit(jichuan))}
	}, http.StatusOK, 1},
	"create user": {func(s *city) (call, call) {
		body := `{"username":"newcomer","name":%q,"password":"correct horse","posts":[{"unit_id":%q,"role":"handler"}]}`
		return call{"/users", fmt.Sprintf(body, "秦月", s.unit(economy))}, call{"/users", fmt.Sprintf(body, "秦岳", s.unit(economy))}
	}, http.StatusCreated, 2},
	"disable user": {func(s *city) (call, call) {
		return call{"/users/" + s.newUser("leaver") + "/disable", ""}, call{"/users/" + s.newUser("stayer") + "/disable", ""}
	}, http.StatusOK, 2},
	"appoint": {func(s *city) (call, call) {
		body := `{"user_id":%q,"unit_id":%q,"role":%q}`
		return call{"/appointments", fmt.Sprintf(body, s.user("clerk"), s.unit(economy), "courier")},
			call{"/appointments", fmt.Sprintf(body, s.user("clerk"), s.unit(economy), "grid_worker")}
	}, http.StatusCreated, 1},
	"end appointment": {func(s *city) (call, call) {
		path := "/appointments/" + s.newPost(s.newUser("mover")) + "/end"
		return call{path, `{}`}, call{path, `{"until":"2030-01-01T00:00:00Z"}`}
	}, http.StatusOK, 1},
	"name deputy": {func(s *city) (call, call) {
		of := s.post("leader", grievance.RoleLeader)
		return call{"/deputies", s.standIn(of, "deputy", 7)}, call{"/deputies", s.standIn(of, "deputy", 8)}
	}, http.StatusCreated, 1},
	"end deputy": {func(s *city) (call, call) {
		body := s.standIn(s.post("leader", grievance.RoleLeader), "deputy", 7)
		made := as[DeputyView](s, s.send("admin", "POST", v1+"/deputies", body), http.StatusCreated)
		path := "/deputies/" + made.ID + "/end"
		return call{path, `{}`}, call{path, `{"until":"2026-11-25T00:00:00Z"}`}
	}, http.StatusOK, 1},
}

func (s *city) newUnit(code string) string {
	s.t.Helper()
	under := book(s).UnitByCode(jichuan)
	u, err := s.Office.CreateUnit(s.t.Context(), grievance.System, office.NewUnit{
		ParentID: under.ID, Code: code, Name: "临时科室", Level: under.Level, Kind: "department",
	})
	must(s.t, err)
	return u.ID.String()
}

func (s *city) newUser(name string) string {
	s.t.Helper()
	u, err := s.Office.CreateUser(s.t.Context(), grievance.System, office.NewUser{
		Username: name, Name: "某人", Posts: []office.NewAppointment{{UnitID: book(s).UnitByCode(economy).ID, Role: grievance.RoleHandler}},
	})
	must(s.t, err)
	return u.ID.String()
}

// newPost gives a user one more post.
func (s *city) newPost(user string) string {
	s.t.Helper()
	id, err := grievance.ParseID[grievance.User](user)
	must(s.t, err)
	a, err := s.Office.Appoint(s.t.Context(), grievance.System, id, office.NewAppointment{
		UnitID: book(s).UnitByCode(qiqiao).ID, Role: grievance.RoleHandler,
	})
	must(s.t, err)
	return a.ID.String()
}

func book(s *city) *grievance.Book {
	s.t.Helper()
	b, err := s.Office.Book(s.t.Context())
	must(s.t, err)
	return b
}

// recorded counts the events about anything.
func (s *city) recorded() int {
	s.t.Helper()
	_, err := s.Desk.Sequence(s.t.Context(), 10_000)
	must(s.t, err)
	var events []grievance.Event
	must(s.t, s.Store.Read(s.t.Context(), func(sn *store.Snapshot) error {
		events, err = sn.Ledger(0, 10_000)
		return err
	}))
	return len(events)
}

func TestRepeatedChangesOfTheOrganisation(t *testing.T) {
	t.Parallel()
	for name, change := range reorganisations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCity(t, func(t *testing.T, s *city) {
				first, other := change.of(s)
				before, key := s.recorded(), "Idempotency-Key: k"
				answers, replayed := s.atOnce("admin", "k", first.path, first.body)
				for _, a := range answers {
					if a != answers[0] || !strings.HasPrefix(a.status, strconv.Itoa(change.status)) {
						t.Fatalf("%+v, and %+v", answers[0], a)
					}
				}
				if replayed != len(answers)-1 {
					t.Errorf("%d of %d were repetitions", replayed, len(answers))
				}
				again := s.send("admin", "POST", v1+first.path, first.body, key, "Accept-Language: en")
				if got := answerOf(t, again); got != answers[0] || again.Header.Get("Idempotency-Replayed") != "true" {
					t.Errorf("again:\n%+v\nfirst:\n%+v", got, answers[0])
				}
				s.refuses("admin", "POST", v1+other.path, other.body, 422, "idempotency.key_reused", key)
				if n := s.recorded() - before; n != change.events {
					t.Errorf("%d events, want %d", n, change.events)
				}
			})
		})
	}
}

// What a change shows is the organisation as the change left it.
func TestAChangedUserIsShownWithItsPosts(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		create, _ := reorganisations["create user"].of(s)
		res := s.send("admin", "POST", v1+create.path, create.body, "Idempotency-Key: k")
		made := as[UserView](s, res, http.StatusCreated)
		if len(made.Posts) != 1 || made.Posts[0].UnitCode != economy || res.Header.Get("Location") != v1+"/users/"+made.ID {
			t.Errorf("made at %s: %+v", res.Header.Get("Location"), made)
		}
		disable := v1 + "/users/" + made.ID + "/disable"
		gone := as[UserView](s, s.send("admin", "POST", disable, "{}", "Idempotency-Key: k2"), http.StatusOK)
		if len(gone.Posts) != 0 || gone.DisabledAt == nil {
			t.Errorf("disabled: %+v", gone)
		}
		s.refuses("admin", "POST", disable, `{"why":"x"}`, 400, "request.unknown_field")
		s.refuses("admin", "POST", disable, "", 409, "user.disabled")
	})
}
