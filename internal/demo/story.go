package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/samples"
)

// story is one message on its way.
type story struct {
	*storyteller
	m  samples.Message
	id grievance.CaseID
	at time.Time
}

// tell plans the scenes of one message. The first step comes StepMinutes after
// receipt, and each further one as much later.
func (s *storyteller) tell(m samples.Message, now time.Time) {
	t := &story{storyteller: s, m: m, at: now.Add(-time.Duration(m.ReceivedHoursAgo) * time.Hour)}
	t.scene("register", t.register)
	step := time.Duration(m.Story.StepMinutes) * time.Minute
	for _, name := range t.steps() {
		t.at = t.at.Add(step)
		t.scene(name, t.acts()[name])
	}
}

func (t *story) scene(name string, act func(context.Context) error) {
	t.plan = append(t.plan, scene{t.at, func(ctx context.Context) error {
		if err := act(ctx); err != nil {
			return fmt.Errorf("story %s, %s: %w", t.m.ID, name, err)
		}
		return nil
	}})
}

// steps names what a story goes through, in order.
func (t *story) steps() []string {
	main := []string{"accept", "assign", "acknowledge", "contact", "note", "submit", "approve", "serve", "rate", "dispute"}
	until := map[string]int{
		samples.Accepted: 1, samples.Assigned: 2, samples.Handling: 5, samples.AwaitingSignOff: 6,
		samples.Closed: 9, samples.Disputed: 10,
	}
	switch t.m.Story.Until {
	case samples.Declined:
		return []string{"decline", "approve"}
	case samples.Withdrawn:
		return []string{"withdraw", "approve"}
	case samples.Answered:
		return []string{"answer"}
	case samples.Forwarded:
		return []string{"forward"}
	}
	return main[:until[t.m.Story.Until]]
}

func (t *story) acts() map[string]func(context.Context) error {
	s := t.m.Story
	return map[string]func(context.Context) error{
		"accept": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			served := &grievance.Service{How: "sms"}
			return t.desk.Accept(ctx, r, t.id, grievance.AcceptanceDecision{Notice: s.Acceptance, Service: served})
		}),
		"decline": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Decline(ctx, r, t.id, grievance.Declining{Reason: grievance.Reason(s.Decline.Code), Words: s.Decline.Text})
		}),
		"answer": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Answer(ctx, r, t.id, grievance.Answering{Answer: s.Answer})
		}),
		"forward": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			to := t.book.UnitByCode(s.Forward.UnitCode).ID
			return t.desk.Forward(ctx, r, t.id, grievance.Forwarding{Unit: to, Reason: grievance.Reason(s.Forward.Code), Words: s.Forward.Text})
		}),
		"withdraw": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Withdraw(ctx, r, t.id, grievance.Withdrawal{Words: s.Withdraw})
		}),
		"assign": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			unit := t.book.UnitByCode(s.Assign.UnitCode).ID
			return t.desk.Assign(ctx, r, t.id, grievance.Assignment{Unit: unit, Handler: t.user(s.Assign.Handler)})
		}),
		"acknowledge": t.by(t.handler, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Acknowledge(ctx, r, t.id, grievance.Acknowledging{})
		}),
		"contact": t.by(t.handler, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Contact(ctx, r, t.id, grievance.Contacting{Words: s.Contact})
		}),
		"note": t.notes,
		"submit": t.by(t.handler, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Submit(ctx, r, t.id, grievance.Submission{
				Outcome: grievance.Outcome(s.Outcome), Request: s.Opinion.Request, Facts: s.Opinion.Facts,
				Opinion: s.Opinion.Opinion, LegalBasis: s.Opinion.LegalBasis,
			})
		}),
		"approve": t.by(t.signer, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Approve(ctx, r, t.id, 1, grievance.Approval{})
		}),
		"serve": t.by(t.clerk, func(ctx context.Context, r casework.Request) (casework.Done, error) {
			return t.desk.Serve(ctx, r, t.id, 2, grievance.Service{How: "phone", Proof: s.Reply})
		}),
		"rate":    t.rate,
		"dispute": t.dispute,
	}
}

