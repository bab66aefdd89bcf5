package changes

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Log collects the events of one change, to be written with it.
type Log struct {
	tx     *store.Tx
	by     grievance.Actor
	post   grievance.Post
	now    time.Time
	ends   map[Subject]position // of the subjects told about so far
	events []grievance.Event
}

// position is where the record of a subject ends.
type position struct {
	seq      int64
	recorded time.Time
}

// Open begins the log of a change that somebody makes at an instant. Until the
// transaction ends nobody else writes to the log: so Open comes before whatever
// else the transaction locks, or two changes may wait for each other.
func Open(tx *store.Tx, by grievance.Actor, now time.Time) (*Log, error) {
	if err := tx.HoldBook(); err != nil {
		return nil, err
	}
	return Within(tx, by, now), nil
}

// Within begins the log of a change of the organisation, which holds its book
// already (see store.Tx.BumpBook).
func Within(tx *store.Tx, by grievance.Actor, now time.Time) *Log {
	return &Log{tx: tx, by: by, post: postOf(by), now: now, ends: map[Subject]position{}}
}

// Record writes one event by itself: Open, Add and Write in one.
func Record(tx *store.Tx, by grievance.Actor, now time.Time, s Subject, kind grievance.EventKind, f Facts) error {
	l, err := Open(tx, by, now)
	if err != nil {
		return err
	}
	if err := l.Add(s, kind, f); err != nil {
		return err
	}
	return l.Write()
}

// postOf is the post in which somebody changes what this log tells of: the
// system's, or the first of an administrator. The own account and the own feed
// are changed in none.
func postOf(by grievance.Actor) grievance.Post {
	for _, p := range by.Posts {
		if p.Role == grievance.RoleSystem || p.Role == grievance.RoleAdmin {
			return p
		}
	}
	return grievance.Post{}
}

// ActAs has the events that follow say that the actor acts in another post than
// an administrator's.
func (l *Log) ActAs(p grievance.Post) { l.post = p }

// Fresh says that a subject is made by this change: nothing is looked up for it.
func (l *Log) Fresh(s Subject) { l.ends[s] = position{} }

// Add adds an event about the instant of the change.
func (l *Log) Add(s Subject, kind grievance.EventKind, f Facts) error {
	f.V = 1
	return l.AddAbout(l.now, s, kind, f)
}

// AddAbout adds an event about another instant; facts are its body, written as
// JSON.
func (l *Log) AddAbout(about time.Time, s Subject, kind grievance.EventKind, facts any) error {
	last, err := l.last(s)
	if err != nil {
		return err
	}
	body, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	recorded := l.now
	if recorded.Before(last.recorded) { // replicas' clocks differ; the record's order must not
		recorded = last.recorded
	}
	l.ends[s] = position{last.seq + 1, recorded}
	l.events = append(l.events, grievance.Event{
		SubjectKind: s.Kind, SubjectID: s.ID, Seq: last.seq + 1, Kind: kind, ActorID: l.by.UserID, Post: l.post,
		AboutAt: about, RecordedAt: recorded, Body: body,
	})
	return nil
}

func (l *Log) last(s Subject) (position, error) {
	if p, ok := l.ends[s]; ok {
		return p, nil
	}
	seq, recorded, err := l.tx.LastEvent(s.Kind, s.ID)
	return position{seq, recorded}, err
}

// Write writes what was added.
func (l *Log) Write() error { return l.tx.AppendEvents(l.events) }
