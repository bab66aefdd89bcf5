package retrace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/api/apitest/retrace"
)

// written makes an export of events written as "subject | instant in Beijing | kind
// | fields of the body", all of them by one person.
func written(t *testing.T, events ...string) *retrace.Export {
	t.Helper()
	var lines strings.Builder
	seq := map[string]int{}
	for i, e := range events {
		part := strings.SplitN(e, " | ", 4)
		at, err := time.Parse("2006-01-02 15:04:05 -0700", part[1]+" +0800")
		if err != nil {
			t.Fatal(err)
		}
		of := "case"
		if strings.HasPrefix(part[2], "finding") {
			of = "finding"
		}
		seq[part[0]]++
		fmt.Fprintf(&lines, `{"ledger_pos":%d,"subject_kind":%q,"subject":%q,"seq":%d,"kind":%q,"about_at":%q,"actor":"user","body":{%s}}`+"\n",
			i+1, of, part[0], seq[part[0]], part[2], at.UTC().Format(time.RFC3339), part[3])
	}
	x, err := retrace.Read(strings.NewReader(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var until = time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC)

// weekdays are worked, and no other day.
func weekdays(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

func found(t *testing.T, x *retrace.Export) (list []string) {
	t.Helper()
	got, err := x.Findings(retrace.Inspection{
		Works: weekdays, Until: until,
		Same: func(a, b retrace.Case) bool { return a.ID[0] == b.ID[0] },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got {
		list = append(list, f.Rule+" "+f.Case+" "+f.AboutAt.In(time.FixedZone("", 8*60*60)).Format("01-02 15:04:05"))
	}
	return list
}

const (
	registered = `a | 2019-03-01 08:00:00 | registered | "nature":"demand","category":"0101","channel":"web"`
	// The handling is due as Friday, 8 March, ends; the third working day is the 13th.
	handling = `a | 2019-03-01 08:00:00 | accepted | "started":[{"id":"h","kind":"handling","start":"2019-03-01T00:00:00Z","due_at":"2019-03-08T16:00:00Z"}]`
	submit   = `a | 2019-03-04 08:00:00 | submitted | "sign_off":{"n":1,"kind":"closure"}`
	answered = `a | 2019-03-04 08:01:00 | closed | "sign_off":{"n":1,"kind":"closure","seen_seq":3}`
)

func closes(at, utc string) string {
	return `a | ` + at + ` | closed | "stopped":[{"id":"h","kind":"handling","at":"` + utc + `","state":"met"}]`
}

func TestWhatEachRuleFinds(t *testing.T) {
	t.Parallel()
	ask := func(at string, n int) string {
		return fmt.Sprintf(`a | %s | extension_requested | "sign_off":{"n":%d,"kind":"extension"}`, at, n)
	}
	for name, c := range map[string]struct {
		events []string
		want   string
	}{
		"met in the last second before the last rung": {[]string{registered, handling, closes("2019-03-13 23:59:59", "2019-03-13T15:59:59Z")}, ""},
		"met at the last rung":                        {[]string{registered, handling, closes("2019-03-14 00:00:00", "2019-03-13T16:00:00Z")}, "overdue_closure a 03-14 00:00:00"},
		"never met":                                   {[]string{registered, handling}, "overdue_closure a 03-14 00:00:00"},
		"moved on": {[]string{registered, handling,
			`a | 2019-03-05 08:00:00 | rebased | "clock":{"id":"h","kind":"handling","due_at":"2019-03-11T16:00:00Z"}`}, "overdue_closure a 03-15 00:00:00"},
		"two hours by the wall, twice":   {[]string{registered, contact("hotline", "2019-03-01T08:00:00Z", "2019-03-01T10:00:00Z")}, "no_first_contact a 03-01 20:00:00"},
		"two hours of the office, twice": {[]string{registered, contact("township", "2019-03-01T08:00:00Z", "2019-03-04T01:30:00Z")}, "no_first_contact a 03-04 11:30:00"},
		"a day by the wall":              {[]string{registered, contact("hotline", "2019-03-01T08:00:00Z", "2019-03-02T08:00:00Z")}, "no_first_contact a 03-07 00:00:00"},
		"signed within a minute":         {[]string{registered, strings.Replace(submit, "08:00:00", "08:00:01", 1), answered}, "rubber_stamp a 03-04 08:01:00"},
		"signed after a minute":          {[]string{registered, submit, answered}, ""},
		"returned within a minute":       {[]string{registered, submit, `a | 2019-03-04 08:00:03 | returned | "sign_off":{"n":1,"kind":"closure","seen_seq":2}`}, ""},
		"not resolved":                   {[]string{registered, submit, answered, `a | 2019-03-06 08:00:00 | followed_up | "follow_up":{"resolved":"no"}`, `a | 2019-03-07 08:00:00 | disputed | `}, "false_closure a 03-06 08:00:00"},
		"resolved":                       {[]string{registered, submit, answered, `a | 2019-03-06 08:00:00 | rated | "rating":{"resolved":true}`}, ""},
		"asked in the last days":         {[]string{registered, handling, ask("2019-03-06 08:00:00", 1), closes("2019-03-07 08:00:00", "2019-03-07T00:00:00Z")}, "late_or_repeated_extension a 03-06 08:00:00"},
		"asked in time":                  {[]string{registered, handling, ask("2019-03-05 08:00:00", 1), closes("2019-03-07 08:00:00", "2019-03-07T00:00:00Z")}, ""},
		"asked twice":                    {[]string{registered, handling, ask("2019-03-04 08:00:00", 1), ask("2019-03-05 08:00:00", 2), closes("2019-03-07 08:00:00", "2019-03-07T00:00:00Z")}, "late_or_repeated_extension a 03-05 08:00:00"},
		"passed on twice": {[]string{registered, `a | 2019-03-01 09:00:00 | objected | `, `a | 2019-03-02 09:00:00 | assigned | "unit":"u"`,
			`a | 2019-03-03 09:00:00 | assigned | "unit":"v"`}, "passing_the_buck a 03-03 09:00:00"},
		"passed on, worked on, passed on": {[]string{registered, `a | 2019-03-01 09:00:00 | objected | `, `a | 2019-03-02 09:00:00 | contacted | `,
			`a | 2019-03-03 09:00:00 | objected | `}, ""},
		"a third suspension": {[]string{registered, suspended(1, "04"), resumed(1, "05"), suspended(2, "06"), resumed(2, "07"), suspended(3, "08"), resumed(3, "09")},
			"suspension_abuse a 03-08 08:00:00"},
		"two suspensions":     {[]string{registered, suspended(1, "04"), resumed(1, "05"), suspended(2, "06"), resumed(2, "07")}, ""},
		"an order unanswered": {[]string{registered, `a | 2019-03-01 09:00:00 | ordered | "started":[{"id":"o","kind":"order","due_at":"2019-03-08T16:00:00Z"}]`}, "order_unanswered a 03-09 00:00:00"},
		"a leak":              {[]string{registered, `a | 2019-03-01 09:00:00 | misconduct_reported | `}, "leak_or_retaliation a 03-01 09:00:00"},
		"brought again": {[]string{registered, submit, answered, `a2 | 2019-03-09 08:00:00 | registered | "nature":"demand","category":"0101"`},
			"repeat_petition a 03-09 08:00:00"},
		"something else":     {[]string{registered, submit, answered, `a2 | 2019-03-09 08:00:00 | registered | "nature":"demand","category":"0202"`}, ""},
		"no category":        {[]string{strings.Replace(registered, "0101", "", 1), submit, answered, `a2 | 2019-03-09 08:00:00 | registered | "nature":"demand"`}, ""},
		"somebody else":      {[]string{registered, submit, answered, `b2 | 2019-03-09 08:00:00 | registered | "nature":"demand","category":"0101"`}, ""},
		"a group since late": {[]string{registered, handling, closes("2019-03-09 08:00:00", "2019-03-09T00:00:00Z"), `a | 2019-03-09 09:00:00 | corrected | "headcount":5`}, "group_after_neglect a 03-09 09:00:00"},
	} {
		if got := strings.Join(found(t, written(t, c.events...)), ", "); got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

// contact lets the first contact start and be due at instants in UTC.
func contact(profile, start, due string) string {
	return fmt.Sprintf(`a | 2019-03-01 16:00:00 | accepted | "profile":%q,"started":[{"id":"c","kind":"first_contact","start":%q,"due_at":%q}]`, profile, start, due)
}

func suspended(n int, day string) string {
	return fmt.Sprintf(`a | 2019-03-%s 08:00:00 | suspended | "suspension":{"n":%d,"cause":"force_majeure","from":"2019-03-%sT00:00:00Z"}`, day, n, day)
}

func resumed(n int, day string) string {
	return fmt.Sprintf(`a | 2019-03-%s 08:00:00 | resumed | "suspension":{"n":%d,"cause":"force_majeure"}`, day, n)
}

// Ten files signed in less than three minutes were read; eleven were not, each of
// them.
func TestElevenSignaturesInThreeMinutes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{10: 0, 11: 11} {
		var events []string
		for i := range n {
			events = append(events, fmt.Sprintf(`%c | 2019-03-01 08:00:00 | submitted | "sign_off":{"n":1}`, 'a'+i),
				fmt.Sprintf(`%c | 2019-03-01 09:%02d:%02d | closed | "sign_off":{"n":1,"seen_seq":1}`, 'a'+i, i*17/60, i*17%60))
		}
		if got := found(t, written(t, events...)); len(got) != want {
			t.Errorf("of %d: %v", n, got)
		}
	}
}

func TestRecordedAreThoseThatStand(t *testing.T) {
	t.Parallel()
	open := ` | 2019-03-01 08:00:00 | finding_opened | "rule":"false_closure","case":"a"`
	x := written(t, "1"+open, "2"+open, "3"+open, "2 | 2019-03-02 08:00:00 | finding_unfounded | ", "3 | 2019-03-02 08:00:00 | finding_unfounded | ",
		"3 | 2019-03-03 08:00:00 | finding_evidence_added | ")
	if n := retrace.Count(x.Recorded); n["false_closure"] != [2]int{2, 1} || len(n) != 1 {
		t.Errorf("recorded are %v", n)
	}
}

func TestHalfARecordIsNone(t *testing.T) {
	t.Parallel()
	line := `{"subject_kind":"case","subject":"a","seq":%d,"kind":"noted","about_at":"2019-03-01T00:00:00Z","body":{}}`
	for _, lines := range []string{fmt.Sprintf(line, 2), fmt.Sprintf(line, 1) + "\n" + fmt.Sprintf(line, 3), "{"} {
		if _, err := retrace.Read(strings.NewReader(lines)); err == nil {
			t.Errorf("%s is read", lines)
		}
	}
}

// Where the events tell too little, nothing is judged.
func TestWhatNoEventTells(t *testing.T) {
	t.Parallel()
	message := strings.Replace(registered, "a | 2019-03-01", "a2 | 2019-03-11", 1)
	x := written(t, registered, handling, strings.Replace(message, "web", "visit", 1))
	if _, err := x.Findings(retrace.Inspection{Works: weekdays, Until: until, Same: func(_, _ retrace.Case) bool { return true }}); err == nil {
		t.Error("a visit past a unit that was late is judged")
	}
	want := []string{"overdue_closure a 03-14 00:00:00", "repeat_petition a 03-11 08:00:00"}
	if got := found(t, written(t, registered, handling, message)); !slices.Equal(got, want) {
		t.Errorf("found %v, but a message is no visit", got)
	}
}
