package grievance

// The operations of supervision, each with what a reasonable person would give it.
var (
	amend = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.Amend(m, n, Submission{Outcome: Explained, Request: "修路", Facts: "路面破损属实", Opinion: "列入明年计划", LegalBasis: "公路法"})
		}
	}
	takeDown = func(c *Case, m Moment) error {
		return c.TakeDown(m, TakingDown{Reason: "personal_information", Words: "文中有他人电话"})
	}
	sponsorBy = func(who string, duties ...DutyGiven) deed {
		return func(c *Case, m Moment) error {
			in := Sponsoring{Duties: duties, Words: "由你包案"}
			if who != "" {
				in.Sponsor = userID(who)
			}
			return c.NameSponsor(m, in)
		}
	}
	release = func(c *Case, m Moment) error { return c.ReleaseSponsor(m, Releasing{Words: "另有分工"}) }
	doDuty  = func(n int) deed {
		return func(c *Case, m Moment) error { return c.DoDuty(m, n, DutyDoing{Words: "已到现场约见"}) }
	}
	remind  = func(c *Case, m Moment) error { return c.Remind(m, Reminding{Words: "请抓紧"}) }
	orderOf = func(unit string, days int) deed {
		return func(c *Case, m Moment) error {
			in := Ordering{Days: days, Words: "请说明办理情况"}
			if unit != "" {
				in.Unit = unitID(unit)
			}
			return c.Order(m, in)
		}
	}
	recommend = func(c *Case, m Moment) error {
		return c.Recommend(m, Recommending{Kind: ImproveWork, Ordering: Ordering{Words: "建议改进道路巡查"}})
	}
	reply = func(n int) deed {
		return func(c *Case, m Moment) error { return c.Reply(m, n, Replying{Words: "已排定工期"}) }
	}
	acceptReply = func(n int) deed {
		return func(c *Case, m Moment) error { return c.AcceptReply(m, n, Accepting{Words: "可以"}) }
	}
	returnReply = func(n int) deed {
		return func(c *Case, m Moment) error { return c.ReturnReply(m, n, Rejecting{Words: "没有说明时限"}) }
	}
	list       = func(c *Case, m Moment) error { return c.List(m, Listing{Reason: "repeated", Words: "多次反映"}) }
	lift       = func(c *Case, m Moment) error { return c.Lift(m, Lifting{Words: "已经化解"}) }
	misconduct = func(c *Case, m Moment) error {
		return c.ReportMisconduct(m, Misconduct{Reason: Retaliation, Words: "村干部上门威胁"})
	}
	declare = func(c *Case, m Moment) error {
		return c.DeclareInterest(m, Declaring{Words: "当事人是我的亲戚"})
	}
	demand = func(who string) deed {
		return func(c *Case, m Moment) error {
			return c.DemandRecusal(m, Demanding{User: userID(who), Words: "他与对方是亲戚"})
		}
	}
	nameUnit = func(unit string) deed {
		return func(c *Case, m Moment) error { return c.Name(m, Naming{Unit: unitID(unit)}) }
	}
	nameWord = func(name string) deed {
		return func(c *Case, m Moment) error { return c.Name(m, Naming{Name: name}) }
	}
	peek     = func(c *Case, m Moment) error { return c.RefuseAccess(m, AttemptToRead) }
	nameUser = func(who string) deed {
		return func(c *Case, m Moment) error { return c.Name(m, Naming{User: userID(who)}) }
	}
)

// supervising adds the operations of supervision to those of a scene.
func supervising(c *Case, ops map[Operation]deed) map[Operation]deed {
	for op, do := range map[Operation]deed{
		OpDeclareInterest: declare, OpDemandRecusal: demand("handler_b"),
		OpAmend: amend(c.SignOffCount), OpTakeDown: takeDown, OpSponsor: sponsorBy(""), OpReleaseSponsor: release, OpDuty: doDuty(1),
		OpRemind: remind, OpOrder: orderOf("", 0), OpRecommend: recommend, OpReply: reply(1), OpJudgeReply: acceptReply(1),
		OpList: list, OpLift: lift, OpMisconduct: misconduct, OpName: nameUser("village_head"),
	} {
		ops[op] = do
	}
	return ops
}

// prepared is what must have been done in a scene before an operation can be;
// what the scene does not allow is left.
var prepared = map[Operation][]struct {
	who string
	do  deed
}{
	OpReleaseSponsor: {{"leader", sponsorBy("")}, {"hill_leader", sponsorBy("")}},
	OpDuty:           {{"leader", sponsorBy("")}, {"hill_leader", sponsorBy("")}},
	OpReply:          {{"supervisor", orderOf("", 0)}},
	OpJudgeReply:     {{"supervisor", orderOf("", 0)}, {"station_head", reply(1)}, {"leader", reply(1)}, {"hill_leader", reply(1)}},
	OpLift:           {{"supervisor", list}},
}

func prepare(s *story, op Operation) {
	for _, x := range prepared[op] {
		_ = s.try(x.who, x.do)
	}
}