// by runs an operation as somebody.
func (t *story) by(who func() grievance.UserID, do func(context.Context, casework.Request) (casework.Done, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := do(ctx, casework.Request{Actor: grievance.Actor{UserID: who()}})
		return err
	}
}

func (t *story) register(ctx context.Context) error {
	m := t.m
	in := grievance.Registration{
		Channel: grievance.Channel(m.Channel), Nature: grievance.Nature(m.Nature), Route: m.Route,
		Category: m.Category, Urgency: grievance.Urgency(m.Urgency), Petition: m.Petition,
		SimplePetition: m.SimplePetition, Headcount: m.Headcount, Title: m.Title, Body: m.Body,
		Unit: t.book.UnitByCode(m.UnitCode).ID, Area: t.book.UnitByCode(m.AreaCode).ID,
		Petitioner:     grievance.Party{Name: m.Petitioner.Name, Phone: m.Petitioner.Phone, Address: m.Petitioner.Address},
		PetitionerUser: t.user(m.Petitioner.Account),
	}
	for _, name := range m.Representatives {
		in.Others = append(in.Others, grievance.Party{Kind: grievance.Representative, Name: name})
	}
	for _, n := range m.Named {
		in.Others = append(in.Others, grievance.Party{Kind: grievance.PersonNamed, Name: n.Name})
	}
	done, err := t.desk.Register(ctx, casework.Request{Actor: grievance.Actor{UserID: t.user(m.RegisteredBy)}}, in)
	if err == nil {
		t.id = done.Case.ID
	}
	return err
}

func (t *story) notes(ctx context.Context) error {
	for _, n := range t.m.Story.Notes {
		req := casework.Request{Actor: grievance.Actor{UserID: t.handler()}}
		if _, err := t.desk.Note(ctx, req, t.id, grievance.Noting{Words: n.Text, ToPetitioner: n.Public}); err != nil {
			return err
		}
	}
	return nil
}

func (t *story) rate(ctx context.Context) error {
	r := t.m.Story.Rating
	if r == nil {
		return nil
	}
	_, err := t.desk.Rate(ctx, casework.Request{Actor: grievance.Actor{UserID: t.petitioner()}}, t.id,
		grievance.Rating{Contacted: r.Contacted, Resolved: r.Resolved, Satisfied: r.Satisfied})
	return err
}

func (t *story) dispute(ctx context.Context) error {
	_, err := t.desk.Dispute(ctx, casework.Request{Actor: grievance.Actor{UserID: t.petitioner()}}, t.id,
		grievance.Disputing{Words: t.m.Story.Dispute})
	return err
}

// clerk is who keeps the desk that the case came to.
func (t *story) clerk() grievance.UserID {
	user, _, _ := t.book.DutyPerson(t.book.UnitByCode(t.m.UnitCode).ID, t.clock.Now())
	return user
}

func (t *story) handler() grievance.UserID { return t.user(t.m.Story.Assign.Handler) }

// petitioner is the petitioner's own account, else the clerk who speaks for them.
func (t *story) petitioner() grievance.UserID {
	if t.m.Petitioner.Account != "" {
		return t.user(t.m.Petitioner.Account)
	}
	return t.clerk()
}

// signer is the first leader at or above the organ that signs who did not write
// what is to be signed.
func (t *story) signer() grievance.UserID {
	from := t.book.UnitByCode(t.m.UnitCode).ID
	if t.m.Story.Assign != nil {
		from = t.book.UnitByCode(t.m.Story.Assign.UnitCode).ID
	}
	organ := t.book.Organ(from)
	p, _, _ := t.book.Seat(organ.ID, grievance.RoleLeader, false, t.clock.Now())
	return t.book.Holders(p, t.clock.Now())[0]
}
