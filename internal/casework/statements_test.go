package casework_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A plain intake takes these ten statements and a plain transition these eight;
// what more an operation needs stands beside its name.
const (
	intake     = "BEGIN counters cases case_units parties texts clocks events idempotency COMMIT"
	transition = "BEGIN cases+ clocks+ cases clocks events idempotency COMMIT"
)

type operationCost struct {
	name, want string
	do         func(*town, context.Context, grievance.CaseID) error
}

// statements is the table that docs/adr/0005 explains: + marks a read.
var statements = []operationCost{
	{"register", intake, func(w *town, ctx context.Context, _ grievance.CaseID) error {
		_, err := w.desk.Register(ctx, w.keyed("clerk", "k", "r"), w.registration())
		return err
	}},
	{"register, life and property: the escalation", strings.Replace(intake, "clocks", "clocks escalations", 1),
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			in := w.registration()
			in.Urgency = grievance.LifeProperty
			_, err := w.desk.Register(ctx, w.keyed("clerk", "k", "r"), in)
			return err
		}},
	{"classify, nothing shortened: no clock to write", strings.Replace(transition, "cases clocks events", "cases events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Classify(ctx, w.keyed("clerk", "k", "r"), id, grievance.Classification{Nature: grievance.Suggestion})
			return err
		}},
	{"accept: the notice", strings.Replace(transition, "cases clocks events", "cases notices clocks events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Accept(ctx, w.keyed("clerk", "k", "r"), id, grievance.AcceptanceDecision{})
			return err
		}},
	{"forward: the units that join, the words, the notice to the petitioner", strings.Replace(transition, "cases clocks events", "cases case_units texts notices clocks events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Forward(ctx, w.keyed("clerk", "k", "r"), id, w.elsewhere())
			return err
		}},
	{"address a notice: the notice read, and an event", "BEGIN cases+ clocks+ notices+ cases events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{}))
			_, err := w.desk.Address(ctx, w.keyed("clerk", "k", "r"), id, 1, grievance.Revealing{Reason: "serve_notice"})
			return err
		}},
	{"reveal: the signatures read, and an event", "BEGIN cases+ clocks+ sign_offs+ cases events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Reveal(ctx, w.keyed("clerk", "k", "r"), id, grievance.Revealing{Reason: grievance.ToContact})
			return err
		}},
	{"serve a forward's notice: no clock to write", "BEGIN cases+ clocks+ notices+ cases notices events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Forward(w.Context(), w.as("clerk"), id, w.elsewhere()))
			_, err := w.desk.Serve(ctx, w.keyed("clerk", "k", "r"), id, 1, grievance.Service{How: "mail"})
			return err
		}},
	{"assign: the unit that joins", strings.Replace(transition, "cases clocks events", "cases case_units clocks events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{}))
			_, err := w.desk.Assign(ctx, w.keyed("clerk", "k", "r"), id, w.toHandler())
			return err
		}},
	{"acknowledge", transition, func(w *town, ctx context.Context, id grievance.CaseID) error {
		w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{}))
		w.must(w.desk.Assign(w.Context(), w.as("clerk"), id, w.toHandler()))
		_, err := w.desk.Acknowledge(ctx, w.keyed("handler", "k", "r"), id, grievance.Acknowledging{})
		return err
	}},
	{"contact: its words", strings.Replace(transition, "cases clocks events", "cases texts clocks events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{}))
			_, err := w.desk.Contact(ctx, w.keyed("clerk", "k", "r"), id, grievance.Contacting{Words: "已电话联系"})
			return err
		}},
	{"note: its words, and no clock", strings.Replace(transition, "cases clocks events", "cases texts events", 1),
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Note(ctx, w.keyed("clerk", "k", "r"), id, grievance.Noting{Words: "已转告"})
			return err
		}},
	{"submit: earlier sign-offs read, the opinion and the sign-off", "BEGIN cases+ clocks+ sign_offs+ cases texts sign_offs clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.Submit(ctx, w.keyed("handler", "k", "r"), w.handled(), opinion)
			return err
		}},
	{"approve: the sign-off read and written, the document", "BEGIN cases+ clocks+ sign_offs+ cases notices sign_offs clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.handled()
			w.must(w.desk.Submit(w.Context(), w.as("handler"), id, opinion))
			_, err := w.desk.Approve(ctx, w.keyed("leader", "k", "r"), id, 1, grievance.Approval{})
			return err
		}},
	{"extend: as submit, but for the words' number", "BEGIN cases+ clocks+ sign_offs+ cases texts sign_offs clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.Extend(ctx, w.keyed("handler", "k", "r"), w.handled(), moreTime)
			return err
		}},
	{"approve an extension: the notice and the ledger", "BEGIN cases+ clocks+ sign_offs+ cases notices sign_offs clocks extensions events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.handled()
			w.must(w.desk.Extend(w.Context(), w.as("handler"), id, moreTime))
			_, err := w.desk.Approve(ctx, w.keyed("leader", "k", "r"), id, 1, grievance.Approval{})
			return err
		}},
	{"contact with an extended clock: its ledger read", "BEGIN cases+ clocks+ extensions+ cases texts clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.handled()
			w.must(w.desk.Extend(w.Context(), w.as("handler"), id, moreTime))
			w.must(w.desk.Approve(w.Context(), w.as("leader"), id, 1, grievance.Approval{}))
			_, err := w.desk.Contact(ctx, w.keyed("handler", "k", "r"), id, grievance.Contacting{Words: "已电话联系"})
			return err
		}},
	{"approve a suspension: the suspension and the ledger of pauses", "BEGIN cases+ clocks+ sign_offs+ cases sign_offs clocks suspensions pauses events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.restless()
			w.must(w.desk.Suspend(w.Context(), w.as("handler"), id, w.rest()))
			_, err := w.desk.Approve(ctx, w.keyed("leader", "k", "r"), id, 1, grievance.Approval{})
			return err
		}},
	{"resume: both read and written", "BEGIN cases+ clocks+ suspensions+ pauses+ cases clocks suspensions pauses events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.resting()
			_, err := w.desk.Resume(ctx, w.keyed("handler", "k", "r"), id, grievance.Resuming{})
			return err
		}},
	{"a batch of suspensions that end", "BEGIN cases+ clocks+ suspensions+ pauses+ cases clocks rungs suspensions escalations events COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			for range 8 {
				w.resting()
			}
			w.clock.Advance(30 * 24 * 3600e9)
			_, err := w.desk.AdvanceDue(ctx, 200)
			return err
		}},
	{"order: earlier orders are read where there are any; the unit that joins, the words and the order", "BEGIN cases+ clocks+ cases case_units texts clocks orders events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Order(ctx, w.keyed("supervisor", "k", "r"), id, grievance.Ordering{Words: "请说明进展"})
			return err
		}},
	{"reply: the order read and written", "BEGIN cases+ clocks+ orders+ cases texts clocks orders events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Order(w.Context(), w.as("supervisor"), id, grievance.Ordering{Words: "请说明进展"}))
			_, err := w.desk.Reply(ctx, w.keyed("leader", "k", "r"), id, 1, grievance.Replying{Words: "已派人查看"})
			return err
		}},
	{"sponsor: the duties", "BEGIN cases+ clocks+ cases clocks duties events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.NameSponsor(ctx, w.keyed("leader", "k", "r"), id, grievance.Sponsoring{})
			return err
		}},
	{"a duty done: the duties read, one written", "BEGIN cases+ clocks+ duties+ cases texts clocks duties events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.NameSponsor(w.Context(), w.as("leader"), id, grievance.Sponsoring{}))
			_, err := w.desk.DoDuty(ctx, w.keyed("leader", "k", "r"), id, 1, grievance.DutyDoing{Words: "已约见"})
			return err
		}},
	{"remind: sign-offs are read to know whose move it is", "BEGIN cases+ clocks+ sign_offs+ cases reminders events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			_, err := w.desk.Remind(ctx, w.keyed("supervisor", "k", "r"), id, grievance.Reminding{})
			return err
		}},
	{"note by who was reminded: the reminder read and written", "BEGIN cases+ clocks+ reminders+ cases texts reminders events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Remind(w.Context(), w.as("supervisor"), id, grievance.Reminding{}))
			_, err := w.desk.Note(ctx, w.keyed("clerk", "k", "r"), id, grievance.Noting{Words: "正在办"})
			return err
		}},
	{"note in a case that names somebody: who is read", "BEGIN cases+ clocks+ recusals+ cases texts events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Name(w.Context(), w.as("clerk"), id, grievance.Naming{User: w.user("deputy")}))
			_, err := w.desk.Note(ctx, w.keyed("clerk", "k", "r"), id, grievance.Noting{Words: "正在办"})
			return err
		}},
	{"amend: as submit, but for the voided steps' number", "BEGIN cases+ clocks+ sign_offs+ cases texts sign_offs clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.handled()
			w.must(w.desk.Submit(w.Context(), w.as("handler"), id, opinion))
			_, err := w.desk.Amend(ctx, w.keyed("handler", "k", "r"), id, 1, opinion)
			return err
		}},
	{"serve: the notice read and written", "BEGIN cases+ clocks+ notices+ cases notices clocks events idempotency COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{}))
			_, err := w.desk.Serve(ctx, w.keyed("clerk", "k", "r"), id, 1, grievance.Service{How: "mail"})
			return err
		}},
	{"follow up: who signed, what may be asked for, the call and its words", "BEGIN cases+ clocks+ sign_offs+ notices+ cases texts follow_ups events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.FollowUp(ctx, w.keyed("clerk_afternoon", "k", "r"), w.answered(), reached)
			return err
		}},
	{"follow up, not resolved: the next round and its escalation", "BEGIN cases+ clocks+ sign_offs+ notices+ cases texts clocks follow_ups escalations events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			in := reached
			in.Resolved = grievance.AnswerNo
			_, err := w.desk.FollowUp(ctx, w.keyed("clerk_afternoon", "k", "r"), w.closedAs(grievance.ByApp), in)
			return err
		}},
	{"request a review: the organ that joins and the review", "BEGIN cases+ clocks+ notices+ cases case_units texts clocks reviews events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.RequestReview(ctx, w.keyed("clerk_afternoon", "k", "r"), w.answered(), grievance.ReviewRequest{Words: "不服"})
			return err
		}},
	{"submit the opinion of a review: as submit, and the review read and written", "BEGIN cases+ clocks+ sign_offs+ reviews+ cases texts sign_offs clocks reviews events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.SubmitReview(ctx, w.keyed("county_clerk", "k", "r"), w.underReview(), 1, upheld)
			return err
		}},
	{"approve it: the document besides", "BEGIN cases+ clocks+ sign_offs+ reviews+ cases texts notices sign_offs clocks reviews events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			id := w.underReview()
			w.must(w.desk.SubmitReview(w.Context(), w.as("county_clerk"), id, 1, upheld))
			_, err := w.desk.Approve(ctx, w.keyed("county_leader", "k", "r"), id, 2, grievance.Approval{Words: "同意"})
			return err
		}},
	{"order a hearing on a review: no clock of which stops", "BEGIN cases+ clocks+ reviews+ cases reviews events idempotency COMMIT",
		func(w *town, ctx context.Context, _ grievance.CaseID) error {
			_, err := w.desk.OrderHearing(ctx, w.keyed("county_clerk", "k", "r"), w.underReview(), 1, grievance.HearingOrder{Until: w.rest().Until})
			return err
		}},
	{"a batch of due cases: one statement for each kind of row", "BEGIN cases+ clocks+ cases clocks rungs escalations events COMMIT",
		func(w *town, ctx context.Context, id grievance.CaseID) error {
			for range 8 {
				w.register()
			}
			w.clock.Advance(30 * 24 * 3600e9)
			_, err := w.desk.AdvanceDue(ctx, 200)
			return err
		}},
}

