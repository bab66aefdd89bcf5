package notice

import (
	"fmt"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// date writes a date as documents do: 2026年11月27日. No date is "".
func date(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

// moment writes an instant by the clocks of Beijing: 2026年11月27日10时05分.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return date(calendar.DateOf(t)) + t.In(calendar.Zone).Format("15时04分")
}

// days writes a length by day: 30日, 5个工作日.
func days(l calendar.Length) string {
	if l.Unit == calendar.WorkingDay {
		return fmt.Sprintf("%d个工作日", l.N)
	}
	return fmt.Sprintf("%d日", l.N)
}

var digits = strings.Split("零一二三四五六七八九", "")

// numeral writes a number from 1 to 99 as articles of law are numbered: 二十二.
func numeral(n int) string {
	tens, ones := "", ""
	if n >= 10 {
		tens = "十"
	}
	if n >= 20 {
		tens = digits[n/10] + tens
	}
	if n%10 > 0 {
		ones = digits[n%10]
	}
	return tens + ones
}
