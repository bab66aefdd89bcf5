package api

import (
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// TextView is a text of a case that its reader may see.
type TextView struct {
	ID   string             `json:"id" format:"uuid"`
	Kind grievance.TextKind `json:"kind" swaggertype:"string" enums:"title,body,note,contact,answer,opinion_request,opinion_facts,opinion,opinion_legal_basis,reason,proof,dispute,notice,minutes,co_handling,follow_up,review_request,agreement,order,order_reply,misconduct"`
	Body string             `json:"body"`
	// Whether the petitioner may see it too.
	Public bool `json:"public"`
	// Absent for what an anonymous petitioner wrote.
	Author     *PersonRef `json:"author,omitempty"`
	RecordedAt time.Time  `json:"recorded_at"`
} // @name Text

func textView(t grievance.Text, book *grievance.Book) TextView {
	return TextView{
		ID: t.ID.String(), Kind: t.Kind, Body: t.Body, Public: t.Public,
		Author: optionalPerson(book, t.AuthorID), RecordedAt: t.RecordedAt,
	}
}

// texts gives what the reader may read of the case's texts, in the order in
// which they were written: everything to those who work on it; to others what
// is public and what they wrote themselves. What was said of findings is read with
// the findings, by those who may see them.
func (l look) texts() ([]grievance.Text, error) {
	all, err := l.Texts(l.about.ID)
	all = slices.DeleteFunc(all, func(t grievance.Text) bool { return slices.Contains(grievance.FindingTexts, t.Kind) })
	if err != nil || l.inside {
		return l.withoutMisconduct(all, err)
	}
	drafts, err := draftsOf(l.Snapshot, l.about.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t grievance.Text) bool {
		own := !l.actor.UserID.IsZero() && t.AuthorID == l.actor.UserID
		return !own && (!t.Public || drafts[t.ID])
	}), nil
}

// withoutMisconduct leaves out what was reported of the reader's own unit, or of one
// that the reader does not supervise (Art. 46).
func (l look) withoutMisconduct(all []grievance.Text, err error) ([]grievance.Text, error) {
	reported := func(t grievance.Text) bool { return t.Kind == grievance.TextMisconduct }
	if err != nil || !slices.ContainsFunc(all, reported) {
		return all, err
	}
	events, err := l.EventsOfKinds(l.about.ID, grievance.EvMisconductReported)
	if err != nil {
		return nil, err
	}
	mine := map[grievance.TextID]bool{}
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return nil, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		}
		for _, t := range f.Texts {
			mine[t.ID] = l.mayLearn(e, f)
		}
	}
	return slices.DeleteFunc(all, func(t grievance.Text) bool { return reported(t) && !mine[t.ID] }), nil
}

// mayLearn reports whether the reader may learn of an event at all: of misconduct
// only who reported it, and who watches over the unit that is reported.
func (l look) mayLearn(e grievance.Event, f grievance.Facts) bool {
	return e.Kind != grievance.EvMisconductReported || l.book.MisconductFor(l.actor, e.ActorID, f.Unit)
}

// draftsOf names the texts that have not been signed to the end: an opinion, or
// the words of a decline, an extension or a suspension, is nobody's to read
// outside before that, and never if it was returned.
func draftsOf(sn *store.Snapshot, id grievance.CaseID) (map[grievance.TextID]bool, error) {
	events, err := sn.EventsOfKinds(id, append(requests, grievance.EvClosed, grievance.EvDeclined, grievance.EvExtended, grievance.EvSuspended, grievance.EvReviewDecided, grievance.EvMediated)...)
	if err != nil {
		return nil, err
	}
	drafts, put := map[grievance.TextID]bool{}, map[int][]grievance.TextRef{}
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return nil, fmt.Errorf("reading event %d of case %s: %w", e.Seq, id, err)
		}
		if f.SignOff == nil {
			continue
		}
		asks := slices.Contains(requests, e.Kind)
		if asks {
			put[f.SignOff.Asked()] = f.Texts
		}
		for _, t := range put[f.SignOff.Asked()] {
			drafts[t.ID] = asks
		}
	}
	return drafts, nil
}

// requests are the events that put words before a leader.
var requests = slices.Clip([]grievance.EventKind{
	grievance.EvSubmitted, grievance.EvDeclineRequested, grievance.EvWithdrawalRequested,
	grievance.EvExtensionRequested, grievance.EvSuspensionRequested, grievance.EvAmended, grievance.EvTakeDownRequested,
	grievance.EvReviewSubmitted, grievance.EvRecusalDemanded,
})

// words finds the texts that the reader may read by their ids.
type words map[grievance.TextID]grievance.Text

func (l look) words() (words, error) {
	all, err := l.texts()
	found := make(words, len(all))
	for _, t := range all {
		found[t.ID] = t
	}
	return found, err
}

// of gives those of the texts referred to that the reader may read.
func (w words) of(refs []grievance.TextRef, book *grievance.Book) []TextView {
	views := []TextView{}
	for _, ref := range refs {
		if t, ok := w[ref.ID]; ok {
			views = append(views, textView(t, book))
		}
	}
	return views
}

// said gives the words that events of some kinds refer to and the reader may
// read, by the number of what each is about.
func (l look) said(number func(grievance.Facts) int, kinds ...grievance.EventKind) (map[int][]TextView, error) {
	found := map[int][]TextView{}
	readable, err := l.words()
	if err != nil {
		return found, err
	}
	events, err := l.EventsOfKinds(l.about.ID, kinds...)
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return found, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		}
		found[number(f)] = append(found[number(f)], readable.of(f.Texts, l.book)...)
	}
	return found, err
}

// papers are the words of a case's notices, of the proofs of their service and
// of its sign-offs, by their numbers.
type papers struct{ notices, proofs, signOffs map[int][]TextView }

// papers reads what was put before leaders, and what notices say: words of
// their own, or those that a leader has signed.
func (l look) papers() (papers, error) {
	p := papers{map[int][]TextView{}, map[int][]TextView{}, map[int][]TextView{}}
	readable, err := l.words()
	if err != nil {
		return p, err
	}
	events, err := l.EventsOfKinds(l.about.ID, append(requests, grievance.EvAccepted, grievance.EvClosed, grievance.EvDeclined, grievance.EvExtended, grievance.EvServed, grievance.EvReviewDecided, grievance.EvMediated)...)
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		switch {
		case err != nil:
			return p, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		case e.Kind == grievance.EvServed:
			p.proofs[f.Notice.N] = readable.of(f.Texts, l.book)
		case f.Notice == nil && f.SignOff != nil:
			p.signOffs[f.SignOff.Asked()] = readable.of(f.Texts, l.book)
		case f.Notice != nil && f.SignOff != nil:
			p.notices[f.Notice.N] = p.signOffs[f.SignOff.Asked()]
		case f.Notice != nil:
			p.notices[f.Notice.N] = readable.of(f.Texts, l.book)
		}
	}
	return p, err
}
