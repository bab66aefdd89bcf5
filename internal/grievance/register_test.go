package grievance

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhichProfileApplies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		channel          Channel
		nature           Nature
		petition, simple bool
		want             string
	}{
		{ByWall, Demand, false, false, ProfileWall},
		{ByWall, Inquiry, true, true, ProfileWall},
		{ByHotline, Demand, false, false, ProfileHotline},
		{ByHotline, Inquiry, false, false, ProfileTownship},
		{ByVisit, Inquiry, false, false, ProfileTownship},
		{ByVisit, Demand, false, false, ProfilePetition},
		{ByLetter, Suggestion, false, false, ProfilePetition},
		{ByLetter, Accusation, false, false, ProfilePetition},
		{ByLetter, Demand, false, true, ProfilePetitionSimple},
		{ByApp, Demand, true, false, ProfilePetition},
		{ByApp, Demand, true, true, ProfilePetitionSimple},
		{ByApp, Demand, false, true, ProfileTownship},
		{ByGrid, Suggestion, false, false, ProfileTownship},
		{ByCourier, Demand, false, false, ProfileTownship},
	} {
		in := road()
		in.Channel, in.Nature, in.Petition, in.SimplePetition = c.channel, c.nature, c.petition, c.simple
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
		if got := s.c().Profile; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Who registers answers for the case; what nobody brings, the person on duty.
func TestTheFirstToReceiveItAnswersForIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		who, unit, area string
		desk, answers   string
		awaits, debtor  string
	}{
		{"clerk", "", "willow", "river", "clerk clerk@river", "clerk@river", "clerk clerk@river"},
		{"clerk_b", "", "willow", "river", "clerk_b clerk@river", "clerk@river", "clerk_b clerk@river"},
		{"courier", "", "", "river", "courier courier@willow", "clerk@river", "- clerk@river"},
		{"town_courier", "", "", "river", "town_courier courier@river", "clerk@river", "- clerk@river"},
		{"grid_worker", "", "", "river", "grid_worker grid_worker@grid", "clerk@river", "- clerk@river"},
		{"petitioner", "", "grid", "river", "clerk clerk@river", "clerk@river", "clerk clerk@river"},
		{"petitioner", "hill", "grid", "hill", "hill_clerk clerk@hill", "clerk@hill", "hill_clerk clerk@hill"},
		{"anonymous", "", "stone", "hill", "hill_clerk clerk@hill", "clerk@hill", "hill_clerk clerk@hill"},
		{"anonymous", "stone", "", "hill", "hill_clerk clerk@hill", "clerk@hill", "hill_clerk clerk@hill"},
		{"system", "county", "", "county", "county_clerk clerk@county", "clerk@county", "county_clerk clerk@county"},
		{"jack_of_all", "", "", "river", "jack_of_all clerk@river", "clerk@river", "jack_of_all clerk@river"},
	} {
		in := road()
		in.Unit, in.Area, in.Category = UnitID{}, UnitID{}, ""
		if c.unit != "" {
			in.Unit = unitID(c.unit)
		}
		if c.area != "" {
			in.Area = unitID(c.area)
		}
		o := newTestOffice(t)
		s := begin(t, o, "2026-11-20 10:00", c.who, in)
		row, k := s.c(), s.clock(Acceptance)
		got := []string{
			o.names[row.LeadUnitID.String()], o.user(row.Responsible) + " " + o.post(row.ResponsiblePost),
			o.post(row.AwaitingPost), o.user(k.DebtorUser) + " " + o.post(k.DebtorPost),
		}
		if want := []string{c.desk, c.answers, c.awaits, c.debtor}; !slices.Equal(got, want) || row.FirstResponder != row.Responsible {
			t.Errorf("%s: got %q, want %q", c.who, got, want)
		}
	}
}

// A courier's case becomes the desk's when its clerk decides or acknowledges,
// even where the courier belongs to the desk's own unit.
func TestTheDeskTakesACaseFromItsCourier(t *testing.T) {
	t.Parallel()
	for _, courier := range []string{"courier", "town_courier", "grid_worker"} {
		for _, take := range []deed{acknowledge, accept(onTheSpot), decline} {
			s := begin(t, newTestOffice(t), "2026-11-20 10:00", courier, road()).does("clerk_b", take)
			if got := s.o.user(s.c().Responsible); got != "clerk_b" {
				t.Errorf("from %s: %s answers", courier, got)
			}
			if k := s.clock(Acceptance); k.State == Running && s.o.user(k.DebtorUser) != "clerk_b" {
				t.Errorf("from %s: %s owes", courier, s.o.user(k.DebtorUser))
			}
		}
	}
}

