package grievance

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The events of co-handling (协办).
const (
	EvCoHandlerAsked    EventKind = "co_handler_asked"
	EvCoHandlerAnswered EventKind = "co_handler_answered"
	EvCoHandlerReleased EventKind = "co_handler_released"
)

// CoHandlerFact is what an event says of a co-handling unit.
type CoHandlerFact struct {
	N    int    `json:"n"`
	Unit UnitID `json:"unit"`
}

// CoHandlerState says how far a co-handling unit has come.
type CoHandlerState string

// The states of a co-handling unit. What it was asked lapses with the round.
const (
	CoHandlerAsked    CoHandlerState = "asked"
	CoHandlerAnswered CoHandlerState = "answered"
	CoHandlerReleased CoHandlerState = "released"
	CoHandlerLapsed   CoHandlerState = "lapsed"
)

// CoHandler is a unit that was asked to help (协办): it answers to the lead unit,
// in writing, within its own time.
type CoHandler struct {
	ID         CoHandlerID
	CaseID     CaseID
	N          int
	Round      int
	UnitID     UnitID
	State      CoHandlerState
	AskedBy    UserID
	AskedAt    time.Time
	AnsweredBy UserID
	AnsweredAt *time.Time
	ReleasedBy UserID
	ReleasedAt *time.Time
}

func (h *CoHandler) fact() *CoHandlerFact { return &CoHandlerFact{N: h.N, Unit: h.UnitID} }

// worker is a handler or a clerk of the co-handling unit, or who is on duty for it.
func (h *CoHandler) worker(m Moment) (Post, bool) {
	if by, ok := m.By.PostAt(h.UnitID, RoleHandler); ok {
		return by, true
	}
	return deskClerk(m, h.UnitID, RoleClerk)
}

// CoHandlers gives the co-handling units of the case that were loaded or made.
func (c *Case) CoHandlers() []*CoHandler { return c.coHandlers }

func (c *Case) coHandler(number int) *CoHandler {
	for _, h := range c.coHandlers {
		if h.N == number {
			return h
		}
	}
	return nil
}

// asked gives those that have not answered yet.
func (c *Case) asked() (list []*CoHandler) {
	for _, h := range c.coHandlers {
		if h.State == CoHandlerAsked {
			list = append(list, h)
		}
	}
	return list
}

// coHandling is somebody who works in a unit that was asked to help and has not
// answered yet.
func coHandling(c *Case, m Moment) (Post, bool) {
	for _, h := range c.asked() {
		if by, ok := h.worker(m); ok {
			return by, true
		}
	}
	return Post{}, false
}

// MaxCoHandlingDays is how many working days a unit is given at most to help.
const MaxCoHandlingDays = 30

// CoHandlingRequest asks a unit to help. Days counts working days, 0 for what the
// profile says.
type CoHandlingRequest struct {
	Unit  UnitID
	Days  int
	Words string
}

// AskCoHandler asks a unit to help (请求协办), by an instant of its own. Conflict
// while the same unit has still to answer, and where nobody works in it.
func (c *Case) AskCoHandler(m Moment, in CoHandlingRequest) error {
	by, err := c.permit(m, OpAskCoHandler)
	if err != nil {
		return err
	}
	unit, err := c.helper(m, in)
	if err != nil {
		return err
	}
	c.CoHandlerCount++
	c.OpenCoHandlers++
	h := &CoHandler{
		ID: m.Mint.ID(), CaseID: c.ID, N: c.CoHandlerCount, Round: c.Round, UnitID: unit.ID,
		State: CoHandlerAsked, AskedBy: m.By.UserID, AskedAt: m.Now,
	}
	c.coHandlers = append(c.coHandlers, h)
	c.changes.CoHandlers = once(c.changes.CoHandlers, h)
	c.joins(m, unit.ID, PartCoHandler)
	f := Facts{CoHandler: h.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	given := calendar.Length{N: in.Days, Unit: calendar.WorkingDay}
	f.Started = c.startFor(m, CoHandling, m.Now, unit.ID, strconv.Itoa(h.N), debtor{post: m.Book.workPost(unit.ID, m.Now)}, given)
	return c.record(m, by, EvCoHandlerAsked, f)
}

// helper finds the unit to be asked.
func (c *Case) helper(m Moment, in CoHandlingRequest) (*Unit, error) {
	unit := m.Book.Current(in.Unit)
	var f faults
	f.check(unit != nil, "/unit_id", "unit.unknown", "协办单位不存在")
	f.check(unit == nil || unit.ID != c.actingUnit(), "/unit_id", "unit.handles", "该单位就是承办单位，无需协办")
	f.check(in.Days >= 0 && in.Days <= MaxCoHandlingDays, "/working_days", "co_handler.days", fmt.Sprintf("协办时限须为 1 至 %d 个工作日", MaxCoHandlingDays))
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return nil, err
	}
	if m.Book.BarsUnit(unit.ID) {
		return nil, errBarred
	}
	if slices.ContainsFunc(c.asked(), func(h *CoHandler) bool { return h.UnitID == unit.ID }) {
		return nil, Refuse(Conflict, "co_handler.asked", "已请该单位协办，尚未答复")
	}
	if m.Book.workPost(unit.ID, m.Now).IsZero() {
		return nil, errUnstaffed
	}
	return unit, nil
}

