package grievance

// The events of supervision: reminders (催办), orders (督办) and recommendations
// (Art. 40) with their written answers, listing (挂牌), and reports of leaks and
// retaliation (Art. 46).
const (
	EvUrged              EventKind = "urged"
	EvOrdered            EventKind = "ordered"
	EvOrderAnswered      EventKind = "order_answered"
	EvOrderReturned      EventKind = "order_returned" // the answer does not do
	EvOrderAccepted      EventKind = "order_accepted"
	EvListed             EventKind = "listed"
	EvDelisted           EventKind = "delisted"
	EvMisconductReported EventKind = "misconduct_reported"
)

// OrderFact is what an event says of an order or a recommendation: to which unit
// it went.
type OrderFact struct {
	N    int    `json:"n"`
	Kind string `json:"kind"` // supervision, improve_work, mend_policy or hold_to_account
	Unit UnitID `json:"unit"`
}
