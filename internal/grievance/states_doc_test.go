package grievance

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

//go:generate go test -run TestStatesDocument -update .

// who gives the words for a relation of permit.go.
var who = map[string]string{
	"leadClerk":       "clerk of the desk",
	"handlingClerk":   "clerk of the handling unit",
	"handlingHandler": "handler of the handling unit, where none is named",
	"named":           "the handler named",
	"theHandler":      "the handler",
	"inCharge":        "leader of the unit that has it, or above",
	"watching":        "supervisor or inspector over the desk",
	"signer":          "leader of the signing unit, or above",
	"thePetitioner":   "the petitioner",
	"filer":           "who sent it in",
	"receiving":       "clerk of the desk to which it was forwarded; clerk or handler of the handling unit",
	"judging":         "clerk of the desk that sent it (of an assignment a leader over that desk too); once raised a leader of the common superior, or above",
	"coHandling":      "handler or clerk of the co-handling unit",
	"outsider":        "clerk of the desk or of a unit above, supervisor or inspector above, none of whom had a part in the answer",
	"reviewer":        "clerk of the organ that reviews",
	"reviewLeader":    "leader of the organ that reviews",
	"superiorClerk":   "clerk of the organ that would review",
	"openReviewer":    "clerk of the organ that reviews, while the review is open",
	"deskCaller":      "clerk of the desk, where another unit handled it, who had no part in the answer",
	"byStanderClerk":  "clerk of the desk who neither handled nor answers for it",

	"theSponsor":         "the leader in charge",
	"superior":           "supervisor or leader of a unit above the one that has it",
	"superiorInspector":  "inspector of a unit above the one that has it",
	"superiorSupervisor": "supervisor of a unit above the one that has it",
	"mustAnswer":         "leader of the unit that must answer",
	"mayJudge":           "of the unit that asked, or above, as it was asked",
	"staffMember":        "clerk, handler, leader, supervisor or inspector who sees it",
	"lister":             "supervisor of the unit that listed it, or above",
}

