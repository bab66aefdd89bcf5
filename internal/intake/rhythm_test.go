package intake

import (
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A calendar that is published in the middle moves clocks, a suspension ends by
// itself, clocks are extended, and the engine runs at each instant at which
// something is due, every hour, every midnight, or after ten years: what is
// judged is the same.
func TestEveryRhythmJudgesTheSame(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		if dialect == "postgres" {
			compare(t, dialect, grievance.ProfileTownship, Daily)
			return
		}
		compare(t, dialect, grievance.ProfilePetition, WhenDue, Daily)
		compare(t, dialect, grievance.ProfileTownship, Hourly)
	})
}

// compare plays under some rhythms what it plays on SQLite with an engine that
// never runs before the end.
func compare(t *testing.T, dialect, profile string, rhythms ...Rhythm) {
	t.Helper()
	first := eventful(t, "sqlite", profile, Never)
	for _, kind := range []grievance.EventKind{
		grievance.EvRebased, grievance.EvExtended, grievance.EvSuspended, grievance.EvResumed, grievance.EvBreached, grievance.EvEscalated,
	} {
		if first.kinds[kind] == 0 {
			t.Errorf("nothing was %s: %v", kind, first.kinds)
		}
	}
	for _, rule := range []grievance.FindingRule{
		grievance.FindOverdueClosure, grievance.FindRubberStamp, grievance.FindExtension, grievance.FindFalseClosure,
		grievance.FindOrder, grievance.FindMisconduct,
	} {
		if first.Findings.of(rule) == 0 {
			t.Errorf("the audit found no %s: %+v", rule, first.Findings)
		}
	}
	for _, rhythm := range rhythms {
		got := eventful(t, dialect, profile, rhythm)
		if !reflect.DeepEqual(got.Findings, first.Findings) {
			t.Errorf("%s %s: the audit found %+v, never: %+v", profile, rhythm, got.Findings, first.Findings)
		}
		if !reflect.DeepEqual(got.Judged, first.Judged) || !reflect.DeepEqual(got.kinds, first.kinds) {
			t.Errorf("%s %s: %+v, %v\nnever: %+v, %v", profile, rhythm, got.Judged, got.kinds, first.Judged, first.kinds)
		}
		if every := int64(periods[rhythm].Seconds()); every > 0 && got.Recorded.LongestLag >= every {
			t.Errorf("%s %s: something was recorded %d s late", profile, rhythm, got.Recorded.LongestLag)
		}
	}
}

func (f Findings) of(rule grievance.FindingRule) int {
	return f.ByRule[slices.IndexFunc(f.ByRule, func(h Held) bool { return h.Rule == rule })].Findings
}

// playedOut is what a replay came to.
type playedOut struct {
	Outcome
	kinds map[grievance.EventKind]int
}

