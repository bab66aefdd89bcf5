package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Outcome is what a record came to, read from its events alone: what was judged,
// with the findings that stand, which does not depend on when the engine ran, and
// when it was recorded, which does.
type Outcome struct {
	Judged   Judged
	Findings Findings
	Recorded Recorded
}

// Judged is what a record says about the instants that its events are about.
// Digest covers every event of every case, but for the instant at which it was
// recorded, its place in the order, identifiers and salts, and every finding that
// stands, with its rule, unit and evidence; so two records of the same acts have
// the same digest if and only if they judge the same.
type Judged struct {
	Digest string            `json:"digest"`
	Events int               `json:"events"` // of cases, that the digest covers
	Months map[string]*Month `json:"months"` // 2019-05, by the date in Beijing
}

// Month counts what lies in one month: the clocks of each kind that were met in
// time in it, those whose breach lies in it, the escalations that were opened in
// it, by level and cause, and the findings that showed in it, by rule.
type Month struct {
	OnTime      map[grievance.ClockKind]int   `json:"on_time,omitempty"`
	Breached    map[grievance.ClockKind]int   `json:"breached,omitempty"`
	Escalations map[string]int                `json:"escalations,omitempty"` // "1 overdue_handling"
	Findings    map[grievance.FindingRule]int `json:"findings,omitempty"`
}

// Recorded is how long after what they are about events were recorded.
type Recorded struct {
	Late       int       `json:"late_events"` // recorded after the instant that they are about
	MeanLag    int64     `json:"mean_lag_seconds"`
	LongestLag int64     `json:"longest_lag_seconds"`
	Last       time.Time `json:"last,omitzero"`
	lag        time.Duration
}

// ReadOutcome reads the ledger to its end. What has no place in it yet, because
// the engine has not run since, is left out.
func ReadOutcome(ctx context.Context, st *store.Store, book *grievance.Book) (Outcome, error) {
	f := fold{
		names: namesOf(book), cases: map[grievance.CaseID]*told{}, held: map[grievance.FindingID]*held{},
		out: Outcome{Judged: Judged{Months: map[string]*Month{}}},
	}
	var after int64
	for more := true; more; {
		var page []grievance.Event
		err := st.Read(ctx, func(s *store.Snapshot) (err error) {
			page, err = s.Ledger(after, ledgerPage)
			return err
		})
		if err != nil {
			return Outcome{}, fmt.Errorf("reading the ledger: %w", err)
		}
		for _, e := range page {
			after = *e.LedgerPos
			if err := f.add(e); err != nil {
				return Outcome{}, err
			}
		}
		more = len(page) == ledgerPage
	}
	return f.end(), nil
}

const ledgerPage = 1000

// fold adds up events. Units and users have their codes and usernames for names,
// for identifiers differ from database to database.
type fold struct {
	names *strings.Replacer
	cases map[grievance.CaseID]*told
	held  map[grievance.FindingID]*held
	out   Outcome
}

// told is what the events of one case tell. Events names each of them, by its
// number.
type told struct {
	receipt string
	events  map[int64]string
	lines   []string
	late    map[grievance.ClockID]bool
}

func namesOf(book *grievance.Book) *strings.Replacer {
	var pairs []string
	for _, u := range book.Units() {
		pairs = append(pairs, u.ID.String(), u.Code)
	}
	for _, u := range book.Users() {
		pairs = append(pairs, u.ID.String(), u.Username)
	}
	return strings.NewReplacer(pairs...)
}

func (f *fold) add(e grievance.Event) error {
	switch e.SubjectKind {
	case grievance.SubjectFinding:
		return f.hold(e)
	case grievance.SubjectCase:
		return f.tell(e)
	}
	return nil
}