func TestOnlyOnesOwnDesk(t *testing.T) {
	t.Parallel()
	for who, code := range map[string]string{
		"clerk": "", "courier": "", "petitioner": "", "system": "", "anonymous": "",
		"hill_clerk": "unit.not_yours", "handler": "unit.not_yours", "leader": "unit.not_yours", "admin": "unit.not_yours",
	} {
		o := newTestOffice(t)
		m := o.moment(who, beijing("2026-11-20 10:00"))
		in := road()
		in.ID = id16[Case]("case")
		if _, err := Register(m, in, o.book.Unit(unitID("river")), Receipt{N: 1}); CodeOf(err) != code {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestARegistrationTellsAllItsFaultsAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Registration)
		want   string
	}{
		"channel":  {func(in *Registration) { in.Channel = "fax" }, "/channel channel.unknown"},
		"nature":   {func(in *Registration) { in.Nature = "rant" }, "/nature nature.unknown"},
		"urgency":  {func(in *Registration) { in.Urgency = "huge" }, "/urgency urgency.unknown"},
		"route":    {func(in *Registration) { in.Route = 7 }, "/route route.unknown"},
		"route of": {func(in *Registration) { in.Nature, in.Route = Inquiry, 6 }, "/route route.unknown"},
		"category": {func(in *Registration) { in.Category = "99" }, "/category category.unknown"},
		"area":     {func(in *Registration) { in.Area = unitID("moon") }, "/area_id unit.unknown"},
		"future":   {func(in *Registration) { in.ReceivedAt = beijing("2026-11-20 10:00:00.000001") }, "/received_at received_at.future"},
		"heads":    {func(in *Registration) { in.Headcount = -1 }, "/headcount headcount.negative"},
		"title":    {func(in *Registration) { in.Title = " \n " }, "/title text.required"},
		"long":     {func(in *Registration) { in.Title = strings.Repeat("路", MaxTitle+1) }, "/title text.too_long"},
		"body":     {func(in *Registration) { in.Body = strings.Repeat("路", MaxText+1) }, "/body text.too_long"},
		"name":     {func(in *Registration) { in.Petitioner.Name = strings.Repeat("陈", 201) }, "/petitioner/name text.too_long"},
		"party":    {func(in *Registration) { in.Others = []Party{{Name: "某"}} }, "/others/0/kind party.kind"},
		"six": {func(in *Registration) {
			in.Others = slices.Repeat([]Party{{Kind: Representative, Name: "某"}}, 6)
		}, "/others representatives.too_many"},
		"many": {func(in *Registration) { in.Channel, in.Title = "fax", "" }, "/channel channel.unknown, /title text.required"},
	} {
		in := road()
		c.change(&in)
		s := &story{tb: t, o: newTestOffice(t), now: beijing("2026-11-20 10:00")}
		var refusal *Error
		if !errors.As(s.register("clerk", in), &refusal) || refusal.Kind != Invalid {
			t.Errorf("%s: %v", name, refusal)
			continue
		}
		var got []string
		for _, f := range refusal.Fields {
			got = append(got, f.Pointer+" "+f.Code)
		}
		if joined := strings.Join(got, ", "); joined != c.want {
			t.Errorf("%s: %s, want %s", name, joined, c.want)
		}
	}
	in := road()
	in.Title, in.Others = strings.Repeat("路", MaxTitle), slices.Repeat([]Party{{Kind: Representative, Name: "某"}}, 5)
	in.ReceivedAt, in.Headcount = beijing("2026-11-20 10:00"), 5
	if s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in); !s.c().GroupPetition || s.c().PartyCount != 6 {
		t.Errorf("at the limits: %+v", s.c())
	}
}

