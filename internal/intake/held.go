package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Findings is how many findings stand, in how many cases, and of each audit rule,
// in their order. A finding that the facts did not bear any more in the end does
// not count.
type Findings struct {
	Total  int    `json:"total"`
	Cases  int    `json:"cases"`
	ByRule []Held `json:"by_rule"`
}

// Held is how many findings of a rule stand, and in how many cases.
type Held struct {
	Rule     grievance.FindingRule `json:"rule"`
	Findings int                   `json:"findings"`
	Cases    int                   `json:"cases"`
}

// held is a finding as its events tell it. Its life, from the explanation on,
// runs from the instant at which it was opened, and so is no part of what was
// judged.
type held struct {
	grievance.FindingFacts
	about     time.Time
	unfounded bool
}

// hold follows the events of findings.
func (f *fold) hold(e grievance.Event) error {
	facts, err := grievance.ReadFindingFacts(e)
	if err != nil {
		return fmt.Errorf("reading event %d of finding %s: %w", e.Seq, e.SubjectID, err)
	}
	id := grievance.FindingID(e.SubjectID)
	switch e.Kind {
	case grievance.EvFindingOpened:
		f.held[id] = &held{FindingFacts: facts, about: e.AboutAt}
	case grievance.EvFindingEvidence:
		f.held[id].Evidence = append(f.held[id].Evidence, facts.Evidence...)
		f.held[id].unfounded = false
	case grievance.EvFindingUnfounded:
		f.held[id].unfounded = true
	}
	return nil
}

// findings counts the findings that stand, and tells each in the lines of its case.
func (f *fold) findings() {
	byRule, cases := map[grievance.FindingRule]map[grievance.CaseID]int{}, map[grievance.CaseID]bool{}
	for _, h := range f.held {
		if h.unfounded {
			continue
		}
		if byRule[h.Rule] == nil {
			byRule[h.Rule] = map[grievance.CaseID]int{}
		}
		byRule[h.Rule][h.Case]++
		cases[h.Case] = true
		count(&f.month(h.about).Findings, h.Rule)
		f.cases[h.Case].lines = append(f.cases[h.Case].lines, f.heldLine(h))
	}
	sum := &f.out.Findings
	sum.Cases = len(cases)
	for _, rule := range grievance.FindingRules {
		n := Held{Rule: rule, Cases: len(byRule[rule])}
		for _, of := range byRule[rule] {
			n.Findings += of
		}
		sum.ByRule = append(sum.ByRule, n)
		sum.Total += n.Findings
	}
}

// heldLine is a finding without what identifies things. Events, which are
// numbered as they were recorded, are named by what they are about.
func (f *fold) heldLine(h *held) string {
	var rests []string
	for _, ref := range h.Evidence {
		rests = append(rests, f.event(ref))
	}
	slices.Sort(rests)
	line := fmt.Sprintf("%s %s %s %s\n%s", h.about.Format(time.RFC3339Nano), h.Rule, h.Unit, f.subject(h), strings.Join(rests, ""))
	return f.names.Replace(line)
}

// subject names what a finding is about without a number that is given as things
// are recorded: of an event its name, of a sign-off or a case the same as before.
func (f *fold) subject(h *held) string {
	if id, err := grievance.ParseID[grievance.Case](h.Subject); err == nil {
		if c := f.cases[id]; c != nil {
			return "case " + c.receipt
		}
		return "clock" // which, the start among the evidence tells
	}
	kind, number, _ := strings.Cut(h.Subject, "/")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err == nil && slices.Contains([]string{"closure", "pass", "report"}, kind) {
		return f.event(grievance.EventRef{CaseID: h.Case, Seq: seq})
	}
	return h.Subject
}

// event names an event by its case, kind and instant.
func (f *fold) event(ref grievance.EventRef) string {
	if c := f.cases[ref.CaseID]; c != nil {
		return c.events[ref.Seq] + "\n"
	}
	return "?\n"
}
