package grievance

import "testing"

func posted(t *testing.T) *story {
	t.Helper()
	in := road()
	in.Channel = ByWall
	return begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
}

// A take-down locks nothing, outlasts the closure, and is signed like anything else.
func TestATakeDownIsSignedBesideEverythingElse(t *testing.T) {
	t.Parallel()
	s := posted(t).refuses("clerk", "wall.not_public", takeDown)
	handled(s)
	s.does("clerk", takeDown).refuses("clerk_b", "wall.take_down_pending", takeDown)
	if c := s.c(); c.PendingTakeDown != 1 || c.PendingSignOff != 0 || c.AwaitingUser != userID("handler") {
		t.Fatalf("pending %d and %d, awaiting %s", c.PendingTakeDown, c.PendingSignOff, s.o.user(c.AwaitingUser))
	}
	s.does("handler", submit).does("leader", approve(2))
	if c := s.c(); c.Status != Closed || c.PendingTakeDown != 1 || !c.OnTheWall() {
		t.Fatalf("%s, pending %d", c.Status, c.PendingTakeDown)
	}
	s.does("deputy", approve(1)).refuses("clerk", "wall.not_public", takeDown)
	if c := s.c(); c.TakenDownAt == nil || c.OnTheWall() || c.Status != Closed || len(c.running()) != 0 {
		t.Errorf("%s, taken down %v, %d clocks run", c.Status, c.TakenDownAt, len(c.running()))
	}
}

func TestATakeDownReturnedOrOvertaken(t *testing.T) {
	t.Parallel()
	s := posted(t)
	handled(s)
	s.does("clerk", takeDown).does("leader", sendBack(1))
	if c := s.c(); c.Status != InHandling || c.PendingTakeDown != 0 || !c.OnTheWall() {
		t.Errorf("returned: %s, pending %d", c.Status, c.PendingTakeDown)
	}
	s.does("clerk", takeDown).does("petitioner", withdraw).does("leader", approve(3))
	if c := s.c(); c.Status != Withdrawn || c.OnTheWall() || c.PendingTakeDown != 0 || s.rec.signOffs[1].State != SignOffLapsed {
		t.Errorf("withdrawn: pending %d, the request is %s", c.PendingTakeDown, s.rec.signOffs[1].State)
	}
}

func TestAccusationsAndConfidentialCasesAreNotOnTheWall(t *testing.T) {
	t.Parallel()
	s := posted(t)
	handled(s)
	c := s.c()
	if !c.OnTheWall() {
		t.Fatal("the post is not on the wall")
	}
	for name, hide := range map[string]func(*Case){
		"an accusation": func(c *Case) { c.Nature = Accusation }, "a confidential case": func(c *Case) { c.Confidential = true },
		"a letter": func(c *Case) { c.Channel = ByLetter }, "a declined case": func(c *Case) { c.Status = Declined },
	} {
		other := *c
		if hide(&other); other.OnTheWall() {
			t.Errorf("%s is on the wall", name)
		}
	}
}

// What is listed may need more signatures.
func TestListedCasesAreSignedAsTheProfileSays(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.profile(ProfilePetition, func(p *Profile) {
		p.SignOffs = []SigningRule{{Kinds: []SignOffKind{SignClosure}, Listed: true, Chain: []Signer{SignerHead, SignerSuperior}, Source: "test"}}
	})
	s := begin(t, o, "2026-11-20 10:00", "clerk", petition())
	handled(s)
	s.refuses("leader", "case.not_permitted", list).does("supervisor", list).refuses("supervisor", "listing.listed", list)
	s.does("handler", submit).does("leader", approve(1))
	if c := s.c(); c.Status != AwaitingSignOff || s.o.post(c.AwaitingPost) != "leader*@county" || c.ListedFor != "repeated" {
		t.Fatalf("%s, awaiting %s, listed for %s", c.Status, s.o.post(c.AwaitingPost), c.ListedFor)
	}
	s.does("county_leader", sendBack(2)).does("city_supervisor", lift).refuses("supervisor", "listing.none", lift)
	if s.does("handler", submit).does("deputy", approve(3)); s.c().Status != Closed {
		t.Errorf("lifted: %s", s.c().Status)
	}
}

// Only a supervisor of the unit that listed a case, or above, lifts that.
func TestAListingIsNotLiftedFromBelow(t *testing.T) {
	t.Parallel()
	s := watched(t).does("city_supervisor", list).refuses("supervisor", "case.not_permitted", lift).does("city_supervisor", lift)
	if c := s.c(); c.ListedAt != nil || !c.ListedBy.IsZero() || !c.ListedUnit.IsZero() {
		t.Errorf("%+v", c.Supervision)
	}
}
