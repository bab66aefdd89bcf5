package grievance

// EvAmended is an opinion that was changed while it was before a leader: every
// signature on the one before is void.
const EvAmended EventKind = "opinion_amended"

// Amend changes an opinion that is before a leader as the case's open sign-off.
// Every signature on the one before is void, and the new one begins its way at
// the first step, with a clock of its own; whoever signed the old may sign the
// new. The handling clock does not notice. Conflict unless it is an opinion that
// waits.
func (c *Case) Amend(m Moment, number int, in Submission) error {
	by, err := c.permit(m, OpAmend)
	if err != nil {
		return err
	}
	was := c.signOff(number)
	if was == nil {
		return ErrNotFound
	}
	if was.State != SignOffPending || was.Kind != SignClosure {
		return Refuse(Conflict, "signoff.not_amendable", "只能修改正在等待签批的处理意见")
	}
	if err := in.check(); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	next := SignOff{Kind: SignClosure, Outcome: in.Outcome}
	return c.ask(m, by, next, EvAmended, func(f *Facts) { c.void(m, was, f) }, in.texts()...)
}

// void takes back a request with every signature that it has.
func (c *Case) void(m Moment, pending *SignOff, f *Facts) {
	f.Voided = pending.fact()
	f.Stopped = c.stopStep(pending, Cancelled, m.Now)
	for _, o := range c.signOffs {
		if o.Request == pending.Request && (o.State == SignOffPending || o.State == SignOffApproved) {
			o.State = SignOffVoided
			c.changes.SignOffs = once(c.changes.SignOffs, o)
		}
	}
	*c.slot(pending.Kind) = 0
}
