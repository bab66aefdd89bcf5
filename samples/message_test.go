package samples

import (
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"
)

var (
	channels  = []string{"visit", "letter", "hotline", "app", "wechat", "web", "wall", "grid", "courier"}
	natures   = []string{"suggestion", "accusation", "demand", "inquiry"}
	urgencies = []string{"life_property", "utilities", "simple", "ordinary", "complex"}
	outcomes  = []string{"supported", "explained", "not_supported", "mediated", "redirected"}
	endings   = []string{
		Registered, Accepted, Assigned, Handling, AwaitingSignOff, Closed,
		Disputed, Declined, Withdrawn, Answered, Forwarded,
	}
	// fictional matches telephone numbers that no operator gives out.
	fictional = regexp.MustCompile(`^100\d{8}$`)
)

func TestMessagesAreMany(t *testing.T) {
	t.Parallel()
	c := load(t)
	index(t, c.Messages, func(m Message) string { return m.ID })
	index(t, c.Messages, func(m Message) string { return m.Body })
	if n := len(c.Messages); n < 35 || n > 45 {
		t.Errorf("%d messages, want 40 ± 5", n)
	}
	for what, all := range map[string]struct {
		known []string
		of    func(Message) string
	}{
		"channel": {channels, func(m Message) string { return m.Channel }},
		"nature":  {natures, func(m Message) string { return m.Nature }},
		"urgency": {urgencies, func(m Message) string { return m.Urgency }},
		"story":   {endings, func(m Message) string { return m.Story.Until }},
		"outcome": {append([]string{""}, outcomes...), func(m Message) string { return m.Story.Outcome }},
	} {
		used := map[string]bool{}
		for _, m := range c.Messages {
			used[all.of(m)] = true
			if !slices.Contains(all.known, all.of(m)) {
				t.Errorf("%s: unknown %s %q", m.ID, what, all.of(m))
			}
		}
		if len(used) != len(all.known) {
			t.Errorf("%s: only %v occur", what, used)
		}
	}
}

func TestMessagesRefer(t *testing.T) {
	t.Parallel()
	c := load(t)
	units, users, categories := unitsByCode(t, c), usersByAccount(t, c), categoriesByCode(t, c)
	for _, m := range c.Messages {
		if len(m.Category) != 6 || categories[m.Category].Code == "" {
			t.Errorf("%s: category %q", m.ID, m.Category)
		}
		if area := units[m.AreaCode]; !oneOf(area.Kind, "government", "village", "grid") {
			t.Errorf("%s: area %q", m.ID, m.AreaCode)
		}
		if !units[m.UnitCode].Organ {
			t.Errorf("%s: unit %q has no desk", m.ID, m.UnitCode)
		}
		if !mayRegister(units, users[m.RegisteredBy], m) {
			t.Errorf("%s: %q may not register it", m.ID, m.RegisteredBy)
		}
		if a := m.Petitioner.Account; a != "" && (!users[a].Petitioner || users[a].Name != m.Petitioner.Name) {
			t.Errorf("%s: account %q is not the petitioner's", m.ID, a)
		}
		if f := m.Story.Forward; f != nil && (!units[f.UnitCode].Organ || f.UnitCode == m.UnitCode || f.Text == "") {
			t.Errorf("%s: forwarded to %q", m.ID, f.UnitCode)
		}
		if a := m.Story.Assign; a != nil && !(within(units, a.UnitCode, m.UnitCode) && holds(users[a.Handler], "handler", a.UnitCode)) {
			t.Errorf("%s: assigned to %+v", m.ID, a)
		}
	}
}

// mayRegister allows the desk's clerks, couriers and grid workers below it,
// and the petitioner.
func mayRegister(units map[string]Unit, by User, m Message) bool {
	if by.Petitioner {
		return by.Account == m.Petitioner.Account
	}
	return slices.ContainsFunc(by.Posts, func(p Post) bool {
		return p.Role == "clerk" && p.UnitCode == m.UnitCode ||
			oneOf(p.Role, "courier", "grid_worker") && within(units, p.UnitCode, m.UnitCode)
	})
}

func holds(u User, role, unit string) bool {
	return slices.ContainsFunc(u.Posts, func(p Post) bool { return p.Role == role && p.UnitCode == unit })
}

func TestMessagesAreFictionalAndOfUsableLength(t *testing.T) {
	t.Parallel()
	phones := map[string]string{}
	for _, m := range load(t).Messages {
		if n := utf8.RuneCountInString(m.Body); n < 60 || n > 300 {
			t.Errorf("%s: %d characters, want 60 to 300", m.ID, n)
		}
		if n := utf8.RuneCountInString(m.Title); n < 8 || n > 40 {
			t.Errorf("%s: title of %d characters", m.ID, n)
		}
		p := m.Petitioner
		if p.Anonymous {
			if p != (Petitioner{Anonymous: true}) {
				t.Errorf("%s: an anonymous petitioner has %+v", m.ID, p)
			}
			continue
		}
		if p.Name == "" || p.Address == "" || !fictional.MatchString(p.Phone) {
			t.Errorf("%s: petitioner %+v", m.ID, p)
		}
		if was := phones[p.Phone]; was != "" && was != p.Name {
			t.Errorf("%s: %s and %s share a telephone", m.ID, was, p.Name)
		}
		phones[p.Phone] = p.Name
	}
}

