package grievance

import (
	"fmt"
	"slices"
	"time"
)

// Explaining is the unit's explanation of a finding.
type Explaining struct{ Words string }

// Explain gives the unit's explanation: by a leader or a clerk of the unit that
// the finding is held against, or of the one that does its work today; where it
// has neither, by whoever is on duty for it. Once; late it is taken too, and
// marked. Conflict when it was explained or decided already.
func (f *Finding) Explain(m Moment, in Explaining) error {
	by, ok := m.Book.SpeaksFor(m.By, f.UnitID, m.Now)
	if !ok {
		return errNotPermittedFinding
	}
	if err := f.Advance(m); err != nil {
		return err
	}
	if f.State != FindingOpened {
		return errFindingState
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	now := m.Now
	f.State, f.ExplainedAt, f.ExplainedBy, f.NextAt = FindingExplained, &now, m.By.UserID, nil
	facts := f.facts()
	facts.Late, facts.Texts = f.ExplanationLate, f.write(m, TextExplanation, in.Words)
	return f.record(m, by, EvFindingExplained, m.Now, facts)
}

var (
	errNotPermittedFinding = Refuse(Forbidden, "finding.not_permitted", "您的岗位不能对该问题线索进行此操作")
	errFindingState        = Refuse(Conflict, "finding.state", "问题线索当前状态不允许此操作")
)

// DismissReasons lists the reasons for which a finding is dismissed: the facts do
// not bear it, the delay was lawful, the matter was not the unit's to do, the
// record was wrong.
var DismissReasons = []Reason{"not_founded", "lawful_cause", "not_its_duty", "wrongly_recorded"}

// FindingDecision is how a supervisor decides a finding: dismissed with a reason,
// or with measures.
type FindingDecision struct {
	Dismiss  Reason
	Measures []Measuring
	Words    string
}

// Measuring is a measure that is to be decided: about a person who stands in one
// of the traces, or about a unit in one.
type Measuring struct {
	Kind     MeasureKind
	User     UserID
	Unit     UnitID
	Articles Articles
}

// Decide decides a finding: by a supervisor of a superior unit who stands in
// neither trace, and whose own matter the case is not; where none such is in
// office, by an inspector there. The unit must have explained it, or let its time
// pass. Forbidden for anybody else; Conflict when it is decided already.
func (f *Finding) Decide(m Moment, t Trace, in FindingDecision) error {
	by, err := f.judge(m, f.UnitID, t)
	if err != nil {
		return err
	}
	if err := f.Advance(m); err != nil {
		return err
	}
	if f.State == FindingOpened && !f.ExplanationLate {
		return Refuse(Conflict, "finding.not_explained", "该单位的说明期限未满，尚不能作出决定")
	}
	if f.State != FindingOpened && f.State != FindingExplained {
		return errFindingState
	}
	if err := in.validate(m, by, t); err != nil {
		return err
	}
	now := m.Now
	f.State, f.DecidedAt, f.DecidedBy, f.DecidedUnitID, f.NextAt = FindingDecided, &now, m.By.UserID, by.UnitID, nil
	f.Result, f.Reason, f.changes.Barred = ResultDismissed, in.Dismiss, []UserID{m.By.UserID}
	if in.Dismiss == "" {
		f.measure(m, by, in.Measures)
	}
	facts := f.facts()
	facts.Result, facts.Reason, facts.Texts = f.Result, f.Reason, f.write(m, TextFinding, in.Words)
	for _, x := range f.measures {
		facts.Measures = append(facts.Measures, x.fact())
	}
	if err := f.record(m, by, EvFindingDecided, m.Now, facts); err != nil || in.Dismiss == "" {
		return err
	}
	return f.end(m, by, m.Now) // nobody can appeal against what was not held against them
}

// measure decides measures, and until when they may be appealed against.
func (f *Finding) measure(m Moment, by Post, list []Measuring) {
	f.Result = ResultMeasures
	due := m.Book.Calendar.Due(m.Now, appealWithin, true)
	f.AppealDueAt, f.NextAt = &due.At, &due.At
	for i, in := range list {
		x := &Measure{
			FindingID: f.ID, N: i + 1, Kind: in.Kind, Articles: in.Articles, UserID: in.User, UnitID: in.Unit,
			DecidedAt: m.Now, DecidedBy: m.By.UserID,
		}
		if x.UnitID.IsZero() {
			x.UnitID = f.UnitID
		}
		if u := m.Book.Unit(x.UnitID); u != nil {
			x.UnitPath = u.Path
		}
		f.measures = append(f.measures, x)
	}
	f.changes.Measures = f.measures
}

func (in FindingDecision) validate(m Moment, by Post, t Trace) error {
	var f faults
	f.check((in.Dismiss == "") == (len(in.Measures) > 0), "", "finding.either", "须选择不予追究的原因，或者至少一项处理措施，二者择一")
	f.check(in.Dismiss == "" || slices.Contains(DismissReasons, in.Dismiss), "/dismiss", "reason.unknown", "请选择不予追究的原因")
	for i, x := range in.Measures {
		x.validate(m, by, t, fmt.Sprintf("/measures/%d", i), &f)
	}
	f.checkText(in.Words, "/words", MaxText, true)
	return f.err()
}

func (in Measuring) validate(m Moment, by Post, t Trace, at string, f *faults) {
	f.check(slices.Contains(MeasureKinds, in.Kind), at+"/kind", "measure.kind", "请选择处理措施")
	f.check(in.Articles.liable(), at+"/articles", "measure.articles", "处理措施须写明依据的条例条款（第四十二条至第四十六条）")
	f.check(!in.User.IsZero() || !in.Unit.IsZero(), at, "measure.nobody", "处理措施须写明人员或单位")
	f.check(in.User.IsZero() || t.Names(in.User), at+"/user_id", "measure.not_in_trace", "只能处理两条线倒查出的责任人员")
	unit, above := m.Book.Unit(in.Unit), m.Book.Unit(by.UnitID)
	below := unit != nil && above != nil && unit.ID != above.ID && unit.Within(above)
	f.check(in.Unit.IsZero() || below, at+"/unit_id", "measure.not_below", "只能处理下级单位")
}

// judge is the post in which the actor may decide about a unit: as a supervisor of
// one strictly above it; as an inspector of one where no supervisor is left who
// stands outside the traces.
func (f *Finding) judge(m Moment, unit UnitID, t Trace, but ...UserID) (Post, error) {
	who := m.By.UserID
	for _, role := range []Role{RoleSupervisor, RoleInspector} {
		by, ok := strictlyAbove(m, unit, role)
		switch {
		case ok && (slices.Contains(but, who) || t.Before(f.AboutAt).Names(who)):
			return Post{}, f.partial(m, unit, t, but)
		case ok && t.Petitioner == who && !who.IsZero():
			return Post{}, Refuse(Forbidden, "finding.own_matter", "不能决定与本人有关的问题线索")
		case ok:
			return by, nil
		}
		if f.anyFree(m, unit, role, t, but) {
			break // those above decide, before the next role does
		}
	}
	return Post{}, errNotPermittedFinding
}

// partial refuses who stands in a trace; where that is so of all who could decide,
// it says that somebody else has to be appointed.
func (f *Finding) partial(m Moment, unit UnitID, t Trace, but []UserID) error {
	if f.anyFree(m, unit, RoleSupervisor, t, but) || f.anyFree(m, unit, RoleInspector, t, but) {
		return Refuse(Forbidden, "finding.in_trace", "您在该问题的责任链条中，或已作出过决定，须由其他上级人员决定")
	}
	return Refuse(Forbidden, "finding.nobody", "上级督查、纪检人员均在该问题的责任链条中，须另行任命人员后决定")
}

// anyFree reports whether somebody holds a role above a unit who may decide.
func (f *Finding) anyFree(m Moment, unit UnitID, role Role, t Trace, but []UserID) bool {
	led := t.Before(f.AboutAt)
	free := func(who UserID) bool { return !slices.Contains(but, who) && !led.Names(who) && t.Petitioner != who }
	return slices.ContainsFunc(m.Book.holdersAbove(unit, role, m.Now), func(turn []UserID) bool { return slices.ContainsFunc(turn, free) })
}

// Appealing says what is wrong with a decision.
type Appealing struct{ Words string }

// Appeal appeals against measures, once, within its time: for the unit, or by a
// person whom one of them is about. Conflict when there is nothing to appeal
// against, or no longer.
func (f *Finding) Appeal(m Moment, in Appealing) error {
	by, ok := m.Book.SpeaksFor(m.By, f.UnitID, m.Now)
	if !ok {
		by, ok = f.measured(m)
	}
	if !ok {
		return errNotPermittedFinding
	}
	if f.AppealDueAt != nil && !m.Now.Before(*f.AppealDueAt) && f.AppealedAt == nil {
		return Refuse(Conflict, "finding.appeal_too_late", "申诉期限已过")
	}
	if f.State != FindingDecided {
		return errFindingState
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	now := m.Now
	f.State, f.AppealedAt, f.AppealedBy, f.NextAt = FindingAppealed, &now, m.By.UserID, nil
	facts := f.facts()
	facts.Texts = f.write(m, TextAppeal, in.Words)
	return f.record(m, by, EvFindingAppealed, m.Now, facts)
}

// measured gives a post of the actor's where a measure is about the actor; a
// person who holds none any more is heard all the same.
func (f *Finding) measured(m Moment) (by Post, ok bool) {
	for _, x := range f.measures {
		if !x.UserID.IsZero() && x.UserID == m.By.UserID {
			if len(m.By.Posts) > 0 {
				by = m.By.Posts[0]
			}
			return by, true
		}
	}
	return by, false
}

// AppealDecision is how an appeal is decided: Reverse are the numbers of the
// measures that are taken back; none upholds the decision.
type AppealDecision struct {
	Reverse []int
	Words   string
}

// DecideAppeal decides an appeal and closes the finding: by somebody above the unit
// whose supervisor decided first; where nobody is, by an inspector or another
// supervisor of that unit. The rules of Decide hold for who it may be.
func (f *Finding) DecideAppeal(m Moment, t Trace, in AppealDecision) error {
	by, err := f.appealJudge(m, t)
	if err != nil {
		return err
	}
	if f.State != FindingAppealed {
		return errFindingState
	}
	var wrong faults
	for i, n := range in.Reverse {
		known := slices.ContainsFunc(f.measures, func(x *Measure) bool { return x.N == n })
		wrong.check(known, fmt.Sprintf("/reverse/%d", i), "measure.unknown", "没有这项处理措施")
	}
	wrong.checkText(in.Words, "/words", MaxText, true)
	if err := wrong.err(); err != nil {
		return err
	}
	f.reverse(m.Now, in.Reverse)
	facts := f.facts()
	facts.Result, facts.Reversed, facts.Upheld = f.Result, in.Reverse, len(in.Reverse) == 0
	facts.Texts = f.write(m, TextAppealDecided, in.Words)
	if err := f.record(m, by, EvAppealDecided, m.Now, facts); err != nil {
		return err
	}
	return f.end(m, by, m.Now)
}

// reverse takes measures back. A finding none of whose measures stands is dismissed.
func (f *Finding) reverse(now time.Time, numbers []int) {
	standing := 0
	for _, x := range f.measures {
		if slices.Contains(numbers, x.N) {
			x.ReversedAt = &now
			f.changes.Measures = append(f.changes.Measures, x)
		}
		if x.ReversedAt == nil {
			standing++
		}
	}
	if standing == 0 {
		f.Result = ResultDismissed
	}
}

func (f *Finding) appealJudge(m Moment, t Trace) (Post, error) {
	by, err := f.judge(m, f.DecidedUnitID, t, f.DecidedBy)
	if err == nil || CodeOf(err) != errNotPermittedFinding.Code {
		return by, err
	}
	for _, role := range []Role{RoleSupervisor, RoleInspector} {
		if f.anyFree(m, f.DecidedUnitID, role, t, []UserID{f.DecidedBy}) {
			return Post{}, errNotPermittedFinding
		}
	}
	by, ok := m.By.PostAt(f.DecidedUnitID, RoleInspector, RoleSupervisor)
	free := m.By.UserID != f.DecidedBy && !t.Before(f.AboutAt).Names(m.By.UserID) && t.Petitioner != m.By.UserID
	if !ok || !free {
		return Post{}, errNotPermittedFinding
	}
	return by, nil
}