// TestStatesDocument draws docs/states.md from the permissions and from what
// the operations do in every scene, and fails when the file is stale.
func TestStatesDocument(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	out.WriteString(documentHead)
	for _, edge := range edges(t) {
		fmt.Fprintf(&out, "    %s\n", edge)
	}
	out.WriteString(documentTable)
	for _, op := range operationOrder {
		p := permissions[op]
		waits := ""
		if p.locked {
			waits = "yes"
		}
		contested := ""
		if p.contested {
			contested = "yes"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", op, relations(t, p), statuses(p.from), waits, contested)
	}
	out.WriteString(documentFoot)
	if len(operationOrder) != len(permissions) {
		t.Errorf("%d operations in order, %d with permissions", len(operationOrder), len(permissions))
	}
	golden(t, "../../docs/states.md", out.Bytes())
}

const documentHead = `# The states of a case

Drawn from ` + "`internal/grievance/permit.go`" + ` and from what the operations do: ` + "`go generate ./internal/grievance`" + `
writes this file anew, and a test fails when it is stale. Who may do what in
each state, with its result, stands in
` + "`internal/grievance/testdata/states.txt`" + `.

` + "```mermaid" + `
stateDiagram-v2
    [*] --> registered: register
`

const documentTable = "```" + `

An arrow is an operation; *sign* is a leader's signature, *return* its refusal.
A forwarded case is registered again, at the other desk. When the handler of a
case leaves, it goes back from handling to assigned (*hand on*), and so does an
opinion that is returned to a handler who has left; a disputed case whose handler
has left goes back to accepted, and so does one that a follow-up or a review opens
again. While a review is open the case stays closed. While a decline, a
withdrawal or a suspension awaits its signature the status stays as it is. A suspension ends by itself on its
last day (*time*): the case is handled on, or assigned where its handler has left.

| operation | who | in which states | waits for an open sign-off | for an open objection |
|---|---|---|---|---|
`

const documentFoot = `
Where a desk has no clerk, whoever is on duty for it (its head, else the duty
clerk of the next superior unit, and so on) acts as its clerk, so that no case is
stuck at an empty desk. A notice is besides served, and until then addressed, by
the clerks of the desk that issued it, wherever the case is now.

Somebody without the right is refused as ` + "`case.not_permitted`" + ` (403) before the
state is looked at; then ` + "`case.state`" + `, ` + "`case.signoff_pending`" + ` and ` + "`objection.pending`" + ` (409) follow. Nobody
signs what they wrote, handled or petitioned for: ` + "`signoff.own_work`" + ` (403). An
extension is signed by a head: nothing waits for it, and it ends with the case.

A unit objects within five working days to what was forwarded or assigned to it,
and keeps it with every clock until the sender consents. Refused, or not answered
in time, the objection goes to the lowest organ above both; where there is none, a
leader or supervisor at the root of either side records what a joint conference
decided. Nobody decides who objected, refused, handles the case or petitioned.
Nothing waits for a take-down from the echo wall either; it outlasts the closure.
An order, a recommendation and their answers need no open case.
`

// edges lists the changes of status that operations bring, in the order of life.
func edges(t *testing.T) (lines []string) {
	t.Helper()
	byEdge := map[[2]Status][]string{}
	var order [][2]Status
	add := func(from, to Status, label string) {
		e := [2]Status{from, to}
		if byEdge[e] == nil {
			order = append(order, e)
		}
		if !slices.Contains(byEdge[e], label) {
			byEdge[e] = append(byEdge[e], label)
		}
	}
	for _, sc := range scenes {
		for _, op := range operationOrder {
			base := stage(t, sc, op)
			for _, a := range actors {
				s := *base
				if s.try(a.name, operations(s.c())[op]) == nil && (s.rec.row.Status != base.rec.row.Status || op == OpForward || op == OpAssign) {
					add(base.rec.row.Status, s.rec.row.Status, string(op))
				}
			}
		}
	}
	others(t, add)
	slices.SortStableFunc(order, func(a, b [2]Status) int {
		return 100*(slices.Index(Statuses, a[0])-slices.Index(Statuses, b[0])) + slices.Index(Statuses, a[1]) - slices.Index(Statuses, b[1])
	})
	for _, e := range order {
		lines = append(lines, fmt.Sprintf("%s --> %s: %s", e[0], e[1], strings.Join(byEdge[e], ", ")))
	}
	for _, end := range Ended {
		lines = append(lines, fmt.Sprintf("%s --> [*]", end))
	}
	return lines
}

// others adds what no operation of permit.go does alone.
func others(t *testing.T, add func(from, to Status, label string)) {
	t.Helper()
	s := inHandling(t, newTestOffice(t)).does("handler", submit)
	from := s.rec.row.Status
	returned := *s
	add(from, returned.does("leader", sendBack(1)).rec.row.Status, "return")
	s.o.leaves("handler", s.now)
	add(InHandling, returned.does("system", handOn).rec.row.Status, "hand on")
	add(from, s.does("system", handOn).does("leader", sendBack(1)).rec.row.Status, "return")
	resting := suspended(t)
	add(Suspended, copyOf(resting).engine("2026-10-21 00:00").rec.row.Status, "time")
	resting.o.leaves("handler", resting.now)
	add(Suspended, resting.does("system", handOn).does("leader", resume).rec.row.Status, "resume")
	add(Closed, followed(t).rec.row.Status, "follow_up")
	for _, d := range []Decision{Changed, MediatedBetween} {
		s := answered(t, petition()).does("petitioner", askReview).does("county_clerk", review(1, d))
		add(Closed, copyOf(s).does("county_leader", approve(2)).rec.row.Status, "sign")
		s.o.leaves("handler", s.now)
		add(Closed, s.does("county_leader", approve(2)).rec.row.Status, "sign")
	}
	for _, sc := range scenes {
		s := stage(t, sc, OpDispute)
		from := s.rec.row.Status
		if s.try("petitioner", withdraw) == nil {
			add(from, s.does("county_leader", approve(s.rec.row.SignOffCount)).rec.row.Status, "sign")
		}
		if from == Closed && !sc.petition {
			s.o.leaves("handler", s.now)
			add(from, s.does("petitioner", dispute).rec.row.Status, "dispute")
		}
	}
}

func suspended(t *testing.T) *story {
	t.Helper()
	i := slices.IndexFunc(scenes, func(sc scene) bool { return sc.name == "suspended" })
	return stage(t, scenes[i], OpResume)
}

func copyOf(s *story) *story {
	other := *s
	return &other
}

func relations(t *testing.T, p permission) string {
	t.Helper()
	var words []string
	for _, r := range p.who {
		name := nameOf(r)
		if who[name] == "" {
			t.Errorf("no words for the relation %s", name)
		}
		words = append(words, who[name])
	}
	return strings.Join(words, "; ")
}

// nameOf gives the name of a relation's function.
func nameOf(r relation) string {
	name := runtime.FuncForPC(reflect.ValueOf(r).Pointer()).Name()
	return name[strings.LastIndex(name, ".")+1:]
}

func statuses(list []Status) string {
	if len(list) == len(Statuses) {
		return "all"
	}
	var words []string
	for _, s := range list {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}
