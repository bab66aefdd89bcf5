package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// The words that the crew writes where a message has none for it.
const (
	contactWords = "已在留言平台联系留言人，告知承办人和办理期限。"
	factsWords   = "经核实，有关情况见处理意见。"
	basisWords   = "《信访工作条例》及有关政策规定，见处理意见。"
)

// byBoard is how the notices of a replay are served: on the message board.
var byBoard = grievance.Service{How: "app"}

func (st *stage) perform(ctx context.Context, a act) error {
	if a.reply {
		return st.answer(ctx, a.message)
	}
	return st.receive(ctx, a.message)
}

func as(user grievance.UserID) casework.Request {
	return casework.Request{Actor: grievance.Actor{UserID: user}}
}

// receive does what happens at 留言时间.
func (st *stage) receive(ctx context.Context, m Message) error {
	in := m.registration(st.profile, DefaultSource)
	in.Unit = st.unit
	done, err := st.desk.Register(ctx, as(st.clerk), in)
	if err != nil {
		return fmt.Errorf("registering: %w", err)
	}
	id := done.Case.ID
	st.cases[m.ID] = id
	served := byBoard
	if _, err := st.desk.Accept(ctx, as(st.clerk), id, grievance.AcceptanceDecision{Service: &served}); err != nil {
		return fmt.Errorf("accepting: %w", err)
	}
	if _, err := st.desk.Assign(ctx, as(st.clerk), id, grievance.Assignment{Unit: st.handling, Handler: st.handler}); err != nil {
		return fmt.Errorf("assigning: %w", err)
	}
	if _, err := st.desk.Acknowledge(ctx, as(st.handler), id, grievance.Acknowledging{}); err != nil {
		return fmt.Errorf("acknowledging: %w", err)
	}
	if _, err := st.desk.Contact(ctx, as(st.handler), id, grievance.Contacting{Words: contactWords}); err != nil {
		return fmt.Errorf("contacting: %w", err)
	}
	return nil
}

// answer does what happens at 答复时间.
func (st *stage) answer(ctx context.Context, m Message) error {
	id := st.cases[m.ID]
	done, err := st.desk.Submit(ctx, as(st.handler), id, grievance.Submission{
		Outcome: grievance.Explained, Request: m.Title, Facts: factsWords, Opinion: m.Reply, LegalBasis: basisWords,
	})
	if err != nil {
		return fmt.Errorf("submitting: %w", err)
	}
	leader, err := st.signer(ctx, done.Case)
	if err != nil {
		return err
	}
	done, err = st.desk.Approve(ctx, as(leader), id, done.Case.PendingSignOff, grievance.Approval{})
	if err != nil {
		return fmt.Errorf("approving: %w", err)
	}
	notices := done.Case.Notices()
	opinion := slices.IndexFunc(notices, func(n *grievance.Notice) bool { return n.Kind == grievance.OpinionDocument })
	if _, err := st.desk.Serve(ctx, as(st.handler), id, notices[opinion].N, byBoard); err != nil {
		return fmt.Errorf("serving the reply: %w", err)
	}
	return nil
}

// signer is a leader whose signature the case waits for, other than its handler.
func (st *stage) signer(ctx context.Context, c *grievance.Case) (grievance.UserID, error) {
	book, err := st.office.Book(ctx)
	if err != nil {
		return grievance.UserID{}, err
	}
	for _, id := range book.Holders(c.AwaitingPost, st.clock.Now()) {
		if id != st.handler {
			return id, nil
		}
	}
	return grievance.UserID{}, fmt.Errorf("nobody can sign for unit %s", c.AwaitingPost.UnitID)
}
