// Package retrace finds once more, from nothing but the lines of an export, what
// the audit must have found: as an inspector would who has the events on paper, a
// list of the days that are worked, and the rules as product.md words them.
//
// It guarantees that it shares no line with what it checks: it imports none of
// Huiyin's packages, counts the ladder of a clock on the calendar instead of
// reading the escalations, and looks at all cases at once instead of following
// the ledger. What it cannot judge from the events it refuses to judge.
package retrace

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Finding is what is held against a unit in a case, and the instant at which it
// showed.
type Finding struct {
	Rule    string
	Case    string
	AboutAt time.Time
}

// Count tells how many findings there are of each rule, and in how many cases.
func Count(list []Finding) map[string][2]int {
	n, seen := map[string][2]int{}, map[[2]string]bool{}
	for _, f := range list {
		c, key := n[f.Rule], [2]string{f.Rule, f.Case}
		c[0]++
		if !seen[key] {
			c[1]++
		}
		n[f.Rule], seen[key] = c, true
	}
	return n
}

// Export is what the lines of an export tell: the events of each case, in order,
// and the findings that stand.
type Export struct {
	cases    []*file
	Recorded []Finding // in the order of their cases, rules and instants
}

type file struct {
	id     string
	events []event
}

// event is a line of an export, as far as it is read here.
type event struct {
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Of      string    `json:"subject_kind"`
	Seq     int       `json:"seq"`
	AboutAt time.Time `json:"about_at"`
	Actor   string    `json:"actor"`
	Post    struct {
		Role string `json:"role"`
	} `json:"post"`
	Body body `json:"body"`
}

type body struct {
	Status, Profile, Category, Nature, Channel, Reason string
	Unit, Handler                                      string
	Headcount                                          int
	Started, Moved, Stopped                            []clock
	Clock                                              *clock
	SignOff                                            *signOff `json:"sign_off"`
	Suspension                                         *struct {
		N     int
		Cause string
		From  time.Time
	}
	Rating   *struct{ Resolved bool }
	FollowUp *struct{ Resolved string } `json:"follow_up"`
	Case     string                     // of a finding
	Rule     string                     // of a finding
}

type clock struct {
	ID, Kind, State string
	Start, At       time.Time
	DueAt           time.Time `json:"due_at"`
	WasDue          time.Time `json:"was_due"`
}

type signOff struct {
	N, Request int
	Kind       string
	SeenSeq    int `json:"seen_seq"`
}

// Read reads an export. It fails where a case has not all of its events, for from
// half a record nothing can be told.
func Read(lines io.Reader) (*Export, error) {
	x, of, held := &Export{}, map[string]*file{}, map[string]*standing{}
	in := bufio.NewScanner(lines)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("reading a line: %w", err)
		}
		switch e.Of {
		case "case":
			if err := x.put(of, e); err != nil {
				return nil, err
			}
		case "finding":
			follow(held, e)
		}
	}
	for _, f := range held {
		if f.founded {
			x.Recorded = append(x.Recorded, f.Finding)
		}
	}
	sort(x.Recorded)
	return x, in.Err()
}

// put puts an event into the file of its case.
func (x *Export) put(of map[string]*file, e event) error {
	f := of[e.Subject]
	if f == nil {
		f = &file{id: e.Subject}
		of[e.Subject], x.cases = f, append(x.cases, f)
	}
	if f.events = append(f.events, e); len(f.events) != e.Seq {
		return fmt.Errorf("event %d of case %s stands where number %d should", e.Seq, e.Subject, len(f.events))
	}
	return nil
}

// standing is a finding, and whether the facts bear it.
type standing struct {
	Finding
	founded bool
}

// follow follows the life of a finding as far as it says whether it stands.
func follow(held map[string]*standing, e event) {
	switch e.Kind {
	case "finding_opened":
		held[e.Subject] = &standing{Finding{e.Body.Rule, e.Body.Case, e.AboutAt}, true}
	case "finding_unfounded":
		held[e.Subject].founded = false
	case "finding_evidence_added":
		held[e.Subject].founded = true
	}
}

func sort(list []Finding) {
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Rule, b.Rule), a.AboutAt.Compare(b.AboutAt))
	})
}

// Inspection is what somebody needs besides the events to find anything: which
// days are worked, given as midnight in Beijing, until when, and whether two cases
// are of one petitioner, which no event tells.
type Inspection struct {
	Works func(day time.Time) bool
	Until time.Time
	Same  func(a, b Case) bool // nil: nobody petitioned twice
}

// Case is what tells a case from others besides its petitioner.
type Case struct {
	ID         string
	ReceivedAt time.Time
}

// Findings finds what each rule must have found, in the order of the cases, rules
// and instants. It fails where a petitioner may have gone past a unit that was
// late: the events of cases do not tell how high the units stand.
func (x *Export) Findings(in Inspection) (list []Finding, err error) {
	for _, f := range x.cases {
		list = append(list, f.findings(in)...)
	}
	list = append(list, x.hasty()...)
	again, err := x.again(in)
	list = append(list, again...)
	sort(list)
	return list, err
}
