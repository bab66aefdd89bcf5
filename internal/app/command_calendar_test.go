package app_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// The arrangements of these tests are invented.
const (
	yearJSON = `{"year":2027,"source":"为测试虚构的通知","days":[` +
		`{"date":"2026-12-31","off":true,"holiday":"元旦"},{"date":"2027-01-01","off":true,"holiday":"元旦"},{"date":"2027-02-14","off":false,"holiday":"春节"}]}`
	yearICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270103\r\nSUMMARY:元旦（休）\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270214\r\nSUMMARY:春节（班）\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270910\r\nSUMMARY:教师节\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	badYear  = "date,status,holiday,arrangement_year\n2027-01-01,off,元旦,2027\n2027-01-01,work,元旦,2027\n2028-01-01,off,,2027\n"
	slipYear = "date,status,holiday,arrangement_year\n2027-01-01,off,元旦,2027\n2027-01-01,off,元旦,2027\n2027-02-15,work,春节,2027\n"
	twoYear  = "date,status,holiday,arrangement_year\n2027-01-01,off,元旦,2027\n2028-01-01,off,元旦,2028\n"
	newHour  = `{"year":2027,"hours":{"intervals":["08:30-12:00","13:30-17:00"],"seasons":[{"from":"06-01","until":"09-30","intervals":["08:00-12:00"]}]}}`
)

func calendarFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newCLIAt(t *testing.T, dialect string, at time.Time) cli {
	t.Helper()
	c, file := newCLI(t, storetest.URL(t, dialect)), filepath.Join(t.TempDir(), "clock")
	if _, err := clock.CreateFile(file, at); err != nil {
		t.Fatal(err)
	}
	c.flags = append(c.flags, "--clock-file="+file)
	return c
}

const published = "the engine counts the open deadlines that count a day from 2026-12-26 to 2027-12-25 again, each with an event; breaches that have happened stay\n"

func TestCalendarCommands(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newCLIAt(t, dialect, time.Date(2026, time.December, 1, 2, 0, 0, 0, time.UTC))
		year, feed := calendarFile(t, "2027.json", yearJSON), calendarFile(t, "holidays.ics", yearICS)
		bad, two, hours := calendarFile(t, "bad.csv", badYear), calendarFile(t, "two.csv", twoYear), calendarFile(t, "hours.json", newHour)
		overlapping := calendarFile(t, "overlap.json", strings.Replace(newHour, "13:30", "11:30", 1))
		added := "+ 2026-12-31 Thu  off   元旦\n+ 2027-01-01 Fri  off   元旦\n+ 2027-02-14 Sun  work  春节\n2027: 2 days off, 1 make-up days\n"
		c.follow([]commandStep{
			{[]string{"calendar", "import", year, "--dry-run"}, done, added + "nothing was changed: this would be version 2 of the calendar\n"},
			{[]string{"calendar", "show", "2027"}, failed, ""},
			{[]string{"calendar", "show"}, done, "version 1  published 2026-12-01 10:00  until 2026\noffice hours: [09:00-12:00 14:00-17:30]\n" +
				"2027 is missing: publish it with `huiyin calendar import`\n"},
			{[]string{"calendar", "import", two}, failed, ""},
			{[]string{"calendar", "import", two, "--year", "2029"}, failed, ""},
			{[]string{"calendar", "import", two, "--year", "2028"}, failed, "2028  须逐年公布，不得跳过年份 (calendar.year_left_out)\n"},
			{[]string{"calendar", "import", bad}, failed, "2027-01-01  同一日期不得出现两次 (calendar.day_twice)\n" +
				"2028-01-01  日期须在该年内，或在上一年 12 月 25 日之后 (calendar.day_outside)\n" +
				"2028-01-01  节日名称须为 1 至 50 个字，首尾不得有空格，不得有不可见字符 (calendar.holiday)\n"},
			{[]string{"calendar", "import", year}, done, added + "version 2 of the calendar is published\n" + published},
			{[]string{"calendar", "import", year}, done, "2027 is known just so: version 2 of the calendar stays\n"},
			{[]string{"calendar", "show", "2027"}, done, "2026-12-31 Thu  off   元旦\n2027-01-01 Fri  off   元旦\n2027-02-14 Sun  work  春节\n" +
				"2027: 2 days off, 1 make-up days (version 2 of the calendar)\n"},
			{[]string{"calendar", "import", feed}, done, "ignored 1 events that name no day off and no make-up day\n" +
				"+ 2027-01-02 Sat  off   元旦\n2027: 3 days off, 1 make-up days\nversion 3 of the calendar is published\n" +
				"no working day changed: no deadline moves\n"},
			{[]string{"calendar", "import", year}, done, "- 2027-01-02 Sat  off   元旦\n2027: 2 days off, 1 make-up days\nversion 4 of the calendar is published\n" +
				"no working day changed: no deadline moves\n"},
			{[]string{"calendar", "import", hours, "--dry-run"}, done, "the file sets the office hours too: [08:30-12:00 13:30-17:00]; from 06-01 until 09-30 [08:00-12:00]\n"},
			{[]string{"calendar", "import", hours}, done, "office hours: [08:30-12:00 13:30-17:00]; from 06-01 until 09-30 [08:00-12:00]\nversion 5 of the calendar is published\n" +
				"the engine counts the open deadlines in working minutes and hours again, each with an event; breaches that have happened stay\n"},
			{[]string{"calendar", "import", hours}, done, "the office hours are known just so\n"},
			{[]string{"calendar", "import", year, "--format", "ics"}, failed, ""},
			{[]string{"calendar", "import", calendarFile(t, "year", yearJSON)}, failed, ""},
			{[]string{"calendar", "import", calendarFile(t, "year", yearJSON), "--format", "json"}, done, "2027 is known just so: version 5 of the calendar stays\n"},
			{[]string{"calendar", "import", overlapping}, failed, "hours/intervals  办公时间相互重叠 (hours.overlap)\n"},
			{[]string{"calendar", "import", overlapping, "--dry-run"}, failed, "hours/intervals  办公时间相互重叠 (hours.overlap)\n"},
			{[]string{"calendar", "import", calendarFile(t, "slip.csv", slipYear)}, failed, "2027-01-01  同一日期不得出现两次 (calendar.day_twice)\n" +
				"2027-02-15  该日是星期一至星期五，本就上班，无须列入，请核对日期 (calendar.day_work_on_weekday)\n"},
		})
	})
}

