package report

import (
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// voiced is a round of a case, about which there is one answer to each question.
type voiced struct {
	id    grievance.CaseID
	round int
}

// voice is an answer to one of the questions. The petitioner has the last word: a
// rating outweighs what somebody heard on the telephone, and of several calls the
// last that got an answer counts.
type voice struct {
	yes   bool
	rated bool
	at    time.Time
	seq   int64
	unit  grievance.UnitID
}

type voices map[string]voice

// hear takes the answers of a rating or a follow-up. What nobody could be reached
// about was not answered.
func (t *tally) hear(e store.CountedEvent, f grievance.Facts, unit grievance.UnitID) {
	key := voiced{e.CaseID, f.Round}
	if reopened(e.Kind, f) { // it is the round before that was asked about
		key.round--
	}
	if t.voices[key] == nil {
		t.voices[key] = voices{}
	}
	said := func(question string, yes bool) {
		v := voice{yes: yes, rated: e.Kind == grievance.EvRated, at: e.AboutAt, seq: e.Seq, unit: unit}
		if v.outweighs(t.voices[key][question]) {
			t.voices[key][question] = v
		}
	}
	if r := f.Rating; r != nil {
		said("contacted", r.Contacted)
		said("resolved", r.Resolved)
		said("satisfied", r.Satisfied)
	}
	if u := f.FollowUp; u != nil {
		for question, answer := range map[string]string{"contacted": u.Contacted, "resolved": u.Resolved, "satisfied": u.Satisfied} {
			if answer == "yes" || answer == "no" {
				said(question, answer == "yes")
			}
		}
	}
}

func (v voice) outweighs(o voice) bool {
	if v.rated != o.rated {
		return v.rated
	}
	c := v.at.Compare(o.at)
	return c > 0 || c == 0 && v.seq > o.seq
}

// rates counts the answers that were left standing.
func (t *tally) rates() {
	for of, answers := range t.voices {
		for question, v := range answers {
			ref := eventRef(of.id, v.seq)
			t.add(FigAsked(question), v.unit, ref, v.at)
			if v.yes {
				t.add(FigYes(question), v.unit, ref, v.at)
			}
		}
	}
}

func measureRef(m store.CountedMeasure) Ref {
	return Ref(fmt.Sprintf("%s/%s/%d", m.CaseID, m.FindingID, m.N))
}
