package grievance

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// record plays the store: it keeps what a case wants written and nothing else,
// and gives the case back from it.
type record struct {
	row         Case
	clocks      []Clock
	signOffs    []SignOff
	notices     []Notice
	escalations []Escalation
	suspensions []Suspension
	pauses      []Pause
	extensions  []Extension
	objections  []Objection
	coHandlers  []CoHandler
	followUps   []FollowUp
	proceedings []Proceeding
	events      []Event
	rungs       []RungRecord
	texts       []Text
	parties     []Party
	units       []Participation
	duties      []Duty
	orders      []Order
	reminders   []Reminder
	recusals    []*Recusal
	shields     []*Shield
}

func (r *record) save(c *Case) {
	ch := c.TakeChanges()
	r.row = *c
	r.row.clocks, r.row.signOffs, r.row.notices, r.row.escalations, r.row.suspensions = nil, nil, nil, nil, nil
	r.row.objections, r.row.coHandlers = nil, nil
	r.row.proceedings = nil
	r.row.supervised = SupervisionRows{}
	r.clocks = merge(r.clocks, ch.Clocks, func(k *Clock) any { return k.ID })
	for i := range r.clocks {
		r.clocks[i].pauses, r.clocks[i].extensions = nil, nil
	}
	r.suspensions = merge(r.suspensions, ch.Suspensions, func(s *Suspension) any { return s.N })
	r.pauses = merge(r.pauses, ch.Pauses, func(p *Pause) any { return ledgerKey{p.ClockID, p.N} })
	r.extensions = merge(r.extensions, ch.Extensions, func(x *Extension) any { return ledgerKey{x.ClockID, x.N} })
	r.objections = merge(r.objections, ch.Objections, func(o *Objection) any { return o.ID })
	r.coHandlers = merge(r.coHandlers, ch.CoHandlers, func(h *CoHandler) any { return h.ID })
	r.followUps = merge(r.followUps, ch.FollowUps, func(x *FollowUp) any { return x.N })
	r.proceedings = merge(r.proceedings, ch.Proceedings, func(p *Proceeding) any { return p.N })
	r.signOffs = merge(r.signOffs, ch.SignOffs, func(s *SignOff) any { return s.ID })
	r.notices = merge(r.notices, ch.Notices, func(n *Notice) any { return n.ID })
	r.escalations = merge(r.escalations, ch.Escalations, func(e *Escalation) any { return e.ID })
	r.events = append(r.events, ch.Events...)
	r.rungs = append(r.rungs, ch.Rungs...)
	r.texts = append(r.texts, ch.Texts...)
	r.parties = append(r.parties, ch.Parties...)
	r.units = append(r.units, ch.Units...)
	r.duties = merge(r.duties, ch.Duties, func(d *Duty) any { return d.N })
	r.orders = merge(r.orders, ch.Orders, func(o *Order) any { return o.ID })
	r.reminders = merge(r.reminders, ch.Reminders, func(r *Reminder) any { return r.N })
	r.recusals = append(r.recusals, ch.Recusals...)
	r.shields = append(r.shields, ch.Shields...)
}

type ledgerKey struct {
	clock ClockID
	n     int
}

func merge[T any](rows []T, changed []*T, key func(*T) any) []T {
	rows = slices.Clone(rows)
	for _, c := range changed {
		i := slices.IndexFunc(rows, func(r T) bool { return key(&r) == key(c) })
		if i < 0 {
			rows = append(rows, *c)
			continue
		}
		rows[i] = *c
	}
	return rows
}

func (r *record) load() *Case {
	return Restore(r.row, Children{
		Clocks: pointers(r.clocks), SignOffs: pointers(r.signOffs),
		Notices: pointers(r.notices), Escalations: pointers(r.escalations),
		Suspensions: pointers(r.suspensions), Pauses: pointers(r.pauses), Extensions: pointers(r.extensions),
		Objections: pointers(r.objections), CoHandlers: pointers(r.coHandlers),
		Proceedings:     pointers(r.proceedings),
		SupervisionRows: SupervisionRows{pointers(r.duties), pointers(r.orders), pointers(r.reminders), slices.Clone(r.recusals), slices.Clone(r.shields)},
	})
}

func pointers[T any](rows []T) []*T {
	var out []*T
	for _, r := range rows {
		out = append(out, &r)
	}
	return out
}

// story is the life of one case in an office, told step by step.
type story struct {
	tb
	o   *testOffice
	rec record
	now time.Time
}

// deed is an operation with what it is given.
type deed func(*Case, Moment) error

// begin registers a case at an instant.
func begin(t tb, o *testOffice, when, who string, in Registration) *story {
	t.Helper()
	s := &story{tb: t, o: o, now: beijing(when)}
	if err := s.register(who, in); err != nil {
		t.Fatalf("registering: %v", err)
	}
	return s
}

func (s *story) register(who string, in Registration) error {
	m := s.o.moment(who, s.now)
	desk, err := Desk(m, in)
	if err != nil {
		return err
	}
	in.ID = id16[Case]("case")
	c, err := Register(m, in, desk, Receipt{Day: calendar.DateOf(s.now), N: 7})
	if err != nil {
		return err
	}
	s.keep(c)
	return nil
}

