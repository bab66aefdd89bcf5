package grievance

// Withdrawal says why the petitioner takes the grievance back.
type Withdrawal struct{ Words string }

// Withdraw asks a leader to sign that the petitioner withdraws the case; the
// status stays until then.
func (c *Case) Withdraw(m Moment, in Withdrawal) error {
	by, err := c.permit(m, OpWithdraw)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	return c.request(m, by, SignOff{Kind: SignWithdrawal}, EvWithdrawalRequested, textIn{TextReason, in.Words})
}
