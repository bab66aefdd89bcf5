package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// waits tells what is in somebody's inbox, in order, as "reason name"; names
// are the cases' by id.
func (s *city) waits(account string, names map[string]string) []string {
	s.t.Helper()
	var all []string
	for _, i := range read[InboxPage](s, account, "/inbox?limit=200").Items {
		line := string(i.Reason) + " " + names[i.CaseID]
		if i.Late {
			line += " late"
		}
		all = append(all, line)
	}
	if paged := s.follow(account, v1+"/inbox", 1); len(paged) != len(all) {
		s.t.Errorf("%s: %d by pages of one, %d at once", account, len(paged), len(all))
	}
	return all
}

func (s *city) wantInbox(account string, names map[string]string, want ...string) {
	s.t.Helper()
	if got := s.waits(account, names); !slices.Equal(got, want) {
		s.t.Errorf("%s's inbox is %q, want %q", account, got, want)
	}
}

// Each step of a case waits for those whose step it is, and for nobody else.
func TestInboxFollowsTheCase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		names := map[string]string{id: "A"}
		s.wantInbox("clerk", names, "awaiting A", "deadline A")
		s.wantInbox("clerk_afternoon", names, "awaiting A")
		s.wantInbox("clerk2", names)
		s.wantInbox("handler", names)

		s.act("clerk", id, "/accept", `{"service":{"how":"sms"}}`)
		s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q}`, s.unit(economy)))
		s.wantInbox("handler", names, "awaiting A", "deadline A")
		s.wantInbox("clerk", names, "deadline A")
		s.act("handler", id, "/acknowledge", "")
		s.wantInbox("handler", names, "awaiting A", "deadline A")
		s.wantInbox("clerk", names)

		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		for _, who := range []string{"leader", "deputy"} {
			s.wantInbox(who, names, "sign_off A")
		}
		s.wantInbox("economy_head", names)
		s.wantInbox("county_leader", names)
		s.wantInbox("handler", names, "deadline A")
		item := read[InboxPage](s, "leader", "/inbox").Items[0]
		if item.SignOff != 1 || item.ClockKind != "sign_off" || item.DueAt == nil || item.Title == "" || item.Unassigned {
			t.Errorf("the leader's item: %+v", item)
		}
		s.act("deputy", id, "/sign-offs/1/approve", `{}`)
		for _, who := range []string{"leader", "deputy", "handler", "clerk"} {
			s.wantInbox(who, names)
		}
	})
}

// As time passes the debtor and the head are reminded and warned, and then the
// levels above are called. One deadline waits for one person once, as the
// gravest of these.
func TestInboxWarns(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		names := map[string]string{id: "A"}
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.clock.Advance(4 * 24 * time.Hour)
		s.runEngine()
		s.wantInbox("handler", names, "awaiting A", "reminder A")
		s.wantInbox("economy_head", names, "reminder A")
		s.clock.Advance(60 * time.Hour)
		s.runEngine()
		s.wantInbox("economy_head", names, "warning A")
		s.clock.Advance(3 * 24 * time.Hour)
		s.runEngine()
		s.wantInbox("handler", names, "awaiting A late", "warning A late")
		s.wantInbox("economy_head", names, "escalation A late")
	})
}

// What nobody can take is first at the root, and its administrator learns of it
// without seeing the case.
func TestUnroutableIsFirst(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		book, err := s.Office.Book(t.Context())
		must(t, err)
		for _, u := range book.Units() {
			for _, a := range book.Appointments(u.ID) {
				if a.Role == grievance.RoleSupervisor {
					_, err := s.Office.EndAppointment(t.Context(), grievance.System, a.ID, s.clock.Now())
					must(t, err)
				}
			}
		}
		names := map[string]string{}
		old := s.registerAt("city_clerk", grievance.Registration{Channel: grievance.ByApp}).ID.String()
		names[old] = "old"
		s.clock.Advance(time.Hour)
		id := s.handled("")
		names[id] = "A"
		s.act("handler", id, "/escalate", `{"level":2,"reason":"risk"}`)
		s.clock.Advance(time.Hour)
		s.runEngine()
		if got := s.waits("city_leader", names); len(got) == 0 || got[0] != "unroutable A" {
			t.Errorf("the city's leader: %q", got)
		}
		page := string(bodyOf(t, s.send("admin", "GET", v1+"/inbox", "")))
		items := read[InboxPage](s, "admin", "/inbox").Items
		if len(items) != 1 || items[0].Reason != "unroutable" || items[0].VacantAbove == nil || items[0].VacantAbove.Code != economy || strings.Contains(page, id) {
			t.Errorf("the administrator sees %s", page)
		}
		list := read[EscalationPage](s, "city_leader", "/escalations?count=true")
		if !list.Items[0].Unroutable || list.Items[0].Case.ID != id {
			t.Errorf("the list begins with %+v", list.Items[0])
		}
		if n := len(s.follow("city_leader", v1+"/escalations?unroutable=true", 1)); n != 1 {
			t.Errorf("%d are unroutable", n)
		}
		if n := len(s.follow("leader2", v1+"/escalations", 1)); n != 0 {
			t.Errorf("another township sees %d", n)
		}
	})
}

// Unassigned and unacknowledged cases come before handled ones that are due
// earlier; within each, what is due first is first.
func TestInboxOrder(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		p := populate(s, 7, 30)
		for _, who := range append(slices.Clone(watchers), "clerk", "clerk2", "handler", "county_clerk") {
			last := ""
			for _, i := range read[InboxPage](s, who, "/inbox?limit=200").Items {
				rank := "2"
				switch {
				case i.Reason == "unroutable":
					rank = "0"
				case i.Unassigned:
					rank = "1"
				}
				at := i.Since
				if i.DueAt != nil {
					at = *i.DueAt
				}
				key := rank + at.Format(time.RFC3339Nano)
				if strings.Compare(key, last) < 0 {
					t.Errorf("%s: %s after %s", who, key, last)
				}
				last = key
			}
			s.follow(who, v1+"/inbox", 1+p.IntN(3))
		}
	})
}

// Of several deadlines of a case that one person owes, the inbox shows the one
// that is due first.
func TestInboxShowsWhatPressesMost(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.act("clerk", id, "/accept", `{}`) // its notice is not served, so acceptance runs on
		for _, i := range read[InboxPage](s, "clerk", "/inbox").Items {
			if i.Reason == "deadline" && i.ClockKind != "first_contact" {
				t.Errorf("it shows %s, due %s", i.ClockKind, i.DueAt)
			}
		}
		s.wantInbox("clerk", map[string]string{id: "A"}, "awaiting A", "deadline A")
	})
}

// A desk without a clerk waits for whoever is on duty for it.
func TestInboxOfAVacantDesk(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		for _, account := range []string{"clerk", "clerk_afternoon"} {
			if _, err := s.Office.DisableUser(t.Context(), grievance.System, mustUser(t, s.user(account))); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.Desk.HandOnAll(t.Context())
		must(t, err)
		names := map[string]string{id: "A"}
		s.wantInbox("leader", names, "awaiting A", "deadline A")
		s.wantInbox("clerk2", names)
	})
}

func mustUser(t *testing.T, id string) grievance.UserID {
	t.Helper()
	user, err := grievance.ParseID[grievance.User](id)
	if err != nil {
		t.Fatal(err)
	}
	return user
}
