package grievance

import (
	"slices"
	"strings"
	"time"
)

// FindingRule names an audit rule.
type FindingRule string

// The audit rules, as the engine has them.
const (
	FindOverdueAcceptance FindingRule = "overdue_acceptance"
	FindOverdueClosure    FindingRule = "overdue_closure"
	FindNoFirstContact    FindingRule = "no_first_contact"
	FindPassingTheBuck    FindingRule = "passing_the_buck"
	FindFalseClosure      FindingRule = "false_closure"
	FindRepeatPetition    FindingRule = "repeat_petition"
	FindTwoLevelsUp       FindingRule = "petition_two_levels_up"
	FindGroup             FindingRule = "group_after_neglect"
	FindRubberStamp       FindingRule = "rubber_stamp"
	FindExtension         FindingRule = "late_or_repeated_extension"
	FindSuspension        FindingRule = "suspension_abuse"
	FindOrder             FindingRule = "order_unanswered"
	FindMisconduct        FindingRule = "leak_or_retaliation"
)

// FindingRules lists them in their order.
var FindingRules = []FindingRule{
	FindOverdueAcceptance, FindOverdueClosure, FindNoFirstContact, FindPassingTheBuck, FindFalseClosure, FindRepeatPetition,
	FindTwoLevelsUp, FindGroup, FindRubberStamp, FindExtension, FindSuspension, FindOrder, FindMisconduct,
}

// findingTitles are what the rules find, as people say it.
var findingTitles = map[FindingRule]string{
	FindOverdueAcceptance: "逾期受理",
	FindOverdueClosure:    "逾期办结",
	FindNoFirstContact:    "未按时首次联系",
	FindPassingTheBuck:    "推诿扯皮",
	FindFalseClosure:      "虚假办结",
	FindRepeatPetition:    "重复信访",
	FindTwoLevelsUp:       "逾期未办致越级走访",
	FindGroup:             "处置不力致集体访",
	FindRubberStamp:       "签批走过场",
	FindExtension:         "临期或多次延期",
	FindSuspension:        "滥用中止",
	FindOrder:             "督办逾期未复",
	FindMisconduct:        "泄露信息或打击报复",
}

// Title says what a finding of the rule is about; "" for an unknown rule.
func (r FindingRule) Title() string { return findingTitles[r] }

// Signatures that one leader gave within SignedTogether count as given together;
// more than SignedInBulk of them cannot have been read: each had less than
// eighteen seconds.
const (
	SignedTogether = 3 * time.Minute
	SignedInBulk   = 10
)

// Dossier is what an audit rule may look at: the case that something new has
// happened in, others of the same petitioner, and what who signed it signed
// about the same time.
type Dossier struct {
	Case    *Record
	Related []*Record
	Beside  []SignedAt // the case's own signatures among them
	Book    *Book
}

// SignedAt is a leader's signature, of whatever case.
type SignedAt struct {
	CaseID CaseID
	N      int
	By     UserID    `gorm:"column:decided_by"`
	At     time.Time `gorm:"column:decided_at"`
	Seen   int64     `gorm:"column:seen_seq"` // the event before the one by which it was signed
}

// Ref names the event by which it was signed.
func (s SignedAt) Ref() EventRef { return EventRef{s.CaseID, s.Seen + 1} }

// Charge is what an audit rule holds against a unit. Subject tells several of one
// rule in one case apart: a clock, a round, a sign-off, another case. AboutAt is
// the instant at which it showed.
type Charge struct {
	Rule     FindingRule
	CaseID   CaseID
	Subject  string
	Unit     UnitID
	AboutAt  time.Time
	Evidence []EventRef
}

// Pair is two cases of one petitioner, of which one was received before the other.
type Pair struct{ Earlier, Later *Record }

// Pairs gives the case together with each of the related. Accusations are left
// out: that a petitioner accuses somebody is nothing to tell the unit that
// handles another matter of theirs.
func (d Dossier) Pairs() (pairs []Pair) {
	if d.Case.Nature == Accusation {
		return nil
	}
	for _, r := range d.Related {
		switch {
		case r.Nature == Accusation:
		case r.Before(d.Case):
			pairs = append(pairs, Pair{r, d.Case})
		default:
			pairs = append(pairs, Pair{d.Case, r})
		}
	}
	return pairs
}

// Next reports whether nothing of the same category was brought between the two
// cases of a pair: what is repeated is repeated of the last.
func (d Dossier) Next(p Pair) bool {
	return !slices.ContainsFunc(d.Related, func(r *Record) bool {
		between := p.Earlier.Before(r) && r.Before(p.Later)
		return between && r.Category == p.Later.Category && r.Nature != Accusation
	})
}

// Judges reports whether the dossier holds all that a finding of a rule rests on:
// of a finding about two cases both, of any other its case.
func (d Dossier) Judges(f *Finding) bool {
	other, ok := f.OtherCase()
	if !ok {
		return f.CaseID == d.Case.CaseID
	}
	has := func(id CaseID) bool {
		return id == d.Case.CaseID || slices.ContainsFunc(d.Related, func(r *Record) bool { return r.CaseID == id })
	}
	return f.CaseID == d.Case.CaseID && has(other) || other == d.Case.CaseID && has(f.CaseID)
}

// OtherCase gives the case that a finding holds against its own, false for a finding
// about one case alone.
func (f *Finding) OtherCase() (CaseID, bool) {
	other, err := ParseID[Case](f.Subject)
	return other, err == nil && f.Rule.pairs()
}

// pairs reports whether the rule holds two cases against each other.
func (r FindingRule) pairs() bool {
	return r == FindRepeatPetition || r == FindTwoLevelsUp || r == FindGroup
}

// LastRise gives the escalation by the last rung of a clock's ladder, nil where it
// has not come so far: three working days after it was due, or what a short
// ladder has instead.
func (b *Book) LastRise(r *Record, k *ClockTold) *Told {
	for i := range k.Rises {
		e := k.Rises[i].Facts.Escalation
		if e != nil && b.lastRung(r.Profile, k.Rises[i].Facts.Clock.Rung, e.Level) {
			return &k.Rises[i]
		}
	}
	return nil
}

// lastRung reports whether a rung is the last of one of a profile's ladders, by
// its number and the level that it reaches.
func (b *Book) lastRung(profile string, n, level int) bool {
	p := b.Profiles[profile]
	if p == nil {
		return level == MaxLevel
	}
	for _, ladder := range p.Ladders {
		if n == len(ladder) && ladder[n-1].Level == level {
			return true
		}
	}
	return false
}

// LevelsAbove tells how many levels of the administration a unit stands above
// another that lies in its own area, or in that of the government whose
// department it is; 0 or less where it does not.
func (b *Book) LevelsAbove(upper, lower UnitID) int {
	u, l := b.Unit(upper), b.Unit(lower)
	if u == nil || l == nil {
		return 0
	}
	area := u
	if top := b.Unit(u.ParentID); u.Kind == "department" && top != nil {
		area = top
	}
	if !strings.HasPrefix(l.Path, area.Path) {
		return 0
	}
	return slices.Index(Levels, l.Level) - slices.Index(Levels, u.Level)
}
