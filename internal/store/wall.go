package store

import (
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// WallItem is a post on the echo wall (民情回音墙), with its newest title and body
// and, once it is closed, the answer that was signed. No party is read for it.
type WallItem struct {
	grievance.Case
	nth    int // of those that were received at the same instant
	Title  string
	Body   string
	Answer string
}

// WallPosition is a place on the wall: behind the nth of the posts that were received
// at an instant. It goes to everybody, so it names no case.
type WallPosition struct {
	At  time.Time `json:"at"`
	Nth int       `json:"nth"`
}

// Position is where the post stands on the wall.
func (i *WallItem) Position() WallPosition { return WallPosition{i.ReceivedAt, i.nth} }

// onTheWall is the condition of grievance.Case.OnTheWall.
const onTheWall = `cases.channel = 'wall' AND cases.accepted_at IS NOT NULL AND cases.taken_down_at IS NULL
	AND cases.status NOT IN ('declined', 'withdrawn') AND cases.nature <> 'accusation' AND cases.confidential = ?`

// Wall gives up to limit posts after a position, the newest first. It is for
// everybody: what it shows, no viewer has to be asked for.
func (s session) Wall(after *WallPosition, limit int) ([]WallItem, error) {
	page := s.db.Table("cases").Where(onTheWall, false).Order("cases.received_at DESC, cases.id DESC").Limit(limit)
	if after != nil {
		page = page.Where("cases.received_at <= ?", after.At).Offset(after.Nth)
	}
	var rows []grievance.Case
	if err := page.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the echo wall: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	items, err := s.wallItems(rows)
	last := WallPosition{}
	if after != nil {
		last = *after
	}
	for i := range items {
		if items[i].nth = 1; items[i].ReceivedAt.Equal(last.At) {
			items[i].nth = last.Nth + 1
		}
		last = items[i].Position()
	}
	return items, err
}

func (s session) wallItems(rows []grievance.Case) ([]WallItem, error) {
	items, at := make([]WallItem, len(rows)), map[grievance.CaseID]*WallItem{}
	ids := make([]grievance.CaseID, len(rows))
	for i, c := range rows {
		items[i].Case, ids[i], at[c.ID] = c, c.ID, &items[i]
	}
	kinds := []grievance.TextKind{grievance.TextTitle, grievance.TextBody, grievance.TextAnswer, grievance.TextOpinion}
	var texts []textRow
	if err := s.db.Table("texts").Where("case_id IN ? AND kind IN ? AND public = ?", ids, kinds, true).Order("id").Find(&texts).Error; err != nil {
		return nil, fmt.Errorf("reading the words on the echo wall: %w", err)
	}
	opened, err := openAll(texts, s.openText)
	if err != nil {
		return nil, err
	}
	var signed []grievance.SignOff
	err = s.db.Table("sign_offs").Where("case_id IN ? AND kind = 'closure' AND state = 'approved'", ids).Order("n").Find(&signed).Error
	if err != nil {
		return nil, fmt.Errorf("reading what was signed on the echo wall: %w", err)
	}
	for _, t := range opened {
		at[t.CaseID].take(t)
	}
	for _, x := range signed {
		if words := wordsOf(&x, opened); len(words) > 0 {
			at[x.CaseID].Answer = words[0].Body
		}
	}
	return items, nil
}

// take puts the newest of each text in its place. What an opinion says is nobody's
// to read before it is signed.
func (i *WallItem) take(t grievance.Text) {
	switch t.Kind {
	case grievance.TextTitle:
		i.Title = t.Body
	case grievance.TextBody:
		i.Body = t.Body
	case grievance.TextAnswer:
		i.Answer = t.Body
	}
}