// keep saves the case and fails when it holds a change that was not written.
func (s *story) keep(c *Case) {
	s.Helper()
	s.rec.save(c)
	again := s.rec.load()
	if !reflect.DeepEqual(c, again) {
		s.Fatalf("the case holds what it did not ask to be written:\nheld  %s\nsaved %s", dump(c), dump(again))
	}
}

// at moves the time forward; the engine does not run.
func (s *story) at(when string) *story {
	s.now = beijing(when)
	return s
}

// try lets somebody do something and gives the error. A refusal leaves behind,
// in what is then thrown away, only what time alone did to the case: whoever may
// not act is told how things stand now, and nothing of theirs is done.
func (s *story) try(who string, do deed) error {
	s.Helper()
	c := s.rec.load()
	err := s.o.lets(who, s.now, c, do)
	if err == nil {
		s.keep(c)
		return nil
	}
	before := s.rec.load()
	if c.Changed() {
		if _, late := before.Advance(s.o.moment("system", s.now)); late != nil {
			s.Fatalf("time alone fails: %v", late)
		}
		before.TakeChanges()
		c.TakeChanges()
	}
	if withoutIDs(c) != withoutIDs(before) {
		s.Fatalf("%s was refused (%v) and the case changed:\nbefore %s\nafter  %s", who, err, dump(s.rec.load()), dump(c))
	}
	return err
}

var minted = regexp.MustCompile(`01000000-0000-0000-0000-[0-9a-f]{12}`)

// withoutIDs writes a case without the identifiers that were made up for it, and
// without the digest over events that hold them: of two runs over one stretch of
// time each makes its own.
func withoutIDs(c *Case) string {
	other := *c
	other.EventsDigest = nil
	return minted.ReplaceAllString(dump(&other), "some id")
}

// does is try, where nothing may be refused.
func (s *story) does(who string, do deed) *story {
	s.Helper()
	if err := s.try(who, do); err != nil {
		s.Fatalf("%s at %s: %v", who, inBeijing(s.now), err)
	}
	return s
}

// refuses wants a refusal with that code.
func (s *story) refuses(who, code string, do deed) *story {
	s.Helper()
	if err := s.try(who, do); CodeOf(err) != code {
		s.Fatalf("%s at %s: got %v, want %s", who, inBeijing(s.now), err, code)
	}
	return s
}

// engine runs the engine at the instant.
func (s *story) engine(when string) *story {
	s.Helper()
	return s.at(when).does("system", advance)
}

func (s *story) c() *Case { return s.rec.load() }

// clock gives the newest clock of a kind.
func (s *story) clock(kind ClockKind) Clock {
	s.Helper()
	for _, k := range slices.Backward(s.rec.clocks) {
		if k.Kind == kind {
			return k
		}
	}
	s.Fatalf("there is no clock %s", kind)
	return Clock{}
}

// kinds lists the events recorded since the n-th.
func (s *story) kinds(since int) string {
	var out []string
	for _, e := range s.rec.events[since:] {
		out = append(out, string(e.Kind))
	}
	return strings.Join(out, " ")
}