func TestNaturesGroupsAndAccusations(t *testing.T) {
	t.Parallel()
	c := load(t)
	units := unitsByCode(t, c)
	groups := 0
	for _, m := range c.Messages {
		if m.Route != 0 && m.Nature != "demand" || m.Route < 0 || m.Route > 6 {
			t.Errorf("%s: route %d of a %s", m.ID, m.Route, m.Nature)
		}
		if len(m.Representatives) > 5 || len(m.Representatives) > m.Headcount {
			t.Errorf("%s: %d speak for %d", m.ID, len(m.Representatives), m.Headcount)
		}
		if m.Headcount >= 5 {
			groups++
		}
		if (len(m.Named) > 0) != (m.Nature == "accusation") {
			t.Errorf("%s: a %s names %d persons", m.ID, m.Nature, len(m.Named))
		}
		for _, n := range m.Named {
			if units[n.UnitCode].Code == "" || n.Name == "" || n.Post == "" || m.Story.Forward != nil {
				t.Errorf("%s: an accusation of %+v", m.ID, n) // it goes to the inspectors by itself
			}
		}
	}
	if groups < 3 {
		t.Errorf("%d group petitions, want 3 at least", groups)
	}
}

// steps is how many steps lead to each ending.
var steps = map[string]int{
	Registered: 0, Accepted: 1, Declined: 2, Withdrawn: 2, Answered: 1, Forwarded: 1, Assigned: 2,
	Handling: 4, AwaitingSignOff: 5, Closed: 7, Disputed: 8,
}

func TestStoriesHaveTheWordsTheyNeed(t *testing.T) {
	t.Parallel()
	for _, m := range load(t).Messages {
		s, n := m.Story, steps[m.Story.Until]
		mainLine := !oneOf(s.Until, Declined, Withdrawn, Answered, Forwarded)
		for what, c := range map[string]struct{ has, wants bool }{
			"step_minutes": {s.StepMinutes > 0, n > 0},
			"acceptance":   {s.Acceptance != "", mainLine && n >= 1},
			"assign":       {s.Assign != nil, mainLine && n >= 2},
			"contact":      {s.Contact != "", mainLine && n >= 4},
			"opinion":      {s.Opinion != nil, mainLine && n >= 5},
			"outcome":      {s.Outcome != "", mainLine && n >= 5},
			"reply":        {s.Reply != "", mainLine && n >= 5},
			"rating":       {s.Rating != nil, mainLine && n >= 7},
			"dispute":      {s.Dispute != "", s.Until == Disputed},
			"decline":      {s.Decline != nil && s.Decline.Text != "", s.Until == Declined},
			"withdraw":     {s.Withdraw != "", s.Until == Withdrawn},
			"answer":       {s.Answer != "", s.Until == Answered},
			"forward":      {s.Forward != nil, s.Until == Forwarded},
		} {
			if c.has != c.wants {
				t.Errorf("%s (%s): %s is there: %v, want %v", m.ID, s.Until, what, c.has, c.wants)
			}
		}
		checkStory(t, m, n)
	}
}

func checkStory(t *testing.T, m Message, steps int) {
	t.Helper()
	s := m.Story
	if o := s.Opinion; o != nil && (o.Request == "" || o.Facts == "" || o.Opinion == "" || o.LegalBasis == "") {
		t.Errorf("%s: an opinion has four parts", m.ID)
	}
	if s.StepMinutes*steps > m.ReceivedHoursAgo*60 {
		t.Errorf("%s: the story ends in the future", m.ID)
	}
	if s.Until == Answered && m.Nature != "inquiry" {
		t.Errorf("%s: only inquiries are answered on the spot", m.ID)
	}
	if s.Until == Disputed && (oneOf(m.Channel, "visit", "letter") || m.Petition) {
		t.Errorf("%s: a petition is not disputed but reviewed", m.ID)
	}
	if d := s.Decline; d != nil && !oneOf(d.Code, "other_procedure", "already_pending", "finalised", "no_facts", "duplicate") {
		t.Errorf("%s: decline code %q", m.ID, d.Code)
	}
	if f := s.Forward; f != nil && !oneOf(f.Code, "not_our_duty", "other_area", "superior_matter", "inspection_matter") {
		t.Errorf("%s: forward code %q", m.ID, f.Code)
	}
}

// TestSomeMessagesAreLate finds at least four that nobody has taken up three
// to seventy days after their receipt, so that a demo has escalations to show.
func TestSomeMessagesAreLate(t *testing.T) {
	t.Parallel()
	late, oldest := 0, 0
	for _, m := range load(t).Messages {
		if oneOf(m.Story.Until, Registered, Assigned) && m.ReceivedHoursAgo >= 3*24 {
			late, oldest = late+1, max(oldest, m.ReceivedHoursAgo)
		}
	}
	if late < 4 || oldest != 70*24 {
		t.Errorf("%d late, the oldest of %d hours", late, oldest)
	}
}

// TestStoriesFollowTheResponsibilityList finds each case where the list sends it.
func TestStoriesFollowTheResponsibilityList(t *testing.T) {
	t.Parallel()
	c := load(t)
	units := unitsByCode(t, c)
	lines := index(t, c.Responsibilities, func(r Responsibility) string { return r.CategoryCode + "@" + r.AreaCode })
	for _, m := range c.Messages {
		goes := ""
		switch s := m.Story; {
		case s.Forward != nil:
			goes = s.Forward.UnitCode
		case s.Assign != nil:
			goes = s.Assign.UnitCode
		default:
			continue
		}
		if listed := proposed(lines, units, m.Category, m.AreaCode); !within(units, listed, goes) {
			t.Errorf("%s (%s): goes to %s, the list says %s", m.ID, m.Category, goes, listed)
		}
	}
}
