package casework

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

func byID(a, b grievance.CaseID) int { return bytes.Compare(a[:], b[:]) }

// files is what a batch of the audit reads: the record of each case that has to be
// looked at and of those related to it, and what was signed beside.
type files struct {
	about   []grievance.CaseID
	related map[grievance.CaseID][]grievance.CaseID
	records map[grievance.CaseID]*grievance.Record
	beside  map[grievance.UserID][]grievance.SignedAt
}

// files reads what there is to know of some cases. Where one of them was signed
// among many others at once, those are looked at as well: that it was is news for
// them too.
func (a *auditing) files(tx *store.Tx, ids []grievance.CaseID) (f *files, err error) {
	f = &files{about: ids, records: map[grievance.CaseID]*grievance.Record{}}
	if err := f.read(tx, ids); err != nil {
		return nil, err
	}
	if f.beside, err = tx.SignedBeside(f.signatures()); err != nil {
		return nil, err
	}
	f.about = append(slices.Clip(f.about), f.crowds()...)
	slices.SortFunc(f.about, byID)
	f.about = slices.Compact(f.about)
	if f.related, err = tx.RelatedCases(f.about); err != nil {
		return nil, err
	}
	others := slices.Clone(f.about)
	for _, list := range f.related {
		others = append(others, list...)
	}
	slices.SortFunc(others, byID)
	f.readable(tx, slices.Compact(others))
	return f, nil
}

// readable reads those of the cases that can be read: one that cannot does not
// keep the others, and is set aside when it is its turn.
func (f *files) readable(tx *store.Tx, ids []grievance.CaseID) {
	if f.read(tx, ids) == nil {
		return
	}
	for _, id := range ids {
		_ = f.read(tx, []grievance.CaseID{id})
	}
}

// read reads the records of those cases that were not read yet.
func (f *files) read(tx *store.Tx, ids []grievance.CaseID) error {
	missing := slices.DeleteFunc(slices.Clone(ids), func(id grievance.CaseID) bool { return f.records[id] != nil })
	if len(missing) == 0 {
		return nil
	}
	events, err := tx.EventsOfCases(missing)
	if err != nil {
		return err
	}
	for id, list := range events {
		err := guard(func() error {
			r, err := grievance.ReadRecord(list)
			if err == nil {
				f.records[id] = r
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("reading the record of case %s: %w", id, err)
		}
	}
	return nil
}

// signatures are those that were given in the cases to look at.
func (f *files) signatures() (list []grievance.SignedAt) {
	for _, id := range f.about {
		r := f.records[id]
		if r == nil {
			continue
		}
		for _, s := range r.SignOffs {
			if s.Decided != nil && s.Approved {
				list = append(list, grievance.SignedAt{CaseID: id, N: s.N, By: s.Decided.ActorID, At: s.Decided.AboutAt})
			}
		}
	}
	return list
}

// crowds are the cases that were signed where many were signed at once.
func (f *files) crowds() (ids []grievance.CaseID) {
	for _, list := range f.beside {
		for i := range list {
			if n := i + grievance.SignedInBulk; n < len(list) && list[n].At.Sub(list[i].At) < grievance.SignedTogether {
				for _, s := range list[i : n+1] {
					ids = append(ids, s.CaseID)
				}
			}
		}
	}
	return ids
}

// ids names every case that was read.
func (f *files) ids() []grievance.CaseID {
	ids := make([]grievance.CaseID, 0, len(f.records))
	for id := range f.records {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, byID)
	return ids
}

// dossiers puts together what a rule looks at, case by case.
func (f *files) dossiers(book *grievance.Book) (list []grievance.Dossier) {
	for _, id := range f.about {
		r := f.records[id]
		if r == nil {
			continue
		}
		d := grievance.Dossier{Case: r, Book: book}
		for _, other := range f.related[id] {
			if o := f.records[other]; o != nil && other != id {
				d.Related = append(d.Related, o)
			}
		}
		for _, s := range r.SignOffs {
			if s.Decided != nil {
				d.Beside = append(d.Beside, f.beside[s.Decided.ActorID]...)
			}
		}
		list = append(list, d)
	}
	return list
}

// bar notes on findings who decides nothing of them.
func (f *files) bar(tx *store.Tx, m grievance.Moment, findings []*grievance.Finding) error {
	for _, found := range findings {
		petitioner, err := tx.PetitionerOf(found.CaseID)
		if err != nil {
			return err
		}
		err = guard(func() error {
			t := grievance.TraceOf(f.records[found.CaseID], m.Book, m.Book.Calendar, m.Now)
			t.Petitioner = petitioner
			found.Bar(t)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