// The operations, each with what a reasonable person would give it.
var (
	advance deed = func(c *Case, m Moment) error { _, err := c.Advance(m); return err }
	handOn  deed = func(c *Case, m Moment) error { return c.HandOn(m) }

	classify = func(in Classification) deed { return func(c *Case, m Moment) error { return c.Classify(m, in) } }
	correct  = func(in Correction) deed { return func(c *Case, m Moment) error { return c.Correct(m, in) } }
	accept   = func(in AcceptanceDecision) deed { return func(c *Case, m Moment) error { return c.Accept(m, in) } }
	assign   = func(unit, handler string) deed {
		in := Assignment{Words: "请尽快办理"}
		if unit != "" {
			in.Unit = unitID(unit)
		}
		if handler != "" {
			in.Handler = userID(handler)
		}
		return func(c *Case, m Moment) error { return c.Assign(m, in) }
	}
	forward = func(unit string) deed {
		return func(c *Case, m Moment) error {
			return c.Forward(m, Forwarding{Unit: unitID(unit), Reason: "other_area", Words: "属你乡管辖"})
		}
	}
	decline = func(c *Case, m Moment) error {
		return c.Decline(m, Declining{Reason: OtherProcedure, Words: "应当向法院提起诉讼"})
	}
	answer      = func(c *Case, m Moment) error { return c.Answer(m, Answering{Answer: "工作日九点开门"}) }
	acknowledge = func(c *Case, m Moment) error { return c.Acknowledge(m, Acknowledging{}) }
	contact     = func(c *Case, m Moment) error { return c.Contact(m, Contacting{Words: "已电话联系"}) }
	note        = func(c *Case, m Moment) error { return c.Note(m, Noting{Words: "现场已看过"}) }
	submit      = func(c *Case, m Moment) error {
		return c.Submit(m, Submission{Outcome: Supported, Request: "修路", Facts: "路面破损", Opinion: "十日内修复", LegalBasis: "公路法"})
	}
	approve = func(n int) deed {
		return func(c *Case, m Moment) error { return c.Approve(m, n, Approval{Words: "同意"}) }
	}
	extend = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.Extend(m, Extending{N: n, Reason: "complex", Words: "案情复杂，需要鉴定"})
		}
	}
	suspendFor = func(cause PauseCause, until string) deed {
		return func(c *Case, m Moment) error {
			return c.Suspend(m, Suspending{Cause: cause, Until: calendar.DateOf(beijing(until + " 00:00")), Words: "等候结果"})
		}
	}
	resume   = func(c *Case, m Moment) error { return c.Resume(m, Resuming{Words: "可以继续"}) }
	sendBack = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.Return(m, n, Returning{Reason: "facts_unclear", Words: "事实不清"})
		}
	}
	withdraw = func(c *Case, m Moment) error { return c.Withdraw(m, Withdrawal{Words: "问题已自行解决"}) }
	serve    = func(n int) deed {
		return func(c *Case, m Moment) error { return c.Serve(m, n, Service{How: "in_person", Proof: "本人签名"}) }
	}
	rate     = func(c *Case, m Moment) error { return c.Rate(m, Rating{Contacted: true, Resolved: true}) }
	dispute  = func(c *Case, m Moment) error { return c.Dispute(m, Disputing{Words: "没有修好"}) }
	escalate = func(c *Case, m Moment) error {
		return c.EscalateByHand(m, EscalationRequest{Level: 2, Reason: "needs_coordination", Words: "需要县里协调"})
	}
	reissue = func(c *Case, m Moment) error { return c.ReissueQueryCode(m) }
	reveal  = func(why Reason) deed {
		return func(c *Case, m Moment) error {
			_, err := c.Reveal(m, Revealing{why})
			return err
		}
	}
	address = func(n int) deed {
		return func(c *Case, m Moment) error {
			_, err := c.Address(m, n, Revealing{ToServe})
			return err
		}
	}
	strand   = func(c *Case, m Moment) error { return c.Strand(m) }
	followUp = func(resolved FollowUpAnswer) deed {
		contacted := AnswerYes
		if resolved == AnswerUnreachable {
			contacted = resolved
		}
		return func(c *Case, m Moment) error {
			return c.RecordFollowUp(m, FollowingUp{Contacted: contacted, Resolved: resolved, Satisfied: resolved, Words: "电话回访"})
		}
	}
	askReview = func(c *Case, m Moment) error { return c.RequestReview(m, ReviewRequest{Words: "对答复不服"}) }
	review    = func(n int, d Decision) deed {
		in := ReviewOpinion{Decision: d, Request: "撤销原意见", Facts: "经查属实", Opinion: "依法处理", LegalBasis: "条例第三十五条"}
		if d == MediatedBetween {
			in = ReviewOpinion{Decision: d, Agreement: "双方同意月底前修复"}
		}
		return func(c *Case, m Moment) error { return c.SubmitReview(m, n, in) }
	}
	orderHearing = func(n int, until string) deed {
		return func(c *Case, m Moment) error {
			return c.OrderHearing(m, n, HearingOrder{Until: calendar.DateOf(beijing(until + " 00:00")), Words: "案情重大"})
		}
	}
	recordHearing = func(n int) deed {
		return func(c *Case, m Moment) error {
			return c.RecordHearing(m, n, HearingRecord{HeldAt: m.Now, Attended: 9, Words: "听证笔录如下"})
		}
	}
	takeUp = func(n int) deed {
		return func(c *Case, m Moment) error { return c.AcknowledgeEscalation(m, c.escalations[n].ID) }
	}
	resolve = func(n int) deed {
		return func(c *Case, m Moment) error { return c.ResolveEscalation(m, c.escalations[n].ID, "已经督促") }
	}
)

// A grievance about a road, as it comes to the township's desk.
func road() Registration {
	return Registration{
		Channel: ByApp, Category: "0101", Area: unitID("willow"), Title: "村道破损", Body: "下雨积水，老人摔倒过",
		Petitioner:     Party{Name: "陈阿婆", Phone: "13800000000", Address: "柳树村三组"},
		PetitionerUser: userID("petitioner"),
	}
}

// petition is the same by letter, under the law's sixty days.
func petition() Registration {
	in := road()
	in.Channel = ByLetter
	return in
}

// dump writes a case with its children for a failure to be read.
func dump(c *Case) string {
	var ledgers []any
	for _, k := range c.clocks {
		ledgers = append(ledgers, k.pauses, k.extensions)
	}
	b, err := json.Marshal(map[string]any{
		"case": c, "clocks": c.clocks, "sign_offs": c.signOffs, "notices": c.notices, "escalations": c.escalations,
		"suspensions": c.suspensions, "ledgers": ledgers, "objections": c.objections, "co_handlers": c.coHandlers,
		"proceedings": c.proceedings, "supervised": c.supervised,
	})
	return fmt.Sprint(string(b), err)
}
