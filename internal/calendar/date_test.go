package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

func TestDateOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ at, want string }{
		{"2026-02-11T15:59:59.999999999Z", "2026-02-11"},
		{"2026-02-11T16:00:00Z", "2026-02-12"},
		{"2026-02-12T15:59:59Z", "2026-02-12"},
		{"2026-02-12T00:30:00+09:00", "2026-02-11"},
		{"1969-12-31T16:00:00Z", "1970-01-01"},
		{"1969-12-31T15:59:59Z", "1969-12-31"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339Nano, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.DateOf(at).String(); got != tt.want {
			t.Errorf("DateOf(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
}

func TestDateBounds(t *testing.T) {
	t.Parallel()
	d := date(t, "2026-02-28")
	if want := time.Date(2026, time.February, 27, 16, 0, 0, 0, time.UTC); d.Start() != want {
		t.Errorf("Start = %s, want %s", d.Start(), want)
	}
	if want := time.Date(2026, time.February, 28, 16, 0, 0, 0, time.UTC); d.End() != want {
		t.Errorf("End = %s, want %s", d.End(), want)
	}
	if d.End() != d.AddDays(1).Start() || calendar.DateOf(d.End()) == d {
		t.Error("End is not exclusive")
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	d := date(t, "2024-02-28")
	if got := d.AddDays(1).String() + " " + d.AddDays(2).String() + " " + d.AddDays(-59).String(); got != "2024-02-29 2024-03-01 2023-12-31" {
		t.Error(got)
	}
	if got := calendar.NewDate(2026, time.April, 31); got != date(t, "2026-05-01") {
		t.Errorf("31 April is %s", got)
	}
	if d.Weekday() != time.Wednesday || date(t, "1969-12-28").Weekday() != time.Sunday {
		t.Error("wrong weekday")
	}
	e := date(t, "2024-03-01")
	if !d.Before(e) || d.After(e) || !e.After(d) || d.Before(d) || d.Compare(d) != 0 || e.Compare(date(t, "2023-12-31")) != 1 {
		t.Error("wrong order")
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	var none calendar.Date
	if !none.IsZero() || none.String() != "" || !none.AddDays(3).IsZero() || !none.Start().IsZero() || !none.End().IsZero() {
		t.Error("none does not stay none")
	}
	if !calendar.DateOf(time.Time{}).IsZero() {
		t.Error("the zero time has a date")
	}
	if v, err := none.Value(); v != nil || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-2-12", "2026-02-30", "2025-02-29", "2026/02/12", "2026-02-12T00:00:00Z", " 2026-02-12", "２０２６-02-12", "10000-01-01"} {
		if d, err := calendar.ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
	}
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	type row struct {
		On   calendar.Date `json:"on"`
		None calendar.Date `json:"none"`
		Omit calendar.Date `json:"omit,omitzero"`
	}
	in := row{On: date(t, "2026-02-28")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"on":"2026-02-28","none":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-29"}`), &out); err == nil {
		t.Error("29 February 2026 is accepted")
	}
}

func TestDateInSQL(t *testing.T) {
	t.Parallel()
	d := date(t, "2026-02-28")
	if v, err := d.Value(); v != "2026-02-28" || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
	for _, src := range []any{
		"2026-02-28", []byte("2026-02-28"),
		time.Date(2026, time.February, 28, 0, 0, 0, 0, time.UTC),
		time.Date(2026, time.February, 28, 0, 0, 0, 0, calendar.Zone),
	} {
		var got calendar.Date
		if err := got.Scan(src); err != nil || got != d {
			t.Errorf("Scan(%v) = %s, %v", src, got, err)
		}
	}
	got := d
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %s, %v", got, err)
	}
	for _, src := range []any{d.Start(), int64(20260228), "28.02.2026", []byte("x")} {
		got := d
		if err := got.Scan(src); err == nil || got != d {
			t.Errorf("Scan(%v) = %s, %v", src, got, err)
		}
	}
}
