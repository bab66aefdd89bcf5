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
	return []*story{watched, posted}
}