// elsewhere sends a case to the other township's desk.
func (w *town) elsewhere() grievance.Forwarding {
	return grievance.Forwarding{Unit: w.as("clerk2").Actor.Posts[0].UnitID, Reason: "other_area", Words: "属你镇管辖"}
}

func TestStatementsOfEachOperation(t *testing.T) {
	t.Parallel()
	for _, op := range slices.Concat(statements, unitStatements) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				w := newTown(t, dialect)
				id := w.register().ID
				w.clock.Advance(1e9)
				ctx, sent := store.CountStatements(t.Context())
				if _, err := w.office.Book(t.Context()); err != nil {
					t.Fatal(err)
				}
				before := len(sent.List())
				if err := op.do(w, ctx, id); err != nil {
					t.Fatal(err)
				}
				if got := spell(sent.List()[before:]); got != op.want {
					t.Errorf("statements:\n got %s\nwant %s", got, op.want)
				}
			})
		})
	}
}

var table = regexp.MustCompile("(?i)^(SELECT .*? FROM|INSERT INTO|UPDATE|DELETE FROM) [`\"]?([a-z_]+)")

// spell names the table of each statement, with + behind a read. Looking up the
// organisation is not the operation's: it happens once a second at most.
func spell(list []string) string {
	var out []string
	skipping := false
	for _, s := range list {
		found := table.FindStringSubmatch(s)
		switch {
		case found == nil:
			out = append(out, s)
		case strings.HasPrefix(strings.ToUpper(s), "SELECT"):
			out = append(out, found[2]+"+")
			skipping = found[2] == "book"
		default:
			out = append(out, found[2])
		}
		if skipping && s == "COMMIT" {
			out, skipping = out[:0], false
		}
	}
	return strings.Join(out, " ")
}
