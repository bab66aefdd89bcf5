package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// reform is a town whose administrator changes everything that there is to
// change; each step may count on those before it.
type reform struct {
	*town
	admin, leader, clerk string // tokens
	unit, user, post     string // made on the way
	deputy, feed, hired  string
}

// changing are the routes that change configuration or permission: a request
// that does, and the kinds of the events that it writes.
var changing = []struct {
	route string
	do    func(*reform)
	kinds string
}{
	{"POST /units", func(r *reform) {
		body := fmt.Sprintf(`{"parent_id":%q,"code":"430102003-01","name":"平安办","level":"township","kind":"department","organ":true}`, r.township.ID)
		r.unit = ask[UnitView](r.town, r.admin, "POST", v1+"/units", body, 201).ID
	}, "unit_created"},
	{"POST /units/:id/rename", func(r *reform) {
		ask[UnitView](r.town, r.admin, "POST", v1+"/units/"+r.unit+"/rename", `{"name":"综治办"}`, 200)
	}, "unit_renamed"},
	{"POST /users", func(r *reform) {
		body := fmt.Sprintf(`{"username":"new.clerk","name":"许晚晴","password":%q,"posts":[{"unit_id":%q,"role":"clerk"}]}`, password, r.unit)
		r.user = ask[UserView](r.town, r.admin, "POST", v1+"/users", body, 201).ID
	}, "user_created appointed"},
	{"POST /auth/password", func(r *reform) {
		body := fmt.Sprintf(`{"current_password":%q,"password":"柳树村的第九棵柳树"}`, password)
		ask[struct{}](r.town, r.login("new.clerk").AccessToken, "POST", v1+"/auth/password", body, 204)
	}, "password_changed"},
	{"POST /appointments", func(r *reform) {
		body := fmt.Sprintf(`{"user_id":%q,"unit_id":%q,"role":"handler"}`, r.user, r.unit)
		r.post = ask[AppointmentView](r.town, r.admin, "POST", v1+"/appointments", body, 201).ID
	}, "appointed"},
	{"POST /appointments/:id/end", func(r *reform) {
		ask[AppointmentView](r.town, r.admin, "POST", v1+"/appointments/"+r.post+"/end", `{}`, 200)
	}, "appointment_ended"},
	{"POST /deputies", func(r *reform) {
		body := fmt.Sprintf(`{"deputy_for":%q,"user_id":%q,"until":%q}`, r.hired, r.user, r.clock.Now().AddDate(0, 0, 7).Format(time.RFC3339))
		r.deputy = ask[DeputyView](r.town, r.leader, "POST", v1+"/deputies", body, 201).ID
	}, "appointed"},
	{"POST /deputies/:id/end", func(r *reform) {
		ask[DeputyView](r.town, r.leader, "POST", v1+"/deputies/"+r.deputy+"/end", `{}`, 200)
	}, "appointment_ended"},
	{"PUT /categories", func(r *reform) {
		ask[CategoryList](r.town, r.admin, "PUT", v1+"/categories", `{"items":[{"code":"03","name":"城管","parent":""}]}`, 200)
	}, "categories_changed"},
	{"PUT /responsibilities", func(r *reform) { r.assign("") }, "responsibilities_changed"},
	{"PUT /responsibilities", func(r *reform) { r.assign("含夜间") }, "responsibilities_changed"},
	{"PUT /calendar/:year", func(r *reform) {
		ask[CalendarPublication](r.town, r.admin, "PUT", v1+"/calendar/2027", year2027, 200)
	}, "calendar_published"},
	{"PUT /calendar/hours", func(r *reform) {
		ask[CalendarPublication](r.town, r.admin, "PUT", v1+"/calendar/hours", summerHours, 200)
	}, "office_hours_changed"},
	{"PUT /profiles/:name", func(r *reform) {
		rules := ask[ProfileView](r.town, r.admin, "GET", v1+"/profiles/wall", "", 200).Rules
		rules.DisputeDays++
		body, err := marshal(rules)
		must(r.t, err)
		ask[ProfileView](r.town, r.admin, "PUT", v1+"/profiles/wall", string(body), 200)
	}, "profile_changed"},
	{"POST /profiles/:name/rebase", func(r *reform) {
		ask[ProfileVersionView](r.town, r.admin, "POST", v1+"/profiles/wall/rebase", "", 200)
	}, "profile_rebase_ordered"},
	{"POST /reports/upcoming/feeds", func(r *reform) {
		r.feed = ask[FeedWithURL](r.town, r.leader, "POST", v1+"/reports/upcoming/feeds", `{"days":7}`, 201).ID
	}, "feed_opened"},
	{"POST /reports/upcoming/feeds/:id/revoke", func(r *reform) {
		for range 2 { // the second time it is nothing
			ask[FeedView](r.town, r.leader, "POST", v1+"/reports/upcoming/feeds/"+r.feed+"/revoke", "", 200)
		}
	}, "feed_revoked"},
	{"POST /users/:id/disable", func(r *reform) {
		ask[UserView](r.town, r.admin, "POST", v1+"/users/"+r.user+"/disable", "", 200)
	}, "user_disabled appointment_ended"},
	{"POST /units/:id/merge", func(r *reform) {
		ask[UnitView](r.town, r.admin, "POST", v1+"/units/"+r.unit+"/merge", fmt.Sprintf(`{"successor_id":%q}`, r.township.ID), 200)
	}, "unit_merged"},
}

