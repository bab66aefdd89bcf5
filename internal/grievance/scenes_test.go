package grievance

import "flag"

var update = flag.Bool("update", false, "write the golden files and the documents anew")

// scene is a state that a case can be in, as a story that leads there. Where
// nothing else is said the desk is river's, the petition is by letter, and the
// station's handler has it.
type scene struct {
	name     string
	tell     func(*story)
	petition bool // which alone can come to it
}

var onTheSpot = AcceptanceDecision{Service: &Service{How: "in_person"}}

// scenes are the columns of the state tables.
var scenes = []scene{
	{"registered", func(*story) {}, false},
	{"forwarded", func(s *story) { s.does("clerk", forward("hill")) }, false},
	{"decline?", func(s *story) { s.does("clerk", decline) }, false},
	{"accepted", func(s *story) { s.does("clerk", accept(onTheSpot)) }, false},
	{"to-unit", func(s *story) { s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "")) }, false},
	{"to-handler", func(s *story) { s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler")) }, false},
	{"handling", handled, false},
	{"withdraw?", func(s *story) { handled(s); s.does("petitioner", withdraw) }, false},
	{"extend?", func(s *story) { handled(s); s.does("handler", extend(10)) }, false},
	{"suspend?", func(s *story) { handled(s); s.does("handler", suspendFor(ForceMajeure, "2026-10-20")) }, false},
	{"suspended", func(s *story) {
		handled(s)
		s.does("handler", suspendFor(ForceMajeure, "2026-10-20")).does("leader", approve(1))
	}, false},
	{"objects?", func(s *story) { s.does("clerk", forward("hill")).does("hill_clerk", object) }, false},
	{"raised?", func(s *story) { handled(s); s.does("station_clerk", object).does("clerk", refuse) }, false},
	{"helped", func(s *story) { handled(s); s.does("clerk", askToHelp("bureau")) }, false},
	{"submitted", func(s *story) { handled(s); s.does("handler", submit) }, false},
	{"closed", func(s *story) { handled(s); s.does("handler", submit).does("leader", approve(1)) }, false},
	{"reviewing", reviewing, true},
	{"review?", func(s *story) { reviewing(s); s.does("county_clerk", review(1, Upheld)) }, true},
	{"finalised", func(s *story) {
		reviewing(s)
		s.does("county_clerk", review(1, MediatedBetween)).does("county_leader", approve(2))
	}, true},
	{"declined", func(s *story) { s.does("clerk", decline).does("leader", approve(1)) }, false},
	{"withdrawn", func(s *story) { s.does("petitioner", withdraw).does("leader", approve(1)) }, false},
}

func handled(s *story) {
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler")).does("handler", acknowledge)
}

// reviewing is a petition that was closed, and that the county reviews.
func reviewing(s *story) {
	handled(s)
	s.does("handler", submit).does("leader", approve(1)).does("petitioner", askReview)
}

// actors are the rows of the state tables: one of each relation to the case.
var actors = []struct{ name, is string }{
	{"clerk", "clerk of the desk, who answers for the case at first"},
	{"clerk_b", "another clerk of the desk"},
	{"hill_clerk", "clerk of another desk, to which the case is forwarded"},
	{"county_clerk", "clerk of the organ above, which reviews"},
	{"bureau_clerk", "clerk of an office that the case has nothing to do with"},
	{"station_clerk", "clerk of the handling unit"},
	{"handler", "handler of the handling unit, assigned by name"},
	{"handler_b", "another handler of the handling unit"},
	{"bureau_handler", "handler elsewhere"},
	{"leader", "head of the desk's unit"},
	{"deputy", "another leader of the desk's unit"},
	{"station_head", "leader of the handling unit, which is no organ"},
	{"hill_leader", "head of the other unit"},
	{"county_leader", "head of the superior unit"},
	{"supervisor", "supervisor of the superior unit"},
	{"inspector", "inspector of the superior unit"},
	{"hill_inspector", "inspector of the other unit"},
	{"courier", "courier who sent the case in"},
	{"grid_worker", "grid worker of the area, who did not"},
	{"petitioner", "petitioner of the case"},
	{"other_petitioner", "petitioner of other cases"},
	{"admin", "administrator"},
	{"system", "the engine"},
}

// operations gives each operation something that only the state or the actor
// can be against. A disputed case is a township's: a petition has review.
func operations(c *Case) map[Operation]deed {
	handling := assign("station", "handler_b")
	if c.LeadUnitID == unitID("hill") {
		handling = assign("hill", "hill_handler")
	}
	return supervising(c, map[Operation]deed{
		OpClassify: classify(Classification{Urgency: Complex}), OpCorrect: correct(Correction{Headcount: 5}),
		OpAccept: accept(AcceptanceDecision{}), OpDecline: decline, OpAnswer: answer, OpForward: forward("bureau"),
		OpAssign: handling, OpAcknowledge: acknowledge, OpContact: contact, OpNote: note,
		OpExtend: extend(10), OpSuspend: suspendFor(ForceMajeure, "2026-10-30"), OpResume: resume, OpSubmit: submit,
		OpSign: approve(c.SignOffCount), OpWithdraw: withdraw, OpServe: serve(max(1, c.NoticeCount)),
		OpRate: rate, OpDispute: dispute, OpEscalate: escalate, OpReissue: reissue, OpReveal: reveal(ToContact), OpAddress: address(max(1, c.NoticeCount)),
		OpObject: object, OpDecideObjection: decideWell(c), OpAskCoHandler: askToHelp("hill"),
		OpAnswerCoHandler: help(1), OpReleaseCoHandler: letGo(1),
		OpFollowUp: followUp(AnswerYes), OpReview: askReview,
		OpSubmitReview: review(c.ReviewCount, Upheld), OpHearing: orderHearing(c.ReviewCount, "2026-10-20"),
	})
}

// operationOrder is the order of a case's life.
var operationOrder = []Operation{
	OpClassify, OpCorrect, OpAccept, OpDecline, OpAnswer, OpForward, OpAssign, OpAcknowledge, OpContact, OpNote,
	OpExtend, OpSuspend, OpResume, OpSubmit, OpSign, OpWithdraw, OpServe, OpRate, OpDispute, OpEscalate, OpReissue, OpReveal, OpAddress,
	OpObject, OpDecideObjection, OpAskCoHandler, OpAnswerCoHandler, OpReleaseCoHandler,
	OpFollowUp, OpReview, OpSubmitReview, OpHearing,
	OpAmend, OpTakeDown, OpSponsor, OpReleaseSponsor, OpDuty, OpRemind, OpOrder, OpRecommend, OpReply, OpJudgeReply, OpList, OpLift, OpMisconduct, OpName,
	OpDeclareInterest, OpDemandRecusal,
}

// stage tells the story up to a scene, as the operation needs it.
func stage(t tb, sc scene, op Operation) *story {
	t.Helper()
	in := petition()
	if op == OpDispute && !sc.petition {
		in.Channel = ByApp
	}
	if op == OpAnswer && !sc.petition {
		in.Nature = Inquiry
	}
	s := begin(t, newTestOffice(t), "2026-09-30 09:00", "courier", in)
	s.at("2026-09-30 09:10").does("clerk", acknowledge)
	sc.tell(s.at("2026-09-30 09:30"))
	prepare(s, op)
	if op == OpTakeDown {
		s.rec.row.Channel = ByWall // with the clocks of a petition: the wall's profile extends none
	}
	return s.at("2026-09-30 10:00")
}
