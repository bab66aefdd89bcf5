package almanac_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/almanac"
	"github.com/huiyin/huiyin/internal/calendar"
)

func read(t *testing.T, name string) almanac.File {
	t.Helper()
	f, err := almanac.FormatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	out, err := almanac.Read(f, file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFormsAgree reads one arrangement, invented for this test, in each form
// that it may come in.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	want := read(t, "year.csv")
	if len(want.Days) != 18 || !slices.Equal(want.Years(), []int{2027}) {
		t.Fatalf("the CSV has %d days of %v", len(want.Days), want.Years())
	}
	if _, err := calendar.Embedded().With(2, 2027, want.Of(2027)); err != nil {
		t.Fatal(err)
	}
	ignored := map[string]int{"year.json": 0, "apple.ics": 1, "feed.ics": 0}
	for name, n := range ignored {
		got := read(t, name)
		if !slices.Equal(got.Days, want.Days) {
			t.Errorf("%s: %v, want %v", name, got.Days, want.Days)
		}
		if got.Ignored != n {
			t.Errorf("%s: %d events ignored, want %d", name, got.Ignored, n)
		}
	}
	if source := read(t, "year.json").Source; !strings.HasPrefix(source, "为测试虚构") {
		t.Errorf("source %q", source)
	}
}

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]almanac.Format{"a/b.JSON": almanac.JSON, "b.csv": almanac.CSV, "x.y.ics": almanac.ICalendar, "ics": "", "a.xlsx": "", "": ""} {
		if got, err := almanac.FormatOf(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := almanac.Read("xlsx", strings.NewReader("")); err == nil {
		t.Error("an unknown form is read")
	}
}

func TestYearsAreToldApart(t *testing.T) {
	t.Parallel()
	text := "date,status,holiday,arrangement_year\n2027-01-01,off,元旦,2027\n2026-12-31,off,元旦,2027\n2026-01-01,off,元旦,2026\n"
	f, err := almanac.Read(almanac.CSV, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Years(), []int{2026, 2027}) || len(f.Of(2026)) != 1 || len(f.Of(2025)) != 0 {
		t.Errorf("years %v", f.Years())
	}
	if of := f.Of(2027); len(of) != 2 || of[0].Date.String() != "2026-12-31" {
		t.Errorf("2027: %v", of)
	}
}

// A day that stands in a file twice is told by whoever publishes it, and must
// not be lost on the way.
func TestADayNamedTwiceStaysTwice(t *testing.T) {
	t.Parallel()
	day := `{"date":"2027-01-01","off":true,"holiday":"元旦"}`
	for form, text := range map[almanac.Format]string{
		almanac.CSV:  "date,status,holiday,arrangement_year\n2027-01-01,off,元旦,2027\n2027-01-01,off,元旦,2027\n",
		almanac.JSON: `{"year":2027,"days":[` + day + "," + day + `]}`,
	} {
		if f, err := almanac.Read(form, strings.NewReader(text)); err != nil || len(f.Of(2027)) != 2 {
			t.Errorf("%s: %v, %v", form, f.Days, err)
		}
	}
}

func TestJSONRefusals(t *testing.T) {
	t.Parallel()
	day := `{"date":"2027-01-01","off":true,"holiday":"元旦"}`
	for text, want := range map[string]string{
		``:                                "起不是 JSON",
		`{}`:                              "没有写明年份",
		`{"year":2027}`:                   "没有日期",
		`{"year":2027,"days":[]}`:         "没有日期",
		`{"year":"2027","days":[]}`:       "第 1 行",
		"{\n\"year\":2027,\n\"dates\":1}": "第 3 行（/dates）：没有这一项",
		"{\"year\":2027,\"days\":[" + day + ",\n" + strings.Replace(day, "01-01", "02-30", 1) + "]}": "第 2 行（/days/1/date）：写法不对",
		`{"year":2027,"days":[` + day + `,{"date":"2027-01-02","holiday":"元旦"}]}`:                    "第 2 个日期",
		`{"year":2027,"days":[{"off":true,"holiday":"元旦"}]}`:                                         "第 1 个日期",
		`{"year":2027,"days":[{"date":"","off":true,"holiday":"元旦"}]}`:                               "第 1 个日期",
		`{"year":2027,"days":[{"date":"2027-01-01","off":true}]}`:                                    "第 1 个日期",
		`{"year":2027,"year":2028,"days":[` + day + `]}`:                                             "同一项写了两次",
		`{"year":2027,"days":[` + day + `]} {}`:                                                      "第 1 行",
		`{"year":2027,"days":[` + strings.Repeat(day+",", calendar.MaxDays) + day + `]}`:             "多于 5000 个",
		strings.Repeat(" ", calendar.MaxFile+1):                                                      "大于 1 MiB",
		`{"year":2027,"days":[` + day + `],"hours":{"intervals":["9-12"]}}`:                          "（/hours/intervals/0）：写法不对",
	} {
		if _, err := almanac.Read(almanac.JSON, strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", text, err, want)
		}
	}
}

func TestJSONMaySayTheOfficeHours(t *testing.T) {
	t.Parallel()
	text := `{"year":2027,"hours":{"intervals":["09:00-12:00"],"seasons":[{"from":"05-01","until":"09-30","intervals":["08:00-12:00"]}]}}`
	f, err := almanac.Read(almanac.JSON, strings.NewReader(text))
	if err != nil || f.Hours == nil || len(f.Days) != 0 {
		t.Fatalf("%+v, %v", f, err)
	}
	if got := fmt.Sprint(f.Hours.Intervals, f.Hours.Seasons[0].From); got != "[09:00-12:00] 05-01" {
		t.Error(got)
	}
}

// vcalendar wraps events, each the lines between its BEGIN and END.
func vcalendar(events ...string) string {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return text + "END:VCALENDAR\r\n"
}

func show(days []calendar.Arrangement) string {
	words := make([]string, len(days))
	for i, d := range days {
		status := "-"
		if d.Off {
			status = "+"
		}
		words[i] = fmt.Sprintf("%d:%s%s%s", d.Year, d.Date, status, d.Holiday)
	}
	return strings.Join(words, " ")
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	for summary, want := range map[string]string{
		"国庆节（休）": "+国庆节", "国庆节(休)": "+国庆节", "国庆节 休": "+国庆节", "国庆节·休": "+国庆节", "【休】国庆节": "+国庆节",
		"国庆节放假": "+国庆节", "国庆节 假期": "+国庆节", "元旦假期 第1天/共3天": "+元旦", "国庆节、中秋节（休） 1/8": "+国庆节、中秋节",
		"国庆节（班）": "-国庆节", "国庆节 班": "-国庆节", "国庆节 补班 第1天/共2天": "-国庆节", "国庆节补班": "-国庆节", "国庆节（调休上班）": "-国庆节",
		"[班] 国庆节": "-国庆节", "班": "-调休", "补班": "-调休", "（班）": "-调休", "休": "+节假日", " 国庆节（休） ": "+国庆节",
		"国庆节": "", "张三退休": "", "值班": "", "休闲日": "", "班会": "", "": "", "立春": "", "上班族日": "",
	} {
		f, err := almanac.Read(almanac.ICalendar, strings.NewReader(vcalendar("DTSTART;VALUE=DATE:20271001\nSUMMARY:"+summary, "DTSTART;VALUE=DATE:20271231\nSUMMARY:元旦（休）")))
		if err != nil {
			t.Errorf("%q: %v", summary, err)
			continue
		}
		got := strings.TrimPrefix(strings.TrimSuffix(show(f.Days), "2028:2027-12-31+元旦"), "2027:2027-10-01")
		if strings.TrimSpace(got) != want || f.Ignored == 1 != (want == "") {
			t.Errorf("%q: %q, want %q", summary, got, want)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	const off = "\nSUMMARY:元旦（休）"
	for lines, want := range map[string]string{
		"DTSTART;VALUE=DATE:20270101" + off:                                                                "2027:2027-01-01+元旦",
		"DTSTART:20270101" + off:                                                                           "2027:2027-01-01+元旦",
		"DTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270101" + off:                                     "2027:2027-01-01+元旦",
		"DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227" + off:                                     "2026:2026-12-25+元旦 2027:2026-12-26+元旦",
		"DTSTART;VALUE=DATE:20270101\nDURATION:P2D" + off:                                                  "2027:2027-01-01+元旦 2027:2027-01-02+元旦",
		"DTSTART;TZID=Asia/Shanghai:20270109T090000\nDTEND;TZID=Asia/Shanghai:20270109T180000\nSUMMARY:补班": "2027:2027-01-09-调休",
		"DTSTART:20270108T160000Z\nDTEND:20270109T160000Z\nSUMMARY:元旦 班":                                   "2027:2027-01-09-元旦",
		"DTSTART;VALUE=DATE:20270101\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nSUMMARY:元旦":                        "2027:2027-01-01+元旦",
		"DTSTART;VALUE=DATE:20270101\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY":                               "2027:2027-01-01-调休",
		"DTSTART;VALUE=DATE:20270101\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nSUMMARY:元旦 调休":                "2027:2027-01-01-元旦",
		"DTSTART;VALUE=DATE:20270101\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nSUMMARY:元旦（调休）":                    "2027:2027-01-01+元旦",
		"DTSTART;VALUE=DATE:20270101\nSUMMARY;LANGUAGE=zh_\n CN:元\n\t旦（休）":                                 "2027:2027-01-01+元旦",
	} {
		f, err := almanac.Read(almanac.ICalendar, strings.NewReader(vcalendar(lines)))
		if err != nil || show(f.Days) != want {
			t.Errorf("%q: %s, %v; want %s", lines, show(f.Days), err, want)
		}
	}
}

func TestTwoHolidaysShareADay(t *testing.T) {
	t.Parallel()
	autumn := "DTSTART;VALUE=DATE:20271002\nSUMMARY:中秋节（休）"
	f, err := almanac.Read(almanac.ICalendar, strings.NewReader(vcalendar("DTSTART;VALUE=DATE:20271001\nDTEND;VALUE=DATE:20271003\nSUMMARY:国庆节（休）", autumn, autumn)))
	if err != nil || show(f.Days) != "2027:2027-10-01+国庆节 2027:2027-10-02+国庆节、中秋节" {
		t.Errorf("%s, %v", show(f.Days), err)
	}
}

func TestICalendarRefusals(t *testing.T) {
	t.Parallel()
	good, marked := "DTSTART;VALUE=DATE:20270101\nSUMMARY:元旦（休）", "\nSUMMARY:春节（休）"
	for text, want := range map[string]string{
		"":                     "内容不完整",
		"hello":                "内容不完整",
		vcalendar():            "没有写明放假",
		vcalendar("SUMMARY:春"): "没有写明放假",
		vcalendar("DTSTART;VALUE=DATE:20270101\nSTATUS:CANCELLED" + marked):                      "没有写明放假",
		strings.TrimSuffix(vcalendar(good), "END:VCALENDAR\r\n"):                                 "内容不完整",
		strings.Replace(vcalendar(good), "END:VEVENT\r\n", "", 1):                                "不合 iCalendar 格式",
		vcalendar(good) + vcalendar(good):                                                        "unexpected end",
		strings.Repeat("BEGIN:X\n", 100_000) + "END:VCALENDAR":                                   "嵌套层次过深",
		strings.Repeat(" ", calendar.MaxFile+1):                                                  "大于 1 MiB",
		vcalendar(good, "DTSTART;VALUE=DATE:20270206\nRRULE:FREQ=YEARLY"+marked):                 `第 2 个日程 "春节（休）"：日程会重复（RRULE）`,
		vcalendar(good, "DTSTART;VALUE=DATE:20270206\nRDATE;VALUE=DATE:20270207"+marked):         "日程会重复（RDATE）",
		vcalendar(good, "DTSTART;VALUE=DATE:20270101\nSUMMARY:元旦（班）"):                            `第 2 个日程 "元旦（班）"：2027-01-01 既放假又上班`,
		vcalendar("SUMMARY:元旦（休）"):                                                               "没有开始日期",
		vcalendar("DTSTART;VALUE=DATE:20270231" + marked):                                        `DTSTART "20270231"`,
		vcalendar("DTSTART;VALUE=DATE:2027-02-06" + marked):                                      `DTSTART "2027-02-06"`,
		vcalendar("DTSTART;VALUE=DATE:20270206\nDTEND;VALUE=DATE:20270205" + marked):             "结束早于开始",
		vcalendar("DTSTART;VALUE=DATE:20270206\nDTEND;VALUE=DATE:20280206" + marked):             "超过 31 天",
		vcalendar("DTSTART;VALUE=DATE:20270206\nDURATION:PT8H" + marked):                         "DURATION",
		vcalendar("DTSTART;TZID=America/New_York:20270206T000000" + marked):                      `时区是 "America/New_York"`,
		vcalendar("DTSTART:00010101T000000Z" + marked):                                           "不是日期",
		vcalendar("DTSTART;VALUE=DATE:20270206\nSUMMARY:春节 调休"):                                  "单写“调休”",
		vcalendar("DTSTART;VALUE=DATE:20270206\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY" + marked): "相互矛盾",
	} {
		if _, err := almanac.Read(almanac.ICalendar, strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90q: %v, want %q", text, err, want)
		}
	}
}

var formats = []almanac.Format{almanac.JSON, almanac.CSV, almanac.ICalendar}

// FuzzRead looks for a panic, a file that takes long, and days that the calendar
// could never hold.
func FuzzRead(f *testing.F) {
	for name, format := range map[string]byte{"year.json": 0, "year.csv": 1, "apple.ics": 2, "feed.ics": 2} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(format, text[:min(len(text), 1200)])
	}
	f.Add(byte(2), []byte(vcalendar("DTSTART;VALUE=DATE:20271231\nDTEND:20280102T000000Z\nSUMMARY:元旦 休")))
	f.Add(byte(0), []byte(`{"year":2027,"days":[{"date":"2027-01-01","off":true,"holiday":""}]}`))
	f.Fuzz(func(t *testing.T, format byte, text []byte) {
		file, err := almanac.Read(formats[int(format)%len(formats)], strings.NewReader(string(text)))
		if err != nil {
			return
		}
		for _, year := range file.Years() {
			for _, d := range file.Of(year) {
				if d.Year != year || d.Date.IsZero() {
					t.Fatalf("%q: %+v of %d", text, d, year)
				}
			}
			calendar.Embedded().Misfits(year, file.Of(year))
		}
	})
}
