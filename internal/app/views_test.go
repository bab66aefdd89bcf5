package app_test

import (
	"slices"
	"strings"
	"time"
)

// What the tests read of the answers.
type (
	caseView struct {
		ID      string `json:"id"`
		Receipt string `json:"receipt_number"`
		Status  string `json:"status"`
		Version int    `json:"version"`
		Code    string `json:"query_code"`
		Who     holder `json:"responsible"`
	}
	holder struct {
		Name string `json:"name"`
		Unit string `json:"unit_name"`
		Role string `json:"role"`
	}
	deadline struct {
		Kind     string     `json:"kind"`
		Started  time.Time  `json:"started_at"`
		DueAt    time.Time  `json:"due_at"`
		DueOn    string     `json:"due_on"`
		State    string     `json:"state"`
		Late     bool       `json:"late"`
		Breached *time.Time `json:"breached_at"`
		Rung     int        `json:"rung"`
	}
	event struct {
		Seq     int       `json:"seq"`
		Kind    string    `json:"kind"`
		AboutAt time.Time `json:"about_at"`
		Facts   struct {
			Responsible *holder `json:"responsible"`
			Escalation  *struct {
				Level  int    `json:"level"`
				Cause  string `json:"cause"`
				Target holder `json:"target"`
			} `json:"escalation"`
		} `json:"facts"`
	}
	inboxItem struct {
		Reason     string `json:"reason"`
		FindingID  string `json:"finding_id"`
		Rule       string `json:"rule"`
		CaseID     string `json:"case_id"`
		Kind       string `json:"clock_kind"`
		Late       bool   `json:"late"`
		Escalation *struct {
			ID    string `json:"id"`
			Level int    `json:"level"`
		} `json:"escalation"`
	}
)

type list[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

// deadlineOf gives the newest deadline of a kind.
func (u *user) deadlineOf(id, kind string) deadline {
	u.Helper()
	var all list[deadline]
	u.get("/cases/"+id+"/deadlines", &all)
	for _, d := range slices.Backward(all.Items) {
		if d.Kind == kind {
			return d
		}
	}
	u.Fatalf("no deadline %s: %+v", kind, all.Items)
	return deadline{}
}

// eventsOf gives the record of a case, which must be numbered without gaps.
func (u *user) eventsOf(id string) []event {
	u.Helper()
	var all list[event]
	u.get("/cases/"+id+"/events?limit=200", &all)
	for i, e := range all.Items {
		if e.Seq != i+1 {
			u.Errorf("event %d has the number %d", i+1, e.Seq)
		}
	}
	return all.Items
}

// kinds writes what happened to a case in one line.
func kinds(events []event) string {
	var words []string
	for _, e := range events {
		words = append(words, e.Kind)
	}
	return strings.Join(words, " ")
}

// inbox gives the reasons why a case waits for the user, in the inbox's order; what
// was found in it is asked for with toExplain.
func (u *user) inbox(id string) []inboxItem {
	u.Helper()
	return u.inboxOf(id, func(i inboxItem) bool { return i.FindingID == "" })
}

// toExplain gives the rules of the findings in a case that the user is to explain.
func (u *user) toExplain(id string) (rules []string) {
	u.Helper()
	for _, i := range u.inboxOf(id, func(i inboxItem) bool { return i.Reason == "explain" }) {
		rules = append(rules, i.Rule)
	}
	slices.Sort(rules)
	return rules
}

func (u *user) inboxOf(id string, wanted func(inboxItem) bool) (found []inboxItem) {
	u.Helper()
	var all list[inboxItem]
	u.get("/inbox?limit=200", &all)
	for _, i := range all.Items {
		if i.CaseID == id && wanted(i) {
			found = append(found, i)
		}
	}
	return found
}

// waits checks why a case waits for the user.
func (u *user) waits(id string, reasons ...string) {
	u.Helper()
	var got []string
	for _, i := range u.inbox(id) {
		got = append(got, i.Reason)
	}
	if !slices.Equal(got, reasons) {
		u.Errorf("the case waits for %s because of %v, want %v", u.account, got, reasons)
	}
}
