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
		return File{}, errors.New("almanac: the file does not say its year")
	case len(in.Days) == 0 && in.Hours == nil:
		return File{}, errors.New("almanac: the file names no days")
	}
	out := File{Source: in.Source, Hours: in.Hours}
	for i, d := range in.Days {
		if d.Date == nil || d.Date.IsZero() || d.Off == nil || d.Holiday == nil {
			return File{}, fmt.Errorf("almanac: day %d of the file lacks its date, off or holiday", i+1)
		}
		out.Days = append(out.Days, calendar.Arrangement{Date: *d.Date, Off: *d.Off, Holiday: *d.Holiday, Year: *in.Year})
	}
	return out, nil
}

// atLine says on which line of the text an error of the JSON reader is.
func atLine(text []byte, err error) error {
	offset := int64(-1)
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		offset = e.ByteOffset
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = e.ByteOffset
	}
	if offset < 0 || offset > int64(len(text)) {
		return fmt.Errorf("almanac: %w", err)
	}
	return fmt.Errorf("almanac: line %d: %w", 1+bytes.Count(text[:offset], []byte("\n")), err)
}
