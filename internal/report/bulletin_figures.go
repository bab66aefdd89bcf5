package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FigureName names a figure of a bulletin. Figures of a family are told apart by
// what follows the point: "breached.handling".
type FigureName string

// The figures. Each counts events about the period, but for the families of
// findings and measures.
const (
	FigRegistered FigureName = "registered"
	FigClosed     FigureName = "closed"     // answered on the spot, and closed in another system, included
	FigOnTime     FigureName = "on_time"    // closings whose handling was in time
	FigExtended   FigureName = "extended"   // 延期
	FigSuspended  FigureName = "suspended"  // 中止
	FigDisputed   FigureName = "disputed"   // by the petitioner
	FigRehandled  FigureName = "rehandled"  // a second or later round was opened
	FigObjections FigureName = "objections" // 退单
)

// The families of figures.
const (
	famBreached = "breached." // by kind of clock; for the unit that owed
	famAsked    = "asked."    // rounds in which the question was answered yes or no
	famYes      = "yes."      // those of them in which the answer was yes
	famFindings = "findings." // by rule, about something in the period
	famUpheld   = "upheld."   // those of them with a measure that stands
	famMeasures = "measures." // by kind, decided in the period and not reversed
)

// Questions are those of the three rates: contacted, resolved, satisfied.
var Questions = []string{"contacted", "resolved", "satisfied"}

var plainFigures = []FigureName{
	FigRegistered, FigClosed, FigOnTime, FigExtended, FigSuspended, FigDisputed, FigRehandled, FigObjections,
}

// FigBreached names the breaches of a kind of clock.
func FigBreached(kind grievance.ClockKind) FigureName { return FigureName(famBreached + string(kind)) }

// FigAsked and FigYes name the two figures of a rate.
func FigAsked(question string) FigureName { return FigureName(famAsked + question) }

// FigYes is the numerator of a rate.
func FigYes(question string) FigureName { return FigureName(famYes + question) }

// FigFindings names the findings of a rule, FigUpheld those that were upheld.
func FigFindings(rule grievance.FindingRule) FigureName {
	return FigureName(famFindings + string(rule))
}

// FigUpheld names the findings of a rule that were upheld.
func FigUpheld(rule grievance.FindingRule) FigureName { return FigureName(famUpheld + string(rule)) }

// FigMeasures names the measures of a kind.
func FigMeasures(kind grievance.MeasureKind) FigureName {
	return FigureName(famMeasures + string(kind))
}

// everyFigure lists the figures that each bulletin has, so that a zero is told
// too. Findings of rules are there where there are any.
var everyFigure = func() []FigureName {
	all := slices.Clone(plainFigures)
	for _, k := range grievance.ClockKinds {
		all = append(all, FigBreached(k))
	}
	for _, q := range Questions {
		all = append(all, FigAsked(q), FigYes(q))
	}
	for _, k := range grievance.MeasureKinds {
		all = append(all, FigMeasures(k))
	}
	return all
}()

// In reports whether the figure is of a family, and which of it.
func (n FigureName) in(family string) (which string, ok bool) {
	return strings.CutPrefix(string(n), family)
}

// order puts the figures that each bulletin has first, then the others by name.
func (n FigureName) order(o FigureName) int {
	place := func(x FigureName) int {
		if i := slices.Index(everyFigure, x); i >= 0 {
			return i
		}
		return len(everyFigure)
	}
	return cmp.Or(cmp.Compare(place(n), place(o)), cmp.Compare(n, o))
}
