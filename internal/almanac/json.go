package almanac

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/huiyin/huiyin/internal/calendar"
)

// yearFile is the project's own form: the arrangement of one year.
type yearFile struct {
	Year   *int                  `json:"year"`
	Source string                `json:"source"`
	Days   []dayEntry            `json:"days"`
	Hours  *calendar.OfficeHours `json:"hours"`
}

// dayEntry is one day; a field that is left out is nil, so that nobody works on
// a holiday because off was forgotten.
type dayEntry struct {
	Date    *calendar.Date `json:"date"`
	Off     *bool          `json:"off"`
	Holiday *string        `json:"holiday"`
}

func readJSON(text []byte) (File, error) {
	var in yearFile
	if err := json.Unmarshal(text, &in, json.RejectUnknownMembers(true)); err != nil {
		return File{}, atLine(text, err)
	}
	switch {
	case in.Year == nil:
		return File{}, errors.New("文件没有写明年份（year）")
	case len(in.Days) == 0 && in.Hours == nil:
		return File{}, errors.New("文件没有日期（days）")
	}
	out := File{Source: in.Source, Hours: in.Hours}
	for i, d := range in.Days {
		if d.Date == nil || d.Date.IsZero() || d.Off == nil || d.Holiday == nil {
			return File{}, fmt.Errorf("第 %d 个日期（days）缺少 date、off 或 holiday", i+1)
		}
		out.Days = append(out.Days, calendar.Arrangement{Date: *d.Date, Off: *d.Off, Holiday: *d.Holiday, Year: *in.Year})
	}
	return out, nil
}

// atLine says what an error of the JSON reader means, on which line of the text
// it is and in which member.
func atLine(text []byte, err error) error {
	offset, place := int64(len(text)), jsontext.Pointer("")
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		offset, place = e.ByteOffset, e.JSONPointer
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset, place = e.ByteOffset, e.JSONPointer
	}
	line := 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
	where := fmt.Sprintf("第 %d 行", line)
	if place != "" {
		where += "（" + string(place) + "）"
	}
	return fmt.Errorf("%s%s", where, meaning(err))
}

func meaning(err error) string {
	_, misfit := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return "：没有这一项，请检查拼写"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "：同一项写了两次"
	case misfit:
		return "：写法不对，日期写作 \"2027-01-01\"，off 写作 true 或 false，办公时间写作 \"09:00-12:00\""
	}
	return "起不是 JSON，或内容不完整"
}