func (f *fold) tell(e grievance.Event) error {
	facts, err := grievance.ReadFacts(e)
	if err != nil {
		return fmt.Errorf("reading event %d of case %s: %w", e.Seq, e.SubjectID, err)
	}
	c := f.cases[e.SubjectID]
	if c == nil {
		c = &told{receipt: facts.Receipt, events: map[int64]string{}, late: map[grievance.ClockID]bool{}}
		f.cases[e.SubjectID] = c
	}
	f.count(c, e, facts)
	line, err := judgedLine(e, facts)
	c.events[e.Seq] = fmt.Sprintf("%s %s %s", c.receipt, e.AboutAt.Format(time.RFC3339Nano), e.Kind)
	c.lines = append(c.lines, f.names.Replace(line))
	f.out.Recorded.add(e)
	return err
}

// count counts breaches and escalations in the month of what they are about, and
// clocks that were met and never breached in the month in which they stopped.
func (f *fold) count(c *told, e grievance.Event, facts grievance.Facts) {
	switch e.Kind {
	case grievance.EvBreached:
		c.late[facts.Clock.ID] = true
		count(&f.month(e.AboutAt).Breached, facts.Clock.Kind)
	case grievance.EvEscalated:
		count(&f.month(e.AboutAt).Escalations, fmt.Sprintf("%d %s", facts.Escalation.Level, facts.Escalation.Cause))
	}
	for _, k := range facts.Stopped {
		if k.State == string(grievance.Met) && !c.late[k.ID] {
			count(&f.month(k.At).OnTime, k.Kind)
		}
	}
}

// judgedLine is an event without what identifies things, proves words or what was
// seen, or says when it was recorded.
func judgedLine(e grievance.Event, f grievance.Facts) (string, error) {
	for _, list := range [][]grievance.ClockFact{f.Started, f.Stopped, f.Moved} {
		for i := range list {
			list[i].ID = grievance.ClockID{}
		}
		slices.SortFunc(list, func(a, b grievance.ClockFact) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	}
	if f.Clock != nil {
		f.Clock.ID = grievance.ClockID{}
	}
	if f.Escalation != nil {
		f.Escalation.ID = grievance.EscalationID{}
	}
	if f.SignOff != nil {
		f.SignOff.Digest, f.SignOff.SeenSeq, f.SignOff.SeenHash = nil, 0, nil
	}
	f.Texts = nil
	body, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("writing event %d of case %s: %w", e.Seq, e.SubjectID, err)
	}
	post, err := json.Marshal(e.Post)
	return fmt.Sprintf("%s %s %s %s %s\n", e.AboutAt.Format(time.RFC3339Nano), e.Kind, e.ActorID, post, body), err
}

func (r *Recorded) add(e grievance.Event) {
	if e.RecordedAt.After(r.Last) {
		r.Last = e.RecordedAt
	}
	if lag := e.RecordedAt.Sub(e.AboutAt); lag > 0 {
		r.Late++
		r.lag += lag / time.Second * time.Second
		r.LongestLag = max(r.LongestLag, int64(lag/time.Second))
	}
}

// end closes the digest.
func (f *fold) end() Outcome {
	for _, c := range f.cases {
		f.out.Judged.Events += len(c.lines)
	}
	f.findings()
	all := sha256.New()
	for _, c := range slices.SortedFunc(maps.Values(f.cases), func(a, b *told) int { return strings.Compare(a.receipt, b.receipt) }) {
		slices.Sort(c.lines)
		_, _ = fmt.Fprintf(all, "case %s\n%s", c.receipt, strings.Join(c.lines, ""))
	}
	f.out.Judged.Digest = hex.EncodeToString(all.Sum(nil))
	if r := &f.out.Recorded; r.Late > 0 {
		r.MeanLag = int64(r.lag/time.Second) / int64(r.Late)
	}
	return f.out
}

func (f *fold) month(at time.Time) *Month {
	name := at.In(calendar.Zone).Format("2006-01")
	m := f.out.Judged.Months[name]
	if m == nil {
		m = &Month{}
		f.out.Judged.Months[name] = m
	}
	return m
}

func count[K comparable](in *map[K]int, key K) {
	if *in == nil {
		*in = map[K]int{}
	}
	(*in)[key]++
}
