package grievance

import "testing"

func (s *story) openReminders() (to []string) {
	for _, r := range s.rec.reminders {
		if r.DoneAt == nil {
			who := s.o.post(r.Post)
			if !r.User.IsZero() {
				who = s.o.user(r.User)
			}
			to = append(to, who)
		}
	}
	return to
}

// A reminder stands until who was reminded does anything, or need not any more.
func TestAReminderStandsUntilItIsFollowed(t *testing.T) {
	t.Parallel()
	followed := func(s *story, who string, do deed) {
		t.Helper()
		if open := s.openReminders(); len(open) != 1 || s.c().OpenReminders != 1 {
			t.Fatalf("open: %v, %d", open, s.c().OpenReminders)
		}
		if s.does(who, do); len(s.openReminders()) != 0 || s.c().OpenReminders != 0 {
			t.Errorf("after %s: %v, %d", who, s.openReminders(), s.c().OpenReminders)
		}
	}
	s := watched(t).does("supervisor", remind)
	if to := s.openReminders(); to[0] != "handler" {
		t.Errorf("reminded %v", to)
	}
	s.does("clerk", note)
	followed(s, "handler", contact)
	s.at("2026-11-20 12:00").does("supervisor", remind)
	s.does("clerk", assign("station", "handler_b")) // whose move it is now; the handler answers for it until then
	followed(s, "handler_b", acknowledge)
	s.at("2026-11-20 14:00").does("leader", remind)
	if to := s.openReminders(); to[0] != "handler_b" {
		t.Errorf("reminded %v", to)
	}
	followed(s, "handler_b", note)
	s.does("petitioner", withdraw)
	s.at("2026-11-20 16:00").does("supervisor", remind)
	if to := s.openReminders(); to[0] != "leader@river" {
		t.Errorf("reminded %v", to)
	}
	followed(s, "deputy", approve(1))
	s.refuses("supervisor", "case.state", remind)
}

func TestNobodyRemindsTwiceInAnHour(t *testing.T) {
	t.Parallel()
	s := watched(t).does("supervisor", remind).refuses("supervisor", "reminder.too_often", remind).does("leader", remind)
	s.does("handler", contact).at("2026-11-20 10:59").refuses("supervisor", "reminder.too_often", remind)
	version := s.c().Version
	if s.at("2026-11-20 11:00").does("supervisor", remind); s.c().Version != version {
		t.Error("a reminder makes stale what people edit")
	}
	s.refuses("handler", "case.not_permitted", remind).refuses("hill_leader", "case.not_permitted", remind)
}

// Where the petitioner has the next move, who answers for the case is reminded.
func TestTheAnswerableIsRemindedWhileThePetitionerIsAwaited(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(s)
	s.does("handler", suspendFor(WaitingPetitioner, "2026-11-25")).does("leader", approve(1)).does("supervisor", remind)
	if to := s.openReminders(); s.c().AwaitingPost.Role != RolePetitioner || to[0] != "handler" {
		t.Errorf("awaiting %s, reminded %v", s.o.post(s.c().AwaitingPost), to)
	}
}

// Who has left is reminded of nothing.
func TestAReminderGoesWithWhoLeaves(t *testing.T) {
	t.Parallel()
	s := watched(t).does("supervisor", remind)
	s.o.leaves("handler", s.now)
	if s.does("system", handOn); len(s.openReminders()) != 0 {
		t.Errorf("open: %v", s.openReminders())
	}
}
