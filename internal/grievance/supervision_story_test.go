package grievance

import "testing"

// supervisedLives tells what superiors and leaders in charge do to cases.
func supervisedLives(t *testing.T) []*story {
	t.Helper()
	named := petition()
	named.Others = []Party{{Kind: PersonNamed, Name: "村支书", User: userID("village_head")}}
	watched := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", named)
	handled(watched)
	watched.does("leader", sponsorBy("deputy", DutyGiven{DutyMeet, 5}, DutyGiven{DutyReport, 0})).does("deputy", doDuty(1)).does("leader", release)
	watched.does("supervisor", remind).does("supervisor", list).does("supervisor", lift).does("petitioner", misconduct)
	watched.does("supervisor", orderOf("station", 3)).does("inspector", recommend).does("station_head", reply(1))
	watched.does("supervisor", returnReply(1)).does("station_head", reply(1)).does("supervisor", acceptReply(1))
	watched.does("inspector", nameUser("deputy")).does("handler", submit).does("handler", amend(1))

	onWall := road()
	onWall.Channel = ByWall
	posted := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", onWall)
	handled(posted)
	posted.does("clerk", takeDown).does("leader", approve(1))
	return []*story{watched, posted, keptAway(t), accused(t)}
}

// keptAway tells of people who are kept from a case.
func keptAway(t *testing.T) *story {
	t.Helper()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	handled(s)
	return s.does("handler", declare).does("handler_b", acknowledge).does("petitioner", demand("handler_b")).does("leader", approve(1)).does("handler", peek)
}

// accused tells of an accusation that turns out, late, to be about the station that
// has it.
func accused(t *testing.T) *story {
	t.Helper()
	in := petition()
	in.Nature = Accusation
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	handled(s)
	s.does("handler", submit).does("clerk", nameUser("station_head"))
	return s.does("inspector", assign("county", "inspector")).does("inspector", acknowledge).does("inspector", submit).does("county_leader", approve(2))
}
