package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// Record is what a document is made from: the record of its case, event by
// event, up to the one by which it was issued. So nothing that happens later
// changes what it says.
type Record struct {
	Case      *grievance.Case
	Notice    grievance.Notice  // completed by its case
	Events    []grievance.Event // of Kinds, in order
	Texts     map[grievance.TextID]grievance.Text
	Addressee string // the petitioner's name, masked or in clear; "" for nobody known
}

// Kinds are the events that a document is made from: what was registered, what
// was put before a leader, what was issued, and how that was served.
var Kinds = append(slices.Concat(registers, requests, issues), grievance.EvServed)

var (
	registers = []grievance.EventKind{grievance.EvRegistered, grievance.EvClassified, grievance.EvCorrected}
	requests  = []grievance.EventKind{
		grievance.EvDeclineRequested, grievance.EvExtensionRequested, grievance.EvSubmitted, grievance.EvAmended, grievance.EvReviewSubmitted,
	}
	issues = []grievance.EventKind{
		grievance.EvAccepted, grievance.EvDeclined, grievance.EvForwarded, grievance.EvExtended, grievance.EvClosed, grievance.EvReviewDecided, grievance.EvMediated,
	}
)

// anonymous stands for a petitioner whose name is not known.
const anonymous = "信访人"

// Document gathers what a document says. It fails where no event has issued the
// notice.
func (r Record) Document() (Document, error) {
	n, c := r.Notice, r.Case
	d := Document{
		Kind: n.Kind, Version: n.TemplateVersion, Petition: strings.HasPrefix(n.Profile, grievance.ProfilePetition),
		Unit: n.UnitName, Number: n.Number, IssuedOn: calendar.DateOf(n.IssuedAt),
		Headcount: 1, Receipt: c.ReceiptNumber, Received: calendar.DateOf(c.ReceivedAt), Channel: c.Channel,
		RefersTo: n.RefersTo, Other: n.OtherName, RemedyDays: n.RemedyDays,
	}
	asked := map[int][]grievance.TextRef{}
	for _, e := range r.Events {
		f, err := grievance.ReadFacts(e)
		switch {
		case err != nil:
			return d, fmt.Errorf("reading event %d of case %s: %w", e.Seq, c.ID, err)
		case slices.Contains(registers, e.Kind):
			d.register(e.Kind, f, r.words(f.Texts))
		case slices.Contains(requests, e.Kind) && f.SignOff != nil:
			asked[f.SignOff.Asked()] = f.Texts
		case slices.Contains(issues, e.Kind) && f.Notice != nil && f.Notice.N == n.N:
			if f.SignOff != nil {
				f.Texts = asked[f.SignOff.Asked()]
			}
			d.issue(f, r.words(f.Texts))
			d.Addressee = d.addressed(r.Addressee)
			return d, nil
		}
	}
	return d, fmt.Errorf("no event has issued notice %d of case %s", n.N, c.ID)
}

// words finds those of the texts referred to that are the petitioner's to read.
func (r Record) words(refs []grievance.TextRef) map[grievance.TextKind]string {
	found := map[grievance.TextKind]string{}
	for _, ref := range refs {
		if t, ok := r.Texts[ref.ID]; ok && t.Public {
			found[t.Kind] = t.Body
		}
	}
	return found
}

// register follows what the case is.
func (d *Document) register(kind grievance.EventKind, f grievance.Facts, words map[grievance.TextKind]string) {
	if kind != grievance.EvCorrected {
		d.Route = f.Route
	}
	if f.Headcount > 0 {
		d.Headcount = f.Headcount
	}
	if title := words[grievance.TextTitle]; title != "" {
		d.Title = title
	}
}

// issue says what was decided.
func (d *Document) issue(f grievance.Facts, words map[grievance.TextKind]string) {
	d.Reason, d.Outcome = f.Reason, f.Outcome
	d.Words = words[grievance.TextNotice] + words[grievance.TextReason] // a notice has one of them at most
	d.Request, d.Findings = words[grievance.TextRequest], words[grievance.TextFacts]
	d.Opinion, d.LegalBasis, d.Agreement = words[grievance.TextOpinion], words[grievance.TextLegalBasis], words[grievance.TextAgreement]
	if f.Review != nil {
		d.Decision = f.Review.Decision
	}
	d.Length, _ = calendar.ParseLength(f.Extended)
	for _, k := range slices.Concat(f.Moved, f.Started) {
		if k.Kind == grievance.Handling || !d.Length.IsZero() {
			d.Clock, d.DueOn = k.Kind, lastDay(k.DueAt)
			return
		}
	}
}

// lastDay is the last day before an instant that is late already.
func lastDay(due time.Time) calendar.Date {
	if due.IsZero() {
		return calendar.Date{}
	}
	return calendar.DateOf(due.Add(-1))
}

func (d *Document) addressed(name string) string {
	if name == "" {
		name = anonymous
	}
	if d.Several() {
		name += fmt.Sprintf("等%d人", d.Headcount)
	}
	return name
}

// Service is the service of a notice (送达), or, while At is zero, the form on
// which it is still to be written.
type Service struct {
	Place    string // where the addressee can be found, "" for whoever may not know
	How      string
	At       time.Time
	By       string // who served it
	Recorded time.Time
	Proof    string // "" for whoever may not read it
}

// Service tells how the notice was served; by is who served it.
func (r Record) Service(by string) (Service, error) {
	n := r.Notice
	if n.ServedAt == nil {
		return Service{}, nil
	}
	s := Service{How: n.ServedHow, At: *n.ServedAt, By: by}
	if n.RecordedAt != nil {
		s.Recorded = *n.RecordedAt
	}
	for _, e := range r.Events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return s, fmt.Errorf("reading event %d of case %s: %w", e.Seq, r.Case.ID, err)
		}
		if e.Kind == grievance.EvServed && f.Notice.N == n.N {
			for _, ref := range f.Texts {
				s.Proof = r.Texts[ref.ID].Body
			}
		}
	}
	return s, nil
}