// workPost is the post in a unit that work is put before where nobody is named:
// its handlers', else its desk's; none where nobody of its own is there.
func (b *Book) workPost(unit UnitID, t time.Time) Post {
	if p := (Post{UnitID: unit, Role: RoleHandler}); len(b.Holders(p, t)) > 0 {
		return p
	}
	if _, p, ok := b.DutyPerson(unit, t); ok && p.UnitID == unit {
		return Post{UnitID: unit, Role: RoleClerk}
	}
	return Post{}
}

// CoHandlerAnswer is what a co-handling unit has to say.
type CoHandlerAnswer struct{ Answer string }

// AnswerCoHandler answers in writing what the co-handling unit with that number
// was asked. Forbidden for who is not of that unit; Conflict when it was answered
// already or is asked no more.
func (c *Case) AnswerCoHandler(m Moment, number int, in CoHandlerAnswer) error {
	h, by, err := c.helping(m, OpAnswerCoHandler, number)
	if err != nil {
		return err
	}
	var f faults
	f.checkText(in.Answer, "/answer", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	now := m.Now
	h.AnsweredBy, h.AnsweredAt = m.By.UserID, &now
	return c.finish(m, by, h, EvCoHandlerAnswered, CoHandlerAnswered, textIn{TextCoHandling, in.Answer})
}

// CoHandlerRelease says why a unit is asked no more.
type CoHandlerRelease struct{ Words string }

// ReleaseCoHandler lets a unit go that was asked to help. Conflict when it was
// answered already or is asked no more.
func (c *Case) ReleaseCoHandler(m Moment, number int, in CoHandlerRelease) error {
	h, by, err := c.helping(m, OpReleaseCoHandler, number)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	now := m.Now
	h.ReleasedBy, h.ReleasedAt = m.By.UserID, &now
	return c.finish(m, by, h, EvCoHandlerReleased, CoHandlerReleased, textIn{TextReason, in.Words})
}

// helping finds a unit that is to help, and the post in which the actor answers
// for it or lets it go.
func (c *Case) helping(m Moment, op Operation, number int) (*CoHandler, Post, error) {
	if err := c.catchUp(m); err != nil {
		return nil, Post{}, err
	}
	h := c.coHandler(number)
	if h == nil {
		return nil, Post{}, ErrNotFound
	}
	by, ok := c.related(m, permissions[op].who)
	if op == OpAnswerCoHandler { // of this unit, not of another that helps too
		by, ok = h.worker(m)
	}
	if !ok {
		return nil, Post{}, errNotPermitted
	}
	if h.State != CoHandlerAsked {
		return nil, Post{}, Refuse(Conflict, "co_handler.over", "该协办已答复或已解除")
	}
	_, err := c.permit(m, op)
	return h, by, err
}

// finish notes that a unit has answered or was let go, and stops its clock.
func (c *Case) finish(m Moment, by Post, h *CoHandler, kind EventKind, state CoHandlerState, words textIn) error {
	if _, err := c.Advance(m); err != nil {
		return err
	}
	h.State = state
	c.OpenCoHandlers--
	c.changes.CoHandlers = once(c.changes.CoHandlers, h)
	stops := Met
	if state == CoHandlerReleased {
		stops = Cancelled
	}
	f := Facts{CoHandler: h.fact(), Texts: c.writeAll(m, false, words)}
	for _, k := range c.running(CoHandling) {
		if k.Subject == strconv.Itoa(h.N) {
			f.Stopped = append(f.Stopped, c.stopOne(k, stops, m.Now))
		}
	}
	return c.record(m, by, kind, f)
}

// lapseCoHandlers ends with the round what units were asked. Their clocks end with
// all others.
func (c *Case) lapseCoHandlers() {
	for _, h := range c.asked() {
		h.State = CoHandlerLapsed
		c.changes.CoHandlers = once(c.changes.CoHandlers, h)
	}
	c.OpenCoHandlers = 0
}

// succeedCoHandlers carries what units were asked over to those that do their
// work today, and tells whether anything moved.
func (c *Case) succeedCoHandlers(m Moment) (moved bool) {
	for _, h := range c.asked() {
		if unit, gone := successor(m.Book, h.UnitID); gone {
			h.UnitID, moved = unit, true
			c.joins(m, unit, PartCoHandler)
			c.changes.CoHandlers = once(c.changes.CoHandlers, h)
		}
	}
	return moved
}
