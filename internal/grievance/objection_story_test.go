package grievance

import "testing"

// The operations between units, each with what a reasonable person would give it.
var (
	object = func(c *Case, m Moment) error {
		return c.Object(m, Objecting{Reason: "not_our_duty", Words: "该路段属县道", Category: "01"})
	}
	agree     = decideOn(func(in *ObjectionDecision) { yes := true; in.Consent = &yes })
	refuse    = decideOn(func(in *ObjectionDecision) { no := false; in.Consent = &no })
	designate = func(unit string) deed {
		return decideOn(func(in *ObjectionDecision) { in.Unit = unitID(unit) })
	}
	confer = func(unit string) deed {
		return decideOn(func(in *ObjectionDecision) { in.Unit, in.Conference = unitID(unit), true })
	}
	askToHelp = func(unit string) deed {
		return func(c *Case, m Moment) error {
			return c.AskCoHandler(m, CoHandlingRequest{Unit: unitID(unit), Words: "请提供养护记录"})
		}
	}
	help = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.AnswerCoHandler(m, n, CoHandlerAnswer{Answer: "养护记录见附件"})
		}
	}
	letGo = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.ReleaseCoHandler(m, n, CoHandlerRelease{Words: "已经查清"})
		}
	}
)

// disowned is objected to three times: sent back, brought before the superior,
// and left unanswered.
func disowned(t *testing.T) *story {
	t.Helper()
	s := sentTo(t, newTestOffice(t)).does("hill_clerk", object).does("clerk", agree)
	s.does("clerk", forward("hill")).does("hill_clerk", object).does("clerk", refuse).does("county_leader", designate("river"))
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "")).does("handler", object)
	return s.engine("2026-10-20 09:00").does("county_leader", designate("bureau"))
}

// together is handled with the help of two units, of which one is let go.
func together(t *testing.T) *story {
	t.Helper()
	return helped(t).does("bureau_handler", help(1)).does("clerk", letGo(2))
}

// decideOn decides on the newest objection.
func decideOn(fill func(*ObjectionDecision)) deed {
	return func(c *Case, m Moment) error {
		in := ObjectionDecision{Words: "经研究决定"}
		fill(&in)
		return c.DecideObjection(m, max(1, c.ObjectionCount), in)
	}
}

// decideWell is what there is to decide on the objection that is open: a refusal
// before the sender, then the designation of the bureau.
func decideWell(c *Case) deed {
	if o := c.objection(); o != nil && o.State == ObjectionRaised {
		return designate("bureau")
	}
	return agree
}