// eventful plays some messages, with people doing more than to receive and to
// answer.
func eventful(t *testing.T, dialect, profile string, rhythm Rhythm) playedOut {
	t.Helper()
	st := storetest.Open(t, dialect)
	s, err := readScript(strings.NewReader(spring()))
	if err != nil || len(s.skipped) > 0 {
		t.Fatalf("skipped %v, %v", s.skipped, err)
	}
	p := Replay{Store: st, Log: slog.New(slog.DiscardHandler), Profile: profile, Engine: rhythm}
	stage, err := p.stage(t.Context(), s.acts[0].at)
	if err != nil {
		t.Fatal(err)
	}
	extras := extras(stage)
	for _, a := range s.acts {
		for len(extras) > 0 && extras[0].at.Before(a.at) {
			stage.also(t, extras[0])
			extras = extras[1:]
		}
		if err := stage.play(t.Context(), []act{a}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := stage.fallSilent(t.Context(), Never.end(s.until())); err != nil {
		t.Fatal(err)
	}
	book, err := stage.office.Book(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := ReadOutcome(t.Context(), st, book)
	if err != nil {
		t.Fatal(err)
	}
	return playedOut{out, stage.kinds(t)}
}

func (st *stage) also(t *testing.T, x extra) {
	t.Helper()
	if err := st.passTo(t.Context(), x.at); err != nil {
		t.Fatal(err)
	}
	if err := x.do(t.Context()); err != nil {
		t.Fatalf("at %v: %v", x.at, err)
	}
}

// kinds counts the events of each kind.
func (st *stage) kinds(t *testing.T) map[grievance.EventKind]int {
	t.Helper()
	n := map[grievance.EventKind]int{}
	for _, id := range st.cases {
		err := st.store.Read(t.Context(), func(s *store.Snapshot) error {
			events, err := s.EventsOf(id, 0, 1000)
			for _, e := range events {
				n[e.Kind]++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// spring is a file of messages that are received from March to June 2019, some
// answered in time, some late, some never.
func spring() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{{"留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"}}
	start := time.Date(2019, 3, 1, 8, 30, 0, 0, calendar.Zone)
	for i := range 24 {
		received := start.AddDate(0, 0, 4*i).Add(time.Duration(i*97) * time.Minute)
		row := []string{fmt.Sprint(i + 1), "U", "路灯不亮", received.Format(time.DateTime), "坏了半个月。", "", ""}
		if i%6 > 0 {
			row[5], row[6] = "已修复。", received.AddDate(0, 0, 3+i*5%80).Add(time.Hour).Format(time.DateTime)
		}
		rows = append(rows, row)
	}
	_ = w.WriteAll(rows) // to memory
	return b.String()
}

// extra is something besides the messages, at an instant.
type extra struct {
	at time.Time
	do func(context.Context) error
}

// lastDays is when the first message, which nobody answers, is almost late: its
// yellow warning has been given.
var lastDays = map[string]time.Time{
	grievance.ProfilePetition: time.Date(2019, 4, 29, 10, 0, 0, 0, calendar.Zone),
	grievance.ProfileTownship: time.Date(2019, 3, 8, 10, 0, 0, 0, calendar.Zone),
}

// extras are: cases that rest until a day, clocks that are extended, one of them
// at the last moment, an answer that resolved nothing, an order that nobody
// answers, a leak, and calendars that make days off of working days and the other
// way round.
func extras(st *stage) []extra {
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2019, month, day, hour, 17, 0, 0, calendar.Zone)
	}
	var list []extra
	for i, id := range []string{"7", "13", "19"} {
		since := time.Date(2019, 3, 1, 0, 0, 0, 0, calendar.Zone).AddDate(0, 0, 24*(i+1)+3)
		list = append(list, extra{since, func(ctx context.Context) error {
			return st.rest(ctx, id, calendar.DateOf(since).AddDays(9))
		}}, extra{since.Add(26 * time.Hour), func(ctx context.Context) error {
			return st.extend(ctx, id, 6+i)
		}})
	}
	list = append(list,
		extra{at(time.April, 3, 9), func(ctx context.Context) error {
			return st.amend(ctx, "2019-04-09 off", "2019-04-20 work", "2019-05-06 off", "2019-06-03 off")
		}},
		extra{at(time.May, 15, 16), func(ctx context.Context) error {
			return st.amend(ctx, "2019-05-18 work", "2019-05-20 off", "2019-05-31 off", "2019-07-01 off", "2019-07-02 off")
		}},
		extra{at(time.March, 20, 10), func(ctx context.Context) error { return st.callAfter(ctx, "2") }},
		extra{at(time.March, 21, 11), func(ctx context.Context) error { return st.order(ctx, "2") }},
		extra{at(time.March, 22, 15), func(ctx context.Context) error { return st.leak(ctx, "3") }},
		extra{lastDays[st.profile], func(ctx context.Context) error { return st.extend(ctx, "1", 3) }},
	)
	slices.SortFunc(list, func(a, b extra) int { return a.at.Compare(b.at) })
	return list
}

// rest suspends the case of a message until the end of a day.
func (st *stage) rest(ctx context.Context, message string, until calendar.Date) error {
	done, err := st.desk.Suspend(ctx, as(st.handler), st.cases[message], grievance.Suspending{
		Cause: grievance.ForceMajeure, Until: until, Words: "洪水",
	})
	if err != nil {
		return err
	}
	return st.signs(ctx, done, done.Case.PendingSignOff)
}

// extend gives the handling of the case of a message more days.
func (st *stage) extend(ctx context.Context, message string, days int) error {
	done, err := st.desk.Extend(ctx, as(st.handler), st.cases[message], grievance.Extending{N: days, Reason: "complex", Words: "案情复杂"})
	if err != nil {
		return err
	}
	return st.signs(ctx, done, done.Case.PendingExtension)
}

// callAfter asks the petitioner of a message that was answered: nothing is resolved.
func (st *stage) callAfter(ctx context.Context, message string) error {
	county, err := st.county(ctx)
	if err != nil {
		return err
	}
	_, err = st.desk.FollowUp(ctx, as(county), st.cases[message], grievance.FollowingUp{
		Contacted: grievance.AnswerYes, Resolved: grievance.AnswerNo, Satisfied: grievance.AnswerNo, Words: "路灯仍不亮",
	})
	return err
}

// order lets the county ask for an answer in writing.
func (st *stage) order(ctx context.Context, message string) error {
	county, err := st.county(ctx)
	if err != nil {
		return err
	}
	_, err = st.desk.Order(ctx, as(county), st.cases[message], grievance.Ordering{Unit: st.unit, Days: 5, Words: "请说明情况"})
	return err
}

func (st *stage) leak(ctx context.Context, message string) error {
	_, err := st.desk.ReportMisconduct(ctx, as(st.clerk), st.cases[message], grievance.Misconduct{
		Reason: grievance.Leak, Unit: st.handling, Words: "留言人反映信息被转给被反映人",
	})
	return err
}

// county is the supervisor of the unit above.
func (st *stage) county(ctx context.Context) (grievance.UserID, error) {
	book, err := st.office.Book(ctx)
	if err != nil {
		return grievance.UserID{}, err
	}
	above := book.Unit(st.unit).ParentID
	return book.Holders(grievance.Post{UnitID: above, Role: grievance.RoleSupervisor}, st.clock.Now())[0], nil
}

func (st *stage) signs(ctx context.Context, done casework.Done, number int) error {
	book, err := st.office.Book(ctx)
	if err != nil {
		return err
	}
	heads := book.Holders(grievance.Post{UnitID: st.unit, Role: grievance.RoleLeader, Head: true}, st.clock.Now())
	_, err = st.desk.Approve(ctx, as(heads[0]), done.Case.ID, number, grievance.Approval{})
	return err
}

// amend publishes the arrangement of 2019 again, with some days changed.
func (st *stage) amend(ctx context.Context, changes ...string) error {
	book, err := st.office.Book(ctx)
	if err != nil {
		return err
	}
	days := slices.Clone(book.Calendar.Arrangements(2019))
	for _, c := range changes {
		date, what, _ := strings.Cut(c, " ")
		day, err := calendar.ParseDate(date)
		if err != nil {
			return err
		}
		days = slices.DeleteFunc(days, func(a calendar.Arrangement) bool { return a.Date == day })
		days = append(days, calendar.Arrangement{Date: day, Off: what == "off", Holiday: "调整", Year: 2019})
	}
	_, err = st.office.PublishCalendar(ctx, grievance.System, office.Publication{Year: 2019, Days: days}, nil)
	return err
}
