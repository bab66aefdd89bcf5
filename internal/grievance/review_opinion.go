package grievance

import "slices"

// ReviewOpinion is what a review comes to: the decision with the opinion document
// in its four fixed parts, or the agreement of a mediation.
type ReviewOpinion struct {
	Decision   Decision
	Request    string
	Facts      string
	Opinion    string
	LegalBasis string
	Agreement  string
}

func (in ReviewOpinion) validate() error {
	var f faults
	mediated := in.Decision == MediatedBetween
	f.check(slices.Contains(Decisions, in.Decision), "/decision", "review.decision", "请选择复查、复核决定")
	f.checkText(in.Request, "/request", MaxText, !mediated)
	f.checkText(in.Facts, "/facts", MaxText, !mediated)
	f.checkText(in.Opinion, "/opinion", MaxText, !mediated)
	f.checkText(in.LegalBasis, "/legal_basis", MaxText, !mediated)
	f.checkText(in.Agreement, "/agreement", MaxText, mediated)
	f.check(mediated || in.Agreement == "", "/agreement", "review.agreement", "只有调解结案才有调解协议")
	return f.err()
}

// SubmitReview puts the opinion of the case's review n before a leader of the
// organ, who is none of those that had a part in the answer. The clock runs on
// until it is approved. NotFound for an unknown review, Conflict for one that is
// decided, or whose hearing is not on record.
func (c *Case) SubmitReview(m Moment, n int, in ReviewOpinion) error {
	p, by, err := c.proceed(m, OpSubmitReview, n)
	if err != nil {
		return err
	}
	if err := in.validate(); err != nil {
		return err
	}
	if p.HearingUntil != nil && p.HearingHeldAt == nil {
		return Refuse(Conflict, "hearing.unrecorded", "已决定听证，须先归档听证笔录")
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	return c.request(m, by, SignOff{Kind: SignReview, Reason: Reason(in.Decision)}, EvReviewSubmitted,
		textIn{TextRequest, in.Request}, textIn{TextFacts, in.Facts}, textIn{TextOpinion, in.Opinion},
		textIn{TextLegalBasis, in.LegalBasis}, textIn{TextAgreement, in.Agreement})
}

// proceed finds the open review that an operation is about.
func (c *Case) proceed(m Moment, op Operation, n int) (*Proceeding, Post, error) {
	by, err := c.permit(m, op)
	if err != nil {
		return nil, Post{}, err
	}
	for _, p := range c.proceedings {
		if p.N == n && p.State == ProceedingDecided {
			return nil, Post{}, Refuse(Conflict, "review.decided", "该复查、复核已有决定")
		}
		if p.N == n {
			return p, by, nil
		}
	}
	return nil, Post{}, ErrNotFound
}

// unsigned notes that the opinion of the open review is before a leader.
func (c *Case) unsigned() *ReviewFact {
	p := c.proceeding()
	p.State, p.SignOff = ProceedingUnsigned, c.SignOffCount+1
	c.touchProceeding(p)
	return p.fact()
}

// handedBack notes that a leader returned the opinion of the open review.
func (c *Case) handedBack() *ReviewFact {
	p := c.proceeding()
	p.State = ProceedingOpen
	c.touchProceeding(p)
	return p.fact()
}

// decideReview ends the open review as a leader has signed it. Upheld, the case
// stays closed, and after a re-review is final; mediated, the dispute between the
// parties is over, and the case final; changed or revoked, for the petitioner, it
// is handled again as a further round by the unit that handled it.
func (c *Case) decideReview(m Moment, by Post, s *SignOff, f Facts) error {
	p, now := c.proceeding(), m.Now
	n, _ := c.issueBy(m, c.ReviewUnitID, documents[p.Kind].issued, "")
	if Decision(s.Reason) != Upheld {
		n.withoutRemedy()
	}
	for _, k := range c.running(p.Kind) {
		f.Stopped = append(f.Stopped, c.stopOne(k, Met, m.Now))
	}
	p.State, p.Decision, p.SignOff, p.Notice = ProceedingDecided, Decision(s.Reason), s.N, n.N
	p.DecidedBy, p.DecidedAt = m.By.UserID, &now
	if p.Decision != Upheld { // what is final, or handled again, does not go on to a re-review
		n.RemedyDays = 0
	}
	c.touchProceeding(p)
	c.OpenReview = 0
	f.Round, f.Reason, f.Review, f.Notice = c.Round, s.Reason, p.fact(), n.fact()
	kind := EvReviewDecided
	switch p.Decision {
	case Changed, Revoked:
		c.reopen(m, &f)
	case MediatedBetween:
		kind = EvMediated
		fallthrough
	default:
		f.Awaiting = c.awaitByStatus()
	}
	if err := c.record(m, by, kind, f); err != nil {
		return err
	}
	if kind == EvMediated || p.Kind == ReReview && p.Decision == Upheld {
		return c.finalise(m, by, p)
	}
	return nil
}

// finalise ends the case for good (终结): the same facts are not accepted again
// (Art. 36).
func (c *Case) finalise(m Moment, by Post, p *Proceeding) error {
	c.Status = Finalised
	return c.record(m, by, EvFinalised, Facts{Status: c.Status, Review: p.fact(), Awaiting: c.awaitByStatus()})
}

// FinalOpinion gives the document that had the last word in a finalised case, or
// nil. Its notices must have been loaded.
func (c *Case) FinalOpinion() *Notice {
	var last *Notice
	for _, n := range c.notices {
		final := n.Kind == ReviewDocument || n.Kind == ReReviewDocument
		if c.Status == Finalised && final && (last == nil || n.N > last.N) {
			last = n
		}
	}
	return last
}
