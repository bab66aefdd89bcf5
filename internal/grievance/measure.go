package grievance

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MeasureKind says what is done to who is held to account (追责).
type MeasureKind string

// The measures: 通报, 约谈, 诫勉, 处分.
const (
	MeasureBulletin     MeasureKind = "bulletin"
	MeasureTalk         MeasureKind = "talk"
	MeasureAdmonishment MeasureKind = "admonishment"
	MeasureDiscipline   MeasureKind = "discipline"
)

// MeasureKinds lists them, the mildest first.
var MeasureKinds = []MeasureKind{MeasureBulletin, MeasureTalk, MeasureAdmonishment, MeasureDiscipline}

// The articles on which a measure may rest: those on responsibility.
const (
	firstLiability = 42
	lastLiability  = 46
)

// Measure is one thing that was decided about a person or a unit on a finding.
// ReversedAt is when an appeal took it back.
type Measure struct {
	FindingID  FindingID
	N          int
	Kind       MeasureKind
	Articles   Articles
	UserID     UserID // zero for the unit's
	UnitID     UnitID // that it is about, or the person's that it is held against
	UnitPath   string
	DecidedAt  time.Time
	DecidedBy  UserID
	ReversedAt *time.Time
}

func (x *Measure) fact() MeasureFact { return MeasureFact{x.N, x.Kind, x.Articles, x.UserID, x.UnitID} }

// Articles are numbers of articles of the 信访工作条例.
type Articles []int

// String gives them as they are stored: "42,45".
func (a Articles) String() string {
	parts := make([]string, len(a))
	for i, n := range a {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ",")
}

// Value is what String gives.
func (a Articles) Value() (driver.Value, error) { return a.String(), nil }

// GormDataType says that articles are one text.
func (Articles) GormDataType() string { return "text" }

// Scan reads what String gives.
func (a *Articles) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("cannot read articles from %T", src)
	}
	*a = nil
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return fmt.Errorf("reading articles %q: %w", text, err)
		}
		*a = append(*a, n)
	}
	return nil
}

// liable reports whether the articles are some, and all of them on responsibility.
func (a Articles) liable() bool {
	for _, n := range a {
		if n < firstLiability || n > lastLiability {
			return false
		}
	}
	return len(a) > 0
}