// Words that are too long or missing are refused before anything changes.
func TestWordsAreChecked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", MaxText+1)
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	s.refuses("clerk", "request.invalid", accept(AcceptanceDecision{Notice: long}))
	s.refuses("clerk", "request.invalid", accept(AcceptanceDecision{Service: &Service{How: "pigeon"}}))
	s.refuses("clerk", "request.invalid", accept(AcceptanceDecision{Service: &Service{How: "sms", At: s.now.Add(time.Microsecond)}}))
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error { return c.Decline(m, Declining{Words: "因故"}) })
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error { return c.Decline(m, Declining{Reason: NoFacts}) })
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error { return c.Note(m, Noting{Words: "\t"}) })
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error {
		return c.EscalateByHand(m, EscalationRequest{Level: 4, Reason: "risk"})
	})
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error {
		return c.EscalateByHand(m, EscalationRequest{Level: 1, Reason: "risk", Words: long})
	})
	s.refuses("clerk", "request.invalid", func(c *Case, m Moment) error { return c.Forward(m, Forwarding{Unit: unitID("hill")}) })
	s.refuses("clerk", "request.invalid", forward("river")).refuses("clerk", "request.invalid", forward("moon"))
	s.refuses("clerk", "request.invalid", forward("willow")) // whose desk is the township's
	s.does("clerk", accept(AcceptanceDecision{})).refuses("clerk", "request.invalid", assign("hill", ""))
	s.refuses("clerk", "request.invalid", assign("station", "hill_handler")).refuses("clerk", "request.invalid", assign("moon", ""))
	s.does("clerk", assign("", "handler")).does("handler", acknowledge)
	s.refuses("handler", "request.invalid", func(c *Case, m Moment) error {
		return c.Submit(m, Submission{Outcome: Supported, Request: "修路", Facts: "属实", Opinion: "修"})
	})
	s.does("handler", submit).refuses("leader", "request.invalid", func(c *Case, m Moment) error {
		return c.Return(m, 1, Returning{Words: "不行"})
	})
	s.does("handler", escalate).refuses("supervisor", "request.invalid", func(c *Case, m Moment) error {
		return c.ResolveEscalation(m, c.escalations[0].ID, "  ")
	})
	s.refuses("leader", "escalation.not_yours", resolve(0)).does("supervisor", takeUp(0)).refuses("supervisor", "escalation.not_open", takeUp(0))
	s.does("city_supervisor", resolve(0)).refuses("supervisor", "escalation.resolved", resolve(0))
	s.refuses("clerk", "service.before_issue", func(c *Case, m Moment) error {
		err := c.Serve(m, 1, Service{How: "sms", At: m.Now.Add(-time.Microsecond)})
		if e, ok := errors.AsType[*Error](err); ok && len(e.Fields) == 1 {
			return Refuse(Invalid, e.Fields[0].Code, "")
		}
		return err
	})
}

// A unit takes part as soon as the case has to do with it, and goes on doing so.
func TestUnitsTakePart(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	s.does("clerk", forward("hill")).does("hill_clerk", accept(onTheSpot)).does("hill_clerk", assign("stone", ""))
	s.does("hill_clerk", correct(Correction{Area: unitID("grid")}))
	var got []string
	for _, p := range s.rec.units {
		if !strings.HasSuffix(p.UnitPath, p.UnitID.String()+"/") {
			t.Errorf("path %q of %s", p.UnitPath, p.UnitID)
		}
		got = append(got, string(p.Part)+" "+s.o.names[p.UnitID.String()])
	}
	if want := []string{"origin river", "lead river", "area willow", "sender river", "lead hill", "handling stone", "area grid"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// After a forward the sender's person answers until the receiver acknowledges;
// who forwards it on has taken it first.
func TestAForwardedCaseIsNeverOwnerless(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	answers := func(want string) {
		t.Helper()
		if got := s.o.user(s.c().Responsible); got != want {
			t.Errorf("%s answers, want %s", got, want)
		}
	}
	s.does("clerk", forward("hill"))
	answers("clerk")
	first := s.clock(Acceptance)
	if !first.StartedAt.Equal(s.now) || s.o.post(first.DebtorPost) != "clerk@hill" || first.UnitID != unitID("hill") {
		t.Errorf("the time runs anew at the other desk: %+v", first)
	}
	s.at("2026-11-21 10:00").does("hill_clerk", forward("bureau"))
	answers("hill_clerk")
	s.engine("2026-12-09 00:00") // due 5 December, a Saturday, so 7 December
	if got := s.told(3); !slices.Contains(got, "escalated 2026-12-08 00:00 acceptance leader*@bureau") {
		t.Errorf("the receiving unit's head hears of it: %q", got)
	}
	s.does("bureau_clerk", acknowledge)
	answers("bureau_clerk")
	s.refuses("bureau_clerk", "case.nothing_to_acknowledge", acknowledge).refuses("clerk", "case.not_permitted", forward("hill"))
}
