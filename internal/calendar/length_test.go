package calendar_test

import (
	"encoding/json"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

func TestLength(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text           string
		want           calendar.Length
		byDay, shorter bool
	}{
		{"15d", calendar.Length{N: 15, Unit: calendar.Day}, true, false},
		{"7wd", calendar.Length{N: 7, Unit: calendar.WorkingDay}, true, false},
		{"24h", calendar.Length{N: 24, Unit: calendar.Hour}, false, false},
		{"23h", calendar.Length{N: 23, Unit: calendar.Hour}, false, true},
		{"90m", calendar.Length{N: 90, Unit: calendar.Minute}, false, true},
		{"1439m", calendar.Length{N: 1439, Unit: calendar.Minute}, false, true},
		{"1440m", calendar.Length{N: 1440, Unit: calendar.Minute}, false, false},
		{"30wm", calendar.Length{N: 30, Unit: calendar.WorkingMinute}, false, true},
		{"2wh", calendar.Length{N: 2, Unit: calendar.WorkingHour}, false, true},
		{"100000d", calendar.Length{N: calendar.MaxLength, Unit: calendar.Day}, true, false},
	}
	for _, tt := range tests {
		got, err := calendar.ParseLength(tt.text)
		if err != nil || got != tt.want || got.String() != tt.text {
			t.Errorf("ParseLength(%q) = %+v (%s), %v", tt.text, got, got, err)
		}
		if got.ByDay() != tt.byDay || got.ShorterThanDay() != tt.shorter || !got.Valid() {
			t.Errorf("%s: by day %t, shorter than a day %t", got, got.ByDay(), got.ShorterThanDay())
		}
	}
}

func TestParseLengthRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "d", "15", "0d", "-1d", "+1d", "015d", "15 d", "15D", "1.5h", "15dw", "7wdd", "1w", "1y", "100001d", "99999999999999999999d", "15d "} {
		if l, err := calendar.ParseLength(s); err == nil {
			t.Errorf("ParseLength(%q) = %+v", s, l)
		}
	}
}

func TestLengthInJSON(t *testing.T) {
	t.Parallel()
	type row struct{ Length, None calendar.Length }
	in := row{Length: calendar.Length{N: 30, Unit: calendar.WorkingMinute}}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"Length":"30wm","None":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"Length":"30"}`), &out); err == nil {
		t.Error("a length without a unit is accepted")
	}
	if _, err := json.Marshal(calendar.Length{N: 3, Unit: "week"}); err == nil {
		t.Error("a length of an unknown unit is written")
	}
}

func TestLengthInSQL(t *testing.T) {
	t.Parallel()
	week := calendar.Length{N: 7, Unit: calendar.WorkingDay}
	for want, l := range map[string]calendar.Length{"7wd": week, "": {}} {
		if v, err := l.Value(); v != want || err != nil {
			t.Errorf("Value of %q = %v, %v", want, v, err)
		}
		for _, src := range []any{want, []byte(want)} {
			got := calendar.Length{N: 1, Unit: calendar.Day}
			if err := got.Scan(src); err != nil || got != l {
				t.Errorf("Scan(%q) = %s, %v", src, got, err)
			}
		}
	}
	got := week
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %s, %v", got, err)
	}
	for _, src := range []any{int64(7), "7", []byte("seven")} {
		got := week
		if err := got.Scan(src); err == nil || got != week {
			t.Errorf("Scan(%v) = %s, %v", src, got, err)
		}
	}
	if v, err := (calendar.Length{N: 7, Unit: "week"}).Value(); err == nil {
		t.Errorf("a length of an unknown unit is stored as %v", v)
	}
}