func (r *reform) assign(note string) {
	body := fmt.Sprintf(`{"items":[{"category":"03","area":"430102","unit_id":%q,"note":%q}]}`, r.township.ID, note)
	ask[ResponsibilityList](r.town, r.admin, "PUT", v1+"/responsibilities", body, 200)
}

// leaving are the other routes that write and are not about cases, findings,
// escalations or bulletins, whose own records tell what happens to them; and why
// nothing that they do is a change of configuration.
var leaving = map[string]string{
	"POST /auth/token":   "a login is no permission: who has the password had it before",
	"POST /auth/refresh": "the same login goes on",
	"POST /auth/logout":  "one's own",
	"POST /engine/run":   "what the engine does is in the records of cases",
}

var ofCases = []string{"/cases", "/public/cases", "/findings", "/escalations", "/bulletins"}

// Every route that writes is one that changes configuration, with the events
// below, one that is about cases, or one that says why it is neither: a new one
// fails here until it is placed.
func TestEveryRouteThatWritesIsPlaced(t *testing.T) {
	t.Parallel()
	placed := map[string]bool{}
	for _, c := range changing {
		placed[c.route] = true
	}
	for route := range leaving {
		placed[route] = true
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		path := strings.TrimPrefix(r.path, v1)
		about := slices.ContainsFunc(ofCases, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
		if name := r.method + " " + path; r.method != "GET" && !about && !placed[name] {
			t.Errorf("%s changes something: place it in changing, with its events, or in leaving", name)
		} else {
			delete(placed, name)
		}
	}
	for name := range placed {
		t.Errorf("%s is no route", name)
	}
}

func newReform(t *testing.T, dialect string) *reform {
	r := &reform{town: newTown(t, dialect)}
	boss := r.town.user("boss", r.township.ID, grievance.RoleLeader)
	r.town.user("old.clerk", r.township.ID, grievance.RoleClerk)
	r.admin, r.leader, r.clerk = r.login("admin").AccessToken, r.login("boss").AccessToken, r.login("old.clerk").AccessToken
	book, err := r.Office.Book(t.Context())
	must(t, err)
	r.hired = book.AppointmentsOf(boss.ID)[0].ID.String()
	r.clock.Advance(time.Second)
	return r
}

// every gives the events of the log, the oldest first.
func (r *reform) every() (events []grievance.Event) {
	r.t.Helper()
	book, err := r.Office.Book(r.t.Context())
	must(r.t, err)
	must(r.t, r.Store.Read(r.t.Context(), func(sn *store.Snapshot) (err error) {
		events, err = sn.ListChanges(store.ChangesFor(grievance.System, book), store.ChangeFilter{}, nil, 1000)
		return err
	}))
	slices.Reverse(events)
	return events
}

func TestEveryChangeIsAnEvent(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		r := newReform(t, dialect)
		for _, c := range changing {
			before := len(r.every())
			c.do(r)
			r.clock.Advance(time.Second)
			var kinds []string
			for _, e := range r.every()[before:] {
				kinds = append(kinds, string(e.Kind))
				for _, secret := range []string{password, "柳树", "argon2", "含夜间", "许晚晴", "new.clerk"} {
					if strings.Contains(string(e.Body), secret) {
						t.Errorf("%s: the event holds %s: %s", c.route, secret, e.Body)
					}
				}
			}
			slices.Sort(kinds)
			want := strings.Fields(c.kinds)
			slices.Sort(want)
			if kinds = slices.Compact(kinds); !slices.Equal(kinds, want) {
				t.Errorf("%s writes %v, want %v", c.route, kinds, want)
			}
		}
	})
}

// Who may not change something leaves no trace in the log, and changes nothing.
func TestARefusedChangeIsNoEvent(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		r := newReform(t, dialect)
		before := len(r.every())
		r.refused(r.clerk, "POST", v1+"/users/"+r.deputyless().String()+"/disable", "", 403, "auth.role")
		r.refused(r.clerk, "POST", v1+"/auth/password", `{"current_password":"guess","password":"柳树村的第九棵柳树"}`, 422, "request.invalid")
		r.refused(r.leader, "POST", v1+"/reports/upcoming/feeds/"+someUser.String()+"/revoke", "", 404, "not_found")
		r.refused(r.admin, "POST", v1+"/units", fmt.Sprintf(`{"parent_id":%q,"code":"430102003","name":"重","level":"township","kind":"government"}`, r.county.ID), 409, "unit.code_taken")
		if got := r.every()[before:]; len(got) > 0 {
			t.Errorf("%d events: %s", len(got), got[0].Kind)
		}
	})
}

func (r *reform) deputyless() grievance.UserID {
	book, err := r.Office.Book(r.t.Context())
	must(r.t, err)
	return book.UserByName("boss").ID
}
