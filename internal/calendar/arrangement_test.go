package calendar_test

import (
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

const header = "date,status,holiday,arrangement_year\n"

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"contradiction":                 "2026-01-01,off,元旦,2026\n2026-01-01,work,元旦,2026\n",
		"two holidays on one day":       "2026-10-01,off,国庆节,2026\n2026-10-01,off,中秋节,2026\n",
		"a year left out":               "2024-01-01,off,元旦,2024\n2026-01-01,off,元旦,2026\n",
		"a day of the year after":       "2027-01-01,off,元旦,2026\n",
		"a day that was settled before": "2025-12-25,off,元旦,2026\n",
		"a day years before":            "2024-12-31,off,元旦,2026\n",
	}
	for name, rows := range tests {
		days, err := calendar.ReadArrangements(strings.NewReader(header + rows))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := calendar.New(1, days, calendar.OfficeHours{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := calendar.New(0, nil, calendar.OfficeHours{}); err == nil {
		t.Error("version 0 is accepted")
	}
	for _, d := range []calendar.Date{{}, {Year: 2026, Month: 2, Day: 30}, {Year: 12026, Month: 1, Day: 1}} {
		if _, err := calendar.New(1, []calendar.Arrangement{{Date: d, Off: true, Year: d.Year}}, calendar.OfficeHours{}); err == nil {
			t.Errorf("the date %+v is accepted", d)
		}
	}
}

func TestReadArrangementsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "date,status\n", "2026-01-01,off,元旦,2026\n",
		header + "2026-01-32,off,元旦,2026\n",
		header + "2026-01-01,free,元旦,2026\n",
		header + "2026-01-01,off,元旦,next\n",
		header + "2026-01-01,off,元旦\n",
	} {
		if _, err := calendar.ReadArrangements(strings.NewReader(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestReadArrangementsTellsTheLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		header + "2026-01-01,off,元旦,2026\n2026-01-32,off,元旦,2026\n":             "第 3 行：",
		header + "2026-01-01,off,\"元\n旦\",2026\n2026-01-02,free,元旦,2026\n":      "第 4 行：",
		header + "2026-01-01,off,元旦,2026\n\n2026-01-02,off\n":                   "第 4 行的列数",
		header + strings.Repeat("2026-01-01,off,元旦,2026\n", calendar.MaxDays+1): "多于 5000 个",
		"日期,状态,节日,年份\n2026-01-01,off,元旦,2026\n":                                 `第 1 行是 "日期,状态,节日,年份"，应是 "date,status,holiday,arrangement_year"，以逗号分隔`,
		strings.ReplaceAll(header, ",", ";") + "2026-01-01;off;元旦;2026\n":       `第 1 行是 "date;status;holiday;arrangement_year"，应是 `,
		"\xc8\xd5\xc6\xda,status\n":                                             `第 1 行是 "?,status"，应是 `,
		strings.Repeat("长", 200):                                                strings.Repeat("长", 80) + `…"，应是 `,
		"":                                                                      `第 1 行是 ""，应是 `,
		header + "2026-01-01,\"off\n":                                           "第 2 行起无法读取",
		header + strings.Repeat(" ", calendar.MaxFile):                          "大于 1 MiB",
	} {
		if _, err := calendar.ReadArrangements(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func TestReadArrangementsFromASpreadsheet(t *testing.T) {
	t.Parallel()
	text := "\ufeff" + strings.ReplaceAll(header+"2026-01-01,off,元旦,2026\n", "\n", "\r\n")
	days, err := calendar.ReadArrangements(strings.NewReader(text))
	if err != nil || len(days) != 1 || days[0].Holiday != "元旦" || days[0].Year != 2026 {
		t.Errorf("%+v, %v", days, err)
	}
}

func TestArrangementsAreOrderedAndRepetitionsDropped(t *testing.T) {
	t.Parallel()
	rows := "2026-01-02,off,元旦,2026\n2025-12-31,off,元旦,2026\n2025-01-01,off,元旦,2025\n2026-01-02,off,元旦,2026\n"
	days, err := calendar.ReadArrangements(strings.NewReader(header + rows))
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.New(1, days, calendar.OfficeHours{})
	if err != nil {
		t.Fatal(err)
	}
	got := c.Arrangements(2026)
	if len(got) != 2 || got[0].Date != date(t, "2025-12-31") || got[1].Date != date(t, "2026-01-02") {
		t.Errorf("arrangement of 2026: %+v", got)
	}
	if len(c.Arrangements(2025)) != 1 || len(c.Arrangements(2024)) != 0 || len(c.Arrangements(2027)) != 0 {
		t.Error("the years are mixed up")
	}
}

// The next year's arrangement is published later and knows better.
func TestLaterYearPrevails(t *testing.T) {
	t.Parallel()
	for _, rows := range []string{
		"2025-12-31,work,元旦,2025\n2025-12-31,off,元旦,2026\n",
		"2025-12-31,off,元旦,2026\n2025-12-31,work,元旦,2025\n",
	} {
		days, err := calendar.ReadArrangements(strings.NewReader(header + rows))
		if err != nil {
			t.Fatal(err)
		}
		c, err := calendar.New(1, days, calendar.OfficeHours{})
		if err != nil {
			t.Fatal(err)
		}
		if d := date(t, "2025-12-31"); c.Workday(d) || c.Holiday(d) != "元旦" {
			t.Errorf("%s: working %t, holiday %q", d, c.Workday(d), c.Holiday(d))
		}
	}
}

func TestWithoutArrangements(t *testing.T) {
	t.Parallel()
	c, err := calendar.New(1, nil, calendar.OfficeHours{})
	if err != nil {
		t.Fatal(err)
	}
	due := c.Due(instant(t, "2026-10-01 10:00:00"), length(t, "1wd"), true)
	if c.LastYear() != 0 || due.On != date(t, "2026-10-02") || !due.Provisional {
		t.Errorf("last year %d, due %+v", c.LastYear(), due)
	}
}
