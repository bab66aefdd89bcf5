package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A day is looked ahead to in every format, and nothing at all is written.
func TestEngineSimulate(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, file := storetest.URL(t, dialect), filepath.Join(t.TempDir(), "clock")
		ck, err := clock.CreateFile(file, time.Date(2026, 9, 14, 1, 30, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		neglect(t, url, ck)
		c := newCLI(t, url)
		c.flags = append(c.flags, "--clock-file="+file)
		before := dump(t, url)

		out, _, err := c.run("engine", "simulate", "--until=2026-10-20", "--format=json")
		var told struct {
			Counts map[string]int `json:"counts"`
			Rows   []struct {
				Act     string    `json:"act"`
				At      time.Time `json:"at"`
				Day     string    `json:"day"`
				Receipt string    `json:"receipt_number"`
				DueOn   string    `json:"due_on"`
				To      []struct {
					UnitCode string   `json:"unit_code"`
					Role     string   `json:"role"`
					People   []string `json:"people"`
				} `json:"to"`
			} `json:"rows"`
		}
		if err != nil || json.Unmarshal([]byte(out), &told) != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if want := fmt.Sprint(map[string]int{"remind": 1, "warn": 1, "breach": 1, "escalate": 3}); fmt.Sprint(told.Counts) != want {
			t.Fatalf("counts %v, want %s", told.Counts, want)
		}
		var line []string
		for _, r := range told.Rows {
			line = append(line, r.Act+" "+r.Day+" due "+r.DueOn+" "+r.To[0].UnitCode+" "+r.To[0].Role+" "+strings.Join(r.To[0].People, ","))
		}
		// 15 days from 14 September end on the 29th; what follows counts working
		// days, and the first week of October has none.
		want := []string{
			"remind 2026-09-22 due 2026-09-29 990121101 clerk 许晚晴",
			"warn 2026-09-26 due 2026-09-29 990121101 clerk 许晚晴",
			"breach 2026-09-29 due 2026-09-29 990121101 clerk 许晚晴",
			"escalate 2026-09-29 due 2026-09-29 990121101 leader 顾长河",
			"escalate 2026-09-30 due 2026-09-29 990121 supervisor 严守正",
			"escalate 2026-10-09 due 2026-09-29 9901 supervisor 陆知行",
		}
		if !slices.Equal(line, want) {
			t.Errorf("rows\n%s\nwant\n%s", strings.Join(line, "\n"), strings.Join(want, "\n"))
		}
		for args, want := range map[string]string{
			"--until=2026-10-20 --unit=990121101":                "合计        6 项，提醒 1，黄牌 1，红牌 1，升级 3",
			"--until=2026-10-20 ":                                "\n日期        时间                 动作  ",
			"--until=2026-10-20 --unit=990121001":                "合计  0 项",
			"--until=2026-09-26 --format=csv --unit=9901":        "\r\n合计,2 项，提醒 1，黄牌 1",
			"--until=2026-09-29 --format=csv":                    "2026-09-29,2026-09-30 00:00:00,升级 一级（本单位负责人）,受理,990121101-20260914-0001,990121101,霁川镇,2026-09-29,霁川镇负责人 顾长河",
			"--until=2026-10-20 --format=csv --most=1":           "合计,1 项，提醒 1，未列完，2026-09-26 21:06:00 以前的完整",
			"--until=2026-09-14 --format=json --unit=990121101-": "there is no unit of that code",
			"--until=2026-09-13":                                 "--until lies in the past",
			"--until=2026-09-15 --most=0":                        "--most is from 1 to 100000",
		} {
			out, _, err := c.run(append([]string{"engine", "simulate"}, strings.Fields(args)...)...)
			if !strings.Contains(out+fmt.Sprint(err), want) {
				t.Errorf("%s lacks %q: %v\n%s", args, want, err, out)
			}
		}
		if after := dump(t, url); after != before {
			t.Errorf("looking ahead wrote something:\n%s\nwas\n%s", after, before)
		}
	})
}

// neglect registers a petition that nobody looks at.
func neglect(t *testing.T, url string, ck clock.Clock) {
	t.Helper()
	st := storetest.OpenURL(t, url, storetest.WithClock(ck))
	of := officetest.Load(t, st, ck)
	_, err := casework.New(st, of, ck).Register(t.Context(), casework.Request{Actor: officetest.Actor(t, of, ck, "clerk")}, grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: "路灯不亮", Body: "路灯坏了三个月。",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// dump spells every row of every table, past the store.
func dump(t *testing.T, url string) string {
	t.Helper()
	driver, dsn, names := "pgx", url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn, names = "sqlite", "file:"+path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	for _, table := range query(t, db, names) {
		rows := query(t, db, "SELECT * FROM "+table)
		slices.Sort(rows)
		fmt.Fprintf(&out, "%s %d %s\n", table, len(rows), strings.Join(rows, "\n"))
	}
	return out.String()
}

// query gives each row of a statement as text.
func query(t *testing.T, db *sql.DB, statement string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprint(cells...)
		if len(cells) == 1 {
			line = fmt.Sprint(cells[0])
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
