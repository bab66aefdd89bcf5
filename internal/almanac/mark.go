package almanac

import (
	"errors"
	"regexp"
	"strings"
)

// mark is what the summary of an event says of its days.
type mark int

const (
	unmarked mark = iota
	dayOff
	workday
)

// The names that stand where an event has a mark and no holiday.
const (
	someHoliday = "节假日"
	someMakeUp  = "调休"
)

const (
	offWords  = `休|休息|休息日|休假|放假|放假调休|假期|假日`
	workWords = `班|上班|补班|补班日|调班|补上班|调休上班|调休补班|补班（调休）`
	opens     = `[（(\[【「]`
	closes    = `[）)\]】」]`
	between   = `[\s·・|｜:：,，\-—–]`
)

// The ways in which publishers write it: 国庆节（休）, 国庆节 休, 国庆节补班,
// 【班】国庆节, 班. A single character counts only where it stands apart, or
// 退休 would be a day off.
var (
	numbering = regexp.MustCompile(`\s*` + opens + `?第?\d+天?\s*[/／]\s*共?\d+天?` + closes + `?$`)
	alone     = regexp.MustCompile(`^` + opens + `?(` + offWords + `|` + workWords + `|调休)` + closes + `?$`)
	bracketed = regexp.MustCompile(`^(.+?)` + between + `*` + opens + `\s*(` + offWords + `|` + workWords + `|调休)\s*` + closes + `$`)
	apart     = regexp.MustCompile(`^(.+?)` + between + `+(` + offWords + `|` + workWords + `|调休)$`)
	attached  = regexp.MustCompile(`^(.+?)(放假|休假|假期|补班|上班)$`)
	leading   = regexp.MustCompile(`^` + opens + `\s*(` + offWords + `|` + workWords + `|调休)\s*` + closes + between + `*(.+)$`)
	isWork    = regexp.MustCompile(`^(` + workWords + `)$`)
)

var errAmbiguous = errors.New("单写“调休”分不清放假还是上班，须写明“休”或“班”")

// readSummary gives the mark and the holiday that a summary names; without a
// mark, the holiday is the summary itself.
func readSummary(summary string) (m mark, holiday string, err error) {
	s := strings.TrimSpace(numbering.ReplaceAllString(strings.TrimSpace(summary), ""))
	word := ""
	if found := alone.FindStringSubmatch(s); found != nil {
		word = found[1]
	} else if found := leading.FindStringSubmatch(s); found != nil {
		word, holiday = found[1], found[2]
	} else {
		for _, form := range []*regexp.Regexp{bracketed, apart, attached} {
			if found := form.FindStringSubmatch(s); found != nil {
				holiday, word = found[1], found[2]
				break
			}
		}
	}
	switch {
	case word == "":
		return unmarked, s, nil
	case word == "调休":
		return unmarked, holiday, errAmbiguous
	case isWork.MatchString(word):
		return workday, named(holiday, someMakeUp), nil
	}
	return dayOff, named(holiday, someHoliday), nil
}

func named(holiday, otherwise string) string {
	if holiday = strings.TrimSpace(holiday); holiday == "" {
		return otherwise
	}
	return holiday
}