// What is wrong with a file is told as every other command tells a refusal: by its
// code, in Chinese.
func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	c := newCLI(t, storetest.URL(t, "sqlite"))
	for _, tt := range []struct{ name, text, want string }{
		{"zh.csv", "日期,状态,节日,年份\n2027-01-01,off,元旦,2027\n", `第 1 行是 "日期,状态,节日,年份"，应是 "date,status,holiday,arrangement_year"，以逗号分隔，UTF-8 编码`},
		{"semicolon.csv", strings.ReplaceAll(twoYear, ",", ";"), `第 1 行是 "date;status;holiday;arrangement_year"，应是 "date,`},
		{"day.csv", strings.Replace(twoYear, "2028-01-01", "2028-1-1", 1), `第 3 行："2028-1-1" 不是日期`},
		{"word.json", strings.Replace(yearJSON, "days", "dates", 1), "第 1 行（/dates）：没有这一项"},
		{"cut.ics", yearICS[:40], "文件不以 END:VCALENDAR 结尾"},
		{"year.txt", yearJSON, `"year.txt" 不以 .json、.csv 或 .ics 结尾`},
	} {
		_, _, err := c.run("calendar", "import", calendarFile(t, tt.name, tt.text))
		if err == nil || !strings.HasPrefix(err.Error(), "calendar.file: "+tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// warning is what is said in the log while a year is missing.
const warning = "the calendar does not know the year"

func TestAMissingYearIsWarnedOf(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		s := w.open()
		w.at(time.Date(2026, time.November, 30, 15, 59, 59, 0, time.UTC))
		if body := s.text("/readyz"); strings.Contains(body, "warnings") {
			t.Errorf("on 30 November: %s", body)
		}
		w.at(time.Date(2026, time.November, 30, 16, 0, 0, 0, time.UTC))
		s.await(`level=WARN msg="` + warning + `.*" year=2027`)
		if body := s.text("/readyz"); !strings.Contains(body, `"status":"ok"`) || !strings.Contains(body, `"code":"calendar.year_missing","subject":"2027"`) {
			t.Errorf("on 1 December: %s", body)
		}
		s.wantFigures("huiyin_calendar_last_year 2026", "huiyin_calendar_year_missing 2027")
		w.advance(time.Hour)
		w.advance(24 * time.Hour)
		s.await(`(?s)` + warning + `.*` + warning)
		w.huiyin("", "calendar", "import", calendarFile(t, "2027.json", yearJSON)).wantExit(0)
		w.advance(24 * time.Hour)
		if body := s.text("/readyz"); strings.Contains(body, "warnings") {
			t.Errorf("once it is published: %s", body)
		}
		s.wantFigures("huiyin_calendar_last_year 2027", "huiyin_calendar_year_missing 0")
		if said, _ := s.output(); strings.Count(said, warning) != 2 {
			t.Errorf("the log warns %d times in two days", strings.Count(said, warning))
		}
	})
}

// text gives what a server answers to somebody without a login.
func (s *server) text(path string) string {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.Fatalf("GET %s: status %d, %v: %s", path, res.StatusCode, err, text)
	}
	return string(text)
}

func (s *server) wantFigures(lines ...string) {
	s.Helper()
	text := s.text("/metrics")
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			s.Errorf("the metrics have no line %q", line)
		}
	}
}
